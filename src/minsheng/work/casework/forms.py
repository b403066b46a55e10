"""The application form as data: the staff's dense screen and the residents' questions draw the same fields."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from minsheng.records.registry.vocabulary import ATTRIBUTES
from minsheng.work.casework.procedures import procedures

FOLDER = Path(__file__).parent / "data" / "forms"


class UnableToReadForm(ValueError):
    """A form's file names a fact that the registry does not know: says which."""


@dataclass(frozen=True)
class FormField:
    """One field: a fact of the registry, or something asked for this application alone; `question` is for residents."""

    name: str
    label: str
    question: str
    help: str = ""


@dataclass(frozen=True)
class FormSection:
    """Fields about one kind of subject: each member, the household, or the application itself."""

    title: str
    subject: str
    fields: tuple[FormField, ...]
    only_for: frozenset[str] = frozenset()
    not_for: frozenset[str] = frozenset()

    def asked_in(self, procedure: str) -> bool:
        """This function will say whether a procedure asks this; what it does not need is not asked (救助法 Art 62)."""
        return procedure not in self.not_for and (not self.only_for or procedure in self.only_for)


@dataclass(frozen=True)
class FormDefinition:
    """A form with its sections in order."""

    code: str
    title: str
    sections: tuple[FormSection, ...]

    def sections_for(self, procedure: str) -> tuple[FormSection, ...]:
        """This function will return the sections that a procedure asks, in order."""
        return tuple(section for section in self.sections if section.asked_in(procedure))


def read_form(path: Path) -> FormDefinition:
    """This function will read one form; a field about a person or household must be a fact of the registry."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    sections = []
    for part in raw["sections"]:
        fields = []
        for one in part["fields"]:
            known = ATTRIBUTES.get(one["name"])
            if part["subject"] != "application" and (known is None or known.subject.value != part["subject"]):
                raise UnableToReadForm(f"{path.name}: “{one['name']}” is no fact of a {part['subject']}")
            label = one.get("label") or (known.label if known else "")
            fields.append(FormField(one["name"], label, one["question"], one.get("help", "")))
        only_for, not_for = frozenset(part.get("only_for", ())), frozenset(part.get("not_for", ()))
        if unknown := (only_for | not_for) - set(procedures()):
            raise UnableToReadForm(f"{path.name}: no procedure “{sorted(unknown)[0]}”")
        sections.append(FormSection(part["title"], part["subject"], tuple(fields), only_for, not_for))
    return FormDefinition(raw["code"], raw["title"], tuple(sections))


@lru_cache(maxsize=8)
def _form(code: str) -> FormDefinition:
    return read_form(FOLDER / f"{code}.yaml")


APPLICATION = _form("assistance_application")


def field_names(form: FormDefinition, procedure: str) -> frozenset[str]:
    """This function will return the names of the fields that a procedure asks."""
    return frozenset(field.name for section in form.sections_for(procedure) for field in section.fields)

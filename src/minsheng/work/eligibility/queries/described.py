"""What the schemes define, line by line, for whoever describes all data: names, labels, units and citations."""

from dataclasses import dataclass

from minsheng.work.eligibility.law import seed
from rulebook.units import say


@dataclass(frozen=True)
class Defined:
    """One variable or figure of a scheme; `basis` is its newest citation."""

    scheme: str
    scheme_title: str
    scheme_basis: str
    name: str
    label: str
    of_whom: str
    unit: str
    basis: str


def defined_by_law() -> list[Defined]:
    """This function will list every variable and figure of every scheme in the files of this installation."""
    found = []
    for scheme in seed().schemes.values():
        newest = scheme.basis[-1].text if scheme.basis else ""
        for variable in scheme.variables.values():
            rule = variable.rules[-1]
            word = {"household": "家庭", "person": "人"}.get(variable.entity.value, variable.entity.value)
            unit = str(getattr(variable, "unit", "") or "")
            line = Defined(
                scheme.code, scheme.title, newest, variable.name, variable.label, word, unit, rule.basis or newest
            )
            found.append(line)
        for number in scheme.numbers.values():
            version = number.versions[-1]
            shown = say(version.value, number.unit)
            found.append(
                Defined(scheme.code, scheme.title, newest, number.name, number.label, "政策数字", shown, version.basis)
            )
    return found


def units_of_inputs() -> dict[str, str]:
    """This function will return the unit of each fact that rules may read, as policies/inputs.yaml writes it."""
    return {name: made.unit for name, made in seed().inputs.items()}

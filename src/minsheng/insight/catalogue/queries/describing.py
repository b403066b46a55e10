"""All data of the platform, described from the code: models, the registry's vocabulary, the law's variables.

What the code says itself (a verbose_name, a label, a unit, a constraint) is taken from there. `data/elements.yaml` adds
one meaning for each column name that says nothing itself; `data/rooms.yaml` says who answers for a room's data.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from minsheng.insight.catalogue.rules import (
    KEYS_OF_PERSONS,
    secrecy_of,
    secrecy_of_fact,
    sharing_of,
    spoken_unit,
    unit_of,
)
from minsheng.insight.catalogue.types import Dataset, DatasetKind, Field, Secrecy, Sharing
from minsheng.records.registry.types import SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, LOADED_FROM, SOURCES, Attribute, ValueType
from minsheng.work.eligibility.queries.described import Defined, defined_by_law, units_of_inputs

DATA = Path(__file__).parents[1] / "data"
_TYPES = {
    "CharField": "文字", "TextField": "文字", "SlugField": "文字", "URLField": "网址", "BooleanField": "是或否",
    "DateField": "日期", "DateTimeField": "时刻", "JSONField": "结构", "BinaryField": "二进制", "UUIDField": "编号",
    "FloatField": "小数", "IntegerField": "整数", "BigIntegerField": "整数", "SmallIntegerField": "整数",
    "PositiveIntegerField": "整数", "PositiveSmallIntegerField": "整数", "PositiveBigIntegerField": "整数",
    "AutoField": "编号", "BigAutoField": "编号",
}  # fmt: skip
_FACT_TYPES = {
    ValueType.BOOL: "是或否",
    ValueType.INT: "整数",
    ValueType.MONEY: "金额",
    ValueType.DATE: "日期",
    ValueType.CODE: "代码",
    ValueType.TEXT: "文字",
}
_SUBJECTS = {SubjectKind.PERSON: "人的情况", SubjectKind.HOUSEHOLD: "家庭的情况", SubjectKind.THING: "设施的情况"}
_MADE_HERE = "本系统办理中产生"


@lru_cache(maxsize=8)
def words(name: str) -> dict[str, Any]:
    """This function will read one of the room's small files: `elements`, `tables`, `rooms` or `expectations`."""
    found: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def datasets() -> tuple[Dataset, ...]:
    """This function will describe every dataset; the answer changes only with the code."""
    return (*_tables(), *_facts(), *_laws())


def dataset(*, code: str) -> Dataset | None:
    """This function will return one dataset by its code, or None."""
    return next((one for one in datasets() if one.code == code), None)


def our_models() -> list[type[models.Model]]:
    """This function will return every model of the platform, those of libraries left out."""
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("minsheng.")]


def describe(*, all_models: Iterable[type[models.Model]]) -> list[Dataset]:
    """This function will describe these models as datasets."""
    return [_table(model) for model in all_models]


def holds_persons(model: type[models.Model]) -> bool:
    """This function will say whether the rows of a model are about persons or households."""
    columns = {field.column for field in model._meta.concrete_fields}
    return bool(columns & KEYS_OF_PERSONS) or model._meta.db_table in ("registry_person", "registry_household")


def _tables() -> list[Dataset]:
    return describe(all_models=our_models())


def _table(model: type[models.Model]) -> Dataset:
    meta = model._meta
    room = words("rooms").get(meta.app_label, {})
    sharing = Sharing(room.get("sharing", "none"))
    of_persons = holds_persons(model)
    codes = _codes(model)
    fields = tuple(_column(model, field, of_persons, sharing, room, codes) for field in meta.concrete_fields)
    return Dataset(
        code=meta.db_table,
        title=title_of(model),
        kind=DatasetKind.TABLE,
        room=meta.app_label,
        room_label=str(meta.app_config.verbose_name) if meta.app_config else meta.app_label,
        owner=room.get("owner", ""),
        basis=room.get("basis", ""),
        sharing=sharing_of(Secrecy.PERSONAL if of_persons else Secrecy.OPEN, of_dataset=sharing),
        fresh_days=words("expectations")["fresh_days"].get(meta.db_table, [None])[0],
        holds_persons=of_persons,
        kept=_kept(meta.label),
        fields=fields,
    )


def _kept(label: str) -> str:
    """How long rows are kept, as the installation declares it for each model."""
    rule = settings.RETENTION.get(label)
    if rule is None:
        return ""
    return f"{rule.days} 天（{rule.why}）" if rule.days else rule.why


def title_of(model: type[models.Model]) -> str:
    """This function will return the title of a table: the model's own word, or the one in `data/tables.yaml`."""
    own = str(model._meta.verbose_name)
    return own if _is_chinese(own) else str(words("tables").get(model._meta.db_table, ""))


def _column(
    model: type[models.Model],
    field: Any,
    of_persons: bool,
    sharing: Sharing,
    room: dict[str, Any],
    codes: dict[str, list[str]],
) -> Field:
    target = field.remote_field.model if field.remote_field else None
    secrecy = secrecy_of(field.name, holds_persons=of_persons, is_public=sharing is Sharing.OPEN)
    return Field(
        name=field.name,
        meaning=_meaning(model, field, target),
        type="引用" if target is not None else _type(field),
        unit=unit_of(field.name),
        required=not (field.null or field.blank),
        secrecy=secrecy,
        sharing=sharing_of(secrecy, of_dataset=sharing),
        source=room.get("source", _MADE_HERE),
        basis=room.get("basis", ""),
        codes=tuple((str(code), "") for code in codes.get(field.name, [])),
        refers_to=target._meta.db_table if target is not None and target.__module__.startswith("minsheng.") else "",
    )


def _meaning(model: type[models.Model], field: Any, target: Any) -> str:
    own = str(field.verbose_name)
    if _is_chinese(own):
        return own + (f"（{field.help_text}）" if field.help_text else "")
    elements = words("elements")
    said = elements.get(f"{model._meta.db_table}.{field.name}") or elements.get(field.name)
    if said:
        return str(said)
    if target is not None and field.name == target._meta.model_name:
        return f"所属的{title_of(target)}" if title_of(target) else ""
    return "编号" if field.primary_key else ""


def _type(field: Any) -> str:
    name = _TYPES.get(field.get_internal_type(), field.get_internal_type())
    return f"{name}，最多 {field.max_length} 字" if name == "文字" and field.max_length else name


def _codes(model: type[models.Model]) -> dict[str, list[str]]:
    """What check constraints allow in a column: `column IN (…)` alone."""
    found: dict[str, list[str]] = {}
    for constraint in model._meta.constraints:
        condition = getattr(constraint, "condition", None)
        if isinstance(constraint, models.CheckConstraint) and isinstance(condition, Q):
            for name, allowed in _leaves(condition):
                if name.endswith("__in") and not condition.negated:
                    found[name.removesuffix("__in")] = [str(one) for one in allowed]
    return found


def _leaves(condition: Q) -> Iterator[tuple[str, Any]]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _leaves(child)
        elif isinstance(child, tuple):
            yield child


def _facts() -> list[Dataset]:
    room, units = words("rooms")["registry"], units_of_inputs()
    sharing = Sharing(room["sharing"])
    sources: dict[str, list[str]] = {}
    for source, names in LOADED_FROM.items():
        for name in names:
            sources.setdefault(name, []).append(SOURCES[source].label)
    return [
        Dataset(
            code=f"facts_{subject.value}",
            title=title,
            kind=DatasetKind.FACTS,
            room="registry",
            room_label=str(apps.get_app_config("registry").verbose_name),
            owner=room["owner"],
            basis=room["basis"],
            sharing=sharing,
            fresh_days=None,
            holds_persons=subject is not SubjectKind.THING,
            kept=_kept("registry.Statement"),
            fields=tuple(
                _fact(one, sharing, room, units, sources) for one in ATTRIBUTES.values() if one.subject is subject
            ),
        )
        for subject, title in _SUBJECTS.items()
    ]


def _fact(
    one: Attribute, sharing: Sharing, room: dict[str, Any], units: dict[str, str], sources: dict[str, list[str]]
) -> Field:
    secrecy = secrecy_of_fact(one.sensitivity, of_persons=one.subject is not SubjectKind.THING)
    return Field(
        name=one.name,
        meaning=one.label,
        type=_FACT_TYPES[one.type],
        unit=spoken_unit(units.get(one.name) or ("fen" if one.type is ValueType.MONEY else "")),
        required=False,
        secrecy=secrecy,
        sharing=sharing_of(secrecy, of_dataset=sharing),
        source="、".join(sources.get(one.name, [])) or "走访、申请和导入时登记",
        basis=room["basis"],
        codes=tuple(one.codes.items()),
    )


def _laws() -> list[Dataset]:
    room, grouped = words("rooms")["publishing"], dict[str, list[Defined]]()
    for line in defined_by_law():
        grouped.setdefault(line.scheme, []).append(line)
    return [
        Dataset(
            code=f"law_{scheme}",
            title=f"{lines[0].scheme_title}：规则里的量",
            kind=DatasetKind.LAW,
            room="publishing",
            room_label=str(apps.get_app_config("publishing").verbose_name),
            owner=room["owner"],
            basis=lines[0].scheme_basis,
            sharing=Sharing.OPEN,
            fresh_days=None,
            holds_persons=False,
            kept="",
            fields=tuple(
                Field(
                    name=line.name,
                    meaning=line.label,
                    type=line.of_whom,
                    unit=line.unit,
                    required=True,
                    secrecy=Secrecy.OPEN,
                    sharing=Sharing.OPEN,
                    source=f"policies/{scheme}",
                    basis=line.basis,
                )
                for line in lines
            ),
        )
        for scheme, lines in grouped.items()
    ]


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)

"""The keys that each part of a file of policies may have. What nobody reads would be ignored: it is refused instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rulebook.problems import Problems, meant
from rulebook.yaml_reading import Mapped

ROW = ("from", "basis", "doubt")


@dataclass(frozen=True)
class Part:
    """What a mapping is called, the keys that it may have, and the parts below some of them.

    Below a key stand one such part, a list of them, or, if it is in `named`, a mapping of names that are free.
    """

    title: str
    keys: tuple[str, ...]
    below: Mapping[str, Part]
    named: tuple[str, ...] = ()


def _part(title: str, *keys: str, named: tuple[str, ...] = (), **below: Part) -> Part:
    """A Python word that is a key of a file, `is`, is written with an underscore."""
    parts = {key.rstrip("_"): part for key, part in below.items()}
    return Part(title, (*keys, *parts), parts, named)


INPUT = _part("一个事实", "type", "label", "question", "codes", "code_labels", "unit", "min", "max", "fixed")
INPUTS = _part("inputs.yaml", person=INPUT, household=INPUT, named=("person", "household"))
SCHEME = _part(
    "一项政策",
    *("code", "title", "summary", "from", "beneficiary", "assessment", "order", "doubt"),
    basis=_part("一条依据", "from", "text"),
    membership=_part("membership", "counted", "heads"),
    outcome=_part("outcome", "entitled", "amount", "period"),
    numbers=_part("一个数", "label", "unit", versions=_part("一个版本", *ROW, "value")),
    tables=_part(
        "一张表",
        *("label", "by", "codes", "unit"),
        versions=_part("一个版本", *ROW, "rows", bands=_part("一档", "from", "to", "value")),
    ),
    variables=_part(
        "一条规则",
        *("label", "entity", "type", "codes", "code_labels", "unit", "basis", "doubt"),
        is_=_part("一个版本", *ROW, "rule"),
        table=_part("决策表", *ROW, "columns", "rows", "hit"),
    ),
    named=("numbers", "tables", "variables"),
)
STACKING = _part("一条叠加规定", *ROW, "kind", "first", "others", "to", "prefer", "conflict", "outside")
CASE = ("title", "as_of", "household", "people", "expect", "working")
EXAMPLE = _part("一个例子", *CASE)
STORY = _part(
    "一个故事", *CASE, "address", "receives", "finding", findings=_part("一个发现", "finding", "scheme", "person")
)


def refuse_unknown_keys(raw: Any, part: Part, problems: Problems) -> None:
    """This function will note each key that the part does not have, with the one that was probably meant."""
    for item in _items(raw, named=False):
        for key, value in item.items():
            if key not in part.keys:
                known = f"{part.title}可以写：{', '.join(part.keys)}；一段话里有英文逗号或冒号要加引号"
                problems.add(
                    item.file,
                    item.lines.get(key, item.line),
                    f"{part.title}里没有 {key!r} 这个关键词",
                    "没有人读它，写了等于没写",
                    f"{meant(key, part.keys, '')}{known}",
                )
            elif key in part.below:
                for inner in _items(value, named=key in part.named):
                    refuse_unknown_keys(inner, part.below[key], problems)


def _items(value: Any, named: bool) -> Iterator[Mapped]:
    """The mappings that stand here; what has another form is the reader's to refuse."""
    found = value.values() if named and isinstance(value, Mapped) else value if isinstance(value, list) else [value]
    yield from (item for item in found if isinstance(item, Mapped))

"""YAML with line numbers, without surprises: duplicate keys, anchors that hide and odd tags are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from rulebook.problems import Problems


class Mapped(dict[str, Any]):
    """A mapping that remembers its file and the line of each key, from 1."""

    file: str = ""
    line: int = 1

    def __init__(self, content: Mapping[str, Any] | None = None) -> None:
        super().__init__(content or {})
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """This function will return the line of a key's text, or of the key of a list, or the mapping's own line."""
        return self.lines.get(key, self.line)


def named(raw: Any, key: str, problems: Problems) -> Mapped:
    """This function will return what stands below a key as `name: value`; nothing where nothing is written."""
    value = raw.get(key) if isinstance(raw, Mapped) else None
    if isinstance(value, Mapped):
        return value
    if value is not None:
        problems.add(raw.file, raw.line_of(key), f"`{key}` 后面写的是 {value!r}", "它由“名称: 内容”组成",
                     f"写成 {key}: {{名称: 内容}}")  # fmt: skip
    return Mapped()


def listed(raw: Mapped, key: str, problems: Problems) -> list[Any]:
    """This function will return what stands below a key as a list; nothing where nothing is written."""
    value = raw.get(key)
    if value is None or isinstance(value, list):
        return value or []
    problems.add(
        raw.file, raw.line_of(key), f"`{key}` 后面写的是 {value!r}", "它由几项组成", f"写成 {key}: [一项, 一项]"
    )
    return []


def whole(raw: Mapped, key: str, problems: Problems) -> int:
    """This function will return the whole number below a key; what would be cut off, or guessed, is refused."""
    value = raw.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    what = f"缺 `{key}`" if value is None else f"`{key}` 写的是 {value!r}，不是整数"
    problems.add(raw.file, raw.line_of(key), what, "规则里的数只能是整数",
                 "钱按分写（1,102.00 元写 110200），比例按百分之几写")  # fmt: skip
    return 0


_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's: a tenth of the time, where it was built


class _Reader(_FASTEST):  # type: ignore[misc]
    file = ""
    problems: Problems


def _mapping(reader: _Reader, node: yaml.MappingNode) -> Mapped:
    made = Mapped()
    made.file, made.line = reader.file, node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = reader.construct_object(key_node, deep=True)
        key = key if isinstance(key, str) else ("yes" if key is True else str(key))
        line = key_node.start_mark.line + 1
        if key in made:
            reader.problems.add(
                reader.file,
                line,
                f"{key!r} 写了两次",
                "只有一处会算数，看不出是哪一处",
                "留一行，去掉另一行",
            )
        made[key] = reader.construct_object(value_node, deep=True)
        if isinstance(value_node, yaml.ScalarNode):
            line = value_node.start_mark.line + (2 if value_node.style in ("|", ">") else 1)
        made.lines[key] = line
    return made


_Reader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path, name: str, problems: Problems) -> Any:
    """This function will read one YAML file; a syntax fault becomes a problem and the result None."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        problems.add(name, 1, "文件打不开", "没有这个文件，或者没有权限读", f"建立 {name}")
        return None
    reader = None
    try:
        reader = _Reader(text)
        reader.file, reader.problems = name, problems
        return reader.get_single_data()
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        problems.add(
            name,
            mark.line + 1 if mark else 1,
            "这一行的写法不对",
            str(getattr(fault, "problem", fault)),
            "看看这一行的缩进和引号；一段话里有英文冒号要加引号",
        )
        return None
    finally:
        if reader is not None:
            reader.dispose()

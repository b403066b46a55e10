"""The acts of the `minsheng` command that are ours; each takes its own arguments and returns an exit code."""

from collections.abc import Callable

ACTS: dict[str, Callable[[list[str]], int]] = {}

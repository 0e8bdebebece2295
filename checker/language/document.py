"""Nodes of a YAML or JSON document, with exact positions.

Both readers give these: `language/json_document.py` and `cloudformation/yaml_document.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from ..records import dataclass, field
from ..source import Span

DEPTH_LIMIT = 200
"""Levels of nesting; what is nested deeper is an InputError. No template comes near it."""

NODE_LIMIT = 2_000_000
"""Nodes of one document, aliases expanded."""


@dataclass(frozen=True)
class Node:
    """`span` covers the value; `tag` is a YAML local tag without its `!` ("Ref"), or None."""

    span: Span = field(compare=False, repr=False)
    tag: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class ScalarNode(Node):
    """A string, number, bool or null. `written` is the text as it was written, unescaped."""

    value: str | bool | int | float | None
    written: str = field(compare=False, repr=False)


@dataclass(frozen=True)
class SequenceNode(Node):
    items: tuple[Node, ...]


class Entry(NamedTuple):
    """One `key: value`. `span` is the key's place."""

    key: str
    span: Span
    value: Node


@dataclass(frozen=True)
class MappingNode(Node):
    """Keys are unique: a duplicate key is an InputError of the reader."""

    entries: tuple[Entry, ...]

    def get(self, key: str) -> Node | None:
        entry = self.entry(key)
        return entry.value if entry else None

    def entry(self, key: str) -> Entry | None:
        for entry in self.entries:
            if entry.key == key:
                return entry
        return None

    def __len__(self) -> int:
        return len(self.entries)

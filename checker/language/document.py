"""Nodes of a YAML or JSON document, with exact positions.

Both readers give these: `language/json_document.py` and `cloudformation/yaml_document.py`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping

from ..annotations import TypeVar
from ..records import dataclass, field, replace
from ..source import Span

TYPE_CHECKING = False  # `typing` is not worth its import time to every run

DEPTH_LIMIT = 200
"""Levels of nesting; what is nested deeper is an InputError. No template comes near it."""

NODE_LIMIT = 2_000_000
"""Nodes of one document, aliases expanded."""

N = TypeVar("N", bound="Node")


@dataclass(frozen=True)
class Node:
    """`span` covers the value; `tag` is a YAML local tag without its `!` ("Ref"), or None.

    `anchor` is where the value is written, where an alias (`*k`) stands for it at `span`.
    """

    span: Span = field(compare=False, repr=False)
    tag: str | None = field(default=None, kw_only=True)
    anchor: Span | None = field(default=None, compare=False, repr=False, kw_only=True)

    def at_alias(self: N, span: Span) -> N:
        """The same value, at the place where an alias stands for it."""
        return replace(self, span=span, anchor=self.anchor or self.span)


@dataclass(frozen=True)
class ScalarNode(Node):
    """A string, number, bool or null. `written` is the text as it was written, unescaped.

    `older` is what YAML 1.1 reads where `value` is text (`yes`, `0123`, `1_000`), else None.
    """

    value: str | bool | int | float | None
    written: str = field(compare=False, repr=False)
    older: bool | int | float | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class SequenceNode(Node):
    items: tuple[Node, ...]


if TYPE_CHECKING:
    from typing import NamedTuple

    class Entry(NamedTuple):
        """One `key: value`. `span` is the key's place."""

        key: str
        span: Span
        value: Node
else:
    Entry = namedtuple("Entry", "key span value")


@dataclass(frozen=True)
class MappingNode(Node):
    """Keys are unique: a duplicate key is an InputError of the reader.

    `brought` is the place of the alias that a key was merged from (`<<: *k`).
    """

    entries: tuple[Entry, ...]
    brought: Mapping[str, Span] | None = field(
        default=None, compare=False, repr=False, kw_only=True
    )

    def get(self, key: str) -> Node | None:
        entry = self.entry(key)
        return entry.value if entry else None

    def entry(self, key: str) -> Entry | None:
        for entry in self.entries:
            if entry.key == key:
                alias = self.brought.get(key) if self.brought else None
                return entry if alias is None else Entry(key, alias, entry.value.at_alias(alias))
        return None

    def __len__(self) -> int:
        return len(self.entries)


def child_of(node: Node | None, *keys: str) -> Node | None:
    """What stands under keys of mappings; None where there is nothing."""
    for key in keys:
        node = node.get(key) if isinstance(node, MappingNode) else None
    return node


def is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def inside(node: Node) -> Iterator[Node]:
    """A node, and all that is in it."""
    waiting = [node]
    while waiting:
        yield (node := waiting.pop())
        if isinstance(node, SequenceNode):
            waiting.extend(node.items)
        elif isinstance(node, MappingNode):
            waiting.extend(entry.value for entry in node.entries)


def merged(below: MappingNode, above: MappingNode) -> MappingNode:
    """Two mappings as one, and so the plain mappings and lists in them; else `above` counts."""
    entries = {entry.key: entry for entry in below.entries}
    for key, span, value in above.entries:
        known = entries.get(key)
        entries[key] = Entry(key, span, _merged(known.value, value) if known else value)
    return replace(above, entries=tuple(entries.values()))


def _merged(below: Node, above: Node) -> Node:
    if below.tag is not None or above.tag is not None:
        return above
    if isinstance(below, SequenceNode) and isinstance(above, SequenceNode):
        pairs = tuple(map(_merged, below.items, above.items))
        longer = max(below.items, above.items, key=len)
        return replace(above, items=(*pairs, *longer[len(pairs) :]))
    if isinstance(below, MappingNode) and isinstance(above, MappingNode):
        return merged(below, above)
    return above

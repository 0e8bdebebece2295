"""`AWS::Include`: parts of a template that stand in another file.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
`aws cloudformation package` takes a path on disk for the location; such a file is read. One that
only S3 holds may add anything at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_

from ..annotations import Protocol
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, child_of, inside
from ..records import replace
from ..source import Span
from .intrinsics import LOOP
from .transforms import INCLUDE, TRANSFORM

_SECTION, _RESOURCE, _WITHIN = 1, 2, 3
"""Levels of a template: `Resources`, what is declared there, and all that is no declaration."""

_PATHS = ((), ("Resources",), ("Resources", ""), ("", "", ""))  # to a node of each level


class Fragment(Protocol):
    """The document at a location; None where it is not on disk, or cannot be read.

    What cannot be read is an error, except `quietly`: of what may be meant.
    """

    def __call__(self, location: str, *, quietly: bool = False) -> Node | None: ...


class Include(Protocol):
    """The document that an include in a template brings in; None where it is not read.

    It `declares` where what it brings in may be a resource.
    """

    def __call__(self, transform: Node, whole: MappingNode, declares: bool) -> Node | None: ...


def with_includes(root: MappingNode, include: Include) -> MappingNode:
    """A template in which what it includes from disk stands in its place.

    The short form of a transform (`!Transform`) becomes the long one.
    """
    whole = _Splicer(root, include).spliced(root, 0)
    return _with_sections(whole, include) if isinstance(whole, MappingNode) else root


def _with_sections(root: MappingNode, include: Include) -> MappingNode:
    """A template with what its section `Transform` includes."""
    entry = root.entry("Transform")
    if entry is None:
        return root
    left, found = [], []
    for item in _each(entry.value):
        part = include(item, root, True) if is_include(item) else None
        if isinstance(part, MappingNode):
            found.append((item.span, part))
        else:
            left.append(item)
    if not found:
        return root
    from .conflicts import either, wins

    rest = [e for e in root.entries if e.key != entry.key]
    if left:
        rest.append(entry._replace(value=SequenceNode(entry.value.span, tuple(left))))
    whole = replace(root, entries=tuple(rest))
    for span, part in found:
        whole = either(whole, part, wins(span), (), certain=2)
    return whole


class _Splicer:
    def __init__(self, root: MappingNode, include: Include) -> None:
        self._root = root
        self._include = include

    def spliced(self, node: Node, level: int) -> Node:
        """A node with what is included in it: itself where that is nothing."""
        node = _long(node)
        match node:
            case SequenceNode(items=items):
                found = tuple([self.spliced(item, level) for item in items])
                return node if all(map(is_, found, items)) else replace(node, items=found)
            case MappingNode(entries=entries):
                values = [self.spliced(e.value, _below(level, e.key)) for e in entries]
                if not all(value is e.value for value, e in zip(values, entries, strict=True)):
                    pairs = zip(entries, values, strict=True)
                    node = replace(node, entries=tuple(e._replace(value=v) for e, v in pairs))
                return self._with_own(node, level) if node.entry(TRANSFORM) else node
        return node

    def _with_own(self, node: MappingNode, level: int) -> Node:
        """A mapping with what the transforms in it include."""
        declares = level < _WITHIN and node.get("Type") is None
        rest: list[Entry] = []
        found: list[tuple[Span, Node]] = []
        for entry in node.entries:
            left = []
            for item in _each(entry.value) if entry.key == TRANSFORM else ():
                part = self._include(item, self._root, declares) if is_include(item) else None
                if part is None:
                    left.append(item)
                else:
                    found.append((item.span, part))
            if entry.key != TRANSFORM or len(left) == len(_each(entry.value)):
                rest.append(entry)
            elif left:
                rest.append(entry._replace(value=SequenceNode(entry.value.span, tuple(left))))
        if not found:
            return node
        parts = [part for _, part in found]
        if not rest and len(parts) == 1 and not _is_plain(parts[0]):
            return parts[0]
        from .conflicts import either, wins

        whole = replace(node, entries=tuple(rest))
        for span, part in found:
            if not isinstance(part, MappingNode) or not _is_plain(part):
                return node
            whole = either(whole, part, wins(span), _PATHS[level], certain=1)
        return whole


def included_elsewhere(root: MappingNode) -> Span | None:
    """Where a template includes whole sections that are not on disk."""
    entry, node = root.entry(TRANSFORM), root.get("Transform")
    found = filter(is_include, _each(node)) if node is not None else iter(())
    return next((node.span for node in found), entry.span if entry else None)


def includes_in(node: Node) -> Iterator[Span]:
    """Where a document includes others."""
    return (one.span for one in inside(node) if is_include(one))


def is_include(transform: Node) -> bool:
    """Whether what stands for a transform is an include."""
    name = transform.get("Name") if isinstance(transform, MappingNode) else None
    return isinstance(name, ScalarNode) and name.tag is None and name.value == INCLUDE


def location_of(include: Node) -> Node | None:
    """What says where the file of an include is."""
    return child_of(include, "Parameters", "Location")


def _long(node: Node) -> Node:
    if node.tag != "Transform":
        return node
    entry = Entry(TRANSFORM, node.span, replace(node, tag=None, anchor=None))
    return MappingNode(node.span, (entry,), anchor=node.anchor)


def _below(level: int, key: str) -> int:
    """The level of what stands under a key."""
    if level == 0:
        return _SECTION if key == "Resources" else _WITHIN
    if level == _SECTION:
        return _SECTION if key.startswith(LOOP) else _RESOURCE
    return _WITHIN


def _each(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, SequenceNode) and node.tag is None else (node,)


def _is_plain(node: Node) -> bool:
    return isinstance(node, MappingNode) and node.tag is None

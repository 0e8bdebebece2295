"""A key that a template and what is included in it both give, or what is chosen between.

`AWS::Include` is not documented to say which of them counts, so each does in a world of its own.
What only one alternative of a choice declares is there only where that one counts.
"""

from __future__ import annotations

from ..annotations import TypeGuard
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..records import replace
from ..source import InputError, Span
from .includes import includes_in
from .intrinsics import LOOP, TAKES, function_of
from .switches import CREATED, created, named, no_value
from .transforms import TRANSFORM, WINS

Path = tuple[str, ...]
"""The keys that lead to a node of a template."""


def either(
    own: MappingNode, other: MappingNode, test: Node, path: Path, *, certain: int
) -> MappingNode:
    """A mapping of a template with what another adds: an include, or what may be in its place.

    Where both give a key, `Fn::If` asks by `test` which counts. In so many levels what only one
    of them gives is there whichever counts, but what one alternative of a choice declares has a
    condition. Raises InputError where they give one resource different types.
    """
    without = SequenceNode(test.span, (test,), tag="Not")
    if test.tag == TAKES and len(path) < 3:
        _require_same_includes(own, other)

    def alone(entry: Entry, here: Node) -> Entry:
        if certain > 0:
            return _declared(entry, here, path) if test.tag == TAKES else entry
        return entry._replace(value=_where(here, entry.value, (*path, entry.key)))

    entries = {}
    for entry in own.entries:
        beside = other.get(entry.key)
        if beside is None:
            entries[entry.key] = alone(entry, without)
        else:
            value = _one_of((*path, entry.key), entry.value, beside, test, certain - 1)
            entries[entry.key] = entry._replace(value=value)
    for entry in other.entries:
        if entry.key not in entries:
            entries[entry.key] = alone(entry, test)
    return replace(own, entries=tuple(entries.values()))


def wins(included: Span) -> ScalarNode:
    """What asks whether an include counts."""
    return ScalarNode(included, str(included), "", tag=WINS)


def _declared(entry: Entry, test: Node, path: Path) -> Entry:
    """What only one alternative declares: its resources and outputs have a condition."""
    value = entry.value
    if entry.key.startswith(LOOP) and isinstance(value, SequenceNode):
        items = (_each(item, test, path) if _is_plain(item, path) else item for item in value.items)
        return entry._replace(value=replace(value, items=tuple(items)))
    path = (*path, entry.key)
    if path[0] not in CREATED or not _is_plain(value, path):
        return entry
    return entry._replace(value=created(value, test) if path[1:] else _each(value, test, path))


def _require_same_includes(own: MappingNode, other: MappingNode) -> None:
    for one, beside in ((own, other), (other, own)):
        for key, span, value in one.entries:
            includes = key in ("Transform", TRANSFORM) or value.tag == "Transform"
            if includes and any(includes_in(value)) and beside.get(key) != value:
                what = "what a variable chooses includes more of the template; it is not followed"
                raise InputError.at(span, what)


def _each(section: MappingNode, test: Node, path: Path) -> MappingNode:
    _require_same_includes(section, MappingNode(section.span, ()))
    return replace(section, entries=tuple(_declared(e, test, path) for e in section.entries))


def _one_of(path: Path, own: Node, other: Node, test: Node, certain: int) -> Node:
    if own == other:
        return own
    if _is_plain(own, path) and _is_plain(other, path):
        return either(own, other, test, path, certain=certain)
    if path[-1] == "Type":
        raise InputError.at(own.span, f"the resource has another type at {other.span}")
    if _is_condition(path):
        own, other = named(own), named(other)
    return _if(test, other, own)


def _where(test: Node, value: Node, path: Path) -> Node:
    """What is there only where a test holds."""
    if path[-1] == "Type":
        return value
    span = value.span
    if _is_condition(path):
        text = ScalarNode(span, "", "")
        return _if(test, named(value), SequenceNode(span, (text, text), tag="Equals"))
    return _if(test, value, no_value(span))


def _if(test: Node, value: Node, other: Node) -> Node:
    span = other.span
    return MappingNode(span, (Entry("Fn::If", span, SequenceNode(span, (test, value, other))),))


def _is_condition(path: Path) -> bool:
    return len(path) == 3 and path[0] in CREATED and path[2] == "Condition"


def _is_plain(node: Node, path: Path) -> TypeGuard[MappingNode]:
    """Whether a node is a mapping of its own, which sections are with any keys."""
    return isinstance(node, MappingNode) and (
        function_of(node) is None or (len(path) < 3 and node.tag is None)
    )

"""What a variable chooses of a Serverless template itself: parts, sections, resources, properties.

Each alternative overrides what stands below it by itself: where one says nothing of a property,
the base part's counts there. So a part with choices is merged once for each, and `Fn::If` asks
which of the outcomes counts.

A choice is a list with the tag CHOICE, of what is asked and of the alternatives. What is asked is a
list, too: the variable, and for each alternative whether it counts, as one of those before it does
unless a later one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode, child_of, merged
from ..records import replace
from ..source import InputError, Span
from .conflicts import either
from .intrinsics import TAKES
from .service_parts import CHOICE, extended, is_variable, overriding

OUTCOMES_LIMIT = 64
"""Alternatives of one part, all choices in it taken together."""

_EXTENSIONS = "extensions"

Path = tuple[str, ...]


def one_of(
    variable: ScalarNode,
    keys: Sequence[str],
    found: Iterable[tuple[Path, Node]],
    default: Node | None,
) -> Node:
    """What stands for one of some nodes, each with what the keys are where it counts.

    It is the variable itself where there is none.
    """
    nodes = [*([((), default)] if default is not None else []), *found]
    tests = (_taken(variable.span, zip(keys, names, strict=False)) for names, _ in nodes)
    asked = SequenceNode(variable.span, (variable, *tests))
    items = (asked, *(node for _, node in nodes))
    return SequenceNode(variable.span, items, tag=CHOICE) if nodes else variable


def _taken(span: Span, pairs: Iterable[tuple[str, str]]) -> SequenceNode:
    """What asks whether keys in which variables are have these names."""
    tests = []
    for pair in pairs:
        if "${" in pair[0]:
            texts = SequenceNode(span, tuple(ScalarNode(span, text, text) for text in pair))
            tests.append(MappingNode(span, (Entry("Fn::Equals", span, texts),)))
    return SequenceNode(span, tuple(tests), tag=TAKES)


def _read(choice: SequenceNode) -> tuple[ScalarNode, list[tuple[Node, Node]]]:
    """What is chosen by, and each alternative with what asks whether it counts."""
    asked, *nodes = choice.items
    assert isinstance(asked, SequenceNode)
    variable, *tests = asked.items
    assert isinstance(variable, ScalarNode)
    return variable, list(zip(nodes, tests, strict=True))


def service_of(parts: Iterable[Node], whole: MappingNode) -> MappingNode:
    """A template of the parts, merged as lodash does, with the extensions of its resources.

    Raises InputError where alternatives cannot be one, or are too many.
    """
    last: list[Node] = []
    parts = tuple(parts)
    for part in parts:
        part, extensions = _parted(part)
        whole = _over(whole, part, alone=len(parts) == 1)
        last += [extensions] if extensions is not None else []
    return reduce(_extended, last, whole)


def _parted(part: Node) -> tuple[Node, Node | None]:
    """A part without its extensions, and these."""
    own = part.entry(_EXTENSIONS) if isinstance(part, MappingNode) else None
    if own is None or not isinstance(part, MappingNode):
        return part, None
    return replace(part, entries=tuple(e for e in part.entries if e is not own)), own.value


def _extended(whole: MappingNode, extensions: Node) -> MappingNode:
    def made(found: Node) -> MappingNode:
        return extended(whole, found)

    return _each(extensions, lambda _: True, made, [OUTCOMES_LIMIT])


def _over(whole: MappingNode, part: Node, *, alone: bool = False) -> MappingNode:
    def over(found: Node) -> MappingNode:
        if isinstance(found, SequenceNode):
            return reduce(_over, found.items, whole)
        found, extensions = _parted(found)  # of one alternative: they count where it does
        below = merged(whole, overriding(whole, found))
        if extensions is not None and not alone:  # and after all parts
            what = "extensions in one of several parts that a variable chooses are not followed"
            raise InputError.at(extensions.span, what)
        return below if extensions is None else _extended(below, extensions)

    return _each(part, lambda path: child_of(whole, *path) is not None, over, [OUTCOMES_LIMIT])


def _each(
    part: Node, wanted: Callable[[Path], bool], made: Callable[[Node], MappingNode], left: list[int]
) -> MappingNode:
    """What is made of a part with each alternative of the choices at the places that are wanted."""
    found = next((pair for pair in _choices(part) if not pair[0] or wanted(pair[0])), None)
    if found is None:
        left[0] -= 1
        if left[0] < 0:
            what = f"its variables choose between more than {OUTCOMES_LIMIT} templates"
            raise InputError.at(part.span, what)
        return made(_settled(part))
    path, node = found
    _, ((first, _), *others) = _read(node)
    whole = _each(_replaced(part, path, first), wanted, made, left)
    for one, test in others:
        whole = either(
            whole, _each(_replaced(part, path, one), wanted, made, left), test, (), certain=2
        )
    return whole


def _choices(node: Node, path: Path = ()) -> Iterator[tuple[Path, SequenceNode]]:
    """The choices in a part, the outer ones first, each with the keys that lead to it."""
    if isinstance(node, SequenceNode) and node.tag == CHOICE:
        yield path, node
    elif isinstance(node, MappingNode) and len(path) < 3:
        for key, _, value in node.entries:
            yield from _choices(value, (*path, key))


def _replaced(node: Node, path: Path, by: Node) -> Node:
    """A part with another node at a place, or without it where that is null."""
    if not path:
        return by
    assert isinstance(node, MappingNode)
    nothing = len(path) == 1 and _is_nothing(by)
    entries = (
        e if e.key != path[0] else _with(e, _replaced(e.value, path[1:], by))
        for e in node.entries
        if not (nothing and e.key == path[0])
    )
    return replace(node, entries=tuple(entries))


def _with(entry: Entry, value: Node) -> Entry:
    """An entry with another value. What was chosen in another file is declared there."""
    span = entry.span
    chosen = isinstance(entry.value, SequenceNode) and entry.value.tag == CHOICE
    if chosen and isinstance(value, MappingNode) and value.entries:
        first = value.entries[0].span
        span = span if first.source is span.source else first
    return Entry(entry.key, span, value)


def _settled(node: Node, path: Path = ()) -> Node:
    """A part in which all alternatives of what stands nowhere else are there.

    What only some of them declare has a condition; of properties, `Fn::If` asks which counts.
    """
    if isinstance(node, MappingNode) and len(path) < 4:
        entries = (_with(e, _settled(e.value, (*path, e.key))) for e in node.entries)
        return replace(node, entries=tuple(entries))
    if not isinstance(node, SequenceNode) or node.tag != CHOICE:
        return node
    variable, alternatives = _read(node)
    found = [(_settled(one, path), test) for one, test in alternatives]
    unknown = [n for n, _ in found if is_variable(n)]
    known = [n for n, _ in found if not (is_variable(n) or _is_nothing(n))]
    if len(path) == 3 and unknown:
        return unknown[0]  # properties of which none is known
    if not known:
        return variable
    declares = len(path) < 3 or path[-1] == "Type"
    mappings = all(isinstance(n, MappingNode) for n in known)
    if declares and not mappings and known.count(known[0]) < len(known):
        what = f"what {variable.value} stands for cannot be told, so that it is not checked"
        raise InputError.at(variable.span, what)
    *above, key = path
    whole, *others = (_beside(key, n, variable.span) for n, _ in found)
    for other, (_, test) in zip(others, found[1:], strict=True):
        whole = either(whole, other, test, tuple(above), certain=3 - len(path))
    return whole.entries[0].value


def _beside(key: str, node: Node, span: Span) -> MappingNode:
    """One alternative at its key, of which there is nothing where it is not known."""
    nothing = is_variable(node) or _is_nothing(node)
    return MappingNode(span, () if nothing else (Entry(key, node.span, node),))


def _is_nothing(node: Node) -> bool:
    """Whether it is null, or the empty text that is a usual default of a part."""
    return isinstance(node, ScalarNode) and node.value in (None, "")

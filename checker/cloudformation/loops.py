"""`Fn::ForEach`, expanded as the transform AWS::LanguageExtensions does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..patterns import pattern
from ..records import replace
from ..source import InputError
from .intrinsics import LOOP, function_of

_NOT_ALPHANUMERIC = pattern(r"[^A-Za-z0-9]")

EXPANSION_LIMIT = 10_000
"""Copies of a body that the loops of one section may give."""

Collection = Callable[[Node], tuple[str, ...] | None]


class _TooMany(Exception):
    """The loops of a section give more than EXPANSION_LIMIT copies."""


def expand(
    entries: Iterable[Entry], collection: Collection, fault: Callable[[InputError], None]
) -> dict[str, Entry]:
    """Entries with each loop replaced by what it gives.

    `collection` gives a loop's strings, or None where they are not known: such a loop gives
    its body once, in which the identifier is an unsupported function. Loops that multiply past
    the limit are a fault, and end there.
    """
    found: dict[str, Entry] = {}
    loops = _Loops(collection)
    for entry in entries:
        try:
            found.update((copy.key, copy) for copy in loops.expanded(entry))
        except _TooMany:
            what = f"its loops give more than {EXPANSION_LIMIT} copies; not all are checked"
            fault(InputError.at(entry.span, what))
    return found


class _Loops:
    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._left = EXPANSION_LIMIT

    def expanded(self, entry: Entry) -> Iterator[Entry]:
        if not entry.key.startswith(LOOP):
            yield entry
            return
        match entry.value:
            case SequenceNode(items=(ScalarNode(value=str(name)), values, MappingNode() as body)):
                items = self._collection(values)
                for item in (None,) if items is None else items:
                    self._left -= 1
                    if self._left < 0:
                        raise _TooMany
                    copy = substitute(body, name, item)
                    if isinstance(copy, MappingNode):
                        for inner in copy.entries:
                            yield from self.expanded(inner)


def substitute(node: Node, name: str, value: str | None) -> Node:
    """A loop's body for one value of its identifier."""
    function = function_of(node)
    if function is not None and function[0] == "Ref":
        argument = function[1]
        if isinstance(argument, ScalarNode) and argument.value == name:
            if value is None:
                return ScalarNode(node.span, name, name, tag=f"ForEach {name}")
            return ScalarNode(node.span, value, value)
    match node:
        case ScalarNode(value=str(text)) if value is not None:
            return replace(node, value=_replaced(text, name, value))
        case SequenceNode(items=items):
            return replace(node, items=tuple(substitute(item, name, value) for item in items))
        case MappingNode(entries=entries):
            copies = (
                Entry(
                    key if value is None else _replaced(key, name, value),
                    span,
                    substitute(inner, name, value),
                )
                for key, span, inner in entries
            )
            return replace(node, entries=tuple(copies))
    return node


def _replaced(text: str, name: str, value: str) -> str:
    if "{" not in text:
        return text
    plain = _NOT_ALPHANUMERIC.sub("", value)
    return text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", plain)

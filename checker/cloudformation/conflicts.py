"""A key that a template and what it includes both give.

`AWS::Include` is not documented to say which of them counts, so each does in a world of its own.
"""

from __future__ import annotations

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..records import replace
from ..source import InputError, Span
from .intrinsics import function_of
from .transforms import WINS


def either(own: MappingNode, included: MappingNode, asked: Span, certain: int = 1) -> MappingNode:
    """A mapping with what an include adds; where both give a key, `Fn::If` asks which counts.

    In so many levels what only one of them gives is there whichever counts. Raises InputError
    where they give one resource different types.
    """
    entries = {}
    for key, span, value in own.entries:
        other = included.get(key)
        if other is not None:
            value = _one_of(key, value, other, asked, certain - 1)
        elif certain <= 0 and key != "Type":
            value = _if(asked, _nothing(value.span), value)
        entries[key] = Entry(key, span, value)
    for key, span, value in included.entries:
        if key not in entries:
            here = (
                value if certain > 0 or key == "Type" else _if(asked, value, _nothing(value.span))
            )
            entries[key] = Entry(key, span, here)
    return replace(own, entries=tuple(entries.values()))


def _one_of(key: str, own: Node, included: Node, asked: Span, certain: int) -> Node:
    if own == included:
        return own
    plain = all(isinstance(n, MappingNode) and function_of(n) is None for n in (own, included))
    if plain and isinstance(own, MappingNode) and isinstance(included, MappingNode):
        return either(own, included, asked, certain)
    if key == "Type":
        raise InputError.at(own.span, "an include gives the same resource with another type")
    return _if(asked, included, own)


def _if(asked: Span, included: Node, own: Node) -> Node:
    span = own.span
    test = ScalarNode(asked, str(asked), "", tag=WINS)
    return MappingNode(span, (Entry("Fn::If", span, SequenceNode(span, (test, included, own))),))


def _nothing(span: Span) -> Node:
    return ScalarNode(span, "AWS::NoValue", "AWS::NoValue", tag="Ref")

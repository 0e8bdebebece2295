"""A key that a template and what is included in it both give, or what is chosen between.

`AWS::Include` is not documented to say which of them counts, so each does in a world of its own.
"""

from __future__ import annotations

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..records import replace
from ..source import InputError, Span
from .intrinsics import function_of
from .transforms import WINS


def either(own: MappingNode, included: MappingNode, test: Node, certain: int = 1) -> MappingNode:
    """A mapping with what an include adds.

    Where both give a key, `Fn::If` asks by `test` which counts. In so many levels what only one
    of them gives is there whichever counts. Raises InputError where they give one resource
    different types.
    """
    entries = {}
    for key, span, value in own.entries:
        other = included.get(key)
        if other is not None:
            value = _one_of(key, value, other, test, certain - 1)
        elif certain <= 0 and key != "Type":
            value = _if(test, _nothing(value.span), value)
        entries[key] = Entry(key, span, value)
    for key, span, value in included.entries:
        if key not in entries:
            here = value if certain > 0 or key == "Type" else _if(test, value, _nothing(value.span))
            entries[key] = Entry(key, span, here)
    return replace(own, entries=tuple(entries.values()))


def wins(included: Span) -> ScalarNode:
    """What asks whether an include counts."""
    return ScalarNode(included, str(included), "", tag=WINS)


def _one_of(key: str, own: Node, included: Node, test: Node, certain: int) -> Node:
    if own == included:
        return own
    plain = all(isinstance(n, MappingNode) and function_of(n) is None for n in (own, included))
    if plain and isinstance(own, MappingNode) and isinstance(included, MappingNode):
        return either(own, included, test, certain)
    if key == "Type":
        raise InputError.at(own.span, f"the resource has another type at {included.span}")
    return _if(test, included, own)


def _if(test: Node, included: Node, own: Node) -> Node:
    span = own.span
    return MappingNode(span, (Entry("Fn::If", span, SequenceNode(span, (test, included, own))),))


def _nothing(span: Span) -> Node:
    return ScalarNode(span, "AWS::NoValue", "AWS::NoValue", tag="Ref")

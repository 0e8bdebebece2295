"""Templates that stand as a string in another one (`TemplateBody`), also under `Fn::Sub`.

What of the string is known only when the outer stack is deployed becomes a word before the
string is read as a template, and a dynamic reference of our own after it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.value import Known, Text, Value
from ..patterns import pattern
from ..records import replace
from ..source import Span

_WORD = "OuterPart{}OfTheStack"
_WORDS = pattern(_WORD.format(r"(\d+)"))
_REFERENCE = "{{{{resolve:outer:{}}}}}"
_REFERENCES = pattern(r"\{\{resolve:outer:\d+\}\}")


def written_out(value: Value) -> tuple[str, Mapping[str, Value]]:
    """A string with a word for each part that is not known, and what each reference stands for."""
    text = ""
    outer: dict[str, Value] = {}
    for part in value.parts if isinstance(value, Text) else (value,):
        if isinstance(part, Known):
            text += str(part.data)
        else:
            text += _WORD.format(len(outer))
            outer[_REFERENCE.format(len(outer))] = part
    return text, outer


def is_part(text: str) -> bool:
    """Whether a string of such a template has a part that is not known."""
    return "{{resolve:outer:" in text


def known_parts(text: str) -> list[str]:
    """What stands around the parts of a string that are not known."""
    return _REFERENCES.split(text)


def placed(node: MappingNode, span: Span) -> MappingNode:
    """A copy of a template, all of it at one place, with references for the words."""
    copies = (Entry(_referring(key), span, _placed(value, span)) for key, _, value in node.entries)
    return replace(node, span=span, entries=tuple(copies))


def _placed(node: Node, span: Span) -> Node:
    match node:
        case SequenceNode(items=items):
            return replace(node, span=span, items=tuple(_placed(item, span) for item in items))
        case MappingNode():
            return placed(node, span)
        case ScalarNode(value=str(text)):
            return replace(node, span=span, value=_referring(text))
    return replace(node, span=span)


def _referring(text: str) -> str:
    return _WORDS.sub(lambda word: _REFERENCE.format(word[1]), text)

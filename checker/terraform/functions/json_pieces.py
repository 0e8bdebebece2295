"""`jsonencode` of what is known only in parts: the text around these."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from ... import kms
from ...language.value import Attribute, Known, ListValue, MapValue, Text, Value, derived
from ...records import replace
from .arguments import DEPTH_LIMIT, ELEMENT_LIMIT, too_large
from .encoding import json_text


class Pieces:
    """Writes one value. A part that may need escapes or quotes is one that is not known."""

    def __init__(self) -> None:
        self._counted = count(1)

    def of(self, value: Value, depth: int = 0) -> Iterator[Value]:
        """The pieces of a value's JSON.

        Raises EvaluationError past DEPTH_LIMIT levels or ELEMENT_LIMIT elements.
        """
        if depth > DEPTH_LIMIT:
            raise too_large("a deeply nested value")
        if next(self._counted) > ELEMENT_LIMIT:
            raise too_large("a value of too many elements")
        match value:
            case Known(data=data):
                yield replace(value, data=json_text(data))
            case ListValue(items=items, rest=None, least=None):
                yield Known("[")
                for number, item in enumerate(items):
                    yield Known("," if number else "")
                    yield from self.of(item, depth + 1)
                yield Known("]")
            case MapValue(items=mapping, rest=None):
                yield Known("{")
                for number, name in enumerate(sorted(mapping)):
                    yield Known(f"{',' if number else ''}{json_text(name)}:")
                    yield from self.of(mapping[name], depth + 1)
                yield Known("}")
            case Text(parts=parts):
                yield Known('"')
                for part in parts:
                    yield _inside(part)
                yield Known('"')
            case Attribute() if is_plain(value):
                yield from (Known('"'), value, Known('"'))
            case _:
                yield replace(derived("jsonencode", value), not_null=True)


def _inside(part: Value) -> Value:
    if isinstance(part, Known):
        return replace(part, data=json_text(part.data)[1:-1])
    return part if is_plain(part) else replace(derived("escaped", part), not_null=True)


def is_plain(value: Value) -> bool:
    """Whether it is certainly a string that needs no escapes: what identifies a resource."""
    return isinstance(value, Attribute) and kms.is_set(
        value.resource.type, value.path, value.resource.data
    )

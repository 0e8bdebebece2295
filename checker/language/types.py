"""What a value that is not known is declared to be, and what follows from it."""

from __future__ import annotations

from .. import kms
from .expression import Scalar
from .value import Attribute, Known, Text, Type, Unknown, Value

_SEQUENCES = frozenset({"list", "set", "tuple"})
_MAPPINGS = frozenset({"map", "object"})


def type_of(data: Scalar) -> str | None:
    """The type of a plain value; None of null, which has any."""
    match data:
        case None:
            return None
        case bool():
            return "bool"
        case str():
            return "string"
    return "number"


def primitive(value: Value) -> str | None:
    """The type of what is not known, where that is a string, number or bool."""
    match value:
        case Text():
            return "string"
        case Unknown(type=str(type_)):
            return type_
    return None


def plain_type(value: Value) -> str | None:
    """The type of what is a string, number or bool, known or not, or null."""
    match value:
        case Known(data=None, null_type=declared):
            return declared
        case Known(data=data):
            return type_of(data)
        case Attribute(resource=resource, path=path):
            return "string" if kms.is_set(resource.type, path, resource.data) else None
    return primitive(value)


def is_sequence(value: Value) -> bool | None:
    """Whether what is not known is a list, set or tuple; None where no type is declared."""
    return _is_one_of(value, _SEQUENCES)


def is_mapping(value: Value) -> bool | None:
    """Whether what is not known is a map or object; None where no type is declared."""
    return _is_one_of(value, _MAPPINGS)


def _is_one_of(value: Value, names: frozenset[str]) -> bool | None:
    if not isinstance(value, Unknown) or value.type is None:
        return None
    return not isinstance(value.type, str) and value.type[0] in names


def element_type(collection: Type | None, key: Scalar = None) -> Type | None:
    """The type of an element; for an object the one of that name."""
    match collection:
        case ("list" | "set" | "map", element):
            found: Type | None = element
            return found
        case ("object", *attributes):
            return next((type_ for name, type_, *_ in attributes if name == key), None)
    return None


def convertible(one: Type | None, other: Type | None) -> bool:
    """Whether some value of one type can be made one of the other."""
    if one is None or other is None:
        return True
    if isinstance(one, str) or isinstance(other, str):
        plain = isinstance(one, str) and isinstance(other, str)
        return one == other or (plain and "string" in (one, other))
    return any(one[0] in names and other[0] in names for names in (_SEQUENCES, _MAPPINGS))


def alike(one: Type | None, other: Type | None) -> bool:
    """Whether a value of one type stays as it is where it is made one of the other.

    Elements and attributes too: none more, none less, and no null that a default fills in.
    """
    if other is None:
        return True
    if one is None or isinstance(one, str) or isinstance(other, str):
        return one == other
    if one[0] != other[0]:
        return False
    if one[0] != "object":
        return alike(element_type(one), element_type(other))
    defaults = (
        {name: default[0] for name, _, *default in of[1:] if default} for of in (one, other)
    )
    own, asked = defaults
    return {name for name, *_ in one[1:]} == {name for name, *_ in other[1:]} and all(
        alike(type_, element_type(other, name)) and (name not in asked or name in own)
        for name, type_, *_ in one[1:]
    )

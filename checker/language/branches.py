"""The branches of a conditional, and the elements of a collection: the type they have in common.

https://developer.hashicorp.com/terraform/language/expressions/conditionals#result-types
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain

from .. import kms
from ..records import replace
from ..source import InputError
from .convert import is_null, to_string
from .decisions import Undecided
from .expression import (
    Conditional,
    Expression,
    For,
    Literal,
    Object,
    Operation,
    Template,
    Tuple,
    settled,
)
from .types import plain_type, type_of
from .value import Attribute, EvaluationError, ListValue, MapValue, Value, Whole

_APART = "the branches of a condition have no type in common"

_DEPTH = 20
"""How deep elements are compared."""

Reader = Callable[[Expression], "Value | None"]
"""What a branch that is not taken gives; None where that is not valid, or asks a condition."""


def of_one_type(value: Value, other: Expression, read: Reader, *, strictly: bool) -> Value:
    """What a conditional gives, of the type that it has in common with the other branch.

    As far as that one's form tells its type; what it gives is read where the value is a number or
    bool, or `strictly`. Raises EvaluationError where they have none.
    """
    if len({_form_of_value(value), _form_of(other)} - {None}) > 1:
        raise EvaluationError(_APART)
    kind = plain_type(value)
    if kind in ("number", "bool"):
        kinds = _plain_types(other, read)
        if "string" in kinds:
            return to_string(value)
        if kinds - {kind}:
            raise EvaluationError(_APART)
    if strictly and (beside := read(other)) and not _may_be_alike(value, beside):
        raise EvaluationError(_APART)
    match value, other:
        case ListValue(kind="tuple", rest=None, items=items), Tuple(items=others):
            return replace(value, kind="list") if len(items) != len(others) else value
        case MapValue(kind="object", rest=None, items=mapping), Object(items=pairs):
            keys = {key.value for key, _ in pairs if isinstance(key, Literal)}
            return replace(value, kind="map") if keys != set(mapping) else value
    return value


def _may_be_alike(one: Value, other: Value) -> bool:
    try:
        return have_one_type((one, other), _DEPTH)
    except (EvaluationError, InputError, Undecided):
        return True  # an element that is not valid here, or not without a condition


def have_one_type(values: Sequence[Value], depth: int = 0) -> bool:
    """Whether values can be made of one type, elements too down to a depth.

    True where that is not known.
    https://github.com/zclconf/go-cty/blob/main/cty/convert/unify.go
    """
    forms = {_form_of_value(value) for value in values} - {None}
    if len(forms) > 1:
        return False
    kinds = {plain_type(value) for value in values if is_null(value) is not True}
    if kinds == {"bool", "number"}:
        return False
    lists = [value for value in values if isinstance(value, ListValue) and value.rest is None]
    maps = [value for value in values if isinstance(value, MapValue) and value.rest is None]
    if not (depth and (lists or maps)):
        return True
    groups: Iterable[Sequence[Value]]
    if lists and _alike(len(value.items) if value.kind == "tuple" else None for value in lists):
        groups = zip(*(value.items for value in lists), strict=True)
    elif lists:
        groups = (tuple(chain.from_iterable(value.items for value in lists)),)
    elif _alike(frozenset(value.items) if value.kind == "object" else None for value in maps):
        groups = (tuple(value.items[name] for value in maps) for name in maps[0].items)
    else:
        groups = (tuple(chain.from_iterable(value.items.values() for value in maps)),)
    return all(have_one_type(group, depth - 1) for group in groups if len(group) > 1)


def _alike(shapes: Iterable[Hashable]) -> bool:
    """Whether tuples or objects are all of one shape, which None is not."""
    found = set(shapes)
    return len(found) == 1 and None not in found


def _form_of(expression: Expression) -> str | None:
    """What an expression gives, as `_form_of_value` tells it."""
    match expression:
        case Literal(value=data):
            return None if data is None else "plain"
        case Operation():
            return "plain"
        case Template(parts=parts):
            return "plain" if len(parts) > 1 else None
        case Tuple() | For(key=None):
            return "sequence"
        case Object() | For():
            return "mapping"
    return None


def _form_of_value(value: Value) -> str | None:
    """What a value is of: `plain`, `sequence` or `mapping`; None for null, and where none tells."""
    match value:
        case ListValue():
            return "sequence"
        case MapValue() | Whole():
            return "mapping"
        case Attribute(resource=resource, path=path) if kms.is_set(
            resource.type, path, resource.data
        ):
            return "plain"
    return "plain" if plain_type(value) is not None else None


def _plain_types(expression: Expression, read: Reader) -> frozenset[str]:
    """Of the types that an expression may give, the plain ones, whatever conditions in it decide.

    One that is not valid here, or not without a condition, gives nothing that is known.
    """
    match expression:
        case Literal(value=data):
            return _set_of(type_of(data))
        case Operation(operator=operator):
            return _set_of("number" if operator in ("+", "-", "*", "/", "%") else "bool")
        case Template(parts=parts) if len(parts) > 1:
            return _set_of("string")
        case Conditional(then=then, otherwise=otherwise):
            branches = (_plain_types(settled(part), read) for part in (then, otherwise))
            return frozenset(chain.from_iterable(branches))
    value = read(expression)
    return _set_of(plain_type(value) if value else None)


def _set_of(name: str | None) -> frozenset[str]:
    return frozenset((name,)) if name is not None else frozenset()

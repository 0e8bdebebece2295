"""Operands and branches: what may be null, how each is converted, which index an item has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..records import replace
from .convert import is_null, to_bool, to_string
from .expression import Expression, Literal, Object, Tuple
from .value import (
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Unknown,
    Value,
    derived,
    term_of,
)

if TYPE_CHECKING:
    from .evaluate import Scope

# From which argument on a function takes null; the others refuse it.
TAKING_NULL = {
    **dict.fromkeys(
        ("coalesce", "coalescelist", "ephemeralasnull", "issensitive", "jsonencode", "merge",
         "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring",
         "type", "yamlencode"),
        0,
    ),
    **dict.fromkeys(("contains", "index", "templatefile", "templatestring"), 1),
    "lookup": 2,
}  # fmt: skip


def given(operand: Value, scope: Scope) -> Value:
    """What may not be null. Raises EvaluationError in a world of `try` where it is."""
    if scope.worlds.trying and is_null(operand) is None:
        null = term_of(Known(None))
        if scope.worlds.decide(("==", term_of(operand), null)):
            raise EvaluationError("an operand is null")
    return operand


def of_one_type(value: Value, other: Expression) -> Value:
    """A branch of a conditional, converted to the type that it has in common with the other.

    As far as that one's form tells its type: it is not evaluated, and may not be valid here.
    https://developer.hashicorp.com/terraform/language/expressions/conditionals#result-types
    """
    match value, other:
        case Known(data=bool() | int() | float()), Literal(value=str()):
            return to_string(value)
        case ListValue(kind="tuple", rest=None, items=items), Tuple(items=others):
            return replace(value, kind="list") if len(items) != len(others) else value
        case MapValue(kind="object", rest=None, items=mapping), Object(items=pairs):
            keys = {key.value for key, _ in pairs if isinstance(key, Literal)}
            return replace(value, kind="map") if keys != set(mapping) else value
    return value


def logical(operator: str, value: Value) -> Value:
    """A bool. Raises EvaluationError where it is null or cannot be converted."""
    value = to_bool(value)
    if isinstance(value, Known) and value.data is None:
        raise EvaluationError(f"an operand of {operator} is null")
    return value


def negated(value: Value) -> Value:
    value = logical("!", value)
    return replace(value, data=not value.data) if isinstance(value, Known) else derived("!", value)


def place(values: ListValue, at: int) -> Value:
    """The index that an item stands at."""
    if values.least is None:
        return Known(at)
    why = "the order of a set's elements is not known"
    term = ("place", term_of(values), term_of(Known(at)))
    domain = None if values.rest is not None else tuple(range(len(values.items)))
    return Unknown("unsupported", why, term, not_null=True, domain=domain)

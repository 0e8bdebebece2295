"""Operands: what may be null, how each is converted, which index an item has."""

from __future__ import annotations

from ..annotations import Protocol
from ..records import replace
from .convert import is_null, to_bool
from .types import primitive
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
from .worlds import Worlds


class InWorlds(Protocol):
    """What knows the current world: a scope, the context of a call."""

    @property
    def worlds(self) -> Worlds: ...


# From which argument on a function takes null; the others refuse it.
TAKING_NULL = {
    **dict.fromkeys(
        ("coalesce", "coalescelist", "ephemeralasnull", "issensitive", "jsonencode", "merge",
         "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring",
         "type", "yamlencode"),
        0,
    ),
    **dict.fromkeys(("format", "formatlist", "templatefile", "templatestring"), 1),
    "lookup": 2,
}  # fmt: skip


def null_here(scope: InWorlds, value: Value) -> bool:
    """Whether a value is null in this world."""
    certain = is_null(value)
    if certain is not None:
        return certain
    return scope.worlds.decide(("==", term_of(value), term_of(Known(None))))


def given(operand: Value, scope: InWorlds) -> Value:
    """What may not be null. Raises EvaluationError in a world of `try` where it is."""
    if scope.worlds.trying and is_null(operand) is None and null_here(scope, operand):
        raise EvaluationError("an operand is null")
    return operand


def logical(operator: str, value: Value) -> Value:
    """A bool. Raises EvaluationError where it is null or cannot be converted."""
    value = to_bool(value)
    if isinstance(value, Known) and value.data is None:
        raise EvaluationError(f"an operand of {operator} is null")
    return value


def negated(value: Value) -> Value:
    value = logical("!", value)
    if isinstance(value, Known):
        return replace(value, data=not value.data)
    return derived("!", value, type="bool")


def attempted(value: Value, type_: str, scope: InWorlds) -> Value:
    """What is read as a string, number, bool or collection, as what has no declared type may be.

    So may a string be as a number or bool. Raises EvaluationError in a world of `try` where it
    is none.
    """
    if not scope.worlds.trying or isinstance(value, Known | ListValue | MapValue):
        return value
    if type_ in ("string", "collection"):
        fallible = isinstance(value, Unknown) and value.type is None
    else:
        fallible = primitive(value) in (None, "string")
    if fallible and not scope.worlds.decide(("succeeds", (f"as {type_}", term_of(value)))):
        raise EvaluationError(f"a {type_} is required")
    return value


def place(values: ListValue, at: int) -> Value:
    """The index that an item stands at."""
    if values.least is None:
        return Known(at)
    why = "the order of a set's elements is not known"
    term = ("place", term_of(values), term_of(Known(at)))
    domain = None if values.rest is not None else tuple(range(len(values.items)))
    return Unknown("unsupported", why, term, not_null=True, domain=domain, type="number")


def truth(value: Value, scope: InWorlds) -> bool:
    """A condition's truth in this world."""
    match to_bool(attempted(value, "bool", scope)):
        case Known(data=bool(answer)):
            return answer
        case Known():
            raise EvaluationError("a condition is null")
        case other:
            return scope.worlds.decide(term_of(other))

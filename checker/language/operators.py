"""Arithmetic and comparison, as HCL does them: on numbers, converting strings of digits."""

from __future__ import annotations

from .convert import to_number
from .numbers import apply
from .value import EvaluationError, Known, Value, derived

LARGEST = 1e300
"""Numbers past it are not evaluated: a product must not grow forever."""


def _operands(operator: str, left: Value, right: Value) -> tuple[Value, Value]:
    left, right = to_number(left), to_number(right)
    for side in (left, right):
        if isinstance(side, Known) and side.data is None:
            raise EvaluationError(f"an operand of {operator} is null")
    return left, right


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """`+ - * / %`. Raises EvaluationError for what is no number, and for division by 0."""
    left, right = _operands(operator, left, right)
    if not (isinstance(left, Known) and isinstance(right, Known)):
        return derived(operator, left, right, type="number")
    a, b = left.data, right.data
    if not (isinstance(a, int | float) and isinstance(b, int | float)):
        raise EvaluationError(f"an operand of {operator} is not a number")
    try:
        result = apply(operator, a, b)
        if abs(result) > LARGEST:
            raise OverflowError
        return Known(result)
    except ZeroDivisionError:
        raise EvaluationError("it divides by zero") from None
    except OverflowError:
        raise EvaluationError("a number is too large", cause="unsupported") from None


def compare(operator: str, left: Value, right: Value) -> Value:
    """`< > <= >=`. Raises EvaluationError for operands that are no numbers."""
    left, right = _operands(operator, left, right)
    if not (isinstance(left, Known) and isinstance(right, Known)):
        return derived(operator, left, right, type="bool")
    a, b = left.data, right.data
    if not (isinstance(a, int | float) and isinstance(b, int | float)):
        raise EvaluationError(f"an operand of {operator} is not a number")
    match operator:
        case "<":
            return Known(a < b)
        case ">":
            return Known(a > b)
        case "<=":
            return Known(a <= b)
    return Known(a >= b)

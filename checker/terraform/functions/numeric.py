"""Functions of numbers and of bools.

https://developer.hashicorp.com/terraform/language/functions, section "Numeric Functions".
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ...language.convert import is_null, to_bool, to_number
from ...language.numbers import apply
from ...language.operators import arithmetic
from ...language.value import EvaluationError, Known, ListValue, Value, derived, term_of
from ...records import replace
from .arguments import (
    ELEMENT_LIMIT,
    NULL,
    arity,
    joined,
    plain,
    sequence,
    too_large,
    typed,
    typed_here,
    unknown,
)
from .context import Context, Function

Number = int | float


_EXACT = 2**53
"""Terraform reckons powers and logarithms with floats, which keep whole numbers up to here."""


def _tidy(number: Number) -> Number:
    """A whole number as an int. Raises EvaluationError for an infinite one."""
    if isinstance(number, float):
        if not math.isfinite(number):
            raise EvaluationError("the number is not finite")
        return int(number) if number.is_integer() else number
    return number


def _pow(base: Number, exponent: Number) -> Number:
    if abs(exponent) > 1024:
        raise too_large("a power")
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError("the power is not a real number")
    if abs(result) > _EXACT:
        raise too_large("a power")
    return _tidy(result)


def _log(number: Number, base: Number) -> Number:
    return _tidy(math.log(number) / math.log(base))


def _parseint(text: str, base: int) -> int:
    if base not in range(2, 63):
        raise ValueError("the base is not between 2 and 62")
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    # Up to 36 letters count without their case, above that capitals follow the small ones.
    if base > 36:
        digits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    else:
        text = text.lower()
    sign = -1 if text.startswith("-") else 1
    body = text[1:] if text[:1] in ("-", "+") else text
    if not body or len(body) > 1000:
        raise ValueError("it is not a whole number")
    total = 0
    for letter in body:
        digit = digits.find(letter)
        if not 0 <= digit < base:
            raise ValueError(f"it is not a whole number in base {base}")
        total = total * base + digit
    return sign * total


def _signum(number: Number) -> int:
    return (number > 0) - (number < 0)


def _extreme(name: str, choose: Callable[[list[Number]], Number]) -> Function:
    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 1, None)
        numbers = [typed_here(context, name, "n", argument) for argument in arguments]
        known = _numbers(numbers)
        if len(known) < len(numbers):
            return unknown(name, *numbers)
        return Known(choose(known))

    return function


def _numbers(values: list[Value]) -> list[Number]:
    return [
        value.data
        for value in values
        if isinstance(value, Known) and isinstance(value.data, int | float)
    ]


def _sum(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("sum", arguments, 1, 1)
    values = sequence("sum", arguments[0])
    if values is None or values.rest is not None:
        return unknown("sum", arguments[0])
    if not values.items:
        raise EvaluationError("sum: the list is empty")
    numbers = [typed_here(context, "sum", "n", item) for item in values.items]
    known = _numbers(numbers)
    if len(known) < len(numbers):
        return unknown("sum", *numbers)
    total: Value = Known(0)
    for number in numbers:
        total = arithmetic("+", total, number)
    return total


def _range(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("range", arguments, 1, 3)
    numbers = [typed("range", "n", argument) for argument in arguments]
    known = _numbers(numbers)
    if len(known) < len(numbers):
        return unknown("range", *numbers)
    start, limit = (0, known[0]) if len(known) == 1 else known[:2]
    step = known[2] if len(known) == 3 else (1 if start <= limit else -1)
    if step == 0:
        raise EvaluationError("range: the step is zero")
    if (step > 0 and start > limit) or (step < 0 and start < limit):
        raise EvaluationError("range: the step leads away from the limit")
    if abs(limit - start) > ELEMENT_LIMIT * abs(step):
        raise too_large("a range")
    items: list[Value] = []
    while start < limit if step > 0 else start > limit:
        items.append(Known(start))
        if len(items) > ELEMENT_LIMIT:
            raise too_large("a range")
        start = apply("+", start, step)
    return ListValue(tuple(items), "list")


def _quantifier(name: str, settled: bool) -> Function:
    """`anytrue` is settled by one true element, `alltrue` by one false or null."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 1, 1)
        values = sequence(name, arguments[0])
        if values is None:
            return unknown(name, arguments[0])
        open_items: list[Value] = []
        for item in values.items:
            answer = to_bool(item)
            if not isinstance(answer, Known):
                open_items.append(_is_true(answer))
            elif bool(answer.data) is settled:
                return Known(settled)
        if values.rest is not None:
            open_items.append(values.rest)
        if not open_items:
            return Known(not settled)
        return joined("||" if settled else "&&", unknown(name, *open_items), open_items)

    return function


def _is_true(value: Value) -> Value:
    """That a bool which is not known is true; null is not."""
    if is_null(value) is False:
        return value
    term = term_of(value)
    found = derived("==", value, type="bool")
    return replace(found, term=("&&", ("!", ("==", term, NULL)), term))


def _tonumber(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("tonumber", arguments, 1, 1)
    return to_number(arguments[0])


FUNCTIONS: dict[str, Function] = {
    "abs": plain("abs", "n", abs),
    "ceil": plain("ceil", "n", math.ceil),
    "floor": plain("floor", "n", math.floor),
    "log": plain("log", "nn", _log),
    "pow": plain("pow", "nn", _pow),
    "signum": plain("signum", "i", _signum),
    "parseint": plain("parseint", "si", _parseint),
    "max": _extreme("max", max),
    "min": _extreme("min", min),
    "sum": _sum,
    "range": _range,
    "alltrue": _quantifier("alltrue", False),
    "anytrue": _quantifier("anytrue", True),
    "tonumber": _tonumber,
}

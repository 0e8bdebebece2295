"""Numbers of 512 bits, as `terraform console` shows them."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.language.convert import number_text
from iac_check.language.numbers import Precise, apply, parsed, ratio_of
from iac_check.language.operators import arithmetic, compare
from iac_check.language.value import EvaluationError, Known


@pytest.mark.parametrize(
    ("left", "operator", "right", "result"),
    [
        (0.1, "+", 0.2, 0.3),
        (0.1, "+", 0.7, 0.8),
        (0.29, "*", 100, 29),
        (0.3, "/", 0.1, 3),
        (0.5, "-", 0.25, 0.25),
        (1, "/", 10, 0.1),
        (3, "%", 0.1, 0),
        (7, "%", 3, 1),
        (-7, "%", 3, -1),
        (7, "%", -3, 1),
        (6, "/", 3, 2),
        (2**511, "*", 2, 2**512),
    ],
)
def test_arithmetic(left: float, operator: str, right: float, result: float) -> None:
    assert arithmetic(operator, Known(left), Known(right)) == Known(result)
    assert type(apply(operator, left, right)) is type(result)


def test_what_no_decimal_number_is() -> None:
    third = apply("/", 1, 3)
    assert isinstance(third, Precise)
    assert apply("*", third, 3) == 1
    assert apply("*", 1.1, 1.1) != 1.21
    assert apply("-", 0.3, 0.1) != 0.2
    assert third != 1 / 3
    assert 0.33 < third < 0.34
    assert (math.floor(third), math.ceil(third), abs(apply("-", 0, third))) == (0, 1, third)
    assert sorted([1, third, 0.1]) == [0.1, third, 1]
    assert compare("<=", Known(third), Known(third)) == Known(True)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("0.0000001", "0.0000001"),
        ("1.5e-10", "0.00000000015"),
        ("-2.5E-7", "-0.00000025"),
        ("1.250", "1.25"),
        ("1e3", "1000"),
        ("1e50", f"1{'0' * 50}"),
        ("123456789.12345", "123456789.12345"),
    ],
)
def test_text(written: str, text: str) -> None:
    assert number_text(parsed(written)) == text


@pytest.mark.parametrize("number", [apply("/", 1, 3), float("inf"), 10**200])
def test_a_number_that_is_not_written(number: float) -> None:
    with pytest.raises(EvaluationError) as caught:
        number_text(number)
    assert caught.value.cause == "unsupported"


def test_a_number_out_of_bounds_is_not_evaluated() -> None:
    with pytest.raises(EvaluationError) as caught:
        arithmetic("*", Known(10**200), Known(10**200))
    assert caught.value.cause == "unsupported"
    with pytest.raises(OverflowError):
        parsed("1e9999")
    with pytest.raises(ValueError, match="is not a number"):
        parsed(".")


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**30))
def test_a_quotient_is_the_nearest_of_512_bits(numerator: int, denominator: int) -> None:
    found = Fraction(*ratio_of(apply("/", numerator, denominator)))
    error = abs(found - Fraction(numerator, denominator))
    assert error <= abs(found) / 2**512


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200))
def test_a_float_stands_for_what_it_is_written_as(number: float) -> None:
    if abs(number) > 1e-200 and not number.is_integer():
        assert parsed(repr(number)) == number

"""Numbers as HCL has them: binary floats of 512 bits, rounded to the nearest, ties to even.

An int is itself, and a float stands for the decimal number that Python writes it as: 0.1 is what
512 bits make of "0.1". What no float stands for is `Precise`, such as 1/3.
https://pkg.go.dev/github.com/zclconf/go-cty/cty#NumberVal
"""

from __future__ import annotations

import math

from ..patterns import pattern

BITS = 512
EXPONENT_LIMIT = 1_000
"""Powers of ten: numbers that are larger, or nearer to 0, are not evaluated."""

Ratio = tuple[int, int]
"""A numerator, and a denominator above 0."""

_WRITTEN = pattern(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?\Z")


class Precise(float):
    """A number that no float stands for. As a float it is what is nearest to it."""

    __slots__ = ("ratio",)
    ratio: Ratio

    @classmethod
    def of(cls, ratio: Ratio) -> Precise:
        made = cls(ratio[0] / ratio[1])
        made.ratio = ratio
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Precise) and self.ratio == other.ratio

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.ratio)

    def __lt__(self, other: float) -> bool:
        return _less(self.ratio, ratio_of(other))

    def __gt__(self, other: float) -> bool:
        return _less(ratio_of(other), self.ratio)

    def __le__(self, other: float) -> bool:
        return not self > other

    def __ge__(self, other: float) -> bool:
        return not self < other

    def __floor__(self) -> int:
        return self.ratio[0] // self.ratio[1]

    def __ceil__(self) -> int:
        return -(-self.ratio[0] // self.ratio[1])

    def __abs__(self) -> float:
        return Precise.of((abs(self.ratio[0]), self.ratio[1]))

    def is_integer(self) -> bool:
        return False


Number = int | float


def parsed(text: str) -> Number:
    """The number that decimal digits stand for, with or without an exponent.

    Raises ValueError for other text, and OverflowError past EXPONENT_LIMIT.
    """
    return _number(*_decimal(text))


def ratio_of(number: Number) -> Ratio:
    """What a number is exactly. Raises OverflowError where it is not finite."""
    if isinstance(number, Precise):
        return number.ratio
    if isinstance(number, float):
        if not math.isfinite(number):
            raise OverflowError
        return _rounded(*_decimal(repr(number)))
    return int(number), 1


def apply(operator: str, left: Number, right: Number) -> Number:
    """`+ - * / %` of two numbers. Raises ZeroDivisionError and OverflowError."""
    if isinstance(left, int) and isinstance(right, int) and operator in "+-*":
        whole = (
            left + right if operator == "+" else left - right if operator == "-" else left * right
        )
        if whole.bit_length() <= BITS:
            return whole
    (a, b), (c, d) = ratio_of(left), ratio_of(right)
    match operator:
        case "+":
            return _number(a * d + c * b, b * d)
        case "-":
            return _number(a * d - c * b, b * d)
        case "*":
            return _number(a * c, b * d)
    if c == 0:
        raise ZeroDivisionError
    quotient = _number(a * d, b * c) if c > 0 else _number(-a * d, -b * c)
    if operator == "/":
        return quotient
    # What is left of the dividend, whose sign it has.
    times = math.floor(abs(quotient))
    return apply("-", left, apply("*", times if quotient >= 0 else -times, right))


def written(number: float) -> str:
    """A float that is no whole number in decimal digits, without an exponent.

    Raises OverflowError for a `Precise` one.
    """
    if isinstance(number, Precise) or not math.isfinite(number):
        raise OverflowError
    mantissa, _, exponent = repr(number).partition("e")
    if not exponent:
        return mantissa
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + (fraction if fraction != "0" else "")
    at = len(whole) + int(exponent)
    if at <= 0:
        return f"{sign}0.{'0' * -at}{digits}"
    return sign + (digits.ljust(at, "0") if at >= len(digits) else f"{digits[:at]}.{digits[at:]}")


def _less(left: Ratio, right: Ratio) -> bool:
    return left[0] * right[1] < right[0] * left[1]


def _decimal(text: str) -> Ratio:
    found = _WRITTEN.match(text)
    if found is None or not (found[2] or found[3]):
        raise ValueError(f"{text} is not a number")
    power = int(found[4] or 0) - len(found[3])
    if abs(power) > EXPONENT_LIMIT or len(found[2]) > EXPONENT_LIMIT:
        raise OverflowError
    digits = int(f"{found[1]}{found[2]}{found[3]}")
    return (digits * 10**power, 1) if power >= 0 else (digits, 10**-power)


def _number(numerator: int, denominator: int) -> Number:
    """What 512 bits make of a fraction."""
    ratio = _rounded(numerator, denominator)
    if ratio[1] == 1:
        return ratio[0]
    short = ratio[0] / ratio[1]
    return short if _rounded(*_decimal(repr(short))) == ratio else Precise.of(ratio)


def _rounded(numerator: int, denominator: int) -> Ratio:
    """The nearest fraction of 512 bits, in its lowest terms. Raises OverflowError."""
    size = abs(numerator)
    if size == 0:
        return 0, 1
    shift = BITS - (size.bit_length() - denominator.bit_length())
    if abs(shift) > 8 * EXPONENT_LIMIT:
        raise OverflowError
    top, bottom = (size << shift, denominator) if shift >= 0 else (size, denominator << -shift)
    bits, left = divmod(top, bottom)
    if bits.bit_length() > BITS:
        left += (bits & 1) * bottom
        bits, bottom, shift = bits >> 1, bottom * 2, shift - 1
    if 2 * left > bottom or (2 * left == bottom and bits & 1):
        bits += 1
    if numerator < 0:
        bits = -bits
    if shift <= 0:
        return bits << -shift, 1
    even = min((bits & -bits).bit_length() - 1, shift)
    return bits >> even, 1 << (shift - even)

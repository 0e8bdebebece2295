"""Whether two plain values may be one: conversion makes 1 of "01", and the term stays."""

from __future__ import annotations

from .expression import Scalar
from .numbers import parsed

_WORDS = {"true": True, "1": True, "false": False, "0": False}


def same(one: object, other: object) -> bool | None:
    """Whether two values are the same; None where one may be converted to the other."""
    if type(one) is type(other) or (_is_number(one) and _is_number(other)):
        return one == other
    if one is None or other is None:
        return False
    text, value = (one, other) if isinstance(one, str) else (other, one)
    if not isinstance(text, str):
        return False
    if isinstance(value, bool):
        return None if _WORDS.get(text) is value else False
    return None if _number(text) == value else False


def written(value: object) -> tuple[str, str]:
    """What is the same for values of which one may be converted to another, and what is not."""
    kind = type(value).__name__
    if value is None:
        return kind, kind
    if isinstance(value, bool):
        return str(value).lower(), f"{kind} {value}"
    number = _number(value) if isinstance(value, str) else value
    return str(value if number is None else number), f"{kind} {value}"


def _number(text: str) -> Scalar:
    try:
        return parsed(text) if len(text) < 400 else None
    except (ValueError, OverflowError):
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

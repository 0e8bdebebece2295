"""Strings that are one of a few: each of their parts is one of some words (AllowedValues)."""

from __future__ import annotations

from functools import reduce
from math import prod

from .expression import Scalar
from .value import Known, Term, Text, Unknown, Value, term_of

CHOICES_LIMIT = 64
"""Values that a string may have left before each is looked at in a world of its own."""

STEP_LIMIT = 1_000
"""Words that are tried to write one text."""


def choices(value: Value) -> int:
    """How many values AllowedValues leave to a string; what is not bounded counts as one."""
    domains = {part.term: part.domain for part in _parts(value) if isinstance(part, Unknown)}
    return prod(len(domain) for domain in domains.values() if domain)


def is_bounded(value: Value) -> bool:
    """Whether a string that is not known is one of a few."""
    parts = _parts(value)
    return any(isinstance(p, Unknown) for p in parts) and all(
        isinstance(p, Known) or (isinstance(p, Unknown) and p.domain) for p in parts
    )


def reads(value: Value, text: str) -> Term | None:
    """That a bounded string is a text, as a condition on each of its parts.

    None where it takes more than STEP_LIMIT to say; a literal false where it never is.
    """
    ways = _ways(_parts(value), text, {}, [STEP_LIMIT])
    if ways is None:
        return None
    terms = [_joined("&&", [("==", term, literal) for term, literal in w.items()]) for w in ways]
    return _joined("||", terms) if terms else term_of(Known(False))


def _joined(operator: str, terms: list[Term]) -> Term:
    return reduce(lambda left, right: (operator, left, right), terms)


def _ways(
    parts: tuple[Value, ...], text: str, chosen: dict[Term, Term], left: list[int]
) -> list[dict[Term, Term]] | None:
    """The choices of words that write a text."""
    if not parts:
        return [] if text else [chosen]
    first, *rest = parts
    found: list[dict[Term, Term]] = []
    for data in _words(first):
        left[0] -= 1
        if left[0] < 0:
            return None
        word, choice = str(data), dict(chosen)
        if isinstance(first, Unknown):
            literal = term_of(first.assumed(data))
            if choice.setdefault(first.term, literal) != literal:
                continue
        if text.startswith(word):
            more = _ways(tuple(rest), text[len(word) :], choice, left)
            if more is None:
                return None
            found.extend(more)
    return found


def _words(part: Value) -> tuple[Scalar, ...]:
    if isinstance(part, Known):
        return (part.data,)
    return (part.domain or ()) if isinstance(part, Unknown) else ()


def _parts(value: Value) -> tuple[Value, ...]:
    return value.parts if isinstance(value, Text) else (value,)

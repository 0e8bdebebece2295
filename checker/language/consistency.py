"""Whether equalities can all hold together: a world that contradicts itself is not reachable.

Terms that are equal form a class; a class has the values that its members' domains leave (any,
where none is declared), without those that it is told not to be. A class of any value can
always be told apart from the others, so only the finite ones are searched.
"""

from __future__ import annotations

from collections.abc import Mapping

from .alike import written
from .expression import Scalar
from .value import Term

STEP_LIMIT = 2_000
"""Values tried for one world; past it the world counts as reachable."""

Texts = frozenset[str]
"""Values as they are written: conversion makes 1 of "1", and the term stays what it is."""


def consistent(facts: Mapping[Term, bool], domains: Mapping[Term, tuple[Scalar, ...]]) -> bool:
    """Whether some assignment makes every `==` among the facts as true or false as they say."""
    equalities = [(fact, truth) for fact, truth in facts.items() if fact[0] == "=="]
    if len(equalities) < 2:
        return True  # one alone was decided with the term's own domain in view
    classes = _Classes()
    for (_, left, right), truth in equalities:
        if truth:
            classes.join(left, right)
    values: dict[Term, Texts] = {}
    kinds: dict[Term, set[tuple[str, str]]] = {}
    for term in classes.terms(equalities):
        allowed = _allowed(term, domains)
        if allowed is not None:
            name = classes.of(term)
            texts = frozenset(text for text, _ in allowed)
            values[name] = values.get(name, texts) & texts
            kinds.setdefault(name, set()).update(allowed)
    apart = [
        (classes.of(a), classes.of(b))
        for (_, a, b), truth in equalities
        if not (truth or _of_another_kind(a, b, classes, kinds))
    ]
    if any(a == b for a, b in apart) or not all(values.values()):
        return False
    return _assignable(values, [(a, b) for a, b in apart if a in values and b in values])


def _allowed(
    term: Term, domains: Mapping[Term, tuple[Scalar, ...]]
) -> frozenset[tuple[str, str]] | None:
    """What a term may be, as text, and the types of it."""
    if term[0] == "literal":
        return frozenset((written(term[2]),))
    domain = domains.get(term)
    return None if domain is None else frozenset(map(written, domain))


def _of_another_kind(
    left: object, right: object, classes: _Classes, kinds: Mapping[Term, set[tuple[str, str]]]
) -> bool:
    """Whether a term is told not to be a literal that it is the text of: "1" is not 1."""
    for term, other in ((left, right), (right, left)):
        if isinstance(term, tuple) and term[0] == "literal":
            text, kind = written(term[2])
            found = {each for each in kinds.get(classes.of(other), ()) if each[0] == text}
            if found and (text, kind) not in found:
                return True
    return False


def _assignable(values: Mapping[Term, Texts], apart: list[tuple[Term, Term]]) -> bool:
    """Whether each class can have one of its values, those that are apart different ones."""
    left = STEP_LIMIT
    chosen: dict[Term, str] = {}
    rivals: dict[Term, list[Term]] = {}
    for one, other in apart:
        rivals.setdefault(one, []).append(other)
        rivals.setdefault(other, []).append(one)
    order = sorted(rivals, key=lambda name: len(values[name]))

    def fits(at: int) -> bool:
        nonlocal left
        if at == len(order):
            return True
        name = order[at]
        taken = {chosen[rival] for rival in rivals[name] if rival in chosen}
        for value in sorted(values[name] - taken):  # the same whatever strings hash to
            left -= 1
            if left < 0:
                return True
            chosen[name] = value
            if fits(at + 1):
                return True
            del chosen[name]
        return False

    return fits(0)


class _Classes:
    """Terms that are equal, by the one that stands for all of them."""

    def __init__(self) -> None:
        self._above: dict[Term, Term] = {}

    def of(self, term: object) -> Term:
        assert isinstance(term, tuple)
        while (above := self._above.get(term)) is not None:
            term = above
        return term

    def join(self, left: object, right: object) -> None:
        one, other = self.of(left), self.of(right)
        if one != other:
            self._above[one] = other

    def terms(self, equalities: list[tuple[Term, bool]]) -> list[Term]:
        sides = (side for (_, *pair), _ in equalities for side in pair)
        return list(dict.fromkeys(side for side in sides if isinstance(side, tuple)))

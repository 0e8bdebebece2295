"""Undecided conditions, explored consistently."""

from __future__ import annotations

import contextlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.language.decisions import Undecided, Unreachable
from iac_check.language.value import EvaluationError, Known, Term, Unknown
from iac_check.language.worlds import STEP_LIMIT, WORLD_LIMIT, Requirement, TooManyWorlds, Worlds


def ref(name: str) -> Term:
    return ("ref", "", name)


def lit(value: str | int | bool | None) -> Term:
    return ("literal", type(value).__name__, value)


A, B = ref("a"), ref("b")


def explored(judge) -> list:
    worlds = Worlds()
    return [outcome for _, outcome in worlds.explore(lambda: judge(worlds))]


def test_a_condition_has_one_truth_in_a_world() -> None:
    outcomes = explored(lambda w: (w.decide(A), w.decide(("!", A)), w.decide(A)))
    assert sorted(outcomes) == [(False, True, False), (True, False, True)]


def test_two_equalities_of_one_unknown_are_never_both_true() -> None:
    dev, prod = ("==", A, lit("dev")), ("==", lit("prod"), A)
    outcomes = explored(lambda w: (w.decide(dev), w.decide(prod)))
    assert sorted(outcomes) == [(False, False), (False, True), (True, False)]


def test_a_domain_bounds_the_worlds() -> None:
    value = Unknown("caller-supplied", "", A, domain=("x", "y"))

    def judge(worlds: Worlds) -> tuple[bool, bool, bool]:
        worlds.refine(value)
        return tuple(worlds.decide(("==", A, lit(name))) for name in ("x", "y", "z"))

    assert sorted(explored(judge)) == [(False, True, False), (True, False, False)]


def test_bounds_of_numbers_are_consistent() -> None:
    length = ("length", A)
    positive, at_least_one = ("<", lit(0), length), (">=", length, lit(1))
    empty = ("==", length, lit(0))
    outcomes = explored(lambda w: (w.decide(positive), w.decide(at_least_one), w.decide(empty)))
    assert sorted(outcomes) == [(False, False, True), (True, True, False)]


def test_an_unknown_is_what_its_world_says() -> None:
    value = Unknown("caller-supplied", "", A)

    def judge(worlds: Worlds) -> object:
        worlds.decide(("==", A, lit("x")))
        return worlds.refine(value)

    assert Known("x") in explored(judge)


def test_unreachable_worlds_are_dropped() -> None:
    def judge(worlds: Worlds) -> str:
        if not worlds.decide(A):
            raise Unreachable
        return "a"

    assert explored(judge) == ["a"]


def test_too_many_worlds_and_steps_end() -> None:
    worlds = Worlds()
    many = [ref(str(number)) for number in range(WORLD_LIMIT)]
    with pytest.raises(TooManyWorlds):
        worlds.explore(lambda: [worlds.decide(term) for term in many])
    with pytest.raises(TooManyWorlds):
        worlds.explore(lambda: [worlds.step() for _ in range(STEP_LIMIT + 1)])


def test_what_asks_no_fact_is_computed_once_for_all_worlds() -> None:
    worlds = Worlds()
    calls = []

    def judge() -> bool:
        worlds.remember("always", lambda: calls.append("always") or Known(1))
        worlds.remember("here", lambda: calls.append("here") or Known(worlds.decide(A)))
        worlds.remember("here", lambda: Known(None))
        return worlds.decide(B)

    assert len(worlds.explore(judge)) == 4
    assert calls.count("always") == 1
    assert calls.count("here") > 1


def test_a_cycle_is_told_and_not_remembered() -> None:
    worlds = Worlds()

    def a() -> Known:
        return worlds.remember("b", lambda: worlds.remember("a", a))

    def attempt() -> str:
        try:
            worlds.remember("a", a)
        except EvaluationError as error:
            return error.cause
        return "none"

    assert [cause for _, cause in worlds.explore(attempt)] == ["cycle"]


def test_exploring_within_a_judgement_restores_the_outer_world() -> None:
    worlds = Worlds()

    def judge() -> tuple[bool, int, bool]:
        first = worlds.decide(A)
        inner = worlds.explore(lambda: worlds.decide(A))
        return first, len(inner), worlds.decide(A)

    assert sorted(outcome for _, outcome in worlds.explore(judge)) == [
        (False, 2, False),
        (True, 2, True),
    ]


ATOMS = st.one_of(
    st.sampled_from([A, B]),
    st.tuples(st.just("=="), st.sampled_from([A, B]), st.sampled_from([lit("x"), lit("y")])),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(st.just("!"), inner), st.tuples(st.sampled_from(["&&", "||"]), inner, inner)
    ),
    max_leaves=5,
)


def _holds(term: Term, values: dict[Term, object]) -> bool:
    match term:
        case ("!", inner):
            return not _holds(inner, values)
        case ("&&", left, right):
            return _holds(left, values) and _holds(right, values)
        case ("||", left, right):
            return _holds(left, values) or _holds(right, values)
        case ("==", left, ("literal", _, value)):
            return values[left] == value
    condition = values[term]
    if not isinstance(condition, bool):
        raise TypeError
    return condition


@given(st.lists(CONDITIONS, min_size=1, max_size=4))
def test_the_worlds_are_those_of_all_assignments(conditions: list[Term]) -> None:
    """Every assignment's truths are explored, but where a string is a condition: it is refused."""
    worlds = Worlds()
    found = {
        outcome
        for _, outcome in worlds.explore(lambda: tuple(worlds.decide(c) for c in conditions))
    }
    for a in (True, False, "x", "y"):
        for b in (True, False, "x", "y"):
            with suppress(TypeError):
                assert tuple(_holds(c, {A: a, B: b}) for c in conditions) in found


def test_deciding_outside_of_an_exploration_is_refused() -> None:
    with pytest.raises(Undecided):
        Worlds().decide(A)


def test_what_is_required_bounds_the_worlds_that_speak_of_it() -> None:
    worlds = Worlds()
    named = frozenset((A,))

    def judge() -> bool:
        worlds.require("a", named, Requirement(lambda: worlds.decide(("==", A, lit("x"))), named))
        return worlds.decide(("==", A, lit("y"))) or worlds.decide(B)

    assert sorted(outcome for _, outcome in worlds.explore(judge)) == [False, True]
    assert not worlds.explore(lambda: worlds.decide(("==", A, lit("x"))) or worlds.decide(B))[1:]


def test_what_is_required_of_many_worlds_bounds_nothing() -> None:
    worlds = Worlds()
    terms = [ref(str(number)) for number in range(12)]

    def holds() -> bool:
        return not all(worlds.decide(term) is not None for term in terms)

    worlds.require("a", frozenset(terms), Requirement(holds))
    assert len(worlds.explore(lambda: worlds.decide(terms[0]))) == 2


def test_many_hard_judgements_share_what_a_run_may_cost() -> None:
    worlds = Worlds()

    def hard() -> None:
        for number in range(20):
            worlds.decide(("ref", "", str(number)))

    for _ in range(100):
        with pytest.raises(TooManyWorlds):
            worlds.explore(hard)
    assert worlds.explored < 10_000
    for _ in range(1_000):  # others are told whatever came before
        assert len(worlds.explore(lambda: worlds.decide(("ref", "", "a")))) == 2


def test_what_many_judgements_evaluate_is_shared_too() -> None:
    worlds = Worlds()

    def long() -> None:
        for _ in range(STEP_LIMIT):
            worlds.step()

    for _ in range(20):
        with contextlib.suppress(TooManyWorlds):
            worlds.explore(long)
    assert worlds.steps < 10 * STEP_LIMIT
    assert len(worlds.explore(worlds.step)) == 1

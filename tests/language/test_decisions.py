"""What the facts of a world decide of values whose types are declared."""

from __future__ import annotations

from iac_check.language.convert import to_bool, to_number, to_string
from iac_check.language.value import Term, Unknown, Value, term_of
from iac_check.language.worlds import Worlds


def lit(value: str | int | bool | None) -> Term:
    return ("literal", type(value).__name__, value)


def unknown(type_: str, name: str = "x") -> Unknown:
    return Unknown("external", "", ("ref", "", f"{type_} {name}"), type=type_)


def worlds_of(*conditions: Term, of: tuple[Unknown, ...]) -> set[tuple[bool, ...]]:
    """The truths that conditions have together, over all worlds."""
    worlds = Worlds()

    def judge() -> tuple[bool, ...]:
        for value in of:
            worlds.refine(value)
        return tuple(worlds.decide(condition) for condition in conditions)

    return {outcome for _, outcome in worlds.explore(judge)}


def same(value: Value, data: str | int | bool | None) -> Term:
    return ("==", term_of(value), lit(data))


def test_what_is_compared_with_another_type_is_never_equal() -> None:
    n, s, b = unknown("number"), unknown("string"), unknown("bool")
    conditions = (same(n, "1"), same(s, 1), same(s, True), same(b, "true"), same(b, 1))
    assert worlds_of(*conditions, of=(n, s, b)) == {(False,) * 5}


def test_a_number_as_a_string_is_decided_with_the_number() -> None:
    n = unknown("number")
    assert worlds_of(same(n, 1), same(to_string(n), "1"), of=(n,)) == {(True,) * 2, (False,) * 2}
    assert worlds_of(same(to_string(n), "01"), same(to_string(n), "x"), of=(n,)) == {(False,) * 2}


def test_a_bool_as_a_string_is_decided_with_the_bool() -> None:
    b = unknown("bool")
    assert worlds_of(b.term, same(to_string(b), "false"), of=(b,)) == {(True, False), (False, True)}


def test_several_strings_are_read_as_one_number_or_bool() -> None:
    s = unknown("string")
    assert (True, False) in worlds_of(same(to_number(s), 1), same(s, "1"), of=(s,))
    assert worlds_of(same(s, "01"), same(to_number(s), 2), of=(s,)) == {
        (True, False),
        (False, True),
        (False, False),
    }
    assert worlds_of(term_of(to_bool(s)), same(s, "true"), same(s, "0"), of=(s,)) == {
        (True, True, False),
        (True, False, False),  # "1"
        (False, False, True),
        (False, False, False),  # "false"
    }


def test_the_length_of_a_string_is_that_of_what_it_is() -> None:
    s = unknown("string")
    outcomes = worlds_of(same(s, "abc"), ("<", ("length", s.term), lit(3)), of=(s,))
    assert (True, True) not in outcomes
    assert len(outcomes) == 3


def test_bools_are_equal_where_both_are_true_or_both_false() -> None:
    a, b = unknown("bool", "a"), unknown("bool", "b")
    equal = ("==", a.term, b.term)
    nulls = (same(a, None), same(b, None))
    for first, second, alike in worlds_of(*nulls, equal, of=(a, b)):
        assert alike or not (first and second)
        assert not alike or first == second
    told = {
        (one, two, alike)
        for *null, one, two, alike in worlds_of(*nulls, a.term, b.term, equal, of=(a, b))
        if not any(null)
    }
    assert told == {
        (True, True, True),
        (False, False, True),
        (True, False, False),
        (False, True, False),
    }


def test_a_number_is_never_below_itself() -> None:
    n = unknown("number")
    assert worlds_of(("<", n.term, n.term), (">", n.term, n.term), of=(n,)) == {(False,) * 2}


def test_strings_of_a_number_and_of_a_bool_are_never_the_same_text() -> None:
    n, b = unknown("number"), unknown("bool")
    alike = ("==", term_of(to_string(n)), term_of(to_string(b)))
    outcomes = worlds_of(same(n, None), same(b, None), alike, of=(n, b))
    assert {outcome for outcome in outcomes if outcome[2]} == {(True, True, True)}

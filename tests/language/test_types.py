"""What the declared type of what is not known says of it."""

from __future__ import annotations

import pytest

from iac_check.language.access import index
from iac_check.language.convert import equal, to_bool, to_number, to_string
from iac_check.language.types import alike, convertible, element_type
from iac_check.language.value import EvaluationError, Known, Text, Type, Unknown, Value
from iac_check.language.worlds import Worlds


def unknown(type_: Type | None, *, not_null: bool = True) -> Unknown:
    return Unknown("external", "", ("ref", "", str(type_)), type=type_, not_null=not_null)


OBJECT: Type = ("object", ("n", "number"), ("inner", ("list", "string")))


@pytest.mark.parametrize(
    ("collection", "key", "expected"),
    [
        (("list", "string"), 0, "string"),
        (("map", ("list", "bool")), "x", ("list", "bool")),
        (OBJECT, "n", "number"),
        (OBJECT, "m", None),
        (("tuple",), 0, None),
        ("string", 0, None),
        (None, 0, None),
    ],
)
def test_the_type_of_an_element(
    collection: Type | None, key: str | int, expected: Type | None
) -> None:
    assert element_type(collection, key) == expected


def test_a_value_stays_as_it_is_where_the_types_of_its_elements_are_the_same() -> None:
    assert alike(("list", "string"), ("set", "string"))
    assert alike(OBJECT, ("object", ("n", "number")))
    assert alike(("map", "number"), ("object", ("n", "number")))
    assert not alike(("map", "string"), ("object", ("n", "number")))
    assert not alike(("list", "string"), ("list", "number"))


def test_what_can_be_converted() -> None:
    assert convertible("number", "string")
    assert convertible("string", "bool")
    assert not convertible("number", "bool")
    assert convertible(("list", "string"), ("set", "string"))
    assert not convertible(("list", "string"), ("map", "string"))
    assert not convertible(("list", "string"), "string")


@pytest.mark.parametrize(
    ("convert", "type_"),
    [
        (to_number, "bool"),
        (to_bool, "number"),
        (to_string, ("list", "string")),
        (to_number, OBJECT),
        (to_bool, ("map", "bool")),
    ],
)
def test_what_no_conversion_makes_is_refused(convert, type_: Type) -> None:
    with pytest.raises(EvaluationError):
        convert(unknown(type_))


def test_a_conversion_there_and_back_gives_the_same() -> None:
    for type_, convert in (("number", to_number), ("bool", to_bool)):
        assert convert(to_string(unknown(type_))) == unknown(type_)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (unknown("number"), Known("1")),
        (unknown("string"), Known(1)),
        (unknown("bool"), Known("true")),
        (unknown("number"), unknown("string")),
        (unknown("number"), Text((Known("a"), unknown("string")))),
        (unknown(("list", "string")), Known("a")),
    ],
)
def test_values_of_two_types_are_not_equal(left: Value, right: Value) -> None:
    assert equal(left, right) == equal(right, left) == Known(False)


def test_two_that_may_both_be_null_may_be_equal() -> None:
    either = [unknown(type_, not_null=False) for type_ in ("string", "number")]
    assert isinstance(equal(*either), Unknown)


def test_an_element_of_what_has_none_is_refused() -> None:
    for type_ in ("string", "bool", ("set", "string"), OBJECT):
        with pytest.raises(EvaluationError):
            index(unknown(type_), Known("m"), Worlds())
    found = index(unknown(OBJECT), Known("n"), Worlds())
    assert isinstance(found, Unknown)
    assert found.type == "number"

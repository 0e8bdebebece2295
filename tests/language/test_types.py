"""What the declared type of what is not known says of it."""

from __future__ import annotations

import pytest

from iac_check.language.access import index
from iac_check.language.convert import equal, to_bool, to_number, to_string
from iac_check.language.types import alike, convertible, element_type
from iac_check.language.value import EvaluationError, Known, Text, Type, Unknown, Value
from iac_check.language.worlds import Worlds

from .test_evaluate import values


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
    assert alike(("list", "string"), ("list", None))
    assert alike(OBJECT, OBJECT)
    assert alike(("object", ("n", "number", "1")), ("object", ("n", "number", "2")))
    assert not alike(("list", "string"), ("set", "string"))
    assert not alike(OBJECT, ("object", ("n", "number")))
    assert not alike(("map", "number"), ("object", ("n", "number")))
    assert not alike(("object", ("n", "number")), ("object", ("n", "number", "1")))
    assert not alike(None, ("list", "string"))
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


# As `terraform console` has it of an ARN.
_REFUSED_OF_A_STRING = (
    "tonumber(key)",
    "tobool(key)",
    "keys(key)",
    "values(key)",
    "merge(key,{})",
    "concat(key,[])",
    "flatten(key)",
    'contains(key,"a")',
    "distinct(key)",
    "reverse(key)",
    "compact(key)",
    "sort(key)",
    'join("",key)',
    "[for x in key: x]",
    "key[*].x",
    'format("%d",key)',
    "alltrue([key])",
    "anytrue([key])",
    "transpose({a=key})",
    'replace(key,"/(/","")',
    'regex("(",key)',
    'regexall("(",key)',
    "key.x",
    'key["x"]',
    "key[0]",
    "-key",
    "!key",
    "key+1",
    "key && true",
    "key ? 1 : 2",
    "key < 1",
    'format("%t",key)',
    'formatlist("%d",key)',
    "element(key,0)",
    "slice(key,0,1)",
    'lookup(key,"a","b")',
    "zipmap(key,[])",
    "tolist(key)",
    "toset(key)",
    "tomap(key)",
    "one(key)",
    "sum([key])",
    "max(key)",
    "abs(key)",
    "chunklist(key,1)",
    "setunion(key)",
    "coalescelist(key,[])",
    "range(key)",
    "parseint(key,10)",
    "cidrhost(key,1)",
    'timeadd(key,"1h")',
    'formatdate("YYYY",key)',
    "base64decode(key)",
    "jsondecode(key)",
)
_TAKEN_OF_A_STRING = (
    "length(key)",
    'format("%s",key)',
    'format("%v",key)',
    'formatlist("%s",key)',
    "zipmap([key],[1])",
    'setproduct([key],["a"])',
    "matchkeys([key],[key],[key])",
    "index([key],key)",
    "substr(key,0,1)",
    'split(",",key)',
    "yamldecode(key)",
    "upper(key)",
    "trimspace(key)",
    "{(key)=1}",
    "sort([key])",
    "{for x in [key]: x=>x}",
    "tostring(key)",
    "one([key])",
    "try(key.x,key)",
    "title(key)",
    "indent(1,key)",
    "urlencode(key)",
    "sha1(key)",
    "strrev(key)",
    'startswith(key,"arn")',
    "nonsensitive(key)",
    "key[*]",
)


@pytest.mark.parametrize("text", _REFUSED_OF_A_STRING)
def test_the_arn_of_a_key_is_a_string(text: str) -> None:
    assert False in values(f"can({text})")


@pytest.mark.parametrize("text", _TAKEN_OF_A_STRING)
def test_what_takes_a_string_takes_the_arn_of_a_key(text: str) -> None:
    assert values(f"can({text})") == [True]

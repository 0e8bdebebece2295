from __future__ import annotations

import pytest

from iac_check.language.keys import has_index, is_key_of, length, size_of, sources
from iac_check.language.value import Term, Unknown

MAP: Term = ("ref", "root", "var.map")
LIST: Term = ("ref", "root", "var.list")
OTHER: Term = ("ref", "root", "var.other")
SOME: Term = ("some keys", "for k, v in var.map : k => v if v", (), MAP)


def each(collection: Term) -> Unknown:
    return Unknown("external", "", ("each.key", "a.b", collection))


def counted(size: Term) -> Unknown:
    return Unknown("external", "", ("count.index", "a.b", size))


@pytest.mark.parametrize(
    ("over", "of", "answer"),
    [
        (("for_each", MAP), ("for_each", MAP), True),
        (("for_each", ("toset", ("keys", MAP))), ("for_each", MAP), True),
        (("for_each", SOME), ("for_each", MAP), True),
        (("for_each", ("some keys", "again", (), SOME)), ("for_each", MAP), True),
        (("for_each", SOME), ("for_each", SOME), True),
        (("for_each", MAP), ("for_each", SOME), False),  # there are fewer
        (("for_each", MAP), ("for_each", OTHER), False),
        (("for_each", ("toset", ("values", MAP))), ("for_each", MAP), False),
        # The elements of a list are the keys of its set; those of a map are not its keys.
        (("toset", ("some elements", "", (), LIST)), ("for_each", ("toset", LIST)), True),
        (("toset", ("some elements", "", (), MAP)), ("for_each", MAP), False),
    ],
)
def test_each_key(over: Term, of: Term, answer: bool) -> None:
    assert is_key_of(each(over), of) is answer


def test_count_index() -> None:
    size: Term = ("length", LIST)
    assert is_key_of(counted(size), ("count", size))
    assert is_key_of(counted(size), ("splat", ("all elements", "code", (), ("count", size))))
    assert not is_key_of(counted(size), ("count", ("length", MAP)))
    assert not is_key_of(counted(size), ("for_each", size))


def test_another_unknown_is_no_key() -> None:
    assert not is_key_of(Unknown("external", "", MAP), ("for_each", MAP))


def test_what_a_collection_is_a_part_of() -> None:
    assert list(sources(("for_each", ("toset", ("keys", SOME))))) == [SOME, MAP]


def test_size_of() -> None:
    assert size_of(("splat", ("count", LIST))) == LIST
    assert size_of(("for_each", MAP)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("values", ("for_each", MAP)), MAP),
        (("for_each", ("toset", ("keys", MAP))), MAP),
        (("all keys", "k, v: v", (), MAP), ("tomap", MAP)),
        (("toset", ("list of some keys", "code", (), MAP)), ("some keys", "code", (), MAP)),
        (("for_each", ("toset", ("sort", LIST))), ("reverse", ("distinct", LIST))),
    ],
)
def test_collections_with_as_many_elements(one: Term, other: Term) -> None:
    assert length(one) == length(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("toset", LIST), LIST),
        (("toset", ("values", MAP)), MAP),
        (("toset", ("some elements", "", (), LIST)), ("some elements", "", (), LIST)),
        (("distinct", ("splat", ("count", LIST))), ("count", LIST)),
        (("some keys", "", (), MAP), MAP),
    ],
)
def test_collections_of_which_one_may_have_fewer_elements(one: Term, other: Term) -> None:
    assert length(one) != length(other)


def test_a_count_runs_over_the_indexes_of_what_has_as_many_elements() -> None:
    index = counted(length(MAP)).term
    assert has_index(("values", ("for_each", MAP)), index) == ("literal", "bool", True)
    assert has_index(LIST, index)[0] == "<"

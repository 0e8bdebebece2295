from __future__ import annotations

import pytest

from iac_check.language.keys import is_key_of, size_of, sources
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

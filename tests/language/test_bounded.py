"""Strings whose parts are one of a few words."""

from __future__ import annotations

import pytest

from iac_check.language.bounded import choices, is_bounded, reads
from iac_check.language.convert import equal
from iac_check.language.value import Known, Text, Unknown, Value


def word(name: str, *domain: str) -> Unknown:
    return Unknown("caller-supplied", "", ("ref", "", name), domain=domain or None)


A, B = word("A", "us", "eu"), word("B", "prod", "-", "")
DASH = Known("-")


def is_(part: Unknown, text: str) -> tuple[object, ...]:
    return ("==", part.term, ("literal", "str", text))


@pytest.mark.parametrize(
    ("parts", "text", "expected"),
    [
        ((A, DASH, B), "us-prod", ("&&", is_(A, "us"), is_(B, "prod"))),
        ((A, DASH, B), "us-qa", ("literal", "bool", False)),
        ((A, DASH, B), "us--", ("&&", is_(A, "us"), is_(B, "-"))),
        ((A, A), "useu", ("literal", "bool", False)),
        ((A, A), "usus", is_(A, "us")),
        (
            (B, word("C", "", "-")),
            "-",
            ("||", ("&&", is_(B, "-"), is_(word("C"), "")),
             ("&&", is_(B, ""), is_(word("C"), "-"))),
        ),
    ],
)  # fmt: skip
def test_a_text_is_read_by_its_parts(parts: tuple[Value, ...], text: str, expected: object) -> None:
    assert reads(Text(parts), text) == expected


def test_what_takes_long_to_say_is_not_said() -> None:
    many = Text(tuple(word(str(at), "", "a", "aa") for at in range(30)))
    assert reads(many, "a" * 30) is None
    assert isinstance(equal(many, Known("a" * 30)), Unknown)


def test_what_is_bounded() -> None:
    assert is_bounded(Text((A, DASH, B)))
    assert not is_bounded(Text((A, word("C"))))
    assert not is_bounded(Known("a"))
    assert choices(Text((A, DASH, B, A))) == 6
    assert choices(word("C")) == 1

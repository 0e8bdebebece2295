from __future__ import annotations

import pytest

from iac_check.language.alike import same, written


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("a", "a", True),
        ("1.0", "1", False),
        (1, 1.0, True),
        ("1", 1, None),
        ("01", 1, None),
        ("1.50", 1.5, None),
        ("x", 1, False),
        ("true", True, None),
        ("1", True, None),
        ("0", True, False),
        (1, True, False),
        (None, "", False),
        (None, None, True),
    ],
)
def test_same(one: object, other: object, answer: bool | None) -> None:
    assert same(one, other) is answer
    assert same(other, one) is answer


def test_what_may_be_one_is_written_alike() -> None:
    assert written("01")[0] == written(1)[0] == written("1.0")[0]
    assert written("01") != written("1.0")
    assert written("true")[0] == written(True)[0]
    assert written(None)[0] != written("")[0]

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.report.escape import cells, escape, escape_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 名 😀", "plain é 名 😀"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]8;;http://evil\x07", "\\x1b]8;;http://evil\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\nb\r\n", "a\\nb\\r\\n"),
        ("a\tb", "a    b"),
        ("\u202eabc\u2066\u200e\u200f", "\\u202eabc\\u2066\\u200e\\u200f"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("a ##[group]x", "a #\\x23[group]x"),
        ("##vso[task.x]y", "#\\x23vso[task.x]y"),
        ("##VSO[task.x]y", "#\\x23VSO[task.x]y"),
        ("## [a] #[b]", "## [a] #[b]"),
        (" ::error::x", " \\x3a:error::x"),
        ("AWS::Backup", "AWS::Backup"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    "character",
    "\x00\x07\x08\n\r\x1b\x1f\x7f\x80\x85\x9b\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029"
    "\u034f\u115f\u1160\u3164\ufe00\uffa0\U000e0100\U000e01ef"
    "\u202a\u202e\u2060\u2066\u2069\u206f\ud800\udfff\ufeff\ufff9\ufffb\U000e0001\U000e007f",
    ids=ascii,
)
def test_what_steers_hides_or_turns_is_shown(character: str) -> None:
    shown = escape(f"a{character}b")
    assert shown.isascii()
    assert shown.isprintable()
    assert "".join(printed for printed, _ in cells(f"a{character}b")) == shown
    assert escape_json(json.dumps(character, ensure_ascii=False)).isascii()


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_escaped_can_be_printed_on_one_line(text: str) -> None:
    shown = escape(text)
    shown.encode()
    assert len(f"{shown}.".splitlines()) == 1
    assert "\x1b" not in shown


@given(st.text())
def test_escaped_json_means_the_same(text: str) -> None:
    assert json.loads(escape_json(json.dumps(text, ensure_ascii=False))) == text


def test_cells_have_the_width_of_what_is_shown() -> None:
    assert "".join(shown for shown, _ in cells("x ##vso[y]")) == r"x #\x23vso[y]"
    assert list(cells("a\t名\x1b\u0301")) == [
        ("a", 1), ("   ", 3), ("名", 2), ("\\x1b", 4), ("\u0301", 0),
    ]  # fmt: skip

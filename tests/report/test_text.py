from __future__ import annotations

import time

import pytest

from iac_check.report.excerpt import WIDTH
from iac_check.report.text import block

from .samples import at, result


def snippet(text: str, marked: str) -> tuple[str, str]:
    """The source line and the caret line, without their gutters."""
    lines = block(at(text, marked, note=""))
    return lines[3].partition("| ")[2], lines[4].partition("| ")[2]


@pytest.mark.parametrize(
    ("text", "marked", "line", "carets"),
    [
        ("a = key", "key", "a = key", "    ^^^"),
        ("a\n  = key\nb", "key", "  = key", "    ^^^"),
        ("\ta\t= key", "key", "    a   = key", "          ^^^"),
        ("名 = key", "key", "名 = key", "     ^^^"),
        ("a = 名前", "名前", "a = 名前", "    ^^^^"),
        ("e\u0301 = key", "key", "e\u0301 = key", "    ^^^"),
        ("a = one\r\ntwo", "one\r\ntwo", "a = one", "    ^^^"),
        ("a = \x1bkey", "key", "a = \\x1bkey", "        ^^^"),
        ("a = \u202ekey", "\u202ekey", "a = \\u202ekey", "    ^^^^^^^^^"),
        ("é😀 = key", "key", "é😀 = key", "      ^^^"),
    ],
)
def test_caret_stands_below_the_source(text: str, marked: str, line: str, carets: str) -> None:
    assert snippet(text, marked) == (line, carets)


@pytest.mark.parametrize("text", ["", "a = ", "a\n"])
def test_an_empty_place_has_one_caret(text: str) -> None:
    from iac_check.language.value import Hop
    from iac_check.source import Source

    place = Source("main.tf", text).span(len(text), len(text))
    assert block(result(span=place, trail=(Hop(place, "end"),)))[4].endswith("^ end")


@pytest.mark.parametrize("before", [0, 10, 59, 60, 100, 159, 160, 161, 5000])
@pytest.mark.parametrize("after", [0, 10, 100, 158, 160, 5000])
def test_a_long_line_is_cut_around_the_caret(before: int, after: int) -> None:
    line, carets = snippet("x" * before + "KEY" + "y" * after, "KEY")
    assert line[carets.index("^") :].startswith("KEY")
    assert carets.strip() == "^^^"
    assert len(line.strip("…")) <= WIDTH
    assert line.startswith("…") == (line.count("x") < before)
    assert line.endswith("…") == (line.count("y") < after)
    if before + 3 + after <= WIDTH:
        assert "…" not in line


def test_a_line_of_a_whole_file_costs_no_more_than_a_short_one() -> None:
    """A minified template is one line; each of its findings looks only near its caret."""
    text = "x" * 5_000_000 + "KEY" + "y" * 5_000_000
    finding = at(text, "KEY")
    block(finding)  # the table of lines is built once a file
    begin = time.process_time()
    for _ in range(100):
        block(finding)
    assert time.process_time() - begin < 1


def test_names_from_the_scan_are_escaped() -> None:
    hostile = "\x1b]0;title\x07\nerror[X]: forged"
    finding = at("key", "key", note=hostile, path=f"a{hostile}.tf")
    place = finding.span
    hostile_result = result(
        message=hostile, address=hostile, when=hostile, span=place, trail=finding.trail
    )
    text = "\n".join(block(hostile_result))
    assert "\x1b" not in text
    assert "\nerror[X]" not in text

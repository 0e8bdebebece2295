"""Whole reports against goldens; `UPDATE_GOLDENS=1 pytest tests/report` rewrites them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from iac_check.options import FORMATS
from iac_check.report import renderer
from iac_check.source import InputError

from .samples import CAUTION, at, everything, hostile, rendered, report, result, steeped

GOLDENS = Path(__file__).parent / "goldens"


@pytest.mark.parametrize("show_passed", [False, True], ids=["failed", "all"])
@pytest.mark.parametrize(
    "name",
    ["text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "mermaid", "dot"],
)
def test_golden(name: str, show_passed: bool) -> None:
    golden = GOLDENS / f"{name}-{'all' if show_passed else 'failed'}.txt"
    found = rendered(name, everything(), show_passed)
    if name == "sarif":  # it is one line, which nobody could compare
        found = json.dumps(json.loads(found), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("name", ["text", "concise"])
def test_nothing_to_say_is_nothing(name: str) -> None:
    assert rendered(name, report()) == ""


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_scanned_steers_a_terminal_or_turns_a_line(name: str) -> None:
    unsafe = "\x1b\x9b\u202e\u2028\u200b\ud800"
    one = hostile(f"a{unsafe}b\n{unsafe}\n")
    aside = hostile(f"c{unsafe}", status="suppressed")
    out = rendered(name, report(one, one, aside, errors=(InputError(unsafe, unsafe),)), True)
    assert not set(unsafe) & set(out)
    everywhere = rendered(name, steeped(f"a{unsafe}b ##[group]x"), True)
    assert not set(unsafe) & set(everywhere)
    assert "##[" not in everywhere


@pytest.mark.parametrize("name", ["text", "concise", "github", "markdown", "mermaid", "dot"])
def test_nothing_scanned_begins_a_line(name: str) -> None:
    plain, broken = (hostile(text) for text in ("x", "x\r\n::error::\n# y\n- z\n"))
    lines = [
        rendered(name, report(one, one, errors=(InputError(one.message, one.message),)))
        for one in (plain, broken)
    ]
    assert lines[0].count("\n") == lines[1].count("\n")


def test_unknown_format() -> None:
    with pytest.raises(KeyError):
        renderer("xml")


class TestJson:
    def test_holds_every_vault_in_the_order_of_the_contract(self) -> None:
        document = json.loads(rendered("json", everything()))
        assert list(document) == [
            "schema_version", "tool", "summary", "results", "errors", "unread", "warnings",
        ]  # fmt: skip
        assert [entry["status"] for entry in document["results"]] == [
            "fail", "fail", "fail", "pass", "suppressed",
        ]  # fmt: skip
        assert document["summary"] == {
            "files": 2, "resources": 5, "passed": 1, "failed": 3, "suppressed": 1, "errors": 2,
        }  # fmt: skip

    def test_places_are_1_based_and_end_after_the_last_character(self) -> None:
        document = json.loads(rendered("json", report(result())))
        assert document["results"][0]["location"] == {
            "path": "modules/v/main.tf",
            "start": {"line": 4, "column": 17},
            "end": {"line": 4, "column": 24},
        }

    def test_unsafe_characters_are_escaped_and_read_back(self) -> None:
        message = "\x1b[31m\x7f\x9b\u202e\u2028\ud800\U000e0041é😀"
        text = rendered("json", report(result(message=message)))
        assert json.loads(text)["results"][0]["message"] == message
        assert "é😀" in text
        for character in message[:-2]:
            assert character in "[31m" or character not in text

    def test_a_long_hop_is_cut(self) -> None:
        document = json.loads(rendered("json", report(at("x" * 1000, "x" * 1000))))
        assert document["results"][0]["trail"][0]["text"] == "x" * 200 + "…"


@pytest.mark.parametrize("name", ["concise", "gitlab"])
def test_a_report_without_help_warns_of_what_a_changed_key_does(name: str) -> None:
    passed = result(status="pass", reason=None)
    out = rendered(name, report(result(), passed), show_passed=True)
    assert out.count(CAUTION) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_when(name: str) -> None:
    """Of two results for one vault, a reader must know which holds in which world."""
    out = rendered(name, report(result(when="var.own"), result(when="!var.own")))
    assert re.search(r"(?<!!)var(\.|#46;)own", out)
    assert re.search(r"(!|#33;)var(\.|#46;)own", out)

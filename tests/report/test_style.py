"""Colour, links and groups of the text format."""

from __future__ import annotations

import io
import re

import pytest

from iac_check.language.value import Hop
from iac_check.report import web
from iac_check.report.style import PLAIN, Style, When, style_for
from iac_check.report.text import block, groups

from .samples import CALLER, MODULE, everything, hostile, rendered, report, result, span

CONTROL = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("when", "terminal", "environment", "colour"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", True, {"FORCE_COLOR": "0"}, False),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_when_there_is_colour(
    when: When, terminal: bool, environment: dict[str, str], colour: bool
) -> None:
    out = Terminal() if terminal else io.StringIO()
    assert style_for(when, out, environment).colour is colour


def test_links_are_for_terminals() -> None:
    assert style_for("auto", Terminal(), {}).links
    assert not style_for("always", io.StringIO(), {}).links
    assert not style_for("always", Terminal(), {"TERM": "dumb"}).links
    assert not style_for("never", Terminal(), {}).links


@pytest.mark.parametrize("style", [Style(colour=True), Style(colour=True, links=True)])
def test_colour_changes_no_text(style: Style) -> None:
    plain = rendered("text", everything(), True)
    dressed = rendered("text", everything(), True, style=style)
    assert dressed != plain
    assert CONTROL.sub("", dressed) == plain


def test_each_verdict_has_its_colour() -> None:
    text = rendered("text", everything(), True, style=Style(colour=True))
    labels = re.findall(r"^\x1b\[([0-9;]+)m([a-z]+)", text, re.M)
    assert labels == [
        ("1;31", "error"), ("1;33", "warning"), ("1;32", "pass"), ("1;31", "error"),
        ("1;31", "error"),
    ]  # fmt: skip


def test_nothing_scanned_is_a_control() -> None:
    text = rendered("text", report(hostile("\x1b]8;;http://evil\x1b\\")), style=Style(True, True))
    assert not re.findall(r"\x1b\]8;;([^\x1b]*)", text)


def test_a_rule_leads_to_its_page_where_the_package_names_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "homepage", lambda: "https://example.org/x")
    text = rendered("text", report(result()), style=Style(True, True))
    assert "https://example.org/x/blob/main/docs/rules/BACKUP001.md" in text
    assert "](https://example.org/x/blob" in rendered("markdown", report(result()))
    assert '<a href="https://example.org/x/blob' in rendered("html", report(result()))
    monkeypatch.setattr(web, "homepage", lambda: None)
    for name in ("text", "markdown", "html"):
        assert "https://example.org" not in rendered(name, report(result()))


class TestGroups:
    def test_instances_of_one_declaration_are_one_block(self) -> None:
        instances = [
            result(address=f'aws_backup_vault.v["{key}"]', resource_name=name)
            for key, name in (("a", "a"), ("b", "b"), ("c", "audit"))
        ]
        text = rendered("text", report(*instances))
        assert text.count("error[BACKUP001]") == 1
        assert (
            '  = also: aws_backup_vault.v["b"]\n          aws_backup_vault.v["c"] ("audit")\n'
        ) in text

    def test_the_first_one_keeps_its_place(self) -> None:
        first, other, again = (
            result(), result(span=span(MODULE, "ops")), result(address="module.w"),
        )  # fmt: skip
        assert groups([first, other, again]) == [[first, again], [other]]

    @pytest.mark.parametrize(
        "changes",
        [
            {"reason": "missing"},
            {"when": "var.x"},
            {"level": "warning"},
            {"status": "pass"},
            {"resource_span": span(CALLER, "module")},
            {"trail": (Hop(span(CALLER, "key"), "elsewhere"),)},
        ],
    )
    def test_what_fails_in_another_way_stands_alone(self, changes: dict[str, object]) -> None:
        assert len(groups([result(), result(**changes)])) == 2

    def test_alone_nothing_is_listed(self) -> None:
        assert not any("also" in line for line in block(result(), (), PLAIN))

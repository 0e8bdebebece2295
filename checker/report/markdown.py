"""Markdown, for the summary of a workflow (GITHUB_STEP_SUMMARY) and comments of pull requests."""

from __future__ import annotations

import re

from ..annotations import TextIO
from ..policy.result import Gate, Report, Result
from .counts import counted, totals, unread
from .diagram import graph, mermaid
from .escape import escape
from .excerpt import excerpt
from .text import groups
from .web import rule_page
from .words import advice, called_by, caller, fault, outcome, place, shown

MOST_ROWS = 200
"""Rows of the table."""
MOST_DETAILS = 20
"""Findings that are drawn. With MOST_ROWS, a page stays below the megabyte that GitHub takes."""

_ERRORS = {
    "unreadable": "### Not read\n\nNothing is known of what stands in these.",
    "directive": "### Not understood\n\nWhat is said to iac-check here has no effect.",
}
_HEADLINES: dict[Gate, str] = {
    "untrusted": "the answer cannot be trusted", "findings": "failed", "empty": "nothing to check"
}  # fmt: skip

_ACTIVE = re.compile(r"[\\`*_{}\[\]()<>#+.!|~&$:=^\"'-]")
_REFERENCE = re.compile(r"[@#]")


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """The counts, a table of what failed, and each finding with its trail."""
    failed = [result for result in report.results if shown(result, show_passed=False)]
    listed = [result for result in report.results if shown(result, show_passed)]
    out.write(f"## iac-check: {_headline(report)}\n\n{totals(report)}.\n")
    if report.unread:
        out.write(f"\n{_text(unread(report.unread))}.\n")
    for kind, title in _ERRORS.items():
        errors = [error for error in report.errors if fault(error) == kind]
        if errors:
            out.write(f"\n{title}\n\n")
        for error in errors:
            out.write(f"- {_code(place(error))}: {_text(error.message)}\n")
    if listed:
        out.write("\n| verdict | vault | reason | where |\n|---|---|---|---|\n")
        for result in listed[:MOST_ROWS]:
            out.write(_row(result))
        out.write(_left_out(len(listed) - MOST_ROWS, "vault"))
    if report.warnings:
        out.write("\n### Warnings\n\n")
        out.writelines(f"- {_text(warning)}\n" for warning in report.warnings[:MOST_DETAILS])
        out.write(_left_out(len(report.warnings) - MOST_DETAILS, "warning"))
    found = groups(failed)
    for group in found[:MOST_DETAILS]:
        out.write(_details(group))
    out.write(_left_out(len(found) - MOST_DETAILS, "finding"))


def _headline(report: Report) -> str:
    """The verdict of the run, in agreement with its exit code."""
    if report.gate != "clean":
        return _HEADLINES[report.gate]
    if report.failures("error"):
        return f"passed, with {counted(report.failures('error'), 'finding')} (--exit-zero)"
    return "passed" if report.files else "nothing to check"


def _left_out(number: int, noun: str) -> str:
    return f"\n{counted(number, f'more {noun}')} left out of this page.\n" if number > 0 else ""


def _row(result: Result) -> str:
    verdict = "pass" if result.status == "pass" else result.level
    reason = outcome(result) if result.reason else ""
    if result.when is not None:
        reason = f"{reason} when {_code(escape(result.when), in_table=True)}".lstrip()
    vault = _code(escape(result.address + caller(result)), in_table=True)
    where = _code(escape(f"{result.span.source.path}:{result.span.line}"), in_table=True)
    return f"| {verdict} | {vault} | {reason} | {where} |\n"


def _details(group: list[Result]) -> str:
    result = group[0]
    where = _code(escape(str(result.span)))
    lines = [
        "",
        f"### {result.level}: {_code(escape(result.address))}",
        "",
        f"{_text(result.message)} ({_rule(result.rule)}, {where})",
        "",
    ]
    if result.when is not None:
        lines += [f"When {_code(escape(result.when))}.", ""]
    if len(group) > 1:
        others = ", ".join(_code(escape(other.address + caller(other))) for other in group[1:])
        lines += [f"Also {others}.", ""]
    if result.calls:
        lines += [f"Called by {_code(called_by(result))}.", ""]
    lines += ["```mermaid", mermaid(graph(group[:1])).rstrip(), "```", ""]
    steps = result.trail[1:]
    for number, hop in enumerate(steps, 1):
        note = f": {_text(hop.note)}" if hop.note else ""
        source = _code(excerpt(hop.span).line.strip() or "…")
        lines.append(f"{number}. {_code(escape(str(hop.span)))}{note}: {source}")
    lines += [""] * bool(steps) + [f"What to do: {_prose(advice(result))}", ""]
    return "\n".join(lines)


def _text(text: str) -> str:
    """Plain words: no markup, no mention of a person, no reference to an issue, no link."""
    quiet = _ACTIVE.sub(r"\\\g<0>", escape(text))
    return _REFERENCE.sub(r"\g<0><!-- -->", quiet)


def _prose(text: str) -> str:
    """Our own words, in which code stands between backticks."""
    pieces = text.split("`")
    return "".join(_code(piece) if at % 2 else _text(piece) for at, piece in enumerate(pieces))


def _rule(rule: str) -> str:
    page = rule_page(rule)
    return f"[{rule}]({page})" if page else rule


def _code(printed: str, in_table: bool = False) -> str:
    """A code span of what is safe to print, with a fence that it does not hold."""
    longest = max((len(run) for run in re.findall("`+", printed)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if printed.startswith("`") or printed.endswith("`") else ""
    if in_table:  # a cell ends at a bar, even in a code span and behind two backslashes
        printed = printed.replace("|", "¦")
    return f"{fence}{padding}{printed}{padding}{fence}"

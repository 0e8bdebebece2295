"""Markdown, for the summary of a workflow (GITHUB_STEP_SUMMARY) and comments of pull requests."""

from __future__ import annotations

import re
from typing import TextIO

from ..policy.result import Report, Result
from .diagram import graph, mermaid
from .escape import escape
from .excerpt import excerpt
from .text import groups, outcome, place, shown
from .web import rule_page

MOST_ROWS = 200
"""Rows of the table."""
MOST_DETAILS = 20
"""Findings that are drawn. With MOST_ROWS, a page stays below the megabyte that GitHub takes."""

_ACTIVE = re.compile(r"[\\`*_{}\[\]()<>#+.!|~&$:=^\"'-]")
_REFERENCE = re.compile(r"[@#]")


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """The counts, a table of what failed, and each finding with its trail."""
    failed = [result for result in report.results if shown(result, show_passed=False)]
    listed = [result for result in report.results if shown(result, show_passed)]
    out.write(f"## iac-check: {_headline(report, failed)}\n\n{_counts(report)}\n")
    if report.errors:
        out.write("\n### Not read\n\nNothing is known of what stands in these.\n\n")
        for error in report.errors:
            out.write(f"- {_code(place(error))}: {_text(error.message)}\n")
    if listed:
        out.write("\n| verdict | vault | reason | where |\n|---|---|---|---|\n")
        for result in listed[:MOST_ROWS]:
            out.write(_row(result))
        out.write(_left_out(len(listed) - MOST_ROWS, "vault"))
    found = groups(failed)
    for group in found[:MOST_DETAILS]:
        out.write(_details(group))
    out.write(_left_out(len(found) - MOST_DETAILS, "finding"))


def _headline(report: Report, failed: list[Result]) -> str:
    if report.errors:
        return "the answer cannot be trusted"
    if any(result.level == "error" for result in failed):
        return "failed"
    return "passed" if report.files else "nothing to check"


def _counts(report: Report) -> str:
    return (
        f"{report.files} files, {len(report.results)} vaults: {report.count('pass')} passed, "
        f"{report.count('fail')} failed, {report.count('suppressed')} suppressed; "
        f"{len(report.errors)} not read."
    )


def _left_out(number: int, noun: str) -> str:
    plural = "s" if number > 1 else ""
    return f"\n{number} more {noun}{plural} left out of this page.\n" if number > 0 else ""


def _row(result: Result) -> str:
    verdict = "pass" if result.status == "pass" else result.level
    reason = outcome(result) if result.reason else ""
    vault = _code(escape(result.address), in_table=True)
    where = _code(escape(f"{result.span.source.path}:{result.span.line}"), in_table=True)
    return f"| {verdict} | {vault} | {reason} | {where} |\n"


def _details(group: list[Result]) -> str:
    result = group[0]
    where = _code(escape(str(result.span)))
    lines = [
        "",
        f"### {result.level}: {_code(escape(result.address))}",
        "",
        f"{_text(result.message)} ([{result.rule}]({rule_page(result.rule)}), {where})",
        "",
    ]
    if result.when is not None:
        lines += [f"When {_code(escape(result.when))}.", ""]
    if len(group) > 1:
        others = ", ".join(_code(escape(other.address)) for other in group[1:])
        lines += [f"Also {others}.", ""]
    lines += ["```mermaid", mermaid(graph(group[:1])).rstrip(), "```", ""]
    steps = result.trail[1:]
    for number, hop in enumerate(steps, 1):
        note = f": {_text(hop.note)}" if hop.note else ""
        source = _code(excerpt(hop.span).line.strip() or "…")
        lines.append(f"{number}. {_code(escape(str(hop.span)))}{note}: {source}")
    first, _, _ = result.help.partition(". ")
    lines += [""] * bool(steps) + [f"Remedy: {_text(first.rstrip('.'))}.", ""]
    return "\n".join(lines)


def _text(text: str) -> str:
    """Plain words: no markup, no mention of a person, no reference to an issue, no link."""
    quiet = _ACTIVE.sub(r"\\\g<0>", escape(text))
    return _REFERENCE.sub(r"\g<0><!-- -->", quiet)


def _code(printed: str, in_table: bool = False) -> str:
    """A code span of what is safe to print, with a fence that it does not hold."""
    longest = max((len(run) for run in re.findall("`+", printed)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if printed.startswith("`") or printed.endswith("`") else ""
    if in_table:  # a cell ends at a bar, even in a code span and behind two backslashes
        printed = printed.replace("|", "¦")
    return f"{fence}{padding}{printed}{padding}{fence}"

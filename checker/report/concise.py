"""One line a finding, for editors and for `grep`."""

from __future__ import annotations

from ..annotations import TextIO
from ..policy.result import Report
from .escape import escape
from .words import caller, outcome, place, shown, told, warned


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """`path:line:column: RULE level reason [address] message (when …) (called by …); caution`."""
    for result in report.results:
        if shown(result, show_passed):
            verdict = "pass" if result.status == "pass" else f"{result.level} {outcome(result)}"
            text = escape(f"[{result.address}] {told(result)}{caller(result)}{warned(result)}")
            out.write(f"{escape(str(result.span))}: {result.rule} {verdict} {text}\n")
    for error in report.errors:
        out.write(f"{place(error)}: error: {escape(error.message)}\n")

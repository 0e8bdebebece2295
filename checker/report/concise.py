"""One line a finding, for editors and for `grep`."""

from __future__ import annotations

from typing import TextIO

from ..policy.result import Report
from .escape import escape
from .text import shown
from .words import caller, outcome, place


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """`path:line:column: RULE level reason [address] message (called by …)`."""
    for result in report.results:
        if shown(result, show_passed):
            verdict = "pass" if result.status == "pass" else f"{result.level} {outcome(result)}"
            address, message = escape(result.address), escape(result.message)
            when = f" (when {escape(result.when)})" if result.when else ""
            by = escape(caller(result))
            where = escape(str(result.span))
            out.write(f"{where}: {result.rule} {verdict} [{address}] {message}{when}{by}\n")
    for error in report.errors:
        out.write(f"{place(error)}: error: {escape(error.message)}\n")

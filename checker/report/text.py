"""Findings as a compiler shows them: the source with a caret, and each hop to the key's origin."""

from __future__ import annotations

from itertools import accumulate
from typing import TextIO

from ..language.value import Hop
from ..policy.result import Report, Result
from ..source import InputError, Span
from .escape import cells, escape

WIDTH = 160
"""Columns of source that are shown of one line; a longer line is cut around the caret."""
_AFTER = 100
"""Columns kept free from the caret on, where a line is cut."""
_CUT = "…"


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """One block a finding, then one line an error of the input."""
    for result in report.results:
        if shown(result, show_passed):
            out.write("\n".join([*block(result), "", ""]))
    for error in report.errors:
        out.write(f"error: {place(error)}: {escape(error.message)}\n")


def shown(result: Result, show_passed: bool) -> bool:
    """Whether a report for people shows a result."""
    if result.status == "pass":
        return show_passed
    return result.status == "fail" and result.level != "off"


def place(error: InputError) -> str:
    """`path:line:column` of an error, as far as it has them."""
    parts = (error.path, error.line, error.column)
    return ":".join(escape(str(part)) for part in parts if part is not None)


def block(result: Result) -> list[str]:
    """The lines of one result."""
    label = "pass" if result.status == "pass" else result.level
    trail = result.trail or (Hop(result.span, ""),)
    margin = max(len(str(hop.span.line)) for hop in trail)
    lines = [f"{label}[{result.rule}]: {escape(result.message)}"]
    for at, hop in enumerate(trail):
        address = "" if at else f"   ({escape(result.address)})"
        arrow = ":::" if at else "-->"
        lines.append(f"{' ' * margin} {arrow} {escape(str(hop.span))}{address}")
        lines += _snippet(hop.span, hop.note, margin)
    if result.status == "fail":
        lines += (f"{' ' * margin} = {note}" for note in _notes(result))
    return lines


def _notes(result: Result) -> list[str]:
    notes = []
    if result.when is not None:
        notes.append(f"when: {escape(result.when)}")
    if result.reason is not None:
        notes.append(f"reason: {outcome(result)}")
    first, _, _ = result.help.partition(". ")
    notes.append(f"help: {escape(first.rstrip('.'))} (iac-check --explain {result.rule})")
    return notes


def outcome(result: Result) -> str:
    """The reason of a failure, with its cause: `unresolved/external`."""
    return "/".join(part for part in (result.reason, result.cause) if part) or result.status


def _snippet(span: Span, note: str, margin: int) -> list[str]:
    line, before, marked = _excerpt(span)
    gutter = f"{' ' * margin} |"
    return [
        gutter,
        f"{span.line:>{margin}} | {line}".rstrip(),
        f"{gutter} {' ' * before}{'^' * marked} {escape(note)}".rstrip(),
    ]


def _excerpt(span: Span) -> tuple[str, int, int]:
    """A span's first line as printed, the columns before its caret, and those under the caret.

    Only WIDTH characters on either side are looked at: a line can be a whole file.
    """
    text = span.source.text
    start = text.rfind("\n", max(0, span.start - WIDTH), span.start) + 1
    start = start or max(0, span.start - WIDTH)
    end = text.find("\n", span.start, span.start + WIDTH)
    reached_end = end >= 0 or span.start + WIDTH >= len(text)
    end = end if end >= 0 else min(len(text), span.start + WIDTH)
    if text[max(span.start, end - 1) : end] == "\r":
        end -= 1
    printed = list(cells(text[start:end]))
    at = span.start - start
    stop = max(at, min(span.end, end) - start)
    cut_before = start > 0 and text[start - 1] != "\n"
    cut_after = not reached_end

    columns = [0, *accumulate(width for _, width in printed)]
    first, last = 0, len(printed)
    if columns[last] > WIDTH or cut_before or cut_after:
        room = max(WIDTH - (columns[last] - columns[at]), WIDTH - _AFTER)
        while columns[at] - columns[first] > room:
            first += 1
        while columns[last] - columns[first] > WIDTH:
            last -= 1
        cut_before = cut_before or first > 0
        cut_after = cut_after or last < len(printed)
    head, tail = _CUT * cut_before, _CUT * cut_after
    line = head + "".join(shown for shown, _ in printed[first:last]) + tail
    marked = columns[min(stop, last)] - columns[at]
    return line, len(head) + columns[at] - columns[first], max(1, marked)

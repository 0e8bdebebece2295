"""Findings as a compiler shows them: the source with a caret, and each hop to the key's origin."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from ..policy.result import Report, Result
from ..source import Span
from .escape import escape
from .excerpt import excerpt, width
from .style import PLAIN, Role, Style
from .web import rule_page
from .words import advice, called_by, caller, outcome, place, shown, told

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import TextIO


def render(report: Report, out: TextIO, show_passed: bool, style: Style = PLAIN) -> None:
    """One block a declaration and fault, then one line an error of the input."""
    for group in groups(result for result in report.results if shown(result, show_passed)):
        out.write("\n".join([*block(group[0], group[1:], style), "", ""]))
    for error in report.errors:
        out.write(f"{style.paint('error', 'error')}: {place(error)}: {escape(error.message)}\n")


def groups(results: Iterable[Result]) -> list[list[Result]]:
    """Results in their order, those of one declaration together that fail the same way.

    The same way: the same verdict in the same world, at a value that was decided at one place, for
    one root, and the same to do about it. What two environments make of a module is two findings.
    """
    found: dict[tuple[object, ...], list[Result]] = {}
    for result in results:
        end = result.trail[-1].span
        key = (
            result.rule, result.status, result.level, result.reason, result.cause, result.when,
            result.resource_span, result.span, end, _root(result), result.help,
        )  # fmt: skip
        found.setdefault(key, []).append(result)
    return list(found.values())


def _root(result: Result) -> str | None:
    """The folder of the root whose call leads to a vault; None where nothing calls it."""
    return os.path.dirname(result.caller.source.path) if result.caller else None


def block(result: Result, others: Sequence[Result] = (), style: Style = PLAIN) -> list[str]:
    """The lines of one result, and of others that differ from it only in the instance."""
    role: Role = "pass" if result.status == "pass" else "error"
    if result.level == "warning" and result.status == "fail":
        role = "warning"
    margin = max(len(str(hop.span.line)) for hop in result.trail)
    page = rule_page(result.rule) if style.links else None
    rule = style.link(page, result.rule) if page else result.rule
    message = style.paint("message", f": {escape(told(result))}")
    lines = [f"{style.paint(role, f'{role}[{rule}]')}{message}"]
    for at, hop in enumerate(result.trail):
        address = "" if at else f"   ({escape(result.address)})"
        arrow = style.paint("place", ":::" if at else "-->")
        lines.append(f"{' ' * margin} {arrow} {escape(str(hop.span))}{address}")
        lines += _snippet(hop.span, hop.note, margin, style, "hop" if at else role)
    gutter = f"{' ' * margin} {style.paint('place', '=')}"
    if others:
        also = [_instance(other) for other in others]
        lines.append(f"{gutter} {style.paint('message', 'also')}: {also[0]}")
        lines += (f"{' ' * margin}         {instance}" for instance in also[1:])
    if result.status == "fail":
        for name, note in _notes(result):
            lines.append(f"{gutter} {style.paint('message', name)}: {note}")
    return lines


def _instance(result: Result) -> str:
    """An instance as a group lists it, with the vault's name where the address does not say it."""
    name = result.resource_name
    quoted = f' ("{escape(name)}")' if name and f'"{name}"' not in result.address else ""
    return escape(result.address) + quoted + escape(caller(result))


def _notes(result: Result) -> list[tuple[str, str]]:
    notes = []
    if result.calls:
        notes.append(("called by", called_by(result)))
    if result.when is not None:
        notes.append(("when", escape(result.when)))
    if result.reason is not None:
        notes.append(("reason", outcome(result)))
    notes += (
        ("note", f"{escape(hop.note)} ({escape(str(hop.span))})")
        for hop in (*result.notes, *result.senders)
    )
    page = f"{result.rule}/{result.cause}" if result.cause else result.rule
    help_ = f"{escape(advice(result).rstrip('.'))} (iac-check --explain {page})"
    notes.append(("help", help_))
    return notes


def _snippet(span: Span, note: str, margin: int, style: Style, role: Role) -> list[str]:
    found = excerpt(span)
    bar = style.paint("place", "|")
    gutter = f"{' ' * margin} {bar}"
    number = style.paint("place", f"{span.line:>{margin}}")
    caret = "^" * max(1, width(found.marked))
    marks = style.paint(role, f"{caret} {escape(note)}".rstrip())
    return [
        gutter,
        f"{number} {bar} {found.line}".rstrip(),
        f"{gutter} {' ' * width(found.before)}{marks}".rstrip(),
    ]

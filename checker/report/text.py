"""Findings as a compiler shows them: the source with a caret, and each hop to the key's origin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..policy.result import Report, Result
from ..source import InputError, Span
from .escape import escape
from .excerpt import excerpt, width
from .style import PLAIN, Role, Style
from .web import rule_page

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import TextIO


def render(report: Report, out: TextIO, show_passed: bool, style: Style = PLAIN) -> None:
    """One block a declaration and fault, then one line an error of the input."""
    for group in groups(result for result in report.results if shown(result, show_passed)):
        out.write("\n".join([*block(group[0], group[1:], style), "", ""]))
    for error in report.errors:
        out.write(f"{style.paint('error', 'error')}: {place(error)}: {escape(error.message)}\n")


def shown(result: Result, show_passed: bool) -> bool:
    """Whether a report for people shows a result."""
    if result.status == "pass":
        return show_passed
    return result.status == "fail" and result.level != "off"


def groups(results: Iterable[Result]) -> list[list[Result]]:
    """Results in their order, those of one declaration together that fail the same way.

    The same way: the same verdict in the same world, at a value that was decided at one place.
    """
    found: dict[tuple[object, ...], list[Result]] = {}
    for result in results:
        end = result.trail[-1].span
        key = (
            result.rule, result.status, result.level, result.reason, result.cause, result.when,
            result.resource_span, result.span, end,
        )  # fmt: skip
        found.setdefault(key, []).append(result)
    return list(found.values())


def place(error: InputError) -> str:
    """`path:line:column` of an error, as far as it has them."""
    parts = (error.path, error.line, error.column)
    return ":".join(escape(str(part)) for part in parts if part is not None)


def block(result: Result, others: Sequence[Result] = (), style: Style = PLAIN) -> list[str]:
    """The lines of one result, and of others that differ from it only in the instance."""
    role: Role = "pass" if result.status == "pass" else "error"
    if result.level == "warning" and result.status == "fail":
        role = "warning"
    margin = max(len(str(hop.span.line)) for hop in result.trail)
    rule = style.link(rule_page(result.rule), result.rule)
    message = style.paint("message", f": {escape(result.message)}")
    lines = [f"{style.paint(role, f'{role}[{rule}]')}{message}"]
    for at, hop in enumerate(result.trail):
        address = "" if at else f"   ({escape(result.address)})"
        arrow = style.paint("place", ":::" if at else "-->")
        lines.append(f"{' ' * margin} {arrow} {escape(str(hop.span))}{address}")
        lines += _snippet(hop.span, hop.note, margin, style, "hop" if at else role)
    gutter = f"{' ' * margin} {style.paint('place', '=')}"
    if others:
        lines.append(f"{gutter} {style.paint('message', 'also')}: {_instance(others[0])}")
        lines += (f"{' ' * margin}         {_instance(other)}" for other in others[1:])
    if result.status == "fail":
        for name, note in _notes(result):
            lines.append(f"{gutter} {style.paint('message', name)}: {note}")
    return lines


def _instance(result: Result) -> str:
    """An instance as a group lists it, with the vault's name where the address does not say it."""
    name = result.resource_name
    quoted = f' ("{escape(name)}")' if name and f'"{name}"' not in result.address else ""
    return escape(result.address) + quoted


def _notes(result: Result) -> list[tuple[str, str]]:
    notes = []
    if result.when is not None:
        notes.append(("when", escape(result.when)))
    if result.reason is not None:
        notes.append(("reason", outcome(result)))
    notes += (("note", f"{escape(hop.note)} ({escape(str(hop.span))})") for hop in result.notes)
    first, _, _ = result.help.partition(". ")
    notes.append(("help", f"{escape(first.rstrip('.'))} (iac-check --explain {result.rule})"))
    return notes


def outcome(result: Result) -> str:
    """The reason of a failure, with its cause: `unresolved/external`."""
    return "/".join(part for part in (result.reason, result.cause) if part) or result.status


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

"""Workflow commands of GitHub Actions, which become annotations of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..annotations import TextIO
from ..policy.result import Report, Result
from ..source import InputError
from .escape import escape
from .places import from_root, in_repository, installed_at
from .words import advice, caller, fault, outcome, shown, told

_TITLES = {
    "unreadable": "iac-check cannot read this",
    "directive": "this is not understood by iac-check",
}
MOST = 10
"""Annotations of one level that GitHub keeps of one step."""


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """At most MOST commands a level, what could not be read first; the rest is counted."""
    commands: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    commands["error"] += (_unreadable(error) for error in report.errors)
    for result in report.results:
        if shown(result, show_passed):
            level = "notice" if result.status == "pass" else result.level
            commands[level].append(_finding(level, result))
    if any(len(lines) > MOST for lines in commands.values()):
        commands["notice"].insert(0, _rest(commands))
    for lines in commands.values():
        out.write("".join(lines[:MOST]))


def _rest(commands: Mapping[str, Sequence[str]]) -> str:
    """A notice, which takes the place of one, that counts what is left out."""
    room = {"notice": MOST - 1}
    left = {level: len(lines) - room.get(level, MOST) for level, lines in commands.items()}
    rest = ", ".join(f"{n} more of level {level}" for level, n in left.items() if n > 0)
    text = f"{rest}: GitHub shows {MOST} a level; the other reports hold them all"
    return _command("notice", {"title": "iac-check"}, text)


def _finding(level: str, result: Result) -> str:
    shown_at = in_repository(result)
    (line, column), (end_line, end_column) = shown_at.positions()
    path = from_root(shown_at.source.path)
    place: dict[str, object] = {"file": path, "line": line, "endLine": end_line}
    if line == end_line:  # columns of a range over several lines are refused
        place |= {"col": column, "endColumn": end_column}
    text = f"{told(result)} [{result.address}]{caller(result)}{installed_at(result)}"
    command = _command(level, {**place, "title": f"{result.rule} {outcome(result)}"}, text)
    help_ = f"%0AHelp: {_data(advice(result))}\n" if result.status == "fail" else "\n"
    return command.removesuffix("\n") + help_


def _unreadable(error: InputError) -> str:
    place = {"file": from_root(error.path), "line": error.line, "col": error.column}
    known = {name: value for name, value in place.items() if value is not None}
    return _command("error", {**known, "title": _TITLES[fault(error)]}, error.message)


def _command(level: str, properties: Mapping[str, object], text: str) -> str:
    """One command on one line, escaped as the runner reads it."""
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {written}::{_data(text)}\n"


def _data(text: str) -> str:
    return escape(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""What several reports say of a result or an error, in the same words."""

from __future__ import annotations

from ..policy.result import Result
from ..source import DirectiveError, InputError
from .escape import escape


def shown(result: Result, show_passed: bool) -> bool:
    """Whether a report for people shows a result.

    One that cannot be read is not told beside the error that says so.
    """
    if result.status == "pass":
        return show_passed
    return result.status == "fail" and result.level != "off" and not result.unread


def told(result: Result) -> str:
    """The message and the world that it holds in, which every report shows together."""
    return f"{result.message} (when {result.when})" if result.when else result.message


def warned(result: Result) -> str:
    """`; CAUTION` after a failure, where a report has no room for the help."""
    return f"; {result.caution}" if result.status == "fail" else ""


def outcome(result: Result) -> str:
    """The reason of a failure, with its cause: `unresolved/external`."""
    return "/".join(part for part in (result.reason, result.cause) if part) or result.status


def place(error: InputError) -> str:
    """`path:line:column` of an error, as far as it has them."""
    parts = (error.path, error.line, error.column)
    return ":".join(escape(str(part)) for part in parts if part is not None)


def fault(error: InputError) -> str:
    """What kind of error it is: `unreadable`, or a `directive` that is wrong."""
    return "directive" if isinstance(error, DirectiveError) else "unreadable"


def advice(result: Result) -> str:
    """What to do, in the first paragraph of the help."""
    return result.help.partition("\n")[0]


def called_by(result: Result) -> str:
    """The calls that lead to a vault, outermost first; empty where nothing calls it."""
    return ", ".join(
        escape(f"{call.source.path}:{call.line} ({call.text.partition(chr(10))[0].strip()})")
        for call in result.calls
    )


def caller(result: Result) -> str:
    """` (called by PATH:LINE)`, as reports of one line a finding tell the roots apart."""
    call = result.caller
    return f" (called by {call.source.path}:{call.line})" if call else ""

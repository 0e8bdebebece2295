"""Code Quality of GitLab, for the widget of a merge request.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from ..annotations import TextIO
from ..policy.result import Report, Result
from ..source import InputError
from .escape import escape, escape_json
from .places import from_root, in_repository, installed_at
from .words import caller, fault, outcome, shown, told, warned

_SEVERITY = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """One JSON list of what failed and of what could not be read."""
    import json

    found = [_unreadable(error) for error in report.errors]
    seen: dict[str, int] = {}
    for result in report.results:
        if shown(result, show_passed=False):
            number = seen[result.instance] = seen.get(result.instance, -1) + 1
            found.append(_finding(result, number))
    out.write(escape_json(json.dumps(found, indent=1, ensure_ascii=False)) + "\n")


def _finding(result: Result, number: int) -> dict[str, object]:
    """`number` tells findings of one fingerprint apart, of which GitLab would drop all but one."""
    what = f"[{outcome(result)}; {result.address}]"
    fingerprint = _digest(result.instance, str(number)) if number else result.instance
    place, called = in_repository(result), caller(result) + installed_at(result)
    severity = _SEVERITY[result.severity] if result.level == "error" else "info"
    return {
        "description": escape(f"{told(result)} {what}{called}{warned(result)}"),
        "check_name": result.rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": from_root(place.source.path), "lines": {"begin": place.line}},
    }


def _unreadable(error: InputError) -> dict[str, object]:
    kind, unread = fault(error), f"cannot be read: {error.message}"
    return {
        "description": escape(error.message if kind == "directive" else unread),
        "check_name": kind,
        "fingerprint": _digest(kind, error.path, error.message, str(error.line)),
        "severity": "blocker",
        "location": {"path": from_root(error.path), "lines": {"begin": error.line or 1}},
    }


def _digest(*parts: str) -> str:
    from hashlib import sha256

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

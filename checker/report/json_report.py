"""The report for programs: every vault with its verdict and proof, as evidence."""

from __future__ import annotations

from ..annotations import TextIO
from ..language.value import Hop
from ..policy.result import Report, Result, Suppression
from ..source import Span
from .escape import escape_json

SCHEMA_VERSION = 1
TEXT_LIMIT = 200
"""Characters of a hop's source text; a longer one is cut."""


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """One JSON object. It holds what passed in any case."""
    import json

    document = json.dumps(_report(report), indent=2, ensure_ascii=False)
    out.write(escape_json(document) + "\n")


def _report(report: Report) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "iac-check", "version": report.version},
        "summary": {
            "files": report.files,
            "resources": len(report.results),
            "passed": report.count("pass"),
            "failed": report.count("fail"),
            "suppressed": report.count("suppressed"),
            "errors": len(report.errors),
        },
        "results": [_result(result) for result in report.results],
        "errors": [
            {
                "path": error.path,
                "line": error.line,
                "column": error.column,
                "message": error.message,
            }
            for error in report.errors
        ],
        "unread": list(report.unread),
        "warnings": list(report.warnings),
    }


def _result(result: Result) -> dict[str, object]:
    return {
        "rule": result.rule,
        "name": result.name,
        "status": result.status,
        "level": result.level,
        "severity": result.severity,
        "reason": result.reason,
        "cause": result.cause,
        "when": result.when,
        "message": result.message,
        "resource": {
            "framework": result.framework,
            "type": result.type,
            "address": result.address,
            "name": result.resource_name,
        },
        "location": _location(result.span),
        "trail": [_hop(hop) for hop in (*result.trail, *_calls(result))],
        "fingerprint": result.fingerprint,
        "suppression": _suppression(result.suppression),
        "help": result.help,
    }


def _calls(result: Result) -> list[Hop]:
    """The calls that lead here and that the trail does not come by: which root it is about."""
    passed = {(hop.span.source.path, hop.span.start) for hop in result.trail}
    return [
        Hop(call, "called here")
        for call in reversed(result.calls)
        if (call.source.path, call.start) not in passed
    ]


def _location(span: Span) -> dict[str, object]:
    (line, column), (end_line, end_column) = span.positions()
    return {
        "path": span.source.path,
        "start": {"line": line, "column": column},
        "end": {"line": end_line, "column": end_column},
    }


def _hop(hop: Hop) -> dict[str, object]:
    end = min(hop.span.end, hop.span.start + TEXT_LIMIT)
    cut = "…" if end < hop.span.end else ""
    text = hop.span.source.text[hop.span.start : end] + cut
    return {**_location(hop.span), "text": text, "note": hop.note}


def _suppression(suppression: Suppression | None) -> dict[str, object] | None:
    if suppression is None:
        return None
    return {
        **_location(suppression.span),
        "reason": suppression.reason,
        "until": suppression.until,
    }

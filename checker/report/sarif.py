"""SARIF 2.1.0, for code scanning pages and editors.

The limits are GitHub's: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..annotations import TextIO
from ..language.value import Hop
from ..policy.card import Card, load_cards
from ..policy.result import Report, Result, Suppression
from ..source import InputError, Span
from .escape import escape
from .explain import page
from .places import from_root, in_repository
from .web import homepage, rule_page, uri
from .words import advice, fault, outcome, told

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "iacCheckFingerprint/v1"
INSTANCE = "iacCheckInstance/v1"
"""That of each caller of the same code is another."""
ALERT = "primaryLocationLineHash"
"""The only one that GitHub tells alerts apart by. It would make one of the line, the same for all
callers of a module; one that is there stays, with a warning in the log of the upload."""
ROOT = "%SRCROOT%"
"""What relative addresses are relative to: the root of CI's checkout, else the working directory.
"""

MOST_RESULTS = 25_000
"""A run with more results is rejected."""
MOST_HOPS = 1_000
"""Hops of one flow that are stored; the first and last ones are kept."""
MOST_LOCATIONS = 100
"""Related locations of one result that are stored."""
LONGEST = 1_024
"""Characters of a message."""

_SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
_LINK = re.compile(r"\](?=\()")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def render(report: Report, out: TextIO, show_passed: bool, suppressed: bool = False) -> None:
    """One log with one run, on one line. What failed is in it, the rest as asked for."""
    import json

    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, show_passed, suppressed)]}
    out.write(json.dumps(log, ensure_ascii=False, separators=(",", ":")) + "\n")


def _run(report: Report, show_passed: bool, suppressed: bool) -> dict[str, object]:
    wanted = [
        result
        for result in report.results
        if (result.status == "pass" and show_passed)
        or (result.status == "fail" and result.level != "off")
        or (result.status == "suppressed" and suppressed)
    ]
    kept = _most_severe(wanted)
    return {
        "tool": {
            "driver": {
                "name": "iac-check",
                "version": report.version,
                "semanticVersion": report.version,
                **_address("informationUri", homepage()),
                "rules": [_rule(card) for card in load_cards()],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not report.errors,
                "toolExecutionNotifications": _notifications(report, len(wanted) - len(kept)),
            }
        ],
        "originalUriBaseIds": {
            ROOT: {"description": _message("the checkout, or the working directory")}
        },
        "columnKind": "unicodeCodePoints",
        "results": _results(kept),
    }


def _results(kept: Iterable[Result]) -> list[dict[str, object]]:
    """Those that are alike in all are numbered, as GitHub numbers lines of one content."""
    seen: dict[str, int] = {}
    found = []
    for result in kept:
        number = seen[result.instance] = seen.get(result.instance, 0) + 1
        found.append(_result(result, number))
    return found


def _most_severe(results: Sequence[Result]) -> list[Result]:
    """At most MOST_RESULTS in their order; what matters least is left out first."""
    if len(results) <= MOST_RESULTS:
        return list(results)

    def rank(result: Result) -> int:
        return 2 if result.status != "fail" else ("error", "warning", "off").index(result.level)

    kept = sorted(range(len(results)), key=lambda at: rank(results[at]))[:MOST_RESULTS]
    return [results[at] for at in sorted(kept)]


def _rule(card: Card) -> dict[str, object]:
    text = page(card)
    why, _, _ = card.why.partition("\n")
    return {
        "id": card.id,
        "name": card.name,
        "shortDescription": {"text": card.title[:LONGEST]},
        "fullDescription": {"text": why[:LONGEST]},
        "help": {"text": text, "markdown": text},
        **_address("helpUri", rule_page(card.id) or card.references[0]),
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", "aws", "backup", "encryption", "terraform", "cloudformation"],
            "precision": "high",
            "problem.severity": "error",
            "security-severity": _SECURITY_SEVERITY[card.severity],
        },
    }


def _address(name: str, address: str | None) -> dict[str, object]:
    return {name: address} if address else {}


def _notifications(report: Report, left_out: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [_error(error) for error in report.errors]
    warnings = [*report.warnings]
    if left_out:
        warnings.append(f"{left_out} results are left out: a run holds {MOST_RESULTS} at most")
    found += ({"level": "warning", "message": _message(warning)} for warning in warnings)
    unread = (
        f"{address} is not on disk, so what it declares is not checked" for address in report.unread
    )
    found += ({"level": "note", "message": _message(text)} for text in unread)
    return found


def _error(error: InputError) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": _artifact(error.path)}
    if error.line is not None:
        region = {"startLine": error.line}
        if error.column is not None:
            region["startColumn"] = error.column
        place["region"] = region
    return {
        "level": "error",
        "descriptor": {"id": fault(error)},
        "message": _message(error.message),
        "locations": [{"physicalLocation": place}],
    }


def _result(result: Result, number: int) -> dict[str, object]:
    failed = result.status != "pass"
    place = in_repository(result)
    found: dict[str, object] = {
        "ruleId": result.rule,
        "kind": "fail" if failed else "pass",
        # A suppressed result may also be at level "off", which SARIF writes as "none".
        "level": result.level if failed and result.level != "off" else "none",
        "message": _message(told(result), _help(result)),
        "locations": [
            {
                **_location(place),
                "logicalLocations": [
                    {"fullyQualifiedName": escape(result.address), "kind": "resource"}
                ],
            }
        ],
        "partialFingerprints": {
            FINGERPRINT: result.fingerprint,
            INSTANCE: result.instance,
            ALERT: f"{result.instance}:{number}",
        },
        "properties": _properties(result),
    }
    related = _related(result, place)
    if related:
        found["relatedLocations"] = related
    if len(result.trail) > 1:
        found["codeFlows"] = [{"threadFlows": [{"locations": _flow(result.trail)}]}]
    if result.suppression is not None:
        found["suppressions"] = [_suppression(result.suppression)]
    return found


def _properties(result: Result) -> dict[str, object]:
    described: Mapping[str, str | None] = {
        "outcome": outcome(result),
        "when": result.when,
        "framework": result.framework,
        "resourceType": result.type,
        "construct": result.construct,
    }
    return {name: escape(text) for name, text in described.items() if text is not None}


def _related(result: Result, place: Span) -> list[dict[str, object]]:
    """The resource, the calls that lead to it, and each hop beyond the place of the finding."""
    hops: Iterable[Hop] = (
        Hop(result.resource_span, "the vault"),
        *(Hop(call, "called here") for call in result.calls),
        *result.trail,
    )
    notes: dict[Span, str] = {}
    for hop in hops:
        if hop.span != place:
            notes.setdefault(hop.span, hop.note)
    listed = list(notes.items())[:MOST_LOCATIONS]
    return [{"id": at, **_location(span, note)} for at, (span, note) in enumerate(listed, 1)]


def _flow(trail: Sequence[Hop]) -> list[dict[str, object]]:
    half = MOST_HOPS // 2
    kept = trail if len(trail) <= MOST_HOPS else (*trail[:half], *trail[-half:])
    return [{"location": _location(hop.span, hop.note)} for hop in kept]


def _suppression(suppression: Suppression) -> dict[str, object]:
    found: dict[str, object] = {
        "kind": "external" if suppression.baseline else "inSource",
        "status": "accepted",
        "justification": escape(suppression.reason),
    }
    if not suppression.baseline:
        found["location"] = _location(suppression.span)
    return found


def _location(span: Span, note: str = "") -> dict[str, object]:
    (line, column), (end_line, end_column) = span.positions()
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
    place = {"artifactLocation": _artifact(span.source.path), "region": region}
    message = {"message": _message(note)} if note else {}
    return {"physicalLocation": place, **message}


def _artifact(path: str) -> dict[str, object]:
    path = from_root(path)
    address = uri(path)
    return {"uri": address} if path.startswith("/") else {"uri": address, "uriBaseId": ROOT}


def _help(result: Result) -> str:
    """What to do about it, which the rule's page cannot say of one finding."""
    return f". What to do: {advice(result)}" if result.status != "pass" else ""


def _message(text: str, help_: str = "") -> dict[str, object]:
    """A plain text message: no name in it is a link (§3.11.6) or a placeholder (§3.11.5).

    Where it is too long, the help is what stays.
    """
    end = _cut(escape(help_), LONGEST // 2)
    shown = _cut(escape(text), LONGEST - len(end)) + end
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub(r"\\]", shown))}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"

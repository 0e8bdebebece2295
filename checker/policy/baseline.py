"""A baseline: the findings that a repository lives with, by fingerprints without line numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..records import dataclass, replace
from ..source import InputError, Source, Span
from .result import Result, Suppression

VERSION = 1
REASON = "it is in the baseline"


@dataclass(frozen=True)
class Entry:
    """One accepted finding; `span` is its place in the baseline."""

    fingerprint: str
    what: str
    span: Span


def read(path: str) -> list[Entry]:
    """The entries of a baseline file. Raises InputError where it is none."""
    import json

    try:
        with open(path, "rb") as stream:
            source = Source.decode(path, stream.read())
        content = json.loads(source.text)
    except OSError as error:
        raise InputError((error.strerror or "unreadable").lower(), path) from None
    except (ValueError, RecursionError):
        raise InputError("it is not JSON", path) from None
    entries = content.get("findings") if isinstance(content, dict) else None
    if not isinstance(entries, list) or content.get("version") != VERSION:
        raise InputError("it is not a baseline of iac-check", path)
    found, at = [], 0
    for entry in entries:
        fingerprint = entry.get("fingerprint") if isinstance(entry, dict) else None
        if not isinstance(fingerprint, str) or not fingerprint:
            raise InputError("an entry of the baseline has no fingerprint", path)
        at = max(at, source.text.find(fingerprint, at))
        what = f"{entry.get('address', 'a finding')} in {entry.get('path', '?')}"
        found.append(Entry(fingerprint, what, source.span(at, at + len(fingerprint))))
        at += len(fingerprint)
    return found


def text(results: Iterable[Result]) -> str:
    """The content of a baseline file for the findings of a run, in their order."""
    import json

    findings = [
        {
            "fingerprint": result.fingerprint,
            "rule": result.rule,
            "path": result.span.source.path,
            "address": result.address,
            "reason": result.reason,
        }
        for result in results
        if result.status == "fail" or (result.suppression and result.suppression.baseline)
    ]
    return json.dumps({"version": VERSION, "findings": findings}, indent=2) + "\n"


def apply(results: Sequence[Result], entries: Sequence[Entry]) -> tuple[list[Result], list[str]]:
    """The results with those of the baseline set aside, and a warning for each stale entry.

    Each entry sets one finding aside: a second vault with the same fingerprint is new.
    """
    left: dict[str, list[Entry]] = {}
    for entry in reversed(entries):
        left.setdefault(entry.fingerprint, []).append(entry)
    applied = []
    for result in results:
        if result.status == "fail" and left.get(result.fingerprint):
            span = left[result.fingerprint].pop().span
            aside = Suppression(span, REASON, baseline=True)
            result = replace(result, status="suppressed", suppression=aside)
        applied.append(result)
    stale = sorted((e for rest in left.values() for e in rest), key=lambda entry: entry.span.start)
    return applied, [
        f"{entry.span}: {entry.what} no longer occurs (--write-baseline prunes it)"
        for entry in stale
    ]

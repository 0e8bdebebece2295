"""A baseline: the findings that a repository lives with, by fingerprints without line numbers.

Its paths count from the root of the repository, or from the named folder where there is none: of
another one than the baseline's own, an entry says where it lies. A run speaks only of what lies in
its own paths: an entry from elsewhere is neither stale for it, nor pruned by it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .. import candidates
from ..globs import within
from ..paths import boundary
from ..records import dataclass, replace
from ..source import DirectiveError, InputError, Source, Span
from .result import Report, Result, Run, Suppression

VERSION = 1
REASON = "it is in the baseline"

Identity = tuple[str, str, str]


@dataclass(frozen=True)
class Entry:
    """One accepted finding; `span` is its place in the baseline, `written` what it says there."""

    fingerprint: str
    written: Mapping[str, object]
    span: Span

    @property
    def path(self) -> str:
        return str(self.written.get("path", "?"))

    @property
    def identity(self) -> Identity:
        return identity(self.written)

    @property
    def what(self) -> str:
        _, root, top = self.identity
        numbered = root.startswith(f"{self.path}#")  # a template of several in one file
        called = f" (called from {root})" if root and not numbered else ""
        path = root if numbered else self.path
        place = f"{top}/{path}" if top else path
        return f"{self.written.get('address', 'a finding')} in {place}{called}"


def identity(written: Mapping[str, object]) -> Identity:
    """An entry's fingerprint, the root that it is a finding of, and where its paths count from."""
    fingerprint, root, top = (str(written.get(key, "")) for key in ("fingerprint", "root", "top"))
    return fingerprint, root, top


def read(path: str) -> list[Entry]:
    """The entries of a baseline file. Raises InputError where it is none."""
    import json

    try:
        source = Source.decode(path, candidates.read(path))
        content = json.loads(source.text)
    except InputError as error:
        raise DirectiveError(error.message, path, error.line, error.column) from None
    except (ValueError, RecursionError):
        raise DirectiveError("it is not JSON", path) from None
    entries = content.get("findings") if isinstance(content, dict) else None
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(entries, list) or type(version) is not int or version != VERSION:
        raise DirectiveError("it is not a baseline of iac-check", path)
    found, at = [], 0
    for entry in entries:
        fingerprint = entry.get("fingerprint") if isinstance(entry, dict) else None
        if not isinstance(fingerprint, str) or not fingerprint:
            raise DirectiveError("an entry of the baseline has no fingerprint", path)
        # One that only escapes spell has no place, nor has what follows: each search reads it all.
        place = source.text.find(fingerprint, at) if at < len(source.text) else -1
        at = place if place >= 0 else len(source.text)
        end = min(at + len(fingerprint), len(source.text))
        found.append(Entry(fingerprint, entry, source.span(at, end)))
        at = end
    return found


def accepted(report: Report, file: str) -> list[dict[str, object]]:
    """An entry for each finding of a run, those included that a baseline has set aside."""
    found = (
        result
        for result in report.results
        if result.status == "fail" or (result.suppression and result.suppression.baseline)
    )
    home = boundary(file)
    return [_written(result, home) for result in found]


def _written(result: Result, home: str) -> dict[str, object]:
    top = _seen(result.top, home)
    return {
        "fingerprint": result.fingerprint,
        "rule": result.rule,
        "path": result.anchored,
        "address": result.address,
        "reason": result.reason,
        **({"root": result.root} if result.root else {}),
        **({"top": top} if top else {}),
    }


def elsewhere(report: Report, before: Iterable[Entry], file: str) -> list[dict[str, object]]:
    """The entries of a file that speak of what lies outside of a run's paths: they stay."""
    home = boundary(file)
    found = Counter(map(identity, accepted(report, file)))
    kept = []
    for entry in before:
        if found[entry.identity]:
            found[entry.identity] -= 1  # this run has it: a module that it reached from outside
        elif not _within(entry, report.run, home):
            kept.append(dict(entry.written))
    return kept


def changes(
    before: Iterable[Entry], after: Iterable[Mapping[str, object]]
) -> tuple[tuple[str, int], ...]:
    """How many entries a file gets and loses: ("new", 1), ("gone", 2); of what is not none."""
    old = Counter(entry.identity for entry in before)
    new = Counter(map(identity, after))
    counts = (("new", (new - old).total()), ("gone", (old - new).total()))
    return tuple(pair for pair in counts if pair[1])


def text(findings: Iterable[dict[str, object]]) -> str:
    """The content of a baseline file."""
    import json

    found = sorted(
        findings, key=lambda entry: [str(entry.get(key, "")) for key in ("top", "path", "root")]
    )
    return json.dumps({"version": VERSION, "findings": found}, indent=2) + "\n"


def apply(
    results: Sequence[Result], entries: Sequence[Entry], run: Run
) -> tuple[list[Result], list[str]]:
    """The results with those of the baseline set aside, and a warning for each stale entry.

    Each entry sets one finding aside: a second vault with the same fingerprint is new, and so is
    that of another root.
    """
    left: dict[Identity, list[Entry]] = {}
    for entry in reversed(entries):
        left.setdefault(entry.identity, []).append(entry)
    home = boundary(entries[0].span.source.path) if entries else ""
    applied = []
    for result in results:
        failed = left and result.status == "fail"
        found = left.get(identity(_written(result, home))) if failed else None
        if found:
            span = found.pop().span
            aside = Suppression(span, REASON, baseline=True)
            result = replace(result, status="suppressed", suppression=aside)
        applied.append(result)
    unused = (entry for rest in left.values() for entry in rest)
    return applied, [
        f"{entry.span}: {entry.what} no longer occurs (--write-baseline prunes it)"
        for entry in unused
        if _within(entry, run, home)
    ]


def _within(entry: Entry, run: Run, home: str) -> bool:
    """Whether an entry speaks of the run's paths, and of nothing that these leave out."""
    for path, top, anchored in zip(run.paths, run.tops, run.anchored, strict=True):
        below = _below(entry.path, anchored)
        if below is not None and _seen(top, home) == entry.identity[2]:
            return not _excluded([part for part in (path, below) if part not in (".", "")], run)
    return False


def _seen(top: str, home: str) -> str:
    """The folder that paths count from, as seen from the baseline's; "" where it is that one."""
    way = os.path.relpath(top, home).replace(os.sep, "/")
    return "" if way == "." else way


def _below(path: str, top: str) -> str | None:
    """A path as seen from a folder or file above it; None where it lies elsewhere."""
    if top in (".", path):
        return path if top == "." else ""
    return path[len(top) + 1 :] if path.startswith(f"{top}/") else None


def _excluded(parts: list[str], run: Run) -> bool:
    """Whether a path, or a folder below the run's that it is in, is left out."""
    return within("/".join(parts), run.exclude)

"""A baseline: the findings that a repository lives with, by fingerprints without line numbers.

Its paths count from the root of the repository. A run speaks only of what lies in its own paths:
an entry from elsewhere is neither stale for it, nor pruned by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .. import candidates
from ..globs import within
from ..records import dataclass, replace
from ..source import DirectiveError, InputError, Source, Span
from .result import Report, Result, Run, Suppression

VERSION = 1
REASON = "it is in the baseline"


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
    def identity(self) -> tuple[str, str]:
        """The fingerprint, and the root whose call leads there: of each it is a finding."""
        return self.fingerprint, str(self.written.get("root", ""))

    @property
    def what(self) -> str:
        called = f" (called from {self.identity[1]})" if self.identity[1] else ""
        return f"{self.written.get('address', 'a finding')} in {self.path}{called}"


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
    if not isinstance(entries, list) or content.get("version") != VERSION:
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


def accepted(report: Report) -> list[dict[str, object]]:
    """An entry for each finding of a run, those included that a baseline has set aside."""
    return [
        {
            "fingerprint": result.fingerprint,
            "rule": result.rule,
            "path": result.anchored,
            "address": result.address,
            "reason": result.reason,
            **({"root": result.root} if result.root else {}),
        }
        for result in report.results
        if result.status == "fail" or (result.suppression and result.suppression.baseline)
    ]


def elsewhere(report: Report, before: Iterable[Entry]) -> list[dict[str, object]]:
    """The entries of a file that speak of what lies outside of a run's paths: they stay."""
    found = Counter((entry["fingerprint"], entry.get("root", "")) for entry in accepted(report))
    kept = []
    for entry in before:
        if found[entry.identity]:
            found[entry.identity] -= 1  # this run has it: a module that it reached from outside
        elif not _within(entry, report.run):
            kept.append(dict(entry.written))
    return kept


def changes(
    before: Iterable[Entry], after: Iterable[Mapping[str, object]]
) -> tuple[tuple[str, int], ...]:
    """How many entries a file gets and loses: ("new", 1), ("gone", 2); of what is not none."""
    old = Counter(entry.identity for entry in before)
    new = Counter((str(entry["fingerprint"]), str(entry.get("root", ""))) for entry in after)
    counts = (("new", (new - old).total()), ("gone", (old - new).total()))
    return tuple(pair for pair in counts if pair[1])


def text(findings: Iterable[dict[str, object]]) -> str:
    """The content of a baseline file."""
    import json

    found = sorted(findings, key=lambda entry: (str(entry.get("path")), str(entry.get("root", ""))))
    return json.dumps({"version": VERSION, "findings": found}, indent=2) + "\n"


def apply(
    results: Sequence[Result], entries: Sequence[Entry], run: Run
) -> tuple[list[Result], list[str]]:
    """The results with those of the baseline set aside, and a warning for each stale entry.

    Each entry sets one finding aside: a second vault with the same fingerprint is new, and so is
    that of another root.
    """
    left: dict[tuple[str, str], list[Entry]] = {}
    for entry in reversed(entries):
        left.setdefault(entry.identity, []).append(entry)
    applied = []
    for result in results:
        identity = (result.fingerprint, result.root)
        if result.status == "fail" and left.get(identity):
            span = left[identity].pop().span
            aside = Suppression(span, REASON, baseline=True)
            result = replace(result, status="suppressed", suppression=aside)
        applied.append(result)
    unused = (entry for rest in left.values() for entry in rest)
    return applied, [
        f"{entry.span}: {entry.what} no longer occurs (--write-baseline prunes it)"
        for entry in unused
        if _within(entry, run)
    ]


def _within(entry: Entry, run: Run) -> bool:
    """Whether an entry speaks of the run's paths, and of nothing that these leave out."""
    for path, top in zip(run.paths, run.anchored, strict=True):
        below = _below(entry.path, top)
        if below is not None:
            return not _excluded([part for part in (path, below) if part not in (".", "")], run)
    return False


def _below(path: str, top: str) -> str | None:
    """A path as seen from a folder or file above it; None where it lies elsewhere."""
    if top in (".", path):
        return path if top == "." else ""
    return path[len(top) + 1 :] if path.startswith(f"{top}/") else None


def _excluded(parts: list[str], run: Run) -> bool:
    """Whether a path, or a folder below the run's that it is in, is left out."""
    return within("/".join(parts), run.exclude)

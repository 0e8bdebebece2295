"""`# iac-check: ignore[RULE] reason`: one finding, or all below a module call, set aside.

Comments are those that the language's own lexer sees. What is set aside stays in the report.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain

from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..meant import hint
from ..records import dataclass, replace
from ..source import DirectiveError, InputError, Source, Span
from .result import Result, Suppression

Comments = Callable[[Source], Iterable[Span]]

CHECKOV = {"CKV_AWS_166": "BACKUP001"}

_DIRECTIVE = re.compile(r"iac-check:[ \t]*ignore\[([^\]]*)\](.*)\Z", re.S)
_MISTYPED = re.compile(r"iac[-_ ]?check[ \t]*:[ \t]*[a-z]+", re.I)
_CHECKOV = re.compile(r"checkov:skip=(CKV2?_[A-Z]+_\d+)(?::[ \t]*(.*))?", re.S)
# A date that follows the word in another way is meant as one, too: else it would never expire.
_UNTIL = re.compile(r"(?:^|\s)until(?:=(\S*)|[ \t:]+(\d+[./-]\d+[./-]\d+))", re.I)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MARKS = re.compile(r"\A(?:#+|//+|/\*+)[ \t]*|[ \t\r\n]*\*/\Z")
_UNUSED = (
    "this ignore matches no finding; it stands on the line of one, on the line above, or above the "
    "header of its resource or of a module call"
)
_UNUSED_MARK = (
    "this ignore matches no finding; it stands in the Metadata of a vault or nested stack"
)
_KEYS = ("rule", "reason", "until")
_EXPECTED = "write iac-check: {ignore: [{rule: BACKUP001, reason: …, until: 2027-01-31}]}"


@dataclass(frozen=True)
class Directive:
    """One comment that sets rules aside. `alone`: nothing else stands on its line."""

    span: Span
    rules: tuple[str, ...]
    reason: str
    until: str | None
    first: int
    last: int
    alone: bool
    within: bool = False  # it stands anywhere in the resource (Checkov's way)


@dataclass
class Suppressions:
    """The directives of the files of one run. Faults are collected in `errors` and `warnings`.

    Those of `context`, the files that were not asked about, are not told.
    """

    rules: frozenset[str]
    today: str
    honour_checkov: bool = False
    context: Set[str] = frozenset()

    def __post_init__(self) -> None:
        self.errors: list[InputError] = []
        self.warnings: list[str] = []
        self._directives: dict[str, list[Directive]] = {}  # in the order of their lines
        self._within: dict[str, list[Directive]] = {}
        self._marks: dict[int, tuple[Entry, tuple[Directive, ...]]] = {}
        self._blocks: dict[tuple[str, int], int] = {}
        self._used: set[Span] = set()

    def read(self, source: Source, comments: Comments) -> None:
        """Collect a file's directives."""
        try:
            spans = list(comments(source))
        except InputError:
            return  # the file's own error is reported where it is read
        for directive in chain.from_iterable(map(self._read, spans)):
            table = self._within if directive.within else self._directives
            table.setdefault(source.path, []).append(directive)

    def _read(self, span: Span) -> Iterator[Directive]:
        text = _MARKS.sub("", span.text).strip()
        match = _DIRECTIVE.match(text)
        checkov = _CHECKOV.search(text) if self.honour_checkov else None
        if match:
            rules = tuple(rule.strip() for rule in match[1].split(",") if rule.strip())
            yield from self._directive(span, rules, match[2])
        elif checkov and checkov[1] in CHECKOV:
            reason = (checkov[2] or "").strip() or "set aside for Checkov"
            yield self._placed(span, (CHECKOV[checkov[1]],), reason, None, within=True)
        elif _MISTYPED.match(text):
            self._warn(span, "this looks like `iac-check: ignore[RULE] reason`, but is not")

    def _directive(self, span: Span, rules: tuple[str, ...], rest: str) -> Iterator[Directive]:
        found = _UNTIL.search(rest)
        until = None
        if found:
            until = found[1] if found[1] is not None else found[0].strip()
        reason = _UNTIL.sub("", rest).strip(" \t\r\n:-")
        if self._valid(span, rules, reason, until):
            yield self._placed(span, rules, reason, until)

    def _valid(self, span: Span, rules: tuple[str, ...], reason: str, until: str | None) -> bool:
        if not rules:
            return self._wrong(span, "an ignore names its rule: ignore[BACKUP001]")
        for rule in rules:
            if rule not in self.rules:
                self._warn(span, f"there is no rule {rule} to ignore")
        if not any(character.isalnum() for character in reason):  # invisible ones are none
            return self._wrong(span, "an ignore needs a reason")
        if until is not None and not _is_date(until):
            return self._wrong(span, f'"{until}" is not a date; write until=2027-01-31')
        if until is not None and until < self.today:
            self._warn(span, f"this ignore has expired on {until}")
            return False
        return True

    def _wrong(self, span: Span, message: str) -> bool:
        if span.source.path not in self.context:
            self.errors.append(DirectiveError.at(span, message))
        return False

    def _placed(
        self, span: Span, rules: tuple[str, ...], reason: str, until: str | None, *,
        within: bool = False,
    ) -> Directive:  # fmt: skip
        (first, column), (last, _) = span.positions()
        alone = not span.source.line(first)[: column - 1].strip()
        return Directive(span, rules, reason, until, first, last, alone, within)

    def _warn(self, span: Span, message: str) -> None:
        warning = f"{span}: {message}"
        if span.source.path not in self.context and warning not in self.warnings:
            self.warnings.append(warning)

    # -- applying ---------------------------------------------------------------------------

    def apply(self, results: Sequence[Result], *, complete: bool = True) -> list[Result]:
        """The results, with those that a directive speaks of as `suppressed`.

        Not `complete`: what a directive speaks of may stand in what could not be read.
        """
        applied = [self._applied(result) for result in results]
        if not complete:
            return applied
        marks = chain.from_iterable(directives for _, directives in self._marks.values())
        self._tell_unused(chain(*self._directives.values(), *self._within.values()), _UNUSED)
        self._tell_unused(marks, _UNUSED_MARK)
        return applied

    def _tell_unused(self, directives: Iterable[Directive], message: str) -> None:
        for directive in directives:
            known = any(rule in self.rules for rule in directive.rules)
            if directive.span not in self._used and known:
                self._warn(directive.span, message)

    def _applied(self, result: Result) -> Result:
        if result.status != "fail":
            return result
        for directive in self._speaking_of(result):
            if result.rule in directive.rules:
                self._used.add(directive.span)
                aside = Suppression(directive.span, directive.reason, directive.until)
                return replace(result, status="suppressed", suppression=aside)
        return result

    def _speaking_of(self, result: Result) -> Iterator[Directive]:
        (first, _), (last, _) = result.extent.positions()
        for place in (result.span, result.resource_span, *result.calls):
            yield from self._at(place)
            if place.source.path == result.extent.source.path:
                for directive in self._within.get(place.source.path, ()):
                    if first <= directive.first <= last:
                        yield directive
        yield from self._metadata(result)

    def _at(self, place: Span) -> Iterator[Directive]:
        """What stands on a line, or alone above it with only other comments in between."""
        directives = self._directives.get(place.source.path, [])
        line = place.line
        above = self._first_comment(place.source, line) - 1
        for at in range(bisect_left(directives, above, key=lambda d: d.last), len(directives)):
            directive = directives[at]
            if directive.first > line:
                break
            if directive.last >= line or directive.alone:
                yield directive

    def _first_comment(self, source: Source, line: int) -> int:
        """The first of the lines of comments right above a line; the line itself without any."""
        key = (source.path, line)
        if key not in self._blocks:
            top = line
            while top > 1 and source.line(top - 1).lstrip().startswith(("#", "//")):
                top -= 1
            self._blocks[key] = top
        return self._blocks[key]

    # -- metadata ---------------------------------------------------------------------------

    def read_metadata(self, marks: Iterable[Entry]) -> None:
        """Collect what templates say in `Metadata: {iac-check: {ignore: [{rule, reason, until}]}}`.

        It speaks of its resource, or of all that is in its nested stack.
        """
        for mark in marks:
            if id(mark.value) not in self._marks:
                read = self._of_checkov if mark.key == "checkov" else self._of_metadata
                self._marks[id(mark.value)] = mark, tuple(read(mark.value))

    def _metadata(self, result: Result) -> Iterator[Directive]:
        self.read_metadata(result.metadata)
        return chain.from_iterable(self._marks[id(mark.value)][1] for mark in result.metadata)

    def _of_metadata(self, node: Node) -> Iterator[Directive]:
        if not self._has_only(node, ("ignore",)):
            return
        ignores = node.get("ignore") if isinstance(node, MappingNode) else None
        if ignores is not None and not isinstance(ignores, SequenceNode):
            self._warn(ignores.span, f"this ignore is no list; {_EXPECTED}")
        for item in ignores.items if isinstance(ignores, SequenceNode) else ():
            if self._has_only(item, _KEYS):
                rule, reason, until = (_text(item, key) for key in _KEYS)
                if self._valid(item.span, (rule,) if rule else (), reason or "", until):
                    yield self._placed(item.span, (rule or "",), reason or "", until)

    def _of_checkov(self, node: Node) -> Iterator[Directive]:
        """`checkov: {skip: [{id, comment}]}`.

        https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
        """
        skips = node.get("skip") if isinstance(node, MappingNode) else None
        if self.honour_checkov and isinstance(skips, SequenceNode):
            for item in skips.items:
                rule = CHECKOV.get(_text(item, "id") or "")
                if rule is not None:
                    reason = _text(item, "comment") or "set aside for Checkov"
                    yield self._placed(item.span, (rule,), reason, None)

    def _has_only(self, node: Node, keys: tuple[str, ...]) -> bool:
        """Whether a node is a mapping; other keys than those it may have are warned of."""
        if not isinstance(node, MappingNode):
            self._warn(node.span, f"this is no mapping; {_EXPECTED}")
            return False
        for key, span, _ in node.entries:
            if key not in keys:
                near = hint(key, keys) or f"; {_EXPECTED}"
                self._warn(span, f'there is no "{key}" here{near}')
        return True


def _is_date(text: str) -> bool:
    """Whether it is a day of the calendar, as ISO 8601 writes it."""
    from datetime import date

    try:
        return bool(_DATE.match(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _text(node: Node, key: str) -> str | None:
    found = node.get(key) if isinstance(node, MappingNode) else None
    return found.written.strip("\"'") if isinstance(found, ScalarNode) else None

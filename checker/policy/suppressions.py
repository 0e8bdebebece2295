"""`# iac-check: ignore[RULE] reason`: one finding, or all below a module call, set aside.

Comments are those that the language's own lexer sees. What is set aside stays in the report.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain

from ..invisible import INVISIBLE
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..meant import hint
from ..patterns import pattern
from ..records import dataclass, replace
from ..source import DirectiveError, InputError, Source, Span
from .result import Result, Suppression

Comments = Callable[[Source], Iterable[Span]]

CHECKOV = {"CKV_AWS_166": "BACKUP001"}

_DIRECTIVE = re.compile(r"iac-check:[ \t]*ignore\[([^\]]*)\](.*)\Z", re.S)
_MISTYPED = re.compile(r"iac[-_ ]?check(?:[ \t]*:[ \t]*[a-z]+|[ \t]*ignore[ \t]*\[)", re.I)
_CHECKOV = re.compile(r"checkov:skip=(CKV2?_[A-Z]+_\d+)(?::[ \t]*(.*))?", re.S)
_UNTIL = re.compile(r"(?<![^\W\d_])until(?![^\W\d_])", re.I)
# What follows that word, where it is meant to be a date: one in another form would never expire.
_MEANT = re.compile(
    r"(=\S*)|[^\w=]*=\s*\S*|[\W_]*(?:\d+[./-]\d+[./-]\d+|\d{4,})|.*?[0-9]{4}-[0-9]{2}-[0-9]{2}",
    re.S,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATE_SHOWN = 40
"""Characters of what is no date."""
_MARKS = re.compile(r"#+|//+|/\*+")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in HCL or in YAML: the more lines there are, the less is set aside."""
_UNUSED = (
    "this ignore matches no finding; it stands on the line of one, on the line above, or above the "
    "header of its resource or of a module call"
)
_UNUSED_MARK = (
    "this ignore matches no finding; it stands in the Metadata of a vault or nested stack"
)
# Nor is it known what variables say: one may hold others, so what is between two goes too.
_UNSEEN = pattern(rf"(?s)[{INVISIBLE}]|\$\{{(?:.*\}}|.*)")

_KEYS = ("rule", "reason", "until")
_EXPECTED = "write iac-check: {ignore: [{rule: BACKUP001, reason: …, until: 2027-01-31}]}"


@dataclass(frozen=True)
class Directive:
    """One comment that sets rules aside, on the lines from `first` to `last`.

    Where nothing else stands on its lines, the `last` one is that below it, and below the comments
    that follow it in lines of their own.
    """

    span: Span
    rules: tuple[str, ...]
    reason: str
    until: str | None
    first: int = 0
    last: int = 0
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
        self.warnings: dict[str, None] = {}  # in their order, each once
        self._directives: dict[str, list[Directive]] = {}  # in the order of their lines
        self._within: dict[str, list[Directive]] = {}
        self._marks: dict[int, tuple[Entry, tuple[Directive, ...]]] = {}
        self._rows: dict[Source, list[int]] = {}  # where the lines of a source begin
        self._used: set[Span] = set()

    def read(self, source: Source, comments: Comments) -> None:
        """Collect a file's directives."""
        try:
            spans = list(comments(source))
        except InputError:
            return  # the file's own error is reported where it is read
        for span, first, last in self._lines(source, spans):
            for directive in self._read(span):
                table = self._within if directive.within else self._directives
                placed = replace(directive, first=first, last=last)
                table.setdefault(source.path, []).append(placed)

    def _lines(self, source: Source, spans: list[Span]) -> list[tuple[Span, int, int]]:
        """A file's comments, in their order, with the lines that each speaks of."""
        text, size = source.text, len(source.text)
        found: list[tuple[Span, int, int]] = []
        following, start, reach = 0, size, 0  # the line of the comment below that is alone
        for at in range(len(spans) - 1, -1, -1):
            span = spans[at]
            first, last = self._line(source, span.start), self._line(source, span.end)
            rows = self._rows[source]
            begin, end = rows[first - 1], rows[last] if last < len(rows) else size
            # Between other comments first: of many in one line each looks at its own blanks only.
            alone = (
                (spans[at - 1].end if at else 0) <= begin
                and end <= start
                and not text[begin : span.start].strip()
                and not text[span.end : end].strip()
            )
            start = span.start
            if alone:
                reach = reach if following == last + 1 else last + 1
            found.append((span, first, reach if alone else last))
            following = first if alone else 0
        return found[::-1]

    def _line(self, source: Source, offset: int) -> int:
        """The 1-based line of an offset, as it is counted here."""
        if source not in self._rows:
            ends = (match.end() for match in _BREAK.finditer(source.text))
            self._rows[source] = [0, *ends]
        return bisect_right(self._rows[source], offset)

    def _read(self, span: Span) -> Iterator[Directive]:
        text = _written(span)
        match = _DIRECTIVE.match(text)
        checkov = _CHECKOV.search(text) if self.honour_checkov else None
        if match:
            rules = tuple(rule.strip() for rule in match[1].split(",") if rule.strip())
            yield from self._directive(span, rules, match[2])
        elif checkov and checkov[1] in CHECKOV:
            reason = (checkov[2] or "").strip() or "set aside for Checkov"
            yield Directive(span, (CHECKOV[checkov[1]],), reason, None, within=True)
        elif _MISTYPED.match(text):
            self._warn(span, "this looks like `iac-check: ignore[RULE] reason`, but is not")

    def _directive(
        self, span: Span, rules: tuple[str, ...], text: str, until: str | None = None
    ) -> Iterator[Directive]:
        """That of a reason, with the date in it or the one that is given; of known rules only."""
        reason, dates = _parted(text)
        dates += () if until is None else (until,)
        known = tuple(rule for rule in rules if rule in self.rules)
        if self._valid(span, rules, reason, dates) and known:
            yield Directive(span, known, reason, dates[0] if dates else None)

    def _valid(
        self, span: Span, rules: tuple[str, ...], reason: str, dates: tuple[str, ...]
    ) -> bool:
        if not rules:
            return self._wrong(span, "an ignore names its rule: ignore[BACKUP001]")
        for rule in rules:
            if rule not in self.rules:
                self._warn(span, f"there is no rule {rule} to ignore")
        if not any(map(str.isalnum, _UNSEEN.sub("", reason))):
            return self._wrong(span, "an ignore needs a reason")
        for date in dates:
            if not _is_date(date):
                return self._wrong(
                    span, f'"{date[:_DATE_SHOWN]}" is not a date; write until=2027-01-31'
                )
        if len(dates) > 1:
            return self._wrong(span, f"an ignore has one date, not {len(dates)}")
        if dates and dates[0] < self.today:
            self._warn(span, f"this ignore has expired on {dates[0]}")
            return False
        return True

    def _wrong(self, span: Span, message: str) -> bool:
        if span.source.path not in self.context:
            self.errors.append(DirectiveError.at(span, message))
        return False

    def _warn(self, span: Span, message: str) -> None:
        if span.source.path not in self.context:
            self.warnings[f"{span}: {message}"] = None

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
            if directive.span not in self._used:
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
        for place in (result.span, result.resource_span, *result.calls):
            if place.source.path in self._directives:
                yield from self._at(place)
        extent = result.extent
        if within := self._within.get(extent.source.path):
            first = self._line(extent.source, extent.start)
            last = self._line(extent.source, extent.end)
            for at in range(bisect_left(within, first, key=lambda d: d.first), len(within)):
                if within[at].first > last:
                    break
                yield within[at]
        yield from self._metadata(result)

    def _at(self, place: Span) -> Iterator[Directive]:
        """What stands on a line, or alone above it with only other comments in between."""
        directives = self._directives[place.source.path]
        line = self._line(place.source, place.start)
        for at in range(bisect_left(directives, line, key=lambda d: d.last), len(directives)):
            if directives[at].first > line:
                break
            yield directives[at]

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
            if self._has_only(item, _KEYS) and isinstance(item, MappingNode):
                rule, reason, until = (_text(item, key) for key in _KEYS)
                odd = item.get("until") if until is None else None
                until = odd.span.text if odd else until  # of a list or mapping, which is no date
                yield from self._directive(item.span, (rule,) if rule else (), reason or "", until)

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
                    yield Directive(item.span, (rule,), reason, None)

    def _has_only(self, node: Node, keys: tuple[str, ...]) -> bool:
        """Whether a node is a mapping of nothing else: what is not known may mean a date."""
        if not isinstance(node, MappingNode):
            self._warn(node.span, f"this is no mapping; {_EXPECTED}")
            return False
        odd = [entry for entry in node.entries if entry.key not in keys]
        for key, span, _ in odd:
            near = hint(key, keys) or f"; {_EXPECTED}"
            self._wrong(span, f'there is no "{key}" here{near}')
        return not odd


def _written(span: Span) -> str:
    """What a comment says, without its marks."""
    text = span.text
    if text.startswith("/*"):
        text = text.removesuffix("*/")
    marks = _MARKS.match(text)
    return text[marks.end() if marks else 0 :].strip()


def _parted(text: str) -> tuple[str, tuple[str, ...]]:
    """The reason, and each date that is said in it, or what is meant to be one."""
    words = list(_UNTIL.finditer(text))
    ends = [word.start() for word in words[1:]]
    kept: list[str] = []
    dates: list[str] = []
    at = 0
    for word, end in zip(words, [*ends, len(text)], strict=False):
        if meant := _MEANT.match(text, word.end(), end):
            said = meant[1][1:] if meant[1] else text[word.start() : meant.end()]
            dates.append(" ".join(said.split()))
            kept.append(text[at : word.start()])
            at = meant.end()
    return "".join([*kept, text[at:]]).strip(" \t\r\n:;,-"), tuple(dates)


def _is_date(text: str) -> bool:
    """Whether it is a day of the calendar, as ISO 8601 writes it."""
    from datetime import date

    try:
        return bool(_DATE.match(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _text(node: Node, key: str) -> str | None:
    found = node.get(key) if isinstance(node, MappingNode) else None
    if not isinstance(found, ScalarNode):
        return None
    if found.tag is not None:
        return None  # what a function gives is not known here
    return found.value if isinstance(found.value, str) else found.written

"""What a rule says of one resource instance: the one form that every report renders."""

from __future__ import annotations

from ..records import dataclass, field
from ..source import InputError, Span

TYPE_CHECKING = False  # the rest of the language is not worth its import to every run
if TYPE_CHECKING:
    from typing import Literal

    from ..graph import Framework
    from ..language.document import Entry
    from ..language.value import Cause, Hop
    from .verdict import Reason

    Status = Literal["pass", "fail", "suppressed"]
    Level = Literal["error", "warning", "off"]
    Gate = Literal["untrusted", "empty", "findings", "clean"]
else:
    Status = Level = Gate = str


@dataclass(frozen=True)
class Suppression:
    span: Span
    reason: str
    until: str | None = None  # ISO date
    baseline: bool = False  # set aside by the baseline, not by a directive


@dataclass(frozen=True)
class Result:
    """The verdict on one vault instance. `span` is where the caret stands."""

    rule: str
    name: str
    status: Status
    level: Level
    severity: str
    reason: Reason | None
    cause: Cause | None
    when: str | None  # the world, in the code's own words, e.g. `var.env != "prod"`
    message: str
    framework: Framework
    type: str
    address: str
    resource_name: str | None
    resource_span: Span  # the resource's header
    span: Span
    trail: tuple[Hop, ...]  # never empty: it begins at the place of the finding
    # Rule, path, address, argument and reason: what it is, without line numbers.
    identity: tuple[str, str, str, str, str]
    help: str = field(repr=False)
    caution: str = field(repr=False)  # what must be known before anything is changed, in a clause
    top: str  # the root of its repository, or of what was named: a path without links
    anchored: str  # the path from there, the same from every working directory
    root: str  # likewise the root module or template, with its deployment or number; "": itself
    extent: Span  # the whole resource
    calls: tuple[Span, ...] = ()  # the module calls or nested stacks that lead here
    notes: tuple[Hop, ...] = ()  # arguments by a wrong name, the line of the CDK's construct
    senders: tuple[Hop, ...] = ()  # the plans and copy actions that send recovery points here
    metadata: tuple[Entry, ...] = ()  # what templates say to this tool of it
    construct: str | None = None  # the CDK construct path
    unread: bool = False  # what stands at its place cannot be read, and is an error of the report
    suppression: Suppression | None = None

    @property
    def fingerprint(self) -> str:
        """Of its identity: the same in every run that finds it."""
        return _digest(*self.identity)

    @property
    def instance(self) -> str:
        """Of its identity and its root: that of each caller of the same code is another."""
        return _digest(self.fingerprint, self.root) if self.root else self.fingerprint

    @property
    def caller(self) -> Span | None:
        """The outermost call that leads here: it tells the roots of one module apart."""
        return self.calls[0] if self.calls else None

    @property
    def order(self) -> tuple[object, ...]:
        """Its place, rule and address; of several roots or worlds, the same one first each time."""
        line, column = self.span.source.position(self.span.start)
        roots = [(call.source.path, call.start) for call in self.calls]
        return self.span.source.path, line, column, self.rule, self.address, roots, self.when or ""


@dataclass(frozen=True)
class Run:
    """What was asked for, and when: an auditor's question, and the baseline's."""

    paths: tuple[str, ...] = ()
    tops: tuple[str, ...] = ()  # the roots of their repositories
    anchored: tuple[str, ...] = ()  # the paths from there
    exclude: tuple[str, ...] = ()  # what is left out, as globs from the working directory
    date: str = ""  # in UTC, as ISO 8601 writes it
    loosened: tuple[str, ...] = ()  # what the settings let pass, one sentence each
    exit_zero: bool = False
    allow_empty: bool = False


@dataclass(frozen=True)
class Report:
    """One run. `files` counts the Terraform and CloudFormation files that were looked at."""

    version: str
    results: tuple[Result, ...]
    errors: tuple[InputError, ...]
    warnings: tuple[str, ...]
    files: int
    run: Run = Run()
    # The modules and nested stacks whose source is not on disk: what they declare is not checked.
    unread: tuple[str, ...] = ()
    # Where vaults are declared, or modules with one are called, that are not created.
    uncreated: tuple[str, ...] = ()
    # Where only files are named: how many; those in which nothing stands, and what these are judged
    # with.
    named: int = 0
    silent: tuple[str, ...] = ()
    elsewhere: tuple[Result, ...] = ()
    # Modules that were judged as roots, the folders outside that call them, and what holds both.
    called: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    # Root modules with a vault, and the files of values beside them that nothing has read.
    unused: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def count(self, status: Status) -> int:
        return sum(1 for result in self.results if result.status == status)

    def failures(self, level: Level) -> int:
        """How many failures have a level."""
        return sum(1 for r in self.results if r.status == "fail" and r.level == level)

    @property
    def gate(self) -> Gate:
        """What a gate is told: an answer that cannot be trusted outweighs any finding."""
        if self.errors:
            return "untrusted"
        if self.files == 0 and not self.run.allow_empty:
            return "empty"
        return "findings" if self.failures("error") and not self.run.exit_zero else "clean"


def _digest(*parts: str) -> str:
    from hashlib import sha256  # not every format needs it, and it loads OpenSSL

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

"""Source text and positions in it.

Every finding, hop of a trail and error stands on a `Span`. Offsets count Unicode code
points in the decoded text; lines and columns are 1-based and computed only when asked for.
"""

from __future__ import annotations

from bisect import bisect_right

from .records import dataclass, field

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Any, Self


BOM = b"\xef\xbb\xbf"
"""UTF-8's byte order mark. Python's own `utf-8-sig` is one more module to import."""


class InputError(Exception):
    """Input that cannot be read as what it claims to be. Ends in exit code 2, never in a pass.

    `line` and `column` are 1-based, or None where the fault has no place in the text.
    """

    def __init__(
        self, message: str, path: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column

    @classmethod
    def at(cls, span: Span, message: str) -> Self:
        line, column = span.source.position(span.start)
        return cls(message, span.source.path, line, column)


class DirectiveError(InputError):
    """A wrong word to this tool: an ignore comment, a baseline. What it stands in was read."""


@dataclass(frozen=True, eq=False)
class Source:
    """One file's text. `path` is the path as it is reported (with `/`).

    `origin` is where the text comes from, if no file of that path holds it.
    """

    path: str
    text: str = field(repr=False)
    known: dict[tuple[int, int], Any] = field(default_factory=dict, repr=False)
    """What a reader has made of ranges of it; the ranges are offsets."""
    _starts: list[int] = field(default_factory=list, repr=False)
    origin: Span | None = field(default=None, repr=False)

    @classmethod
    def decode(cls, path: str, data: bytes, origin: Span | None = None) -> Source:
        """Read UTF-8, with or without a byte order mark.

        Raises InputError for bytes that are not UTF-8 text (UTF-16 and binary files too).
        """
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise InputError("the file is UTF-16; save it as UTF-8", path, 1, 1)
        data = data.removeprefix(BOM)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            begin = data.rfind(b"\n", 0, error.start) + 1
            column = len(data[begin : error.start].decode("utf-8", "replace")) + 1
            raise InputError("the file is not UTF-8 text", path, line, column) from None
        if "\x00" in text:
            before = text[: text.index("\x00")]
            raise InputError(
                "the file is binary (it has a NUL byte)",
                path,
                before.count("\n") + 1,
                len(before) - before.rfind("\n"),
            )
        return cls(path, text, origin=origin)

    def _line_starts(self) -> list[int]:
        if not self._starts:
            at = 0
            for line in self.text.split("\n"):
                self._starts.append(at)
                at += len(line) + 1
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column (in code points) of an offset."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line ending."""
        starts = self._line_starts()
        end = starts[number] if number < len(starts) else len(self.text) + 1
        return self.text[starts[number - 1] : end - 1].rstrip("\r")

    def offset(self, line: int, column: int) -> int:
        return self._line_starts()[line - 1] + column - 1

    def span(self, start: int, end: int) -> Span:
        return Span(self, start, end)


@dataclass(frozen=True)
class Span:
    """A half-open range of offsets in one source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    def positions(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """((line, column), (line, column)) of the first character and of the one past the last."""
        return self.source.position(self.start), self.source.position(self.end)

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.source.path}:{line}:{column}"

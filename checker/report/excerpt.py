"""The line of source that a place stands on, in three printable pieces."""

from __future__ import annotations

from itertools import accumulate

from ..records import dataclass
from ..source import Span
from .escape import cells

WIDTH = 160
"""Columns of source that are shown of one line; a longer line is cut around the place."""
_AFTER = 100
"""Columns kept free from the place on, where a line is cut."""
_CUT = "…"


@dataclass(frozen=True)
class Excerpt:
    """What stands before the place, the place as far as this line holds it, and what follows."""

    before: str
    marked: str
    after: str

    @property
    def line(self) -> str:
        return self.before + self.marked + self.after


def width(printed: str) -> int:
    """Columns of a terminal that a printed text takes."""
    return sum(columns for _, columns in cells(printed))


def excerpt(span: Span) -> Excerpt:
    """A span's first line, made safe to print.

    Only WIDTH characters on either side are looked at: a line can be a whole file.
    """
    text = span.source.text
    start = text.rfind("\n", max(0, span.start - WIDTH), span.start) + 1
    start = start or max(0, span.start - WIDTH)
    end = text.find("\n", span.start, span.start + WIDTH)
    reached_end = end >= 0 or span.start + WIDTH >= len(text)
    end = end if end >= 0 else min(len(text), span.start + WIDTH)
    if text[max(span.start, end - 1) : end] == "\r":
        end -= 1
    printed = list(cells(text[start:end]))
    at = span.start - start
    stop = max(at, min(span.end, end) - start)
    cut_before = start > 0 and text[start - 1] != "\n"
    cut_after = not reached_end

    columns = [0, *accumulate(columns for _, columns in printed)]
    first, last = 0, len(printed)
    if columns[last] > WIDTH or cut_before or cut_after:
        room = max(WIDTH - (columns[last] - columns[at]), WIDTH - _AFTER)
        while columns[at] - columns[first] > room:
            first += 1
        while columns[last] - columns[first] > WIDTH:
            last -= 1
        cut_before = cut_before or first > 0
        cut_after = cut_after or last < len(printed)
    shown = [character for character, _ in printed]
    stop = min(stop, last)
    return Excerpt(
        before=_CUT * cut_before + "".join(shown[first:at]),
        marked="".join(shown[at:stop]),
        after="".join(shown[max(at, stop) : last]) + _CUT * cut_after,
    )

"""Patterns of `fileset`, as doublestar reads them: `*`, `**`, `?`, `[a-z]`, `{a,b}`, `\\x`.

https://github.com/bmatcuk/doublestar
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

ALTERNATIVES_LIMIT = 256


def matcher(pattern: str) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    """Whether a relative path matches, and whether one in a folder may, by the folder's path.

    Raises ValueError for a pattern that is not one.
    """
    patterns = [alternative.split("/") for alternative in _alternatives(pattern)]
    for piece in {piece for pieces in patterns for piece in pieces}:
        _name(piece, "")  # finds what is not closed
    return (
        lambda path: any(_matches(pieces, path.split("/")) for pieces in patterns),
        lambda folder: any(_leads_on(pieces, folder.split("/")) for pieces in patterns),
    )


def _alternatives(pattern: str) -> list[str]:
    """The patterns that the braces of one stand for (braces within braces too)."""
    pieces: list[list[str]] = [[""]]
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "{":
            end, options = _braces(pattern, at)
            pieces.append([inner for option in options for inner in _alternatives(option)])
            at = end
            continue
        step = 2 if letter == "\\" else 1
        pieces.append([pattern[at : at + step]])
        at += step
    size = 1
    for options in pieces:
        size *= len(options)
    if size > ALTERNATIVES_LIMIT:
        raise ValueError("the pattern has too many alternatives")
    return ["".join(chosen) for chosen in product(*pieces)]


def _braces(pattern: str, start: int) -> tuple[int, list[str]]:
    """The offset past a closing brace, and what the commas separate."""
    options: list[str] = []
    depth, begin = 0, start + 1
    at = start
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 1
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if not depth:
                return at + 1, [*options, pattern[begin:at]]
        elif letter == "," and depth == 1:
            options.append(pattern[begin:at])
            begin = at + 1
        at += 1
    raise ValueError("a brace of the pattern is not closed")


def _matches(pieces: list[str], names: list[str]) -> bool:
    """Whether folders and a file match, piece by piece; `**` is any number of folders."""
    *_, reached = _reached(pieces, names)
    return len(names) in reached


def _leads_on(pieces: list[str], names: list[str]) -> bool:
    """Whether what begins with some folders may match: they are used up before the pieces are."""
    *before, _ = _reached(pieces, names)
    return any(
        len(names) in reached or (piece == "**" and reached)
        for piece, reached in zip(pieces, before, strict=True)
    )


def _reached(pieces: list[str], names: list[str]) -> Iterator[set[int]]:
    """How many of the names may be used up before the first piece, and after each."""
    reached = {0}
    yield reached
    for piece in pieces:
        if piece == "**":
            reached = set(range(min(reached), len(names) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(names) and _name(piece, names[at])}
        yield reached


def _name(piece: str, name: str) -> bool:
    """Whether one name matches one piece."""
    reached = {0}
    at = 0
    while at < len(piece):
        letter = piece[at]
        if letter == "*":
            reached = set(range(min(reached), len(name) + 1)) if reached else reached
            at += 1
            continue
        end, accepts = _one(piece, at)
        reached = {i + 1 for i in reached if i < len(name) and accepts(name[i])}
        at = end
    return len(name) in reached


def _one(piece: str, at: int) -> tuple[int, Callable[[str], bool]]:
    """The offset past what stands for one character, and its test."""
    letter = piece[at]
    if letter == "?":
        return at + 1, lambda _: True
    if letter == "\\" and at + 1 < len(piece):
        wanted = piece[at + 1]
        return at + 2, lambda found: found == wanted
    if letter == "[":
        return _bracket(piece, at + 1)
    return at + 1, lambda found: found == letter


def _bracket(piece: str, at: int) -> tuple[int, Callable[[str], bool]]:
    end = piece.find("]", at + 1)
    if end < 0:
        raise ValueError("a bracket of the pattern is not closed")
    body = piece[at:end]
    negated = body[:1] in ("^", "!")
    body = body[1:] if negated else body
    ranges: list[tuple[str, str]] = []
    i = 0
    while i < len(body):
        if body[i + 1 : i + 2] == "-" and i + 2 < len(body):
            ranges.append((body[i], body[i + 2]))
            i += 3
        else:
            ranges.append((body[i], body[i]))
            i += 1
    return end + 1, lambda found: any(a <= found <= b for a, b in ranges) is not negated

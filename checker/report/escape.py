"""What was scanned, made safe to print: nothing in it can steer a terminal or reorder a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..invisible import INVISIBLE
from ..patterns import pattern

TAB = 4
"""Columns from one tab stop to the next."""

# What CI systems take for a command wherever it stands in a log: `##[…]`, `##vso[…]`.
_IN_LINE = r"(?<=#)#(?=[A-Za-z]*\[)"
_UNSAFE = pattern(f"[\x00-\x1f{INVISIBLE}]|{_IN_LINE}")
_UNSAFE_IN_JSON = pattern(f"[{INVISIBLE}]|{_IN_LINE}")
# And where a line begins: `::stop-commands::`.
_AT_START = pattern(r"\A(\s*):(?=:)")


def escape(text: str) -> str:
    """The text on one line, with each unsafe character as a visible escape such as `\\x1b`."""
    if text.isascii() and text.isprintable() and "#" not in text and "::" not in text:
        return text
    shown = _UNSAFE.sub(lambda match: _visible(match[0]), text.replace("\t", " " * TAB))
    return _AT_START.sub(r"\1\\x3a", shown)


def escape_json(document: str) -> str:
    """A JSON document whose strings hold unsafe characters only as JSON's own escapes."""

    def escaped(match: re.Match[str]) -> str:
        units = match[0].encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))

    return _UNSAFE_IN_JSON.sub(escaped, document)


def cells(text: str) -> Iterator[tuple[str, int]]:
    """Each character of a line as it is printed, and its width in columns of a terminal."""
    column = 0
    for at, character in enumerate(text):
        if character == "\t":
            shown = " " * (TAB - column % TAB)
        elif _UNSAFE.match(text, at):
            shown = _visible(character)
        else:
            shown = character
        width = len(shown) if shown.isascii() else _width(shown)
        column += width
        yield shown, width


def _visible(character: str) -> str:
    point = ord(character)
    if point < 0x100:
        return {"\n": "\\n", "\r": "\\r"}.get(character, f"\\x{point:02x}")
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _width(character: str) -> int:
    """Columns of one character that is not ASCII (Unicode Standard Annex 11)."""
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1

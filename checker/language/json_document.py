"""A strict JSON reader (RFC 8259) that keeps the exact place of every node.

The standard library's reader gives no positions, lets a duplicate key pass, and recurses.
"""

from __future__ import annotations

import re

from ..patterns import pattern
from ..source import InputError, Source, Span
from .document import (
    DEPTH_LIMIT,
    NODE_LIMIT,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)

_DIGIT_LIMIT = 1_000
"""Digits of one integer: Python's own conversion is quadratic, and refuses above 4,300."""

_BLANK = r"[ \t\n\r]*+"
_STRING = r'"([^"\\\x00-\x1f]*+(?>(?:\\.[^"\\\x00-\x1f]*+)*))"'
_VALUE = (
    rf"{_BLANK}(?:{_STRING}"
    r"|(-?(?:0|[1-9][0-9]*+)(?>(\.[0-9]++)?)(?>([eE][-+]?[0-9]++)?))(?![0-9.\w])"
    r"|(true|false|null)(?!\w)"
    r"|([\[{]))"
)
# One match takes a whole step, separator and key included. The groups of all five patterns:
_KEY, _TEXT, _NUMBER, _FRACTION, _EXPONENT, _WORD, _OPEN, _CLOSE = range(1, 9)
_ROOT = pattern(rf"(){_VALUE}")
_FIRST_ITEM = pattern(rf"(){_VALUE}|{_BLANK}(\])")
_NEXT_ITEM = pattern(rf"{_BLANK},(){_VALUE}|{_BLANK}(\])")
_FIRST_MEMBER = pattern(rf"{_BLANK}{_STRING}{_BLANK}:{_VALUE}|{_BLANK}(\}})")
_NEXT_MEMBER = pattern(rf"{_BLANK},{_BLANK}{_STRING}{_BLANK}:{_VALUE}|{_BLANK}(\}})")

_KEY_ALONE = pattern(_STRING)
_SPACE = pattern(_BLANK)
_STRING_BODY = pattern(r'[^"\\\x00-\x1f]*+(?>(?:\\.[^"\\\x00-\x1f]*+)*)')
_ESCAPE = pattern(
    r"\\(?:([\"\\/bfnrt])"
    r"|u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|)"
)
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_WORDS = {"true": True, "false": False, "null": None}


class _Open:
    """A container that is being read: an array's `items`, or an object's `entries`."""

    __slots__ = ("entries", "items", "key", "key_span", "keys", "start", "step")

    def __init__(self, start: int, is_object: bool) -> None:
        self.start = start
        self.step = _FIRST_MEMBER if is_object else _FIRST_ITEM
        self.items: list[Node] = []
        self.entries: list[Entry] | None = [] if is_object else None
        self.keys: set[str] = set()
        self.key = ""
        self.key_span: Span


def read_json(source: Source, *, repeated: bool = False) -> Node:
    """The document of a JSON file. Raises InputError, at its place, for what is not JSON.

    Also an error: a duplicate key, a lone surrogate, an integer of more than 1,000 digits, a
    number beyond a double's range, more than DEPTH_LIMIT levels or NODE_LIMIT nodes. With
    `repeated`, duplicate keys are kept, for a format that merges what they hold.
    """
    return _Reader(source, repeated).read()


class _Reader:
    def __init__(self, source: Source, repeated: bool) -> None:
        self._repeated = repeated
        self._source = source
        self._text = source.text

    def read(self) -> Node:
        source, text = self._source, self._text
        stack: list[_Open] = []
        parent: _Open | None = None
        step = _ROOT
        at = nodes = 0
        node: Node
        while True:
            match = step.match(text, at)
            if match is None:
                raise self._fault(at, parent)
            at = match.end()
            kind = match.lastindex
            if kind == _CLOSE:
                closed = stack.pop()
                span = Span(source, closed.start, at)
                if closed.entries is None:
                    node = SequenceNode(span, tuple(closed.items))
                else:
                    node = MappingNode(span, tuple(closed.entries))
                parent = stack[-1] if stack else None
            else:
                nodes += 1
                if nodes > NODE_LIMIT:
                    raise self._error(at - 1, f"the document has more than {NODE_LIMIT} nodes")
                if parent is not None and parent.entries is not None:
                    self._key(match, parent)
                if kind == _OPEN:
                    if len(stack) >= DEPTH_LIMIT:
                        raise self._error(at - 1, f"nested deeper than {DEPTH_LIMIT} levels")
                    parent = _Open(at - 1, match[_OPEN] == "{")
                    stack.append(parent)
                    step = parent.step
                    continue
                if kind == _TEXT:
                    start, end = match.span(_TEXT)
                    written = match[_TEXT]
                    value = self._unescape(written, start) if "\\" in written else written
                    node = ScalarNode(Span(source, start - 1, end + 1), value, written)
                elif kind == _WORD:
                    written = match[_WORD]
                    node = ScalarNode(Span(source, *match.span(_WORD)), _WORDS[written], written)
                else:
                    span = Span(source, *match.span(_NUMBER))
                    node = ScalarNode(span, self._number(match), match[_NUMBER])
            if parent is None:
                return self._end(node, at)
            if parent.entries is None:
                parent.items.append(node)
                step = parent.step = _NEXT_ITEM
            else:
                parent.entries.append(Entry(parent.key, parent.key_span, node))
                step = parent.step = _NEXT_MEMBER

    def _key(self, match: re.Match[str], parent: _Open) -> None:
        start, end = match.span(_KEY)
        key = match[_KEY]
        if "\\" in key:
            key = self._unescape(key, start)
        if key in parent.keys and not self._repeated:
            raise self._error(start - 1, f"duplicate key {_quoted(key)}")
        parent.keys.add(key)
        parent.key = key
        parent.key_span = Span(self._source, start - 1, end + 1)

    def _number(self, match: re.Match[str]) -> int | float:
        written = match[_NUMBER]
        if match[_FRACTION] is None and match[_EXPONENT] is None:
            if len(written) > _DIGIT_LIMIT:
                raise self._error(
                    match.start(_NUMBER), f"the number has more than {_DIGIT_LIMIT} digits"
                )
            return int(written)
        value = float(written)
        if value in (float("inf"), float("-inf")):
            raise self._error(match.start(_NUMBER), "the number is out of range")
        return value

    def _unescape(self, written: str, start: int) -> str:
        def character(match: re.Match[str]) -> str:
            simple, high, low, unit = match.groups()
            if simple:
                return _ESCAPES[simple]
            if high:
                offset = ((int(high, 16) & 0x3FF) << 10) | (int(low, 16) & 0x3FF)
                return chr(0x10000 + offset)
            if unit is None:
                raise self._error(start + match.start(), "not an escape that JSON knows")
            code = int(unit, 16)
            if 0xD800 <= code <= 0xDFFF:
                raise self._error(start + match.start(), "half of a surrogate pair")
            return chr(code)

        return _ESCAPE.sub(character, written)

    def _end(self, root: Node, at: int) -> Node:
        at = self._skip(at)
        if at < len(self._text):
            raise self._unexpected(at, "the end of the file")
        return root

    def _skip(self, at: int) -> int:
        """The offset of the first character from `at` on that is no white space."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _fault(self, at: int, parent: _Open | None) -> InputError:
        """What is wrong at `at`, where no pattern of the next step matches."""
        text = self._text
        at = self._skip(at)
        if parent is not None and parent.step in (_NEXT_ITEM, _NEXT_MEMBER):
            closing = "]" if parent.entries is None else "}"
            if text[at : at + 1] != ",":
                return self._unexpected(at, f"`,` or `{closing}`")
            comma, at = at, self._skip(at + 1)
            if text[at : at + 1] == closing:
                return self._error(comma, f"a comma before `{closing}` is not JSON")
        if parent is None or parent.entries is None:
            return self._no_value(at, "a value")
        key = _KEY_ALONE.match(text, at)
        if key is None:
            return self._no_value(at, "a key in double quotes")
        at = self._skip(key.end())
        if text[at : at + 1] != ":":
            return self._unexpected(at, "`:`")
        return self._no_value(self._skip(at + 1), "a value")

    def _no_value(self, at: int, expected: str) -> InputError:
        """The error for text at `at` that begins no value, or a string with a fault in it."""
        if self._text[at : at + 1] != '"':
            return self._unexpected(at, expected)
        body = _STRING_BODY.match(self._text, at + 1)
        end = body.end() if body else at
        if end < len(self._text) and self._text[end] < " ":
            return self._error(end, "a control character in a string must be escaped")
        if self._text[end : end + 1] == "\\" and end + 1 < len(self._text):
            return self._error(end, "not an escape that JSON knows")
        return self._error(at, "the string has no end")

    def _unexpected(self, at: int, expected: str) -> InputError:
        if at >= len(self._text):
            return self._error(len(self._text), f"expected {expected}, found the end of the file")
        if self._text[at] in "/#":
            return self._error(at, f"expected {expected}; JSON has no comments")
        return self._error(at, f"expected {expected}, found {_quoted(self._text[at])}")

    def _error(self, at: int, message: str) -> InputError:
        return InputError.at(Span(self._source, at, at), f"not valid JSON: {message}")


def _quoted(text: str) -> str:
    return ascii(text if len(text) <= 60 else text[:57] + "...")

"""HCL text → blocks and attribute spans. No expression is parsed here.

The scanner knows just enough of HCL's lexer to find where things end: strings with their
interpolations, heredocs, comments and brackets.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..language.document import Node
from ..patterns import pattern
from ..records import dataclass
from ..source import InputError, Source, Span
from .names import IDENTIFIER, SPACE, check_name

DEPTH_LIMIT = 100
"""Levels of strings within interpolations within strings."""

BRACKET_LIMIT = 150
"""Levels of brackets in one expression."""

_COMMENT = r"/\*(?>(?:[^*]++|\*(?!/))*)\*/"
INLINE = rf"(?>(?:[ \t]++|{_COMMENT})*)"
"""Blanks and comments within a line, as a pattern."""
_PLAIN_STRING = r'"(?>(?:[^"\\$%\n]++|\\.|\$(?!\{)|%(?!\{))*)"'
BLANK = rf"(?>(?:[ \t\n]++|\r\n|#[^\n]*+|//[^\n]*+|{_COMMENT})*)"
"""White space, newlines and comments, as a pattern."""
SKIP = pattern(BLANK)
SAME_LINE = pattern(INLINE)
_ASSIGNMENT = pattern(r'"|[=!<>]=|=>|=|[(\[{}\])]')
LINE_END = pattern(rf"{INLINE}(?:#|//|\r?\n)")
HEADER = pattern(rf"({IDENTIFIER})((?>(?:{INLINE}(?:{_PLAIN_STRING}|{IDENTIFIER}))*)){INLINE}\{{")
_LABEL = pattern(rf'"((?:[^"\\]|\\.)*)"|({IDENTIFIER})|{_COMMENT}')
ATTRIBUTE = pattern(rf"({IDENTIFIER}){INLINE}=(?![=>])")
HEREDOC = rf"<<-?{IDENTIFIER}[ \t]*+\r?\n"
"""What opens a heredoc, as a pattern."""
# Every alternative starts with a literal, so that the search skips fast.
_LITERALS = rf'"|#[^\n]*+|//[^\n]*+|{_COMMENT}|/\*|{HEREDOC}'
# What cannot open or close anything.
_PASSED = pattern(
    rf'(?>(?:[^{{}}"#/<]+|{_PLAIN_STRING}|#[^\n]*|//[^\n]*|{_COMMENT}|/(?![/*])'
    rf"|<(?!<-?{IDENTIFIER}[ \t]*\r?\n))*)",
    re.S,
)
_TOKEN = pattern(rf"\{{|\}}|{_PLAIN_STRING}|{_LITERALS}", re.S)
_VALUE_TOKEN = pattern(rf"\{{|\}}|{_PLAIN_STRING}|{_LITERALS}|\(|\)|\[|\]|\n|,", re.S)
_STRING_TOKEN = pattern(r'"|\\.|\$\$\{|%%\{|\$\{|%\{|\n', re.S)
_HEREDOC_MARK = pattern(rf"<<-?({IDENTIFIER})")
_ESCAPE = pattern(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.S)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class NodeSpan(Span):
    """The place of a value in Terraform's JSON syntax, with the value.

    Strings are templates, unless it is `literal`.
    """

    node: Node
    literal: bool = False


@dataclass(frozen=True)
class AttributeSpan:
    """`name = value`, unparsed."""

    name: str
    span: Span
    value: Span


@dataclass(frozen=True, eq=False)
class Block:
    """`type "label" { body }`. `header` is the type and the labels, `body` what braces hold."""

    type: str
    labels: tuple[str, ...]
    header: Span
    body: Span
    span: Span


@dataclass(frozen=True)
class Body:
    attributes: dict[str, AttributeSpan]
    blocks: tuple[Block, ...]


def outline(source: Source) -> Body:
    """Outline a whole file, in HCL or JSON by its name. Raises InputError where it is neither."""
    if source.path.endswith(".json"):
        from .json_syntax import outline_json

        return outline_json(source)
    return outline_span(source.span(0, len(source.text)))


def outline_span(span: Span) -> Body:
    """Outline a block's body. Raises InputError where it is not HCL."""
    if isinstance(span, NodeSpan):
        from .json_syntax import outline_node

        return outline_node(span)
    source, at, end = span.source, span.start, span.end
    text = source.text
    attributes: dict[str, AttributeSpan] = {}
    blocks: list[Block] = []
    scanner = Scanner(source, end)
    inline = SAME_LINE.match(text, at, end)
    one_line = inline.end() if inline and span.start else -1  # where `{ name = value }` begins
    while True:
        skipped = SKIP.match(text, at, end)
        at = skipped.end() if skipped else at
        if at >= end:
            return Body(attributes, tuple(blocks))
        begun = at
        if header := HEADER.match(text, at, end):
            after = scanner.braces(header.end(), header.end() - 1)
            check_name(source.span(at, header.end(1)))
            labels = tuple(_labels(source.span(header.start(2), header.end(2))))
            name_end = header.end(2) if header[2] else header.end(1)
            blocks.append(
                Block(
                    header[1],
                    labels,
                    source.span(at, name_end),
                    source.span(header.end(), after - 1),
                    source.span(at, after),
                )
            )
        elif found := ATTRIBUTE.match(text, at, end):
            name = source.span(at, found.end(1))
            check_name(name)
            if found[1] in attributes:
                raise InputError.at(name, f'argument "{found[1]}" is set twice')
            value, after = scanner.value(found.end())
            attributes[found[1]] = AttributeSpan(found[1], name, value)
        else:
            raise InputError.at(source.span(at, at), "an argument or a block is expected here")
        if begun == one_line:
            _check_one_line(span, after, blocks)
            _check_alone(scanner, *(attribute.value for attribute in attributes.values()))
        elif not LINE_END.match(text, after, end):
            _check_ended(span, after)
        at = after


def _check_ended(span: Span, at: int) -> None:
    """Raises InputError where something follows in the same line, or a `}`."""
    spaces = SAME_LINE.match(span.source.text, at, span.end)
    at = spaces.end() if spaces else at
    if span.start or at < span.end:
        raise InputError.at(span.source.span(at, at), "a newline is expected here")


def _check_one_line(span: Span, at: int, blocks: list[Block]) -> None:
    """Raises InputError where `{ … }` in one line holds more than one argument."""
    rest = SAME_LINE.match(span.source.text, at, span.end)
    end = rest.end() if rest else at
    if blocks or end < span.end:
        what = "a block in one line holds one argument and ends in the same line"
        place = blocks[0].header.start if blocks else end
        raise InputError.at(span.source.span(place, place), what)


def _check_alone(scanner: Scanner, *values: Span | NodeSpan) -> None:
    """Raises InputError where what seems to be one value holds another argument.

    In a line of its own a value is read, or nobody asks for it; here the block would lose one.
    """
    for value in values:
        assert isinstance(value, Span)
        at, depth = value.start, 0
        while match := _ASSIGNMENT.search(value.source.text, at, value.end):
            at = match.end()
            if match[0] == '"':
                at = scanner.string(at)
            elif match[0] == "=" and depth == 0:
                place = value.source.span(match.start(), match.start())
                raise InputError.at(place, "a block in one line holds one argument")
            else:
                depth += (match[0] in "([{") - (match[0] in ")]}")


def _labels(span: Span) -> Iterator[str]:
    for match in _LABEL.finditer(span.text):
        if match[2] is not None:
            check_name(span.source.span(span.start + match.start(), span.start + match.end()))
            yield match[2]
        elif match[1] is not None:
            yield unescape(match[1], span)


def unescape(text: str, span: Span) -> str:
    """The characters that a quoted string's escapes stand for. Raises InputError."""

    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits is None and match[3] in _SIMPLE:
            return _SIMPLE[match[3]]
        code = int(digits, 16) if digits else 0x110000
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise InputError.at(span, f"{match[0][:10]} is no escape that HCL knows")
        return chr(code)

    return _ESCAPE.sub(character, text) if "\\" in text else text


def comments(source: Source) -> list[Span]:
    """Every comment of a file, as the lexer sees them. Raises InputError where it is not HCL."""
    found: list[Span] = []
    if source.path.endswith(".json"):
        return found
    text, at = source.text, 0
    scanner = Scanner(source, len(text))
    while match := _TOKEN.search(text, at):
        at = match.end()
        if match[0] == '"':
            at = scanner.string(at)
        elif match[0][0] == "<":
            at = scanner.heredoc(match.start())
        elif match[0][0] in "#/":
            found.append(source.span(match.start(), at))
    return found


class Scanner:
    """Finds the ends of things in one source, up to `end`."""

    def __init__(self, source: Source, end: int) -> None:
        self._source = source
        self._text = source.text
        self._end = end
        self._depth = 0

    def _error(self, at: int, message: str) -> InputError:
        return InputError.at(self._source.span(at, at), message)

    def braces(self, at: int, opened: int) -> int:
        """From just after a `{` to just after the `}` that closes it."""
        text, depth = self._text, 1
        while at < self._end:
            passed = _PASSED.match(text, at, self._end)
            at = passed.end() if passed else at
            if at >= self._end:
                break
            first = text[at]
            if first == "{":
                depth += 1
                at += 1
            elif first == "}":
                depth -= 1
                at += 1
                if not depth:
                    return at
            elif first == '"':
                at = self.string(at + 1)
            elif first == "<":
                at = self.heredoc(at)
            else:
                raise self._error(at, "this comment is never closed")
        raise self._error(opened, "this brace is never closed")

    def _skip(self, match: re.Match[str]) -> int:
        """Past a string with interpolations, a heredoc or a comment."""
        first = match[0]
        if first == '"':
            return self.string(match.end())
        if first[0] == "<":
            return self.heredoc(match.start())
        if first == "/*":
            raise self._error(match.start(), "this comment is never closed")
        return match.end()

    def string(self, at: int) -> int:
        """From just after an opening quote to just after the closing one."""
        opened = at - 1
        while match := _STRING_TOKEN.search(self._text, at, self._end):
            token, at = match[0], match.end()
            if token == '"':
                return at
            if token == "\n":
                break
            if token in ("${", "%{"):
                at = self.interpolation(at)
        raise self._error(opened, "this string is never closed")

    def interpolation(self, at: int) -> int:
        """From just after `${` or `%{` to just after its `}`."""
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise self._error(at, f"strings are nested more than {DEPTH_LIMIT} levels deep")
        end = self.braces(at, at - 2)
        self._depth -= 1
        return end

    def heredoc(self, at: int) -> int:
        """From the `<<` of a heredoc to the end of its closing marker."""
        return self.heredoc_parts(at)[1]

    def heredoc_parts(self, at: int) -> tuple[int, int, int]:
        """Where its content starts, where the marker ends, and where the content ends."""
        mark = _HEREDOC_MARK.match(self._text, at)
        start = self._text.find("\n", at, self._end) + 1
        if mark is None or not start:
            raise self._error(at, "this heredoc is never closed")
        spaces = f"[{SPACE}]".replace("\n", "")
        ending = rf"^{spaces}*{re.escape(mark[1])}{spaces}*$"
        token = re.compile(rf"\$\$\{{|%%\{{|\$\{{|%\{{|{ending}", re.M)
        position = start
        while match := token.search(self._text, position, self._end):
            if match[0] in ("${", "%{"):
                position = self.interpolation(match.end())
            elif match[0] in ("$${", "%%{"):
                position = match.end()
            else:
                end = match.end() - (len(match[0]) - len(match[0].rstrip(SPACE)))
                return start, end, match.start()
        raise self._error(at, f"this heredoc is never closed by {mark[1]}")

    def bracket(self, at: int) -> int:
        """From a `(`, `[` or `{` to just after the one that closes it."""
        text = self._text
        open_, position = [], at
        while True:
            for match in _VALUE_TOKEN.finditer(text, position, self._end):
                first = text[match.start()]
                if first in "{([":
                    open_.append(_CLOSING[first])
                    if len(open_) > BRACKET_LIMIT:
                        what = f"brackets are nested more than {BRACKET_LIMIT} levels deep"
                        raise self._error(match.start(), what)
                elif first in "})]":
                    if open_.pop() != first:
                        raise self._error(match.start(), f"this {first} closes another bracket")
                    if not open_:
                        return match.end()
                elif first != "\n" and first != ",":
                    end = self._skip(match)
                    if end != match.end():
                        position = end
                        break
            else:
                raise self._error(at, "this bracket is never closed")

    def parts(self, at: int, end: int, *, newlines: bool) -> list[Span]:
        """What commas (and newlines) part between two brackets, without comments around it."""
        text = self._text
        found: list[Span] = []
        notes: list[tuple[int, int]] = []
        depth, start = 0, at

        def add(until: int) -> None:
            skipped = SKIP.match(text, start, until)
            if (skipped.end() if skipped else start) < until:
                found.append(self._trimmed(start, until, notes))
            notes.clear()

        while True:
            for match in _VALUE_TOKEN.finditer(text, at, end):
                first = text[match.start()]
                if first in "{([":
                    depth += 1
                elif first in "})]":
                    depth -= 1
                elif first == "," or (first == "\n" and newlines):
                    if not depth:
                        windows = first == "\n" and text[match.start() - 1] == "\r"
                        add(match.start() - windows)
                        start = match.end()
                elif first != "\n":
                    if first in "#/":
                        notes.append(match.span())
                    after = self._skip(match)
                    if after != match.end():
                        at = after
                        break
            else:
                add(end)
                return found

    def value(self, at: int) -> tuple[Span, int]:
        """From just after `=`: the expression's span, and where its line ends."""
        text = self._text
        start = at
        brackets: list[int] = []
        content_end: int | None = None
        notes: list[tuple[int, int]] = []
        while True:
            for match in _VALUE_TOKEN.finditer(text, at, self._end):
                first = text[match.start()]
                if first in "{([":
                    brackets.append(match.start())
                elif first in "})]":
                    if not brackets:
                        end = match.start()
                        return self._trimmed(start, content_end or end, notes), end
                    brackets.pop()
                elif first == "\n":
                    if not brackets:
                        end = match.start()
                        return self._trimmed(start, content_end or end, notes), end
                elif first != ",":
                    if match[0].startswith("/*"):
                        notes.append(match.span())
                    elif first in "#/" and not brackets and content_end is None:
                        content_end = match.start()
                    end = self._skip(match)
                    if end != match.end():
                        at = end
                        break
            else:
                if brackets:
                    raise self._error(brackets[-1], "this bracket is never closed")
                return self._trimmed(start, content_end or self._end, notes), self._end

    def _trimmed(self, start: int, end: int, notes: list[tuple[int, int]]) -> Span:
        """The expression without the spaces and comments around it."""
        skipped = SKIP.match(self._text, start, end)
        start = skipped.end() if skipped else start
        end = max(start, start + len(self._text[start:end].rstrip(SPACE)))
        while notes and notes[-1][1] == end > start:
            end = start + len(self._text[start : notes.pop()[0]].rstrip(SPACE))
        if start >= end:
            raise self._error(start, "an expression is expected here")
        return self._source.span(start, end)

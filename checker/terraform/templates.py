"""Quoted templates, heredocs and template files → expressions.

https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import re

from ..language.convert import composed
from ..language.expression import (
    Call,
    Conditional,
    Expression,
    For,
    Literal,
    Template,
)
from ..patterns import pattern
from ..records import dataclass, replace
from ..source import InputError, Source, Span
from .names import IDENTIFIER, SPACE, WORD_END
from .outline import BLANK, Scanner, unescape

_QUOTED = pattern(r"\$\$\{|%%\{|\$\{|%\{|\\.", re.S)
_RAW = pattern(r"\$\$\{|%%\{|\$\{|%\{")
_DIRECTIVE = pattern(rf"{BLANK}(if|else|endif|for|endfor){WORD_END}(.*)\Z", re.S)
_FOR = pattern(
    rf"{BLANK}({IDENTIFIER}){BLANK}(?:,{BLANK}({IDENTIFIER}){BLANK})?in{WORD_END}(.*)\Z", re.S
)
_BLANK = pattern(BLANK)
_LINE = pattern(r"[^\n]*\n|[^\n]+")


@dataclass
class _Piece:
    """One piece of a template: text, an interpolation, or a directive by its keyword."""

    span: Span
    text: str | None = None
    value: Expression | None = None
    keyword: str = ""
    names: tuple[str | None, str] = (None, "")


def quoted(source: Source, start: int, end: int) -> Expression:
    """The template between two quotes (which are not included). Raises InputError."""
    return _parse(source.span(start - 1, end + 1), _pieces(source, start, end, escapes=True))


def parse_template(source: Source, start: int, end: int) -> Expression:
    """A template without quotes and escapes, as `templatefile` reads it. Raises InputError."""
    return _parse(source.span(start, end), _pieces(source, start, end, escapes=False))


def heredoc(span: Span) -> Expression:
    """A heredoc from its `<<` to its closing marker. Raises InputError."""
    source = span.source
    start, _, end = Scanner(source, span.end).heredoc_parts(span.start)
    pieces = _pieces(source, start, end, escapes=False)
    if source.text.startswith("<<-", span.start):
        _unindent(pieces)
    return _parse(span, pieces)


def _unindent(pieces: list[_Piece]) -> None:
    """Take the smallest indentation of all lines away from each, as `<<-` asks.

    A line begins after a literal that still ends in a newline; blank ones are left as they are.
    https://github.com/hashicorp/hcl/blob/main/hclsyntax/parser_template.go
    """
    indents: list[int] = []
    indented: list[_Piece] = []
    begins = True
    for piece in pieces:
        content = piece.text or ""
        shorter = content.lstrip(SPACE)
        if begins and (shorter or not content.endswith("\n")):
            indents.append(len(content) - len(shorter))
            indented.append(piece)
        begins = content.endswith("\n")
    indent = min(indents, default=0)
    for piece in indented:
        if piece.text is not None:
            piece.text = piece.text[indent:]


def _pieces(source: Source, start: int, end: int, *, escapes: bool) -> list[_Piece]:
    """A template's pieces, in order. Without escapes each line is a literal of its own.

    `~` takes away the white space at the end, or the beginning, of the literal next to it.
    """
    pieces: list[_Piece] = []
    scanner = Scanner(source, end)
    text, at = source.text, start
    literal: list[str] = []
    begun = start
    strip_next = False

    def flush(until: int, *, strip: bool) -> None:
        content = "".join(literal)
        literal.clear()
        if not content:
            return
        parts = [content] if escapes else _LINE.findall(content)
        if strip_next:
            parts[0] = parts[0].lstrip(SPACE)
        if strip:
            parts[-1] = parts[-1].rstrip(SPACE)
        span = source.span(begun, until)
        pieces.extend(_Piece(span, part) for part in parts)

    opening = _QUOTED if escapes else _RAW
    while match := opening.search(text, at, end):
        literal.append(text[at : match.start()])
        token = match[0]
        at = match.end()
        if token[0] == "\\":
            long = text[at - 1] in "uU"
            at = min(end, at + (8 if text[at - 1] == "U" else 4)) if long else at
            literal.append(unescape(text[match.start() : at], source.span(match.start(), at)))
        elif token in ("$${", "%%{"):
            literal.append(token[1:])
        else:
            after = scanner.interpolation(at)
            inner, closing = at, after - 1
            strip_left = text.startswith("~", inner)
            strip_right = closing > inner + strip_left and text[closing - 1] == "~"
            flush(match.start(), strip=strip_left)
            content = source.span(inner + strip_left, closing - strip_right)
            whole = source.span(match.start(), after)
            directive = token == "%{"
            pieces.append(_directive(content, whole) if directive else _value(content, whole))
            strip_next = strip_right
            at = begun = after
    literal.append(text[at:end])
    flush(end, strip=False)
    return pieces


def _value(content: Span, whole: Span) -> _Piece:
    from .expressions import expression

    return _Piece(whole, value=expression(_trim(content, whole)))


def _directive(content: Span, whole: Span) -> _Piece:
    from .expressions import expression

    match = _DIRECTIVE.match(content.text)
    if match is None:
        raise InputError.at(whole, "a template directive is if, else, endif, for or endfor")
    keyword = match[1]
    names: tuple[str | None, str] = (None, "")
    if keyword not in ("if", "for"):
        if not _BLANK.fullmatch(match[2]):
            raise InputError.at(whole, f"a template's {keyword} takes no expression")
        return _Piece(whole, keyword=keyword)
    start = content.start + match.start(2)
    if keyword == "for":
        loop = _FOR.match(match[2])
        if loop is None:
            raise InputError.at(whole, "a template's for is `for NAME in EXPRESSION`")
        names = (loop[1], loop[2]) if loop[2] else (None, loop[1])
        start += loop.start(3)
    value = expression(_trim(content.source.span(start, content.end), whole))
    return _Piece(whole, value=value, keyword=keyword, names=names)


def _trim(span: Span, whole: Span) -> Span:
    """Without the blanks around it. Raises InputError where there is nothing else."""
    text = span.source.text
    blank = _BLANK.match(text, span.start, span.end)
    start = blank.end() if blank else span.start
    if start == span.end:
        raise InputError.at(whole, "an expression is expected here")
    return span.source.span(start, start + len(text[start : span.end].rstrip(" \t\r\n")))


def _parse(span: Span, pieces: list[_Piece]) -> Expression:
    waiting = list(reversed(pieces))
    parts = _sequence(waiting)
    if waiting:
        raise InputError.at(waiting[-1].span, f"this {waiting[-1].keyword} closes nothing")
    if not parts:
        return Literal(span, "")
    if len(parts) == 1 and isinstance(parts[0], Literal):
        return replace(parts[0], span=span)
    if len(parts) == 1 and any(piece.keyword for piece in pieces):
        parts = (*parts, Literal(span, ""))  # a directive gives a string, whatever it holds
    return Template(span, parts)


def _sequence(waiting: list[_Piece]) -> tuple[Expression, ...]:
    """The parts up to a closing keyword, which is left in `waiting`."""
    parts: list[Expression] = []
    while waiting and not (waiting[-1].keyword and waiting[-1].keyword not in ("if", "for")):
        piece = waiting.pop()
        if piece.text is not None:
            lines = [piece.text]
            while waiting and (line := waiting[-1].text) is not None:
                lines.append(line)
                waiting.pop()
            parts.append(Literal(piece.span, composed("".join(lines))))
        elif not piece.keyword and piece.value is not None:
            parts.append(piece.value)
        elif piece.keyword == "if" and piece.value is not None:
            then = _sequence(waiting)
            otherwise: tuple[Expression, ...] = ()
            if _close(waiting, piece, ("else", "endif")) == "else":
                otherwise = _sequence(waiting)
                _close(waiting, piece, ("endif",))
            body = (_joined(piece.span, then), _joined(piece.span, otherwise))
            parts.append(Conditional(piece.span, piece.value, *body))
        elif piece.value is not None:
            inner = _sequence(waiting)
            _close(waiting, piece, ("endfor",))
            key, name = piece.names
            body_text = _joined(piece.span, inner)
            key = None if key == name else key  # which the value's name hides
            loop = For(piece.span, key, name, piece.value, None, body_text, None)
            parts.append(Call(piece.span, "join", (Literal(piece.span, ""), loop)))
    return tuple(parts)


def _close(waiting: list[_Piece], opened: _Piece, ends: tuple[str, ...]) -> str:
    if not waiting or waiting[-1].keyword not in ends:
        raise InputError.at(opened.span, f"this {opened.keyword} is never closed")
    return waiting.pop().keyword


def _joined(span: Span, parts: tuple[Expression, ...]) -> Expression:
    """The parts as one string (never the bare value of a single interpolation)."""
    if not parts:
        return Literal(span, "")
    return Template(span, (*parts, Literal(span, "")))

"""The expressions that need no parser: literals, templates, traversals, calls and collections.

Only their outermost form is read; what is inside stands as `Deferred`, and is read when its
value is asked for. Operators, conditionals, `for` and splats are left to python-hcl2.
"""

from __future__ import annotations

from collections.abc import Callable

from ..language.convert import composed
from ..language.expression import (
    Call,
    Deferred,
    Expression,
    Index,
    Literal,
    Object,
    Reference,
    Tuple,
)
from ..language.numbers import parsed
from ..patterns import pattern
from ..source import Span
from .names import IDENTIFIER, WORD_END, is_name
from .outline import BLANK, Scanner
from .templates import heredoc, quoted

Read = Callable[[Span], Expression]

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NUMBER = pattern(r"[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?\Z")
_ROOT = pattern(rf"({IDENTIFIER}(?>(?:::{IDENTIFIER})*))(\()?")
_NAME_STEP = pattern(rf"\.({IDENTIFIER})|\.([0-9]++)")
_KEY = pattern(rf'({IDENTIFIER}|"[^"\\$%\n]*+")[ \t]*+(?:=(?![=>])|:(?!:))[ \t]*+')
_FOR = pattern(rf"{BLANK}for{WORD_END}")


def number(text: str) -> int | float:
    """The number that HCL's digits stand for; one that is too long for a float is infinite."""
    if len(text) > 400:
        return float("inf")
    try:
        return parsed(text)
    except OverflowError:
        return float("inf")


def simple(span: Span, read: Read) -> Expression | None:
    """The expression, with `read` for what is inside it; None where it needs the parser.

    Raises InputError where brackets or strings do not end.
    """
    source, text, start = span.source, span.source.text, span.start
    first = text[start]
    scanner = Scanner(source, span.end)
    if first == '"':
        end = scanner.string(start + 1)
        return quoted(source, start + 1, end - 1) if end == span.end else None
    if first == "<" and text.startswith("<<", start):
        return heredoc(span) if scanner.heredoc(start) == span.end else None
    if "0" <= first <= "9":
        return Literal(span, number(span.text)) if _NUMBER.match(span.text) else None
    found = _primary(span, scanner, read)
    return _steps(found, span, scanner, read) if found is not None else None


def _primary(span: Span, scanner: Scanner, read: Read) -> Expression | None:
    source, text, start = span.source, span.source.text, span.start
    if text[start] in "[{(":
        end = scanner.bracket(start)
        inner = source.span(start + 1, end - 1)
        whole = source.span(start, end)
        if text[start] == "{":
            return _object(inner, whole, scanner, read)
        if text[start] == "[":
            return _tuple(inner, whole, scanner, read)
        return _one(inner, scanner, read)
    root = _ROOT.match(text, start, span.end)
    if root is None:
        return None
    name = root[1]
    if not is_name(name.replace("::", "")):
        return None
    if root[2]:
        end = scanner.bracket(root.end() - 1)
        return _call(name, source.span(root.end(), end - 1), source.span(start, end), scanner, read)
    if "::" in name:
        return None
    place = source.span(start, root.end())
    return Literal(place, _WORDS[name]) if name in _WORDS else Reference(place, name)


def _steps(found: Expression, span: Span, scanner: Scanner, read: Read) -> Expression | None:
    """Attributes and indexes after a term; None at an operator or a splat."""
    source, text = span.source, span.source.text
    at = found.span.end
    if text[span.start] == "(":
        at = scanner.bracket(span.start)
    if at < span.end and isinstance(found, Literal):
        return None
    while at < span.end:
        key: Expression
        if step := _NAME_STEP.match(text, at, span.end):
            name: str | int | float = step[1] if step[2] is None else number(step[2])
            if not is_name(step[0][1:]):
                return None
            at = step.end()
            key = Literal(source.span(step.start() + 1, at), name)
        elif text[at] == "[":
            opened, at = at, scanner.bracket(at)
            inner = scanner.parts(opened + 1, at - 1, newlines=False)
            if len(inner) != 1 or inner[0].text == "*":
                return None
            key = read(inner[0])
        else:
            return None
        found = Index(source.span(span.start, at), found, key)
    return found


def _one(inner: Span, scanner: Scanner, read: Read) -> Expression | None:
    parts = scanner.parts(inner.start, inner.end, newlines=False)
    return read(parts[0]) if len(parts) == 1 else None


def _tuple(inner: Span, whole: Span, scanner: Scanner, read: Read) -> Expression | None:
    if _FOR.match(inner.text):
        return None
    parts = scanner.parts(inner.start, inner.end, newlines=False)
    return Tuple(whole, tuple(_later(part, read) for part in parts))


def _object(inner: Span, whole: Span, scanner: Scanner, read: Read) -> Expression | None:
    source, text = whole.source, whole.source.text
    items = []
    for part in scanner.parts(inner.start, inner.end, newlines=True):
        key = _KEY.match(text, part.start, part.end)
        if key is None or key.end() >= part.end or not (key[1][0] == '"' or is_name(key[1])):
            return None
        name = Literal(source.span(key.start(1), key.end(1)), composed(key[1].strip('"')))
        items.append((name, _later(source.span(key.end(), part.end), read)))
    return Object(whole, tuple(items))


def _call(name: str, inner: Span, whole: Span, scanner: Scanner, read: Read) -> Expression | None:
    parts = scanner.parts(inner.start, inner.end, newlines=False)
    spread = bool(parts) and parts[-1].text.endswith("...")
    if spread:
        last = parts[-1]
        end = last.start + len(last.text[:-3].rstrip(" \t\r\n"))
        if end == last.start:
            return None
        parts[-1] = last.source.span(last.start, end)
    name = name.removeprefix("core::")
    return Call(whole, name, tuple(_later(part, read) for part in parts), spread)


def _later(span: Span, read: Read) -> Expression:
    return Deferred(span, lambda: read(span))

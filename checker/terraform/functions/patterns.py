"""`regex`, `regexall` and `replace`, with RE2's syntax and templates of Go.

https://developer.hashicorp.com/terraform/language/functions/regex
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ...language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    term_of,
    text,
)
from .arguments import (
    TEXT_LIMIT,
    arity,
    bounded_length,
    bounded_text,
    never_holds,
    of_every_form,
    too_large,
    typed,
    unknown,
)
from .context import Context, Function

Spans = tuple[int | None, ...]
Spend = Callable[[int], None]

_SIGNS = frozenset("|?*([{\\")
"""What lets a pattern match without a text that is written in it."""

# A pattern that matches some words, and nothing else.
_WORDS = re.compile(r"\^\((?:\?:)?([\w-]+(?:\|[\w-]+)*)\)\$", re.ASCII)
_WORDS_LIMIT = 50

# $name, ${name}, $1 and $$ in what `replace` puts in place of a match.
_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))", re.ASCII)


def _captures(data: str, names: tuple[str | None, ...], spans: Spans) -> Value:
    """What a match gives: itself, or the list or the object of its groups."""
    pieces = [
        None if begin is None or end is None else data[begin:end]
        for begin, end in zip(spans[::2], spans[1::2], strict=True)
    ]
    if not names:
        return Known(pieces[0])
    if all(name is None for name in names):
        return ListValue(tuple(map(Known, pieces[1:])))
    if any(name is None for name in names):
        raise EvaluationError("regex: some groups have names, and some have none")
    named = zip(names, pieces[1:], strict=True)
    return MapValue({str(name): Known(piece) for name, piece in named})


def _guarded(name: str, compute: Callable[[], Value]) -> Value:
    """A result. Raises EvaluationError, of cause "unsupported" for what is not evaluated."""
    from ...language.re2_syntax import PatternError, UnsupportedPattern

    try:
        return compute()
    except PatternError as error:
        raise EvaluationError(f"{name}: {error}") from None
    except UnsupportedPattern as error:
        raise EvaluationError(str(error), cause="unsupported") from None


TRIES_A_STEP = 20


def _spender(context: Context) -> Spend:
    return lambda tried: context.worlds.step(tried // TRIES_A_STEP)


def _strings(name: str, arguments: tuple[Value, ...], count: int) -> tuple[Value, ...]:
    arity(name, arguments, count, count)
    return tuple(typed(name, "s", argument) for argument in arguments)


def _regex(context: Context, arguments: tuple[Value, ...]) -> Value:
    values = _strings("regex", arguments, 2)
    match values:
        case Known(data=str(written)), Known(data=str(data)):
            return _guarded("regex", lambda: _first(context, written, data))
        case Known(data=str(written)), Attribute() as key:
            if of_every_form(key, lambda form: _matches(context, written, form)):
                return unknown("regex", *values)
            if "alias/" in written and never_holds(key, "alias/") and _SIGNS.isdisjoint(written):
                raise EvaluationError("regex: the pattern does not match")
    if (pair := _word(context, *values)) is not None:
        return _guarded("regex", lambda: _first(context, *pair))
    _refuse_invalid(context, "regex", values[0])
    result = unknown("regex", *values)
    if not context.worlds.succeeds(result.term):
        raise EvaluationError("regex: the pattern does not match")
    return result


def _matches(context: Context, written: str, data: str) -> bool:
    try:
        return bool(_guarded("regex", lambda: _first(context, written, data)))
    except EvaluationError:
        return False


def _first(context: Context, written: str, data: str) -> Value:
    from ...language.re2 import compile_pattern

    pattern = compile_pattern(written)
    spans = pattern.search(data, _spender(context))
    if spans is None:
        raise EvaluationError("regex: the pattern does not match")
    return _captures(data, pattern.names, spans)


def _regexall(context: Context, arguments: tuple[Value, ...]) -> Value:
    values = _strings("regexall", arguments, 2)
    match values:
        case Known(data=str(written)), Known(data=str(data)):
            return _guarded("regexall", lambda: _every(context, written, data))
    if (pair := _word(context, *values)) is not None:
        return _guarded("regexall", lambda: _every(context, *pair))
    _refuse_invalid(context, "regexall", values[0])
    return unknown("regexall", *values)


def _every(context: Context, written: str, data: str) -> Value:
    from ...language.re2 import compile_pattern

    pattern = compile_pattern(written)
    found = [
        _captures(data, pattern.names, spans) for spans in pattern.find_all(data, _spender(context))
    ]
    bounded_length(len(found))
    return ListValue(tuple(found), "list")


def _word(context: Context, written: Value, value: Value) -> tuple[str, str] | None:
    """A pattern that matches some words and nothing else, and what a value is in this world.

    "" stands for all other strings. None where the pattern is another, or the value is known.
    """
    if not isinstance(written, Known) or not isinstance(value, Unknown) or value.type != "string":
        return None
    words = _WORDS.fullmatch(str(written.data))
    if words is None or words[1].count("|") >= _WORDS_LIMIT:
        return None
    term = term_of(value)
    for word in words[1].split("|"):
        if context.worlds.decide(("==", term, term_of(Known(word)))):
            return words[0], word
    return words[0], ""


def _refuse_invalid(context: Context, name: str, written: Value) -> None:
    """Raises EvaluationError within `try` where a pattern is none, whatever it is held against."""
    if not context.worlds.trying or not isinstance(written, Known):
        return
    from ...language.re2 import compile_pattern
    from ...language.re2_syntax import PatternError, UnsupportedPattern

    try:
        compile_pattern(str(written.data))
    except PatternError as error:
        raise EvaluationError(f"{name}: {error}") from None
    except UnsupportedPattern:
        pass


def _replace(context: Context, arguments: tuple[Value, ...]) -> Value:
    value, old, new = values = _strings("replace", arguments, 3)
    wanted = str(old.data) if isinstance(old, Known) else ""
    is_pattern = len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/")
    if is_pattern:
        _refuse_invalid(context, "replace", Known(wanted[1:-1]))
    if not isinstance(old, Known) or not isinstance(value, Known | Text):
        return unknown("replace", *values)
    if isinstance(value, Known) and wanted not in str(value.data) and not is_pattern:
        return value
    if not isinstance(new, Known):
        return unknown("replace", *values)
    put = str(new.data)
    if isinstance(value, Text):
        return unknown("replace", *values) if is_pattern else _in_parts(value, wanted, put)
    data = str(value.data)
    if is_pattern:
        spend = _spender(context)
        return _guarded("replace", lambda: Known(_by_pattern(wanted[1:-1], data, put, spend)))
    return Known(_literally(data, wanted, put))


def _literally(data: str, wanted: str, put: str) -> str:
    times = data.count(wanted)
    if len(data) + times * len(put) > TEXT_LIMIT:
        raise too_large("the result of replace")
    return data.replace(wanted, put)


def _in_parts(value: Text, wanted: str, put: str) -> Value:
    """A single letter is replaced part by part; a longer string may lie across two of them."""
    if len(wanted) != 1:
        return unknown("replace", value, Known(wanted), Known(put))
    parts: list[Value] = [
        Known(_literally(str(part.data), wanted, put), trail=part.trail)
        if isinstance(part, Known)
        else unknown("replace", part, Known(wanted), Known(put))
        for part in value.parts
    ]
    return text(parts, trail=value.trail)


def _by_pattern(written: str, data: str, template: str, spend: Spend) -> str:
    from ...language.re2 import compile_pattern

    pattern = compile_pattern(written)
    numbers = {name: at for at, name in enumerate(pattern.names, 1) if name is not None}
    pieces: list[str] = []
    size = at = 0
    for spans in pattern.find_all(data, spend):
        begin, end = spans[0] or 0, spans[1] or 0
        put = _expanded(template, data, numbers, spans)
        pieces.extend((data[at:begin], put))
        size += len(put)
        if size > TEXT_LIMIT:
            raise too_large("the result of replace")
        at = end
    return bounded_text("".join((*pieces, data[at:])))


def _expanded(template: str, data: str, numbers: dict[str, int], spans: Spans) -> str:
    """The template with a match's groups; a group that is not there is empty."""

    def group(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        name = found[2] or found[3]
        number = int(name) if name.isdigit() and len(name) < 5 else numbers.get(name, -1)
        if not 0 <= number < len(spans) // 2:
            return ""
        begin, end = spans[2 * number], spans[2 * number + 1]
        return "" if begin is None or end is None else data[begin:end]

    return _REFERENCE.sub(group, template)


FUNCTIONS: dict[str, Function] = {
    "regex": _regex,
    "regexall": _regexall,
    "replace": _replace,
}

"""`format` and `formatlist`.

https://developer.hashicorp.com/terraform/language/functions/format. A verb that takes a value
as it is keeps an unknown one as a part, so that the text around it stays certain.
"""

from __future__ import annotations

import re

from ...language.access import in_order
from ...language.convert import number_text, scalar_text, to_bool, to_number, to_string
from ...language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    Text,
    Unknown,
    Value,
    text,
)
from ...patterns import pattern
from ...records import dataclass
from .arguments import (
    TEXT_LIMIT,
    NotKnown,
    arity,
    bounded_length,
    by_letters,
    data_of,
    holds_sensitive,
    too_large,
    typed,
    unknown,
)
from .context import Context, Function

_VERB = pattern(
    r"%(?P<flags>[ +\-0#]*)(?P<width>\d*)(?:\.(?P<precision>\d*))?(?:\[(?P<index>\d+)\])?"
    r"(?P<mode>.)",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True)
class Verb:
    """One `%…`. `index` is the 1-based number of the argument, where it is written."""

    mode: str
    flags: str
    width: int
    precision: int | None
    index: int | None

    @property
    def bare(self) -> bool:
        return not self.flags and not self.width and self.precision is None


def _parse(template: str) -> list[str | Verb]:
    pieces: list[str | Verb] = []
    at = 0
    while (start := template.find("%", at)) >= 0:
        pieces.append(template[at:start])
        found = _VERB.match(template, start)
        if not found:
            raise EvaluationError("format: the string ends in the middle of a verb")
        flags, width, precision, index, mode = found.groups()
        if len(width) > 6 or len(precision or "") > 6 or len(index or "") > 6:
            raise EvaluationError("format: a width is too large")
        if mode == "%":
            pieces.append("%")
        elif mode in "vtbdoxXeEfgGsq":
            places = None if precision is None else int(precision or 0)
            number = int(index) if index else None
            pieces.append(Verb(mode, flags, int(width or 0), places, number))
        else:
            raise EvaluationError(f'format: "%{mode}" is not a verb')
        at = found.end()
    return [*pieces, template[at:]]


def _format(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("format", arguments, 1, None)
    template = typed("format", "s", arguments[0])
    if not isinstance(template, Known):
        return unknown("format", *arguments)
    return render(_parse(str(template.data)), arguments[1:])


def render(pieces: list[str | Verb], values: tuple[Value, ...]) -> Value:
    """Put values into a parsed template. Raises EvaluationError for too few or too many."""
    parts: list[Value] = []
    following, used, size = 0, 0, 0
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(Known(piece))
            continue
        at = following if piece.index is None else piece.index - 1
        if not 0 <= at < len(values):
            raise EvaluationError(f"format: there is no argument {at + 1}")
        following, used = at + 1, max(used, at + 1)
        part = _one(piece, values[at])
        size += len(str(part.data)) if isinstance(part, Known) else 0
        if size > TEXT_LIMIT:
            raise too_large("the result of format")
        parts.append(part)
    if used < len(values):
        raise EvaluationError("format: there are more arguments than verbs")
    return text(parts)


def _one(verb: Verb, value: Value) -> Value:
    """One verb's text."""
    open_ended = isinstance(value, Unknown | Attribute | Text)
    if verb.mode in "sv" and verb.bare and open_ended:
        return value
    try:
        data = data_of(value)
    except NotKnown:
        if verb.mode == "t":
            to_bool(value)
        elif verb.mode in "sq":
            to_string(value)
        elif verb.mode != "v":
            to_number(value)
        return unknown(f"%{verb.mode}", value)
    if verb.mode == "v":
        return Known(_padded(verb, _default(verb, data)), sensitive=holds_sensitive(value))
    if data is None:
        raise EvaluationError(f"format: %{verb.mode} cannot show null")
    if verb.mode in "sq":
        return Known(_padded(verb, _string(verb, value)))
    if verb.mode == "t":
        answer = to_bool(value)
        return Known(_padded(verb, scalar_text(answer.data) if isinstance(answer, Known) else ""))
    return Known(_number(verb, value))


def _default(verb: Verb, data: object) -> str:
    from .encoding import json_text

    if "#" in verb.flags or data is None or isinstance(data, list | dict):
        return json_text(data)
    if isinstance(data, str | bool | int | float):
        return scalar_text(data)
    raise EvaluationError("format: the value cannot be shown")


def _string(verb: Verb, value: Value) -> str:
    from .encoding import json_text

    converted = to_string(value)
    data = str(converted.data) if isinstance(converted, Known) else ""
    if verb.precision is not None:
        data = by_letters(data)[: verb.precision]
    return json_text(data) if verb.mode == "q" else data


def _padded(verb: Verb, data: str) -> str:
    if verb.width > TEXT_LIMIT:
        raise too_large("the result of format")
    if verb.width:
        by_letters(data)
    if "-" in verb.flags:
        return data.ljust(verb.width)
    return data.rjust(verb.width, "0" if "0" in verb.flags else " ")


def _number(verb: Verb, value: Value) -> str:
    converted = to_number(value)
    number = converted.data if isinstance(converted, Known) else None
    if not isinstance(number, int | float) or verb.width > 1000 or (verb.precision or 0) > 1000:
        raise EvaluationError(f"format: %{verb.mode} needs a number")
    if verb.mode in "bdoxX":
        if not isinstance(number, int):
            raise EvaluationError(f"format: %{verb.mode} needs a whole number")
        digits = format(abs(number), f"#{verb.mode}" if "#" in verb.flags else verb.mode)
        digits = digits.replace("0o", "0")
        digits = digits.rjust(verb.precision or 0, "0")
    elif verb.mode in "gG" and verb.precision is None:
        digits = number_text(abs(number))
    else:
        places = 6 if verb.precision is None else verb.precision
        digits = format(abs(number), f".{places}{verb.mode}")
    sign = "-" if number < 0 else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if "0" in verb.flags and "-" not in verb.flags:
        digits = digits.rjust(verb.width - len(sign), "0")
    return _padded(Verb("d", verb.flags.replace("0", ""), verb.width, None, None), sign + digits)


def _formatlist(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("formatlist", arguments, 1, None)
    template = typed("formatlist", "s", arguments[0])
    if not isinstance(template, Known):
        return unknown("formatlist", *arguments)
    pieces = _parse(str(template.data))
    values = arguments[1:]
    lists = [value for value in values if isinstance(value, ListValue)]
    rests = [given.rest for given in lists if given.rest is not None]
    if rests:
        return _open_list(pieces, values, lists, rests)
    least = lists[0].least if len(lists) == 1 else None
    if len(lists) > 1:
        values = tuple(_placed(context, value) for value in values)
        lists = [value for value in values if isinstance(value, ListValue)]
        if any(given.least is not None for given in lists):
            return unknown("formatlist", *arguments)
    lengths = {len(given.items) for given in lists}
    if len(lengths) > 1:
        raise EvaluationError("formatlist: the lists have different lengths")
    count = bounded_length(lengths.pop() if lengths else 1)
    rows = (
        tuple(v.items[at] if isinstance(v, ListValue) else v for v in values) for at in range(count)
    )
    return ListValue(tuple(render(pieces, row) for row in rows), "list", least=least)


def _placed(context: Context, value: Value) -> Value:
    """A list with its items at their places, where this world tells them."""
    if not isinstance(value, ListValue):
        return value
    return in_order(value, context.worlds) or value


def _open_list(
    pieces: list[str | Verb],
    values: tuple[Value, ...],
    lists: list[ListValue],
    rests: list[Unknown],
) -> Value:
    """A list of unknown length: what each of its elements is, where that is known."""
    element: Value | None = None
    if len(lists) == 1 and lists[0].element is not None:
        each = lists[0].element
        element = render(pieces, tuple(each if isinstance(v, ListValue) else v for v in values))
    return ListValue((), "list", unknown("formatlist", *rests), element)


FUNCTIONS: dict[str, Function] = {
    "format": _format,
    "formatlist": _formatlist,
}

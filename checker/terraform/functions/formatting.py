"""`format` and `formatlist`.

https://developer.hashicorp.com/terraform/language/functions/format. A verb that takes a value
as it is keeps an unknown one as a part, so that the text around it stays certain.
"""

from __future__ import annotations

import re

from ...language.access import in_order
from ...language.convert import number_text, scalar_text, to_bool, to_number, to_string
from ...language.operands import given, null_here
from ...language.types import is_mapping, plain_type
from ...language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    Unknown,
    Value,
    text,
)
from ...patterns import pattern
from ...records import dataclass, replace
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
    typed_here,
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

    @property
    def written(self) -> str:
        places = "" if self.precision is None else f".{self.precision}"
        return f"{self.flags}{self.width or ''}{places}{self.mode}"


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
    return render(context, _parse(str(template.data)), arguments[1:])


def render(context: Context, pieces: list[str | Verb], values: tuple[Value, ...]) -> Value:
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
        part = _one(context, piece, values[at])
        size += len(str(part.data)) if isinstance(part, Known) else 0
        if size > TEXT_LIMIT:
            raise too_large("the result of format")
        parts.append(part)
    if used < len(values):
        raise EvaluationError("format: there are more arguments than verbs")
    return text(parts)


def _one(context: Context, verb: Verb, value: Value) -> Value:
    """One verb's text."""
    if verb.mode == "v" and isinstance(value, Unknown | Attribute) and null_here(context, value):
        value = Known(None)
    try:
        data = data_of(value)
    except NotKnown:
        return _not_known(context, verb, value)
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


def _not_known(context: Context, verb: Verb, value: Value) -> Value:
    """The text of what is not known, and not null: a string, which another verb may write alike."""
    if verb.mode == "t":
        typed_here(context, "format", "b", given(value, context))
    elif verb.mode in "sq":
        converted = to_string(given(value, context))
        if verb.mode == "s" and verb.bare:
            return converted
    elif verb.mode != "v":
        typed_here(context, "format", "n", given(value, context))
    elif verb.bare and plain_type(value) in ("string", "bool"):
        return to_string(value)  # a list is written as JSON, and a large number as no string is
    return replace(unknown(f"%{verb.written}", value), type="string")


def _default(verb: Verb, data: object) -> str:
    from .encoding import json_text

    if "#" in verb.flags or data is None or isinstance(data, list | dict):
        return json_text(data)
    if isinstance(data, str | bool):
        return scalar_text(data)
    if isinstance(data, int | float):
        return f"{'-' if data < 0 else ''}{_shortest(abs(data))}"
    raise EvaluationError("format: the value cannot be shown")


def _shortest(number: int | float) -> str:
    """`%g` of a number that is not negative: with an exponent from a million on, as Go has it.

    https://pkg.go.dev/math/big#Float.Text
    """
    written = number_text(number)
    whole, _, fraction = written.partition(".")
    digits = f"{whole}{fraction}".lstrip("0")
    exponent = len(whole) - 1 if whole != "0" else len(digits) - len(fraction) - 1
    if not digits or -4 <= exponent < 6:
        return written
    digits = digits.rstrip("0")
    mantissa = f"{digits[0]}.{digits[1:]}".rstrip(".")
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


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
        digits = _shortest(abs(number))
        digits = digits.upper() if verb.mode == "G" else digits
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
    others = [value for value in values if _may_be_a_list(value)]
    rests = [listed.rest for listed in lists if listed.rest is not None]
    if rests and not others:
        return _open_list(context, pieces, arguments, lists)
    if rests or (others and not lists):
        return unknown("formatlist", *arguments)
    least = lists[0].least if len(lists) == 1 else None
    if len(lists) > 1:
        values = tuple(_placed(context, value) for value in values)
        lists = [value for value in values if isinstance(value, ListValue)]
        if any(listed.least is not None for listed in lists):
            return unknown("formatlist", *arguments)
    lengths = {len(listed.items) for listed in lists}
    if len(lengths) > 1:
        raise EvaluationError("formatlist: the lists have different lengths")
    count = bounded_length(lengths.pop() if lengths else 1)
    rows = (tuple(_in_row(value, at) for value in values) for at in range(count))
    return ListValue(tuple(render(context, pieces, row) for row in rows), "list", least=least)


def _may_be_a_list(value: Value) -> bool:
    match value:
        case Unknown() | Attribute():
            return plain_type(value) is None and is_mapping(value) is not True
    return False


def _in_row(value: Value, at: int) -> Value:
    """What stands for an argument in a row: an element of a list, or the same in each."""
    if isinstance(value, ListValue):
        return value.items[at]
    if _may_be_a_list(value):
        return unknown("element in row", value, Known(at), not_null=False)
    return value


def _placed(context: Context, value: Value) -> Value:
    """A list with its items at their places, where this world tells them."""
    if not isinstance(value, ListValue):
        return value
    return in_order(value, context.worlds) or value


def _open_list(
    context: Context,
    pieces: list[str | Verb],
    arguments: tuple[Value, ...],
    lists: list[ListValue],
) -> Value:
    """A list of unknown length: what each of its elements is, where that is known."""
    element: Value | None = None
    if len(lists) == 1 and (each := lists[0].element) is not None:
        row = (each if isinstance(value, ListValue) else value for value in arguments[1:])
        element = render(context, pieces, tuple(row))
    return ListValue((), "list", unknown("formatlist", *arguments), element)


FUNCTIONS: dict[str, Function] = {
    "format": _format,
    "formatlist": _formatlist,
}

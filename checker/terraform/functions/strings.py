"""Functions of strings that are more than letters to known letters.

https://developer.hashicorp.com/terraform/language/functions, section "String Functions".
A partly known string keeps its known parts wherever the function works letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable

from ...kms import ALIASES, KEYS
from ...language.convert import to_string
from ...language.operands import null_here
from ...language.pieces import pieces
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
from .arguments import (
    TEXT_LIMIT,
    arity,
    bounded_length,
    bounded_text,
    by_letters,
    never_holds,
    of_every_form,
    placed,
    plain,
    rest_is_empty,
    too_large,
    typed,
    typed_here,
    unknown,
)
from .context import Context, Function

# Go's unicode.IsSpace, which strings.TrimSpace and strings.Title go by.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def _one_string(name: str, arguments: tuple[Value, ...]) -> Value:
    arity(name, arguments, 1, 1)
    return typed(name, "s", arguments[0])


def _letters(name: str, change: Callable[[str], str]) -> Function:
    """A function that changes letters one by one, thus also those of a partly known string."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        value = _one_string(name, arguments)
        if isinstance(value, Known):
            return Known(bounded_text(change(str(value.data))))
        if isinstance(value, Attribute) and name == "lower" and _is_lower(value):
            return value
        if not isinstance(value, Text):
            return unknown(name, value)
        parts: list[Value] = [
            Known(change(str(part.data)), trail=part.trail)
            if isinstance(part, Known)
            else unknown(name, part)
            for part in value.parts
        ]
        return text(parts, trail=value.trail)

    return function


def _is_lower(value: Attribute) -> bool:
    """Whether an attribute of a key or alias certainly has no capital letters.

    Identifiers of AWS have none; the names of aliases are the user's.
    """
    resource, path = value.resource, value.path
    if resource.data:
        return resource.type == "aws_kms_key" and path in ("arn", "id")
    if resource.type in KEYS:
        return path in KEYS[resource.type]
    name, _, paths = ALIASES.get(resource.type, ("", "", frozenset[str]()))
    if path not in paths or path.startswith("target_key"):
        return path == "target_key_arn" and resource.type == "aws_kms_alias"
    found = resource.read(name)
    return isinstance(found, Known) and str(found.data) == str(found.data).lower()


def _lower(data: str) -> str:
    # Go maps each code point to one; Python would make "İ" an i with a dot more.
    return "".join(c.lower()[0] for c in data)


def _upper(data: str) -> str:
    return "".join(map(_upper_of, data))


def _upper_of(letter: str) -> str:
    """The one capital letter, where there is one: "ᾳ" has one, "ß" has two letters S."""
    return next((one for one in (letter.upper(), letter.title()) if len(one) == 1), letter)


def _edges(name: str, left: bool, right: bool) -> Function:
    """`trim` and `trimspace`: what is stripped of a partly known string are its known edges."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 1 if name != "trim" else 2, 1 if name != "trim" else 2)
        value = typed(name, "s", arguments[0])
        cutset: Value = typed(name, "s", arguments[1]) if name == "trim" else Known(SPACE)
        if name == "chomp":
            cutset = Known("\r\n")
        if isinstance(value, Attribute) and name != "trim":
            return value  # what AWS fills in has no space around it
        if not isinstance(cutset, Known) or not isinstance(value, Known | Text):
            return unknown(name, *arguments)
        return _stripped(name, value, str(cutset.data), left, right)

    return function


def _stripped(name: str, value: Known | Text, cutset: str, left: bool, right: bool) -> Value:
    parts: list[Value] = list(value.parts) if isinstance(value, Text) else [value]
    for at, wanted in ((0, left), (-1, right)):
        edge = parts[at]
        if not wanted or not isinstance(edge, Known):
            continue
        data = str(edge.data)
        data = data.lstrip(cutset) if at == 0 else data.rstrip(cutset)
        parts[at] = Known(data, trail=edge.trail)
        if not data and len(parts) > 1:
            del parts[at]
            if name == "trim" or not isinstance(parts[at], Attribute):
                return unknown(name, value)
    for at, wanted in ((0, left), (-1, right)):
        if wanted and isinstance(parts[at], Unknown):
            parts[at] = unknown(name, parts[at])
    return text(parts, trail=value.trail if isinstance(value, Text) else ())


def _affix(name: str, at: int) -> Function:
    """`trimprefix` (at 0) and `trimsuffix` (at -1)."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 2, 2)
        value, affix = (typed(name, "s", argument) for argument in arguments)
        if isinstance(affix, Known) and affix.data == "":
            return value
        if not isinstance(affix, Known) or not isinstance(value, Known | Text):
            return unknown(name, value, affix)
        parts: list[Value] = list(value.parts) if isinstance(value, Text) else [value]
        edge, wanted = parts[at], str(affix.data)
        if not isinstance(edge, Known):
            return unknown(name, value, affix)
        data = str(edge.data)
        if not isinstance(value, Text) or len(data) >= len(wanted):
            cut = data.removeprefix(wanted) if at == 0 else data.removesuffix(wanted)
            if cut == data:
                return value
            parts[at] = Known(cut, trail=edge.trail)
            return text(parts, trail=value.trail)
        certainly_not = not (wanted.startswith(data) if at == 0 else wanted.endswith(data))
        return value if certainly_not else unknown(name, value, affix)

    return function


def _has_affix(name: str, at: int) -> Function:
    """`startswith` and `endswith`: decided by the known edge where that is long enough."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, 2, 2)
        value, affix = (typed(name, "s", argument) for argument in arguments)
        if isinstance(affix, Known) and affix.data == "":
            return Known(True)
        if isinstance(affix, Known):
            wanted = str(affix.data)
            if of_every_form(
                value, lambda form: form.startswith(wanted) if at == 0 else form.endswith(wanted)
            ):
                return Known(True)
            if never_holds(value, wanted):
                return Known(False)
        if not isinstance(affix, Known) or not isinstance(value, Known | Text):
            return unknown(name, value, affix)
        edge = value.parts[at] if isinstance(value, Text) else value
        if not isinstance(edge, Known):
            return unknown(name, value, affix)
        data = str(edge.data)
        if data.startswith(wanted) if at == 0 else data.endswith(wanted):
            return Known(True)
        open_ended = isinstance(value, Text) and len(data) < len(wanted)
        if open_ended and (wanted.startswith(data) if at == 0 else wanted.endswith(data)):
            return unknown(name, value, affix)
        return Known(False)

    return function


def _strcontains(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("strcontains", arguments, 2, 2)
    value, part = (typed("strcontains", "s", argument) for argument in arguments)
    if isinstance(part, Known):
        if of_every_form(value, lambda form: str(part.data) in form):
            return Known(True)
        if never_holds(value, str(part.data)):
            return Known(False)
        pieces = value.parts if isinstance(value, Text) else (value,)
        if any(isinstance(p, Known) and str(part.data) in str(p.data) for p in pieces):
            return Known(True)
        if isinstance(value, Known):
            return Known(False)
    return unknown("strcontains", value, part)


def _split(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("split", arguments, 2, 2)
    separator, value = (typed("split", "s", argument) for argument in arguments)
    if not isinstance(separator, Known):
        return unknown("split", separator, value)
    mark = str(separator.data)
    if isinstance(value, Known):
        data = str(value.data)
        plain_pieces = data.split(mark) if mark else list(data)
        bounded_length(len(plain_pieces))
        return ListValue(tuple(Known(piece) for piece in plain_pieces), "list")
    found, more = pieces(value, mark) if mark else ((), value)
    if more is None:
        return ListValue(found, "list")
    rest = unknown("split", separator, more)
    return ListValue(found, "list", rest) if isinstance(value, Text) and mark else rest


def _join(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("join", arguments, 2, None)
    separator = typed("join", "s", arguments[0])
    items: list[Value] = []
    for argument in arguments[1:]:
        values = placed(context, "join", argument)
        if values is None:
            return unknown("join", *arguments)
        items.extend(values.items)
        if values.rest is not None and not rest_is_empty(context, values):
            if items or len(arguments) > 2 or values.element is None:
                return unknown("join", separator, values.rest)
            # Several keys joined would be no key: the module counts on one at most.
            items.append(values.element)
    parts: list[Value] = []
    for item in items:
        piece = to_string(item)
        if null_here(context, piece):
            raise EvaluationError("join: an element is null")
        parts.extend((separator, piece) if parts else (piece,))
    if len(parts) == 1:
        return parts[0]
    total = sum(len(str(part.data)) for part in parts if isinstance(part, Known))
    if total > TEXT_LIMIT:
        raise too_large(f"a string of {total} characters")
    return text(parts)


def _substr(data: str, offset: int, length: int) -> str:
    by_letters(data)
    begin = max(len(data) + offset, 0) if offset < 0 else offset
    return data[begin:] if length < 0 else data[begin : begin + length]


def _substr_partly(context: Context, arguments: tuple[Value, ...]) -> Value:
    """`substr`, also where it only reads the known beginning of a partly known string."""
    arity("substr", arguments, 3, 3)
    value = typed("substr", "s", arguments[0])
    numbers = [typed_here(context, "substr", "i", argument) for argument in arguments[1:]]
    match value, *numbers:
        case Text(parts=(Known(data=str(first)), *more)), Known(data=int(at)), Known(data=int(n)):
            by_letters(first)
            if at >= 0 and n >= 0 and at + n <= len(first):
                return Known(first[at : at + n])
            if 0 <= at <= len(first) and n < 0:
                return text([Known(first[at:]), *more], trail=value.trail)
    return _SUBSTR(context, arguments)


_SUBSTR = plain("substr", "sii", _substr)


def _title(data: str) -> str:
    letters = []
    previous = " "
    for letter in data:
        letters.append(_upper(letter) if _separates(previous) else letter)
        previous = letter
    return "".join(letters)


def _separates(letter: str) -> bool:
    """Whether Go's strings.Title takes the next letter as the first of a word."""
    if letter.isalnum() or letter == "_":
        return False
    return letter.isascii() or letter in SPACE


def _indent(spaces: int, data: str) -> str:
    if spaces < 0:
        raise ValueError("the number of spaces is negative")
    if data.count("\n") * spaces > TEXT_LIMIT:
        raise too_large("an indented string")
    return data.replace("\n", "\n" + " " * spaces)


def _strrev(data: str) -> str:
    return by_letters(data)[::-1]


FUNCTIONS: dict[str, Function] = {
    "upper": _letters("upper", _upper),
    "lower": _letters("lower", _lower),
    "title": plain("title", "s", _title),
    "trim": _edges("trim", True, True),
    "trimspace": _edges("trimspace", True, True),
    "chomp": _edges("chomp", False, True),
    "trimprefix": _affix("trimprefix", 0),
    "trimsuffix": _affix("trimsuffix", -1),
    "startswith": _has_affix("startswith", 0),
    "endswith": _has_affix("endswith", -1),
    "strcontains": _strcontains,
    "split": _split,
    "join": _join,
    "substr": _substr_partly,
    "strrev": plain("strrev", "s", _strrev),
    "indent": plain("indent", "is", _indent),
}

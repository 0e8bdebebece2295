"""Reading arguments: how many, of which type, and what to answer when one is not known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from ... import kms
from ...kms import forms, never_reads
from ...language.access import in_order
from ...language.convert import (
    equal,
    is_empty,
    is_null,
    kind_of_identity,
    to_bool,
    to_number,
    to_string,
)
from ...language.expression import Scalar
from ...language.keys import length, size_of
from ...language.operands import attempted
from ...language.types import is_mapping, is_sequence, plain_type
from ...language.value import (
    Attribute,
    Cause,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Term,
    Text,
    Type,
    Unknown,
    Value,
    Whole,
    derived,
    first_unknown,
    term_of,
)
from ...records import replace
from .context import Context, Function

_UNREAD: Cause = "unsupported"

ELEMENT_LIMIT = 100_000
TEXT_LIMIT = 1_000_000
DEPTH_LIMIT = 100
JOINED_LIMIT = 16  # more conditions need more worlds than are explored

NULL = ("literal", "NoneType", None)
EMPTY = ("literal", "str", "")

_INTEGERS = range(-(2**63), 2**63)

_CONVERT: dict[str, Callable[[Value], Value]] = {
    "s": to_string,
    "n": to_number,
    "i": to_number,
    "w": to_number,
    "b": to_bool,
}


def too_large(what: str) -> EvaluationError:
    return EvaluationError(f"{what} is too large to be evaluated", cause="unsupported")


def bounded_text(data: str) -> str:
    """Raises EvaluationError (unsupported) past TEXT_LIMIT characters."""
    if len(data) > TEXT_LIMIT:
        raise too_large(f"a string of {len(data)} characters")
    return data


def by_letters(data: str) -> str:
    """A string of which each code point is what Terraform counts as one character.

    Raises EvaluationError (unsupported) where several may be: marks, emoji, "\\r\\n".
    https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries
    """
    if not data.isascii() and any(_may_join(letter) for letter in data if letter > "\u02ff"):
        raise EvaluationError("characters of several code points are not counted", None, _UNREAD)
    if "\r\n" in data:
        raise EvaluationError("a line's end of two code points is not counted", None, _UNREAD)
    return data


def _may_join(letter: str) -> bool:
    from unicodedata import category

    kind = category(letter)
    return (
        kind.startswith("M")
        or kind in ("Cf", "Sk")
        or letter in "\u0e33\u0eb3"  # Thai's and Lao's am
        or any(first <= letter <= last for first, last in _JOINING)
    )


_JOINING = (("\u1100", "\u11ff"), ("\ua960", "\ua97f"), ("\ud7b0", "\ud7ff"), ("🇦", "🇿"))
"""Parts of Hangul's syllables, and of flags."""


def bounded_length(length: int) -> int:
    """Raises EvaluationError (unsupported) past ELEMENT_LIMIT elements."""
    if length > ELEMENT_LIMIT:
        raise too_large(f"a collection of {length} elements")
    return length


def arity(name: str, arguments: tuple[Value, ...], least: int, most: int | None) -> None:
    """Raises EvaluationError unless the number of arguments is within the bounds."""
    if len(arguments) < least or (most is not None and len(arguments) > most):
        wanted = f"{least}" if most == least else f"{least} to {most}" if most else f"{least}+"
        raise EvaluationError(f"{name} takes {wanted} arguments, not {len(arguments)}")


_STRINGS: Type = ("list", "string")
_RESULTS: dict[str, Type] = {
    name: type_
    for type_, names in {
        "string": "abspath base64decode base64encode base64gzip base64sha256 base64sha512 basename "
        "chomp cidrhost cidrnetmask cidrsubnet dirname file filebase64 filebase64sha256 "
        "filebase64sha512 filemd5 filesha1 filesha256 filesha512 format formatdate indent join "
        "jsonencode lower md5 pathexpand replace sha1 sha256 sha512 strrev substr "
        "textdecodebase64 textencodebase64 timeadd title trim trimprefix trimspace trimsuffix "
        "upper urlencode yamlencode",
        "number": "abs ceil floor length log max min parseint pow signum size sum timecmp",
        "bool": "alltrue anytrue contains endswith fileexists issensitive startswith strcontains",
    }.items()
    for name in names.split()
}
"""The type of what a function gives, whatever it is given, by the name of its result."""
_RESULTS["index of"] = "number"  # what `index` gives: "index" is an element
_RESULTS.update(dict.fromkeys(("compact", "formatlist", "keys", "sort", "split"), _STRINGS))


def unknown(name: str, *values: Value, not_null: bool = True) -> Unknown:
    """The unknown result of a function, with the reason of its first unknown argument."""
    type_ = _RESULTS.get(name)
    if first_unknown(*values) is not None:
        return derived(name, *values, not_null=not_null, type=type_)
    return Unknown(
        "unsupported",
        f"{name}() of a whole resource",
        (name, *map(term_of, values)),
        not_null=not_null,
        type=type_,
        sensitive=any(value.sensitive for value in values),
    )


def typed(name: str, kind: str, value: Value) -> Value:
    """An argument as a string (s), number (n), whole number (w) or bool (b), never null.

    `i` is a whole number of 64 bits.

    Raises EvaluationError where it is null or cannot be converted.
    """
    value = _CONVERT[kind](value)
    if isinstance(value, Known):
        if value.data is None:
            raise EvaluationError(f"an argument of {name} is null")
        if kind in "iw" and not isinstance(value.data, int):
            raise EvaluationError(f"{name} needs a whole number")
        if kind == "i" and value.data not in _INTEGERS:
            raise EvaluationError(f"{name} needs a whole number of 64 bits")
    return value


def typed_here(context: Context, name: str, kind: str, value: Value) -> Value:
    """The same, where `try` asks whether it can be converted."""
    if kind != "s":
        attempted(value, "bool" if kind == "b" else "number", context)
    return typed(name, kind, value)


def plain(name: str, kinds: str, compute: Callable[..., Scalar]) -> Function:
    """A function of scalars: known where all of its arguments are.

    `kinds` has one letter for each argument (see `typed`); `?` after a letter makes it
    optional, `*` repeats it any number of times.
    """
    letters = kinds.replace("?", "").replace("*", "")
    repeated = kinds.endswith("*")
    least = len(letters) - kinds.count("?") - repeated
    most = None if repeated else len(letters)

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        arity(name, arguments, least, most)
        padded = letters.ljust(len(arguments), letters[-1:])
        values = [
            typed_here(context, name, kind, value)
            for kind, value in zip(padded, arguments, strict=False)
        ]
        known = [value.data for value in values if isinstance(value, Known)]
        if len(known) < len(values):
            return unknown(name, *values)
        try:
            data = compute(*known)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise EvaluationError(f"{name}: {error}") from None
        return Known(bounded_text(data) if isinstance(data, str) else data)

    return function


_WITHOUT_SETS = frozenset(
    ("coalescelist", "concat", "element", "index", "slice", "values of zipmap")
)
"""Functions that take lists and tuples only: Terraform converts no argument of theirs."""


def sequence(name: str, value: Value) -> ListValue | None:
    """A list, tuple or set; None where it is not known. Raises EvaluationError for others.

    So it does for a set that a function does not take.
    """
    match value:
        case ListValue(kind="set") | Unknown(type=("set", *_)) if name in _WITHOUT_SETS:
            pass
        case ListValue():
            return value
        case Unknown() if is_sequence(value) is False:
            pass
        case Attribute() if plain_type(value) is not None:
            pass
        case Unknown() | Attribute() | Whole():
            return None
        case Known(data=None):
            raise EvaluationError(f"an argument of {name} is null")
    raise EvaluationError(f"{name} needs a list")


def not_null(name: str, value: Value) -> None:
    """Raises EvaluationError for null."""
    if is_null(value) is True:
        raise EvaluationError(f"an argument of {name} is null")


def placed(context: Context, name: str, value: Value) -> ListValue | None:
    """A list whose items stand at their places in this world; None where it is not known."""
    values = sequence(name, value)
    return None if values is None else in_order(values, context.worlds)


def mapping(name: str, value: Value) -> MapValue | None:
    """A map or object; None where it is not known. Raises EvaluationError for others."""
    match value:
        case MapValue():
            return value
        case Unknown() if is_mapping(value) is False:
            pass
        case Attribute() if plain_type(value) is not None:
            pass
        case Unknown() | Attribute() | Whole():
            return None
        case Known(data=None):
            raise EvaluationError(f"an argument of {name} is null")
    raise EvaluationError(f"{name} needs a map")


def same(left: Value, right: Value) -> Value:
    """`==`. A whole resource is the same as itself only."""
    if isinstance(left, Known) and isinstance(right, Known):
        return equal(left, right)
    if isinstance(left, Whole) or isinstance(right, Whole) or not first_unknown(left, right):
        return Known(term_of(left) == term_of(right))
    return equal(left, right)


def certainly_different(left: Value, right: Value) -> bool:
    """Whether two values are not equal, whatever becomes of what is not known."""
    answer = same(left, right)
    return isinstance(answer, Known) and answer.data is False


PAIRS_LIMIT = 16
"""Items that are compared each with each."""


def fewest(items: tuple[Value, ...]) -> int:
    """How many different values there are at least; none of the items has another's term."""
    if len(items) <= PAIRS_LIMIT:
        kept: list[Value] = []
        for item in items:
            if all(certainly_different(item, other) for other in kept):
                kept.append(item)
        return len(kept)
    groups: dict[str, set[Term]] = {}
    for item in items:
        if first_unknown(item) is None:
            groups.setdefault("known", set()).add(term_of(item))
        elif isinstance(item, Attribute) and (kind := kind_of_identity(item)) is not None:
            groups.setdefault(kind, set()).add(term_of(Whole(item.resource)))
    return max(map(len, groups.values()), default=1)


def joined(operator: str, whole: Unknown, conditions: list[Value]) -> Unknown:
    """Conditions that are not known, joined by && or ||, so that each can be decided.

    `whole` is the result, and stands where there are too many.
    """
    if len(conditions) > JOINED_LIMIT:
        return whole
    term = term_of(conditions[0])
    for condition in conditions[1:]:
        term = (operator, term, term_of(condition))
    return replace(whole, term=term)


def empty_here(context: Context, value: Value) -> bool:
    """Whether a value is "" in this world."""
    certain = is_empty(value)
    if certain is not None:
        return certain
    match value:
        case Text(parts=parts):
            return all(empty_here(context, part) for part in parts)
        case Unknown(term=("call", *_)):
            return False  # uuid(), timestamp()
        case Unknown() | Attribute():
            return context.worlds.decide(("==", term_of(value), EMPTY))
    return False


def of_every_form(value: Value, test: Callable[[str], bool]) -> bool:
    """Whether a test holds of a key's attribute, however it reads.

    By examples, which differ in all that may differ. That none of them passes proves nothing.
    """
    if not isinstance(value, Attribute) or value.resource.data:
        return False
    found = forms(value.resource.type, value.path)
    return bool(found) and all(map(test, found))


def never_holds(value: Value, text: str) -> bool:
    """Whether a text certainly stands nowhere in a value."""
    if not isinstance(value, Attribute) or value.resource.data:
        return False
    return never_reads(value.resource.type, value.path, text)


def length_term(rest: Unknown) -> Unknown:
    """How many elements `rest` stands for."""
    term = length(rest.term)
    return Unknown(rest.cause, rest.why, term, not_null=True, type="number", trail=rest.trail)


def size_of_all(values: ListValue) -> Term | None:
    """The `count` of a list of all instances, or of something of each."""
    alike = {term_of(item) for item in values.items} == {term_of(values.element or Known(None))}
    return size_of(values.rest.term) if alike and values.rest is not None else None


def rest_is_empty(context: Context, values: ListValue) -> bool:
    """Whether, in this world, a list has no more elements than those that are known."""
    if values.rest is None:
        return True
    size = size_of_all(values)
    if size is not None:
        return not context.worlds.decide(("<", term_of(Known(len(values.items))), size))
    return context.worlds.decide(("==", length_term(values.rest).term, term_of(Known(0))))


def rest_once(name: str, values: ListValue) -> Unknown | None:
    """`rest` where equal elements become one."""
    element = values.element
    apart = isinstance(element, Attribute) and kms.identity(element.resource.type, element.path)
    return values.rest if values.rest is None or apart else derived(name, values.rest)


def rest_element(name: str, value: ListValue | MapValue, *at: Value) -> Value:
    """One of the elements that `rest` stands for; `at` an index, where it is not any of them."""
    if value.element is not None:
        return value.element
    assert value.rest is not None
    return derived(name, value.rest, *at, not_null=False)


def parsed(data: object, depth: int = 0) -> Value:
    """Decoded JSON, YAML or CSV as a value. Raises EvaluationError for what has no equivalent."""
    if depth > DEPTH_LIMIT:
        raise too_large("a deeply nested document")
    match data:
        case None | bool() | int():
            return Known(data)
        case str():
            return Known(_paired(data))
        case float():
            return Known(int(data) if data.is_integer() else data)
        case list():
            bounded_length(len(data))
            return ListValue(tuple(parsed(item, depth + 1) for item in data))
        case dict():
            return MapValue({key_text(key): parsed(item, depth + 1) for key, item in data.items()})
    return Known(str(data))


def _paired(data: str) -> str:
    """A string without half surrogate pairs, which JSON can write and no file can hold."""
    if data.isascii():
        return data
    return data.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def key_text(key: object) -> str:
    """A key of a decoded document. Raises EvaluationError where it is no scalar."""
    match key:
        case str():
            return _paired(key)
        case bool() | int() | float():
            converted = to_string(Known(key))
            return str(converted.data) if isinstance(converted, Known) else ""
    raise EvaluationError("a key of the document is not a string")


class NotKnown(Exception):
    """A value, or a part of it, is not known."""


def data_of(value: Value) -> object:
    """A wholly known value as Python data.

    Raises NotKnown, and EvaluationError past DEPTH_LIMIT levels or ELEMENT_LIMIT elements: a value
    that holds another twice, which does so too, is small only as long as nobody writes it out.
    """
    counted = count(1)

    def data(value: Value, depth: int) -> object:
        if depth > DEPTH_LIMIT:
            raise too_large("a deeply nested value")
        if next(counted) > ELEMENT_LIMIT:
            raise too_large("a value of too many elements")
        match value:
            case Known(data=plain):
                return plain
            case ListValue(items=items, rest=None, least=None):
                return [data(item, depth + 1) for item in items]
            case MapValue(items=items, rest=None):
                return {key: data(items[key], depth + 1) for key in sorted(items)}
        raise NotKnown

    return data(value, 0)


def holds_sensitive(value: Value) -> bool:
    """Whether a value or anything in it is sensitive; for values that `data_of` has read."""
    match value:
        case ListValue(items=items):
            return value.sensitive or any(map(holds_sensitive, items))
        case MapValue(items=items):
            return value.sensitive or any(holds_sensitive(items[name]) for name in items)
    return value.sensitive

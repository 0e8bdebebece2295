"""Conversions between strings, numbers and bools, and equality, as HCL has them.

https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import kms
from ..patterns import pattern
from ..records import replace
from .alike import same
from .bounded import is_bounded, reads
from .expression import Scalar
from .keys import of_any_instance
from .numbers import BITS, parsed, written
from .types import plain_type, primitive, type_of
from .value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Term,
    Text,
    Unknown,
    Value,
    Whole,
    derived,
    first_unknown,
    term_of,
)

_NUMBER = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def number_text(number: int | float) -> str:
    """A number as Terraform writes it in a string."""
    try:
        if isinstance(number, float) and not number.is_integer():
            return written(number)
        whole = int(number)
        if abs(whole) >> BITS:
            raise OverflowError  # its digits are not all kept
        return str(whole)
    except OverflowError:
        raise EvaluationError("a number is too large", cause="unsupported") from None


def read_number(text: str) -> int | float | None:
    """The number that Terraform writes so; None where it writes none so, as "01"."""
    number = number_of(text)
    try:
        return number if number is not None and number_text(number) == text else None
    except EvaluationError:
        return None


def number_of(text: str) -> int | float | None:
    """The number that a string is converted to; None where it is none."""
    try:
        return parsed(text) if _NUMBER.match(text) and len(text) < 400 else None
    except OverflowError:
        return None


def composed(text: str) -> str:
    """A string as HCL keeps it: in Unicode's normal form C."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def scalar_text(data: Scalar) -> str:
    """A scalar that is not null as a string."""
    if isinstance(data, bool):
        return "true" if data else "false"
    return data if isinstance(data, str) else number_text(data or 0)


def to_string(value: Value) -> Value:
    """A string, null, or what is not yet known. Raises EvaluationError for collections."""
    match value:
        case Known(data=None):
            return replace(value, null_type="string")
        case Known(data=str()):
            return value
        case Known(data=data):
            return replace(value, data=scalar_text(data))
        case Unknown(type="number" | "bool" as kind, term=term):
            return replace(value, term=("as string", kind, term), type="string", domain=None)
        case Unknown(type=None, domain=domain, term=term) if not _are_strings(domain):
            return replace(value, term=("as string", "any", term), type="string", domain=None)
        case ListValue() | MapValue() | Unknown(type=(*_,)):
            raise EvaluationError("a string is required, not a collection")
        case Whole(resource=resource):
            raise EvaluationError(
                f"a string is required, not the whole of {resource.address}", cause="not-a-key"
            )
    return value


def _are_strings(domain: tuple[Scalar, ...] | None) -> bool:
    return domain is not None and all(isinstance(data, str) for data in domain)


def to_number(value: Value) -> Value:
    """A number, null, or what is not yet known. Raises EvaluationError where it is none."""
    match value:
        case Unknown(type="string", term=("as string", "number", tuple(term))):
            return replace(value, term=term, type="number")
        case Unknown(type="string", term=term):
            return replace(value, term=("as number", term), type="number", domain=None)
        case Known(data=None) | Unknown(type="number" | None):
            return value
        case Attribute() if plain_type(value) is None:
            return value
        case Known(data=bool()) | Unknown(type="bool"):
            raise EvaluationError("a number is required, not a bool")
        case Known(data=int() | float()):
            return value
        case Known(data=str(text)) if _NUMBER.match(text) and len(text) < 400:
            try:
                return replace(value, data=parsed(text))
            except OverflowError:
                raise EvaluationError("a number is too large", cause="unsupported") from None
        case Text():
            return derived("tonumber", value, type="number")
    raise EvaluationError("a number is required")


def to_bool(value: Value) -> Value:
    """A bool, null, or what is not yet known. Raises EvaluationError where it is none."""
    match value:
        case Unknown(type="string", term=("as string", "bool", tuple(term))):
            return replace(value, term=term, type="bool")
        case Unknown(type="string", term=term):
            return replace(value, term=("as bool", term), type="bool", domain=None)
        case Known(data=None | bool()) | Unknown(type="bool" | None):
            return value
        case Attribute() if plain_type(value) is None:
            return value
        case Known(data="true" | "false" | "1" | "0" as word):
            return replace(value, data=word in ("true", "1"))
        case Text():
            return derived("tobool", value, type="bool")
    raise EvaluationError("a bool is required")


def is_null(value: Value) -> bool | None:
    """Whether a value is null; None where that is not known.

    An Attribute is one that is not configured: what AWS fills in may be nothing.
    """
    match value:
        case Known(data=data):
            return data is None
        case Unknown(not_null=not_null):
            return False if not_null else None
        case Attribute(resource=resource, path=path):
            return False if kms.is_set(resource.type, path, resource.data) else None
    return False


def equal(left: Value, right: Value) -> Value:
    """`==`: Known(True) or Known(False) where that is certain, else an unknown bool."""
    certain = _equal(left, right)
    if certain is False and (asked := _of_another_type(left, right)) is not None:
        why = "its type is not known"
        return Unknown("unsupported", why, asked, not_null=True, type="bool")
    if certain is not None:
        return Known(certain)
    if isinstance(left, Known) and not isinstance(right, Known):
        left, right = right, left
    if first_unknown(left, right) is None:
        return Known(False)  # values of different kinds, both known to the end
    found = derived("==", left, right, type="bool")
    both = term_of(left)
    if both == term_of(right):  # of instances that may be two
        return replace(found, term=("==", both, ("another", both)))
    if isinstance(left, Text) and isinstance(right, Known) and is_bounded(left):
        # Decided by its parts: another condition may ask for one of them alone.
        term = reads(left, str(right.data))
        if term is not None:
            return Known(False) if term[0] == "literal" else replace(found, term=term)
    if isinstance(left, Text) and isinstance(right, Known) and (rest := _left_of(left, right)):
        return equal(*rest)
    return found


def _left_of(written: Text, read: Known) -> tuple[Unknown, Known] | None:
    """The one part that is not known, and what it must be where a string reads as a certain one.

    None where it has more such parts, or letters of which two may become one.
    """
    match written.parts:
        case (Unknown() as part,) | (Unknown() as part, Known()):
            before = ""
        case (Known(data=str(before)), Unknown() as part) | (
            Known(data=str(before)), Unknown() as part, Known()
        ):  # fmt: skip
            pass
        case _:
            return None
    after = str(last.data) if isinstance(last := written.parts[-1], Known) else ""
    whole = str(read.data)
    around = whole.startswith(before) and whole.endswith(after)
    if not (around and whole.isascii() and len(whole) >= len(before) + len(after)):
        return None
    return part, replace(read, data=whole[len(before) : len(whole) - len(after)])


def _of_another_type(left: Value, right: Value) -> Term | None:
    """What to ask of two values of which a world assumes one, where only their types part them."""
    for one, other in ((left, right), (right, left)):
        match one, other:
            case Known(data=a, assumption=tuple(term)), Known(data=b) if same(a, b) is None:
                return ("alike", term, term_of(other))
    return None


def _equal(left: Value, right: Value) -> bool | None:
    match left, right:
        case Known(data=a), Known(data=b):
            if isinstance(a, bool) != isinstance(b, bool):
                return False
            same_kind = isinstance(a, str) == isinstance(b, str)
            return same_kind and a == b
        case Known(data=None), other:
            return is_null(other)
        case other, Known(data=None):
            return is_null(other)
        case ListValue() as a, ListValue() as b:
            return _equal_lists(a, b)
        case MapValue() as a, MapValue() as b:
            return _equal_maps(a, b)
    collections = (ListValue, MapValue)
    plain = (Known, Text)
    if (isinstance(left, collections) and isinstance(right, plain)) or (
        isinstance(right, collections) and isinstance(left, plain)
    ):
        return False
    if isinstance(right, Known) and not may_be(left, right.data):
        return False
    if isinstance(left, Known) and not may_be(right, left.data):
        return False
    term = term_of(left)
    if term == term_of(right):
        return None if of_any_instance(term) else True
    return False if _are_apart(left, right) or _of_two_types(left, right) else None


def identities(items: Iterable[Value]) -> Iterator[Term]:
    """A term for each item; those of equal terms are certainly the same value."""
    for at, term in enumerate(map(term_of, items)):
        yield ("another", at, term) if of_any_instance(term) else term


def _of_two_types(left: Value, right: Value) -> bool:
    """Whether two that are not known have different types, and are not both null."""
    one, other = primitive(left), primitive(right)
    if one is None or other is None or one == other:
        return False
    return is_null(left) is False or is_null(right) is False


def _are_apart(left: Value, right: Value) -> bool:
    """Whether two attributes that are not the same one identify two resources."""
    if not (isinstance(left, Attribute) and isinstance(right, Attribute)):
        return False
    one, other = left.resource, right.resource
    kind = kind_of_identity(left)
    return (
        kind is not None
        and kind == kind_of_identity(right)
        and (one.scope, one.address) != (other.scope, other.address)
    )


def kind_of_identity(value: Attribute) -> str | None:
    """What an attribute identifies its resource among; None where two may have it alike.

    `[*]` is any instance, thus also one that stands beside it.
    """
    resource = value.resource
    if resource.data or "[*]" in resource.address:
        return None
    return kms.identity(resource.type, value.path)


def may_be(value: Value, data: Scalar) -> bool:
    """Whether a value that is not known can be `data`, which is not null.

    By its type, the known edges of a text, and by how AWS writes what identifies a resource.
    """
    match value:
        case Unknown(type=(*_,)):
            return False
        case Unknown(type=str(kind)):
            return type_of(data) == kind
        case Attribute(resource=resource, path=path):
            if not kms.is_set(resource.type, path, resource.data):
                return True
            return isinstance(data, str) and kms.may_read(resource.type, path, data)
        case Text(parts=(first, *_, last)):
            if not isinstance(data, str) or (data == "" and is_empty(value) is False):
                return False
            return not (
                (isinstance(first, Known) and not data.startswith(str(first.data)))
                or (isinstance(last, Known) and not data.endswith(str(last.data)))
            )
    return True


def is_empty(value: Value) -> bool | None:
    """Whether a string is ""; None where that is not known, or it is no string."""
    match value:
        case Known(data=data):
            return data == ""
        case Attribute():
            return None if may_be(value, "") else False
        case Text(parts=parts):
            return None if all(is_empty(part) is not False for part in parts) else False
    return None


def _equal_lists(left: ListValue, right: ListValue) -> bool | None:
    if left.rest is not None or right.rest is not None:
        return False if _longer(left, right) or _longer(right, left) else None
    if left.kind != right.kind:
        return False  # of different types, such as `var.names == []`: a list and a tuple
    if _longer(left, right) or _longer(right, left):
        return False
    if left.kind == "set":
        terms = set(map(term_of, left.items))
        same_terms = terms == set(map(term_of, right.items))
        if same_terms and not any(map(of_any_instance, terms)):
            return True
        return None if first_unknown(*left.items, *right.items) else same_terms
    if left.least is not None or right.least is not None:
        return None
    return _all(_equal(a, b) for a, b in zip(left.items, right.items, strict=True))


def _longer(left: ListValue, right: ListValue) -> bool:
    """Whether a list has more elements than another, however many both have."""
    least = len(left.items) if left.least is None else left.least
    return right.rest is None and least > len(right.items)


def _equal_maps(left: MapValue, right: MapValue) -> bool | None:
    if left.rest is not None or right.rest is not None:
        return None
    if left.kind != right.kind:
        return False
    if set(left.items) != set(right.items):
        return False
    return _all(_equal(left.items[key], right.items[key]) for key in left.items)


def _all(answers: Iterable[bool | None]) -> bool | None:
    certain: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            certain = None
    return certain

"""Functions that give back one of their arguments, or of the elements of one, as it is.

These lead from a vault to its key, so what is not known is explored world by world.
"""

from __future__ import annotations

from ...language.access import length_of, standing_at
from ...language.branches import have_one_type, unified
from ...language.convert import (
    identities,
    is_empty,
    is_null,
    number_of,
    to_bool,
    to_number,
    to_string,
)
from ...language.decisions import Unreachable
from ...language.keys import has_element, has_key, is_element_of, is_key_of, length
from ...language.operands import null_here
from ...language.types import element_type, plain_type
from ...language.value import (
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Unknown,
    Value,
    derived,
    term_of,
)
from ...records import replace
from .arguments import (
    arity,
    by_letters,
    certainly_different,
    empty_here,
    joined,
    length_term,
    mapping,
    not_null,
    placed,
    rest_element,
    rest_is_empty,
    same,
    sequence,
    size_of_all,
    typed,
    unknown,
)
from .context import Context, Function


def _coalesce(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("coalesce", arguments, 1, None)
    for argument in unified(arguments, context.worlds, strictly=context.worlds.trying):
        value = _refined(context, argument)
        if null_here(context, value):
            continue
        if not empty_here(context, value):
            return _as_not_null(value)
    raise EvaluationError("coalesce: every argument is null or empty")


def _refined(context: Context, value: Value) -> Value:
    return context.worlds.refine(value) if isinstance(value, Unknown) else value


def _as_not_null(value: Value) -> Value:
    if isinstance(value, Unknown) and not value.not_null:
        return replace(value, not_null=True)
    return value


def _coalescelist(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("coalescelist", arguments, 1, None)
    for argument in arguments:
        if is_null(argument) is False:
            sequence("coalescelist", argument)  # whichever is taken, none may be refused
    for argument in arguments:
        if null_here(context, argument):
            continue
        values = sequence("coalescelist", argument)
        if values is None:
            size = ("length", term_of(argument))
            if not context.worlds.decide(("==", size, term_of(Known(0)))):
                return argument
        elif values.items or not rest_is_empty(context, values):
            return argument
    raise EvaluationError("coalescelist: every argument is null or empty")


def _element(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("element", arguments, 2, 2)
    values = sequence("element", arguments[0])
    number = typed("element", "i", arguments[1])
    if values is None:
        found = unknown("index", arguments[0], number, not_null=False)
        declared = arguments[0].type if isinstance(arguments[0], Unknown) else None
        return replace(found, type=element_type(declared))
    if values.kind == "set":
        raise EvaluationError("element: a set has no elements that can be read by index")
    _counts_from_the_end(context, values, number)
    items, size = values.items, len(values.items)
    at = number.data if isinstance(number, Known) else None
    if values.least is not None:
        standing = standing_at(values, number, context.worlds)
        return rest_element("index", values, number) if standing is None else standing
    if values.rest is not None:
        if isinstance(at, int) and 0 <= at < size:
            return items[at]
        if not rest_is_empty(context, values):
            return _of_open_list(values, number)
    if not items:
        raise EvaluationError("element: the list is empty")
    if isinstance(number, Known):
        assert isinstance(at, int)
        return items[at % size]
    place = term_of(number)
    if not context.worlds.is_within(place, 0, size - 1):
        place = ("%", place, term_of(Known(size)))
    for index, item in enumerate(items[:-1]):
        if context.worlds.decide(("==", place, term_of(Known(index)))):
            return item
    return items[-1]


def _counts_from_the_end(context: Context, values: ListValue, number: Value) -> None:
    """Raises EvaluationError in a world of `try` where the index is negative, and refused.

    OpenTofu 1.10 and newer Terraform count from the end; Terraform 1.11 has no such element.
    """
    if not context.worlds.trying:
        return
    place = term_of(number)
    if isinstance(number, Known):
        negative = isinstance(number.data, int) and number.data < 0
    else:
        negative = context.worlds.decide(("<", place, term_of(Known(0))))
    if negative and not context.worlds.succeeds(("element", term_of(values), place)):
        raise EvaluationError("element: the index is negative")


def _of_open_list(values: ListValue, number: Value) -> Value:
    """An element past the known ones; the index wraps, so it may be one of those too."""
    assert values.rest is not None
    alike = {term_of(item) for item in values.items} <= {term_of(values.element or Known(None))}
    if values.element is not None and alike:
        return values.element
    return derived("index", values.rest, number, not_null=False)


def _lookup(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("lookup", arguments, 2, 3)
    default = arguments[2] if len(arguments) == 3 else None
    values = mapping("lookup", arguments[0])
    key = typed("lookup", "s", arguments[1])
    if values is None:
        return unknown("lookup", *arguments, not_null=False)
    if default is not None and values.kind == "map":
        default = _as_element(context, default, values)
    if isinstance(key, Known):
        name = str(key.data)
        if name in values.items:
            return values.items[name]
        if values.rest is None:
            return _default(default, name)
        if context.worlds.decide(has_key(values.rest.term, term_of(key))):
            return values.element or derived("index", values.rest, key, not_null=False)
        return _default(default, name)
    for name in sorted(values.items):
        if isinstance(same(key, Known(name)), Known):
            continue
        if context.worlds.decide(("==", term_of(key), term_of(Known(name)))):
            return values.items[name]
    if values.rest is not None and (
        is_key_of(key, values.rest.term)
        or context.worlds.decide(has_key(values.rest.term, term_of(key)))
    ):
        return values.element or derived("index", values.rest, key, not_null=False)
    if default is None and not context.worlds.trying:
        raise Unreachable
    return _default(default, "")


def _as_element(context: Context, default: Value, values: MapValue) -> Value:
    """A default, converted to the type of a map's elements.

    Raises EvaluationError where it cannot be; elements are read only where that may matter.
    """
    if not context.worlds.trying and not _reads_otherwise(default):
        return default
    one = next((item for item in values.items.values() if is_null(item) is not True), default)
    if not have_one_type((one, default)):
        raise EvaluationError("lookup: the default is not of the elements' type")
    convert = _CONVERT.get(plain_type(one) or "")
    return convert(default) if convert is not None else unified((default, one), context.worlds)[0]


def _reads_otherwise(value: Value) -> bool:
    """Whether a plain value may become another where it is converted."""
    match value:
        case Known(data=str(text)):
            return text in ("true", "false") or number_of(text) is not None
    return plain_type(value) in ("number", "bool")


_CONVERT = {"string": to_string, "number": to_number, "bool": to_bool}


def _default(default: Value | None, name: str) -> Value:
    if default is None:
        raise EvaluationError(f'lookup: there is no element "{name}"')
    return default


def _one(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("one", arguments, 1, 1)
    values = sequence("one", arguments[0])
    if values is None:
        return unknown("one", arguments[0], not_null=False)
    items = values.items
    if len(items) <= 1 and values.rest is not None and context.worlds.trying:
        size = length_of(values) if items else length_term(values.rest).term
        if not context.worlds.decide(("<", size, term_of(Known(2)))):
            raise EvaluationError("one: the collection has more than one element")
    if len(items) > 1:
        if not _may_be_one(context, values):
            raise EvaluationError("one: the collection has more than one element")
        return standing_at(replace(values, rest=None), Known(0), context.worlds) or items[0]
    if items:
        return items[0]  # were there more, the call would be an error
    if rest_is_empty(context, values):
        return Known(None)
    return rest_element("one", values)


def _may_be_one(context: Context, values: ListValue) -> bool:
    """Whether all items are one element in this world, as they are in a program that is valid.

    Raises Unreachable where it is only assumed that two of a list (`distinct`) are not.
    """
    if values.least is not None:
        size = ("<", length_of(values), term_of(Known(2)))
        return values.least == 1 and (not context.worlds.trying or context.worlds.decide(size))
    one, other = values.items[:2]
    assumed = not certainly_different(one, other) and not _equal_here(context, one, other)
    if assumed and not context.worlds.trying:
        raise Unreachable
    return False


def _length(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("length", arguments, 1, 1)
    match arguments[0]:
        case ListValue(rest=Unknown() as rest) as values if size := size_of_all(values):
            return Unknown(rest.cause, rest.why, size, not_null=True)
        case ListValue(items=items, rest=None, least=least) if least in (None, len(items)):
            return Known(len(items))
        case MapValue(items=mapped, rest=None):
            return Known(len(mapped))
        case ListValue(items=()) | MapValue(items={}) as values if not len(values.items):
            assert values.rest is not None
            return length_term(values.rest)
        case ListValue() | MapValue() as values:
            return replace(unknown("length", values), term=length_of(values))
        case Known(data=str(data)):
            return Known(len(by_letters(data)))
        case Known() | Unknown(type="number" | "bool"):
            raise EvaluationError("length needs a collection or a string")
    # The size of a string that is never empty has another name, for it has another bound.
    if is_empty(arguments[0]) is False:
        return unknown("size", arguments[0])
    return replace(unknown("length", arguments[0]), term=length(term_of(arguments[0])))


def _contains(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("contains", arguments, 2, 2)
    not_null("contains", arguments[1])
    values = sequence("contains", arguments[0])
    if values is None or (values.rest is not None and not values.items):
        return _has_key(arguments[0] if values is None else values.rest, arguments[1])
    open_items: list[Value] = []
    for item in values.items:
        answer = same(item, arguments[1])
        if not isinstance(answer, Known):
            open_items.append(answer)
        elif answer.data:
            return Known(True)
    if values.rest is not None:
        more = _has_key(values.rest, arguments[1])
        if isinstance(more, Known):
            return more
        open_items.append(more)
    if not open_items:
        return Known(False)
    return joined("||", unknown("contains", *arguments), open_items)


def _has_key(collection: Value | None, key: Value) -> Value:
    """`contains(keys(x), key)` asks what `x[key]` needs."""
    assert collection is not None
    found = unknown("contains", collection, key)
    if not isinstance(collection, Unknown):
        return found
    if is_element_of(key, collection.term):
        return Known(True)
    return replace(found, term=has_element(collection.term, term_of(key)))


def _index(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("index", arguments, 2, 2)
    not_null("index", arguments[1])
    values = placed(context, "index", arguments[0])
    if values is None:
        return unknown("index of", *arguments)
    for at, item in enumerate(values.items):
        answer = same(item, arguments[1])
        if not isinstance(answer, Known):
            if context.worlds.decide(term_of(answer)):
                return Known(at)
        elif answer.data:
            return Known(at)
    if values.rest is not None:
        return unknown("index of", *arguments)
    raise EvaluationError("index: the item is not in the list")


def _matchkeys(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("matchkeys", arguments, 3, 3)
    lists = [placed(context, "matchkeys", argument) for argument in arguments[:2]]
    lists.append(sequence("matchkeys", arguments[2]))
    if any(values is None or values.rest is not None for values in lists):
        return unknown("matchkeys", *arguments)
    values, keys, wanted = (given.items for given in lists if given is not None)
    if len(values) != len(keys):
        raise EvaluationError("matchkeys: the lists have different lengths")
    values = unified(values, context.worlds, strictly=context.worlds.trying)
    both = unified((*keys, *wanted), context.worlds, strictly=context.worlds.trying)
    keys, wanted = both[: len(keys)], both[len(keys) :]
    terms = set(identities(wanted))
    open_items = [item for item in wanted if not isinstance(item, Known)]
    opened = sum(not isinstance(key, Known) for key in keys)
    context.worlds.step(len(keys) * len(open_items) + opened * len(wanted))
    chosen = [
        value
        for value, key in zip(values, keys, strict=True)
        if term_of(key) in terms
        or any(
            _equal_here(context, key, item)
            for item in (open_items if isinstance(key, Known) else wanted)
        )
    ]
    return ListValue(tuple(chosen), "list")


def _equal_here(context: Context, left: Value, right: Value) -> bool:
    answer = same(left, right)
    return (
        bool(answer.data) if isinstance(answer, Known) else context.worlds.decide(term_of(answer))
    )


FUNCTIONS: dict[str, Function] = {
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "element": _element,
    "lookup": _lookup,
    "one": _one,
    "length": _length,
    "contains": _contains,
    "index": _index,
    "matchkeys": _matchkeys,
}

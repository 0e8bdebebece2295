"""The type that the branches of a conditional, or the elements of a collection, have in common.

https://developer.hashicorp.com/terraform/language/expressions/conditionals#result-types
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice

from ..records import replace
from ..source import InputError
from .convert import is_null, to_string
from .decisions import Undecided, Unreachable
from .expression import (
    Conditional,
    Expression,
    For,
    Literal,
    Object,
    Operation,
    Template,
    Tuple,
    settled,
)
from .types import element_type, is_sequence, plain_type, type_of
from .value import (
    Attribute,
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Unknown,
    Value,
    Whole,
    term_of,
)
from .worlds import Worlds

_APART = "the branches of a condition have no type in common"

_DEPTH = 20
"""How deep elements are compared."""

MAPS_LIMIT = 200
"""Maps that are held against one another."""

Reader = Callable[[Expression], "Value | None"]
"""What a branch that is not taken gives; None where that is not valid, or asks a condition."""


def of_one_type(value: Value, other: Expression, read: Reader, worlds: Worlds) -> Value:
    """What a conditional gives, of the type that it has in common with the other branch.

    What that one gives is read where its form does not tell enough: for numbers and bools, and
    within `try`. Raises EvaluationError where they have none.
    """
    if len({_form_of_value(value), _form_of(other)} - {None}) > 1:
        raise EvaluationError(_APART)
    kind = plain_type(value)
    if kind in ("number", "bool"):
        kinds = _plain_types(other, read, worlds)
        if "string" in kinds:
            return to_string(value)
        if kinds - {kind}:
            raise EvaluationError(_APART)
    if isinstance(value, Known) and _is_any_null(value):
        kinds = _plain_types(other, read, worlds)
        return replace(value, null_type=next(iter(kinds))) if len(kinds) == 1 else value
    if worlds.trying and (beside := read(other)) is not None and not _may_be_alike(value, beside):
        raise EvaluationError(_APART)
    value = _of_kind(value, other, read)
    match value, other:
        case ListValue(kind="tuple", rest=None, items=items), Tuple(items=others):
            value = replace(value, kind="list") if len(items) != len(others) else value
        case MapValue(kind="object", rest=None, items=mapping), Object(items=pairs):
            keys = {key.value for key, _ in pairs if isinstance(key, Literal)}
            value = replace(value, kind="map") if keys != set(mapping) else value

    def beside_it() -> Iterable[Value]:
        if isinstance(value, MapValue):
            worlds.step(len(value.items))
        found = read(other)
        return () if found is None else (found,)

    return _among(value, beside_it, worlds)


def _of_kind(value: Value, other: Expression, read: Reader) -> Value:
    """A tuple or object as the list, set or map that the other branch is declared to be."""
    tuple_ = isinstance(value, ListValue) and value.kind == "tuple"
    object_ = isinstance(value, MapValue) and value.kind == "object"
    if not (tuple_ or object_) or isinstance(other, Tuple | Object):
        return value
    match value, read(other):
        case ListValue(), ListValue(kind="list" | "set" as kind):
            return replace(value, kind=kind)
        case ListValue(), Unknown(type=("list" | "set" as kind, *_)):
            return replace(value, kind=kind)
        case MapValue(), MapValue(kind="map") | Unknown(type=("map", *_)):
            return replace(value, kind="map")
    return value


def _among(
    item: Value, others: Callable[[], Iterable[Value]], worlds: Worlds, depth: int = _DEPTH
) -> Value:
    """A value, and what is in it, of the type in common with others, which are read if need be."""
    match item:
        case MapValue(items=mapping, element=each) if (mapping or each) and depth:

            def beside(name: str | None) -> Callable[[], Iterator[Value]]:
                return lambda: _elements(item, name, others())

            def element(name: str) -> Value:
                return _among(mapping[name], beside(name), worlds, depth - 1)

            made = replace(item, items=LazyItems(tuple(mapping), element))
            if each is None:
                return made
            return replace(made, element=_among(each, beside(None), worlds, depth - 1))
        case _ if _may_change(item):
            return unified((item, *others()), worlds, depth)[0]
    return item


def _elements(of: MapValue, name: str | None, others: Iterable[Value]) -> Iterator[Value]:
    """What is to have one type with an element: of objects alike its namesakes, else all.

    The element has a name, or is one of the `rest`.
    """
    maps = (of, *(other for other in others if isinstance(other, MapValue)))
    shapes = (frozenset(m.items) if m.kind == "object" and not m.rest else None for m in maps)
    if name is not None and _alike(shapes):
        yield from (each.items[name] for each in maps[1:])
        return
    for number, each in enumerate(maps):
        yield from (each.items[key] for key in each.items if number or key != name)
        if number or name is not None:
            yield from _of_rest(each)


def _of_rest(values: ListValue | MapValue) -> tuple[Value, ...]:
    """What stands for the elements that are not known of a collection, where there are any."""
    if values.rest is None:
        return ()
    return (values.element or replace(values.rest, type=element_type(values.rest.type)),)


def _may_change(item: Value) -> bool:
    """Whether an element may be another value where the others are of another type."""
    match item:
        case ListValue(items=items, rest=None):
            return any(map(_may_change, items))
        case MapValue(items=mapping, element=element):
            return bool(mapping) or element is not None
    return plain_type(item) in ("number", "bool")


def _is_of_any_type(value: Value) -> bool:
    """Whether a value may be a string as well as a number or bool, for all that is declared."""
    return isinstance(value, Unknown | Attribute) and _form_of_value(value) is None


def _are_strings(values: Sequence[Value], kinds: Iterable[str], worlds: Worlds) -> bool:
    """Whether numbers or bools are made strings here, for one of the values is one.

    That is asked of what may be of any type.
    """
    return "string" in kinds or any(
        worlds.decide(("==", ("type", term_of(value)), ("literal", "str", "string")))
        for value in values
        if _is_of_any_type(value)
    )


def unified(
    values: tuple[Value, ...],
    worlds: Worlds,
    depth: int = _DEPTH,
    *,
    strictly: bool | int = False,
) -> tuple[Value, ...]:
    """Values of one type: all strings, where one of several plain ones is a string.

    Whether one is, is asked where its type is not known. So are the elements of lists, and of a
    few maps where they are read. Raises EvaluationError where the values have no type in common;
    of elements of maps that is asked only `strictly`.
    https://github.com/zclconf/go-cty/blob/main/cty/convert/unify.go
    """
    if not (_may_be_alike(*values) if strictly else have_one_type(values)):
        raise EvaluationError("the elements have no type in common")
    kinds = {kind for value in values if (kind := plain_type(value)) is not None}
    mixed = len(kinds) > 1 or (kinds and any(map(_is_of_any_type, values)))
    if mixed and _are_strings(values, kinds, worlds):
        return tuple(map(to_string, values))
    if not depth or len(values) < 2:
        return values
    if all(isinstance(value, MapValue) for value in values) and len(values) <= MAPS_LIMIT:
        return tuple(_among(one, partial(_without, values, one), worlds, depth) for one in values)
    lists = [value for value in values if isinstance(value, ListValue) and value.rest is None]
    if len(lists) < 2 or not any(map(_may_change, lists)):
        return values
    rows: Iterable[tuple[Value, ...]]
    same = _alike(len(row.items) if row.kind == "tuple" else None for row in lists)
    if same:
        columns = zip(*(row.items for row in lists), strict=True)
        rows = zip(*(unified(column, worlds, depth - 1) for column in columns), strict=True)
    else:
        every = tuple(chain.from_iterable(row.items for row in lists))
        pool = iter(unified(every, worlds, depth - 1))
        rows = (tuple(islice(pool, len(row.items))) for row in lists)
    made = (
        replace(row, items=items, kind="list" if row.kind == "tuple" and not same else row.kind)
        for row, items in zip(lists, rows, strict=True)
    )
    return tuple(
        next(made) if isinstance(value, ListValue) and value.rest is None else value
        for value in values
    )


def unified_list(values: ListValue, worlds: Worlds, *, strictly: bool | int = False) -> ListValue:
    """A list with its elements, and what its `rest` stands for, as one type."""
    every = unified((*values.items, *_of_rest(values)), worlds, strictly=strictly)
    element = values.element and every[-1]
    return replace(values, items=every[: len(values.items)], element=element)


def unified_map(values: MapValue, worlds: Worlds) -> MapValue:
    """A map with its elements as one type; they are read only where one might be changed."""
    made = _among(replace(values, kind="map"), tuple, worlds)
    assert isinstance(made, MapValue)
    return made


def _without(values: Iterable[Value], one: Value) -> Iterator[Value]:
    return (value for value in values if value is not one)


def _may_be_alike(*values: Value) -> bool:
    try:
        return have_one_type(values, _DEPTH)
    except (EvaluationError, InputError, Undecided, Unreachable):
        return True  # an element that is not valid here, or not without a condition


def _is_any_null(value: Value) -> bool:
    return is_null(value) is True and plain_type(value) is None


def have_one_type(values: Sequence[Value], depth: int = 0) -> bool:
    """Whether values can be made of one type, elements too down to a depth.

    True where that is not known.
    https://github.com/zclconf/go-cty/blob/main/cty/convert/unify.go
    """
    forms = {_form_of_value(value) for value in values} - {None}
    if len(forms) > 1:
        return False
    kinds = {plain_type(value) for value in values if not _is_any_null(value)}
    if kinds == {"bool", "number"}:
        return False
    lists = [value for value in values if isinstance(value, ListValue) and value.rest is None]
    maps = [value for value in values if isinstance(value, MapValue) and value.rest is None]
    if not (depth and (lists or maps)):
        return True
    groups: Iterable[Sequence[Value]]
    if lists and _alike(len(value.items) if value.kind == "tuple" else None for value in lists):
        groups = zip(*(value.items for value in lists), strict=True)
    elif lists:
        groups = (tuple(chain.from_iterable(value.items for value in lists)),)
    elif _alike(frozenset(value.items) if value.kind == "object" else None for value in maps):
        groups = (tuple(value.items[name] for value in maps) for name in maps[0].items)
    else:
        groups = (tuple(chain.from_iterable(value.items.values() for value in maps)),)
    return all(have_one_type(group, depth - 1) for group in groups if len(group) > 1)


def _alike(shapes: Iterable[Hashable]) -> bool:
    """Whether tuples or objects are all of one shape, which None is not."""
    found = set(shapes)
    return len(found) == 1 and None not in found


def _form_of(expression: Expression) -> str | None:
    """What an expression gives, as `_form_of_value` tells it."""
    match expression:
        case Literal(value=data):
            return None if data is None else "plain"
        case Operation():
            return "plain"
        case Template(parts=parts):
            return "plain" if len(parts) > 1 else None
        case Tuple() | For(key=None):
            return "sequence"
        case Object() | For():
            return "mapping"
    return None


def _form_of_value(value: Value) -> str | None:
    """What a value is of: `plain`, `sequence` or `mapping`; None for null, and where none tells."""
    match value:
        case ListValue():
            return "sequence"
        case MapValue() | Whole():
            return "mapping"
        case Unknown(type=(*_,)):
            return "sequence" if is_sequence(value) else "mapping"
    return "plain" if plain_type(value) is not None else None


def _plain_types(expression: Expression, read: Reader, worlds: Worlds) -> frozenset[str]:
    """Of the types that an expression may give, the plain ones, whatever conditions in it decide.

    One that is not valid here, or not without a condition, gives nothing that is known.
    """
    match expression:
        case Literal(value=data):
            return _set_of(type_of(data))
        case Operation(operator=operator):
            return _set_of("number" if operator in ("+", "-", "*", "/", "%") else "bool")
        case Template(parts=parts) if len(parts) > 1:
            return _set_of("string")
        case Conditional(then=then, otherwise=otherwise):
            branches = (_plain_types(settled(part), read, worlds) for part in (then, otherwise))
            return frozenset(chain.from_iterable(branches))
    value = read(expression)
    if value is not None and _are_strings((value,), (), worlds):
        return _set_of("string")
    return _set_of(plain_type(value) if value else None)


def _set_of(name: str | None) -> frozenset[str]:
    return frozenset((name,)) if name is not None else frozenset()

"""Functions that build lists and maps of the elements of others.

What is certain of a collection stays certain: an unknown argument adds `rest`, elements of an
unknown number, and takes away only what it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import prod

from ...language.access import index
from ...language.branches import have_one_type, unified, unified_list
from ...language.convert import identities, is_empty, is_null, to_string
from ...language.decisions import Unreachable
from ...language.keys import has_key
from ...language.operands import attempted, given, null_here
from ...language.types import element_type, is_mapping, plain_type
from ...language.value import (
    Attribute,
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Term,
    Unknown,
    Value,
    derived,
    first_unknown,
    term_of,
)
from ...records import replace
from .arguments import (
    arity,
    bounded_length,
    empty_here,
    fewest,
    mapping,
    placed,
    rest_element,
    rest_is_empty,
    rest_once,
    same,
    sequence,
    typed,
    typed_here,
    unknown,
)
from .context import Context, Function
from .merged import merged
from .sets import make_set

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal


def _concat(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("concat", arguments, 1, None)
    lists = [sequence("concat", argument) for argument in arguments]
    if any(values is not None and values.least is not None for values in lists):
        return _unordered("concat", lists, arguments)
    items: list[Value] = []
    kind: Literal["list", "tuple"] = "list"
    for at, argument in enumerate(arguments):
        values = sequence("concat", argument)
        if values is None:
            if not items:
                return _unordered("concat", lists, arguments)
            return _open("concat", items, *arguments[at:])
        if values.kind == "tuple":
            kind = "tuple"
        items.extend(values.items)
        bounded_length(len(items))
        if values.rest is None:
            continue
        after = arguments[at + 1 :]
        if not after:
            return ListValue(tuple(items), "list", values.rest, values.element)
        # `concat(aws_kms_key.k[*].arn, [""])[0]`: the first of what there is.
        if not rest_is_empty(context, values):
            items.append(rest_element("index", values, Known(len(values.items))))
            return _open("concat", items, values.rest, *after)
    if kind == "tuple" or not have_one_type(items):
        return ListValue(tuple(items))
    return ListValue(unified(tuple(items), context.worlds), "list")


def _unordered(name: str, lists: list[ListValue | None], arguments: tuple[Value, ...]) -> ListValue:
    """The elements of all lists, of which one has them in an order that is not known."""
    items = tuple(item for values in lists if values is not None for item in values.items)
    bounded_length(len(items))
    rests = [
        argument if values is None else values.rest
        for values, argument in zip(lists, arguments, strict=True)
        if values is None or values.rest is not None
    ]
    least = sum(fewest_of(values) for values in lists if values is not None)
    rest = unknown(name, *(rest for rest in rests if rest is not None)) if rests else None
    return ListValue(items, "list", rest, least=least if items else None)


def fewest_of(values: ListValue) -> int:
    """How many of a list's items there are at least."""
    return len(values.items) if values.least is None else values.least


def _kept(values: ListValue, kept: Sequence[Value]) -> int | None:
    """`least` of what is left of a list's items."""
    if values.least is None or (not kept and values.rest is None):
        return None
    return max(min(len(kept), 1), values.least - (len(values.items) - len(kept)))


def _open(name: str, items: list[Value], *others: Value) -> ListValue:
    return ListValue(tuple(items), "list", unknown(name, *others))


def _flatten(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("flatten", arguments, 1, 1)
    values = sequence("flatten", arguments[0])
    if values is None:
        return unknown("flatten", arguments[0])
    items: list[Value] = []
    unordered = merged = False
    # Depth first, without recursion: the lists may be nested as deep as the input likes.
    waiting: list[Value] = [values]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, ListValue):
            if _may_be_a_list(item):
                # It may be a list itself, then what follows stands at another index.
                found = _open("flatten", items, item, *reversed(waiting))
                least = 1 if merged else len(items)
                return replace(found, least=least) if unordered and items else found
            items.append(item)
            bounded_length(len(items))
            continue
        unordered = unordered or item.least is not None
        merged = merged or fewest_of(item) < len(item.items)
        if item.rest is not None:
            if unordered:
                items.extend(x for x in item.items if not _may_be_a_list(x))
                found = _open("flatten", items, item.rest, *waiting)
                return replace(found, least=1) if items else found
            head = replace(item, rest=None, element=None)
            if not waiting and not any(map(_may_be_a_list, item.items)):
                element = item.element or replace(item.rest, type=element_type(item.rest.type))
                if _may_be_a_list(element):
                    return _open("flatten", [*items, *item.items], item.rest)
                return ListValue((*items, *item.items), "tuple", item.rest, item.element)
            if not rest_is_empty(context, item):
                more = rest_element("index", item, Known(len(item.items)))
                waiting.extend((unknown("flatten", item.rest), more, head))
                continue
            item = head
        waiting.extend(reversed(item.items))
    if not unordered or len(items) < 2:
        return ListValue(tuple(items))
    return ListValue(tuple(items), least=1 if merged else len(items))


def _may_be_a_list(value: Value) -> bool:
    match value:
        case Unknown() | Attribute():
            return plain_type(value) is None and is_mapping(value) is not True
    return isinstance(value, ListValue)


def _compact(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("compact", arguments, 1, 1)
    values = sequence("compact", arguments[0])
    if values is None:
        return unknown("compact", arguments[0])
    kept: list[Value] = []
    for item in values.items:
        value = context.worlds.refine(item) if isinstance(item, Unknown) else item
        if not null_here(context, value):
            value = to_string(value)
            if not empty_here(context, value):
                kept.append(replace(value, not_null=True) if isinstance(value, Unknown) else value)
    rest, element = values.rest, values.element
    if rest is not None and (element is None or is_empty(element) is not False):
        rest = unknown("compact", rest)  # of which some may be left out
    return ListValue(tuple(kept), "list", rest, element, _kept(values, kept))


def _distinct(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("distinct", arguments, 1, 1)
    values = sequence("distinct", arguments[0])
    if values is None:
        return unknown("distinct", arguments[0])
    values = unified_list(values, context.worlds, strictly=context.worlds.trying)
    rest = rest_once("distinct", values)
    first: dict[Term, Value] = {}
    for term, item in zip(identities(values.items), values.items, strict=True):
        first.setdefault(term, item)
    once = tuple(first.values())
    opened = sum(first_unknown(item) is not None for item in once)
    if opened > OPEN_LIMIT and values.least is None and (least := fewest(once)) < len(once):
        return replace(values, items=once, kind="list", least=least, rest=rest)
    if opened <= OPEN_LIMIT:
        once = unique(context, once)
    return replace(values, items=once, kind="list", least=_kept(values, once), rest=rest)


OPEN_LIMIT = 5
"""Values that are not known of which each is compared with each."""


def unique(context: Context, items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Each item once, of those that have different terms.

    Whether two are equal that are not known is explored.
    """
    kept: list[Value] = []
    open_items: list[Value] = []
    for item in items:
        known = first_unknown(item) is None
        if not any(_same_here(context, item, other) for other in (open_items if known else kept)):
            kept.append(item)
            if not known:
                open_items.append(item)
    return tuple(kept)


def _same_here(context: Context, left: Value, right: Value) -> bool:
    answer = same(left, right)
    if isinstance(answer, Known):
        return answer.data is True
    return context.worlds.decide(term_of(answer))


def _merge(context: Context, arguments: tuple[Value, ...]) -> Value:
    """Later maps win. A key is certain unless a map after it, of unknown keys, may have it too."""
    maps: list[MapValue] = []
    unknowns: dict[int, Unknown] = {}
    lacking = any(isinstance(one, Known) and one.assumption is not None for one in arguments)
    for argument in arguments:
        if is_null(argument):
            continue  # and one that may be null is a map of no certain keys
        values = mapping("merge", argument)
        if isinstance(argument, Unknown) and (attributes := _attributes(argument)) is not None:
            if null_here(context, argument):
                lacking = True
                continue
            values = MapValue(LazyItems(attributes, partial(_attribute, context, argument)))
        if values is None:
            if isinstance(argument, Attribute):
                return unknown("merge", *arguments)
            values = MapValue({}, rest=unknown("merge", argument))
            if isinstance(argument, Unknown):
                unknowns[len(maps)] = argument
        maps.append(values)
    if not maps:
        return MapValue({}, lacking=lacking)
    names = dict.fromkeys(name for values in maps for name in values.items)
    bounded_length(len(names))
    rests = [values.rest for values in maps if values.rest is not None]

    def read(name: str) -> Value:
        for at, values in reversed(tuple(enumerate(maps))):
            if name in values.items:
                return values.items[name]
            if values.rest is None:
                continue
            if (given := unknowns.get(at)) is not None:
                has = has_key(given.term, term_of(Known(name)))
                if not null_here(context, given) and context.worlds.decide(has):
                    return index(given, Known(name), context.worlds)
                continue
            if context.worlds.decide(has_key(values.rest.term, term_of(Known(name)))):
                return values.element or derived("index", values.rest, Known(name), not_null=False)
        if not context.worlds.trying and (lacking or unknowns):
            raise Unreachable  # the program is refused where what may have it is null
        raise EvaluationError(f'there is no element "{name}"')

    kind: Literal["map", "object"] = "map" if all(m.kind == "map" for m in maps) else "object"
    rest = derived("merge", *rests) if rests else None
    if len(rests) == 1:
        rest = rests[0]
    if rest is not None and len(rests) > 1 and not names and not lacking:
        return merged(context, tuple(unknowns.get(at, one) for at, one in enumerate(maps)), rest)
    elements = [values.element for values in maps if values.rest is not None]
    element = elements[0] if len(elements) == 1 else None
    return MapValue(LazyItems(tuple(names), read), kind, rest, element, lacking=lacking)


def _attributes(value: Unknown) -> tuple[str, ...] | None:
    """The attributes that an object is declared to have; None of what is no object."""
    match value.type:
        case ("object", *attributes):
            return tuple(name for name, *_ in attributes)
    return None


def _attribute(context: Context, value: Unknown, name: str) -> Value:
    return index(value, Known(name), context.worlds)


def _keys(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("keys", arguments, 1, 1)
    values = mapping("keys", arguments[0])
    if values is None:
        return replace(unknown("keys", arguments[0]), type=("list", "string"))
    names = tuple(Known(name) for name in sorted(values.items))
    if values.rest is not None:
        # Keys are sorted, so an unknown one may stand before each known one.
        rest = replace(derived("keys", values.rest), type=("list", "string"))
        return ListValue(names, "list", rest, least=len(names) or None)
    return ListValue(names, _listed(values))


def _listed(values: MapValue) -> Literal["list", "tuple"]:
    """What the keys or values of a map (a list) or an object (a tuple) are."""
    return "list" if values.kind == "map" else "tuple"


def _values(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("values", arguments, 1, 1)
    values = mapping("values", arguments[0])
    if values is None:
        return unknown("values", arguments[0])
    items = tuple(values.items[name] for name in sorted(values.items))
    if values.rest is None:
        return ListValue(items, _listed(values))
    rest = derived("values", values.rest) if items else values.rest
    return ListValue(items, "list", rest, values.element, len(items) or None)


def _reverse(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("reverse", arguments, 1, 1)
    values = sequence("reverse", arguments[0])
    if values is None:
        return unknown("reverse", arguments[0])
    if values.rest is None:
        return replace(values, items=values.items[::-1], kind=_ordered(values))
    least = fewest_of(values) if values.items else None
    return replace(values, kind=_ordered(values), least=least)


def _ordered(values: ListValue) -> Literal["list", "tuple"]:
    return "tuple" if values.kind == "tuple" else "list"


def _slice(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("slice", arguments, 3, 3)
    values = placed(context, "slice", arguments[0])
    start, end = (typed("slice", "i", argument) for argument in arguments[1:])
    match values, start, end:
        case ListValue(items=items, rest=rest), Known(data=int(low)), Known(data=int(high)):
            if rest is None or (0 <= low <= high <= len(items)):
                if not 0 <= low <= high <= len(items):
                    raise EvaluationError("slice: the indexes are outside the list")
                return ListValue(items[low:high], _ordered(values))
            if 0 <= low <= len(items) and low <= high:
                return replace(values, items=items[low:], kind=_ordered(values))
    return unknown("slice", *arguments)


def _chunklist(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("chunklist", arguments, 2, 2)
    values = placed(context, "chunklist", arguments[0])
    size = typed_here(context, "chunklist", "i", arguments[1])
    if values is None or values.rest is not None or not isinstance(size, Known):
        return unknown("chunklist", *arguments)
    step = size.data
    if not isinstance(step, int) or step < 0:
        raise EvaluationError("chunklist: the size is negative")
    items = unified(values.items, context.worlds, strictly=context.worlds.trying)
    step = step or max(len(items), 1)
    chunks = (items[at : at + step] for at in range(0, len(items), step))
    return ListValue(tuple(ListValue(chunk, "list") for chunk in chunks), "list")


def _setproduct(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("setproduct", arguments, 2, None)
    lists = [sequence("setproduct", argument) for argument in arguments]
    if any(values is None or values.rest is not None for values in lists):
        return unknown("setproduct", *arguments)
    known = [values for values in lists if values is not None]
    size = bounded_length(prod(len(values.items) for values in known))
    parts = [unified(each.items, context.worlds, strictly=context.worlds.trying) for each in known]
    rows = tuple(ListValue(row) for row in product(*parts))
    if any(values.kind == "set" for values in known):
        return make_set(rows)
    least = prod(map(fewest_of, known))
    ordered = size < 2 or all(values.least is None for values in known)
    return ListValue(rows, "list", least=None if ordered else least)


def _transpose(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("transpose", arguments, 1, 1)
    values = mapping("transpose", arguments[0])
    if values is None or values.rest is not None:
        return unknown("transpose", arguments[0])
    turned: dict[str, list[Value]] = {}
    for name in sorted(values.items):
        row = sequence("transpose", values.items[name])
        if row is None or row.rest is not None:
            return unknown("transpose", arguments[0])
        for item in row.items:
            key = typed("transpose", "s", item)
            if not isinstance(key, Known):
                return unknown("transpose", arguments[0])
            turned.setdefault(str(key.data), []).append(Known(name))
    rows = {key: ListValue(tuple(turned[key]), "list") for key in sorted(turned)}
    return MapValue(rows, "map")


def _sort(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("sort", arguments, 1, 1)
    values = sequence("sort", arguments[0])
    if values is None:
        return unknown("sort", arguments[0])
    items = [_sortable(context, item) for item in values.items]
    rest = values.rest
    certain = rest is None or values.element is not None or rest.term[0] == "keys"
    if rest is not None and not certain and not context.worlds.succeeds(("sort", rest.term)):
        raise EvaluationError("sort: an element is null, or no string")
    known = [str(item.data) for item in items if isinstance(item, Known)]
    if len(known) == len(items) == fewest_of(values) and values.rest is None:
        return ListValue(tuple(Known(data) for data in sorted(known)), "list")
    if len(items) == 1 and values.rest is None:
        return ListValue(tuple(items), "list")
    least = fewest_of(values) if items else None
    return replace(values, items=tuple(items), kind="list", least=least)


def _sortable(context: Context, item: Value) -> Value:
    """An element as a string. Raises EvaluationError in a world of `try` where it is none."""
    item = given(attempted(item, "string", context), context)
    if is_null(item) is True:
        raise EvaluationError("sort: an element is null")
    return typed("sort", "s", item)


FUNCTIONS: dict[str, Function] = {
    "concat": _concat,
    "flatten": _flatten,
    "compact": _compact,
    "distinct": _distinct,
    "merge": _merge,
    "keys": _keys,
    "values": _values,
    "reverse": _reverse,
    "slice": _slice,
    "chunklist": _chunklist,
    "setproduct": _setproduct,
    "transpose": _transpose,
    "sort": _sort,
}

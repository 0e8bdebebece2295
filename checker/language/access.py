"""`base[key]`: elements of lists, maps and resources, where either side may not be known."""

from __future__ import annotations

from ..meant import hint
from ..records import replace
from .convert import equal, to_number, to_string
from .decisions import Unreachable
from .kept import KEYS_LISTED, Kept, entry, names_entry
from .keys import has_index, has_key, is_key_of, length
from .types import element_type, plain_type
from .value import (
    Absent,
    Attribute,
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
    term_of,
)
from .worlds import Worlds


def index(base: Value, key: Value, worlds: Worlds) -> Value:
    """`base[key]`. An unknown key is one of the keys there are: one world for each."""
    match base:
        case MapValue() | ListValue():
            return _within(base, key, worlds)
        case Whole(resource=resource) if isinstance(key, Known) and isinstance(key.data, str):
            found = resource.read(key.data)
            if found is None or (_is_unset(found) and not resource.echoes):
                return Attribute(resource, key.data)
            return replace(found, owner=resource)
        case Attribute() if (kind := plain_type(base)) is not None:
            raise EvaluationError(f"it reads an element of a {kind}")
        case Attribute(resource=resource, path=path) if isinstance(key, Known):
            found = Attribute(resource, f"{path}.{key.data}", trail=base.trail)
            return _attempted(found, worlds)
        case Unknown(kept=Kept() as kept) if kept.form != KEYS_LISTED and kept.covers(key):
            other = _is_of_another(kept, key, base, worlds)
            return kept.at(key, other=other)
        case Unknown() if names_entry(key, base):
            return entry(base, key)
        case Unknown(term=term):
            found = derived("index", base, key, not_null=False, type=_element_type(base, key))
            return _attempted(found, worlds, has_key(term, term_of(key)))
        case Attribute() | Whole():
            return _attempted(derived("index", key, base, not_null=False), worlds)
        case Known(data=None, assumption=assumed):
            if assumed is not None and not worlds.trying:
                raise Unreachable  # the program is refused where that is null
            raise EvaluationError("it reads an attribute of null")
    raise EvaluationError(f"it reads an element of {_kind(base)}")


def _element_type(base: Unknown, key: Value) -> Type | None:
    """The declared type of an element. Raises EvaluationError where there can be none."""
    name = key.data if isinstance(key, Known) else None
    match base.type:
        case None:
            return None
        case str(kind):
            raise EvaluationError(f"it reads an element of a {kind}")
        case ("set", *_):
            raise EvaluationError("a set has no elements that can be read by index")
        case ("object", *attributes) if name is not None and not any(
            name == attribute for attribute, *_ in attributes
        ):
            raise Absent("there is no such attribute")
    return element_type(base.type, name)


def _is_unset(argument: Value) -> bool:
    """Whether an argument is given as nothing: the provider may then fill in what it likes.

    https://developer.hashicorp.com/terraform/plugin/framework/handling-data/attributes/string
    ("Computed"); providers of the older SDK take "" for unset as well.
    """
    return isinstance(argument, Known) and argument.data in (None, "")


def _attempted(element: Value, worlds: Worlds, there: Term | None = None) -> Value:
    """An element of what is not known. Raises EvaluationError in a world that has none.

    `there` is the term of its being there, where it is that of a key.
    """
    if worlds.trying and not worlds.decide(there or ("succeeds", term_of(element))):
        raise Absent("there is no such element")
    return element


def _within(collection: MapValue | ListValue, key: Value, worlds: Worlds) -> Value:
    """An element, reached through the definitions that gave its collection."""
    hops = tuple(hop for hop in collection.trail if hop.note)
    try:
        if isinstance(collection, MapValue):
            element = _index_map(collection, key, worlds)
        else:
            element = _index_list(collection, key, worlds)
    except EvaluationError as error:
        error.hops = error.hops or hops
        raise
    if collection.sensitive:
        element = element.hidden()
    return replace(element, trail=(*hops, *element.trail)) if hops else element


def _index_map(base: MapValue, key: Value, worlds: Worlds) -> Value:
    key = to_string(key)
    if isinstance(key, Known):
        if key.data in base.items:
            return base.items[str(key.data)]
        if base.rest is not None:
            return _of_rest(base, base.rest, key, worlds)
        if base.lacking and not worlds.trying:
            raise Unreachable
        raise Absent(_absent(base, key, worlds))
    if base.rest is not None and not base.items and is_key_of(key, base.rest.term):
        return _of_rest(base, base.rest, key, worlds)
    for name in sorted(base.items):
        if worlds.decide(term_of(equal(key, Known(name)))):
            return base.items[name]
    if base.rest is not None:
        return _of_rest(base, base.rest, key, worlds)
    if not base.items:
        raise Absent("it reads an element of an empty map")
    return _no_such_element(worlds)


NAMES_LIMIT, GUESS_LIMIT = 200, 100
"""Names among which one is looked for that was meant, and how often in a run that is done."""


def _absent(base: MapValue, key: Known, worlds: Worlds) -> str:
    """What is said of a name that is not there, with a guess where nothing else will be tried."""
    said = base.absent.format("…" if key.sensitive else key.data)
    if key.sensitive or worlds.trying or len(base.items) > NAMES_LIMIT or said.endswith("]"):
        return said
    names = tuple(base.items)
    guess = worlds.guesses.get((said, names))
    if guess is None and len(worlds.guesses) < GUESS_LIMIT:
        guess = worlds.guesses[said, names] = hint(str(key.data), names, '"')
    return f"{said}{guess or ''}"


def _index_list(base: ListValue, key: Value, worlds: Worlds) -> Value:
    if base.kind == "set":
        raise EvaluationError("a set has no elements that can be read by index")
    try:
        number = to_number(key)
    except EvaluationError:
        name = key.data if isinstance(key, Known) and not key.sensitive else "…"
        raise EvaluationError(base.absent.format(name)) from None
    if base.least is not None:
        return _index_unordered(base, base.least, number, worlds)
    if isinstance(number, Known):
        at = number.data
        if isinstance(at, int) and 0 <= at < len(base.items):
            return base.items[at]
        if base.rest is not None and isinstance(at, int) and at >= 0:
            return _of_rest(base, base.rest, number, worlds)
        which = "" if number.sensitive else f" {at}"
        many = f" of {len(base.items)}" if base.rest is None else ""
        raise Absent(f"there is no element{which} in a list{many}")
    if base.rest is not None and _are_all(base.items, base.element):
        return _of_rest(base, base.rest, number, worlds)
    for at, item in enumerate(base.items):
        if worlds.decide(("==", term_of(number), term_of(Known(at)))):
            return item
    if base.rest is not None:
        return _of_rest(base, base.rest, number, worlds)
    if not base.items:
        raise Absent("it reads an element of an empty list")
    return _no_such_element(worlds)


_ZERO = term_of(Known(0))


def _index_unordered(base: ListValue, least: int, number: Value, worlds: Worlds) -> Value:
    """An element of a list whose order is not known: any, in one world each."""
    at = number.data if isinstance(number, Known) else 0
    if not isinstance(at, int) or at < 0 or (base.rest is None and at >= len(base.items)):
        raise EvaluationError(f"there is no element {at} in a list of {len(base.items)}")
    if base.rest is not None and _are_all(base.items, base.element):
        return _of_rest(base, base.rest, number, worlds)
    if worlds.trying and (at >= least or not isinstance(number, Known)):
        there = ("<", term_of(number), length_of(base))
        if not worlds.decide(there):
            raise EvaluationError("there is no such element")
    if base.rest is not None and worlds.decide(("==", length(base.rest.term), _ZERO)):
        base = replace(base, rest=None, element=None)
    found = standing_at(base, number, worlds)
    if found is not None:
        return found
    if base.rest is None:
        return _no_such_element(worlds)
    if base.element is None or least <= at:
        return _of_rest(base, base.rest, number, worlds)
    return base.element  # there are as many, and it is none of those that are known


def standing_at(values: ListValue, number: Value, worlds: Worlds) -> Value | None:
    """Which item stands at an index in this world; None where it is one of the `rest`."""
    place = ("index", term_of(values), term_of(number))
    for at, item in enumerate(values.items, 1):
        if at == len(values.items) and values.rest is None:
            return item
        if worlds.decide(("==", place, term_of(item))):
            return item
    return None


ORDER_LIMIT = 4
"""Items whose possible orders are each a world."""


def in_order(values: ListValue, worlds: Worlds) -> ListValue | None:
    """A list with its items at their places in this world; None where these are too many."""
    if values.least is None:
        return values
    waiting = [*values.items]
    if values.rest is not None or not values.least == len(waiting) <= ORDER_LIMIT:
        return None
    placed: list[Value] = []
    while waiting:
        place = ("index", term_of(values), term_of(Known(len(placed))))
        last = len(waiting) - 1
        at = next(
            (
                at
                for at, item in enumerate(waiting[:last])
                if worlds.decide(("==", place, term_of(item)))
            ),
            last,
        )
        placed.append(waiting.pop(at))
    return replace(values, items=tuple(placed), least=None)


def length_of(values: ListValue | MapValue) -> Term:
    """How many elements a collection has of which some are known, within its bounds."""
    low, high = len(values.items), None
    if isinstance(values, ListValue) and values.least is not None:
        low = values.least
        high = len(values.items) if values.rest is None else None
    bounds = (term_of(Known(low)), term_of(Known(high)))
    if isinstance(values, ListValue):
        return ("bounded", *bounds, ("length", term_of(values)))
    assert values.rest is not None
    names: Term = ("list", *(term_of(Known(name)) for name in sorted(values.items)))
    return ("bounded", *bounds, ("length", ("merge", names, values.rest.term)))


def _are_all(items: tuple[Value, ...], element: Value | None) -> bool:
    """Whether the elements that are known are what those are that are not."""
    return element is not None and all(term_of(item) == term_of(element) for item in items)


def _of_rest(base: ListValue | MapValue, rest: Unknown, key: Value, worlds: Worlds) -> Value:
    """One of the elements that `rest` stands for. Raises EvaluationError where there is none.

    Of instances it is always asked whether there is one; of other collections only where `try`
    survives the answer, for else the program would be refused.
    """
    type_ = element_type(rest.type)
    found = base.element or derived("index", rest, key, not_null=False, type=type_)
    kept = rest.kept
    if kept is not None and kept.covers(key):
        _is_of_another(kept, key, rest, worlds)
        return found
    if (base.element is None and not worlds.trying) or is_key_of(key, rest.term):
        return found
    asked = has_index if isinstance(base, ListValue) else has_key
    below = isinstance(base, ListValue) and worlds.decide(("<", term_of(key), _ZERO))
    if below or not worlds.decide(asked(rest.term, term_of(key))):
        raise Absent("there is no such element")
    return found


def _is_of_another(kept: Kept, key: Unknown, collection: Unknown, worlds: Worlds) -> bool:
    """Whether a key is that of another entry than its own, which a `for` leaves out.

    Raises Absent in a world where there is none.
    """
    own = kept.has(key)
    there = worlds.decide(has_key(collection.term, key.term))
    if there is own:
        if there:
            return False
        raise Absent("there is no such element")
    if own or kept.has_one_each(key) or not kept.has(key, other=True):
        raise Unreachable
    return True


def _no_such_element(worlds: Worlds) -> Value:
    """An unknown key that is none of those there are: an error, which only `try` survives."""
    if worlds.trying:
        raise Absent("there is no such element")
    raise Unreachable


def _kind(value: Value) -> str:
    match value:
        case Known(data=bool()):
            return "a bool"
        case Known(data=str()) | Text():
            return "a string"
        case Known():
            return "a number"
    return "a resource"

"""What `for` and a splat make of elements that are not known.

`evaluate` is the evaluator (evaluate.py), which asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

from ..records import replace
from .closure import reads
from .decisions import Undecided, Unreachable
from .expression import Expression, For, Reference, Splat
from .kept import (
    ALL_KEYS,
    GROUPED,
    KEYS_LISTED,
    SOME_KEYS,
    Kept,
    form_of,
    has_entries,
    is_set,
    source_key,
)
from .keys import KEYED, of_any_instance
from .operands import attempted, given, truth
from .scope import Bound, Scope
from .types import element_type, is_mapping, is_sequence
from .value import (
    Attribute,
    EvaluationError,
    ListValue,
    MapValue,
    Term,
    Unknown,
    Value,
    derived,
    term_of,
)

Evaluate = Callable[[Expression, Scope], Value]


def for_unknown(
    expression: For,
    whole: Value,
    collection: Unknown | Attribute,
    scope: Scope,
    evaluate: Evaluate,
) -> Unknown:
    """What a `for` gives of what is not known, told apart by its code and by what that reads.

    That is all of a collection, or the rest of it.
    """
    own = frozenset((expression.value_name, expression.key_name or expression.value_name))

    def told(*parts: Expression | None) -> tuple[Term, ...]:
        read = chain.from_iterable(reads(part, own) for part in parts if part is not None)
        return tuple(_told(part, scope, evaluate) for part in read)

    kind, keyed = form_of(expression, collection, partial(told, expression.key))
    read = told(expression.key, expression.value, expression.condition)
    term = (kind, expression.span.text, read, term_of(keyed))
    found = replace(derived("for", collection), term=term)
    parts = (
        (expression.key, "string"), (expression.condition, "bool"), (expression.value, None),
    )  # fmt: skip
    own_keys = kind in (SOME_KEYS, ALL_KEYS) and keyed is collection
    _succeeds(
        found,
        [(part, type_) for part, type_ in parts if part is not None],
        Bound(scope, of_each(expression, whole, collection)),
        evaluate,
        certain=own_keys or expression.key is None or expression.grouping,  # no key is there twice
    )
    if (
        kind not in (SOME_KEYS, ALL_KEYS, KEYS_LISTED)
        or not isinstance(keyed, Unknown)
        or not has_entries(keyed)
    ):
        return found

    def entry(part: Expression, key: Value, element: Value) -> Value:
        own_key = key
        if keyed.term[0] == KEYED and isinstance(collection, Unknown):
            own_key = source_key(key, collection)
            if isinstance(element, Unknown) and element.term[0] == "other":
                own_key = replace(own_key, term=("other", own_key.term))
            element = own_key if is_set(collection) else element
        names = {expression.value_name: element, expression.key_name or "": own_key}
        return evaluate(part, Bound(scope, names))

    def wanted(key: Value, element: Value) -> bool:
        test = expression.condition
        return test is None or truth(given(entry(test, key, element), scope), scope)

    def group(key: Value, element: Value) -> Value:
        first = entry(expression.value, key, element)
        more = derived(
            "group", replace(found, term=("for", expression.span.text, term, term_of(key)))
        )
        return ListValue((first,), "tuple", more)

    if expression.grouping:
        return replace(found, kept=Kept(keyed, group, wanted, GROUPED))
    return replace(found, kept=Kept(keyed, partial(entry, expression.value), wanted, kind))


def each_alike(values: Iterable[Value | None]) -> Value | None:
    """What each of some values is; None where they differ, or one is not known."""
    found: Value | None = None
    for value in values:
        if value is None or (found is not None and term_of(value) != term_of(found)):
            return None
        found = value
    return found


def group_of(element: Value, rest: Unknown) -> ListValue | None:
    """A group of elements that are alike; None where two groups could be held for one."""
    term = term_of(element)
    if not of_any_instance(term):
        return None
    return ListValue((element,), "tuple", replace(rest, term=("group", term), kept=None))


def splat_unknown(
    expression: Splat,
    base: Unknown | Attribute,
    scope: Scope,
    evaluate: Evaluate,
    element: Value | None = None,
) -> Unknown:
    """What a splat gives of what is not known, told apart by its code and by what that reads.

    Of what may be no list there are none of null, and one of another value.
    """
    kind = "splat of any" if element is None and is_sequence(base) is None else "splat"
    found = derived(kind, base)
    if isinstance(expression.each, Reference):
        return found
    read = tuple(_told(part, scope, evaluate) for part in reads(expression.each, frozenset({"*"})))
    code = expression.span.text.removeprefix(expression.base.span.text)
    found = replace(found, term=(kind, code, read, term_of(base)))
    parts = ((expression.each, None),) if element is None else ()
    _succeeds(found, parts, Bound(scope, {"*": _any_of(base)}), evaluate)
    return found


def of_each(expression: For, whole: Value, rest: Unknown | Attribute) -> dict[str, Value]:
    """The variables of a `for` for each element of a collection that is not known, or its rest."""
    element = whole.element if isinstance(whole, ListValue | MapValue) else None
    each = _any_of(rest)
    names: dict[str, Value] = {expression.value_name: each if element is None else element}
    if expression.key_name is not None:
        named = isinstance(whole, MapValue) or is_mapping(whole)
        key = replace(each, term=("each.key", "for", term_of(rest)), not_null=True)
        names[expression.key_name] = replace(key, type="string" if named else None)
    return names


def _any_of(collection: Unknown | Attribute) -> Unknown:
    """What stands for each element of what is not known."""
    term = ("any of", term_of(collection))
    if isinstance(collection, Attribute):
        return derived("any of", collection, not_null=False)
    type_ = element_type(collection.type)
    return Unknown(collection.cause, collection.why, term, type=type_, trail=collection.trail)


def _succeeds(
    found: Unknown,
    parts: Iterable[tuple[Expression, str | None]],
    scope: Scope,
    evaluate: Evaluate,
    *,
    certain: bool = True,
) -> None:
    """Ask whether what is made of each element is valid, where a `try` survives that it is not.

    It is `certain` where nothing is asked of any element to make the parts, each of a type.
    Raises EvaluationError in a world where it is not valid.
    """
    if not scope.worlds.trying:
        return
    try:
        for part, type_ in parts:
            value = evaluate(part, scope)
            if type_ is not None:
                attempted(given(value, scope), type_, scope)
    except (EvaluationError, Undecided, Unreachable):
        certain = False
    if not certain and not scope.worlds.succeeds(found.term):
        raise EvaluationError("what is made of an element is not valid")


def _told(part: Expression, scope: Scope, evaluate: Evaluate) -> Term:
    try:
        return term_of(evaluate(part, scope))
    except (EvaluationError, Unreachable):
        return ("refused", str(part.span))

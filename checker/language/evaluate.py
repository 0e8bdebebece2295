"""One evaluator for both languages: an expression and a scope become a value.

An invalid access is an EvaluationError (which `try` catches); what is merely not known is an
Unknown. Conditions that cannot be decided are split into worlds (worlds.py).
"""

from __future__ import annotations

from collections.abc import Callable

from ..annotations import Any
from ..records import replace
from ..source import InputError
from .access import in_order, index
from .branches import of_one_type
from .convert import equal, may_be, to_string
from .decisions import Undecided, Unreachable
from .each import each_alike, for_unknown, group_of, of_each, splat_unknown
from .expression import (
    Call,
    Conditional,
    Deferred,
    Expression,
    For,
    Index,
    Literal,
    Object,
    Operation,
    Reference,
    Splat,
    Template,
    Tuple,
    Unsupported,
    settled,
)
from .hops import PASSING_OVER, decided_by, explained, part_of, passed_over, picked_by
from .kept import ALL_KEYS
from .keys import ONE_OF
from .operands import (
    TAKING_NULL,
    attempted,
    given,
    logical,
    negated,
    null_here,
    place,
    truth,
)
from .operators import arithmetic, compare
from .scope import Bound, Scope
from .types import is_sequence, plain_type
from .value import (
    HOPS_LIMIT,
    Attribute,
    EvaluationError,
    Hop,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Unknown,
    Value,
    Whole,
    derived,
    noted,
    term_of,
    text,
)


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression. Raises EvaluationError, and Undecided within `explore`."""
    scope.worlds.step()
    try:
        value = _EVALUATE[type(expression)](expression, scope)
    except EvaluationError as error:
        if error.span is None:
            error.span = expression.span
        raise
    if isinstance(value, Unknown):
        value = scope.worlds.refine(value)
    if not value.trail:
        value = value.via(expression.span, "")
    return value


def define(scope: Scope, expression: Expression, note: str) -> Value:
    """Evaluate what defines a name, and put the definition on the trail of what it gives."""
    try:
        value = evaluate(expression, scope)
    except EvaluationError as error:
        copy = type(error)(error.message, error.span, error.cause)
        copy.hops = (Hop(expression.span, note), *error.hops)
        copy.elsewhere = error.elsewhere
        raise copy from None
    first = value.trail[0] if value.trail else None
    if first and first.span == expression.span and not first.note:
        return replace(value, trail=(Hop(expression.span, note), *value.trail[1:]))
    return value.via(expression.span, note)


def _deferred(expression: Deferred, scope: Scope) -> Value:
    return evaluate(expression.read(), scope)


def _literal(expression: Literal, scope: Scope) -> Value:
    return Known(expression.value, trail=(Hop(expression.span, ""),))


def _reference(expression: Reference, scope: Scope) -> Value:
    return scope.lookup(expression.name, expression.span)


def _unsupported(expression: Unsupported, scope: Scope) -> Value:
    term = ("unsupported", str(expression.span))
    return Unknown("unsupported", expression.construct, term)


def _index(expression: Index, scope: Scope) -> Value:
    base = evaluate(expression.base, scope)
    key = evaluate(expression.key, scope)
    return picked_by(index(base, key, scope.worlds), key, expression.key)


def _splat(expression: Splat, scope: Scope) -> Value:
    base = evaluate(expression.base, scope)
    items: tuple[Value, ...]
    match base:
        case Known(data=None):
            return ListValue(())
        case Unknown() if is_sequence(base) is False:
            if null_here(scope, base):
                return ListValue(())
            items, rest = (base,), None
        case Unknown():
            return splat_unknown(expression, base, scope, evaluate)
        case Attribute() if plain_type(base) is None:
            return splat_unknown(expression, base, scope, evaluate)
        case ListValue(items=items, rest=rest):
            pass
        case _:
            items, rest = (base,), None
    values = tuple(evaluate(expression.each, Bound(scope, {"*": item})) for item in items)
    kind = base.kind if isinstance(base, ListValue) else "tuple"
    kind = "list" if kind == "set" else kind
    least = base.least if isinstance(base, ListValue) else None
    if rest is None:
        return explained(ListValue(values, kind, least=least), base)
    element = base.element if isinstance(base, ListValue) else None
    if element is not None:
        element = evaluate(expression.each, Bound(scope, {"*": element}))
    more = splat_unknown(expression, rest, scope, evaluate, element)
    return ListValue(values, kind, more, element, least)


def _template(expression: Template, scope: Scope) -> Value:
    if len(expression.parts) == 1:
        return evaluate(expression.parts[0], scope)
    parts = []
    for part in expression.parts:
        piece = to_string(attempted(given(evaluate(part, scope), scope), "string", scope))
        if isinstance(piece, Known) and piece.data is None:
            raise EvaluationError("a string template has a part that is null", part.span)
        parts.append(piece)
    return text(parts, trail=(Hop(expression.span, ""),))


def _call(expression: Call, scope: Scope) -> Value:
    if expression.name in ("try", "can"):
        return _try(expression, scope)
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.spread:
        last = given(arguments.pop(), scope)
        if isinstance(last, Known):
            raise EvaluationError("what is expanded is null, or no list")
        placed = in_order(last, scope.worlds) if isinstance(last, ListValue) else None
        if placed is None or placed.rest is not None:
            # Of a name of its own: `max(list...)` is no maximum of the list itself.
            spread = derived(f"{expression.name}...", last, not_null=False)
            if not scope.worlds.succeeds(spread.term):
                raise EvaluationError(f"{expression.name} does not take these arguments")
            return spread
        arguments.extend(part_of(last, item) for item in placed.items)
    least = TAKING_NULL.get(expression.name, len(arguments))
    arguments[:least] = [given(argument, scope) for argument in arguments[:least]]
    found = scope.call(expression.name, tuple(arguments), expression.span)
    if expression.name in PASSING_OVER:
        found = passed_over(found, arguments)
    elif expression.name == "element" and isinstance(arguments[0], ListValue):
        found = part_of(arguments[0], found)
    picks = expression.name in ("lookup", "element") and len(expression.arguments) > 1
    if picks and found.trail:
        return picked_by(found, arguments[1], expression.arguments[1])
    return explained(found, *arguments)


def _try(expression: Call, scope: Scope) -> Value:
    failure = EvaluationError("no argument of try is valid")
    for argument in expression.arguments:
        scope.worlds.trying += 1
        try:
            value = evaluate(argument, scope)
        except EvaluationError as error:
            if error.elsewhere or error.cause in ("unsupported", "cycle"):
                raise  # not a refusal that the language survives: what comes next may never be
            failure = error
        else:
            hops = noted(failure.hops)[:HOPS_LIMIT]  # why what comes before is not taken
            found = Known(True) if expression.name == "can" else value
            return replace(found, trail=(*hops, *found.trail)) if hops else found
        finally:
            scope.worlds.trying -= 1
    if expression.name == "can":
        return Known(False, trail=noted(failure.hops)[:HOPS_LIMIT])
    raise failure


def _conditional(expression: Conditional, scope: Scope) -> Value:
    condition = given(evaluate(expression.test, scope), scope)
    test = truth(condition, scope)
    chosen, other = expression.then, expression.otherwise
    if not test:
        chosen, other = other, chosen
    value = of_one_type(
        evaluate(chosen, scope),
        settled(other),
        lambda part: _beside(part, scope),
        scope.worlds,
    )
    return decided_by(value, condition, test, expression)


def _beside(expression: Expression, scope: Scope) -> Value | None:
    """What a branch that is not taken gives; None where it is not valid, or asks a condition."""
    try:
        return evaluate(expression, scope)
    except (EvaluationError, InputError, Undecided, Unreachable):
        return None


def _operation(expression: Operation, scope: Scope) -> Value:
    operator = expression.operator
    left = evaluate(expression.operands[0], scope)
    if operator not in ("==", "!="):
        kind = "bool" if operator in ("&&", "||", "!") else "number"
        left = attempted(given(left, scope), kind, scope)
    if len(expression.operands) == 1:
        return negated(left) if operator == "!" else arithmetic("-", Known(0), left)
    if operator in ("&&", "||"):
        return _logic(operator, logical(operator, left), expression.operands[1], scope)
    right = evaluate(expression.operands[1], scope)
    if operator == "==":
        return explained(equal(left, right), left, right)
    if operator == "!=":
        return negated(explained(equal(left, right), left, right))
    right = attempted(given(right, scope), "number", scope)
    if operator in ("<", ">", "<=", ">="):
        return explained(compare(operator, left, right), left, right)
    return arithmetic(operator, left, right)


def _logic(operator: str, left: Value, operand: Expression, scope: Scope) -> Value:
    settled = operator == "||"  # the value of the left operand that settles the result
    if isinstance(left, Known) and left.data is settled:
        return left
    try:
        right = given(evaluate(operand, scope), scope)
        right = logical(operator, attempted(right, "bool", scope))
    except (EvaluationError, Unreachable):
        # `x != null && x.y`: the right side is only meant where the left side does not settle it.
        if not isinstance(left, Known) and scope.worlds.decide(term_of(left)) is settled:
            return Known(settled)
        raise
    if isinstance(right, Known) and right.data is settled:
        return right
    if isinstance(left, Known):
        return right
    return left if isinstance(right, Known) else derived(operator, left, right, type="bool")


def _tuple(expression: Tuple, scope: Scope) -> Value:
    return ListValue(tuple(evaluate(item, scope) for item in expression.items))


def _object(expression: Object, scope: Scope) -> Value:
    items: dict[str, Expression] = {}
    unknown: list[tuple[Value, Expression, frozenset[str]]] = []  # and the keys before each
    for key_expression, value_expression in expression.items:
        key = to_string(attempted(given(evaluate(key_expression, scope), scope), "string", scope))
        if isinstance(key, Known) and isinstance(key.data, str):
            items[key.data] = value_expression
            unknown = [(other, value, before - {key.data}) for other, value, before in unknown]
        elif isinstance(key, Known):
            raise EvaluationError("a key is null", key_expression.span)
        else:
            unknown.append((key, value_expression, frozenset(items)))
    rest = derived(ONE_OF, *dict.fromkeys(key for key, *_ in unknown)) if unknown else None

    def read(name: str) -> Value:
        item = items[name]
        for key, value, before in reversed(unknown):  # of equal keys, the last one counts
            if name in before and may_be(key, name) and _is(key, name, scope):
                item = value
                break
        return scope.worlds.remember((id(item), scope), lambda: evaluate(item, scope), within=True)

    element = each_alike((_beside(value, scope) for _, value, _ in unknown)) if unknown else None
    return MapValue(LazyItems(tuple(items), read), "object", rest, element)


def _is(key: Value, name: str, scope: Scope) -> bool:
    """Whether a key that is not known is a certain one, in this world."""
    return scope.worlds.decide(("==", term_of(key), term_of(Known(name))))


def _for(expression: For, scope: Scope) -> Value:
    collection = given(evaluate(expression.collection, scope), scope)
    pairs: list[tuple[Value, Value]]
    least: int | None = None
    match collection:
        case ListValue(items=items, kind="set", rest=rest, least=least):
            pairs = [(item, item) for item in items]
        case ListValue(items=items, rest=rest, least=least):
            pairs = [(place(collection, at), item) for at, item in enumerate(items)]
        case MapValue(items=mapping, rest=rest):
            pairs = [(Known(name), mapping[name]) for name in sorted(mapping)]
            if rest is not None and pairs:
                least = len(pairs)  # one of the other keys may stand before each
        case Unknown() | Attribute() if plain_type(collection):
            raise EvaluationError("for needs a collection", expression.collection.span)
        case Unknown() | Attribute():
            attempted(collection, "collection", scope)
            return for_unknown(expression, collection, collection, scope, evaluate)
        case Whole():
            return Unknown("unsupported", "for over a resource", ("for", term_of(collection)))
        case _:
            raise EvaluationError("for needs a collection", expression.collection.span)
    more = None if rest is None else for_unknown(expression, collection, rest, scope, evaluate)
    if more is not None and rest is not None:  # which there are; what they are, `element` tells
        more = replace(more, kept=rest.kept if more.term[0] == ALL_KEYS else None)
    kept: list[Bound] = []
    for key, value in pairs:
        names = {expression.value_name: value}
        if expression.key_name is not None:
            names[expression.key_name] = key
        bound = Bound(scope, names)
        if expression.condition is None or truth(
            given(evaluate(expression.condition, bound), bound), bound
        ):
            kept.append(bound)
    if expression.key is None:
        values = tuple(evaluate(expression.value, bound) for bound in kept)
        if least is not None:  # and some are left out
            least = max(1, least - (len(pairs) - len(kept))) if kept else None
        element = _for_element(expression, collection, scope)
        listed = ListValue(values, "tuple", more, element, least)
        return explained(listed, collection)
    found = _for_object(expression, expression.key, kept, more, ordered=least is None)
    return replace(found, element=_for_element(expression, collection, scope))


def _for_element(expression: For, collection: Value, scope: Scope) -> Value | None:
    """What `for` makes of each element that the collection's `rest` stands for."""
    match collection:
        case ListValue(element=Value(), rest=Unknown() as rest):
            pass
        case MapValue(element=Value(), rest=Unknown() as rest):
            pass
        case _:
            return None
    element = evaluate(expression.value, Bound(scope, of_each(expression, collection, rest)))
    return group_of(element, rest) if expression.grouping else element


def _for_object(
    expression: For,
    key_expression: Expression,
    kept: list[Bound],
    more: Unknown | None,
    *,
    ordered: bool,
) -> MapValue:
    groups: dict[str, list[Bound]] = {}
    for bound in kept:
        key = to_string(attempted(given(evaluate(key_expression, bound), bound), "string", bound))
        if not isinstance(key, Known):
            more = derived("key", key)
        elif key.data is None:
            raise EvaluationError("a key is null", key_expression.span)
        elif key.data in groups and not expression.grouping:
            raise EvaluationError(f'two elements have the key "{key.data}"', key_expression.span)
        else:
            groups.setdefault(str(key.data), []).append(bound)

    def read(name: str) -> Value:
        values = tuple(evaluate(expression.value, bound) for bound in groups[name])
        if not expression.grouping:
            return values[0]
        if more is not None:  # others may belong to the group, anywhere
            return replace(derived("for", more), term=("for", name, more.term))
        return ListValue(values, least=None if ordered or len(values) == 1 else 1)

    return MapValue(LazyItems(tuple(groups), read), "object", more)


_EVALUATE: dict[type[Expression], Callable[[Any, Scope], Value]] = {
    Literal: _literal,
    Reference: _reference,
    Index: _index,
    Splat: _splat,
    Template: _template,
    Call: _call,
    Conditional: _conditional,
    Operation: _operation,
    Tuple: _tuple,
    Object: _object,
    For: _for,
    Unsupported: _unsupported,
    Deferred: _deferred,
}

"""What the facts of a world decide: conditions on what is not known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

from ..records import replace
from .alike import same
from .consistency import consistent
from .convert import number_of, read_number
from .expression import Scalar
from .keys import ONE_OF, length, measured, sources
from .types import type_of
from .value import Term, Unknown, Value, names_in

Facts = dict[Term, bool]

_NEVER_NULL = frozenset({"!", "&&", "||", "==", "!=", "<", ">", "<=", ">="})
_NEGATED = {"!=": "==", ">=": "<", "<=": ">"}


class Undecided(Exception):
    """A condition was met that the facts of this world do not decide."""

    def __init__(self, term: Term) -> None:
        super().__init__(term)
        self.term = term


class Unreachable(Exception):
    """The facts of this world cannot hold together with a program that is valid."""


def _literal(term: Term) -> bool:
    return term[0] == "literal"


class Decisions:
    """The facts of the current world, and what follows from them."""

    def __init__(self) -> None:
        self.facts: Facts = {}
        self.trying = 0
        """How many `try` and `can` surround the current evaluation."""
        self._equal: dict[Term, Scalar] = {}
        self._domains: dict[Term, tuple[Scalar, ...]] = {}
        self._types: dict[Term, str] = {}
        self._counts: set[Term] = set()
        self._not_null: set[Term] = set()
        self._nulls_of: Facts | None = None
        self._nulls: frozenset[Term] = frozenset()
        self._touched = False
        self._numeric_of: Facts | None = None
        self._numeric_facts: Mapping[Term, Sequence[tuple[Term, bool]]] = {}

    def decide(self, term: Term) -> bool:
        """Whether a condition is true in this world.

        Raises Undecided where the world does not say; `explore` then splits it.
        """
        match term:
            case ("literal", _, bool(truth)):
                return truth
            case ("literal", _, "true" | "false" as word):
                return word == "true"
            case ("!", tuple(inner)):
                return not self.decide(inner)
            case ("&&", tuple(left), tuple(right)):
                return self.decide(left) and self.decide(right)
            case ("||", tuple(left), tuple(right)):
                return self.decide(left) or self.decide(right)
            case ("!=" | ">=" | "<=" as operator, tuple(left), tuple(right)):
                return not self.decide((_NEGATED[operator], left, right))
            case (">", tuple(left), tuple(right)):
                return self.decide(("<", right, left))
            case ("==", tuple(left), tuple(right)):
                return self._decide_equal(left, right)
            case ("<", tuple(left), tuple(right)):
                return self._decide_less(left, right)
            case ("as bool", tuple(of)):
                if self._is_one_of(of, ("true", "1")):
                    return True
                if self._is_one_of(of, ("false", "0")):
                    return False
                raise Unreachable  # `try` asked before, and else the program is refused
            case ("succeeds", ("as bool", tuple(of))) if self._type_of(of) == "string":
                return self._is_one_of(of, ("true", "1", "false", "0"))
            case ("alike", tuple(assumed), _) if self._type_of(assumed) is not None:
                return False
            case ("has key", tuple(collection), _) if term not in self.facts:
                self._touched = True
                if self._bounds(("length", measured(collection)))[1] <= 0:
                    return False
        if term in self._equal:
            condition = _as_condition(self._equal[term])
            if condition is None:
                raise Unreachable  # it is null, or no bool
            self._touched = True
            return condition
        return self._fact(term)

    def succeeds(self, term: Term) -> bool:
        """Whether an operation on what is not known gives something, in this world.

        Outside of `try` and `can` it does: the program would be refused where it fails.
        """
        return not self.trying or self.decide(("succeeds", term))

    def is_count(self, term: Term) -> None:
        """Note that a term is a number of instances: whole, and not below 0, or refused.

        That is so in this world: in another one the number may be a different term.
        """
        self._touched = True
        self._counts.add(term)

    def _fact(self, term: Term) -> bool:
        self._touched = True
        if term in self.facts:
            return self.facts[term]
        raise Undecided(term)

    def _decide_equal(self, left: Term, right: Term) -> bool:
        if left == right:
            return True
        if _literal(left):
            left, right = right, left
        if _literal(left):
            return left[2] == right[2] and left[1:] == right[1:]
        if not _literal(right):
            return self._decide_alike(left, right)
        value = right[2]
        assert not isinstance(value, tuple)
        kind = self._type_of(left)
        if kind is not None and type_of(value) not in (None, kind):
            return False
        match left:
            case ("as string", str(of), tuple(inner)):
                return self._decide_written(inner, of, value)
            case ("as number" | "as bool", tuple(inner)) if value is None:
                return self.decide(_equality(inner, None))
            case ("min" | "max", tuple(), *_) if value is not None:
                # It is neither above nor below.
                return not (self._decide_less(left, right) or self._decide_less(right, left))
        if isinstance(value, bool) and kind == "bool":
            return not self._is_null(left) and self.decide(left) is value
        self._touched = True
        condition = self.facts.get(left)
        if kind is None and condition is not None and _as_condition(value) is not condition:
            return False
        if left in self._equal:
            answer = same(self._equal[left], value)
            return self._fact(("==", left, right)) if answer is None else answer
        domain = self._domains.get(left)
        if domain is not None and value is not None:
            possible = [v for v in domain if self.facts.get(_equality(left, v)) is not False]
            alike = [answer for v in possible if (answer := same(v, value)) is not False]
            if not alike:
                return False
            if len(possible) == 1 and alike == [True]:
                return True
        if value == "" and not isinstance(value, bool):
            low, high = self._bounds(("length", left))
            if low > 0:
                return False
            if high == 0 and kind == "string":
                return True  # what has no type may be an empty list
        low, high = self._bounds(left)
        if isinstance(value, int | float):
            if not low <= value <= high:
                return False
            if low == high:
                return True
        return self._fact(("==", left, right))

    def _is_one_of(self, term: Term, texts: tuple[str, ...]) -> bool:
        return any(self._decide_equal(term, _literal_of(text)) for text in texts)

    def _decide_alike(self, left: Term, right: Term) -> bool:
        """Whether two that are not known are the same; of two types they are if both are null."""
        match left, right:
            case ("as string", str(of), tuple(one)), ("as string", str(other), tuple(two)):
                if of == other and (of != "any" or self._decide_equal(one, two)):
                    return self._decide_equal(one, two)
                if "any" in (of, other):
                    return self._fact(("==", *sorted((left, right), key=repr)))
                return all(self._decide_equal(term, _NULL) for term in (one, two))
        kinds = {self._type_of(left), self._type_of(right)}
        if kinds == {"bool"}:
            nulls = [self._is_null(term) for term in (left, right)]
            return all(nulls) if any(nulls) else self.decide(left) is self.decide(right)
        if len(kinds) == 2 and None not in kinds:
            return all(self._decide_equal(term, _NULL) for term in (left, right))
        return self._fact(("==", *sorted((left, right), key=repr)))

    def _is_null(self, term: Term) -> bool:
        certain = term[0] in _NEVER_NULL or term in self._not_null
        return not certain and self._decide_equal(term, _NULL)

    def _decide_written(self, term: Term, of: str, text: Scalar) -> bool:
        """Whether a number or bool that is not known reads as a text."""
        if text is None:
            return self._decide_equal(term, _NULL)
        if of == "any" and self._decide_equal(term, _literal_of(text)):
            return True
        if of == "any" and text in ("true", "false"):
            return self._decide_equal(term, _literal_of(text == "true"))
        if of == "bool":
            if text not in ("true", "false") or self._is_null(term):
                return False
            return self.decide(term) is (text == "true")
        number = read_number(str(text))
        return number is not None and self._decide_equal(term, _literal_of(number))

    def _type_of(self, term: Term) -> str | None:
        """The type of what is not known and not null, where that is declared."""
        match term:
            case ("as string" | "as number" | "as bool" as made, *_):
                return str(made).removeprefix("as ")
            case ("made of", tuple(inner)):
                return self._type_of(inner)
        return self._types.get(term)

    def _decide_less(self, left: Term, right: Term) -> bool:
        self._touched = True
        if left == right:
            return False
        match left, right:  # the last index of a list is below its length
            case ("-", tuple(whole), ("literal", _, int() | float() as less)), _ if whole == right:
                return less > 0
            case ("index of", tuple(listed), _), _ if right == length(listed):
                return True  # of what is found; where nothing is, the program is refused
        if (split := _extreme_below(left, right)) is not None:
            return self.decide(split)
        if _literal(right) and isinstance(bound := right[2], int | float):
            low, high = self._bounds(left)
            if high < bound:
                return True
            if low >= bound:
                return False
        if _literal(left) and isinstance(bound := left[2], int | float):
            low, high = self._bounds(right)
            if low > bound:
                return True
            if high <= bound:
                return False
        return self._fact(("<", left, right))

    def _bounds(self, term: Term) -> tuple[float, float]:
        """The closed interval that the facts leave to a number."""
        low, high = float("-inf"), float("inf")
        match term:
            case ("size", *_):
                low = 1.0
            case ("index of", *_):
                low = 0.0
            case ("count.index", _, tuple(size)):
                low, high = 0.0, self._bounds(size)[1] - 1
            case ("-", tuple(more), ("literal", _, int() as less)) if abs(less) < _EXACT:
                low, high = (bound - less for bound in self._bounds(more))
            case ("bounded", (_, _, int(least)), (_, _, most), _):
                low = float(least)
                high = float(most) if isinstance(most, int) else high
        if term[0] == "length" and isinstance(of := term[1], tuple):
            low = 0.0
            empty = self.facts.get(_equality(of, ""))
            if empty:
                high = 0.0
            elif empty is not None and self._type_of(of) == "string":
                low = 1.0
            if of[0] in ("toset", "distinct") and isinstance(inner := of[1], tuple):
                low = min(max(self._bounds(length(inner))[0], 0.0), 1.0)
            if any(_fills(fact, truth, of) for fact, truth in self.facts.items()):
                low = max(low, 1.0)
            if of[0] == ONE_OF:
                low = 1.0
            if any(self._bounds(("length", whole))[1] <= 0 for whole in sources(of) if whole != of):
                high = 0.0
        whole = term[0] in _WHOLE or term in self._counts
        if term in self._counts:
            low = max(low, 0.0)
        others = set()
        for fact, truth in self._numeric().get(term, ()):
            match fact:
                case ("<", _, ("literal", _, int(bound) | float(bound))):
                    if truth:
                        high = min(high, _next(bound, -1, whole))
                    else:
                        low = max(low, bound)
                case ("<", ("literal", _, int(bound) | float(bound)), _):
                    if truth:
                        low = max(low, _next(bound, 1, whole))
                    else:
                        high = min(high, bound)
                case ("==", _, ("literal", _, int(bound) | float(bound))):
                    if truth:
                        low = high = bound
                    else:
                        others.add(bound)
        while whole and low in others:
            low += 1
        while whole and high in others:
            high -= 1
        return low, high

    def is_within(self, number: Term, low: int, high: int) -> bool:
        """Whether the facts leave a number only what is from `low` to `high`."""
        self._touched = True
        least, most = self._bounds(number)
        return low <= least and most <= high

    def _numeric(self) -> Mapping[Term, Sequence[tuple[Term, bool]]]:
        """The facts that bound a term, by that term: a world may have hundreds of facts."""
        if self._numeric_of is not self.facts:
            found: dict[Term, list[tuple[Term, bool]]] = {}
            for fact, truth in self.facts.items():
                match fact:
                    case ("<", tuple(term), ("literal", _, int() | float())):
                        found.setdefault(term, []).append((fact, truth))
                    case ("<", ("literal", _, int() | float()), tuple(term)):
                        found.setdefault(term, []).append((fact, truth))
                    case ("==", tuple(term), ("literal", _, int() | float())):
                        found.setdefault(term, []).append((fact, truth))
            self._numeric_of, self._numeric_facts = self.facts, found
        return self._numeric_facts

    def refine(self, value: Unknown) -> Value:
        """What an unknown is in this world: known where a fact says what it equals."""
        self._touched = True
        term = value.term
        if isinstance(value.type, str):
            self._types[term] = value.type
        if value.not_null and term not in self._not_null and not self._is_told(term):
            self._not_null.add(term)
        if value.domain is not None:
            self._domains[term] = value.domain
            if len(value.domain) == 1:
                return value.assumed(value.domain[0])
        if term in self._equal:
            return value.assumed(self._equal[term])
        if term in self.facts and value.type == "bool":
            return value.assumed(self.facts[term])
        if not value.not_null and self.facts.get(_equality(term, None)) is False:
            return replace(value, not_null=True)
        return value

    def _is_told(self, term: Term) -> bool:
        """Whether this world says of a term, or of what it is made of, if it is null."""
        if self._nulls_of is not self.facts:
            nulls = (fact for fact in self.facts if fact[0] == "==" and fact[2] == _NULL)
            found = frozenset(chain.from_iterable(map(names_in, nulls)))
            self._nulls_of, self._nulls = self.facts, found
        return bool(self._nulls) and bool(names_in(term) & self._nulls)

    def contradicts_nothing(self) -> bool:
        """Whether the facts can hold together, as far as one is compared with others."""
        return consistent(self.facts, self._domains) and not any(
            self._contradicts(fact, truth) for fact, truth in self.facts.items()
        )

    def _contradicts(self, fact: Term, truth: bool) -> bool:
        """Whether a fact about what a string reads as is not so of what it is."""
        match fact:
            case ("==" | "<" as operator, tuple(left), tuple(right)):
                one, other = self._number(left), self._number(right)
                if one is None or other is None:
                    return False
                return (one == other if operator == "==" else one < other) is not truth
        return False

    def _number(self, term: Term) -> float | None:
        """The number that a term is, by what a string of it is in this world."""
        match term:
            case ("literal", _, int() | float() as number):
                return None if isinstance(number, bool) else number
            case ("as number", tuple(of)) if isinstance(text := self._equal.get(of), str):
                found = number_of(text)
                return math.nan if found is None else found
            case ("length" | "size", tuple(of)) if isinstance(text := self._equal.get(of), str):
                return len(text) if text.isascii() else None
        return None


_WHOLE = frozenset({"length", "size", "bounded", "count.index", "index of"})
_EXACT = 2**53  # above it floats stand further apart than whole numbers


def _next(bound: float, direction: int, whole: bool) -> float:
    """The number nearest to a bound, a whole one or any, which is not the bound itself."""
    if whole:
        return bound + direction if bound == int(bound) else bound
    if abs(bound) > _EXACT:
        return bound
    return math.nextafter(bound, direction * math.inf)


def _fills(fact: Term, truth: bool, collection: Term) -> bool:
    """Whether a fact says that a collection, or one of which it is the whole, is not empty."""
    match fact:
        case ("has key", tuple(keys), _) if truth:
            return collection in sources(keys)
        case ("==", ("length", tuple(part)), ("literal", _, int(size))):
            some = size > 0 if truth else size == 0
        case ("<", ("length", tuple(part)), ("literal", _, int(size))):
            some = not truth and size > 0
        case ("<", ("literal", _, int(size)), ("length", tuple(part))):
            some = truth and size >= 0
        case _:
            return False
    return some and part != collection and collection in sources(part)


def _as_condition(value: Scalar) -> bool | None:
    """What a value is as a condition; None for what is none."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value)
    return value if isinstance(value, bool) else None


def _equality(term: Term, value: Scalar) -> Term:
    return ("==", term, _literal_of(value))


def _literal_of(value: Scalar) -> Term:
    return ("literal", type(value).__name__, value)


_NULL = _literal_of(None)


def _extreme_below(left: Term, right: Term) -> Term | None:
    """`min(…) < x` and the like, as conditions on what the extreme is one of."""
    for term, all_of in ((left, "max"), (right, "min")):
        if term[0] not in ("min", "max") or len(term) < 2:
            continue
        operator = "&&" if term[0] == all_of else "||"
        found: Term | None = None
        for one in term[1:]:
            below = ("<", one, right) if term is left else ("<", left, one)
            found = below if found is None else (operator, found, below)
        return found
    return None

"""Undecided conditions, explored consistently.

A condition that cannot be decided is not a reason to give up: the judgement is run again in a
world where it is true and in one where it is false. The facts of a world hold from the start
of a run, so the same condition has the same truth wherever it is met.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from ..records import dataclass, replace
from .alike import same
from .consistency import consistent
from .expression import Scalar
from .keys import measured, size_of
from .value import EvaluationError, Term, Unknown, Value, names_in

T = TypeVar("T")

Facts = dict[Term, bool]

WORLD_LIMIT = 512
"""How many worlds one judgement may need; past it the answer is `unresolved`, and says so."""

STEP_LIMIT = 300_000
"""How many expressions one judgement may evaluate, over all its worlds: a few seconds."""

REQUIREMENT_LIMIT = 64
"""How many worlds are looked at for one in which a requirement holds."""

REQUIREMENT_STEPS = 50_000
"""How many expressions requirements may take, of one judgement; past it they bound nothing."""

RUN_LIMIT = 40_000
"""Facts over all the worlds of a run (a world counts one more) that many hard judgements share."""

FACTS_OF_EACH = 100
"""What of a judgement does not count: one of few worlds is told whatever came before it."""

RUN_STEPS, STEPS_OF_EACH = 600_000, 1_000
"""The same for expressions: a run of many hard judgements ends in seconds, not in minutes."""

_NEGATED = {"!=": "==", ">=": "<", "<=": ">"}


class Undecided(Exception):
    """A condition was met that the facts of this world do not decide."""

    def __init__(self, term: Term) -> None:
        super().__init__(term)
        self.term = term


class Unreachable(Exception):
    """The facts of this world cannot hold together with a program that is valid."""


class TooManyWorlds(Exception):
    """A judgement needs more than WORLD_LIMIT worlds or STEP_LIMIT steps, or the run did."""


def _literal(term: Term) -> bool:
    return term[0] == "literal"


@dataclass(frozen=True)
class Requirement:
    """What is true in every world of a valid program.

    Only facts that speak of one of the names in `about` may matter to it; of None, all may.
    """

    holds: Callable[[], bool]
    about: frozenset[Term] | None = None


class Worlds:
    """The facts of the current world, and what has been computed under them."""

    def __init__(self) -> None:
        self.facts: Facts = {}
        self._numeric_of: Facts | None = None
        self._numeric_facts: Mapping[Term, Sequence[tuple[Term, bool]]] = {}
        self._equal: dict[Term, Scalar] = {}
        self._domains: dict[Term, tuple[Scalar, ...]] = {}
        self._always: dict[Hashable, Any] = {}
        self._here: dict[Hashable, Any] = {}
        self._active: set[Hashable] = set()
        self._touched = False
        self._steps = 0
        self._required: dict[Term, dict[Hashable, Requirement]] = {}
        self._room: dict[tuple[Hashable, frozenset[tuple[Term, bool]]], bool] = {}
        self._left = REQUIREMENT_STEPS
        self._facts_left, self._steps_left = RUN_LIMIT, RUN_STEPS
        self._free_facts, self._free_steps = FACTS_OF_EACH, STEPS_OF_EACH
        self._depth = 0
        self.steps = 0
        """Expressions evaluated, over all judgements."""
        self.explored = 0
        """Worlds entered, over all judgements."""
        self.trying = 0
        """How many `try` and `can` surround the current evaluation."""

    # -- facts ------------------------------------------------------------------------------

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
            case ("has key", tuple(collection), _) if term not in self.facts:
                self._touched = True
                if self._bounds(("length", measured(collection)))[1] <= 0:
                    return False
        return self._fact(term)

    def succeeds(self, term: Term) -> bool:
        """Whether an operation on what is not known gives something, in this world.

        Outside of `try` and `can` it does: the program would be refused where it fails.
        """
        return not self.trying or self.decide(("succeeds", term))

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
            return self._fact(("==", *sorted((left, right), key=repr)))
        value = right[2]
        if isinstance(value, bool):
            return self.decide(left) is value
        self._touched = True
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
            if high == 0:
                return True
        low, high = self._bounds(left)
        if isinstance(value, int | float):
            if not low <= value <= high:
                return False
            if low == high:
                return True
        return self._fact(("==", left, right))

    def _decide_less(self, left: Term, right: Term) -> bool:
        self._touched = True
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
            case ("count.index", *_):
                low = 0.0
            case ("bounded", (_, _, int(least)), (_, _, most), _):
                low = float(least)
                high = float(most) if isinstance(most, int) else high
        if term[0] == "length" and isinstance(of := term[1], tuple):
            low = 0.0
            empty = self.facts.get(_equality(of, ""))
            if empty is not None:
                low, high = (0.0, 0.0) if empty else (1.0, high)
            if of[0] in ("toset", "distinct") and isinstance(inner := of[1], tuple):
                low = min(max(self._bounds(size_of(inner) or ("length", inner))[0], 0.0), 1.0)
            if any(_has_key_of(fact, of) for fact, truth in self.facts.items() if truth):
                low = max(low, 1.0)
        for fact, truth in self._numeric().get(term, ()):
            match fact:
                case ("<", _, ("literal", _, int(bound) | float(bound))):
                    if truth:
                        high = min(high, _next(term, bound, -1))
                    else:
                        low = max(low, bound)
                case ("<", ("literal", _, int(bound) | float(bound)), _):
                    if truth:
                        low = max(low, _next(term, bound, 1))
                    else:
                        high = min(high, bound)
                case ("==", _, ("literal", _, int(bound) | float(bound))):
                    low = high = bound
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
                    case ("==", tuple(term), ("literal", _, int() | float())) if truth:
                        found.setdefault(term, []).append((fact, truth))
            self._numeric_of, self._numeric_facts = self.facts, found
        return self._numeric_facts

    def refine(self, value: Unknown) -> Value:
        """What an unknown is in this world: known where a fact says what it equals."""
        self._touched = True
        term = value.term
        if value.domain is not None:
            self._domains[term] = value.domain
            if len(value.domain) == 1:
                return value.assumed(value.domain[0])
        if term in self._equal:
            return value.assumed(self._equal[term])
        if term in self.facts:
            return value.assumed(self.facts[term])
        if not value.not_null and self.facts.get(_equality(term, None)) is False:
            return replace(value, not_null=True)
        return value

    # -- memory -----------------------------------------------------------------------------

    def remember(self, key: Hashable, compute: Callable[[], T], *, within: bool = False) -> T:
        """Compute what has a name once: for all worlds where no fact was asked, else for this one.

        What has a name is a definition of its own: `try` around a use of it does not catch what
        is wrong with it, for the whole program is refused. `within`: it is a part of the
        expression that asks.

        Raises EvaluationError (cause "cycle") where the value depends on itself.
        """
        if within and self.trying:
            key = ("try", key)  # what fails there may be a world that is not reachable elsewhere
        found = self._always.get(key)
        if found is None:
            found = self._here.get(key)
            if found is None:
                return self._compute(key, compute, within)
            self._touched = True
        if isinstance(found, EvaluationError):
            raise found
        remembered: T = found
        return remembered

    def _compute(self, key: Hashable, compute: Callable[[], T], within: bool) -> T:
        if key in self._active:
            raise EvaluationError("it depends on itself", cause="cycle")
        outer, self._touched = self._touched, False
        trying, self.trying = self.trying, self.trying if within else 0
        self._active.add(key)
        outcome: T | EvaluationError | None = None
        try:
            outcome = compute()
            return outcome
        except EvaluationError as error:
            outcome = error
            error.elsewhere = error.elsewhere or not within
            raise
        finally:
            self.trying = trying
            self._active.discard(key)
            # Inside a cycle the outcome depends on where the cycle was entered: not kept.
            circular = isinstance(outcome, EvaluationError) and outcome.cause == "cycle"
            if outcome is not None and not circular:
                (self._here if self._touched else self._always)[key] = outcome
            self._touched = outer or self._touched

    def step(self, count: int = 1) -> None:
        """Count an evaluation, or what takes as long.

        Raises TooManyWorlds past STEP_LIMIT, or what the run has left.
        """
        self._steps += count
        self.steps += count
        if self._depth:
            free = min(self._free_steps, count)
            self._free_steps -= free
            self._steps_left -= count - free
        if self._steps > STEP_LIMIT or self._steps_left < 0:
            raise TooManyWorlds

    # -- exploring --------------------------------------------------------------------------

    def explore(self, judge: Callable[[], T]) -> list[tuple[Facts, T]]:
        """Run `judge` in every reachable world and give each world's facts with its outcome.

        May be called within a judgement: the inner exploration starts from no facts, and the
        outer world is restored after it. Raises TooManyWorlds past WORLD_LIMIT, or what the run
        has left.
        """
        if not self._depth:
            self._free_facts, self._free_steps = FACTS_OF_EACH, STEPS_OF_EACH
            self._facts_left, self._steps_left = max(self._facts_left, 0), max(self._steps_left, 0)
        outer = (self.facts, self._equal, self._here, self._active, self._touched, self.trying)
        steps, self._steps = self._steps, 0
        left, self._left = self._left, REQUIREMENT_STEPS
        outcomes: list[tuple[Facts, T]] = []
        waiting: list[Facts] = [{}]
        self._depth += 1
        try:
            while waiting:
                self._enter(waiting.pop())
                self._free_facts -= 1 + len(self.facts)
                if self._free_facts < 0:
                    self._facts_left += self._free_facts
                    self._free_facts = 0
                if self._facts_left < 0:
                    raise TooManyWorlds
                if not (self._consistent() and self._possible()):
                    continue
                try:
                    outcome = judge()
                    # With what was met of domains and requirements on the way.
                    if self._consistent() and self._possible():
                        outcomes.append((self.facts, outcome))
                except Unreachable:
                    continue
                except Undecided as split:
                    waiting.append({**self.facts, split.term: False})
                    waiting.append({**self.facts, split.term: True})
                if len(waiting) + len(outcomes) > WORLD_LIMIT:
                    raise TooManyWorlds
        finally:
            self._depth -= 1
            self._steps, self._left = steps, left
            (self.facts, self._equal, self._here, self._active, self._touched, self.trying) = outer
        return outcomes

    def _consistent(self) -> bool:
        return consistent(self.facts, self._domains)

    # -- requirements -----------------------------------------------------------------------

    def require(self, key: Hashable, names: frozenset[Term], requirement: Requirement) -> None:
        """From now on, a world whose facts speak of one of `names` must leave room for it."""
        for name in names:
            self._required.setdefault(name, {})[key] = requirement

    def _possible(self) -> bool:
        """Whether each requirement on what the facts speak of may hold, by itself."""
        if not self._required:
            return True
        asked: dict[Hashable, Requirement] = {}
        for fact in self.facts:
            for name in names_in(fact):
                asked.update(self._required.get(name, {}))
        return all(self._leaves_room(key, requirement) for key, requirement in asked.items())

    def _leaves_room(self, key: Hashable, requirement: Requirement) -> bool:
        about = requirement.about
        facts = {
            fact: truth
            for fact, truth in self.facts.items()
            if about is None or names_in(fact) & about
        }
        known = (key, frozenset(facts.items()))
        found = self._room.get(known)
        if found is None:
            found = self._satisfiable(facts, requirement.holds)
            if self._left > 0:
                self._room[known] = found
        return found

    def _satisfiable(self, facts: Facts, holds: Callable[[], bool]) -> bool:
        """Whether something holds in one of the worlds with some facts, as far as is looked."""
        outer = (self.facts, self._equal, self._here, self._active, self._touched, self.trying)
        steps, self._steps = self._steps, STEP_LIMIT - self._left
        waiting: list[Facts] = [facts]
        try:
            for _ in range(REQUIREMENT_LIMIT):
                if not waiting:
                    return False
                self._enter(waiting.pop())
                if not self._consistent():
                    continue
                try:
                    if holds():
                        return True
                except Undecided as split:
                    waiting.append({**self.facts, split.term: False})
                    waiting.append({**self.facts, split.term: True})
        except (Unreachable, TooManyWorlds):
            pass
        finally:
            self._left, self._steps = max(0, STEP_LIMIT - self._steps), steps
            (self.facts, self._equal, self._here, self._active, self._touched, self.trying) = outer
        return True

    def _enter(self, facts: Facts) -> None:
        self.explored += 1
        self.facts = facts
        self._here = {}
        self._active = set()
        self._touched = False
        self.trying = 0
        self._equal = {}
        for term, truth in facts.items():
            match term:
                case ("==", tuple(unknown), ("literal", _, value)) if truth:
                    self._equal[unknown] = value if not isinstance(value, tuple) else None


_WHOLE = frozenset({"length", "size", "bounded", "count.index", "index of"})
_EXACT = 2**53  # above it floats stand further apart than whole numbers


def _next(term: Term, bound: float, direction: int) -> float:
    """The number nearest to a bound that a term may be which is not the bound itself."""
    if term[0] in _WHOLE:
        return bound + direction if bound == int(bound) else bound
    if abs(bound) > _EXACT:
        return bound
    return math.nextafter(bound, direction * math.inf)


def _has_key_of(fact: Term, collection: Term) -> bool:
    return fact[0] == "has key" and isinstance(fact[1], tuple) and measured(fact[1]) == collection


def _equality(term: Term, value: Scalar) -> Term:
    return ("==", term, ("literal", type(value).__name__, value))

"""Undecided conditions, explored consistently.

A condition that cannot be decided is not a reason to give up: the judgement is run again in a
world where it is true and in one where it is false. The facts of a world hold from the start
of a run, so the same condition has the same truth wherever it is met.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from ..annotations import Any, TypeVar
from ..records import dataclass
from .decisions import Decisions, Facts, Undecided, Unreachable
from .value import EvaluationError, Term, names_in

T = TypeVar("T")

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


class TooManyWorlds(Exception):
    """A judgement needs more than WORLD_LIMIT worlds or STEP_LIMIT steps, or the run did."""


@dataclass(frozen=True)
class Requirement:
    """What is true in every world of a valid program.

    Only facts that speak of one of the names in `about` may matter to it; of None, all may.
    """

    holds: Callable[[], bool]
    about: frozenset[Term] | None = None


class Worlds(Decisions):
    """The facts of the current world, and what has been computed under them."""

    def __init__(self) -> None:
        super().__init__()
        self._always: dict[Hashable, Any] = {}
        self._here: dict[Hashable, Any] = {}
        self._active: set[Hashable] = set()
        self._steps = 0
        self._required: dict[Term, dict[Hashable, Requirement]] = {}
        self._room: dict[tuple[Hashable, frozenset[tuple[Term, bool]]], bool] = {}
        self._left = REQUIREMENT_STEPS
        self._facts_left, self._steps_left = RUN_LIMIT, RUN_STEPS
        self._free_facts, self._free_steps = FACTS_OF_EACH, STEPS_OF_EACH
        self._depth = 0
        self.steps = 0
        """Expressions evaluated, over all judgements."""
        self.guesses: dict[tuple[str, tuple[str, ...]], str] = {}
        """What was meant by a name that is not among others."""
        self.explored = 0
        """Worlds entered, over all judgements."""

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
        outer = self._saved()
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
                if not (self.contradicts_nothing() and self._possible()):
                    continue
                try:
                    outcome = judge()
                    # With what was met of domains and requirements on the way.
                    if self.contradicts_nothing() and self._possible():
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
            self._restore(outer)
        return outcomes

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
        outer = self._saved()
        steps, self._steps = self._steps, STEP_LIMIT - self._left
        waiting: list[Facts] = [facts]
        try:
            for _ in range(REQUIREMENT_LIMIT):
                if not waiting:
                    return False
                self._enter(waiting.pop())
                if not self.contradicts_nothing():
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
            self._restore(outer)
        return True

    def _enter(self, facts: Facts) -> None:
        self.explored += 1
        self.facts = facts
        self._here = {}
        self._active = set()
        self._touched = False
        self.trying = 0
        self._counts = set()
        self._equal = {}
        for term, truth in facts.items():
            match term:
                case ("==", tuple(unknown), ("literal", _, value)) if truth:
                    self._equal[unknown] = value if not isinstance(value, tuple) else None

    def _saved(self) -> tuple[Any, ...]:
        """What belongs to the current world alone."""
        world = self.facts, self._equal, self._here, self._active, self._counts
        return (*world, self._touched, self.trying)

    def _restore(self, saved: tuple[Any, ...]) -> None:
        self.facts, self._equal, self._here, self._active, self._counts, *rest = saved
        self._touched, self.trying = rest

"""Cards × graph → results: each instance of each resource is judged in every reachable world."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from ..graph import Origin, Resource
from ..language.bounded import is_bounded
from ..language.consistency import consistent
from ..language.convert import equal
from ..language.decisions import Facts
from ..language.value import (
    HOPS_LIMIT,
    Absent,
    EvaluationError,
    Hop,
    Known,
    Text,
    Unknown,
    Value,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..meant import meant
from ..patterns import pattern
from ..records import dataclass, replace
from ..settings import Settings
from ..source import InputError, Span
from ..unforeseen import told
from .card import Card, ResourceCard
from .predicates import PREDICATES, Surroundings
from .result import Level, Result
from .verdict import Verdict, passed, unresolved
from .wording import message, when

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from ..discovery import Walker

Rank = tuple[int, int]  # the level, then the reason

NEAR = 0.8
"""How like the name of an argument another is that was meant to be it; 1.0 is the same."""

# How a trail tells of a value that a call passes by a name that nothing takes.
_UNPASSED = pattern(r'.* passes no "(.*)"; "(.*)" is not an? (?:argument|parameter) of it\Z')

_LEVELS: tuple[Level | None, ...] = (None, "off", "warning", "error")


@dataclass(frozen=True)
class _Seen:
    """The outcome in one world; `verdict` is None where the resource does not exist in it."""

    verdict: Verdict | None
    name: str | None = None
    place: Span | None = None  # where the value is written


class Engine:
    """Judges resources. Input errors met on the way are collected in `errors`."""

    def __init__(
        self,
        worlds: Worlds,
        around: Surroundings,
        settings: Settings,
        walker: Walker,
        senders: Callable[[Resource, str | None], tuple[Hop, ...]] = lambda vault, name: (),
    ) -> None:
        """`walker` makes paths independent of the working directory."""
        self._senders = senders
        self._walker = walker
        self._worlds = worlds
        self._around = around
        self._settings = settings
        self.errors: list[InputError] = []
        self.uncreated: list[Span] = []
        """Where resources are declared that no world has."""
        self.judged = 0
        """How many resources are done."""

    def judge(self, cards: Iterable[Card], resources: Sequence[Resource]) -> list[Result]:
        results = []
        for card in cards:
            wanted = [r for r in resources if r.type in card.resources and not r.data]
            identities = Counter((resource.scope, resource.address) for resource in wanted)
            for resource in wanted:
                one_of_several = identities[resource.scope, resource.address] > 1
                result = self._guarded(card, resource, one_of_several)
                self.judged += 1
                if result is not None:
                    results.append(result)
        return sorted(results, key=lambda result: result.order)

    def _guarded(self, card: Card, resource: Resource, one_of_several: bool) -> Result | None:
        """The result: of several bodies of one resource, with the world that gives this one.

        What we did not foresee is an error of the resource; others are judged.
        """
        try:
            return self._result(card, resource, one_of_several)
        except Exception as error:
            self._error(InputError.at(resource.span, told(error, "it is not judged")))
            return None

    def _result(self, card: Card, resource: Resource, one_of_several: bool) -> Result | None:
        paths = card.resources[resource.type]
        try:
            outcomes = self._worlds.explore(lambda: self._seen(card, resource, paths))
        except TooManyWorlds:
            verdict = unresolved(
                "unsupported", "its conditions need more worlds or steps than are explored"
            )
            outcomes = [({}, _Seen(verdict, None, self._only_place(resource, paths.value)))]
        if not outcomes:
            verdict = unresolved("unsupported", "what it depends on contradicts itself")
            outcomes = [({}, _Seen(verdict, None, self._only_place(resource, paths.value)))]
        existing = [(facts, seen) for facts, seen in outcomes if seen.verdict is not None]
        if not existing:
            self.uncreated.append(resource.span)
            return None
        rank = partial(self._rank, card, resource)
        facts, worst, others = _worst(outcomes if one_of_several else existing, rank)
        told = one_of_several or (worst.verdict is not None and worst.verdict.reason is not None)
        world = when(facts) if told else None
        names = {seen.name for _, seen in existing}
        name = names.pop() if len(names) == 1 else None
        return self._report(card, resource, paths, worst, world, name, others)

    def _seen(self, card: Card, resource: Resource, paths: ResourceCard) -> _Seen:
        """The verdict in the current world."""
        exists: Value = Known(True)  # where it cannot be told, it is judged as if it did
        deep = False
        absent: Absent | None = None
        try:
            exists = resource.exists()
        except InputError as error:
            self._error(error)
        except EvaluationError as error:
            # A template's macros may add what is absent: its stack tells where none can.
            told = resource.framework == "cloudformation"
            absent = error if isinstance(error, Absent) and not told else None
        except RecursionError:
            deep = True
        if isinstance(exists, Known) and exists.data is False:
            return _Seen(None)
        spared = card.unless.get("name", {}).get("equals")
        word = self._name(resource, paths, spared)
        name = None if word is None or word.sensitive else str(word.data)
        if word is not None and word.data == spared:
            verdict = passed(f'AWS creates the vault "{word.data}", and its key is fixed')
            return _Seen(verdict, name, self._place(resource, paths.value))
        try:
            if deep:
                raise RecursionError
            value = resource.read(paths.value)
            verdict = PREDICATES[card.require](value, resource, self._around)
            if absent is not None and verdict.reason is None:
                raise absent  # the code is refused, so that nothing in it is vouched for
        except EvaluationError as error:
            verdict = _of_error(error)
        except InputError as error:
            self._error(error)
            why = f"it cannot be read: {error.message}"
            verdict = unresolved("unsupported", why, case="unreadable")
        except RecursionError:
            verdict = unresolved("unsupported", "its expressions are nested too deeply")
        return _Seen(verdict, name, self._place(resource, paths.value))

    def _name(self, resource: Resource, paths: ResourceCard, spared: object) -> Known | None:
        """The name, where it is known; of one that may be `spared`, whether it is."""
        try:
            name = resource.read(paths.name)
        except (EvaluationError, RecursionError):
            return None
        except InputError as error:
            self._error(error)
            return None
        match name:
            case Known(data=str()):
                return name
            case Unknown() | Text() if isinstance(spared, str) and is_bounded(name):
                if self._worlds.decide(term_of(equal(name, Known(spared)))):
                    return Known(spared)
        return None

    def _place(self, resource: Resource, name: str) -> Span | None:
        """Where an argument is written; None where it is not, or its resource cannot be read."""
        try:
            return resource.place(name)
        except InputError as error:
            self._error(error)
        except (EvaluationError, RecursionError):
            pass  # told by the verdict
        return None

    def _only_place(self, resource: Resource, name: str) -> Span | None:
        """Where an argument is written, where that is the same in every world."""
        return self._only_places(resource, (name,)).get(name)

    def _only_places(self, resource: Resource, names: Sequence[str]) -> dict[str, Span | None]:
        """The same of several arguments, in one exploration."""
        try:
            explored = self._worlds.explore(lambda: [self._place(resource, name) for name in names])
        except TooManyWorlds:
            return {}
        columns = ({*places} for places in zip(*(places for _, places in explored), strict=True))
        return {
            name: places.pop() if len(places) == 1 else None
            for name, places in zip(names, columns, strict=False)  # no column without a world
        }

    def _root(self, resource: Resource, path: str, top: str) -> str:
        """What tells the resource apart from that of another caller of the same code.

        It is "" for one that stands in a root module, or is the only template of its file.
        """
        if not resource.calls and resource.scope in (path, os.path.dirname(path) or "."):
            return ""
        return self._walker.anchored(resource.scope, top)

    def _error(self, error: InputError) -> None:
        if not any(vars(known) == vars(error) for known in self.errors):
            self.errors.append(error)

    def _notes(
        self, resource: Resource, paths: ResourceCard, origin: Origin | None
    ) -> Iterator[Hop]:
        """Arguments that were meant to be the one that is judged, and the construct's line."""
        for name, span in self._mistaken(resource, paths).items():
            yield Hop(span, f"{_no_argument(name, resource)}; did you mean {paths.value}?")
        yield from resource.misplaced().values()
        if origin and origin.created:
            yield origin.created

    def _mistaken(self, resource: Resource, paths: ResourceCard) -> dict[str, Span]:
        """The arguments that were meant to be the one that is judged, and their places."""
        try:
            written = {*resource.written()} - {paths.name}
        except InputError:
            written = set()  # that is told where its key is read
        given = paths.value in written
        near = () if given else sorted(one for one in written if meant(one, (paths.value,), NEAR))
        names = tuple(dict.fromkeys((*paths.mistaken, *near)))
        places = self._only_places(resource, names).items()
        return {name: span for name, span in places if span is not None}

    def _slip(
        self, verdict: Verdict, place: Span | None, resource: Resource, paths: ResourceCard
    ) -> Verdict:
        """The verdict, with what is to be written for a key that is given by a wrong name."""
        for hop in verdict.trail:
            passed_as = _UNPASSED.match(hop.note)
            if passed_as:
                instead = f"`{passed_as[1]}` instead of `{passed_as[2]}`"
                return replace(verdict, case="misspelt", instead=instead)
        if verdict.reason != "missing" or place is not None:
            return verdict
        name = next(iter(self._mistaken(resource, paths)), None)
        if name is not None:
            what, instead = _no_argument(name, resource), f"`{paths.value}` instead of `{name}`"
        else:
            found = self._misplaced(resource, paths)
            if found is None:
                return verdict
            what, instead = found
        detail = f"{verdict.detail}: {what}"
        return replace(verdict, detail=detail, case="misspelt", instead=instead)

    def _misplaced(self, resource: Resource, paths: ResourceCard) -> tuple[str, str] | None:
        """What stands beside `Properties`, or for them, and what is to be written."""
        for name, hop in resource.misplaced().items():
            what = hop.note.partition(";")[0]
            if name in (paths.value, *paths.mistaken) or meant(name, (paths.value,), NEAR):
                return what, f"`{paths.value}` under `Properties`"
            if meant(name, ("Properties",), NEAR):
                return what, f"`Properties` instead of `{name}`"
        return None

    def _level(self, card: Card, resource: Resource, span: Span, verdict: Verdict) -> Level | None:
        if verdict.reason is None:
            return None
        where = [place.source.path for place in (span, *resource.calls)]
        return self._settings.level(card.id, where, verdict.reason, verdict.cause)

    def _rank(self, card: Card, resource: Resource, seen: _Seen, verdict: Verdict) -> Rank:
        """How bad it is: what fails the run first, whatever else its reason is."""
        level = self._level(card, resource, seen.place or resource.span, verdict)
        return _LEVELS.index(level), verdict.rank

    def _report(
        self,
        card: Card,
        resource: Resource,
        paths: ResourceCard,
        seen: _Seen,
        world: str | None,
        name: str | None,
        others: tuple[str, ...],
    ) -> Result:
        verdict, place = seen.verdict, seen.place
        assert verdict is not None
        if verdict.reason is not None:
            verdict = self._slip(verdict, place, resource, paths)
        span = place or resource.span
        origin = resource.origin()
        outcome = verdict.reason or "pass"
        level = self._level(card, resource, span, verdict) or "error"
        path = span.source.path
        top = self._walker.top_of(path)
        anchored = self._walker.anchored(path, top)
        told = verdict.reason, verdict.cause, verdict.case, verdict.instead or ""
        return Result(
            rule=card.id,
            name=card.name,
            status="fail" if verdict.reason else "pass",
            level=level,
            severity=card.severity,
            reason=verdict.reason,
            cause=verdict.cause,
            when=world,
            message=message(verdict, name or resource.address, span, others),
            framework=resource.framework,
            type=resource.type,
            address=resource.address,
            resource_name=name,
            resource_span=resource.span,
            span=span,
            trail=_trail(verdict.trail, span, _note(place, verdict), span.source.origin),
            identity=(card.id, anchored, resource.address, paths.value, outcome),
            help=card.help(*told),
            caution=card.warning(*told),
            top=top,
            anchored=anchored,
            root=self._root(resource, path, top),
            extent=resource.extent or resource.span,
            calls=resource.calls,
            notes=tuple(self._notes(resource, paths, origin)) if verdict.reason else (),
            senders=self._senders(resource, name) if verdict.reason or self._settings.graph else (),
            metadata=resource.metadata,
            construct=origin.construct if origin else None,
            unread=verdict.case == "unreadable" and any(_within(e, span) for e in self.errors),
        )


def _of_error(error: EvaluationError) -> Verdict:
    """The verdict on a value that has none."""
    hops = error.hops
    if error.span is not None and not any(hop.span == error.span for hop in hops):
        hops = (*hops, Hop(error.span, error.message))
    refused = error.cause in ("undeclared", "not-a-key") and not isinstance(error, Absent)
    return unresolved(error.cause, error.message, hops, "refused" if refused else None)


def _worst(
    outcomes: list[tuple[Facts, _Seen]], rank: Callable[[_Seen, Verdict], Rank]
) -> tuple[Facts, _Seen, tuple[str, ...]]:
    """The outcome in the worst world, with only the facts that it takes to get it.

    Facts without which every world still gives this reason and cause are dropped; a world in which
    the resource does not exist gives none. What these worlds say in other words comes last.
    """
    judged = [(facts, seen, seen.verdict) for facts, seen in outcomes if seen.verdict is not None]
    facts, worst, wrong = max(
        judged,
        key=lambda one: (rank(one[1], one[2]), -len(one[0]), repr(sorted(map(repr, one[0])))),
    )

    def agreeing(kept: Facts) -> Iterator[Verdict | None]:
        """The verdicts of the worlds in which some facts may hold."""
        for world, seen in outcomes:
            if all(world.get(term, truth) is truth for term, truth in kept.items()) and consistent(
                {**world, **kept}, {}
            ):
                yield seen.verdict

    def certain(kept: Facts) -> bool:
        return all(
            verdict is not None and (verdict.reason, verdict.cause) == (wrong.reason, wrong.cause)
            for verdict in agreeing(kept)
        )

    kept = dict(facts)
    for term in sorted(facts, key=repr):
        without = {fact: truth for fact, truth in kept.items() if fact != term}
        if certain(without):
            kept = without
    details = dict.fromkeys(verdict.detail for verdict in agreeing(kept) if verdict is not None)
    return kept, worst, tuple(detail for detail in details if detail != wrong.detail)


def _within(error: InputError, span: Span) -> bool:
    """Whether an error stands in the lines of a place."""
    (first, _), (last, _) = span.positions()
    return error.path == span.source.path and first <= (error.line or 0) <= last


def _no_argument(name: str, resource: Resource) -> str:
    return f'"{name}" is not an argument of {resource.type}'


def _note(place: Span | None, verdict: Verdict) -> str:
    """What stands at the place of a finding: the key, or the resource that gives none."""
    if place is not None:
        return "the vault's key"
    return "no key is given" if verdict.reason == "missing" else "the vault"


def _trail(hops: tuple[Hop, ...], span: Span, note: str, origin: Span | None) -> tuple[Hop, ...]:
    """The trail begins at the place of the finding, and every hop says what it is.

    Where that is on no disk, what its text comes from is told next.
    """
    if hops and hops[0].span == span:
        hops = hops[1:]
    told = [Hop(span, note)]
    for hop in hops:
        told.append(hop if hop.note else Hop(hop.span, _unnamed(told, hop.span)))
    if origin is not None:
        told.insert(1, Hop(origin, "the vault's text comes from here"))
    return tuple(told)


def _unnamed(before: Sequence[Hop], span: Span) -> str:
    """What a place is that no definition names, from the hops before it."""
    if _holds(before[-1].span, span):
        return "this part of it is used"
    if any(
        _holds(hop.span, span) for hop in before[-1 - HOPS_LIMIT :]
    ):  # what lies between decides
        return "so this is used"
    return "it leads to this"


def _holds(outer: Span, inner: Span) -> bool:
    same = outer.source is inner.source
    return same and outer.start <= inner.start and inner.end <= outer.end

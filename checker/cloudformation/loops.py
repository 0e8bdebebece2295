"""`Fn::ForEach`, expanded as the transform AWS::LanguageExtensions does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html

A loop gives a copy of its body for each string that it runs over in some world. Where not all
worlds have the same ones, a copy has a condition: that this world has its string. Worlds in which
the strings are not all known have one copy more, in which the identifier is any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from ..language.convert import scalar_text
from ..language.document import Entry, MappingNode, Node, ScalarNode, SequenceNode
from ..language.value import (
    EvaluationError,
    Known,
    ListValue,
    Term,
    Unknown,
    Value,
    derived,
    first_unknown,
    term_of,
)
from ..language.worlds import Worlds
from ..records import dataclass, replace
from ..source import InputError, Span
from .copies import AnyItem, stand_in_of, substitute
from .functions import Words, settled
from .intrinsics import IS_ITEM, LOOP
from .switches import CREATED, created, no_value

EXPANSION_LIMIT = 10_000
"""Copies of a body that the loops of one section may give."""


@dataclass(frozen=True)
class Runs:
    """The strings that a loop runs over in the worlds that know all of them, each once.

    `always`: in every world it runs over all of them, and over nothing else.
    """

    items: tuple[str, ...]
    always: bool


_NAMED = ("Resources", "Conditions")  # whose entries the template refers to

Collection = Callable[[Node], Runs]


class _TooMany(Exception):
    """The loops of a section give more than EXPANSION_LIMIT copies."""


def expand(
    section: str,
    entries: Iterable[Entry],
    collection: Collection,
    fault: Callable[[InputError], None],
) -> dict[str, Entry]:
    """The entries of a section, or of a mapping (""), with each loop replaced by what it gives.

    What an identifier names that is not known is told apart by what its loop runs over; the key
    of its entry reads as it is written. An entry that is there twice is a fault; so are loops that
    multiply past the limit, and end there.
    """
    found: dict[str, Entry] = {}
    twice: dict[str, Span] = {}
    loops = _Loops(section, collection, fault)
    for entry in entries:
        try:
            for copy in loops.expanded(entry):
                if copy.key in found:
                    twice.setdefault(copy.key, entry.span)
                found[copy.key] = copy
        except _TooMany:
            what = f"its loops give more than {EXPANSION_LIMIT} copies; not all are checked"
            fault(InputError.at(entry.span, what))
    for key, span in twice.items():
        fault(
            InputError.at(span, f'"{key}" is there twice, by a loop; CloudFormation refuses that')
        )
    shown = Counter(loops.written.values())
    for key, written in loops.written.items():
        if key in found and shown[written] == 1:
            found[key] = found[key]._replace(key=written)
    return found


class _Loops:
    def __init__(
        self, section: str, collection: Collection, fault: Callable[[InputError], None]
    ) -> None:
        self._section = section
        self._collection = collection
        self._fault = fault
        self._left = EXPANSION_LIMIT
        self.written: dict[str, str] = {}
        """How a key is written that holds a string which is not known."""

    def expanded(self, entry: Entry, outer: tuple[str, ...] = ()) -> Iterator[Entry]:
        """`outer`: what stands for the identifiers of the loops around an entry."""
        if not entry.key.startswith(LOOP):
            yield entry
            return
        match entry.value:
            case SequenceNode(items=(ScalarNode(value=str(name)), values, MappingNode() as body)):
                runs = self._collection(values)
                for item in (*runs.items, *(() if runs.always else (None,))):
                    self._left -= 1
                    if self._left < 0:
                        raise _TooMany
                    copies = (
                        self._others(body, name, values, outer)
                        if item is None
                        else self._inner(substitute(body, name, item), outer)
                    )
                    for copy in copies:
                        yield copy if runs.always else self._where(copy, values, runs, item)
            case _:
                what = f"{LOOP} takes an identifier, a collection and a mapping"
                self._fault(InputError.at(entry.span, what))

    def _inner(self, body: Node, outer: tuple[str, ...]) -> Iterator[Entry]:
        for entry in body.entries if isinstance(body, MappingNode) else ():
            yield from self.expanded(entry, outer)

    def _others(
        self, body: MappingNode, name: str, values: Node, outer: tuple[str, ...]
    ) -> Iterator[Entry]:
        """The copy that stands for all strings that are not known."""
        stand_in = stand_in_of(values, outer, whole=self._section != "")
        some = AnyItem(name, values, stand_in, self._section in _NAMED)
        for copy in self._inner(self._any(body, some), (*outer, stand_in)):
            if stand_in in copy.key:
                written = self.written.get(copy.key, copy.key)
                self.written[copy.key] = written.replace(stand_in, f"${{{name}}}")
            yield copy

    def _any(self, body: MappingNode, some: AnyItem) -> Node:
        for span in some.types(body) if self._section == "Resources" else ():
            what = "its type is not known, as what the loop runs over is not; it is not checked"
            self._fault(InputError.at(span, what))
        return some.body(body) if self._section in (*CREATED, *_NAMED) else some.of(body)

    def _where(self, copy: Entry, values: Node, runs: Runs, item: str | None) -> Entry:
        """A copy that is there in the worlds that have its string."""
        span = values.span
        known = SequenceNode(span, tuple(ScalarNode(span, text, text) for text in runs.items))
        test = SequenceNode(span, (values, known, ScalarNode(span, item, item or "")), tag=IS_ITEM)
        if self._section in CREATED and isinstance(copy.value, MappingNode):
            return copy._replace(value=created(copy.value, test))
        if self._section:
            return copy
        chosen = SequenceNode(copy.value.span, (test, copy.value, no_value(span)), tag="If")
        return copy._replace(value=chosen)


# -- in a world ---------------------------------------------------------------------------------


def is_item(arguments: tuple[Value, ...], worlds: Worlds) -> Value:
    """Whether a loop has a copy in this world: that of a string, or (null) that of all others."""
    items, known, item = arguments
    texts = strings(items, worlds)
    expanded = strings(known, worlds) or ()
    others = texts is None or not set(texts) <= set(expanded)
    if isinstance(item, Known) and item.data is not None:
        return Known(not others and texts is not None and str(item.data) in texts)
    return Known(others)


def strings(items: Value, worlds: Worlds) -> tuple[str, ...] | None:
    """The strings of a list, each once, where this world knows all of them."""
    if not isinstance(items, ListValue) or items.rest is not None:
        return None
    found = [
        settled(worlds.refine(i) if isinstance(i, Unknown) else i, worlds) for i in items.items
    ]
    known = [i.data for i in found if isinstance(i, Known) and i.data is not None]
    return tuple(dict.fromkeys(map(scalar_text, known))) if len(known) == len(found) else None


def each_of(arguments: tuple[Value, ...], where: str, worlds: Worlds) -> Value:
    """What a loop's identifier is in the copy that stands for strings that are not known."""
    items, name, place = arguments
    term: Term = ("ref", f"{where}:{term_of(place)}", str(term_of(name)[2]))
    if isinstance(items, ListValue) and items.rest is None and items.items:
        *others, last = items.items
        for item in others:
            if worlds.decide(("==", term, term_of(item))):
                return settled(item, worlds)
        return settled(last, worlds)
    if first_unknown(items) is None:
        raise EvaluationError("Fn::ForEach runs over a list of strings")
    domain = items.words if isinstance(items, Words) else None
    found = derived("Fn::ForEach", items, not_null=True)
    return settled(worlds.refine(replace(found, term=term, domain=domain)), worlds)

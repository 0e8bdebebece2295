"""The names of exports: which of them the name of an import may be.

The name of the exporting stack is known only when it is deployed. Names are found by what is
written in them: a scan may have thousands of exports, and as many imports.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence

from ..language.value import Known, Term, Text, Unknown, Value, term_of
from .stack import STACK_NAME

TEXT_LIMIT = 1_000
"""Characters of a name that is held against those with names of stacks in them."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_MORE = _LETTERS | frozenset("0123456789-")  # behind the first letter of a stack's name

_Words = tuple[str | None, ...]
"""The parts of a name as they are written, None for one that is not known."""


class ExportNames:
    """Names by the order in which they are added. `step` is told of each that is looked at."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step
        self._names: list[Value] = []
        self._by_term: dict[Term, list[int]] = {}
        self._by_words: dict[_Words, list[int]] = {}  # those with parts that are not known
        # Those of words and names of stacks, by the lengths of the first and last word, and these.
        self._by_ends: dict[tuple[int, int], dict[tuple[str, str], list[int]]] = {}
        # Those that are known, in order, and in that of what they are backwards.
        self._known: list[tuple[str, int]] = []
        self._backwards: list[tuple[str, int]] = []
        self._alike: dict[Term, list[int]] = {}  # what was found already

    def add(self, name: Value) -> None:
        number = len(self._names)
        self._names.append(name)
        self._alike.clear()
        self._by_term.setdefault(_written(term_of(name)), []).append(number)
        if isinstance(name, Known):
            text = str(name.data)
            insort(self._known, (text, number))
            insort(self._backwards, (text[::-1], number))
            return
        words = _words(name)
        self._by_words.setdefault(words, []).append(number)
        if all(isinstance(part, Known) or _is_stack_name(part) for part in _parts(name)):
            first, last = words[0] or "", words[-1] or ""
            ends = self._by_ends.setdefault((len(first), len(last)), {})
            ends.setdefault((first, last), []).append(number)

    def exact(self, name: Value) -> Sequence[int]:
        """Those whose parts are those of the name."""
        return self._by_term.get(_written(term_of(name)), ())

    def alike(self, name: Value) -> Sequence[int]:
        """Those that may be the name by that of their stack; then also what else it may be."""
        term = term_of(name)
        found = self._alike.get(term)
        if found is None:
            if isinstance(name, Known):
                found = sorted(self._of_text(str(name.data)))
            else:
                found = sorted(self._of_parts(name))
            self._alike[term] = found
        return found

    def _of_text(self, text: str) -> list[int]:
        found = []
        for (first, last), ends in self._by_ends.items():
            if len(text) - first - last > 0:
                for number in ends.get((text[:first], text[len(text) - last :]), ()):
                    self._step()
                    if _is_written_by(_words(self._names[number]), text):
                        found.append(number)
        return found

    def _of_parts(self, name: Value) -> list[int]:
        words = _words(name)
        alike = self._by_words.get(words, [])
        agrees = False
        for number in alike:
            self._step()
            agrees = agrees or _agrees(name, self._names[number])
        return [*alike, *self._known_like(words)] if agrees else []

    def _known_like(self, words: _Words) -> list[int]:
        """Those that are known, and read as the words with anything in place of the others."""
        forwards = _beginning(self._known, words[0] or "")
        backwards = _beginning(self._backwards, (words[-1] or "")[::-1])
        found = []
        for _, number in min(forwards, backwards, key=len):
            self._step()
            exported = self._names[number]
            if isinstance(exported, Known) and _holds(words, str(exported.data)):
                found.append(number)
        return found


def may_be(name: Value, exported: Value) -> bool:
    """Whether an import's name may be an export's: by its form where neither is all known."""
    if name == exported or _agrees(name, exported):
        return True
    if isinstance(name, Known):
        return False
    if isinstance(exported, Known):
        return _holds(_words(name), str(exported.data))
    return _words(name) == _words(exported)


def _agrees(name: Value, exported: Value) -> bool:
    """Whether a name is an export's where the name of the exporting stack is what it writes."""
    parts = _parts(exported)
    if not any(map(_is_stack_name, parts)):
        return False
    if isinstance(name, Known):
        if not all(isinstance(part, Known) or _is_stack_name(part) for part in parts):
            return False
        return _is_written_by(_words(exported), str(name.data))
    given = _parts(name)
    return len(given) == len(parts) and all(map(_part_agrees, given, parts))


def _part_agrees(given: Value, exported: Value) -> bool:
    if _is_stack_name(exported):
        return isinstance(given, Unknown) and given.cause == "caller-supplied"
    return _written(term_of(given)) == _written(term_of(exported))


def _written(term: Term) -> Term:
    """What names are compared by: two services mean one thing by variables that are alike."""
    match term:
        case ("ref", _, str(name)) if name.startswith("${"):
            return ("ref", "", name)
    return tuple(_written(part) if isinstance(part, tuple) else part for part in term)


def _parts(name: Value) -> tuple[Value, ...]:
    return name.parts if isinstance(name, Text) else (name,)


def _words(name: Value) -> _Words:
    return tuple(str(p.data) if isinstance(p, Known) else None for p in _parts(name))


def _is_stack_name(part: Value) -> bool:
    return isinstance(part, Unknown) and part.term[0] == "ref" and part.term[-1] == STACK_NAME


def _is_written_by(words: _Words, text: str) -> bool:
    """Whether words with names of stacks between them may make a text.

    All places at which a part may end are kept, so that it takes linear time for each part.
    """
    if len(text) > TEXT_LIMIT:
        return False
    ends = {0}
    for word in words:
        if word is not None:
            ends = {end + len(word) for end in ends if text.startswith(word, end)}
            continue
        within, found = False, set()
        for at, letter in enumerate(text):
            within = (within and letter in _MORE) or (at in ends and letter in _LETTERS)
            if within:
                found.add(at + 1)
        ends = found
    return len(text) in ends


def _holds(words: _Words, text: str) -> bool:
    """Whether a text is some words with anything between them, or nothing."""
    first, last = words[0] or "", words[-1] or ""
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for word in words[1:-1]:
        if word is not None:
            found = text.find(word, at, end)
            if found < 0:
                return False
            at = found + len(word)
    return True


def _beginning(texts: list[tuple[str, int]], start: str) -> Sequence[tuple[str, int]]:
    """Those of texts in order that begin in some way."""

    def begun(text: tuple[str, int]) -> str:
        return text[0][: len(start)]

    low = bisect_left(texts, start, key=begun)
    return texts[low : bisect_right(texts, start, low, key=begun)]

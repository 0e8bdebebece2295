"""Matching as RE2 does it: leftmost, first alternative first, in time linear in the input.

Python's `re` backtracks without remembering where it failed, so one hostile pattern can hang
it. This keeps every (instruction, position) pair it has tried, as RE2's own backtracker does:
https://swtch.com/~rsc/regexp/regexp3.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from ..records import dataclass
from .re2_syntax import (
    Assertion,
    Choice,
    Group,
    Letters,
    Node,
    Parser,
    Repeat,
    Sequence,
    UnsupportedPattern,
)

PATTERN_LIMIT = 2_000
INPUT_LIMIT = 10_000
PROGRAM_LIMIT = 5_000
STEP_LIMIT = 2_000_000

Instruction = tuple[str, object, int]
"""What to do, with what, and the other way to go on (of "split")."""

Spans = tuple[int | None, ...]
"""Begin and end of the whole match and of each group, one after the other."""


Spend = Callable[[int], None]
"""What is told how many pairs of an instruction and a position a search has tried."""


def free(_: int) -> None:
    pass


@dataclass(frozen=True)
class Pattern:
    program: tuple[Instruction, ...]
    names: tuple[str | None, ...]

    def search(self, text: str, spend: Spend = free) -> Spans | None:
        """The leftmost match. Raises UnsupportedPattern where it would take too long."""
        tried: set[int] = set()
        found = self._search(text, 0, tried)
        spend(len(tried))
        return found

    def _search(self, text: str, start: int, tried: set[int]) -> Spans | None:
        if len(text) > INPUT_LIMIT or len(text) * len(self.program) > STEP_LIMIT:
            raise UnsupportedPattern("a regular expression on so long a string")
        for begin in range(start, len(text) + 1):
            found = self._match(text, begin, tried)
            if found is not None:
                return found
        return None

    def find_all(self, text: str, spend: Spend = free) -> Iterator[Spans]:
        """Matches that do not overlap; an empty one is not taken right after another match."""
        at, last_end, budget = 0, -1, STEP_LIMIT
        while at <= len(text):
            tried: set[int] = set()
            found = self._search(text, at, tried)
            if found is None:
                spend(len(tried))
                return
            spend(len(tried))
            budget -= len(tried)
            if budget < 0:
                raise UnsupportedPattern("a regular expression with so many matches")
            begin, end = found[0] or 0, found[1] or 0
            if end > begin or begin != last_end:
                yield found
            last_end = end
            at = end if end > begin else end + 1

    def _match(self, text: str, begin: int, tried: set[int]) -> Spans | None:
        program, size = self.program, len(text) + 1
        slots: list[int | None] = [None] * (2 * len(self.names) + 2)
        # A frame is an instruction and a position, or a slot (below zero) and what to restore.
        stack: list[tuple[int, int | None]] = [(0, begin)]
        while stack:
            counter, position = stack.pop()
            if counter < 0:
                slots[-counter - 1] = position
                continue
            at = position or 0
            while True:
                key = counter * size + at
                if key in tried:
                    break
                tried.add(key)
                kind, operand, other = program[counter]
                if kind == "letter":
                    assert isinstance(operand, Letters)
                    if at >= len(text) or not operand.has(text[at]):
                        break
                    at += 1
                elif kind == "split":
                    stack.append((other, at))
                    assert isinstance(operand, int)
                    counter = operand
                    continue
                elif kind == "jump":
                    counter = other
                    continue
                elif kind == "save":
                    stack.append((-other - 1, slots[other]))
                    slots[other] = at
                elif kind == "assert":
                    if not _holds(str(operand), text, at):
                        break
                else:
                    slots[0], slots[1] = begin, at
                    return tuple(slots)
                counter += 1
        return None


def _holds(kind: str, text: str, at: int) -> bool:
    match kind:
        case "begin":
            return at == 0
        case "end":
            return at == len(text)
        case "begin line":
            return at == 0 or text[at - 1] == "\n"
        case "end line":
            return at == len(text) or text[at] == "\n"
    border = _word(text[at - 1 : at] if at else "") is not _word(text[at : at + 1])
    return border is (kind == "word")


def _word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


@lru_cache(maxsize=64)
def compile_pattern(pattern: str) -> Pattern:
    """Raises PatternError, and UnsupportedPattern for one that is too large."""
    if len(pattern) > PATTERN_LIMIT:
        raise UnsupportedPattern("so long a regular expression")
    parser = Parser(pattern)
    tree = parser.parse()
    program: list[Instruction] = []
    _emit(tree, program)
    program.append(("match", None, 0))
    return Pattern(tuple(program), tuple(parser.names))


def _emit(node: Node, program: list[Instruction]) -> None:
    if len(program) > PROGRAM_LIMIT:
        raise UnsupportedPattern("so large a regular expression")
    match node:
        case Letters():
            program.append(("letter", node, 0))
        case Assertion(kind=kind):
            program.append(("assert", kind, 0))
        case Sequence(items=items):
            for item in items:
                _emit(item, program)
        case Group(item=item, number=number):
            program.append(("save", None, 2 * number))
            _emit(item, program)
            program.append(("save", None, 2 * number + 1))
        case Choice(items=items):
            _emit_choice(items, program)
        case Repeat():
            _emit_repeat(node, program)


def _emit_choice(items: tuple[Node, ...], program: list[Instruction]) -> None:
    ends: list[int] = []
    for item in items[:-1]:
        split = len(program)
        program.append(("split", split + 1, 0))
        _emit(item, program)
        ends.append(len(program))
        program.append(("jump", None, 0))
        program[split] = ("split", split + 1, len(program))
    _emit(items[-1], program)
    for end in ends:
        program[end] = ("jump", None, len(program))


def _emit_repeat(node: Repeat, program: list[Instruction]) -> None:
    start = len(program)
    for _ in range(node.least):
        _emit(node.item, program)
        if len(program) == start:
            return  # what is repeated is empty
    if node.most is None:
        split = len(program)
        program.append(("split", 0, 0))
        _emit(node.item, program)
        program.append(("jump", None, split))
        program[split] = _split(split + 1, len(program), node.greedy)
        return
    splits: list[int] = []
    for _ in range(node.most - node.least):
        splits.append(len(program))
        program.append(("split", 0, 0))
        _emit(node.item, program)
    for split in splits:
        program[split] = _split(split + 1, len(program), node.greedy)


def _split(inside: int, past: int, greedy: bool) -> Instruction:
    return ("split", inside, past) if greedy else ("split", past, inside)

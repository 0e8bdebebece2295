"""`Fn::ImportValue` across the templates of the scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..language.bounded import CHOICES_LIMIT, choices
from ..language.decisions import Unreachable
from ..language.value import (
    EvaluationError,
    Known,
    Term,
    Text,
    Unknown,
    Value,
    first_unknown,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..records import dataclass
from .stack import STACK_NAME, Stack

_NAME = "[A-Za-z][A-Za-z0-9-]*"  # of a stack


@dataclass(frozen=True, eq=False)
class Output:
    """One output of a stack."""

    stack: Stack
    key: str

    @property
    def where(self) -> str:
        return "/".join(part for part in (self.stack.root, self.stack.address, self.key) if part)

    def name(self) -> Value | None:
        """Under what it is exported, in the current world; None where it is not."""
        try:
            return self.stack.export(self.key)
        except (EvaluationError, RecursionError):
            return None  # what is wrong with it is told where its own template is judged

    def exists(self) -> bool:
        """Whether the current world has it."""
        try:
            return self.stack.exists() and self.stack.has_output(self.key)
        except EvaluationError:
            return True


class Exports:
    """What the stacks of the scan export. They are asked for only when something is imported."""

    def __init__(self, stacks: Callable[[], Iterable[Stack]], worlds: Worlds) -> None:
        self._stacks = stacks
        self._worlds = worlds
        self._read = False
        self._unnamed = False  # whether one may have any name
        self._names: list[tuple[Value, Output]] = []
        self._named: dict[Term, list[Output]] = {}
        self._varying: set[Output] = set()
        self._named_by_stack: list[tuple[Value, Output]] = []

    def find(self, name: Value, importer: Stack) -> Value:
        """The exported value of a name; an unknown where nothing has that name.

        A name is the same where its parts are. The name of the exporting stack is known only
        when it is deployed: what the importer writes in its place agrees with it, and with any
        other name that it may make. Where several outputs have the name, each is the one in a
        world of its own, and so is each name that AllowedValues leave to the importer.
        """
        self._index()
        if self._unnamed:
            what = "the name of an export needs more worlds than are explored"
            raise EvaluationError(what, cause="unsupported")
        if term_of(name) not in self._named and choices(name) <= CHOICES_LIMIT:
            name = importer.settled(name) or name
        exactly = self._named.get(term_of(name))
        found = exactly or self._alike(name)
        term = ("Fn::ImportValue", term_of(name))
        if not found:
            return _nobody(name, term)
        found = [output for output in found if output.exists()] or found
        chosen = found[-1]
        for output in found[:-1]:
            which: Term = ("exporter", term_of(name))
            if self._worlds.decide(("==", which, ("literal", "str", output.where))):
                chosen = output
                break
        if chosen in self._varying and chosen.stack.root != importer.root:
            exported = chosen.name()
            if exported is None or not _may_be(name, exported):
                raise Unreachable  # in this world its name is another one
        value = chosen.stack.output(chosen.key)
        named = next(exported for exported, output in self._names if output is chosen)
        if exactly or not named.trail:
            return value
        what = "the name of its stack is not known: it is taken to be the one that is imported"
        return value.via(named.trail[0].span, what)

    def _alike(self, name: Value) -> list[Output]:
        """What may have a name by that of its stack; then also what else may have it."""
        if not any(_agrees(name, exported) for exported, _ in self._named_by_stack):
            return []
        alike = (output for exported, output in self._names if _may_be(name, exported))
        return list(dict.fromkeys(alike))

    def _index(self) -> None:
        if self._read:
            return
        self._read = True  # before reading: where a stack's template is may be an import too
        for stack in self._stacks():
            for key in stack.section("Outputs"):
                output = Output(stack, key)
                try:
                    names = [name for _, name in self._worlds.explore(output.name)]
                except TooManyWorlds:
                    self._unnamed = True
                    continue
                distinct = {term_of(name): name for name in names if name}
                if len(distinct) > 1:
                    self._varying.add(output)
                for term, name in distinct.items():
                    self._names.append((name, output))
                    self._named.setdefault(term, []).append(output)
                    if any(map(_is_stack_name, _parts(name))):
                        self._named_by_stack.append((name, output))


def _parts(name: Value) -> tuple[Value, ...]:
    return name.parts if isinstance(name, Text) else (name,)


def _nobody(name: Value, term: Term) -> Unknown:
    unknown = first_unknown(name)
    if unknown is not None and unknown.cause == "caller-supplied":
        why = f"the name of the import is not known: {unknown.why}"
        return Unknown("caller-supplied", why, term, not_null=True, trail=unknown.trail)
    shown = f' ("{name.data}")' if isinstance(name, Known) and not name.sensitive else ""
    why = f"it is an import{shown} that nobody in the scan exports"
    return Unknown("external", why, term, not_null=True)


def _may_be(name: Value, exported: Value) -> bool:
    """Whether an import's name may be an export's: by its form where neither is all known."""
    if name == exported or _agrees(name, exported):
        return True
    if isinstance(name, Known):
        return False
    if isinstance(exported, Known):
        parts = (
            re.escape(str(part.data)) if isinstance(part, Known) else ".*" for part in _parts(name)
        )
        return re.fullmatch("".join(parts), str(exported.data)) is not None
    return [_written(part) for part in _parts(name)] == [_written(p) for p in _parts(exported)]


def _written(part: Value) -> str | None:
    return str(part.data) if isinstance(part, Known) else None


def _agrees(name: Value, exported: Value) -> bool:
    parts = _parts(exported)
    if not any(map(_is_stack_name, parts)):
        return False
    if isinstance(name, Known):
        if not all(isinstance(part, Known) or _is_stack_name(part) for part in parts):
            return False
        pattern = "".join(
            re.escape(str(part.data)) if isinstance(part, Known) else _NAME for part in parts
        )
        return re.fullmatch(pattern, str(name.data)) is not None
    given = _parts(name)
    return len(given) == len(parts) and all(map(_part_agrees, given, parts))


def _part_agrees(given: Value, exported: Value) -> bool:
    if _is_stack_name(exported):
        return isinstance(given, Unknown) and given.cause == "caller-supplied"
    return term_of(given) == term_of(exported)


def _is_stack_name(part: Value) -> bool:
    return isinstance(part, Unknown) and part.term[0] == "ref" and part.term[-1] == STACK_NAME

"""`Fn::ImportValue` across the templates of the scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

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
from ..language.worlds import TooManyWorlds, Unreachable, Worlds
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
        self._named: dict[Term, list[Output]] = {}
        self._varying: set[Output] = set()
        self._named_by_stack: list[tuple[Value, Output]] = []

    def find(self, name: Value, importer: Stack) -> Value:
        """The exported value of a name; an unknown where nothing has that name.

        A name is the same where its parts are. The name of the exporting stack is known only
        when it is deployed: what the importer writes in its place agrees with it. Where several
        outputs have the name, each is the one in a world of its own.
        """
        self._index()
        alike = [output for exported, output in self._named_by_stack if _agrees(name, exported)]
        found = self._named.get(term_of(name), alike)
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
            if exported is None or not (exported == name or _agrees(name, exported)):
                raise Unreachable  # in this world its name is another one
        return chosen.stack.output(chosen.key)

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
                    continue
                distinct = {term_of(name): name for name in names if name}
                if len(distinct) > 1:
                    self._varying.add(output)
                for term, name in distinct.items():
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

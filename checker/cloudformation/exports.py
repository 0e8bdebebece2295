"""`Fn::ImportValue` across the templates of the scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..language.bounded import CHOICES_LIMIT, choices
from ..language.decisions import Unreachable
from ..language.value import (
    EvaluationError,
    Known,
    Term,
    Unknown,
    Value,
    first_unknown,
    term_of,
)
from ..language.worlds import TooManyWorlds, Worlds
from ..records import dataclass
from .export_names import ExportNames, may_be
from .stack import Stack


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
        self._names = ExportNames(worlds.step)
        self._outputs: list[Output] = []  # for each of the names its own
        self._first: dict[Output, Value] = {}
        self._varying: set[Output] = set()
        self._of_services: list[Output] = []  # whose names are not all known

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
        if not self._names.exact(name) and choices(name) <= CHOICES_LIMIT:
            name = importer.settled(name) or name
        exactly = self._names.exact(name)
        numbers = exactly or self._names.alike(name)
        found = list(dict.fromkeys(self._outputs[number] for number in numbers))
        if not exactly and isinstance(name, Known):
            found += [one for one in self._by_variables(name) if one not in found]
        self._worlds.step(len(found))
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
            if exported is None or not may_be(name, exported):
                raise Unreachable  # in this world its name is another one
        value = chosen.stack.output(chosen.key)
        named = self._first[chosen]
        if exactly or not named.trail:
            return value
        what = "the name of its stack is not known: it is taken to be the one that is imported"
        return value.via(named.trail[0].span, what)

    def _by_variables(self, name: Known) -> Iterator[Output]:
        """Those of services whose variables make them the name in the current world."""
        self._worlds.step(len(self._of_services))
        for output in self._of_services:
            exported = output.name()
            if exported is not None and term_of(exported) == term_of(name):
                yield output

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
                if stack.template.serverless and not all(
                    isinstance(name, Known) for name in distinct.values()
                ):
                    self._of_services.append(output)
                for name in distinct.values():
                    self._names.add(name)
                    self._outputs.append(output)
                    self._first.setdefault(output, name)


def _nobody(name: Value, term: Term) -> Unknown:
    unknown = first_unknown(name)
    if unknown is not None and unknown.cause == "caller-supplied":
        why = f"the name of the import is not known: {unknown.why}"
        return Unknown("caller-supplied", why, term, not_null=True, trail=unknown.trail)
    shown = f' ("{name.data}")' if isinstance(name, Known) and not name.sensitive else ""
    why = f"it is an import{shown} that nobody in the scan exports"
    return Unknown("external", why, term, not_null=True)

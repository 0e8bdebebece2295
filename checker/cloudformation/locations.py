"""Where an include is whose location is computed, as its template alone tells it."""

from __future__ import annotations

from ..graph import Origin
from ..language.document import MappingNode, Node
from ..language.evaluate import evaluate
from ..language.value import Unknown, Value
from ..language.worlds import Worlds
from ..source import InputError
from .outcomes import outcomes
from .parameters import Given
from .stack import Stack
from .template import Template


class _Alone:
    """What a stack is given that is read before it is known what its template includes."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []  # told where the whole template is judged

    def nested(self, caller: Stack, name: str) -> Unknown:
        return Unknown("unsupported", "a location that others tell", ("nested", name))

    def meant(self, caller: Stack, name: str, *, anywhere: bool) -> list[Template]:
        return []

    def imported(self, name: Value, importer: Stack) -> Unknown:
        return Unknown("unsupported", "a location that others tell", ("imported",))

    def origin(self, template: Template, name: str, construct: str | None) -> Origin | None:
        return None


class Locations:
    """Of one scan. A template is evaluated once for all includes in it."""

    def __init__(self, given: Given, worlds: Worlds) -> None:
        self._given = given
        self._worlds = worlds
        self._stack: Stack | None = None

    def of(self, path: str, whole: MappingNode, node: Node) -> list[Value | None]:
        """What a location in a template is in each world; None where it is wrong there.

        Nothing where there are too many. CloudFormation evaluates what an include is given before
        it includes: without what that adds.
        """
        if self._stack is None or self._stack.template.root is not whole:
            template = Template(path, path, whole)
            self._stack = Stack(template, "", self._given, _Alone(), self._worlds, path)
        stack = self._stack

        def read() -> Value | None:
            return stack.settled(evaluate(stack.template.expression(node), stack))

        return outcomes(self._worlds, read)

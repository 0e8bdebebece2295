"""Where a stack gets what is not in its template."""

from __future__ import annotations

from ..annotations import Protocol
from ..graph import Origin
from ..language.value import Unknown, Value
from ..source import InputError
from .template import Template

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from .stack import Stack


class Library(Protocol):
    """Where nested templates and imported values come from: the loader."""

    errors: list[InputError]

    def nested(self, caller: Stack, name: str) -> Template | Unknown:
        """The template of a nested stack, or what stands for it where it is not on disk."""
        ...

    def meant(self, caller: Stack, name: str, *, anywhere: bool) -> list[Template]:
        """The templates of the scan that a stack's address may mean, in this world or in any."""
        ...

    def imported(self, name: Value, importer: Stack) -> Value:
        """The value that a template of the scan exports under a name."""
        ...

    def origin(self, template: Template, name: str, construct: str | None) -> Origin | None:
        """The CDK construct of a resource, as far as the template or its assembly tells it."""
        ...

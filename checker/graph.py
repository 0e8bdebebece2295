"""Resources: the same for both languages. What they refer to is read on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .language.document import Entry
from .language.value import Hop, Known, Value
from .records import dataclass, field
from .source import Span

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal

    Framework = Literal["terraform", "cloudformation"]
else:
    Framework = str


@dataclass(frozen=True)
class Origin:
    """The CDK construct that a template's resource was synthesized from, and its source line."""

    construct: str
    created: Hop | None


@dataclass(frozen=True, eq=False)
class Resource:
    """One instance of a declared resource or data source.

    `read(name)` evaluates one configured argument, in the current world, or gives None where
    it is absent. `exists()` is the number-of-instances question: Known(True), Known(False) or
    an unknown. `scope` tells instances of one address in different roots apart.
    """

    framework: Framework
    type: str
    address: str
    span: Span  # the header (Terraform) or the logical ID (CloudFormation)
    scope: str
    read: Callable[[str], Value | None] = field(repr=False)
    place: Callable[[str], Span | None] = field(repr=False)
    exists: Callable[[], Value] = field(repr=False, default=lambda: Known(True))
    data: bool = False  # a data source, not a managed resource
    echoes: bool = False  # its attributes are its arguments, unset ones too
    calls: tuple[Span, ...] = ()  # the module calls that lead here, outermost first
    extent: Span | None = None  # the whole declaration
    # `Metadata: {iac-check: …}` of a template's resource, and of the stacks that lead to it.
    metadata: tuple[Entry, ...] = ()
    origin: Callable[[], Origin | None] = field(repr=False, default=lambda: None)
    # The names of the arguments that are written in it, in any world.
    written: Callable[[], Iterable[str]] = field(repr=False, default=tuple)
    # What is written in it and is no part of any resource, by its name.
    misplaced: Callable[[], Mapping[str, Hop]] = field(repr=False, default=dict)
    # The region and the account that it is created in, in the current world.
    located: Callable[[], tuple[Value, Value] | None] = field(repr=False, default=lambda: None)

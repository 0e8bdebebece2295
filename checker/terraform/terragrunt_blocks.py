"""What the `dependency` and `generate` blocks of a Terragrunt file come to.

https://docs.terragrunt.com/reference/hcl/blocks
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..language.evaluate import define, evaluate, truth
from ..language.expression import Expression
from ..language.value import (
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Value,
)
from ..records import dataclass, field
from ..source import Span
from .declarations import entries_of
from .expressions import expression
from .given import item
from .outline import Body, NodeSpan, outline_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .terragrunt import Configuration

# -- dependencies -------------------------------------------------------------------------------


def dependency(configuration: Configuration, body: Body) -> Value:
    """What a `dependency` block gives: no outputs, those of a unit, or what is mocked for them.

    One that is disabled is mocked for every command, which one with `skip_outputs` may not be.
    https://github.com/gruntwork-io/terragrunt/blob/v1.1.3/pkg/config/dependency.go
    """
    attribute = body.attributes.get("config_path")
    if attribute is None:
        raise EvaluationError("a dependency has no config_path")
    if not told(configuration, body, "enabled", default=True):
        return _mocked(configuration, body)
    path = configuration.located(evaluate(expression(attribute.value), configuration))
    if told(configuration, body, "skip_outputs"):
        return _mocked(configuration, body) if _mocks(configuration, body) else MapValue({})
    unit = configuration.files.unit(path)
    if unit is not None and _skips(unit):
        return _mocked(configuration, body)
    return MapValue({"outputs": configuration.files.outputs_of(path, attribute.value)})


def _mocked(configuration: Configuration, body: Body) -> Value:
    mock = body.attributes.get("mock_outputs")
    if mock is None:
        return MapValue({})
    return MapValue({"outputs": evaluate(expression(mock.value), configuration)})


def _mocks(configuration: Configuration, body: Body) -> bool:
    """Whether what is mocked may be used by `apply`. Raises EvaluationError."""
    attribute = body.attributes.get("mock_outputs_allowed_terraform_commands")
    if attribute is None:
        return True
    commands = evaluate(expression(attribute.value), configuration)
    if isinstance(commands, ListValue) and commands.rest is None:
        names = [command.data for command in commands.items if isinstance(command, Known)]
        if "apply" in names or len(names) == len(commands.items):
            return "apply" in names or not names
    raise EvaluationError("for which commands there are mock_outputs is not known")


def _skips(unit: Configuration) -> bool:
    """Whether a unit says `skip`, or what it includes: Terragrunt had that until version 0.93."""
    if "skip" in unit.body.attributes:
        return told(unit, unit.body, "skip")
    return any(_skips(included) for included, _ in unit.merged())


def told(configuration: Configuration, body: Body, name: str, *, default: bool = False) -> bool:
    """Whether a block says so, in the current world."""
    attribute = body.attributes.get(name)
    if attribute is None:
        return default
    return truth(evaluate(expression(attribute.value), configuration), configuration)


# -- what is generated --------------------------------------------------------------------------


@dataclass(frozen=True)
class Generate:
    """One file that is generated, and where that is written; `read` gives what is said of it.

    `contents` is the place of its text.
    """

    at: Span
    contents: Span
    read: Callable[[str], Value | None] = field(compare=False, repr=False)

    def value(self) -> Value:
        """It as the object that `read_terragrunt_config` and `include` give."""

        def read(name: str) -> Value:
            return self.read(name) or Known(_DEFAULTS.get(name))

        return MapValue(LazyItems(_FIELDS, read))


_FIELDS = ("path", "contents", "if_exists", "if_disabled", "comment_prefix", "disable_signature",
           "disable", "hcl_fmt")  # fmt: skip
_DEFAULTS: dict[str, str | bool] = {
    "if_disabled": "skip", "comment_prefix": "# ", "disable_signature": False, "disable": False,
}  # fmt: skip


def generates(configuration: Configuration) -> dict[str, Generate]:
    """What a file generates, and what it includes, by label: its own before that of the others.

    Raises EvaluationError where that is not known.
    """
    found: dict[str, Generate] = {}
    for included, _ in reversed(configuration.merged()):
        found.update(generates(included))
    found.update(_own(configuration))
    return found


def _own(configuration: Configuration) -> Iterator[tuple[str, Generate]]:
    for block in configuration.body.blocks:
        if block.type != "generate":
            continue
        body = outline_span(block.body)
        contents = body.attributes.get("contents")
        place = contents.value if contents else block.header
        read = partial(_said, configuration, body)
        yield block.labels[0] if block.labels else "", Generate(block.header, place, read)
    attribute = configuration.body.attributes.get("generate")
    if attribute is None or isinstance(attribute.value, NodeSpan):  # as JSON writes blocks
        return
    written = expression(attribute.value)
    entries = entries_of(written)
    if entries is not None:
        for label, (at, entry) in entries.items():
            yield label, _entry(configuration, at, entry)
        return
    value = define(configuration, written, "generate")
    if isinstance(value, Known) and value.data is None:
        return
    if not isinstance(value, MapValue) or value.rest is not None:
        raise EvaluationError("what this generates is not known", attribute.value)
    for label in value.items:
        read = partial(_of_element, configuration, value, label)
        yield label, Generate(attribute.span, attribute.value, read)


def _entry(configuration: Configuration, at: Span, written: Expression) -> Generate:
    """One of the files that `generate = { … }` names, as far as that is written out."""
    fields = entries_of(written)

    def read(name: str) -> Value | None:
        if fields is None:
            return item(evaluate(written, configuration), name, configuration)
        return evaluate(fields[name][1], configuration) if name in fields else None

    place = fields["contents"][1].span if fields and "contents" in fields else written.span
    return Generate(at, place, read)


def _of_element(
    configuration: Configuration, value: MapValue, label: str, name: str
) -> Value | None:
    return item(value.items[label], name, configuration)


def _said(configuration: Configuration, body: Body, name: str) -> Value | None:
    attribute = body.attributes.get(name)
    return evaluate(expression(attribute.value), configuration) if attribute else None

"""What the `dependency` and `generate` blocks of a Terragrunt file come to.

https://docs.terragrunt.com/reference/hcl/blocks
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..language.evaluate import define, evaluate
from ..language.expression import Expression
from ..language.operands import truth
from ..language.value import (
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Unknown,
    Value,
    derived,
)
from ..records import dataclass, field, replace
from ..source import Span
from .declarations import entries_of
from .expressions import expression
from .given import item
from .outline import Body, NodeSpan, outline_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .terragrunt import Configuration

    Layers = tuple[tuple[Configuration, Body], ...]
    """One block, and those of included files that it is merged with, the strongest first."""
else:
    Layers = tuple

# -- dependencies -------------------------------------------------------------------------------


def dependency(layers: Layers) -> Value:
    """What a `dependency` block gives: no outputs, those of a unit, or what is mocked for them.

    One that is disabled is mocked for every command, which one with `skip_outputs` may not be.
    https://github.com/gruntwork-io/terragrunt/blob/v1.1.3/pkg/config/dependency.go
    """
    if not _is(layers, "enabled", default=True):
        return _mocked(layers)
    written = next(_written(layers, "config_path"), None)
    if written is None:
        raise EvaluationError("a dependency has no config_path")
    configuration, place = written
    path = configuration.located(evaluate(expression(place), configuration))
    if _is(layers, "skip_outputs"):
        return _mocked(layers) if _mocks(layers) else MapValue({})
    unit = configuration.files.unit(path)
    if unit is not None and _skips(unit):
        return _mocked(layers)
    return MapValue({"outputs": _filled(layers, configuration.files.outputs_of(path, place))})


def _filled(layers: Layers, outputs: Value) -> Value:
    """The outputs of a unit, with what is mocked for those that it lacks, where that is asked for.

    Of blocks that are merged the weakest says how (`DeepMerge` of dependency.go leaves it alone).
    """
    if not any(_written(layers, "mock_outputs")):
        return outputs
    how = _strategy(layers[-1:])
    empty = isinstance(outputs, MapValue) and not outputs.items and outputs.rest is None
    if (how == "no_merge" and not empty) or not _mocks(layers):
        return outputs
    mocked = _mock_outputs(layers)
    if mocked is None or empty:
        return mocked or outputs
    if how == "deep_map_only":
        return deeply(mocked, outputs, append=False)
    if not (isinstance(outputs, MapValue) and isinstance(mocked, MapValue)):
        return derived("merge", mocked, outputs, not_null=False)
    above, below = outputs.items, mocked.items

    def read(name: str) -> Value:
        return above[name] if name in above else below[name]

    names = tuple(dict.fromkeys((*above, *below)))
    return replace(outputs, items=LazyItems(names, read), rest=outputs.rest or mocked.rest)


def _strategy(layers: Layers) -> str:
    """How mocks are merged with outputs: `no_merge`, `shallow` or `deep_map_only`."""
    for configuration, place in _written(layers, "mock_outputs_merge_strategy_with_state"):
        match evaluate(expression(place), configuration):
            case Known(data="no_merge" | "shallow" | "deep_map_only" as how):
                return str(how)
            case Known(data=None):
                break
        raise EvaluationError("how mocks are merged with outputs is not known", place)
    return "shallow" if _is(layers, "mock_outputs_merge_with_state") else "no_merge"


def _written(layers: Layers, name: str) -> Iterator[tuple[Configuration, Span]]:
    """Where an argument is written, the strongest first."""
    for configuration, body in layers:
        if name in body.attributes:
            yield configuration, body.attributes[name].value


def _is(layers: Layers, name: str, *, default: bool = False) -> bool:
    for configuration, place in _written(layers, name):
        return truth(evaluate(expression(place), configuration), configuration)
    return default


def _mocked(layers: Layers) -> Value:
    found = _mock_outputs(layers)
    return MapValue({}) if found is None else MapValue({"outputs": found})


def _mock_outputs(layers: Layers) -> Value | None:
    found: Value | None = None
    for configuration, place in _written(layers, "mock_outputs"):
        value = evaluate(expression(place), configuration)
        found = value if found is None else deeply(value, found)
    return found


def _mocks(layers: Layers) -> bool:
    """Whether what is mocked may be used by `apply`. Raises EvaluationError."""
    names: list[object] = []
    for configuration, place in _written(layers, "mock_outputs_allowed_terraform_commands"):
        commands = evaluate(expression(place), configuration)
        if not isinstance(commands, ListValue) or commands.rest is not None:
            raise EvaluationError("for which commands there are mock_outputs is not known")
        names += (one.data if isinstance(one, Known) else ... for one in commands.items)
    if "apply" not in names and ... in names:
        raise EvaluationError("for which commands there are mock_outputs is not known")
    return "apply" in names or not names


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


def deeply(base: Value | None, override: Value, *, append: bool = True) -> Value:
    """A deep merge: maps by key, lists one after the other, and else what overrides.

    Unless they `append`, lists override, too, but for empty ones.

    https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/#include
    """
    match base, override:
        case MapValue(items=below), MapValue(items=above):

            def read(name: str) -> Value:
                if name not in above:
                    return below[name]
                return deeply(below.get(name), above[name], append=append)

            names = tuple(dict.fromkeys((*below, *above)))
            return replace(override, items=LazyItems(names, read), rest=override.rest or base.rest)
        case ListValue(items=first, rest=None), ListValue(items=second):
            if append:
                return replace(override, items=(*first, *second))
            return override if second or override.rest is not None else base
        case Unknown() | ListValue(), MapValue() | ListValue():
            return derived("merge", base, override, not_null=False)
        case MapValue() | ListValue(), Unknown():
            return derived("merge", base, override, not_null=False)
    return override


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

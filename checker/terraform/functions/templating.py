"""`templatefile` and `templatestring`: a template, evaluated with its own variables only."""

from __future__ import annotations

from ...language.convert import to_string
from ...language.evaluate import evaluate
from ...language.scope import Bound
from ...language.value import EvaluationError, Known, MapValue, Value
from ...language.worlds import Worlds
from ...records import dataclass
from ...source import InputError, Source, Span
from .arguments import arity, mapping, typed, unknown
from .context import Context, Function

_NESTED = ("templatefile", "templatestring")


@dataclass(frozen=True)
class _Nothing:
    """The scope outside a template: functions, and no names at all."""

    context: Context

    @property
    def worlds(self) -> Worlds:
        return self.context.worlds

    def lookup(self, name: str, span: Span) -> Value:
        raise EvaluationError(f"the template has no variable {name}", span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        from . import find

        name = name.removeprefix("core::")
        function = find(name)
        if function is None:
            raise EvaluationError(f"there is no function {name}", span)
        if name in _NESTED:
            raise EvaluationError("a template in a template", span, "unsupported")
        context = self.context
        inner = Context(span, context.root_dir, context.boundary, context.worlds)
        return function(inner, arguments)


PARSED_A_STEP = 5
"""Letters of a template that are parsed in the time of one evaluation."""


def _rendered(context: Context, source: Source, variables: MapValue) -> Value:
    from ..templates import parse_template

    context.worlds.step(len(source.text) // PARSED_A_STEP)
    try:
        expression = parse_template(source, 0, len(source.text))
    except InputError as error:
        raise EvaluationError(f"{error.path}: {error.message}") from None
    scope = Bound(_Nothing(context), variables.items)
    return to_string(evaluate(expression, scope))


def _templatefile(context: Context, arguments: tuple[Value, ...]) -> Value:
    from .files import FUNCTIONS as FILES
    from .files import located, read_bytes, reported

    arity("templatefile", arguments, 2, 2)
    path = typed("templatefile", "s", arguments[0])
    variables = mapping("templatefile", arguments[1])
    if not isinstance(path, Known) or variables is None or variables.rest is not None:
        return unknown("templatefile", *arguments)
    content = FILES["file"](context, (path,))
    if not isinstance(content, Known):
        return content
    written = str(path.data)
    try:
        data = read_bytes("templatefile", written, located(context, written))
        source = Source.decode(reported(context, path), data)
    except InputError as error:
        raise EvaluationError(f"templatefile: {error.message}") from None
    return _rendered(context, source, variables)


def _templatestring(context: Context, arguments: tuple[Value, ...]) -> Value:
    arity("templatestring", arguments, 2, 2)
    template = typed("templatestring", "s", arguments[0])
    variables = mapping("templatestring", arguments[1])
    if not isinstance(template, Known) or variables is None or variables.rest is not None:
        return unknown("templatestring", *arguments)
    source = Source(context.span.source.path, str(template.data))
    return _rendered(context, source, variables)


FUNCTIONS: dict[str, Function] = {
    "templatefile": _templatefile,
    "templatestring": _templatestring,
}

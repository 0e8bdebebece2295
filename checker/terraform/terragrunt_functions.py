"""Functions of Terragrunt's that make values of values and of files.

https://docs.terragrunt.com/reference/hcl/functions
"""

from __future__ import annotations

import os

from ..language.evaluate import evaluate
from ..language.value import (
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Text,
    Value,
)
from ..source import Span
from .arguments import Constants
from .expressions import expression
from .terragrunt import Configuration
from .terragrunt_blocks import deeply

NAMES = frozenset(
    {"read_tfvars_file", "deep_merge", "mark_as_read", "mark_glob_as_read", "constraint_check"}
)


def call(unit: Configuration, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
    """What one of NAMES gives. Raises EvaluationError."""
    match name, arguments:
        case "read_tfvars_file", (path,):
            return _values(unit, unit.located(path), span)
        case "mark_as_read", (path,):
            return path
        case "deep_merge", _:
            return _merged(arguments, span)
        case "mark_glob_as_read" | "constraint_check", _:
            why = f"what {name}() of Terragrunt gives is not worked out"
            raise EvaluationError(why, span, "unsupported")
    raise EvaluationError(f"{name}() takes one argument", span)


def _merged(arguments: tuple[Value, ...], span: Span) -> Value:
    """Objects merged deeply; what is null is passed over (`deepMergeMapValuesAsFuncImpl`)."""
    found: Value = MapValue({})
    for argument in arguments:
        if isinstance(argument, Known) and argument.data is None:
            continue
        if isinstance(argument, Known | Text | ListValue):
            raise EvaluationError("deep_merge() takes maps or objects", span)
        found = deeply(found, argument)
    return found


def _values(unit: Configuration, path: str, span: Span) -> Value:
    """A file of values as JSON's text."""
    folder = unit.on_disk(unit.folder)
    if path.endswith("json"):
        return unit.files.function(folder, folder, "file", (Known(os.path.abspath(path)),), span)
    body = unit.files.configuration(path)
    if body is None:
        raise EvaluationError(f"{path} is not on disk", span, "external")
    scope, written = Constants(unit.worlds), body.attributes
    values = MapValue(
        LazyItems(tuple(written), lambda name: evaluate(expression(written[name].value), scope))
    )
    return unit.files.function(folder, folder, "jsonencode", (values,), span)

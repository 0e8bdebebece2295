"""What Terraform makes of the text that flags and environment variables give to a variable.

Of a variable without a type, or of a primitive one, the text is the value. Of any other type
(`any`, too) it is an expression, in which there are no names and no functions.
https://developer.hashicorp.com/terraform/language/values/variables#complex-typed-values
"""

from __future__ import annotations

from ..language.convert import to_string
from ..language.evaluate import define
from ..language.expression import Expression
from ..language.value import (
    Attribute,
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
    term_of,
)
from ..language.worlds import Worlds
from ..records import replace
from ..source import Source
from .arguments import Constants
from .expressions import expression
from .types import takes_text


def decoded(value: Value, constraint: Expression | None, by: str, worlds: Worlds) -> Value:
    """The value of a variable of a type to which a value is passed as text, `by` a flag, say.

    What is no string is passed as JSON. Raises EvaluationError for text that is no expression.
    """
    if isinstance(value, Known) and value.data is None:
        return value  # Terragrunt passes it in a file of values
    if takes_text(constraint):
        return _written(value, worlds)
    match value:
        case Known(data=str(text)):
            source = Source(by, text)
            note = next((hop.note for hop in value.trail), f"set by {by}")
            found = define(Constants(worlds), expression(source.span(0, len(text))), note)
            return replace(found, sensitive=found.sensitive or value.sensitive)
        case Text():
            try:
                return _function("jsondecode", value, worlds)
            except EvaluationError:
                why = f"the text that is set by {by} is no JSON of which all is known"
                return Unknown("unsupported", why, ("decoded", term_of(value)))
        case Attribute():
            raise EvaluationError("what is passed is no expression, as its type asks for")
        case Unknown(type="string"):
            why = f"what the text is that is set by {by} is not known"
            return Unknown(value.cause, why, ("decoded", value.term), trail=value.trail)
    return _read_again(value)


def _written(value: Value, worlds: Worlds) -> Value:
    """The text that a value is passed as."""
    if isinstance(value, ListValue | MapValue):
        return replace(_function("jsonencode", value, worlds), trail=value.trail)
    if isinstance(value, Unknown) and isinstance(value.type, tuple):
        term = ("jsonencode", term_of(value))
        return replace(value, term=term, type="string", domain=None)
    return to_string(value)


def _read_again(value: Value) -> Value:
    """What JSON keeps of a value: its lists are tuples, its maps objects."""
    match value:
        case ListValue():
            return replace(value, items=tuple(map(_read_again, value.items)), kind="tuple")
        case MapValue():
            items = value.items
            lazy = LazyItems(tuple(items), lambda name: _read_again(items[name]))
            return replace(value, items=lazy, kind="object")
        case Known(data=str(text)) if "%{" in text or "$${" in text:
            why = "a string is passed as the text of a template"
            return Unknown("unsupported", why, ("template", text), True, trail=value.trail)
    return value


def _function(name: str, value: Value, worlds: Worlds) -> Value:
    from .functions import Context, find

    function = find(name)
    assert function is not None
    place = value.trail[0].span if value.trail else Source(name, "").span(0, 0)
    return function(Context(place, "", "", worlds), (value,))

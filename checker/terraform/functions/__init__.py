"""Terraform's and OpenTofu's built-in functions, over values that may not be known.

Only the module that defines a function is imported when one is looked up: most scans call a
handful. `try` and `can` are part of the evaluator, for they see expressions, not values.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ...language.convert import composed
from ...language.value import (
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Term,
    Text,
    Unknown,
    Value,
    term_of,
)
from ...records import replace
from .context import Context, Function

__all__ = ["NAMES", "Context", "Function", "find"]

_MODULES = {
    "choices": "coalesce coalescelist contains element index length lookup matchkeys one",
    "collections": "chunklist compact concat distinct flatten keys merge reverse setproduct slice "
    "sort transpose values",
    "conversion": "ephemeralasnull issensitive list map nonsensitive sensitive tobool tolist tomap "
    "tostring type",
    "dates": "formatdate timeadd timecmp",
    "encoding": "base64decode base64encode base64gunzip base64gzip csvdecode jsondecode "
    "jsonencode textdecodebase64 textencodebase64 urldecode urlencode yamldecode yamlencode",
    "external": "abspath bcrypt plantimestamp rsadecrypt timestamp uuid",
    "files": "basename dirname file filebase64 filebase64sha256 filebase64sha512 fileexists "
    "filemd5 fileset filesha1 filesha256 filesha512 pathexpand",
    "formatting": "format formatlist",
    "hashing": "base64sha256 base64sha512 md5 sha1 sha256 sha512 uuidv5",
    "network": "cidrcontains cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "numeric": "abs alltrue anytrue ceil floor log max min parseint pow range signum sum tonumber",
    "patterns": "regex regexall replace",
    "sets": "setintersection setsubtract setunion toset",
    "strings": "chomp endswith indent join lower split startswith strcontains strrev substr "
    "title trim trimprefix trimspace trimsuffix upper",
    "templating": "templatefile templatestring",
    "zipped": "zipmap",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}
_UNMARKING = frozenset({"nonsensitive", "issensitive"})

# What may refuse an argument of the right type, by its content: `can` and `try` live on that.
_FALLIBLE_NAMES = (
    "base64decode base64gunzip cidrcontains cidrhost cidrnetmask cidrsubnet cidrsubnets csvdecode "
    "element file filebase64 filebase64sha256 filebase64sha512 filemd5 filesha1 filesha256 "
    "filesha512 formatdate index jsondecode lookup matchkeys one parseint range regexall "
    "rsadecrypt slice templatefile templatestring textdecodebase64 timeadd timecmp tobool tolist "
    "tomap tonumber toset urldecode uuidv5 yamldecode zipmap"
)
_FALLIBLE = frozenset(_FALLIBLE_NAMES.split())

# What takes a value of any type: what has no declared one is not refused there.
_OF_ANY_TYPE_NAMES = (
    "coalesce ephemeralasnull issensitive jsonencode nonsensitive sensitive type yamlencode"
)
_OF_ANY_TYPE = frozenset(_OF_ANY_TYPE_NAMES.split())

# What reads no more of its arguments than it gives back.
_CHEAP_NAMES = (
    "coalesce coalescelist element ephemeralasnull issensitive length lookup nonsensitive one "
    "sensitive tobool tolist tomap tonumber tostring"
)
_CHEAP = frozenset(_CHEAP_NAMES.split())
LETTERS_A_STEP = 50
ITEMS_A_STEP = 20
"""What a function reads in the time of one evaluation, or less."""

NAMES = frozenset(_MODULE_OF)


@cache
def find(name: str) -> Function | None:
    """A function by its name, without "core::"; None where neither language has it.

    A function of a provider ("provider::aws::arn_parse") is known only when it runs.
    """
    if name.startswith("provider::"):
        from .external import at_run_time

        return at_run_time(name)
    module = _MODULE_OF.get(name)
    if module is None:
        return None
    function: Function = import_module(f"{__name__}.{module}").FUNCTIONS[name]
    return function if name in _UNMARKING else _guarded(name, function)


def _guarded(name: str, function: Function) -> Function:
    """A sensitive argument makes the result sensitive, and no overflow escapes.

    What it reads and writes counts as steps. One that is fallible may also fail on what is not
    known, in a world that `try` asks for; so may any on what has no declared type.
    """
    fallible, cheap = name in _FALLIBLE, name in _CHEAP
    of_any_type = name in _OF_ANY_TYPE

    def marked(context: Context, arguments: tuple[Value, ...]) -> Value:
        try:
            if not cheap:
                context.worlds.step(sum(map(_effort, arguments)))
            result = function(context, arguments)
            if not cheap:
                context.worlds.step(_effort(result))
        except (OverflowError, RecursionError):
            raise EvaluationError("a value is too large", context.span, "unsupported") from None
        if isinstance(result, Known) and isinstance(result.data, str):
            result = _composed(result, result.data)
        if (
            fallible
            and isinstance(result, Unknown)
            and not _is_taken(result, arguments)
            and not context.worlds.succeeds(result.term)
        ):
            raise EvaluationError("an argument is refused", context.span)
        asked = fallible and isinstance(result, Unknown)
        if context.worlds.trying and not (of_any_type or asked) and any(map(_untyped, arguments)):
            call: Term = (name, *map(term_of, arguments))
            if not context.worlds.succeeds(call):
                raise EvaluationError("an argument is of another type", context.span)
        sensitive = any(argument.sensitive for argument in arguments)
        return result.hidden() if sensitive else result

    return marked


def _untyped(value: Value) -> bool:
    return isinstance(value, Unknown) and value.type is None


def _is_taken(result: Unknown, arguments: tuple[Value, ...]) -> bool:
    """Whether what a function gives is an argument, which has the type that it asks for."""
    return result.type is not None and any(result is argument for argument in arguments)


def _composed(value: Known, data: str) -> Known:
    """A string as HCL keeps it; the value itself where it is so already."""
    text = composed(data)
    return value if text is data or text == data else replace(value, data=text)


def _effort(value: Value) -> int:
    """The steps that it takes to read or write a value."""
    match value:
        case Known(data=str(data)):
            return len(data) // LETTERS_A_STEP
        case ListValue(items=items) | MapValue(items=items):
            return len(items) // ITEMS_A_STEP
        case Text(parts=parts):
            return sum(map(_effort, parts))
    return 0

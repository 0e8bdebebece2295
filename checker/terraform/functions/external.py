"""Functions whose result depends on when and where they run: never known, never null."""

from __future__ import annotations

from ...language.value import Unknown, Value, term_of
from .context import Context, Function


def at_run_time(name: str) -> Function:
    """A function of time, of chance, of a private key, or of a provider."""

    of_provider = name.startswith("provider::")

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        # Two calls give two results, so the place of the call is part of what it is; those of
        # providers are pure. https://developer.hashicorp.com/terraform/plugin/framework/functions
        told = tuple(map(term_of, arguments)) if of_provider else (str(context.span),)
        why = f"{name}() is known only when it runs"
        type_ = None if of_provider else "string"
        term = ("call", name, *told)
        return Unknown("external", why, term, not_null=not of_provider, type=type_)

    return function


FUNCTIONS: dict[str, Function] = {
    name: at_run_time(name)
    for name in ("timestamp", "plantimestamp", "uuid", "bcrypt", "rsadecrypt", "abspath")
}

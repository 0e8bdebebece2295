"""Functions whose result depends on when and where they run: never known, never null."""

from __future__ import annotations

from ...language.value import Unknown, Value
from .context import Context, Function


def at_run_time(name: str) -> Function:
    """A function of time, of chance, of a private key, or of a provider."""

    def function(context: Context, arguments: tuple[Value, ...]) -> Value:
        # Two calls give two results, so the place of the call is part of what it is.
        return Unknown(
            "external",
            f"{name}() is known only when it runs",
            ("call", name, str(context.span)),
            not_null=True,
        )

    return function


FUNCTIONS: dict[str, Function] = {
    name: at_run_time(name)
    for name in ("timestamp", "plantimestamp", "uuid", "bcrypt", "rsadecrypt", "abspath")
}

"""iac-check: a static policy checker for infrastructure as code."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is not worth its import time to `--help` and `--version`
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from .policy.result import Report
    from .settings import Settings

__version__ = "0.1.0"
__all__ = ["Settings", "__version__", "scan"]


def scan(paths: Iterable[str | os.PathLike[str]], settings: Settings | None = None) -> Report:
    """Check folders and files. Faults of the input are in the report's errors, never raised.

    Raises TypeError for one path that is in no list.
    """
    from os import PathLike, fspath

    if isinstance(paths, str | bytes | PathLike):
        raise TypeError(f"paths is a list of paths: write [{paths!r}]")

    from .pipeline import run
    from .settings import Settings

    return run([fspath(path) for path in paths], settings or Settings())


def __getattr__(name: str) -> object:
    """`Settings`, which only some who import this need."""
    if name != "Settings":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .settings import Settings

    return Settings

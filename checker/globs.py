"""Globs of paths: written for one folder, and matched from the working directory.

A star crosses slashes, as in `fnmatch`. A glob that names a folder speaks of all that is in it.
As seen from the working directory, a glob that begins with `./` or `../` speaks of what lies in
that folder, by its path there, and of nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from .patterns import pattern

_MAGIC = pattern(r"[*?[]")
_UP = "../"


def within(path: str, globs: Iterable[str]) -> bool:
    """Whether a path, or a folder that it lies in, is what a glob says.

    `**/x` is x in any folder, the first too, as in git's and everyone's globs.
    """
    return any(
        fnmatchcase(seen, one) or fnmatchcase(seen, f"{one}/*")
        for glob in globs
        for seen, one in _in_its_folder(path, glob)
    )


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether a path itself is what a glob says."""
    return any(
        fnmatchcase(seen, rest) for glob in globs for seen, rest in _in_its_folder(path, glob)
    )


def _in_its_folder(path: str, glob: str) -> Iterator[tuple[str, str]]:
    """A path and each form of a glob as seen from the folder that this is limited to."""
    for seen, rest in _seen(path, glob):
        for one in {rest, rest.replace("/**/", "/").removeprefix("**/")}:
            yield seen, one


def _seen(path: str, glob: str) -> Iterator[tuple[str, str]]:
    """A path and a glob as seen from the folder that the glob is limited to; none outside of it."""
    if glob.startswith("./"):
        if not (os.path.isabs(path) or path.startswith(_UP) or path == ".."):
            yield path, glob[2:]
        return
    if not glob.startswith(_UP):
        yield path, glob
        return
    levels, rest = _climbed(glob)
    if os.path.isabs(path):
        path = os.path.relpath(path).replace(os.sep, "/")
    ups, below = _climbed(f"{path}/")
    if ups <= levels:
        way = [name for name in os.getcwd().split(os.sep) if name]
        names = way[max(0, len(way) - levels) : len(way) - ups]
        yield "/".join([*names, below.rstrip("/")]), rest


def _climbed(path: str) -> tuple[int, str]:
    """How many folders up a path or glob begins, and what follows."""
    levels = 0
    while path.startswith(_UP, levels * len(_UP)):
        levels += 1
    return levels, path[levels * len(_UP) :]


def seen_from_here(glob: str, folder: str | None) -> tuple[str, ...]:
    """A glob of a folder's, as globs that together mean the same from the working directory.

    One of the command line has no folder: its stars reach wherever a path that is given leads.
    """
    plain = _plain(glob)
    if os.path.isabs(plain):
        return os.path.relpath(plain).replace(os.sep, "/"), plain
    here = "." if folder is None else os.path.relpath(folder or ".").replace(os.sep, "/")
    if here != ".":
        return (f"{_literal(here)}/{plain}",)
    return (f"./{plain}" if folder is not None and _MAGIC.match(plain) else plain,)


def _literal(path: str) -> str:
    """A glob that matches one path."""
    return _MAGIC.sub(r"[\g<0>]", path)


def dangling(glob: str, folder: str) -> str | None:
    """The folder or file that a glob needs and that is not there, else None."""
    plain = _plain(glob)
    magic = _MAGIC.search(plain)
    needed = os.path.dirname(plain[: magic.start()]) if magic else plain
    return None if os.path.lexists(os.path.join(folder, needed) or ".") else needed


def _plain(glob: str) -> str:
    return os.path.normpath(glob).replace(os.sep, "/")

"""Globs of paths: written for one folder, and matched from the working directory.

A star crosses slashes, as in `fnmatch`. A glob that names a folder speaks of all that is in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from .patterns import pattern

_MAGIC = pattern(r"[*?[]")


def within(path: str, globs: Iterable[str]) -> bool:
    """Whether a path, or a folder that it lies in, is what a glob says.

    `**/x` is x in any folder, the first too, as in git's and everyone's globs.
    """
    return any(
        fnmatchcase(path, one) or fnmatchcase(path, f"{one}/*")
        for glob in globs
        for one in {glob, glob.replace("/**/", "/").removeprefix("**/")}
    )


def seen_from_here(glob: str, folder: str) -> tuple[str, ...]:
    """A glob of a folder's, as globs that together mean the same from the working directory."""
    plain = _plain(glob)
    here = os.path.relpath(folder or ".").replace(os.sep, "/")
    if os.path.isabs(plain):
        return os.path.relpath(plain).replace(os.sep, "/"), plain
    if here == ".":
        return (plain,)
    if set(here.split("/")) != {".."}:
        return (f"{here}/{plain}",)
    down = os.path.relpath(".", folder).replace(os.sep, "/").split("/")
    return tuple(
        "../" * up + below
        for up in range(len(down) + 1)
        for left in _left(plain, "/".join(down[: len(down) - up]))
        for below in _not_above(left)
    )


def _left(glob: str, way: str) -> Iterator[str]:
    """What is left of a glob for the paths in a folder, once a part has matched the way there."""
    if not way:
        yield glob
        return
    if within(way, [glob]):
        yield "*"
    # Of a longer part no star is left that the way does not need, but for hostile ones: those
    # leave out less.
    for at in range(min(len(glob), 4 * len(way) + 64) + 1):
        if fnmatchcase(f"{way}/", glob[:at]):
            yield "*" * glob[:at].endswith("*") + glob[at:]  # a star may end anywhere on the way


def _not_above(glob: str) -> Iterator[str]:
    """A glob that is meant for what lies below, so that its first wildcard is never `../`."""
    rest = glob.lstrip("*")
    if rest != glob:
        yield from _not_above(rest)
        yield f"[!.]*{rest}"
        yield f".[!.]*{rest}"
    elif glob.startswith("?"):
        yield f"[!.]{glob[1:]}"
    else:
        yield glob


def dangling(glob: str, folder: str) -> str | None:
    """The folder or file that a glob needs and that is not there, else None."""
    plain = _plain(glob)
    magic = _MAGIC.search(plain)
    needed = os.path.dirname(plain[: magic.start()]) if magic else plain
    return None if os.path.lexists(os.path.join(folder, needed) or ".") else needed


def _plain(glob: str) -> str:
    return os.path.normpath(glob).replace(os.sep, "/")

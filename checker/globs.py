"""Globs of paths: written for one folder, and matched from the working directory.

A star crosses slashes, as in `fnmatch`. A glob that names a folder speaks of all that is in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_MAGIC = re.compile(r"[*?[]")


def within(path: str, globs: Iterable[str]) -> bool:
    """Whether a path, or a folder that it lies in, is what a glob says."""
    return any(fnmatchcase(path, glob) or fnmatchcase(path, f"{glob}/*") for glob in globs)


def seen_from_here(glob: str, folder: str) -> tuple[str, ...]:
    """A glob of a folder's, as globs that together mean the same from the working directory.

    From above or beside, the folder stands before it. From below, it is what is left once a part
    of it has matched the way down; a star may end anywhere on that way.
    """
    plain = _plain(glob)
    here = os.path.relpath(folder or ".").replace(os.sep, "/")
    if os.path.isabs(plain):
        return os.path.relpath(plain).replace(os.sep, "/"), plain
    if here == ".":
        return (plain,)
    found = [f"{here}/{plain}"]
    if set(here.split("/")) == {".."}:
        way = os.path.relpath(".", folder).replace(os.sep, "/")
        if within(way, [plain]):
            found.append("*")
        for at in range(len(plain) + 1):
            if fnmatchcase(f"{way}/", plain[:at]):
                found.append("*" * plain[:at].endswith("*") + plain[at:])
    return tuple(found)


def dangling(glob: str, folder: str) -> str | None:
    """The folder or file that a glob needs and that is not there, else None."""
    plain = _plain(glob)
    magic = _MAGIC.search(plain)
    needed = os.path.dirname(plain[: magic.start()]) if magic else plain
    return None if os.path.lexists(os.path.join(folder, needed) or ".") else needed


def _plain(glob: str) -> str:
    return os.path.normpath(glob).replace(os.sep, "/")

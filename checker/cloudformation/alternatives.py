"""The files that a path with variables in it may mean."""

from __future__ import annotations

import os
import re
from contextlib import suppress

FILE_LIMIT = 100
"""Files that one such path is taken to mean."""

VARIABLE = r"\$\{(?:[^{}]|\$\{(?:[^{}]|\$\{[^{}]*\})*\})*\}"
"""A variable, with others in it."""

_VARIABLE = re.compile(VARIABLE)


def files_like(service: str, path: str) -> list[str]:
    """The paths, relative as written, to which variables may make a path of a service."""
    top = os.path.dirname(service)
    found = [""]
    for part in path.split("/"):
        if "${" not in part:
            found = [f"{begun}{part}/" for begun in found]
            continue
        name = re.compile("[^/]+".join(map(re.escape, _VARIABLE.split(part))))
        there = []
        for begun in found:
            with suppress(OSError):
                names = sorted(os.listdir(os.path.join(top, begun) or "."))
                there += [f"{begun}{one}/" for one in names if name.fullmatch(one)]
        found = there[:FILE_LIMIT]
    paths = (begun.removesuffix("/") for begun in found)
    return [one for one in paths if os.path.isfile(os.path.join(top, one))]

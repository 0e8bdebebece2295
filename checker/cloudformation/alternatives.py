"""The files that a path with variables in it may mean."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress

FILE_LIMIT = 100
"""Files that one such path is taken to mean."""

VARIABLE = r"\$\{(?:[^{}]|\$\{(?:[^{}]|\$\{[^{}]*\})*\})*\}"
"""A variable, with others in it."""

_VARIABLE = re.compile(VARIABLE)


def files_like(service: str, path: str) -> list[str] | None:
    """The paths, relative as written, to which variables may make a path of a service.

    None where they are more than FILE_LIMIT.
    """
    top = os.path.dirname(service)
    found = [""]
    for part in path.split("/"):
        if "${" not in part:
            found = [f"{begun}{part}/" for begun in found]
            if len(found) > 1:
                found = [one for one in found if os.path.exists(os.path.join(top, one[:-1]))]
            continue
        if len(found) > FILE_LIMIT:
            return None
        name = re.compile("[^/]+".join(map(re.escape, _VARIABLE.split(part))))
        there = []
        for begun in found:
            with suppress(OSError):
                names = sorted(os.listdir(os.path.join(top, begun) or "."))
                there += [f"{begun}{one}/" for one in names if name.fullmatch(one)]
        found = there
    files = [one[:-1] for one in found if os.path.isfile(os.path.join(top, one[:-1]))]
    return files if len(files) <= FILE_LIMIT else None


def told_apart(path: str, files: Iterable[str]) -> tuple[str, list[tuple[str, str]]]:
    """By what a path means one of some files, and what that is for each of them.

    That is the one variable in the path; all of the path where there are several.
    """
    if len(set(_VARIABLE.findall(path))) > 1:
        return path, [(one, one) for one in files]
    first, *others = map(re.escape, _VARIABLE.split(path))
    name = re.compile(f"{first}([^/]+)" + r"\1".join(others))
    found = ((name.fullmatch(one), one) for one in files)
    return _VARIABLE.findall(path)[0], [(match[1], one) for match, one in found if match]

"""Paths that somebody gives, as the system takes them: what lies behind a link has its own name."""

from __future__ import annotations

import os
from collections.abc import Iterable


def boundary(path: str) -> str:
    """The folder that a scan of `path` may read in: its repository, else what was named."""
    real = os.path.realpath(path)
    top = real if os.path.isdir(real) else os.path.dirname(real)
    folder = top
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return top
        folder = parent
    return folder


def resolved(path: str) -> str:
    """A path that somebody gives, in which `..` after a link leads to where the system goes."""
    parts = path.split(os.sep)
    if ".." not in parts:
        return path
    after = len(parts) - parts[::-1].index("..")
    head = os.sep.join(parts[:after])
    real = os.path.realpath(head)
    if real == os.path.realpath(os.path.normpath(head)):
        return path
    return os.path.join(real if os.path.isabs(path) else os.path.relpath(real), *parts[after:])


def named(paths: Iterable[str]) -> list[str]:
    """Paths of the command line as they are reported: a folder behind a link has its own name.

    From there its calls lead to where they do for Terraform, which is run in it.
    """
    own: dict[str, str] = {}
    found = []
    for path in map(resolved, paths):
        folder, file = (path, "") if os.path.isdir(path) else os.path.split(path)
        if folder not in own:
            own[folder] = _own(folder)
        found.append(os.path.join(own[folder], file) if file else own[folder])
    return found


def _own(folder: str) -> str:
    """A folder by a path without links, as far as these are within its repository."""
    real, text = os.path.realpath(folder), os.path.abspath(folder)
    if real == text or not folder:
        return folder
    top, above = boundary(folder), text
    while os.path.realpath(above) != top:
        if above == os.path.dirname(above):  # the link leads into the repository from elsewhere
            return real if os.path.isabs(folder) else os.path.relpath(real)
        above = os.path.dirname(above)
    inner = os.path.relpath(real, top)
    if os.path.relpath(text, above) == inner:
        return folder
    own = os.path.normpath(os.path.join(above, inner))
    return own if os.path.isabs(folder) else os.path.relpath(own)

"""Files of values beside a root module that nothing has read: those of an environment, mostly."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress

from ..candidates import VALUES, File, is_automatic, read
from ..discovery import normal
from ..source import InputError

ROOTS_LIMIT = 100
"""Root modules that are looked at."""
FOLDERS_LIMIT = 100
FILES_LIMIT = 100
"""Folders below one of them, and files of values, that are."""

_DECLARED = re.compile(rb'\bvariable"?[ \t:{]+"?([A-Za-z_][\w-]*)')
_SET = re.compile(rb'^[ \t{]*"?([A-Za-z_][\w-]*)"?[ \t]*[=:]', re.MULTILINE)


def unused(
    roots: Iterable[str], terraform: Mapping[str, list[File]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Root modules, each with the files in it and right below it that would set its variables."""
    for root in sorted(set(roots))[:ROOTS_LIMIT]:
        declared = {
            name for file in terraform.get(root, ()) for name in _DECLARED.findall(_text(file))
        }
        files = _files(root, terraform) if declared else []
        found = tuple(path for path in files if declared & _names(path))
        if found:
            yield root, found


def _files(root: str, roots: Container[str]) -> list[str]:
    """Those of a root module; a folder that has a module in it has its own."""
    found: list[str] = []
    with suppress(OSError):
        folders = [entry.path for entry in os.scandir(root) if _is_folder(entry)]
        folders = [folder for folder in folders if normal(folder) not in roots]
        for folder in (root, *sorted(folders)[:FOLDERS_LIMIT]):
            with suppress(OSError):
                found += (
                    normal(entry.path)
                    for entry in os.scandir(folder)
                    if entry.name.endswith(VALUES)
                    and not is_automatic(entry.name)
                    and entry.is_file(follow_symlinks=False)
                )
    return sorted(found)[:FILES_LIMIT]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)


def _names(path: str) -> set[bytes]:
    try:
        return set(_SET.findall(read(path, regular=True)))
    except InputError:
        return set()


def _text(file: File) -> bytes:
    try:
        return file.searchable
    except InputError:
        return b""

"""Which templates nest or include which: found by what they say, not by how they write it.

Only files whose bytes can nest are read for it, and only where something in the scan may matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from ..candidates import File


class Family:
    """The callers of templates. `targets` gives the paths that a file nests or includes.

    It gives None for a file that cannot be read: what that one may nest is what it names.
    """

    def __init__(
        self, files: Iterable[File], targets: Callable[[str], Iterable[str] | None]
    ) -> None:
        self._files = files
        self._targets = targets
        self._callers: dict[str, set[str]] | None = None
        self._unreadable: list[File] = []

    def of(self, paths: Iterable[str]) -> set[str]:
        """Some templates, and those that nest one of them, over any number of levels."""
        callers = self._read()
        family = set(paths)
        waiting = list(family)
        while waiting:
            path = waiting.pop()
            name = os.path.basename(path).encode("utf-8", "surrogateescape")
            naming = (file.path for file in self._unreadable if name in file.searchable)
            for caller in {*callers.get(path, ()), *naming} - family:
                family.add(caller)
                waiting.append(caller)
        return family

    def _read(self) -> dict[str, set[str]]:
        if self._callers is None:
            # Kept before it is complete: where a template is may be asked of another one.
            self._callers = {}
            for file in self._files:
                if not file.nests:
                    continue
                targets = self._targets(file.path)
                if targets is None:
                    self._unreadable.append(file)
                for target in targets or ():
                    self._callers.setdefault(target, set()).add(file.path)
        return self._callers

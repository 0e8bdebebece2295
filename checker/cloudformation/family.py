"""Which templates nest or include which: found by what they say, not by how they write it.

Only files whose bytes can nest are read for it, and only where something in the scan may matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from ..candidates import File


class Family:
    """The callers of templates. `targets` gives the paths that a file nests or includes.

    It gives None for a file that cannot be read: what that one may nest is what it names, and
    anything where bytes cannot tell it. `files` may grow.
    """

    def __init__(
        self, files: Sequence[File], targets: Callable[[str], Iterable[str] | None]
    ) -> None:
        self._files = files
        self._targets = targets
        self._callers: dict[str, set[str]] = {}
        self._unreadable: list[File] = []
        self._searched = 0

    def of(self, paths: Iterable[str]) -> set[str]:
        """Some templates, and those that nest one of them, over any number of levels."""
        self._search()
        family = set(paths)
        waiting = list(family)
        while waiting:
            path = waiting.pop()
            name = os.path.basename(path).encode("utf-8", "surrogateescape")
            naming = (f.path for f in self._unreadable if f.opaque or name in f.searchable)
            for caller in {*self._callers.get(path, ()), *naming} - family:
                family.add(caller)
                waiting.append(caller)
        return family

    def _search(self) -> None:
        while self._searched < len(self._files):
            # Counted before it is read: where a template is may be asked of another one.
            file = self._files[self._searched]
            self._searched += 1
            if not file.nests:
                continue
            targets = self._targets(file.path)
            if targets is None:
                self._unreadable.append(file)
            for target in targets or ():
                self._callers.setdefault(target, set()).add(file.path)

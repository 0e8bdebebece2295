"""Patterns that are compiled when one is first asked for: a run needs few of those that it has."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:
        """What stands for the compiled pattern, whose methods it takes over as they are used."""

        def __init__(self, text, flags=0):
            self._given = text, flags

        def __getattr__(self, name):
            found = getattr(re.compile(*self._given), name)
            setattr(self, name, found)  # the next use finds it without this detour
            return found


__all__ = ["pattern"]

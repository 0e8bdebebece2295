"""Which files of the scan an address may mean: what is published of one keeps the end of its path.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..candidates import File
from ..language.value import Known, Text, Value

MEANT_LIMIT = 10
"""Files that one address may mean: what more of them have in common names none."""


class Published:
    """Of one scan. `files` may grow; `holds` tells whether one may hold a template."""

    def __init__(self, files: Sequence[File], holds: Callable[[str], bool]) -> None:
        self._files = files
        self._holds = holds
        self._named: dict[str, list[str]] = {}
        self._searched = 0

    def of(self, location: Value | None, caller: str) -> list[str]:
        """The templates whose paths end as an address does, over the most folders.

        Of several, those that stand in one folder with the file that gives the address, as what is
        published together does; where there are none of these, all. Nothing for what is no
        address. Of a last part of which only some is known, each whose name may be it.
        """
        ends = path_of(location).split("/")
        folder = caller.split("/")[:-1]
        alike: dict[int, list[str]] = {}
        for path in self._of_name(ends[-1]):
            alike.setdefault(_shared(ends, path.split("/")), []).append(path)
        if isinstance(location, Text) and (name := _open_name(location)) is not None:
            alike = {1: [path for of in self._names(name) for path in self._of_name(of)]}
        for shared in sorted(alike, reverse=True):
            found = list(filter(self._holds, alike[shared]))
            if found:
                found = [path for path in found if path != caller]  # else another version of it
                together = [path for path in found if _above(path.split("/")[:-shared], folder)]
                meant = together or found
                return meant if len(meant) <= MEANT_LIMIT else []
        return []

    def _names(self, pattern: re.Pattern[str]) -> list[str]:
        self._of_name("")
        return sorted(name for name in self._named if pattern.fullmatch(name))

    def _of_name(self, name: str) -> list[str]:
        for file in self._files[self._searched :]:
            self._named.setdefault(file.path.rpartition("/")[2], []).append(file.path)
        self._searched = len(self._files)
        return sorted(self._named.get(name, ())) if name else []


def _open_name(location: Text) -> re.Pattern[str] | None:
    """What the last part of an address reads as, of which some is not known; None of others."""
    written: list[str] = []
    for part in reversed(location.parts):
        text = part.data if isinstance(part, Known) else None
        if isinstance(text, str) and "/" in text:
            written.append(re.escape(text.rpartition("/")[2]))
            break
        written.append(re.escape(text) if isinstance(text, str) else "[^/]*")
    else:
        return None
    return re.compile("".join(reversed(written))) if len(written) > 1 else None


def path_of(location: Value | None) -> str:
    """The end of an address as far as it is known, without what follows its path; "" for none."""
    end = location.parts[-1] if isinstance(location, Text) else location
    if not isinstance(end, Known) or not isinstance(end.data, str):
        return ""
    if end is location and "://" not in end.data:
        return ""
    path = end.data.partition("#")[0].partition("?")[0]
    if "%" in path:
        from urllib.parse import unquote

        path = unquote(path)
    return path


def _above(one: Sequence[str], other: Sequence[str]) -> bool:
    return list(other[: len(one)]) == list(one)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts two paths have in common, from their ends."""
    pairs = enumerate(zip(reversed(one), reversed(other), strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))

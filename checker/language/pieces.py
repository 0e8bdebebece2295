"""The pieces of a string that is only partly known."""

from __future__ import annotations

from ..kms import WORDS, identifier_in, no_word, written_without
from ..records import replace
from .value import Attribute, Known, Text, Unknown, Value, text


def pieces(value: Value, mark: str) -> tuple[tuple[Value, ...], Value | None]:
    """What a string certainly is between its marks, from its beginning on, and what follows.

    That is None where all of it is certain; else it begins with the piece in which a part may
    hold a mark of its own. A part that is a key's attribute is written in few letters. One of a
    mark's letters could only be such a part's where all of them may be, so no mark reaches across
    its edge.
    """
    runs: list[list[Value]] = [[]]
    parts = value.parts if isinstance(value, Text) else (value,)
    for at, part in enumerate(parts):
        found = _of_part(part, mark)
        if found is None:
            *whole, last = runs
            return tuple(map(text, whole)), text([*last, *parts[at:]])
        runs[-1].append(found[0])
        runs.extend([piece] for piece in found[1:])
    return tuple(map(text, runs)), None


def _of_part(part: Value, mark: str) -> list[Value] | None:
    match part:
        case Known(data=str(data)):
            return [replace(part, data=piece) for piece in data.split(mark)]
        case Unknown(term=("ref", _, str(name))) if name in WORDS and all(map(no_word, mark)):
            return [part]
        case Attribute(resource=resource, path=path):
            if all(written_without(resource.type, path, letter) for letter in mark):
                return [part]
            identifier = identifier_in(resource.type, path)
            if mark == "/" and identifier is not None:
                # What stands before the id names no key; it is not known, but has no mark.
                return [replace(part, path=f"{path} before /"), replace(part, path=identifier)]
    return None

"""`jsondecode` and `yamldecode` of what is known only in parts: what stands in for these."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...language.value import Known, ListValue, MapValue, Text, Unknown, Value, text
from ...records import replace
from .json_pieces import is_plain

# As an ARN it is no syntax of either language, within quotes or without; no real document has it.
_MARK = "\ue000"
# What takes in the letters after it: an escape, and YAML's anchors, aliases, tags and headers.
_OPEN = re.compile(r"(?:\\(?:x[0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7})?|[&*!%|>@`])\Z")


def decoded(document: Text, decode: Callable[[str], Value], *, json: bool) -> Value | None:
    """What is decoded, with the parts that are not known in their places.

    None where it depends on these. What identifies a resource is no syntax, nor in JSON what
    `jsonencode` wrote. Raises what `decode` raises.
    """
    parts: list[Value] = []
    written = []
    for part in document.parts:
        if isinstance(part, Known):
            if _MARK in str(part.data):
                return None
            written.append(str(part.data))
            continue
        if _OPEN.search(written[-1] if written else ""):
            return None  # the part's first letters belong to what begins there
        mark = f"{_MARK}{len(parts)}{_MARK}"
        if not is_plain(part):
            operation = part.term[0] if json and isinstance(part, Unknown) else None
            if operation not in ("jsonencode", "escaped"):
                return None
            mark = f'"{mark}"' if operation == "jsonencode" else mark
        parts.append(part)
        written.append(mark)
    try:
        return _restored(decode("".join(written)), parts)
    except ValueError:
        if all(map(is_plain, parts)):
            raise
        return None  # one may stand within quotes, or without them


def _restored(value: Value, parts: list[Value]) -> Value | None:
    match value:
        case Known(data=str(data)) if _MARK in data:
            pieces: list[Value] = [
                _plain(parts[int(piece)]) if number % 2 else Known(piece)
                for number, piece in enumerate(data.split(_MARK))
            ]
            alone = len(pieces) == 3 and pieces[0] == pieces[2] == Known("")
            return pieces[1] if alone else text(pieces)
        case ListValue(items=items):
            found = [_restored(item, parts) for item in items]
            known = tuple(item for item in found if item is not None)
            return replace(value, items=known) if len(known) == len(items) else None
        case MapValue(items=mapping):
            names = {}
            for name in mapping:
                item = _restored(mapping[name], parts)
                if item is None or _MARK in name:
                    return None
                names[name] = item
            return replace(value, items=names)
    return value


def _plain(part: Value) -> Value:
    """What was encoded: letters within a string, or a value of any type, null among them."""
    match part:
        case Unknown(term=("escaped", tuple(letters))):
            return replace(part, term=letters)
        case Unknown(term=("jsonencode", _)):
            term = ("jsondecode", part.term)
            return replace(part, term=term, not_null=False, type=None)
    return part

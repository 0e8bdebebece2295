"""A generated file of which only parts are known, as code: a call stands for each other part."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..language.value import Known, Term, Text, Value, term_of
from ..patterns import pattern
from ..source import InputError, Source
from .names import IDENTIFIER

_HOLE = "\ue000"
"""Stands for a part that is not known while the text around it is looked at."""

_CODE = pattern(rf'(?:#|//)[^\n]*|/\*.*?\*/|<<-?(?P<mark>{IDENTIFIER})\r?\n|["{{}}]|{_HOLE}', re.S)
_QUOTED = pattern(rf'\\.|\$\$\{{|%%\{{|[$%]\{{|"|{_HOLE}', re.S)
_HEREDOC = rf"\$\$\{{|%%\{{|[$%]\{{|{_HOLE}"
_JSON = pattern(rf'"(?:\\.|[^"\\])*"(\s*:)?|{_HOLE}', re.S)
_VALUE = pattern(r"(?:(?<![=!<>])=|:)[ \t]*\Z")
_LAST = pattern(r"[ \t]*(?:[,}]|(?:(?:#|//)[^\n]*)?(?:\r?\n|\Z))")
_OPERAND = pattern(r"[=:,(\[?][ \t]*\Z")
_WORD = pattern(rf"[ \t]*({IDENTIFIER})")

HARMLESS = frozenset({"provider", "terraform"})
"""Blocks that give no resource an argument, whatever they hold."""


def as_code(contents: Text, path: str, numbers: dict[Term, int]) -> str | None:
    """The text with a call of what is known only when it runs for each part that is not known.

    None where what such a part would be in the code is not certain: it must stand within quotes
    or be a whole value; within HARMLESS blocks it may be anything. `numbers` tell parts apart.
    """
    parts = [*_flat(contents)]
    marked = "".join(part if isinstance(part, str) else _HOLE for part in parts)
    holes = [part for part in parts if not isinstance(part, str)]
    if marked.count(_HOLE) != len(holes):
        return None
    is_json = path.endswith(".json")
    ways = _ways_json(marked) if is_json else _ways(marked)
    if ways is None:
        return None
    for hole, way in zip(holes, ways, strict=True):
        number = numbers.setdefault(term_of(hole), len(numbers))
        call = f"provider::terragrunt::generated({number})"
        marked = marked.replace(_HOLE, way.replace("*", call), 1)
    try:
        _check(Source(path, marked), is_json=is_json)
    except InputError:
        return None
    return marked


def _check(source: Source, *, is_json: bool) -> None:
    if is_json:
        from .json_syntax import outline_json

        outline_json(source)
    else:
        from .syntax import check_syntax

        check_syntax(source)


def _flat(value: Value) -> Iterator[str | Value]:
    if isinstance(value, Text):
        for part in value.parts:
            yield from _flat(part)
    elif isinstance(value, Known) and isinstance(value.data, str):
        yield value.data
    else:
        yield value


def _ways_json(text: str) -> list[str] | None:
    """What is put for each hole of JSON, `*` standing for the call; None where one is a name."""
    ways = []
    for found in _JSON.finditer(text):
        inside = found[0].count(_HOLE)
        if inside and found[1]:
            return None
        ways += ['"${*}"'] if found[0] == _HOLE else ["${*}"] * inside
    return ways if len(ways) == text.count(_HOLE) else None


def _ways(text: str) -> list[str] | None:
    """What is put for each hole of HCL, `*` standing for the call; None where one is not certain.

    `open_` holds what ends each thing that is open: code, or the text of a template.
    """
    ways: list[str] = []
    open_, at, block = [_CODE], 0, ""
    while found := open_[-1].search(text, at):
        token, at = found[0], found.end()
        in_code = open_[-1] is _CODE
        if token == _HOLE:
            way = _in_code(text, found.start(), block) if in_code else "${*}"
            if way is None:
                return None
            ways.append("" if block == "terraform" and not in_code else way)
        elif in_code and token[0] in "#/":
            ways += [""] * token.count(_HOLE)
        elif token in ("{", "${", "%{"):
            if len(open_) == 1:
                named = _WORD.match(text, text.rfind("\n", 0, at) + 1)
                block = named[1] if named else ""
            open_.append(_CODE)
        elif in_code and token == '"':
            open_.append(_QUOTED)
        elif in_code and token[0] == "<":
            ending = rf"^[ \t]*{re.escape(found['mark'])}[ \t]*$"
            open_.append(re.compile(f"{_HEREDOC}|{ending}", re.M))
        elif token[0] not in "\\$%":  # it closes what is open
            open_.pop()
            block = block if len(open_) > 1 else ""
            if not open_:
                return None
    return ways


def _in_code(text: str, at: int, block: str) -> str | None:
    begins = text.rfind("\n", 0, at) + 1
    if _VALUE.search(text, begins, at) and _LAST.match(text, at + 1):
        return "*"
    if block not in HARMLESS:
        return None
    return "*" if _OPERAND.search(text, begins, at) else ""

"""The text of Serverless variables: their sources, and where these lead.

https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re

from ..language.document import MappingNode, Node, ScalarNode, SequenceNode, is_null
from .alternatives import VARIABLE
from .service_parts import is_variable

READABLE = (".yml", ".yaml", ".json")
SPACE = r"[ \t]*"
_SOURCE = re.compile(rf"""(?:'[^'\n]*'|"[^"\n]*"|{VARIABLE}|[^,'"])+""")
_NAMED = re.compile(r"[A-Za-z][\w-]*(?:\([^()]*\))?:|file\(")
FILE = re.compile(
    rf"""file\({SPACE}(?:"([^"\n]*)"|'([^'\n]*)'|([^"'()\s][^()\n]*)){SPACE}\){SPACE}"""
    rf"""(?::{SPACE}([^\s,:]+))?""",
)
WORD = rf"(?:{VARIABLE}|[^\s,:.${{}}])+"
_OWN = re.compile(rf"self:{SPACE}({WORD}(?:[.]{WORD})*)")
FILES = re.compile(
    rf"""file\({SPACE}["']?((?:{VARIABLE}|[^"'(){{}}\s])+)["']?{SPACE}\)"""
    rf"""(?:{SPACE}:{SPACE}([^\s,:${{}}]+))?""",
)


def told(variable: str) -> bool:
    """Whether a variable leads to a file of which it was told that it is not there."""
    file = FILE.fullmatch(next(iter(sources_of(variable)), ""))
    path = next(filter(None, file.groups()), "") if file is not None else ""
    return path.lower().rstrip().endswith(READABLE)


def sources_of(variable: str) -> list[str]:
    """The sources of a variable, the first that counts first."""
    return [found for match in _SOURCE.finditer(variable[2:-1]) if (found := match[0].strip())]


def literal(source: str) -> str | None:
    """The text that a source is; None where it names what holds one."""
    if source[:1] in ("'", '"'):
        return source[1:-1]
    return source if source.startswith("arn:") or not _NAMED.match(source) else None


def member(node: Node | None, key: str) -> Node | None:
    """What is under a key, which is a number in a list; None where there is nothing."""
    if isinstance(node, SequenceNode) and key.isascii() and key.isdecimal() and len(key) < 9:
        return node.items[int(key)] if int(key) < len(node.items) else None
    return node.get(key) if isinstance(node, MappingNode) else None


def below(node: Node, path: str, address: str, keys: list[str]) -> Node:
    """What is under keys of what stands at the address of a file, or of the service itself.

    Of a variable that is not followed, it is a part of its file, if it can be. Where there is
    nothing, or it cannot be told what, it is a variable that leads nowhere.
    """
    place = f"file({path}):{address}" if path else f"self:{address}"
    found: Node | None = node
    for number, key in enumerate(keys):
        if isinstance(found, ScalarNode) and is_variable(found):
            written = _part(str(found.value), place, keys[number:])
            return ScalarNode(found.span, written, written)
        if found is not None and found.tag is not None:
            written = f"${{{place} of what a function makes}}"
            return ScalarNode(found.span, written, written)
        found = member(found, key)
    if found is None or is_null(found):
        return ScalarNode(node.span, f"${{{place}}}", f"${{{place}}}")
    return found


def _part(variable: str, place: str, keys: list[str]) -> str:
    sources = sources_of(variable)
    file = FILES.fullmatch(sources[0]) if len(sources) == 1 else None
    own = _OWN.fullmatch(sources[0]) if len(sources) == 1 else None
    if own is not None:
        return f"${{self:{'.'.join((own[1], *keys))}}}"
    if file is not None:
        return f"${{file({file[1]}):{'.'.join((*((file[2],) if file[2] else ()), *keys))}}}"
    return f"${{{place} of {variable[2:-1]}}}"

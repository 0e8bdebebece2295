"""The comments of a YAML document: what stands between the tokens that PyYAML's scanner gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..source import InputError, Source, Span

_COMMENT = re.compile("(?:(?<=\\s)|(?<![^\n]))#[^\n\r\x85\u2028\u2029]*")
"""To the end of the line, as YAML 1.1 ends lines: what reads the document does."""


def comments(source: Source) -> Iterator[Span]:
    """Every comment of a file. Raises InputError where it is no YAML."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    at = 0
    try:
        for token in yaml.scan(source.text, Loader=loader):
            yield from _between(source, at, token.start_mark.index)
            at = max(at, token.end_mark.index)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise InputError("not valid YAML", source.path, line, column) from None
    yield from _between(source, at, len(source.text))


def _between(source: Source, start: int, end: int) -> Iterator[Span]:
    for match in _COMMENT.finditer(source.text, start, end):
        yield source.span(match.start(), match.end())

"""`AllowedPattern`: a pattern of Java's, as far as it means the same to the engine here.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..patterns import pattern

PATTERN_LIMIT = 1_000
TEXT_LIMIT = 1_000
"""Characters of a text that is tried, all of them ASCII and printable: there no rule for lines,
blanks or letters of other alphabets differs."""

# What both read alike: no set within a set, no `&&`, no possessive repeat, no group but those that
# take part or do not, no flag, no look-around, no reference to a group, no escape of a letter but
# these. A hyphen beside a class of letters is left out, too.
_ESCAPE = r"\\(?:[dswDSWtnrf]|[^A-Za-z0-9])"
_SET = rf"\[\^?+(?!\])(?>(?:(?!&&)[^\[\]\\]|{_ESCAPE})+)\]"
_REPEAT = r"(?>(?:(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??(?![*+?{]))?)"
_ONE = rf"(?:[^\\*+?()\[\]|^${{}}]|{_ESCAPE}|{_SET}|\)){_REPEAT}"
_COMMON = pattern(rf"(?>(?:{_ONE}|\(\?:|\((?!\?)|[|^$])*)", re.DOTALL)
_HYPHEN = pattern(r"\\[dswDSW]-[^\]]|-\\[dswDSW]")
_PRINTABLE = pattern(r"[ -~]*")


@lru_cache(maxsize=512)
def matches(pattern: str, text: str) -> bool | None:
    """Whether a pattern matches the whole of a text; None where that is not certain."""
    if len(pattern) > PATTERN_LIMIT or len(text) > TEXT_LIMIT:
        return None
    if not _COMMON.fullmatch(pattern) or _HYPHEN.search(pattern):
        return None
    if not _PRINTABLE.fullmatch(text):
        return None
    from ..language.re2 import compile_pattern
    from ..language.re2_syntax import PatternError, UnsupportedPattern

    try:
        return compile_pattern(rf"\A(?:{pattern})\z").search(text) is not None
    except (PatternError, UnsupportedPattern, RecursionError):
        return None

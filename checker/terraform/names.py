"""What HCL takes for a name, and for white space: Unicode's classes, which are not Python's.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#identifiers
"""

from __future__ import annotations

from ..source import InputError, Span

_LETTER = r"[^\x00-,./:-@\[-^`{-\x9f\s]"
IDENTIFIER = rf"(?![\d-])(?>{_LETTER}+)"
"""A name, as a pattern. It takes every symbol beyond ASCII for a letter; `is_name` does not."""
WORD_END = rf"(?!{_LETTER})"

_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Nd", "Pc"))
_MORE = frozenset(
    "-\xb7\u0387\u19da\u2118\u212e\u309b\u309c" + "".join(map(chr, range(0x1369, 0x1372)))
)

SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space in templates, and around the end of a heredoc: Go's unicode.IsSpace."""


def is_name(text: str) -> bool:
    """Whether what IDENTIFIER matches is one: of letters, marks and digits of any script."""
    if text.isascii():
        return True
    from unicodedata import category

    return all(letter in _MORE or category(letter) in _CATEGORIES for letter in text)


def check_name(span: Span) -> None:
    """Raises InputError where a name has what no name may have."""
    text = span.text
    if not is_name(text):
        wrong = next(at for at, letter in enumerate(text) if not is_name(letter))
        place = span.source.span(span.start + wrong, span.start + wrong)
        raise InputError.at(place, f"{text[wrong]!r} is not expected here")

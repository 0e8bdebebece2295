"""Which characters of a text are not seen, or steer what is."""

from __future__ import annotations

INVISIBLE = (
    "\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""For a class of a pattern: controls (DEL, C1), line separators, what turns the writing direction,
lone surrogates, and what Unicode says may be ignored (Default_Ignorable_Code_Point in
https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt). Not the joiners U+200C and
U+200D and the variation selector U+FE0F, which are part of words and of emoji."""

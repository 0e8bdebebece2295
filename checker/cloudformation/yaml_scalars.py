"""What a plain scalar of YAML is: in version 1.2, and in 1.1 where that reads it otherwise."""

from __future__ import annotations

from ..patterns import pattern

_FIRST_OF_NUMBER = frozenset("-+.0123456789")
_INTEGER = pattern(r"-?(?:0|[1-9][0-9]{0,999})\Z")
_FLOAT = pattern(r"[-+]?(?:[0-9]++\.[0-9]*+|\.[0-9]++)(?:[eE][-+]?[0-9]++)?\Z")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_OLDER_WORDS = {
    form: truth
    for word, truth in (("yes", True), ("on", True), ("no", False), ("off", False))
    for form in (word, word.title(), word.upper())
}
_OLDER_INTEGER = pattern(
    r"([-+]?)(?:0([0-7_]{1,999})|0b([01_]{1,999})|0x([0-9a-fA-F_]{1,999})"
    r"|(0|[1-9][0-9_]{0,999})((?::[0-5]?[0-9]){0,99}))\Z"
)
_OLDER_FLOAT = pattern(
    r"(?=[^.eE]*+[.eE])[-+]?(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9]{1,9})?\Z"
)


def typed(text: str) -> str | bool | int | float | None:
    """The value of a plain scalar; what could be an identifier (`0123`, `on`) is text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _FIRST_OF_NUMBER:
        if _INTEGER.match(text):
            return int(text)
        if _FLOAT.match(text):
            value = float(text)
            return text if value in (float("inf"), float("-inf")) else value
    return text


def older_reading(text: str) -> bool | int | float | None:
    """What YAML 1.1 makes of a plain scalar that is text here; None for other scalars.

    The deployed service and PyYAML read 1.1: `yes` is true there, `0123` is 83, `1:30` is 90.
    Numbers that 1.2 reads in the same way (`+5`, `0x1F`, `1e3`) are here too.
    https://yaml.org/type/bool.html (without `y` and `n`), https://yaml.org/type/int.html
    """
    if text in _OLDER_WORDS:
        return _OLDER_WORDS[text]
    if text[:1] not in _FIRST_OF_NUMBER or not isinstance(typed(text), str):
        return None
    integer = _OLDER_INTEGER.match(text)
    if integer is not None:
        return _older_integer(*integer.groups(default=""))
    if not _OLDER_FLOAT.match(text):
        return None  # `089`, and an account's number
    value = float(text.replace("_", ""))
    return None if value in (float("inf"), float("-inf")) else value


def plain_key(text: str) -> tuple[bool | int | float | None, float | None]:
    """What YAML 1.1 makes of a key that is text in 1.2, or the number with a fraction that it is.

    Keys that are no strings are kept as they are written.
    """
    value = typed(text)
    return older_reading(text), value if isinstance(value, float) else None


def _older_integer(
    sign: str, octal: str, binary: str, hexadecimal: str, decimal: str, sixties: str
) -> int | None:
    for digits, base in ((octal, 8), (binary, 2), (hexadecimal, 16), (decimal, 10)):
        digits = digits.replace("_", "")
        if digits:
            value = int(digits, base)
            for part in sixties.split(":")[1:]:
                value = value * 60 + int(part)
            return -value if sign == "-" else value
    return None

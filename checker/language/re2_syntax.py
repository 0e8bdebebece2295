"""The syntax of RE2, which is what Terraform's patterns are written in.

https://github.com/google/re2/wiki/Syntax. Anything it has not (look-around, references to
groups) is an error, as in Terraform.
"""

from __future__ import annotations

import unicodedata

from ..records import dataclass, field

REPEAT_LIMIT = 1000
DEPTH_LIMIT = 100

Range = tuple[int, int]
LAST = 0x10FFFF

_DIGIT: list[Range] = [(48, 57)]
_WORD: list[Range] = [(48, 57), (65, 90), (95, 95), (97, 122)]
_SPACE: list[Range] = [(9, 10), (12, 13), (32, 32)]
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, list[Range]] = {
    "alnum": [(48, 57), (65, 90), (97, 122)],
    "alpha": [(65, 90), (97, 122)],
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": _DIGIT,
    "graph": [(33, 126)],
    "lower": [(97, 122)],
    "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
    "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)],
    "word": _WORD,
    "xdigit": [(48, 57), (65, 70), (97, 102)],
}
_CONTROL = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}


class PatternError(ValueError):
    """What RE2 refuses."""


class UnsupportedPattern(Exception):
    """What RE2 has and we do not evaluate, or what would take too long."""


@dataclass(frozen=True)
class Node:
    """One node of a pattern's tree."""


@dataclass(frozen=True)
class Letters(Node):
    """One character in (or, negated, outside) some ranges or Unicode categories."""

    ranges: tuple[Range, ...]
    negated: bool = False
    fold: bool = False
    categories: tuple[tuple[str, bool], ...] = ()

    def has(self, letter: str) -> bool:
        if self._has(letter):
            return not self.negated
        if self.fold:
            others = {letter.lower(), letter.upper()} - {letter}
            if any(len(other) == 1 and self._has(other) for other in others):
                return not self.negated
        return self.negated

    def _has(self, letter: str) -> bool:
        code = ord(letter)
        if any(low <= code <= high for low, high in self.ranges):
            return True
        return bool(self.categories) and any(
            unicodedata.category(letter).startswith(name) is not negated
            for name, negated in self.categories
        )


@dataclass(frozen=True)
class Assertion(Node):
    """`^ $ \\A \\z \\b \\B`, as begin, end, begin line, end line, word, not word."""

    kind: str


@dataclass(frozen=True)
class Sequence(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat(Node):
    item: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True)
class Group(Node):
    item: Node
    number: int


@dataclass
class Parser:
    """Reads one pattern. `names` are the groups' names by their numbers, from 1 on."""

    pattern: str
    at: int = 0
    flags: frozenset[str] = frozenset()
    names: list[str | None] = field(default_factory=list)
    depth: int = 0

    def parse(self) -> Node:
        """Raises PatternError, and UnsupportedPattern past the depth that is read."""
        node = self._choice()
        if self.at < len(self.pattern):
            raise PatternError("a parenthesis is closed that was not opened")
        return node

    def _peek(self, count: int = 1) -> str:
        return self.pattern[self.at : self.at + count]

    def _take(self) -> str:
        if self.at >= len(self.pattern):
            raise PatternError("the pattern ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def _choice(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise UnsupportedPattern("a deeply nested regular expression")
        outer = self.flags
        options = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._sequence())
        self.flags = outer
        self.depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            node = self._atom()
            if node is not None:
                items.append(self._quantified(node))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _quantified(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        lazy = self._peek() == "?"
        self.at += lazy
        if self._bounds() is not None:
            raise PatternError("a repetition is repeated")
        return Repeat(node, *bounds, greedy=lazy is ("U" in self.flags))

    def _bounds(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        letter = self._peek()
        if letter in simple:
            self.at += 1
            return simple[letter]
        if letter != "{":
            return None
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(end, self.at + 1)].partition(",")
        if end < 0 or not _digits(low) or not (high == "" or _digits(high)):
            return None  # then the brace is a letter
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > REPEAT_LIMIT or (most is not None and most < least):
            raise PatternError("the bounds of a repetition are not valid")
        self.at = end + 1
        return least, most

    def _atom(self) -> Node | None:
        letter = self._take()
        match letter:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                return Letters(() if "s" in self.flags else ((10, 10),), negated=True)
            case "^":
                return Assertion("begin line" if "m" in self.flags else "begin")
            case "$":
                return Assertion("end line" if "m" in self.flags else "end")
            case "*" | "+" | "?":
                raise PatternError(f"there is nothing that {letter} repeats")
        return self._letter(ord(letter))

    def _letter(self, code: int) -> Letters:
        return Letters(((code, code),), fold="i" in self.flags)

    def _group(self) -> Node | None:
        if self._peek() != "?":
            return self._captured(None)
        self.at += 1
        if self._peek(2) == "P<" or (self._peek() == "<" and self._peek(2) not in ("<=", "<!")):
            self.at += 1 if self._peek() == "<" else 2
            end = self.pattern.find(">", self.at)
            name = self.pattern[self.at : max(end, self.at)]
            if not (name and name.isascii() and name.replace("_", "a").isalnum()):
                raise PatternError("the name of a group is not valid")
            if name in self.names:
                raise PatternError(f"two groups have the name {name}")
            self.at = end + 1
            return self._captured(name)
        return self._flagged()

    def _captured(self, name: str | None) -> Node:
        self.names.append(name)
        number = len(self.names)
        node = self._choice()
        self._close()
        return Group(node, number)

    def _flagged(self) -> Node | None:
        """`(?i)`, which holds to the end of the group around it, or `(?i:…)`."""
        flags, on = set(self.flags), True
        while True:
            letter = self._take()
            if letter == "-" and on:
                on = False
            elif letter in "imsU":
                (flags.add if on else flags.discard)(letter)
            elif letter == ")":
                self.flags = frozenset(flags)
                return None
            elif letter == ":":
                break
            else:
                raise PatternError("RE2 has no such group")
        outer, self.flags = self.flags, frozenset(flags)
        node = self._choice()
        self.flags = outer
        self._close()
        return node

    def _close(self) -> None:
        if self._peek() != ")":
            raise PatternError("a parenthesis is not closed")
        self.at += 1

    def _escape(self) -> Node:
        letter = self._peek()
        if letter in ("A", "z", "b", "B"):
            self.at += 1
            return Assertion({"A": "begin", "z": "end", "b": "word", "B": "not word"}[letter])
        if letter == "Q":
            end = self.pattern.find("\\E", self.at)
            quoted = self.pattern[self.at + 1 : end if end >= 0 else len(self.pattern)]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return Sequence(tuple(self._letter(ord(letter)) for letter in quoted))
        if letter == "C":
            raise UnsupportedPattern("\\C in a regular expression")
        named = self._named_class()
        return named if named is not None else self._letter(self._code())

    def _named_class(self) -> Letters | None:
        """`\\d`, `\\W`, `\\pL`, `\\p{Lu}`, `\\PN`: what follows a backslash."""
        letter = self._peek()
        if letter.lower() in _PERL and letter:
            self.at += 1
            return Letters(tuple(_PERL[letter.lower()]), negated=letter.isupper())
        if letter not in ("p", "P") or not letter:
            return None
        self.at += 1
        name = self._take()
        if name == "{":
            end = self.pattern.find("}", self.at)
            name = self.pattern[self.at : max(end, self.at)]
            self.at = end + 1 if end >= 0 else len(self.pattern)
        negated = (letter == "P") is not name.startswith("^")
        name = name.removeprefix("^")
        if len(name) > 2:
            raise UnsupportedPattern(f"\\p{{{name}}} in a regular expression")
        if name[:1] not in ("L", "M", "N", "P", "S", "Z", "C"):
            raise PatternError(f"there is no class {name}")
        return Letters((), categories=((name, negated),))

    def _code(self) -> int:
        """The character that an escape sequence stands for; its backslash is already read."""
        letter = self._take()
        if letter in _CONTROL:
            return _CONTROL[letter]
        if letter == "x":
            digits = self._peek(2)
            self.at += 2
            if digits.startswith("{"):
                end = self.pattern.find("}", self.at)
                digits = self.pattern[self.at - 1 : max(end, self.at)]
                self.at = end + 1 if end >= 0 else len(self.pattern)
            if not digits or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
                raise PatternError("an escape sequence is not valid")
            code = int(digits, 16) if len(digits) <= 8 else LAST + 1
            if code > LAST:
                raise PatternError("an escape sequence is not valid")
            return code
        if letter == "0" or ("1" <= letter <= "7" and self._peek() in tuple("01234567")):
            digits = letter
            while len(digits) < 3 and self._peek() in tuple("01234567"):
                digits += self._take()
            return int(digits, 8)
        if letter.isascii() and letter.isalnum():
            raise PatternError(f"\\{letter} is not an escape sequence of RE2")
        return ord(letter)

    def _class(self) -> Node:
        """What stands in brackets."""
        negated = self._peek() == "^"
        self.at += negated
        ranges: list[Range] = []
        categories: list[tuple[str, bool]] = []
        first = True
        while first or self._peek() != "]":
            first = False
            if self._peek(2) == "[:" and (end := self.pattern.find(":]", self.at)) >= 0:
                self._posix(self.pattern[self.at + 2 : end], ranges)
                self.at = end + 2
                continue
            letter = self._take()
            if letter == "\\":
                named = self._named_class()
                if named is not None:
                    ranges.extend(_outside(named.ranges) if named.negated else named.ranges)
                    categories.extend(named.categories)
                    continue
                low = self._code()
            else:
                low = ord(letter)
            ranges.append((low, self._upper_bound(low)))
        self.at += 1
        return Letters(tuple(ranges), negated, "i" in self.flags, tuple(categories))

    def _upper_bound(self, low: int) -> int:
        if self._peek() != "-" or self._peek(2) in ("-", "-]"):
            return low
        self.at += 1
        letter = self._take()
        high = self._code() if letter == "\\" else ord(letter)
        if high < low:
            raise PatternError("the bounds of a range are not in order")
        return high

    def _posix(self, name: str, ranges: list[Range]) -> None:
        found = _POSIX.get(name.removeprefix("^"))
        if found is None:
            raise PatternError(f"there is no class [:{name}:]")
        ranges.extend(_outside(tuple(found)) if name.startswith("^") else found)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _outside(ranges: tuple[Range, ...]) -> list[Range]:
    """The ranges between sorted ranges."""
    found: list[Range] = []
    at = 0
    for low, high in ranges:
        if at < low:
            found.append((at, low - 1))
        at = high + 1
    found.append((at, LAST))
    return found

"""Whether a file is HCL at all: what Terraform's parser refuses is refused, at the same place.

Expressions are parsed when their values are asked for, so a fault in one that nobody asks for
would not be seen. This reads a whole file once, builds nothing, and keeps what is open on a stack
of its own, however deep that is.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/parser.go
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from ..source import InputError, Source
from .names import check_name
from .outline import ATTRIBUTE, HEADER, LINE_END, SAME_LINE, SKIP, unescape
from .tokens import (
    AFTER,
    BINARY,
    CLOSES,
    DECIMAL,
    ESCAPE,
    FOR,
    FOR_NAMES,
    GROUPED,
    HEREDOC,
    LABEL,
    LINE,
    LINE_SENSITIVE,
    NAME,
    NEWLINE,
    NUMBER,
    OPENED,
    OPERAND,
    PAIR,
    QUOTED,
    SPACES,
    STATES,
    TOKEN,
)

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    State = Callable[[], Any]


def check_syntax(source: Source) -> None:
    """Raises InputError, at its place, for the first thing that Terraform's parser refuses.

    Takes time in proportion to the text. What only a schema refuses is not looked for.
    """
    _Reader(source).read()


def faults(sources: Iterable[Source], told: Collection[str]) -> Iterator[InputError]:
    """The first fault of each file, once; of those in HCL of which nothing is `told` yet."""
    seen: set[tuple[str, str]] = set()
    for source in sources:
        named = (source.path, source.text)
        if source.path in told or source.path.endswith(".json") or named in seen:
            continue
        seen.add(named)
        try:
            check_syntax(source)
        except InputError as error:
            yield error


class _Reader:
    """Each state reads on from `_at` and gives the next; None at the end of the file.

    What is open are frames: what it is, whether newlines end something in it, and where it began.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._at = 0
        self._frames: list[tuple[str, bool, int]] = [("file", True, 0)]
        self._names: list[set[str]] = [set()]  # the arguments of each open body
        self._templates: list[tuple[re.Pattern[str] | None, int]] = []
        # What is looked for in each open heredoc (None: in quotes), and where it began.

    def read(self) -> None:
        state: State | None = self._item
        while state is not None:
            state = state()

    # -- places -----------------------------------------------------------------------------

    def _fault(self, at: int, message: str) -> InputError:
        return InputError.at(self._source.span(at, at), message)

    def _push(self, kind: str, at: int) -> None:
        lines = self._frames[-1][1] if kind == "?" else kind in LINE_SENSITIVE
        self._frames.append((kind, lines, at))

    def _gap(self) -> int:
        """Past blanks and comments; past newlines where these end nothing."""
        return self._blank() if self._frames[-1][1] else self._skip()

    def _blank(self) -> int:
        """Past blanks and comments within a line."""
        found = SAME_LINE.match(self._text, self._at)
        self._at = at = found.end() if found else self._at
        return at

    def _skip(self) -> int:
        """Past blanks, comments and newlines."""
        found = SKIP.match(self._text, self._at)
        self._at = at = found.end() if found else self._at
        return at

    def _name(self, what: str) -> None:
        """Past a name. Raises InputError where `what` is said to be expected."""
        found = NAME.match(self._text, self._at)
        if found is None:
            raise self._fault(self._at, what)
        self._check_name(found)
        self._at = found.end()

    def _check_name(self, found: re.Match[str], group: int = 0) -> None:
        """Raises InputError where names of a match have what no name may have."""
        if found[0].isascii() or found[group] is None:
            return
        at = found.start(group)
        for name in found[group].split("."):
            check_name(self._source.span(at, at + len(name)))
            at += len(name) + 1

    # -- bodies -----------------------------------------------------------------------------

    def _item(self) -> State | None:
        """An argument, a block, or the end of a body."""
        text = self._text
        while line := LINE.match(text, self._at):
            if line.lastindex == 1:
                self._add(line[1], line.start(1))
            elif line.lastindex == 2:
                self._open(line.end(2))
            elif self._frames[-1][0] == "block":
                self._close()
            else:
                break
            self._at = line.end()
        at = self._skip()
        kind, _, opened = self._frames[-1]
        if at == len(text):
            if kind == "file":
                return None
            raise self._fault(opened, "this brace is never closed")
        if text[at] == "}" and kind == "block":
            self._at += 1
            self._close()
            return self._ended
        found = ATTRIBUTE.match(text, at)
        if found is None:
            return self._block
        self._check_name(found, 1)
        self._add(found[1], at)
        self._push("argument", at)
        self._at = found.end()
        return self._operand

    def _add(self, name: str, at: int) -> None:
        names = self._names[-1]
        if name in names:
            raise self._fault(at, f'argument "{name}" is set twice')
        names.add(name)

    def _open(self, at: int) -> None:
        self._push("block", at)
        self._names.append(set())

    def _close(self) -> None:
        self._frames.pop()
        self._names.pop()

    def _block(self) -> State:
        """A block's type and labels, and what its body is: lines, or one argument."""
        self._header()
        opened = self._at - 1
        ends = LINE_END.match(self._text, self._at) is not None
        at = self._blank()
        if ends or at == len(self._text) or self._text[at] == "}":
            self._open(opened)
            return self._item
        found = ATTRIBUTE.match(self._text, at)
        if found is None:
            what = "a block in one line holds one argument and ends in the same line"
            raise self._fault(at, what)
        self._check_name(found, 1)
        self._push("only argument", opened)
        self._at = found.end()
        return self._operand

    def _header(self) -> None:
        """Past a block's opening brace."""
        text, begun = self._text, self._at
        quick = HEADER.match(text, begun)
        if quick and quick[0].isascii() and "\\" not in quick[0] and "\r" not in quick[0]:
            self._at = quick.end()
            return
        what = "an argument or a block is expected here"
        self._name(what)
        named = self._at
        while not text.startswith("{", self._blank()):
            at = self._at
            label = LABEL.match(text, at)
            if label:
                unescape(label[1], self._source.span(at, label.end()))
                self._at = label.end()
            elif NAME.match(text, at):
                self._name(what)
            else:
                raise self._fault(at if text[named:at].strip() else begun, what)
        self._at += 1

    def _ended(self) -> State:
        """The end of a block, which is that of a line."""
        if not LINE_END.match(self._text, self._at) and self._blank() < len(self._text):
            raise self._fault(self._at, NEWLINE)
        return self._item

    # -- expressions ------------------------------------------------------------------------

    def _operand(self) -> State:
        text = self._text
        while True:
            found = OPERAND[self._frames[-1][1]].match(text, self._at)
            which = found.lastindex if found else None
            if found is None or which is None:
                raise self._fault(self._gap(), "an expression is expected here")
            at, self._at = found.start(which), found.end()
            match which:
                case 1:
                    return self._named(found)
                case 2:
                    return self._operation
                case 3:
                    return self._number(at)
                case 5:
                    return self._bracket(text[at], at)
                case 6:
                    self._push("template", at)
                    self._templates.append((None, at))
                    return self._text_of
                case 7:
                    return self._heredoc(at)

    def _named(self, found: re.Match[str]) -> State:
        """A name, its attributes, or a call."""
        self._check_name(found, 1)
        text, at = self._text, self._gap()
        if not text.startswith(("(", "::"), at) or "." in found[1]:
            return self._operation
        while text.startswith("::", at):
            self._at = at + 2
            self._gap()
            self._name("the name of a function is expected here")
            at = self._gap()
        if not text.startswith("(", at):
            raise self._fault(at, "the arguments of a function are expected here")
        self._at = at + 1
        self._push("call", at)
        return self._element

    def _number(self, at: int, *, index: bool = False) -> State:
        """A number; one that is written as an attribute has no fraction."""
        found = NUMBER.match(self._text, at)
        if found is None or not DECIMAL.fullmatch(found[0]) or (index and "." in found[0]):
            raise self._fault(at, f"this is no {'index' if index else 'number'}")
        self._at = found.end()
        return self._operation

    def _bracket(self, bracket: str, at: int) -> State:
        loop = FOR.match(self._text, self._at) if bracket != "(" else None
        if loop:
            self._at = loop.end()
            self._for_names()
            self._push(f"for {bracket}", at)
            return self._operand
        self._push(OPENED[bracket], at)
        return self._state(STATES[bracket])

    def _for_names(self) -> None:
        names = FOR_NAMES.match(self._text, self._at)
        if names is None:
            raise self._fault(self._skip(), "a for is `for NAME in EXPRESSION`")
        self._check_name(names, 1)
        self._check_name(names, 2)
        self._at = names.end()

    def _element(self) -> State:
        """An element or an argument, or the end of them."""
        closing = ")" if self._frames[-1][0] == "call" else "]"
        return self._closed(1) if self._text.startswith(closing, self._skip()) else self._operand

    def _pair(self) -> State:
        """A key, or the end of an object."""
        while line := PAIR.match(self._text, self._at):
            self._at = line.end()
        return self._closed(1) if self._text.startswith("}", self._skip()) else self._operand

    def _closed(self, length: int) -> State:
        """After what closes the last frame, which is an operand."""
        self._at += length
        self._frames.pop()
        return self._operation

    def _operation(self) -> State:
        """What follows an operand: a step into it, an operator, or the end of the expression."""
        kind, lines, _ = self._frames[-1]
        found = TOKEN[lines].match(self._text, self._at)
        assert found is not None
        token, begun = found[1], self._at
        self._at = found.end()
        if token in BINARY:
            return self._operand
        if token == ".":
            return self._attribute
        if token == "[":
            return self._index
        if token == "?":
            self._push("?", found.start(1))
            return self._operand
        after = AFTER.get((kind, "\n" if token == "\r\n" else token))
        if after is None:
            self._at = begun
            raise self._unexpected(kind, token, self._gap())
        if after[0]:
            self._frames[-1] = (after[0], *self._frames[-1][1:])
        else:
            self._frames.pop()
        return self._state(after[1])

    def _state(self, name: str) -> State:
        found: State = getattr(self, name)
        return found

    def _unexpected(self, kind: str, token: str, at: int) -> InputError:
        if kind == "argument":
            return self._fault(at, NEWLINE)
        if not token.strip():
            return self._fault(at, "the expression ends too soon")
        return self._fault(at, f"{token[:40]!r} is not expected here")

    def _attribute(self) -> State:
        """After a dot: an attribute, or a splat of old, in which no other may be."""
        if not self._text.startswith("*", self._gap()):
            return self._step()
        self._at += 1
        while self._text.startswith(".", self._gap()) and not self._text.startswith(
            "...", self._at
        ):
            self._at += 1
            self._gap()
            self._step()
        return self._operation

    def _step(self) -> State:
        """The name of an attribute, or a number in its place."""
        if NUMBER.match(self._text, self._at):
            return self._number(self._at, index=True)
        self._name("the name of an attribute is expected here")
        return self._operation

    def _index(self) -> State:
        """After a bracket: the index, or a splat."""
        if not self._text.startswith("*", self._gap()):
            self._push("index", self._at)
            return self._operand
        self._at += 1
        self._expect("]")
        return self._operation

    def _spread(self) -> State:
        """After the dots of the last argument."""
        self._expect(")", keep=True)
        return self._operation

    def _grouped(self) -> State:
        """After the dots of a value in a for."""
        if not GROUPED.match(self._text, self._skip()):
            raise self._fault(self._at, "a closing brace is expected here")
        return self._operation

    def _expect(self, closing: str, *, keep: bool = False) -> None:
        if not self._text.startswith(closing, self._gap()):
            raise self._fault(self._at, f"a {closing} is expected here")
        self._at += not keep

    # -- templates --------------------------------------------------------------------------

    def _heredoc(self, at: int) -> State:
        found = HEREDOC.match(self._text, at)
        if found is None:
            raise self._fault(at, "an expression is expected here")
        self._check_name(found, 1)
        ending = rf"^{SPACES}{re.escape(found[1])}{SPACES}(?=\r?\n)"
        token = rf"\$\$\{{|%%\{{|[$%]\{{|\r(?!\n)|{ending}"
        self._push("template", at)
        self._templates.append((re.compile(token, re.M), at))
        self._at = found.end() - 1  # for a line begins after a newline
        return self._text_of

    def _text_of(self) -> State:
        """Text of the last template that is open, up to its end or to a sequence."""
        token, opened = self._templates[-1]
        if token is None:
            return self._quoted(opened)
        while found := token.search(self._text, self._at):
            at, self._at = found.start(), found.end()
            if found[0] in ("${", "%{"):
                return self._sequence(at)
            if found[0] == "\r":
                raise self._fault(at, "a carriage return is not expected here")
            if found[0] not in ("$${", "%%{"):
                return self._end()
        raise self._fault(opened, "this heredoc is never closed")

    def _quoted(self, opened: int) -> State:
        text = self._text
        run = QUOTED.match(text, self._at)
        at = run.end() if run else self._at
        self._at = at + 1
        if text.startswith('"', at):
            return self._end()
        if text.startswith(("${", "%{"), at):
            self._at += 1
            return self._sequence(at)
        escape = ESCAPE.match(text, at)
        if escape is None:
            raise self._fault(opened, "this string is never closed")
        self._at = escape.end()
        unescape(escape[0], self._source.span(at, self._at))
        return self._text_of

    def _end(self) -> State:
        """After what closes a template."""
        kind, _, at = self._frames[-1]
        if kind != "template":
            raise self._fault(at, f"this {kind[1:]} is never closed")
        self._templates.pop()
        return self._closed(0)

    def _sequence(self, at: int) -> State:
        """After `${` or `%{`."""
        self._at += self._text.startswith("~", self._at)
        if self._text[at] == "$":
            self._push("${", at)
            return self._operand
        self._skip()
        word = NAME.match(self._text, self._at)
        keyword, kind = word[0] if word else "", self._frames[-1][0]
        self._at += len(keyword)
        if keyword in ("if", "for"):
            if keyword == "for":
                self._for_names()
            self._push(f"%{keyword}", at)
            self._push("${", at)
            return self._operand
        if keyword not in ("else", "endif", "endfor"):
            raise self._fault(at, "a template directive is if, else, endif, for or endfor")
        if kind not in CLOSES[keyword]:
            raise self._fault(at, f"this {keyword} closes nothing")
        if keyword == "else":
            self._frames[-1] = ("%else", *self._frames[-1][1:])
        else:
            self._frames.pop()
        self._at = self._skip() + self._text.startswith("~", self._at)
        if not self._text.startswith("}", self._at):
            raise self._fault(self._at, f"a template's {keyword} takes no expression")
        self._at += 1
        return self._text_of

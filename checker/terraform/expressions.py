"""One HCL expression → the expression tree.

What needs no parser is read by `quick`; everything else by python-hcl2's grammar. What that
grammar does not know of HCL (comments within a line, identifiers in any script, heredocs,
newlines in brackets) is masked first, at unchanged offsets; strings are masked too and read by
`templates`.
"""

from __future__ import annotations

from ..language.expression import Expression, Unsupported
from ..patterns import pattern
from ..source import InputError, Span
from .names import WORD_END, is_name
from .outline import BLANK, BRACKET_LIMIT, HEREDOC, NodeSpan, Scanner
from .quick import simple

_MASK = pattern(rf'"|#[^\n]*+|//[^\n]*+|/\*|{HEREDOC}|[\[{{(]|[\]}})]|\n|!|::|[^\x00-\x7f]')
_FULL_SPLAT = pattern(rf"\[{BLANK}\*{BLANK}\]")
_FOR_BODY = pattern(rf"{BLANK}for{WORD_END}(?!{BLANK}[=:])")


def expression(span: Span) -> Expression:
    """The expression that a span holds. Raises InputError where it is none."""
    known: dict[tuple[int, int], Expression] = span.source.known
    found = known.get((span.start, span.end))
    if found is None:
        found = _expression(span)
        known[span.start, span.end] = found
    return found


def _expression(span: Span) -> Expression:
    if isinstance(span, NodeSpan):
        from .json_syntax import json_expression

        return json_expression(span.node, literal=span.literal)
    return simple(span, expression) or parsed(span)


def parsed(span: Span) -> Expression:
    """The expression as python-hcl2's grammar reads it. Raises InputError."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    from .grammar import parser
    from .parse_tree import TreeReader

    masked, strings = mask(span)
    try:
        tree = parser().parse(masked)
        return TreeReader(span, strings).read(tree)
    except UnexpectedToken as error:
        token = error.token
        at = span.end if token.type == "$END" else span.start + (token.start_pos or 0)
        text = span.source.text[at : min(span.end, at + max(1, len(token)))]
        what = f"{text!r} is not expected here" if at < span.end else "the expression ends too soon"
        raise InputError.at(span.source.span(at, at), what) from None
    except UnexpectedCharacters as error:
        at = span.start + (error.pos_in_stream or 0)
        what = f"{span.source.text[at : at + 1]!r} is not expected here"
        raise InputError.at(span.source.span(at, at), what) from None
    except RecursionError:
        return Unsupported(span, "an expression nested too deeply")


def mask(span: Span) -> tuple[str, dict[int, Span]]:
    """The expression with its strings, comments and inner newlines blanked, offsets unchanged.

    Gives each string's place by its offset in the masked text. Newlines stay where HCL needs
    them: between the items of an object.
    """
    source, text, base = span.source, span.source.text, span.start
    scanner = Scanner(source, span.end)
    masked: list[str] = []
    strings: dict[int, Span] = {}
    brackets: list[str] = []
    at = base
    while match := _MASK.search(text, at, span.end):
        masked.append(text[at : match.start()].replace("\r", " "))
        token, start, at = match[0], match.start(), match.end()
        if token == '"' or token[0] == "<":
            at = scanner.string(at) if token == '"' else scanner.heredoc(start)
            strings[start - base] = source.span(start, at)
            masked.append('"' + "_" * (at - start - 2) + '"')
        elif token[0] in "#/":
            if token == "/*":
                at = text.find("*/", at, span.end) + 2
                if at < 2:
                    raise InputError.at(source.span(start, start), "this comment is never closed")
            masked.append(" " * (at - start))
        elif token in "[{(":
            splat = _FULL_SPLAT.match(text, start, span.end) if token == "[" else None
            if splat:
                at = splat.end()
                masked.append("[*]" + " " * (at - start - 3))
                continue
            object_items = token == "{" and not _FOR_BODY.match(text, at, span.end)
            brackets.append("{" if object_items else "(")
            if len(brackets) > BRACKET_LIMIT:
                what = f"brackets are nested more than {BRACKET_LIMIT} levels deep"
                raise InputError.at(source.span(start, start), what)
            masked.append(token)
        elif token in "]})":
            if brackets:
                brackets.pop()
            masked.append(token)
        elif token == "\n":
            masked.append("\n" if brackets and brackets[-1] == "{" else " ")
        elif token == "!":
            double = text.startswith("!", at) and not text.startswith("!=", at)
            at += double
            masked.append("  " if double else "!")
        elif token == "::":
            masked.append(
                "__"
            )  # a namespaced function's name, which the tree reads from the source
        else:
            masked.append("u" if is_name(token) else token)
    masked.append(text[at : span.end].replace("\r", " "))
    return "".join(masked), strings

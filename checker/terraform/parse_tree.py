"""python-hcl2's parse tree → the expression tree."""

from __future__ import annotations

from collections.abc import Callable

from lark import Token, Tree

from ..annotations import Any
from ..language.expression import (
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Object,
    Operation,
    Reference,
    Splat,
    Tuple,
)
from ..source import InputError, Span
from .templates import heredoc, quoted

Node = Any  # Token | Tree[Token]: lark's own types leave children untyped

_SKIPPED = frozenset({"NL_OR_COMMENT", "LPAR", "RPAR", "COMMA", "LSQB", "RSQB", "LBRACE", "RBRACE"})
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class TreeReader:
    """Reads one expression's tree. Offsets in it count from the start of `span`."""

    def __init__(self, span: Span, strings: dict[int, Span]) -> None:
        self._source = span.source
        self._base = span.start
        self._strings = strings
        self._readers: dict[str, Callable[[Node], Expression]] = {
            "expr_term": self._term,
            "conditional": self._conditional,
            "binary_op": self._binary,
            "unary_op": self._unary,
            "int_lit": self._number,
            "float_lit": self._number,
            "string": self._string,
            "identifier": self._identifier,
            "literal_value": self._word,
            "tuple": self._tuple,
            "object": self._object,
            "function_call": self._call,
            "index_expr_term": self._access,
            "get_attr_expr_term": self._access,
            "attr_splat_expr_term": self._splat,
            "full_splat_expr_term": self._splat,
            "for_tuple_expr": self._for,
            "for_object_expr": self._for,
        }

    def read(self, node: Node) -> Expression:
        """Raises InputError for what the grammar lets pass and HCL does not."""
        reader = self._readers.get(str(node.data))
        if reader is None:
            raise InputError.at(self._span(node), "this is not expected in an expression")
        return reader(node)

    # -- places -----------------------------------------------------------------------------

    def _span(self, node: Node) -> Span:
        first, last = node, node
        while isinstance(first, Tree):
            first = first.children[0]
        while isinstance(last, Tree):
            children = [c for c in last.children if not _is_newline(c)]
            last = children[-1]
        start, end = first.start_pos, last.end_pos
        whole = self._strings.get(start)
        if first is last and whole is not None:
            return whole
        return self._source.span(self._base + start, self._base + end)

    def _over(self, first: Expression, last: Expression) -> Span:
        return self._source.span(first.span.start, last.span.end)

    def _text(self, node: Node) -> str:
        """The text of a name as the source has it (the masked one may be another script's)."""
        return self._span(node).text

    def _parts(self, node: Node) -> list[Node]:
        return [c for c in node.children if not (_is_newline(c) or _is_punctuation(c))]

    # -- terms ------------------------------------------------------------------------------

    def _term(self, node: Node) -> Expression:
        return self.read(self._parts(node)[0])

    def _number(self, node: Node) -> Expression:
        from .quick import number

        span = self._span(node)
        return Literal(span, number(span.text))

    def _word(self, node: Node) -> Expression:
        span = self._span(node)
        return Literal(span, _WORDS[span.text])

    def _identifier(self, node: Node) -> Expression:
        span = self._span(node)
        return Reference(span, span.text)

    def _string(self, node: Node) -> Expression:
        span = self._strings[node.children[0].start_pos]
        if span.text.startswith("<<"):
            return heredoc(span)
        return quoted(span.source, span.start + 1, span.end - 1)

    def _tuple(self, node: Node) -> Expression:
        return Tuple(self._span(node), tuple(self.read(item) for item in self._parts(node)))

    def _object(self, node: Node) -> Expression:
        items = []
        for element in self._parts(node):
            key, _, value = element.children
            items.append((self._key(key), self.read(value)))
        return Object(self._span(node), tuple(items))

    def _key(self, node: Node) -> Expression:
        """A bare name is a string; a parenthesised one, or anything else, an expression."""
        inner = node.children[0]
        while isinstance(inner, Tree) and inner.data == "expr_term" and len(inner.children) == 1:
            inner = inner.children[0]
        if isinstance(inner, Tree) and inner.data in ("identifier", "literal_value", "keyword"):
            return Literal(self._span(inner), self._text(inner))
        return self.read(inner)

    def _call(self, node: Node) -> Expression:
        parts = self._parts(node)
        name = self._text(parts[0]).removeprefix("core::")
        arguments: list[Expression] = []
        spread = False
        for part in parts:
            if isinstance(part, Tree) and part.data == "arguments":
                for argument in self._parts(part):
                    if isinstance(argument, Token):
                        spread = argument.type == "ELLIPSIS"
                    else:
                        arguments.append(self.read(argument))
        return Call(self._span(node), name, tuple(arguments), spread)

    # -- operators --------------------------------------------------------------------------

    def _conditional(self, node: Node) -> Expression:
        test, then, otherwise = (
            self.read(part) for part in self._parts(node) if isinstance(part, Tree)
        )
        return Conditional(self._over(test, otherwise), test, then, otherwise)

    def _binary(self, node: Node) -> Expression:
        # A long chain leans left: walked down, then folded, so that it costs no recursion here.
        chain = []
        while isinstance(node, Tree) and node.data == "binary_op":
            left, right = self._parts(node)
            chain.append(right)
            node = left
        found = self.read(node)
        for term in reversed(chain):
            operator, operand = self._parts(term)
            right = self.read(operand)
            found = Operation(self._over(found, right), str(operator.children[0]), (found, right))
        return found

    def _unary(self, node: Node) -> Expression:
        operator, operand = self._parts(node)
        return Operation(self._span(node), str(operator), (self.read(operand),))

    # -- access -----------------------------------------------------------------------------

    def _access(self, node: Node) -> Expression:
        base, step = self._parts(node)
        return self._step(self.read(base), step)

    def _step(self, base: Expression, step: Node) -> Expression:
        inner = self._parts(step)[-1]
        span = self._source.span(base.span.start, self._end(step))
        if step.data == "braces_index":
            return Index(span, base, self.read(inner))
        place = self._span(inner)
        if step.data == "short_index":
            return Index(span, base, Literal(place, int(place.text)))
        return Index(span, base, Literal(place, place.text))

    def _end(self, node: Node) -> int:
        while isinstance(node, Tree):
            node = node.children[-1]
        return self._base + int(node.end_pos)

    def _splat(self, node: Node) -> Expression:
        """`[*]` takes all that follows into each element, `.*` only names and numbers.

        https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#splat-operators
        """
        base_node, splat = self._parts(node)
        base = self.read(base_node)
        full = splat.data == "full_splat"
        marker = self._span(splat.children[0])
        steps = [step for step in splat.children[1:] if isinstance(step, Tree)]
        inner = len(steps)
        if not full:
            inner = next((at for at, s in enumerate(steps) if s.data == "braces_index"), inner)
        each: Expression = Reference(marker, "*")
        for step in steps[:inner]:
            each = self._step(each, step)
        end = self._end(steps[inner - 1]) if inner else marker.end
        found: Expression = Splat(self._source.span(base.span.start, end), base, each, full)
        for step in steps[inner:]:
            found = self._step(found, step)
        return found

    # -- for --------------------------------------------------------------------------------

    def _for(self, node: Node) -> Expression:
        parts = self._parts(node)
        intro = next(p for p in parts if isinstance(p, Tree) and p.data == "for_intro")
        names = [
            self._text(p) for p in intro.children if isinstance(p, Tree) and p.data == "identifier"
        ]
        # The collection is the last expression of the intro; a name among the names is not it.
        trees = [p for p in self._parts(intro) if isinstance(p, Tree)]
        collection = self.read(trees[-1])
        condition: Expression | None = None
        bodies: list[Expression] = []
        grouping = False
        for part in parts:
            if isinstance(part, Token):
                grouping = grouping or part.type == "ELLIPSIS"
            elif part.data == "for_cond":
                trees = [p for p in self._parts(part) if isinstance(p, Tree)]
                condition = self.read(trees[-1])
            elif part.data != "for_intro":
                bodies.append(self.read(part))
        *key_names, value_name = names
        key_name = next((name for name in key_names if name != value_name), None)  # or is hidden
        key = bodies[0] if node.data == "for_object_expr" else None
        return For(
            self._span(node), key_name, value_name, collection, key, bodies[-1], condition, grouping
        )


def _is_newline(node: Node) -> bool:
    return isinstance(node, Tree) and node.data == "new_line_or_comment"


def _is_punctuation(node: Node) -> bool:
    return isinstance(node, Token) and node.type in _SKIPPED

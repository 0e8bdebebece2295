"""One HCL expression → the expression tree, by the quick reader and by python-hcl2's grammar."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.language.expression import (
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
    Template,
    Tuple,
    settled,
)
from iac_check.source import InputError, Source
from iac_check.terraform.expressions import expression, parsed
from iac_check.terraform.outline import outline
from iac_check.terraform.quick import simple

S = Source("x", "").span(0, 0)


def read(text: str) -> Expression:
    return expression(Source("main.tf", text).span(0, len(text)))


def lit(value: str | bool | int | float | None) -> Literal:
    return Literal(S, value)


def ref(path: str) -> Expression:
    first, *rest = path.split(".")
    found: Expression = Reference(S, first)
    for name in rest:
        found = Index(S, found, lit(name))
    return found


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("null", lit(None)),
        ("٣", ref("٣")),  # a digit of another script makes no number
        ("a.٠", ref("a.٠")),
        ("a[٣]", Index(S, ref("a"), ref("٣"))),
        ("1.50", lit(1.5)),
        ("1e3", lit(1000)),
        ('"a\\n\\u0041$${b}"', lit("a\nA${b}")),
        ('""', lit("")),
        ("var.x", ref("var.x")),
        ('a.b["c"][0].d', Index(S, Index(S, Index(S, ref("a.b"), lit("c")), lit(0)), lit("d"))),
        ("a.0.b", Index(S, Index(S, ref("a"), lit(0)), lit("b"))),
        ("a[b.c]", Index(S, ref("a"), ref("b.c"))),
        ('"${var.x}"', Template(S, (ref("var.x"),))),
        ('"a-${ var.x }-b"', Template(S, (lit("a-"), ref("var.x"), lit("-b")))),
        ("a ? b : c", Conditional(S, ref("a"), ref("b"), ref("c"))),
        ("(a)", ref("a")),
        ("a + b * c", Operation(S, "+", (ref("a"), Operation(S, "*", (ref("b"), ref("c")))))),
        ("a - b - c", Operation(S, "-", (Operation(S, "-", (ref("a"), ref("b"))), ref("c")))),
        ("a || b && !c", Operation(
            S, "||", (ref("a"), Operation(S, "&&", (ref("b"), Operation(S, "!", (ref("c"),)))))
        )),
        ("-1-1e3", Operation(S, "-", (Operation(S, "-", (lit(1),)), lit(1000)))),
        ("!!a", ref("a")),
        ("length(a)-1", Operation(S, "-", (Call(S, "length", (ref("a"),)), lit(1)))),
        ("f(a, b...)", Call(S, "f", (ref("a"), ref("b")), spread=True)),
        ("f(\n  a, # note\n  b,\n)", Call(S, "f", (ref("a"), ref("b")))),
        ("provider::x::y(a)", Call(S, "provider::x::y", (ref("a"),))),
        ("[a, /* x */ 1,]", Tuple(S, (ref("a"), lit(1)))),
        ("[]", Tuple(S, ())),
        ('{ a = 1, "b" : 2\n (c) = 3 }', Object(
            S, ((lit("a"), lit(1)), (lit("b"), lit(2)), (ref("c"), lit(3)))
        )),
        ("{\n  a = x ? 1 : 2\n\n  # note\n  b = {\n    c = 1\n  }\n}", Object(S, (
            (lit("a"), Conditional(S, ref("x"), lit(1), lit(2))),
            (lit("b"), Object(S, ((lit("c"), lit(1)),))),
        ))),
        ("a[*].b", Splat(S, ref("a"), Index(S, Reference(S, "*"), lit("b")), full=True)),
        ("a.*.b[0].c", Index(S, Index(S, Splat(
            S, ref("a"), Index(S, Reference(S, "*"), lit("b")), full=False
        ), lit(0)), lit("c"))),
        ("a.*.b.0", Splat(
            S, ref("a"), Index(S, Index(S, Reference(S, "*"), lit("b")), lit(0)), full=False
        )),
        ("a[*].b[0]", Splat(
            S, ref("a"), Index(S, Index(S, Reference(S, "*"), lit("b")), lit(0)), full=True
        )),
        ("[for x in y : x.z if x.ok]", For(
            S, None, "x", ref("y"), None, ref("x.z"), ref("x.ok")
        )),
        ("{for k, v in y :\n k => v...\n}", For(
            S, "k", "v", ref("y"), ref("k"), ref("v"), None, grouping=True
        )),
        ("x\n.y", ref("x.y")),
        ("größe.länge + 1", Operation(S, "+", (ref("größe.länge"), lit(1)))),
        ("<<EOT\na ${b}\nEOT", Template(S, (lit("a "), ref("b"), lit("\n")))),
        ("<<-EOT\n    a\n      b\n  EOT", lit("a\n  b\n")),
        ("<<-EOT\n    a\n  \n   \n    b\n      \n  EOT", lit("a\n  \n   \nb\n      \n")),
        ("<<-EOT\n\xa0 a\n    b\n  EOT", lit("a\n  b\n")),
        (
            "<<-EOT\n    a ${~ b ~}\n      c\n    d\n  EOT",
            Template(S, (lit("a"), ref("b"), lit("      c\nd\n"))),
        ),
        ("<<-EOT\n  a\n  ${~ b}\n  EOT", Template(S, (lit("  a\n"), ref("b"), lit("\n")))),
        ("<<EOT\na \n${~ b ~}\n c\nEOT", Template(S, (lit("a"), ref("b"), lit(" c\n")))),
        ('"a\\n ${~ b ~} \\n c"', Template(S, (lit("a"), ref("b"), lit("c")))),
        ('"  ${~ b}"', Template(S, (lit(""), ref("b")))),
        ('"\x1c${~ b ~}\x1c"', Template(S, (lit("\x1c"), ref("b"), lit("\x1c")))),
        ('"${/* } */ b /* c */}"', Template(S, (ref("b"),))),
        ("e\u0301.x\xb7", ref("e\u0301.x\xb7")),
        ("(e\u0301)", ref("e\u0301")),
        ("!e\u0301", Operation(S, "!", (ref("e\u0301"),))),
        ("{e\u0301 = 1}", Object(S, ((lit("\u00e9"), lit(1)),))),
        ("core::f(1)", Call(S, "f", (lit(1),))),
        ("!core::f(1)", Operation(S, "!", (Call(S, "f", (lit(1),)),))),
        ("!provider::x::f(1)", Operation(S, "!", (Call(S, "provider::x::f", (lit(1),)),))),
        ('"${~ a ~} b"', Template(S, (ref("a"), lit("b")))),
        ('"x %{ if a }b%{ else }c%{ endif }"', Template(S, (
            lit("x "),
            Conditional(S, ref("a"), Template(S, (lit("b"), lit(""))),
                        Template(S, (lit("c"), lit("")))),
        ))),
        ('"%{ for k, v in a }${v}%{ endfor }"', Template(S, (
            Call(S, "join", (lit(""), For(
                S, "k", "v", ref("a"), None, Template(S, (ref("v"), lit(""))), None
            ))),
            lit(""),
        ))),
    ],
)  # fmt: skip
def test_trees(text: str, tree: Expression) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "column"),
    [("a +", 4), ("f(a", 2), ("a b", 3), ('"${}"', 2), ('"%{ if a }x"', 2), ('"%{ endif }"', 2),
     ('"\\q"', 2), ("a ? b", 6), ("{ a = }", 7), ("(1]", 3), ("f([1)", 5),
     ("1٣", 2), ("1e٣", 2), ("²", 1)],
)  # fmt: skip
def test_what_is_no_expression_is_refused_at_its_place(text: str, column: int) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.column == column


def test_spans_are_the_sources() -> None:
    tree = read('/* é */ f("ä", var.key)'[8:])
    assert isinstance(tree, Call)
    assert [argument.span.text for argument in tree.arguments] == ['"ä"', "var.key"]


def test_long_chains_and_deep_nesting_end() -> None:
    assert isinstance(read("+".join(["a"] * 3000)), Operation)
    with pytest.raises(InputError, match="nested"):
        read("(" * 5000 + "a" + ")" * 5000)


NAMES = st.from_regex(r"[a-z_][a-z0-9_-]{0,6}", fullmatch=True)
STEPS = st.one_of(
    NAMES.map(lambda name: f".{name}"),
    st.integers(0, 99).map(lambda number: f"[{number}]"),
    st.text(alphabet="abc é.-", max_size=5).map(lambda key: f'["{key}"]'),
)
TRAVERSALS = st.builds(lambda root, steps: root + "".join(steps), NAMES, st.lists(STEPS))
LITERALS = st.one_of(
    st.integers(0, 10**12).map(str),
    st.sampled_from(["true", "false", "null", '""']),
    st.text(alphabet="abc é:/-$%", max_size=10).map(lambda text: f'"{text}"'),
)


TERMS = st.recursive(
    st.one_of(TRAVERSALS, LITERALS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: "f(" + ", # x\n".join(items) + ")"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + "".join(f" k{n} = {i} # y\n" for n, i in enumerate(items)) + "}"
        ),
        st.tuples(inner, inner).map(lambda pair: f"x[{pair[0]}].y[{pair[1]}]"),
        inner.map(lambda item: f"({item})"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} == {pair[1]}"),
    ),
    max_leaves=8,
)


@given(TERMS)
def test_both_readers_build_the_same_tree(text: str) -> None:
    span = Source("main.tf", text).span(0, len(text))
    quick = simple(span, expression)
    if quick is not None:
        assert parsed(span) == quick


@given(st.text(alphabet='ab1٣²"{}[]().,:?=>!&|+-*/ \n$%~<E', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    if text.strip() != text or not text:
        return
    with suppress(InputError):
        assert read(text).span.text in text


WINDOWS = (
    '{\n  a = 1\n  "b" = var.x\n}',
    "{\n\n  a = 1,\n  b = [\n    1,\n    2,\n  ]\n\n}",
    "merge(\n  var.a,\n  { b = 1 },\n)",
    "[\n  for k, v in var.m : {\n    k = v\n    j = 1 + 2\n  }\n]",
    "{\n  for k in var.l :\n  k => k\n  if k != null\n}",
    "(\n  var.a\n  ? 1\n  : 2\n)",
    "{\n  a = 1 # one\n  // two\n  b = 1 + 2\n}",
)


@pytest.mark.parametrize("text", WINDOWS)
def test_the_ends_of_lines_are_windows_own_as_well(text: str) -> None:
    assert repr(read(text.replace("\n", "\r\n"))) == repr(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "[ # every key\n  for k in var.l : k\n]",
        "[ /* every key */ for k in var.l : k]",
        "{ # every key\n  for k in var.l : k => k\n}",
        "{ // every key\n  /* of it */ for k in var.l : k => k\n}",
    ],
)
def test_a_comment_before_for(text: str) -> None:
    assert isinstance(read(text), For)


def test_what_an_escaped_string_of_json_holds_stands_at_the_string() -> None:
    source = Source("main.tf.json", '\n{"a": "${f(\\"b\\")}"}')
    found = expression(outline(source).attributes["a"].value)
    assert found == Template(S, (Call(S, "f", (lit("b"),)),))
    assert isinstance(found, Template)
    assert isinstance(found.parts[0], Call)
    assert settled(found.parts[0].arguments[0]).span.line == 2

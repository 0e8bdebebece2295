"""Whether a file is HCL at all. What is said of each text is what `terraform fmt` 1.11.4 says."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iac_check.source import InputError, Source
from iac_check.terraform.expressions import parsed
from iac_check.terraform.outline import Body, outline, outline_span
from iac_check.terraform.syntax import check_syntax, faults

VALUES = [
    "1", "1.5e3", "-1", "!a", "!!a", "- - 1", "null", '""', "größe", "a-b", "a_1", "if", "a.b.c",
    "a.0.b", "a.0", "a[0].b", 'a["b"]', "a[b.c]", "a[\n0\n]", "a . b [0]", "f(x).y", "1.y", "a.*.b",
    "a.*.b.0.c", "a.*.b[0]", "a[*].b[0].c", "a[*][*]", "a[ * ]", '"x".y', "[1][0]", "{}.a",
    "a + b - c * d / e % f", "a == b != c", "a < b && c >= d || !e", "a<-b", "a&&b", "a -1",
    "a ? b : c", "a ? b ? c : d : e ? f : g", "(a\n? b\n: c)", "(\na\n+ b\n)", "((a))", "a ?b:c",
    "[]", "[1]", "[1, 2,]", "[\n1,\n\n2\n,\n]", "[a\n[0]]", "[1 # x\n, /* y */ 2]", "{}",
    "{ a = 1 }", "{ a : 1, b = 2, }", "{\na = 1\nb : 2,\n\n\"c\" = 3\n}", "{ (a.b) = 1 }",
    "{ a.b = 1 }", "{ f(x) = 1 }", '{ "${a}" = 1 }', "{ 1 = 2 }", "{ a ? b : c = 1 }",
    "{ a = 1 # x\n}", "{ # x\n}", "{ a = b\n  # x\n  c = d }", "{ a = [\n1,\n] }",
    "{ a = 1, for = 2 }", "{ a = { b = 1 } }", "f()", "f(x)", "f(x,)", "f(x, y...)", "f (x)",
    "f(\nx,\ny\n)", "f(x ...)", "f([for a in b : a]...)", "provider::x::f()", "a :: b (c)",
    "core::f(1)", "[for x in y : x]", "[for k, v in y : k if v]", "[\nfor\nx\nin\ny\n:\nx\n]",
    "[for x in y:x]", "{ for k, v in y : k => v }", "{ for k, v in y : k => v... }",
    "{ for k in y : k => k... if k }", "{\n# x\nfor k in y :\nk => k\n}", "[for in in in : in]",
    "{ for a in b ? c : d : a ? b : c => a }", '"a"', '"a b $ % $$ %% $a"', '"$${a} %%{b}"',
    '"\\n\\r\\t\\"\\\\"', '"\\u00e9\\U0001F600"', '"5$"', '"${a}"', '"${ a }b${c}"', '"${"${a}"}"',
    '"${~ a ~}"', '"${\na\n}"', '"${ {} }"', '"${[{ a = "}" }]}"', '"%{ if a }b%{ endif }"',
    '"%{ if a ~}b%{~ else ~}c%{~ endif ~}"', '"%{for a in b}${a}%{endfor}"',
    '"%{ for k, v in b }%{ if k }x%{ endif }%{ endfor }"', '"${a # x\n}"', '"#{a} // /* "',
    '"$$${a}"', "<<E\nE", "<<E\nx\nE", "<<-E\n  x\n  E", "<<E\n  E  ", "<<E\n${a}\n${b}E\nE",
    "<<E\n$${a} %%{ $ % \\ \"\nE", "<<E\n%{ if a }\nx\n%{ else ~}\ny\n%{ endif }\nE",
    "<<E\n%{~ for a in b ~}\n${a}\n%{ endfor }\nE", "<<E\n${<<F\nx\nF\n}\nE", "<<E\nE2\nE F\nE",
    "<<É\nx\nÉ", '<<E\n${"a"}\nE', "[<<E\nx\nE\n, 1]", "{ a = <<E\nx\nE\nb = 1 }", "f(<<E\nx\nE\n)",
    "/* x */ 1 /* y\n */", "1 // x", "1 # x",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("around", ["a = {}\n", "b {{\n  a = {}\n}}\n", "a = [\n{}\n]\n"])
def test_what_is_an_expression(around: str, newline: str, value: str) -> None:
    accepted(around.format(value).replace("\n", newline))


def accepted(text: str) -> None:
    check_syntax(Source("main.tf", text))


BODIES = [
    "", "\n", "# x", "// x\n", "/* x */", "a = 1", "a = 1 # x", "a=1\r\nb=2\r\n", "a {}", "a {\n}",
    "\ta = 1\n", 'a "b" c {\n}\n', 'a "b"c{}', "a { b = 1 }", "a { b = [\n1\n] }", "a { # x\n}",
    "a { /* x */ }", "a {} # x", "a /* x */ b /* y */ {\n}\n",
    "a {\n  b = 1\n\n  c {\n    b = 1\n  }\n  c {}\n}\n", 'a "\\u0041$${" {}', "größe é {\n}\n",
    "for = 1\nif = 2\n", "a = 1 /* x\n */ # y\n", 'a "$" "%" {}',
]  # fmt: skip


@pytest.mark.parametrize("text", BODIES)
def test_what_is_a_file(text: str) -> None:
    accepted(text)


REFUSED = [
    ("a = = 1", 1, 5), ("a = { b = = 1 }", 1, 11), ("a = [1,\n}", 2, 1), ("a =\n1", 1, 4),
    ("a", 1, 1), ("a = 1 2", 1, 7), ("a = 1,\n", 1, 6), ("a = (1\n", 2, 1), ("a = f(,)", 1, 7),
    ("a = [,]", 1, 6), ("a = {,}", 1, 6), ("a = { b }", 1, 9), ("a = { b\n= 1 }", 1, 8),
    ("a = { b =\n1 }", 1, 10), ("a = { b = 1 c = 2 }", 1, 13), ("a = { b = 1,, }", 1, 13),
    ("a = { for = 1 }", 1, 11), ("a = b ? c", 1, 10), ("a = b\n? c : d", 2, 1),
    ("a = b ? c\n: d", 1, 10), ("a = b +\nc", 1, 8), ("a = b.", 1, 7), ("a = b.0.1", 1, 7),
    ("a = b.*.*", 1, 9), ("a = b[*", 1, 8), ("a = b[]", 1, 7), ("a = b[\n*]", 2, 1),
    ("a = b[0", 1, 8), ("a = b..c", 1, 7), ("a = 1.2.3", 1, 5), ("a = .5", 1, 5),
    ("a = f(x...,)", 1, 11), ("a = f(x... y)", 1, 12), ("a = f(x y)", 1, 9), ("a = f::g", 1, 9),
    ("a = f::(1)", 1, 8), ("a = b.f(1)", 1, 8), ("a = [for x in y x]", 1, 17),
    ("a = [for x y : x]", 1, 10), ("a = [for x in y : x => y]", 1, 21),
    ("a = [for x in y : x...]", 1, 20), ("a = { for x in y : x }", 1, 22), ("a = b & c", 1, 7),
    ("a = 'b'", 1, 5), ("a = b;", 1, 6), ("a = b ** c", 1, 8), ("a = +1", 1, 5), ("a = b !c", 1, 7),
    ("a = b => c", 1, 7), ("a = \u201cb\u201d", 1, 5), ('a = "b', 1, 5), ('a = "b\nc"', 1, 5),
    ('a = "\\q"', 1, 6), ('a = "\\u12"', 1, 6), ('a = "\\ud800"', 1, 6), ('a = "${}"', 1, 8),
    ('a = "${b"', 1, 9), ('a = "${b c}"', 1, 10), ('a = "%{ if b }"', 1, 6),
    ('a = "%{ endif }"', 1, 6), ('a = "%{ if b }%{ endfor }"', 1, 15), ('a = "%{ b }"', 1, 6),
    ('a = "%{ if }"', 1, 12), ('a = "%{ for b }x%{ endfor }"', 1, 13),
    ('a = "%{ if b }%{ else }%{ else }%{ endif }"', 1, 24), ('a = "%{ if b }%{ endif c }"', 1, 24),
    ("a = <<E\nx\n", 1, 5), ("a = <<E\nx\nE", 1, 5), ("a = <<E \nx\nE\n", 1, 5),
    ("a = <<E\nx\nE \r\r\n", 3, 3),
    ("a = <<-\nx\n", 1, 5), ("a = <<E\n${b\nE\n", 3, 1), ("a = <<E\n%{ if b }\nE\n", 2, 1),
    ("a = [<<E\nx\nE, 1]\n", 1, 6), ("a = <<E\nx\ry\nE\n", 2, 2), ("a = 1 /* x\n", 1, 8),
    ("\ra = 1", 1, 1), ("a =\u00a01", 1, 4), ("a = 1\na = 2", 2, 1),
    ("a {\n b = f(1)\n b = 2\n}", 3, 2), ('"a" = 1', 1, 1), ("a.b = 1", 1, 1), ("a : 1", 1, 1),
    ("a b = 1", 1, 5), ("a\n{\n}", 1, 1), ("a {\n", 1, 3), ("a {\n}}", 2, 2),
    ("a { b = 1, c = 2 }", 1, 10), ("a { b = 1\n}", 1, 10), ("a { b {} }", 1, 5),
    ("a {} b {}", 1, 6), ("}", 1, 1), ('a "${b}" {}', 1, 1), ('a "\\q" {}', 1, 3),
    ("a { b = c = d }", 1, 11), ("1 = 2", 1, 1), ("a = b\u201d", 1, 6),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column"), REFUSED)
def test_what_is_none_is_refused_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        accepted(text)
    assert (caught.value.line, caught.value.column) == (line, column)


# -- held against the other readers of this tool ------------------------------------------------

_NAME = re.compile(r"\b[a-gxyk]\b")
_TOKENS = re.compile(r"\s+|[\w-]+|\$\{|%\{|\.\.\.|[=!<>]=|=>|&&|\|\||::|~\}|.", re.S)
# What HCL takes and python-hcl2's grammar does not: signs in a row, blanks around `::`, `if` as a
# name before an operator.
_GRAMMAR_LACKS = re.compile(r"[-!]\s*-|!\s*!\s*!|::|\bif\b")
_INNER = st.sampled_from([f"({value})" for value in VALUES if not re.search("<<|#|//", value)])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A file of one argument, which may stand in a block; values stand in place of some names."""
    text = draw(st.sampled_from(VALUES))
    if "<<" not in text and "::" not in text:
        text = _NAME.sub(lambda m: draw(_INNER) if draw(st.booleans()) else m[0], text)
    return draw(st.sampled_from(["a = {}\n", "b {{\n  a = {}\n}}\n"])).format(text)


@st.composite
def slips(draw: st.DrawFn) -> str:
    """The same with a token dropped or doubled."""
    tokens = _TOKENS.findall(draw(texts()))
    at = draw(st.integers(0, len(tokens) - 1))
    tokens[at] *= draw(st.sampled_from([0, 2]))
    return "".join(tokens)


def read_whole(text: str) -> None:
    """As the outline and the grammar read it, every expression."""
    waiting: list[Body] = [outline(Source("main.tf", text))]
    while waiting:
        body = waiting.pop()
        waiting.extend(outline_span(block.body) for block in body.blocks)
        for attribute in body.attributes.values():
            parsed(attribute.value)


def refuses(reader: Callable[[str], None], text: str) -> bool:
    try:
        reader(text)
    except InputError:
        return True
    return False


@given(texts())
def test_what_the_grammar_reads_is_accepted(text: str) -> None:
    assume(not refuses(read_whole, text))
    accepted(text)


@given(slips())
def test_a_slip_that_the_grammar_refuses_is_refused(text: str) -> None:
    assume(not _GRAMMAR_LACKS.search(text))
    if refuses(read_whole, text):
        assert refuses(accepted, text)


@given(st.text(alphabet='ab1é"{}[]().,:?=>!&|+-*/ \r\n$%~<E\\#', max_size=60))
def test_any_text_is_accepted_or_refused(text: str) -> None:
    with suppress(InputError):
        accepted(text)


def test_each_file_is_told_of_once_and_none_in_json() -> None:
    bad = [
        Source("a.tf", "a = = 1"),
        Source("b.tf", "a = = 1"),
        Source("c.tf.json", "{"),
        Source("d.tf", ""),
    ]
    assert [error.path for error in faults([*bad, *bad], {"b.tf"})] == ["a.tf"]

"""The outline scanner: where things end in HCL."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_check.source import InputError, Source
from iac_check.terraform.outline import Body, comments, outline, outline_span


def _outline(text: str):
    return outline(Source("main.tf", text))


def test_blocks_labels_and_attributes() -> None:
    body = _outline('resource "a_b" c {\n  x = 1\n  inner { y = 2 }\n}\nz = 3 # note\n')
    (block,) = body.blocks
    assert (block.type, block.labels) == ("resource", ("a_b", "c"))
    assert block.header.text == 'resource "a_b" c'
    inner = outline_span(block.body)
    assert inner.attributes["x"].value.text == "1"
    assert inner.blocks[0].type == "inner"
    assert outline_span(inner.blocks[0].body).attributes["y"].value.text == "2"
    assert body.attributes["z"].value.text == "3"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", "1"),
        ("1 # } note", "1"),
        ("1 // note", "1"),
        ("1 /* a */ /* b } */", "1"),
        ("/* a */ 1", "1"),
        ('"a # b"', '"a # b"'),
        ('"a ${f("}")} \\" b"', '"a ${f("}")} \\" b"'),
        ('"$${ not }"', '"$${ not }"'),
        ("[\n  1, # ]\n  2\n]", "[\n  1, # ]\n  2\n]"),
        ("{\n  a = {}\n}", "{\n  a = {}\n}"),
        ("<<EOT\n}\n  EOT  \n", "<<EOT\n}\n  EOT"),
        ("<<-E\n${\n<<X\nE\nX\n}\nE\n", "<<-E\n${\n<<X\nE\nX\n}\nE"),
        ("<<EOT\r\n}\r\nEOT\r\n", "<<EOT\r\n}\r\nEOT"),
        ("<<EOT\n\x1cEOT\n\xa0EOT\u2003\n", "<<EOT\n\x1cEOT\n\xa0EOT"),
        ("<<E\u0301\n/*\nE\u0301\n", "<<E\u0301\n/*\nE\u0301"),
        ("<<E\xb7\n/*\nE\xb7\n", "<<E\xb7\n/*\nE\xb7"),
        ("f(\n1)", "f(\n1)"),
    ],
)
def test_where_a_value_ends(written: str, value: str) -> None:
    body = _outline(f"a = {written}\nb = 2\n")
    assert body.attributes["a"].value.text == value
    assert body.attributes["b"].value.text == "2"


def test_escapes_in_labels_are_read() -> None:
    (block,) = _outline('resource "aws_backup_v\\u0061ult" "v" {}').blocks
    assert block.labels == ("aws_backup_vault", "v")


def test_identifiers_of_any_script() -> None:
    assert _outline("größe = 1").attributes["größe"].value.text == "1"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a {\n  b = 1\n", 1, 3),
        ('a = "x\n', 1, 5),
        ("a = <<EOT\nx\n", 1, 5),
        ("a = <<EOT\nEOT\x1d\n", 1, 5),
        ("resource\xa0a {\n}\n", 1, 1),
        ("a\u201d = 1\n", 1, 2),
        ("a b\u201d {\n}\n", 1, 4),
        ("a = [1,\n", 1, 5),
        ("a = 1\n}\n", 2, 1),
        ("a =\nb = 1\n", 1, 4),
        ("a = 1\na = 2\n", 2, 1),
        ("a = 1 /* x\n", 1, 7),
        ('resource "\\q" "x" {}', 1, 9),
    ],
)
def test_errors_have_their_place(text: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        _outline(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("body", "column"),
    [
        (" a = 1 ", None),
        (" a = [\n1] ", None),
        (" /* x\n */ a = 1 ", None),
        (" a = 1 /* x\n */ ", None),
        ("\n a = 1\r\n b = 2 # c\n", None),
        ("\n x { a = 1 } # c\n", None),
        (" a = 1\n b = 2 ", 10),
        (" a = 1 # c\n", 14),
        (" # c\n a = 1 ", 8),
        ("\n a = 1 ", 8),
        (" a = b.c d = e.f ", 15),
        (' a = { b = "c = d", e = f == g ? 1 : 2 } ', None),
        (" a = 1 /* b = 2 */ ", None),
        (" x {} ", 5),
        ("\n x {} y {}\n", 7),
        ("\n x {}a = 1\n", 6),
        ("\n\fa = 1\n", 1),
        ("\n\u00a0a = 1\n", 1),
        ("\r a = 1\r", 4),
    ],
)
def test_where_newlines_stand(body: str, column: int | None) -> None:
    """As `terraform validate` 1.11.4 answers."""
    (block,) = _outline(f"b {{{body}}}\n").blocks
    if column is None:
        outline_span(block.body)
        return
    with pytest.raises(InputError) as caught:
        outline_span(block.body)
    assert caught.value.column == column


def test_nesting_is_bounded() -> None:
    with pytest.raises(InputError, match="nested"):
        _outline("a = " + '"${' * 5000 + "x" + '}"' * 5000 + "\n")


def test_comments_are_the_lexers() -> None:
    text = '# one\na = "# not" // two\nb = <<E\n# not\nE\n/* three */\nc { # four\n}\n'
    found = [span.text for span in comments(Source("main.tf", text))]
    assert found == ["# one", "// two", "/* three */", "# four"]


@given(st.text(alphabet='ab"{}[]()=\n #/*<-E$%\\', max_size=60))
def test_any_text_is_outlined_or_refused(text: str) -> None:
    body = Body({}, ())
    with suppress(InputError):
        body = _outline(text)
    for block in body.blocks:
        assert block.span.text.endswith("}")
    for attribute in body.attributes.values():
        assert attribute.value.text.strip() == attribute.value.text != ""

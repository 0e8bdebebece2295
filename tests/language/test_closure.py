from __future__ import annotations

import pytest

from iac_check.language.closure import reads
from iac_check.source import Source
from iac_check.terraform.expressions import expression


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", []),
        ("var.a.b", ["var.a.b"]),
        ("var.a[0]", ["var.a[0]"]),
        ("var.a[var.i].c", ["var.a", "var.i"]),
        ("[for x in var.l : x if x == var.p]", ["var.l", "var.p"]),
        ("{for k, v in var.l : k => [for w in v : w.n == k]}", ["var.l"]),
        ("var.l[*].arn", ["var.l"]),
        ('"${x}-${max(a.b, 1)}"', ["x", "a.b"]),
        ("var.a ? {(b) = c} : [d, -e]", ["var.a", "b", "c", "d", "e"]),
    ],
)
def test_reads(text: str, read: list[str]) -> None:
    tree = expression(Source("main.tf", text).span(0, len(text)))
    assert [part.span.text for part in reads(tree)] == read

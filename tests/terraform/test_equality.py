"""`==` between collections, as `terraform console` 1.11.4 answers: their types count, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

VARIABLES = """
variable "l" {
  type    = list(string)
  default = ["a"]
}
variable "e" {
  type    = list(string)
  default = []
}
variable "m" {
  type    = map(string)
  default = { a = "x" }
}
variable "u" { default = [] }
"""
VAULT = """
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = (%s) ? "alias/aws/true" : "alias/aws/false"
}
"""
ANSWERS = [
    ('(true ? 1 : "a") == "1"', True),
    ('(false ? "a" : 5) == "5"', True),
    ("(true ? {a=1} : {b=2}) == {a=1}", False),
    ("(true ? [1] : [2]) == [1]", True),
    ('(true ? ["a"] : ["b","c"]) == ["a"]', False),
    ('(true ? ["a"] : ["b","c"]) == tolist(["a"])', True),
    ('(true ? {a="x"} : {}) == tomap({a="x"})', True),
    ('(true ? {a="x"} : {a="y"}) == {a="x"}', True),
    ("(true ? [] : []) == []", True),
    ('tobool("1") && !tobool("0")', True),
    ('tonumber("+1") == 1 && tonumber(".5") == 0.5 && tonumber("1.") == 1', True),
    ('can(tonumber(" 1")) || can(tonumber("0x1f")) || can(tobool(1))', False),
    ("var.e == []", False),
    ("var.u == []", True),
    ('var.l == ["a"]', False),
    ('var.l == tolist(["a"])', True),
    ('concat(var.l, ["b"]) == ["a","b"]', True),
    ('concat(var.l, var.l) == tolist(["a","a"])', True),
    ('concat(["a"],["b"]) == ["a","b"]', True),
    ('[for x in var.l : x] == ["a"]', True),
    ("[for x in var.l : x] == var.l", False),
    ('keys(var.m) == ["a"]', False),
    ('keys(var.m) == tolist(["a"])', True),
    ('keys({a=1}) == ["a"]', True),
    ('values(var.m) == ["x"]', False),
    ("values({a=1}) == [1]", True),
    ('split(",","a") == ["a"]', False),
    ('split(",","a") == tolist(["a"])', True),
    ('flatten([["a"]]) == ["a"]', True),
    ('flatten([var.l]) == ["a"]', True),
    ('distinct(["a"]) == ["a"]', False),
    ("distinct(var.l) == var.l", True),
    ('compact(["a"]) == tolist(["a"])', True),
    ('sort(["a"]) == tolist(["a"])', True),
    ('reverse(["a"]) == ["a"]', True),
    ("reverse(var.l) == var.l", True),
    ('slice(["a","b"],0,1) == ["a"]', True),
    ("slice(var.l,0,1) == var.l", True),
    ("merge(var.m,{}) == var.m", False),
    ('merge(var.m,{b=1}) == {a="x",b=1}', True),
    ('merge({a="x"},{}) == {a="x"}', True),
    ('{for k,v in var.m : k=>v} == {a="x"}', True),
    ("{for k,v in var.m : k=>v} == var.m", False),
    ('zipmap(["a"],["x"]) == {a="x"}', True),
    ('zipmap(var.l,["x"]) == var.m', False),
    ('zipmap(var.l,var.l) == tomap({a="a"})', True),
    ('jsondecode("[]") == []', True),
    ('jsondecode("{}") == {}', True),
    ('var.m == {a="x"}', False),
    ('tomap({a="x"}) == var.m', True),
    ('setproduct(["a"],["b"]) == [["a","b"]]', False),
    ('chunklist(["a"],1) == [["a"]]', False),
    ("range(1) == [0]", False),
    ('matchkeys(["a"],["b"],["b"]) == tolist(["a"])', True),
    ('coalescelist([],["a"]) == ["a"]', True),
    ('transpose({a=["b"]}) == {b=["a"]}', False),
    ('regexall("a","a") == ["a"]', False),
    ('regexall("a","a") == tolist(["a"])', True),
    ('formatlist("%s",["a"]) == tolist(["a"])', True),
    ('formatlist("%s",["a"]) == ["a"]', False),
    ('cidrsubnets("10.0.0.0/8",8) == tolist(["10.0.0.0/16"])', True),
    ('toset(["a"]) == toset(var.l)', True),
    ('setunion(["a"],["a"]) == toset(["a"])', True),
    ("(true ? var.l : []) == var.l", True),
    ('(true ? ["a"] : []) == ["a"]', False),
    ("try(var.l, []) == var.l", True),
    ('lookup({a=["x"]},"a",[]) == ["x"]', True),
    ('element([["a"]],0) == ["a"]', True),
    ('csvdecode("a\\n1") == tolist([{a="1"}])', True),
    ('csvdecode("a\\n1") == [{a="1"}]', False),
    ('yamldecode("[a]") == ["a"]', True),
    ("var.l[*] == var.l", True),
    ('var.l[*] == ["a"]', False),
    ('fileset(".", "*.tf") == toset(["main.tf"])', True),
]


@pytest.mark.parametrize(("question", "answer"), ANSWERS)
def test_equality(
    question: str, answer: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(VARIABLES + VAULT % question)
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert f"alias/aws/{str(answer).lower()}" in result.message

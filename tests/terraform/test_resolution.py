"""One vault a row: the key as it is written, and the verdict that Terraform's meaning gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

PRELUDE = """
variable "u" {}
variable "n" { default = null }
variable "e" { default = "" }
variable "list" { default = ["", "alias/aws/backup"] }
variable "cfg" {
  type = object({
    key  = optional(string)
    deep = optional(object({ k = optional(string, "alias/aws/backup") }), {})
  })
  default = {}
}
variable "set" {
  type    = set(string)
  default = ["x", "alias/aws/backup", "x"]
}
variable "any" {
  type    = list(any)
  default = [1, "x"]
}
variable "anymap" {
  type    = map(any)
  default = { a = 1, b = "x" }
}
variable "m" {
  type    = map(object({ key = optional(string, "alias/aws/backup") }))
  default = { a = {}, b = { key = "x" } }
}
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "c" { count = 2 }
resource "aws_kms_key" "f" { for_each = toset(["a", "b"]) }
resource "aws_kms_key" "none" { count = 0 }
resource "aws_kms_key" "maybe" { count = var.u ? 1 : 0 }
resource "aws_kms_alias" "al" {
  name          = "alias/mine"
  target_key_id = aws_kms_key.k.key_id
}
data "aws_kms_alias" "backup" { name = "alias/aws/backup" }
data "aws_kms_key" "bk" { key_id = "alias/aws/backup" }
data "aws_kms_key" "mine" { key_id = "alias/mine" }
data "aws_kms_alias" "mine" { name = "alias/mine" }
data "aws_partition" "p" {}
locals {
  arn1 = "arn:${data.aws_partition.p.partition}:kms:${var.u}:1:alias/aws/backup"
  arn2 = format("arn:%s:kms:%s:%s:alias/aws/backup", var.u, var.u, var.u)
  arn3 = join(":", ["arn", var.u, "kms", var.u, var.u, "alias/aws/backup"])
  arn4 = "arn:aws:kms:${var.u}:1:key/${aws_kms_key.k.key_id}"
}
resource "aws_s3_bucket" "b" {}
resource "terraform_data" "key" { input = aws_kms_key.k.arn }
resource "terraform_data" "managed" { input = { key = "alias/aws/backup" } }
resource "null_resource" "key" { triggers = { key = aws_kms_key.k.arn } }
data "terraform_remote_state" "r" {}
data "aws_ssm_parameter" "p" {}
module "kms" { source = "./kmsmod" }
module "gone" { source = "git::https://x" }
module "multi" { 
  source = "./kmsmod"
  for_each = { x = 1, y = 2 }
}
"""

KEYS = """
resource "aws_kms_key" "k" {}
output "arn" { value = aws_kms_key.k.arn }
output "nothing" { value = null }
"""

CASES = [
    ("resource.aws_kms_key.k.arn", "pass"),
    ("data.aws_kms_alias.backup.target_key_arn", "aws-managed"),
    ("data.aws_kms_key.bk.arn", "aws-managed"),
    ("data.aws_kms_key.mine.arn", "pass"),
    ("data.aws_kms_alias.mine.target_key_arn", "pass"),
    ("local.arn1", "aws-managed"),
    ("local.arn2", "aws-managed"),
    ("local.arn3", "aws-managed"),
    ("local.arn4", "pass"),
    ("var.n", "missing"),
    ("var.e", "missing"),
    ('coalesce(var.n, var.e, "alias/aws/backup", var.u)', "aws-managed"),
    ("coalesce(var.list...)", "aws-managed"),
    ("var.cfg.key", "missing"),
    ("var.cfg.deep.k", "aws-managed"),
    ('var.m["a"].key', "aws-managed"),
    ("var.m.b.key", "external"),
    ("aws_kms_key.c[1].arn", "pass"),
    ("try(aws_kms_key.c[2].arn, aws_kms_key.nope.arn)", "undeclared"),
    ('aws_kms_key.f["a"].arn', "pass"),
    ('aws_kms_key.f["zzz"].arn', "undeclared"),
    ("one(aws_kms_key.none[*].arn)", "missing"),
    ('join("", aws_kms_key.none[*].arn)', "missing"),
    ('join("", aws_kms_key.c.*.arn[0] == "" ? [] : [aws_kms_key.k.arn])', "pass"),
    ("one(aws_kms_key.maybe[*].arn)", "missing"),
    ('element(concat(aws_kms_key.k.*.arn, [""]), 0)', "pass"),
    ('element(concat(aws_kms_key.none.*.arn, [""]), 0)', "missing"),
    ("try(aws_kms_key.none[0].arn, null)", "missing"),
    ("try(aws_kms_key.none[0].arn, aws_kms_key.k.arn)", "pass"),
    ("values(aws_kms_key.f)[0].arn", "pass"),
    ("aws_kms_key.c[length(aws_kms_key.c) - 1].arn", "pass"),
    ('{ for k, v in aws_kms_key.f : k => v.arn }["b"]', "pass"),
    ("[for v in aws_kms_key.f : v.arn][1]", "pass"),
    ('lookup({ a = aws_kms_key.k.arn }, "a", null)', "pass"),
    ('lookup({ a = aws_kms_key.k.arn }, "b", null)', "missing"),
    ("lookup({ a = aws_kms_key.k.arn }, var.u, null)", "missing"),
    ('var.u == "x" ? null : aws_kms_key.k.arn', "missing"),
    ('var.u == "x" || var.u != "x" ? aws_kms_key.k.arn : null', "pass"),
    ("aws_kms_key.k.arn != null ? aws_kms_key.k.arn : null", "pass"),
    ("aws_kms_key.c.*.arn[0]", "pass"),
    ('[{ k = ["", null] }, { k = ["x"] }].*.k[0][1]', "missing"),
    ('[{ k = ["", null] }, { k = ["x"] }][*].k[0][1]', "undeclared"),
    ("tolist(var.set)[0]", "aws-managed"),
    ("length(var.set) == 2 ? aws_kms_key.k.arn : null", "pass"),
    ('var.any[0] == "1" ? aws_kms_key.k.arn : null', "pass"),
    ('var.anymap.a == "1" ? aws_kms_key.k.arn : null', "pass"),
    ('tomap({ a = 1, b = "x" }).a == "1" ? aws_kms_key.k.arn : null', "pass"),
    ('coalesce(1, "a") == "1" ? aws_kms_key.k.arn : null', "pass"),
    ('contains([1], "1") ? aws_kms_key.k.arn : null', "missing"),
    ("terraform_data.key.output", "pass"),
    ("terraform_data.managed.output.key", "aws-managed"),
    ("null_resource.key.output", "external"),
    ("chomp(<<-E\n  ${aws_kms_key.k.arn}\nE\n)", "pass"),
    ("trimspace(<<-E\n\n  ${aws_kms_key.k.arn}\nE\n)", "pass"),
    ("trimspace(<<-E\n  ${var.u}\nE\n)", "caller-supplied"),
    ("aws_s3_bucket.b.arn", "not-a-key"),
    ("aws_kms_key.undeclared.arn", "undeclared"),
    ("var.u", "caller-supplied"),
    ('"arn:aws:kms:us-east-1:111122223333:key/abc"', "external"),
    ('replace("alias/aws/xbackup", "x", "")', "aws-managed"),
    ('lower("ALIAS/AWS/BACKUP")', "aws-managed"),
    ("trimspace(<<-E\n  alias/aws/backup\nE\n)", "aws-managed"),
    ("aws_kms_alias.al.target_key_arn", "pass"),
    ("aws_kms_alias.al.arn", "pass"),
    ("nonsensitive(sensitive(aws_kms_key.k.arn))", "pass"),
    ("nonsensitive(sensitive(null))", "missing"),
    ('jsondecode("{\\"k\\": \\"alias/aws/backup\\"}").k', "aws-managed"),
    ('merge({ k = "alias/aws/backup" }, { k = aws_kms_key.k.arn }).k', "pass"),
    ('merge({ k = aws_kms_key.k.arn }, { k = "alias/aws/backup" })["k"]', "aws-managed"),
    ('"alias/not-declared"', "external"),
    ('"${"alias"}/aws/${"backup"}"', "aws-managed"),
    ("module.kms.arn", "pass"),
    ("module.kms.nothing", "missing"),
    ("module.gone.arn", "module-unavailable"),
    ('module.multi["x"].arn', "pass"),
    ("(values(module.multi)[*].arn)[0]", "pass"),
    ("module.kms.undeclared", "undeclared"),
    ("[for m in module.multi : m.arn][0]", "pass"),
    ('split(",", "alias/aws/backup,b")[0]', "aws-managed"),
    ("coalesce(var.n, aws_kms_key.k.arn)", "pass"),
    ("coalescelist([], [aws_kms_key.k.arn])[0]", "pass"),
    ('compact([var.n, "", aws_kms_key.k.arn])[0]', "pass"),
    ("element([null, aws_kms_key.k.arn], var.u)", "missing"),
    ("element([aws_kms_key.k.arn, aws_kms_key.c[0].arn], var.u)", "pass"),
    ('var.u ? "alias/aws/backup" : aws_kms_key.k.arn', "aws-managed"),
    ('"${aws_kms_key.k.arn}"', "pass"),
    ('format("%s", aws_kms_key.k.arn)', "pass"),
    ("aws_kms_key.k.policy", "not-a-key"),
    ('"${var.u}/${aws_kms_key.k.key_id}"', "caller-supplied"),
    ('"arn:aws:s3:::${aws_kms_key.k.key_id}"', "not-a-key"),
    ('ephemeral.aws_kms_secrets.s.plaintext["x"]', "undeclared"),
    ("(aws_kms_key.k).arn", "pass"),
    ('aws_kms_key.k["arn"]', "pass"),
    ("data.terraform_remote_state.r.outputs.key", "external"),
    ("data.aws_ssm_parameter.p.value", "external"),
    ('"arn:aws-us-gov:kms:us-gov-west-1:1:alias/aws/s3"', "aws-managed"),
]


@pytest.mark.parametrize(("key", "verdict"), CASES)
def test_verdict(key: str, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kmsmod").mkdir()
    (tmp_path / "kmsmod" / "main.tf").write_text(KEYS)
    vault = f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'
    (tmp_path / "main.tf").write_text(PRELUDE + vault)
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert not report.errors
    (result,) = report.results
    assert (result.cause or result.reason or "pass") == verdict


def test_a_variable_file_in_json_holds_values_whatever_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("data", "module", "resource", "locals", "variable")
    given = "".join(f'variable "{name}" {{\n  default = null\n}}\n' for name in names)
    keys = [f'try(var.{name}.key, "") == "$${{x}}" ? aws_kms_key.k.arn : null' for name in names]
    vaults = (
        f'resource "aws_backup_vault" "{name}" {{\n  name = "{name}"\n  kms_key_arn = {key}\n}}\n'
        for name, key in zip(names, keys, strict=True)
    )
    text = 'resource "aws_kms_key" "k" {}\n' + given + "".join(vaults)
    (tmp_path / "main.tf").write_text(text)
    values = ", ".join(f'"{name}": {{"key": "${{x}}"}}' for name in names)
    (tmp_path / "prod.json").write_text(f"{{{values}}}")
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False, var_files=("prod.json",)))
    assert not report.errors
    assert [result.status for result in report.results] == ["pass"] * len(names)


REFUSED = """variable "on" {
  type = bool
}
resource "aws_kms_key" "k" {}
resource "aws_backup_vault" "v" {
  name        = "v"
  kms_key_arn = var.on ? aws_kms_key.k.arn : null
}
"""


@pytest.mark.parametrize("sensitive", [False, True])
def test_a_value_that_a_variables_type_refuses_is_told_with_its_place(
    sensitive: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "  sensitive = true\n" if sensitive else ""
    (tmp_path / "main.tf").write_text(REFUSED.replace("= bool\n", f"= bool\n{secret}"))
    (tmp_path / "terraform.tfvars").write_text('on = "yes"\n')
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.message.endswith(': variable "on": a bool is required')
    places = [str(hop.span) for hop in result.trail]
    assert ("terraform.tfvars:1:6" in places) is not sensitive


def test_what_a_known_module_is_switched_off_by_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(
        'module "kms" {\n  source = "terraform-aws-modules/kms/aws"\n  create = false\n}\n'
        'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = module.kms.key_arn\n}\n'
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "missing"
    last = result.trail[-1]
    assert (str(last.span), last.note) == ("main.tf:3:12", "module.kms creates no key")

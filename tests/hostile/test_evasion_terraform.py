"""Ways to hide a vault with a wrong key in Terraform. None may pass: exit code 1, or 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

KEY = 'resource "aws_kms_key" "k" {}\n'
MISSING = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'


def vault(key: str) -> str:
    return f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n}}\n'


GOOD = KEY + vault("aws_kms_key.k.arn")
MANAGED = '"alias/aws/backup"'
LONG = "# filler\n" * 200_000

# A module whose vault has a key of its own, and a call that takes it away.
ALIAS = (
    KEY
    + 'resource "aws_kms_alias" "a" {\n  name = "alias/mine"\n'
    + "  target_key_id = aws_kms_key.k.arn\n}\n"
)
MODULE = ALIAS + 'variable "key" {\n  default = "alias/mine"\n}\n' + vault("var.key")


def hidden_call(source: str) -> Mapping[str, str | bytes]:
    call = f'module "m" {{\n  {source}\n  key = null\n}}\n'
    return {"a/main.tf": call, "m/main.tf": MODULE}


ATTACKS: dict[str, Mapping[str, str | bytes]] = {
    # -- names in another spelling
    "an escape in the label": {"main.tf": MISSING.replace("vault", "v\\u0061ult", 1)},
    "a long escape in the label": {"main.tf": MISSING.replace("vault", "v\\U00000061ult", 1)},
    "an escaped underscore": {"main.tf": MISSING.replace("aws_backup", "aws\\u005fbackup", 1)},
    "every letter escaped": {
        "main.tf": MISSING.replace(
            "aws_backup_vault", "".join(f"\\u{ord(c):04X}" for c in "aws_backup_vault"), 1
        )
    },
    "a bare label": {"main.tf": MISSING.replace('"aws_backup_vault"', "aws_backup_vault")},
    "a comment between the labels": {
        "main.tf": MISSING.replace('"aws_backup_vault"', '/* { */ "aws_backup_vault" /* } */')
    },
    "an escape in JSON": {
        "main.tf.json": '{"resource": {"aws_backup_v\\u0061ult": {"v": {"name": "v"}}}}'
    },
    "an escape in the kind of JSON": {
        "main.tf.json": '{"res\\u006furce": {"aws_backup_vault": {"v": {"name": "v"}}}}'
    },
    "an escape in the argument of JSON": {
        "main.tf.json": '{"resource": {"aws_backup_vault": {"v": {"name": "v", '
        '"kms_key_arn": "alias/\\u0061ws/backup"}}}}'
    },
    "an escaped alias": {"main.tf": vault('"alias/\\u0061ws/backup"')},
    "an alias in pieces": {"main.tf": vault('join("/", ["alias", "aws", "backup"])')},
    "an alias turned round": {"main.tf": vault('strrev("pukcab/swa/saila")')},
    "an encoded alias": {"main.tf": vault('base64decode("YWxpYXMvYXdzL2JhY2t1cA==")')},
    "an alias in other case, whoever reads it": {"main.tf": vault('lower("ALIAS/AWS/BACKUP")')},
    "an alias in a heredoc": {"main.tf": vault("trimspace(<<EOT\nalias/aws/backup\nEOT\n)")},
    "a heredoc that a separator does not end": {
        "main.tf": "locals {\n  a = <<EOT\nEOT\x1c\n  b = <<EOT2\nEOT\n}\n"
        + MISSING
        + "locals {\n  c = <<EOT2\nEOT2\n}\n"
    },
    "a heredoc whose marker has a combining mark": {
        "main.tf": "locals {\n  a = <<E\u0301\n/*\nE\u0301\n}\n" + MISSING + "# */ }\n" + GOOD
    },
    "a heredoc whose marker has a middle dot": {
        "main.tf": "locals {\n  a = <<E\xb7\n/*\nE\xb7\n}\n" + MISSING + "# */ }\n" + GOOD
    },
    "a template that strips one line's end": {
        "k.tpl": "keys:\n%{ if true ~}\n  a: alias/aws/backup\n%{ endif ~}\n",
        "main.tf": KEY
        + vault('try(yamldecode(templatefile("k.tpl", {})).keys.a, aws_kms_key.k.arn)'),
    },
    "an alias in the name of a customer's": {
        "main.tf": KEY
        + 'resource "aws_kms_alias" "a" {\n  name = "alias/aws/backup"\n'
        + "  target_key_id = aws_kms_key.k.arn\n}\n"
        + vault(MANAGED)
    },
    # -- JSON
    "a duplicate resource in JSON": {
        "main.tf.json": '{"resource": {"aws_backup_vault": {"v": {"name": "v"}, '
        '"v": {"name": "v", "kms_key_arn": "${aws_kms_key.k.arn}"}}, '
        '"aws_kms_key": {"k": {}}}}'
    },
    "a duplicate argument in JSON": {
        "main.tf.json": '{"resource": {"aws_backup_vault": {"v": {"name": "v", '
        '"kms_key_arn": "alias/aws/backup", "kms_key_arn": "${aws_kms_key.k.arn}"}}, '
        '"aws_kms_key": {"k": {}}}}'
    },
    "a duplicate kind in JSON": {
        "main.tf.json": '{"resource": {"aws_backup_vault": {"v": {"name": "v"}}}, '
        '"resource": {"aws_kms_key": {"k": {}}}}'
    },
    "a list of resources in JSON": {
        "main.tf.json": '{"resource": [{"aws_kms_key": {"k": {}}}, '
        '{"aws_backup_vault": [{"v": [{"name": "v"}]}]}]}'
    },
    "a list at the top of JSON": {
        "main.tf.json": '[{"resource": {"aws_backup_vault": {"v": {"name": "v"}}}}]'
    },
    "a comment key in JSON": {
        "main.tf.json": '{"//": "x", "resource": {"//": "x", '
        '"aws_backup_vault": {"//": "x", "v": {"//": {"kms_key_arn": "x"}, "name": "v"}}}}'
    },
    # -- files that stand in for others
    "an override file": {
        "main.tf": GOOD,
        "override.tf": 'resource "aws_backup_vault" "v" {\n  kms_key_arn = null\n}\n',
    },
    "an override file by its ending": {
        "main.tf": GOOD,
        "a_override.tf": f'resource "aws_backup_vault" "v" {{\n  kms_key_arn = {MANAGED}\n}}\n',
    },
    "an override file in JSON": {
        "main.tf": GOOD,
        "override.tf.json": '{"resource": {"aws_backup_vault": {"v": {"kms_key_arn": null}}}}',
    },
    "an override of a local": {
        "main.tf": KEY + "locals {\n  key = aws_kms_key.k.arn\n}\n" + vault("local.key"),
        "z_override.tf": "locals {\n  key = null\n}\n",
    },
    "an override of a variable's default": {
        "main.tf": KEY
        + 'variable "key" {\n  default = "alias/customer"\n}\n'
        + 'resource "aws_kms_alias" "a" {\n  name = "alias/customer"\n'
        + "  target_key_id = aws_kms_key.k.arn\n}\n"
        + vault("var.key"),
        "override.tf": 'variable "key" {\n  default = null\n}\n',
    },
    "a .tofu file in place of the .tf": {"main.tf": GOOD, "main.tofu": MISSING},
    "an empty .tofu file in place of the .tf, for Terraform": {"main.tf": MISSING, "main.tofu": ""},
    "a .tofu override that mends the vault, for Terraform": {
        "main.tf": KEY + MISSING,
        "override.tofu": 'resource "aws_backup_vault" "v" {\n'
        "  kms_key_arn = aws_kms_key.k.arn\n}\n",
    },
    "a .tofu file in JSON": {
        "main.tf.json": "{}",
        "main.tofu.json": '{"resource": {"aws_backup_vault": {"v": {"name": "v"}}}}',
    },
    "a .tofu override": {
        "main.tf": GOOD,
        "override.tofu": 'resource "aws_backup_vault" "v" {\n  kms_key_arn = ""\n}\n',
    },
    "tfvars that take the key away": {
        "main.tf": KEY
        + 'variable "key" {\n  default = "alias/mine"\n}\n'
        + 'resource "aws_kms_alias" "a" {\n  name = "alias/mine"\n'
        + "  target_key_id = aws_kms_key.k.arn\n}\n"
        + vault("var.key"),
        "z.auto.tfvars": "key = null\n",
    },
    "tfvars in JSON that take the key away": {
        "main.tf": KEY
        + 'variable "on" {\n  default = true\n}\n'
        + vault("var.on ? aws_kms_key.k.arn : null"),
        "terraform.tfvars.json": '{"on": false}',
    },
    # -- bytes
    "CRLF": {"main.tf": MISSING.replace("\n", "\r\n")},
    "CRLF in a heredoc before it": {
        "main.tf": ("locals {\n  x = <<EOT\nno\nEOT\n}\n" + MISSING).replace("\n", "\r\n")
    },
    "a byte order mark": {"main.tf": b"\xef\xbb\xbf" + MISSING.encode()},
    "two byte order marks": {"main.tf": b"\xef\xbb\xbf\xef\xbb\xbf" + MISSING.encode()},
    "UTF-16": {"main.tf": MISSING.encode("utf-16")},
    "UTF-16 without a mark": {"main.tf": MISSING.encode("utf-16-le")},
    "UTF-16 of the other order": {"main.tf": MISSING.encode("utf-16-be")},
    "UTF-32": {"main.tf": MISSING.encode("utf-32")},
    "a NUL in the type": {"main.tf": MISSING.replace("vault", "va\0ult", 1)},
    "bytes that are not UTF-8": {"main.tf": b"# \xff\n" + MISSING.encode()},
    "a lone carriage return after a comment": {"main.tf": "# comment\r" + MISSING},
    "a line separator in a comment": {"main.tf": f"# comment\u2028\n{MISSING}"},
    "a form feed": {"main.tf": "\f\v\n" + MISSING},
    # -- what looks like a comment, and what looks like code
    "a comment's end in a string": {
        "main.tf": 'locals {\n  a = "/*"\n}\n' + MISSING + 'locals {\n  b = "*/"\n}\n'
    },
    "a comment in a comment": {"main.tf": "/* /* */\n" + MISSING + "# */\n"},
    "a glob in a string": {"main.tf": 'locals {\n  a = "x/*"\n}\n' + MISSING},
    "the key in a comment": {"main.tf": MISSING.replace("}", "  # kms_key_arn = x\n}")},
    "the key in a comment's long form": {
        "main.tf": KEY + MISSING.replace("}", "  /* \n kms_key_arn = aws_kms_key.k.arn */\n}")
    },
    "the key in a nested block": {
        "main.tf": KEY + MISSING.replace("}", "  x {\n  kms_key_arn = aws_kms_key.k.arn\n }\n}")
    },
    "the key in a heredoc": {
        "main.tf": KEY
        + MISSING.replace("}", "  tags = <<E\n  kms_key_arn = aws_kms_key.k.arn\nE\n}")
    },
    "the key under a look-alike name": {
        "main.tf": KEY + MISSING.replace("}", "  kms_key_\u0430rn = aws_kms_key.k.arn\n}")
    },
    "the key in another case": {
        "main.tf": KEY + MISSING.replace("}", "  KMS_KEY_ARN = aws_kms_key.k.arn\n}")
    },
    "the key dynamic": {
        "main.tf": KEY
        + MISSING.replace(
            "}",
            '  dynamic "kms_key_arn" {\n  for_each = [1]\n'
            "  content { x = aws_kms_key.k.arn }\n  }\n}",
        )
    },
    # -- heredocs that swallow
    "a marker with trailing spaces": {"main.tf": "locals {\n  a = <<EOT\nx\nEOT   \n}\n" + MISSING},
    "a marker with a trailing tab": {"main.tf": "locals {\n  a = <<EOT\nx\nEOT\t\n}\n" + MISSING},
    "a marker that is indented": {"main.tf": "locals {\n  a = <<EOT\nx\n   EOT\n}\n" + MISSING},
    "a marker in an interpolation": {
        "main.tf": 'locals {\n  a = <<EOT\n${"\nEOT\n"}\nEOT\n}\n' + MISSING
    },
    "a marker that begins another": {
        "main.tf": "locals {\n  a = <<EO\nEOT\nEO\n}\n" + MISSING + "# EOT\n"
    },
    "a heredoc that is no heredoc": {"main.tf": "locals {\n  a = 1 <<EOT\n}\n" + MISSING},
    "a shift in a comment": {"main.tf": "# <<EOT\n" + MISSING + "# EOT\n"},
    "a heredoc in a string": {"main.tf": 'locals {\n  a = "<<EOT"\n}\n' + MISSING + "# EOT\n"},
    "a brace in a template": {"main.tf": 'locals {\n  a = "${"}"}"\n}\n' + MISSING},
    "an escaped interpolation": {"main.tf": 'locals {\n  a = "$${"\n  b = "%%{"\n}\n' + MISSING},
    "a dollar before an interpolation": {"main.tf": 'locals {\n  a = "$$${"x"}"\n}\n' + MISSING},
    "a backslash before a quote": {"main.tf": 'locals {\n  a = "\\\\"\n}\n' + MISSING},
    # -- a file that is broken, or long, or elsewhere
    "a parse error that loses the rest": {"main.tf": "locals {\n  a = \n}\n" + MISSING},
    "an open string before it": {"main.tf": 'locals {\n  a = "\n}\n' + MISSING},
    "an open brace before it": {"main.tf": "locals {\n" + MISSING},
    "an open comment before it": {"main.tf": "/*\n" + MISSING},
    "an open heredoc before it": {"main.tf": "locals {\n  a = <<E\n}\n" + MISSING},
    "a brace too many before it": {"main.tf": "}\n" + MISSING},
    "a broken file beside it": {"a.tf": "locals {", "main.tf": vault("local.key")},
    "a broken override file": {"main.tf": GOOD, "override.tf": 'resource "aws_backup_vault" "v" {'},
    "broken tfvars": {
        "main.tf": KEY
        + 'variable "on" {\n  default = true\n}\n'
        + vault("var.on ? aws_kms_key.k.arn : null"),
        "terraform.tfvars": "on = false\nx =\n",
    },
    "two megabytes of filler first": {"main.tf": LONG + MISSING},
    "fifty megabytes first": {"main.tf": "# filler\n" * 6_000_000 + MISSING},
    "a hidden folder": {".hidden/main.tf": MISSING},
    "a file that .gitignore leaves out": {".gitignore": "*.tf\n", "main.tf": MISSING},
    "a file that .ignore leaves out": {
        ".ignore": "*\n",
        ".iac-checkignore": "*\n",
        "a.tf": MISSING,
    },
    "a folder called build": {"build/main.tf": MISSING},
    "a folder of tests": {"tests/main.tf": MISSING},
    "a folder of examples": {"examples/a/main.tf": MISSING},
    "a module in a folder that is skipped": {
        "main.tf": 'module "m" {\n  source = "./node_modules/m"\n}\n',
        "node_modules/m/main.tf": MISSING,
    },
    "a module in a virtual environment": {
        "main.tf": 'module "m" {\n  source = "./.venv/m"\n}\n',
        ".venv/m/main.tf": MISSING,
    },
    "a module in .git": {
        "main.tf": 'module "m" {\n  source = "./.git/m"\n}\n',
        ".git/m/main.tf": MISSING,
    },
    "a module in .terraform without a manifest": {
        "main.tf": 'module "m" {\n  source = "./.terraform/m"\n}\n',
        ".terraform/m/main.tf": MISSING,
    },
    "a folder with a space and a bracket": {"a [b]/main.tf": MISSING},
    "a file that is a link": {"real.txt": MISSING, "main.tf": "-> real.txt"},
    "a file that links out of the repository": {"main.tf": "-> ../../outside.tf"},
    "a folder that is a link": {"real/x.txt": MISSING, "main.tf": "-> real/x.txt"},
    "instances by files behind a link": {
        "main.tf": MISSING.replace("{", '{\n  for_each = fileset(path.module, "link/*")', 1),
        "real/x.txt": "",
        "link": "-> real",
    },
    "instances by files outside of the repository": {
        "main.tf": MISSING.replace("{", '{\n  for_each = fileset(path.module, "link/*")', 1),
        "link": "-> ..",
    },
    "instances by files that a pattern leads up to": {
        "a/main.tf": MISSING.replace("{", '{\n  for_each = fileset(path.module, "../b/*")', 1),
        "b/x.txt": "",
    },
    # -- modules
    "a module through a link": {
        "main.tf": 'module "m" {\n  source = "./link"\n}\n',
        "hidden/main.txt": "",
        "other/main.tf": 'variable "key" {\n  default = null\n}\n' + vault("var.key"),
        "link": "-> other",
    },
    "a module through an escaped source": {
        "main.tf": 'module "m" {\n  source = "./\\u006d"\n  key = null\n}\n',
        "m/main.tf": 'variable "key" {}\n' + vault("var.key"),
    },
    "a module that comments hide": {
        "main.tf": 'module "m" {\n  source /* x */ = /* y */ "./m"\n  key = null\n}\n',
        "m/main.tf": 'variable "key" {}\n' + vault("var.key"),
    },
    "a module in a heredoc": {
        "main.tf": 'module "m" {\n  source = <<E\n./m\nE\n}\n',
        "m/main.tf": MISSING,
    },
    "a module by an absolute path": {
        "main.tf": 'module "m" {\n  source = "/m"\n}\n' + vault("module.m.arn"),
    },
    "a module with a good call, then a bad one": {
        "main.tf": KEY
        + 'module "a" {\n  source = "./m"\n  key = aws_kms_key.k.arn\n}\n'
        + 'module "b" {\n  source = "./m"\n  key = null\n}\n',
        "m/main.tf": 'variable "key" {}\n' + vault("var.key"),
    },
    "a module whose call has an unknown for_each": {
        "main.tf": 'variable "x" {}\nmodule "m" {\n  source = "./m"\n  for_each = var.x\n'
        "  key = each.value\n}\n",
        "m/main.tf": 'variable "key" {}\n' + vault("var.key"),
    },
    "modules that call each other": {
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\n' + MISSING,
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
    },
    "a module that calls itself": {"main.tf": 'module "m" {\n  source = "./."\n}\n' + MISSING},
    "a known module's name with another host": {
        "main.tf": 'module "kms" {\n  source = "evil.example/terraform-aws-modules/kms/aws"\n}\n'
        + vault("module.kms.key_arn"),
    },
    "a known module's name as a folder": {
        "main.tf": 'module "kms" {\n  source = "./terraform-aws-modules/kms/aws"\n}\n'
        + vault("module.kms.key_arn"),
        "terraform-aws-modules/kms/aws/main.tf": 'output "key_arn" {\n  value = null\n}\n',
    },
    "a known module's look-alike": {
        "main.tf": 'module "kms" {\n  source = "terraform-\u0430ws-modules/kms/aws"\n}\n'
        + vault("module.kms.key_arn"),
    },
    "a known module that a manifest replaces": {
        "main.tf": 'module "kms" {\n  source = "terraform-aws-modules/kms/aws"\n}\n'
        + vault("module.kms.key_arn"),
        ".terraform/modules/modules.json": '{"Modules": [{"Key": "kms", '
        '"Source": "registry.terraform.io/terraform-aws-modules/kms/aws", "Dir": "fake"}]}',
        "fake/main.tf": 'output "key_arn" {\n  value = null\n}\n',
    },
    "a call by an escaped source": hidden_call('source = "../\\u006d"'),
    "a call by an escaped dot": hidden_call('source = "\\u002e./m"'),
    "a call behind a comment": hidden_call('source /* x */ = "../m"'),
    "a call before a comment": hidden_call('source = /* x */ "../m"'),
    "a call in parentheses": hidden_call('source = ("../m")'),
    "a call in an interpolation": hidden_call('source = "../${"m"}"'),
    "a call by a condition": hidden_call('source = "x" == "x" ? "../m" : ""'),
    "a call that a look-alike precedes": hidden_call('source_ = "./x"\n  source = "..//m"'),
    "a call over lines of JSON": {
        "a/main.tf.json": '{"module": {"m": {"source"\n:\n"../m", "key": null}}}',
        "m/main.tf": MODULE,
    },
    "an escaped call in JSON": {
        "a/main.tf.json": '{"modul\\u0065": {"m": {"sourc\\u0065": "../\\u006d", "key": null}}}',
        "m/main.tf": MODULE,
    },
    "a call through a link": {
        "a/main.tf": 'module "m" {\n  source = "../l"\n  key = null\n}\n',
        "l": "-> m",
        "m/main.tf": MODULE,
    },
    # -- conditions and collections
    "an unknown for_each": {
        "main.tf": 'variable "x" {}\n' + MISSING.replace("name", "for_each = var.x\n  name")
    },
    "an unknown count": {
        "main.tf": 'variable "n" {}\n' + MISSING.replace("name", "count = var.n\n  name")
    },
    "a count that is not false": {
        "main.tf": MISSING.replace("name", "count = !false ? 1 : 0\n name")
    },
    "one bad element of many": {
        "main.tf": KEY
        + 'resource "aws_backup_vault" "v" {\n  for_each = { a = aws_kms_key.k.arn, b = null }\n'
        + "  name = each.key\n  kms_key_arn = each.value\n}\n"
    },
    "a world in which the key is gone": {
        "main.tf": KEY
        + 'variable "x" {}\n'
        + vault('sha256(var.x) == "0" ? null : aws_kms_key.k.arn')
    },
    "a default that validation only pretends to refuse": {
        "main.tf": KEY
        + 'variable "x" {\n  default = null\n  validation {\n    condition = var.x == var.x\n'
        + '    error_message = "x"\n  }\n}\n'
        + vault("var.x")
    },
    "try over a key that is not there": {"main.tf": vault("try(aws_kms_key.gone.arn, null)")},
    "coalesce of nothing": {"main.tf": vault('try(coalesce(null, ""), null)')},
    "a key that is not created": {
        "main.tf": 'resource "aws_kms_key" "k" {\n  count = 0\n}\n'
        + vault("one(aws_kms_key.k[*].arn)")
    },
    "a key in another provider's guise": {
        "main.tf": 'resource "null_resource" "aws_kms_key" {}\n'
        + vault("null_resource.aws_kms_key.id")
    },
    "a data source that is called like a key": {
        "main.tf": 'data "aws_kms_key" "k" {\n  key_id = "alias/aws/backup"\n}\n'
        + vault("data.aws_kms_key.k.arn")
    },
    "a customer alias of the managed key": {
        "main.tf": 'data "aws_kms_alias" "m" {\n  name = "alias/aws/backup"\n}\n'
        + 'resource "aws_kms_alias" "a" {\n  name = "alias/mine"\n'
        + "  target_key_id = data.aws_kms_alias.m.target_key_id\n}\n"
        + vault("aws_kms_alias.a.arn")
    },
    "the name Default by a variable that may be another": {
        "main.tf": 'variable "n" {}\n' + MISSING.replace('"v"\n', "var.n\n")
    },
    "the name Default in another case": {
        "main.tf": MISSING.replace('name = "v"', 'name = "DEFAULT"')
    },
    "the name Default with a space": {
        "main.tf": MISSING.replace('name = "v"', 'name = "Default "')
    },
    "a literal key ARN": {"main.tf": vault('"arn:aws:kms:eu-west-1:1:key/a"')},
    "an import block": {
        "main.tf": 'import {\n  to = aws_backup_vault.v\n  id = "v"\n}\n' + MISSING
    },
    "a moved block": {
        "main.tf": "moved {\n  from = aws_backup_vault.old\n  to = aws_backup_vault.v\n}\n"
        + MISSING
    },
    "a removed block": {"main.tf": "removed {\n  from = aws_backup_vault.v\n}\n" + MISSING},
    "lifecycle ignores the key": {
        "main.tf": MISSING.replace("}", "  lifecycle {\n  ignore_changes = [kms_key_arn]\n }\n}")
    },
    # -- ignore comments
    "an ignore with a look-alike letter": {
        "main.tf": "# iac-check: ignor\u0435[BACKUP001] x\n" + MISSING
    },
    "an ignore without a reason": {"main.tf": "# iac-check: ignore[BACKUP001]\n" + MISSING},
    "an ignore whose reason is a space": {
        "main.tf": "# iac-check: ignore[BACKUP001] \u00a0\n" + MISSING
    },
    "an ignore whose reason is invisible": {
        "main.tf": "# iac-check: ignore[BACKUP001] \u200b\u2060\n" + MISSING
    },
    "an ignore whose reason is letters that are not seen": {
        "main.tf": "# iac-check: ignore[BACKUP001] \u3164\u115f\uffa0\n" + MISSING
    },
    "an ignore that has expired": {
        "main.tf": "# iac-check: ignore[BACKUP001] x until=2020-01-01\n" + MISSING
    },
    "an ignore with an impossible date": {
        "main.tf": "# iac-check: ignore[BACKUP001] x until=2999-02-31\n" + MISSING
    },
    "an ignore in a string": {
        "main.tf": MISSING.replace('"v"\n}', '"v"\n  x = "# iac-check: ignore[BACKUP001] x"\n}')
    },
    "an ignore in a heredoc": {
        "main.tf": MISSING.replace("}", "  x = <<E\n# iac-check: ignore[BACKUP001] x\nE\n}")
    },
    "an ignore before another vault in its line": {
        "main.tf": '/* iac-check: ignore[BACKUP001] x */ resource "aws_kms_key" "k" {}\n' + MISSING
    },
    "an ignore before the end of another block": {
        "main.tf": "locals {\n  /* iac-check: ignore[BACKUP001] x\n  */ }\n" + MISSING
    },
    "an ignore whose date has spaces": {
        "main.tf": "# iac-check: ignore[BACKUP001] x until = 2020-01-01\n" + MISSING
    },
    "an ignore with two dates": {
        "main.tf": "# iac-check: ignore[BACKUP001] x until=2999-01-01 until=2020-01-01\n" + MISSING
    },
    "an ignore of all rules": {"main.tf": "# iac-check: ignore[*] x\n" + MISSING},
    "an ignore two lines above": {"main.tf": "# iac-check: ignore[BACKUP001] x\n\n" + MISSING},
    "a skip of Checkov's": {
        "main.tf": MISSING.replace("name", "#checkov:skip=CKV_AWS_166:x\n name")
    },
    "a skip of tfsec's": {"main.tf": "#tfsec:ignore:*\n#trivy:ignore:*\n" + MISSING},
    # -- stacks: what a component gives counts, not the defaults of its module
    "a component's inputs": {
        "s/a.tfcomponent.hcl": 'component "m" {\n  source = "../m"\n  inputs = { key = null }\n}\n',
        "m/main.tf": MODULE,
    },
    "a component's inputs in JSON": {
        "s/a.tfcomponent.json": '{"component": {"m": {"source": "../m", "inputs": {"key": ""}}}}',
        "m/main.tf": MODULE,
    },
    "a component whose source has escapes": {
        "s/a.tfcomponent.hcl": 'component "m" {\n  source = "\\u002e./m"\n'
        "  inputs = { key = null }\n}\n",
        "m/main.tf": MODULE,
    },
    "a component beside the module": {
        "m/a.tfstack.hcl": 'component "m" {\n  source = "./"\n  inputs = { key = null }\n}\n',
        "m/main.tf": MODULE,
    },
    "one deployment of two": {
        "s/a.tfcomponent.hcl": 'variable "key" {\n  type = string\n}\n'
        'component "m" {\n  source = "../m"\n  inputs = { key = var.key }\n}\n',
        "s/a.tfdeploy.hcl": 'deployment "a" {\n  inputs = { key = "alias/mine" }\n}\n'
        'deployment "b" {\n  inputs = { key = null }\n}\n',
        "m/main.tf": MODULE,
    },
    # -- Terragrunt
    "inputs that take the key away": {
        "m/main.tf": 'variable "key" {}\n' + vault("var.key"),
        "live/terragrunt.hcl": 'terraform {\n  source = "../m"\n}\ninputs = {\n  key = null\n}\n',
    },
    "inputs from an include": {
        "root.hcl": "inputs = {\n  key = null\n}\n",
        "m/main.tf": 'variable "key" {}\n' + vault("var.key"),
        "live/terragrunt.hcl": 'include "root" {\n  path = "../root.hcl"\n}\n'
        'terraform {\n  source = "../m"\n}\n',
    },
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_not_passed(attack: str, check: Callable[..., Any]) -> None:
    outcome = check(ATTACKS[attack])
    assert outcome.code in (1, 2), (outcome.verdicts, outcome.told)


def test_what_the_attacks_are_made_of_passes(check: Callable[..., Any]) -> None:
    """Else the attacks would be found for another reason."""
    assert check({"main.tf": GOOD, "m/main.tf": MODULE}).code == 0

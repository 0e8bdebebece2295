"""Inputs that grow: each ends with a report, within a bounded memory. No time is asserted."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from .conftest import plant

BYTES = 2 * 1024**3
SECONDS = 180  # generous: a hang is a hang, a busy machine is none

KEY = 'resource "aws_kms_key" "k" {}\n'


def vault(key: str, more: str = "") -> str:
    return f'resource "aws_backup_vault" "v" {{\n  name = "v"\n  kms_key_arn = {key}\n{more}}}\n'


def template(key: str, before: str = "") -> str:
    return (
        f"{before}Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Properties:\n"
        f"      BackupVaultName: v\n      EncryptionKeyArn: {key}\n"
    )


def chain(first: str, step: str, levels: int) -> str:
    lines = [f"  a0 = {first}", *(f"  a{n} = {step.format(n - 1)}" for n in range(1, levels))]
    return "locals {\n" + "\n".join(lines) + "\n}\n" + vault(f"local.a{levels - 1}")


def modules(levels: int, calls: int) -> dict[str, str]:
    found = {}
    for level in range(levels):
        below = f"../m{level + 1}"
        text = "".join(f'module "c{n}" {{\n  source = "{below}"\n}}\n' for n in range(calls))
        found[f"m{level}/main.tf"] = text
    found[f"m{levels}/main.tf"] = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'
    return found


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels))
    return "\n".join(lines) + "\n"


CATASTROPHE = '"(a*)*(a|a)*(a|aa)+$"'
SUBJECT = '"' + "a" * 5_000 + '!"'
WORLDS = "".join(f'variable "v{n}" {{}}\n' for n in range(40))
MANY = range(3_000)


def vaults(key: Callable[[int], str], count: int = len(MANY), before: str = "") -> str:
    """A template of many vaults, the key of each from its number."""
    vault = "  V{0}: {{Type: AWS::Backup::BackupVault, Properties: {{EncryptionKeyArn: {1}}}}}\n"
    return f"{before}Resources:\n" + "".join(vault.format(n, key(n)) for n in range(count))


# ruff: noqa: E501 (one line an input)
TREES: dict[str, Callable[[], Mapping[str, str | bytes]]] = {
    # -- depth
    "brackets in HCL": lambda: {"main.tf": vault("[" * 50_000 + "]" * 50_000)},
    "parentheses in HCL": lambda: {"main.tf": vault("(" * 50_000 + "null" + ")" * 50_000)},
    "calls in HCL": lambda: {"main.tf": vault("upper(" * 20_000 + '"x"' + ")" * 20_000)},
    "negations": lambda: {"main.tf": vault("!" * 200_000 + "true")},
    "minus signs": lambda: {"main.tf": vault("-" * 200_000 + "1")},
    "conditionals": lambda: {"main.tf": vault("true ? null : " * 20_000 + "null")},
    "additions": lambda: {"main.tf": vault("1 + " * 50_000 + "1")},
    "attributes": lambda: {"main.tf": vault("var" + ".a" * 100_000)},
    "indexes": lambda: {"main.tf": vault("var.a" + "[0]" * 50_000)},
    "splats": lambda: {"main.tf": vault("var.a" + "[*]" * 20_000)},
    "interpolations": lambda: {"main.tf": vault('"${' * 5_000 + "null" + '}"' * 5_000)},
    "directives": lambda: {"main.tf": vault('"' + "%{ if true }" * 5_000 + "%{ endif }" * 5_000 + '"')},
    "blocks": lambda: {"main.tf": vault("null", "a {\n" * 50_000 + "}\n" * 50_000)},
    "objects": lambda: {"main.tf": vault("{a=" * 20_000 + "1" + "}" * 20_000)},
    "for in for": lambda: {"main.tf": vault("[for a in " * 5_000 + "[]" + " : a]" * 5_000)},
    "types in comments": lambda: {
        "t.yaml": template("x") + "Resources:\n" + ("Type: " + "# " * 499 + "\n") * 5_000
    },
    # -- many names
    "imports by the names of stacks": lambda: {
        "t.yaml": vaults(lambda n: f"!ImportValue prod-x-k{n}"),
        "u.yaml": "Resources: {K: {Type: AWS::KMS::Key}}\nOutputs:\n"
        + "".join(
            f"  O{n}: {{Value: x, Export: {{Name: !Sub '${{AWS::StackName}}-k{n}'}}}}\n"
            for n in MANY
        ),
    },
    "an import that many stacks may export": lambda: {
        "t.yaml": vaults(
            lambda n: f"!ImportValue {{'Fn::Sub': '${{P{n}}}-k'}}",
            before="Parameters:\n" + "".join(f"  P{n}: {{Type: String}}\n" for n in MANY),
        ),
        "u.yaml": "Resources: {K: {Type: AWS::KMS::Key}}\nOutputs:\n"
        + "".join(
            f"  O{n}: {{Value: !GetAtt K.Arn, Export: {{Name: !Sub '${{AWS::StackName}}-k'}}}}\n"
            for n in MANY
        ),
    },
    "a list of parameters of a stack set": lambda: {
        "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n"
        "      TemplateURL: u.yaml\n      Parameters:\n"
        + "".join(
            f"        - {{ParameterKey: P{n}, ParameterValue: alias/aws/backup}}\n"
            for n in range(5_000)
        ),
        "u.yaml": vaults(
            lambda n: f"!Ref P{n}",
            5_000,
            "Parameters:\n" + "".join(f"  P{n}: {{Type: String}}\n" for n in range(5_000)),
        ),
    },
    "a list of parameters of a stack that Terraform deploys": lambda: {
        "main.tf": 'resource "awscc_cloudformation_stack" "s" {\n  stack_name = "s"\n'
        '  template_body = file("u.yaml")\n  parameters = [\n'
        + "".join(
            f'    {{ parameter_key = "P{n}", parameter_value = "alias/aws/backup" }},\n'
            for n in range(5_000)
        )
        + "  ]\n}\n",
        "u.yaml": vaults(
            lambda n: f"!Ref P{n}",
            5_000,
            "Parameters:\n" + "".join(f"  P{n}: {{Type: String}}\n" for n in range(5_000)),
        ),
    },
    "parameters that a nested template lacks": lambda: {
        "t.yaml": "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        "      TemplateURL: u.yaml\n      Parameters:\n"
        + "".join(f"        SomeLongParameterName{n}x: a\n" for n in MANY),
        "u.yaml": vaults(
            lambda n: f"!Ref SomeLongParameterName{n}y",
            before="Parameters:\n"
            + "".join(f"  SomeLongParameterName{n}y: {{Type: String}}\n" for n in MANY),
        ),
    },
    "allowed values": lambda: {
        "t.yaml": vaults(
            lambda n: f"!Sub 'alias/${{P{n % 2}}}'",
            10,
            "Parameters:\n"
            + "".join(
                f"  P{p}: {{Type: String, AllowedValues: [{', '.join(f'v{n}' for n in values)}]}}\n"
                for p, values in enumerate((range(30_000), range(500)))
            ),
        ),
    },
    "flow sequences in YAML": lambda: {"t.yaml": template("[" * 100_000)},
    "flow mappings in YAML": lambda: {"t.yaml": template("{a: " * 100_000)},
    "block sequences in YAML": lambda: {"t.yaml": template("\n        " + "- " * 50_000 + "x")},
    "explicit keys in YAML": lambda: {"t.yaml": template("\n        " + "? " * 50_000 + "x")},
    "tags in YAML": lambda: {"t.yaml": template("!Sub " * 20_000 + "x")},
    "intrinsic functions": lambda: {"t.yaml": template("{'Fn::Sub': " * 400 + "x" + "}" * 400)},
    "arrays in JSON": lambda: {"t.json": '{"Resources": ' + "[" * 200_000 + "}", "u.yaml": template("x")},
    "objects in JSON": lambda: {
        "main.tf.json": '{"resource": {"aws_backup_vault": {"v": ' + '{"a":' * 100_000 + "}}}"
    },
    "brackets of an expression in JSON": lambda: {
        "main.tf.json": '{"resource": {"aws_backup_vault": {"v": {"kms_key_arn": "${'
        + "[" * 50_000 + "]" * 50_000 + '}"}}}}'
    },
    "jsondecode": lambda: {"main.tf": vault('jsondecode("' + "[" * 100_000 + '")')},
    "yamldecode": lambda: {"main.tf": vault('yamldecode("' + "[" * 50_000 + '")')},
    # -- growth
    "exponential locals": lambda: {"main.tf": chain('"x"', '"${{local.a{0}}}${{local.a{0}}}"', 40)},
    "exponential lists": lambda: {"main.tf": chain("[1]", "concat(local.a{0}, local.a{0})", 40)},
    "exponential trees": lambda: {"main.tf": chain("[1]", "[local.a{0}, local.a{0}]", 60)},
    "exponential trees, printed": lambda: {
        "main.tf": chain("[1]", "[local.a{0}, local.a{0}]", 60).replace(
            "kms_key_arn = local.a59", "kms_key_arn = jsonencode(local.a59)"
        )
    },
    "exponential trees, compared": lambda: {
        "main.tf": chain("[1]", "[local.a{0}, local.a{0}]", 60).replace(
            "kms_key_arn = local.a59", "kms_key_arn = local.a59 == local.a58 ? null : null"
        )
    },
    "exponential trees, unknown": lambda: {
        "main.tf": 'variable "x" {}\n'
        + chain("var.x", '"${{local.a{0}}}${{local.a{0}}}"', 60)
    },
    "exponential conditions": lambda: {
        "main.tf": 'variable "x" {}\n'
        + chain("var.x", "local.a{0} == local.a{0} ? local.a{0} : local.a{0}", 60)
    },
    **{
        f"trails that double: {step}": (
            lambda step=step: {"main.tf": chain("[]", step, 200)}  # type: ignore[misc]
        )
        for step in (
            "local.a{0} == local.a{0}",
            "local.a{0} == [] ? local.a{0} : local.a{0}",
            "try(local.a{0}[0], local.a{0})",
            "can(local.a{0}[0]) || local.a{0} == []",
            "concat(local.a{0}, local.a{0})",
            "[for x in local.a{0} : local.a{0}]",
            "flatten([local.a{0}[*], local.a{0}])",
            "coalescelist(local.a{0}, [length(local.a{0})])",
            "min(length(local.a{0}), length(local.a{0})) > 0 ? local.a{0} : local.a{0}",
        )
    },
    "exponential format": lambda: {"main.tf": chain('"x"', 'format("%s%s", local.a{0}, local.a{0})', 60)},
    "exponential replace": lambda: {"main.tf": chain('"x"', 'replace(local.a{0}, "x", "xx")', 60)},
    "exponential setproduct": lambda: {
        "main.tf": chain("[1, 2]", "setproduct(local.a{0}, local.a{0})", 20)
    },
    "a range of a thousand million": lambda: {"main.tf": vault("range(1e9)")},
    "a power": lambda: {"main.tf": vault("pow(10, 1e9)")},
    "a power of powers": lambda: {"main.tf": vault("9" * 399 + " * 9" * 5_000)},
    "a wide format": lambda: {"main.tf": vault('format("%999999999d", 1)')},
    "a precise format": lambda: {"main.tf": vault('format("%.999999999f", 1)')},
    "a long join": lambda: {"main.tf": vault('join("' + "x" * 100_000 + '", range(100000))')},
    "a count of a thousand million": lambda: {"main.tf": vault("null", "  count = 1e9\n")},
    "a count with an exponent": lambda: {"main.tf": vault("null", "  count = 1e308\n")},
    "cidrsubnets": lambda: {"main.tf": vault('cidrsubnets("10.0.0.0/8", ' + "24, " * 20_000 + "24)")},
    "a zip": lambda: {"main.tf": vault('base64gunzip("H4sIAAAAAAAC/+3BAQ0AAADCoPdPbQ8HFAAAAAAAAAAA")')},
    "for in for, evaluated": lambda: {
        "main.tf": vault(
            "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]"
        )
    },
    "a catastrophic pattern": lambda: {"main.tf": vault(f"regex({CATASTROPHE}, {SUBJECT})")},
    "a catastrophic pattern, all": lambda: {"main.tf": vault(f"regexall({CATASTROPHE}, {SUBJECT})")},
    "a catastrophic replacement": lambda: {
        "main.tf": vault(f'replace({SUBJECT}, "/(a*)*b/", "x")')
    },
    "a counted pattern": lambda: {"main.tf": vault(f'regex("((a{{1000}}){{1000}}){{1000}}", {SUBJECT})')},
    "a pattern of globs": lambda: {"main.tf": vault('fileset(path.module, "' + "**/" * 500 + '*")')},
    "braces in a glob": lambda: {"main.tf": vault('fileset(path.module, "' + "{a,b}" * 60 + '")')},
    "a list of a million": lambda: {"main.tf": vault("length([" + "1," * 1_000_000 + "])")},
    "a for_each of a million": lambda: {
        "main.tf": vault("null", "  for_each = toset([" + '"x",' * 1_000_000 + "])\n")
    },
    "a million blocks": lambda: {"main.tf": "a {}\n" * 1_000_000 + vault("null")},
    "a JSON list of a million": lambda: {
        "main.tf.json": '{"locals": {"a": [' + "1," * 1_000_000 + '1]}, "resource": '
        '{"aws_backup_vault": {"v": {"name": "v"}}}}'
    },
    "a YAML list of a million": lambda: {"t.yaml": template("[" + "1," * 1_000_000 + "1]")},
    # -- references
    "an alias bomb": lambda: {"t.yaml": template("*a9", bomb(10))},
    "a large alias bomb": lambda: {"t.yaml": template("*a99", bomb(100))},
    "an alias bomb in yamldecode": lambda: {
        "main.tf": vault("yamldecode(<<E\n" + bomb(10) + "E\n)")
    },
    "a merge bomb in yamldecode": lambda: {
        "main.tf": vault(
            "yamldecode(<<E\nm0: &m0 {a: 1}\n"
            + "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}\n" for n in range(1, 40))
            + "E\n)"
        )
    },
    "an index into many": lambda: {
        "main.tf": 'variable "k" {}\n' + vault("range(500)[var.k] == 1 ? null : null")
    },
    "a merge bomb": lambda: {
        "t.yaml": template(
            "x",
            "m0: &m0 {a: 1}\n"
            + "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}], k{n}: 1}}\n" for n in range(1, 40)),
        )
    },
    "a million anchors": lambda: {
        "t.yaml": template("x", "a:\n" + "".join(f"- &a{n} x\n" for n in range(200_000)))
    },
    "locals in a circle": lambda: {
        "main.tf": "locals {\n  a = local.b\n  b = local.a\n}\n" + vault("local.a")
    },
    "a long chain of locals": lambda: {"main.tf": chain("null", "local.a{0}", 20_000)},
    "a long chain of modules": lambda: modules(400, 1),
    "modules that multiply": lambda: modules(16, 3),
    "modules that multiply by count": lambda: {
        "main.tf": 'module "a" {\n  source = "./a"\n  count = 1000\n}\n',
        "a/main.tf": 'module "b" {\n  source = "../b"\n  count = 1000\n}\n',
        "b/main.tf": vault("null", "  count = 1000\n"),
    },
    "aliases that multiply": lambda: {
        name: text.replace("aws_backup_vault", "aws_kms_alias")
        for name, text in modules(16, 3).items()
    }
    | {"main.tf": 'module "m" {\n  source = "./m0"\n}\n' + vault('"alias/x"')},
    "stacks that multiply": lambda: {
        **{
            f"s{n}.yaml": "Resources:\n"
            + "".join(
                f"  S{i}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
                f"      TemplateURL: s{n + 1}.yaml\n"
                for i in range(4)
            )
            for n in range(12)
        },
        "s12.yaml": template("!Ref AWS::NoValue"),
    },
    **{
        f"variables of a service that double: {name}": (
            lambda first=first, step=step: {  # type: ignore[misc]
                "serverless.yml": "service: s\nprovider: {name: aws}\ncustom:\n"
                + f"  a0: {first}\n"
                + "".join(f"  a{n}: {step.format(f'${{self:custom.a{n - 1}}}')}\n" for n in range(1, 60))
                + "resources:\n  " + template("${self:custom.a59}").replace("\n", "\n  ")
            }
        )
        for name, first, step in (
            ("lists", "[x, x]", "['{0}', '{0}']"),
            ("texts", "xx", "'{0}{0}'"),
            ("links", "x", "{0}"),
        )
    },
    "variables of a service in a circle": lambda: {
        "serverless.yml": "service: s\nprovider: {name: aws}\n"
        "custom: {a: 'x${self:custom.b}', b: 'x${self:custom.a}'}\n"
        "resources:\n  " + template("${self:custom.a}").replace("\n", "\n  ")
    },
    "worlds that multiply": lambda: {
        "main.tf": WORLDS
        + vault(
            'join("", [' + ", ".join(f'var.v{n} == "a" ? "x" : "y"' for n in range(40)) + "])"
        )
    },
    "conditions that multiply": lambda: {
        "t.yaml": "Parameters:\n"
        + "".join(f"  P{n}: {{Type: String}}\n" for n in range(40))
        + "Conditions:\n"
        + "".join(f"  C{n}: !Equals [!Ref P{n}, x]\n" for n in range(40))
        + template("!Join ['', [" + ", ".join(f"!If [C{n}, a, b]" for n in range(40)) + "]]")
    },
    "conditions that refer to each other twice": lambda: {
        "t.yaml": "Parameters: {P: {Type: String}}\nConditions:\n  C0: !Equals [!Ref P, x]\n"
        + "".join(
            f"  C{n}: !And [!Condition C{n - 1}, !Not [!Condition C{n - 1}]]\n" for n in range(1, 60)
        )
        + template("!If [C59, a, !Ref AWS::NoValue]")
    },
    "loops in loops": lambda: {
        "t.yaml": "Transform: AWS::LanguageExtensions\nResources:\n"
        + "  Fn::ForEach::A:\n    - A\n    - [" + "a," * 1000 + "b]\n    - R${A}:\n"
        "        Type: AWS::Backup::BackupVault\n"
    },
    # -- shapes that are slow for a careless scanner
    "open heredocs": lambda: {"main.tf": "a = <<E\n" * 50_000 + vault("null")},
    "blank lines in an open heredoc": lambda: {
        "main.tf": "locals {\n  a = <<E\n" + "\n" * 1_000_000 + vault("null")
    },
    "spaces in a heredoc": lambda: {
        "main.tf": "locals {\n  a = <<E\n" + (" " * 5_000 + "\n") * 500 + "E\n}\n" + vault("null")
    },
    "open comments": lambda: {"main.tf": "/*" * 500_000 + vault("null")},
    "stars in a comment": lambda: {"main.tf": "/" + "*" * 1_000_000 + vault("null")},
    "quotes": lambda: {"main.tf": '"' * 500_001 + vault("null")},
    "backslashes": lambda: {"main.tf": 'a = "' + "\\" * 1_000_001 + vault("null")},
    "dollars": lambda: {"main.tf": 'locals {\n  a = "' + "$" * 1_000_000 + '"\n}\n' + vault("null")},
    "labels": lambda: {"main.tf": "a " + '"x" ' * 200_000 + "\n" + vault("null")},
    "names": lambda: {"main.tf": "a" * 2_000_000 + "\n" + vault("null")},
    "spaces before the end": lambda: {"main.tf": vault("null" + " " * 1_000_000 + "x")},
    "empty interpolations": lambda: {"main.tf": vault('"' + "${null}" * 50_000 + '"')},
    "sources": lambda: {"main.tf": "module" + ' source = "./x' * 200_000 + vault("null")},
    "modules": lambda: {"main.tf": "module \n\n\n" * 300_000 + vault("null")},
    "types": lambda: {"t.yaml": ("Type: " + " " * 90) * 30_000 + "\n" + template("x")},
    "ampersands": lambda: {"t.yaml": "x: [" + "&" * 1_000_000 + "\n" + template("x")},
    "template places": lambda: {"t.yaml": template("x") + "# TemplateURL: !Sub " * 100_000},
    "template places and blanks": lambda: {
        "t.yaml": template("x") + "\n# TemplateURL:" + " " * 1_000_000 + "x"
    },
    "interpolated sources": lambda: {
        "main.tf": vault("null") + 'module "a" { source = "' + "${" * 500_000
    },
    "quotes in YAML": lambda: {"t.yaml": '"' * 1_000_000 + template("x")},
    "ignores": lambda: {
        "main.tf": "# iac-check: ignore[BACKUP001] x\n" * 5_000 + vault("null") * 1
    },
    "ignores in one line": lambda: {
        "main.tf": "/* iac-check: ignore[BACKUP001] x */" * 50_000 + vault("null")
    },
    "blanks in a comment": lambda: {
        "main.tf": vault("null") + "# iac-check\n# x" + " " * 1_000_000 + "x\n",
        "t.yaml": template("x") + "# iac-check\n# x" + " " * 1_000_000 + "x\n",
    },
    "dates in a comment": lambda: {
        "main.tf": "# iac-check: ignore[BACKUP001] "
        + ("until " * 100_000 + "=" * 100_000 + "until" + " " * 100_000 + "1" * 100_000 + "2020-1")
        + "\n" + vault("null")
    },
    "a thousand vaults below as many ignores": lambda: {
        "main.tf": "".join(
            f'# iac-check: ignore[BACKUP001] x\nresource "aws_backup_vault" "v{n}" {{\n  name = "v"\n}}\n'
            for n in range(2_000)
        )
    },
    # -- what nobody asks for, and is read all the same
    **{
        f"{name} that nobody asks for": (
            lambda text=text: {"main.tf": vault("null") + f"locals {{\n  a = {text}\n}}\n"}  # type: ignore[misc]
        )
        for name, text in {
            "brackets": "[" * 100_000 + "]" * 100_000,
            "brackets that open": "[" * 100_000,
            "parentheses": "(" * 100_000 + "1" + ")" * 100_000,
            "objects": "{a=" * 100_000 + "1" + "}" * 100_000,
            "interpolations": '"${' * 90 + "1" + '}"' * 90,
            "conditionals": "b ? " * 100_000 + "c" + " : d" * 100_000,
            "loops": "[for x in " * 50_000 + "[]" + " : x]" * 50_000,
            "directives": '"' + "%{ if a }" * 50_000 + "%{ endif }" * 50_000 + '"',
            "quotes": '"' * 1_000_000,
            "dollars": '"' + "$" * 1_000_000 + '"',
            "percent signs": "<<E\n" + "%" * 1_000_000 + "\nE",
            "escapes": '"' + "\\" * 1_000_000 + '"',
            "open heredocs": "<<E\n" * 100_000,
            "ends of a heredoc": "<<E\n" + "E x\n" * 200_000 + "E",
            "signs": "!" * 500_000 + "-" * 500_000 + "1",
            "splats": "b" + "[*]" * 200_000 + ".*",
            "dots": "b" + "." * 1_000_000,
            "numbers": "1" + ".1e1" * 200_000,
            "newlines before a for": "[" + "\n" * 500_000 + "fo]",
        }.items()
    },
    "a long line": lambda: {"main.tf": vault("null").replace("\n", " ") + "#" + "x" * 20_000_000},
    "a file that is too large": lambda: {"main.tf": b"# x\n" * 30_000_000},
    "a hundred thousand lines of an error": lambda: {"main.tf": "}\n" * 500_000 + vault("null")},
}  # fmt: skip


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def checked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "iac_check", "--format", "json", *arguments, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=limited,
    )


@pytest.mark.parametrize("name", TREES)
def test_it_ends_with_a_report(name: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    plant(tmp_path, TREES[name]())
    done = checked(tmp_path)
    assert done.returncode in (0, 1, 2), done.stderr[-500:]
    assert "internal error" not in done.stderr
    summary = json.loads(done.stdout)["summary"]
    assert done.returncode or summary["suppressed"] == summary["resources"]


SETTINGS: dict[str, Callable[[], tuple[str, Mapping[str, str]]]] = {
    "brackets": lambda: ("exclude = " + "[" * 100_000, {}),
    "inline tables": lambda: ("a = " + "{a = " * 100_000, {}),
    "a dotted key": lambda: ("a." * 100_000 + "a = 1", {}),
    "digits": lambda: ("a = " + "9" * 100_000, {}),
    "more than is read": lambda: ('exclude = ["x"]\n' + "#" * 2_000_000, {}),
    "many globs": lambda: ("exclude = [" + '"x",' * 100_000 + "]", {}),
    "a long glob": lambda: ('exclude = ["' + "*x" * 200_000 + '"]', {}),
    "stars": lambda: (
        'exclude = ["' + "**/*a*" * 500 + 'z"]\ntrusted-keys = ["arn:' + "*a" * 1_000 + 'z"]',
        {"a" * 200 + ".tf": vault('"arn:' + "a" * 10_000 + '"')},
    ),
    "a baseline that never ends": lambda: ('baseline = "b"', {"b": "-> /dev/zero"}),
    "a baseline that never begins": lambda: ('baseline = "pipe"', {}),
    "values that never begin": lambda: ('var-files = ["pipe"]\nparameters = ["pipe"]', {}),
    "a deep baseline": lambda: ('baseline = "b"', {"b": "[" * 1_000_000}),
    "fingerprints that are escaped": lambda: (
        'baseline = "b"',
        {"b": '{"version": 1, "findings": ['
         + ", ".join(f'{{"fingerprint": "\\u0061{n}"}}' for n in range(200_000)) + "]}"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_end_with_a_report_or_an_error(name: str, tmp_path: Path) -> None:
    text, files = SETTINGS[name]()
    os.mkfifo(tmp_path / "pipe")
    plant(tmp_path, {"main.tf": vault("null"), **files, ".git/HEAD": "", "iac-check.toml": text})
    (tmp_path / "in/a/b").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "in/a/b"):
        done = checked(folder)
        assert done.returncode in (1, 2) if folder is tmp_path else done.returncode in (2, 3)
        assert "internal error" not in done.stderr
        assert len(done.stderr) < 10_000


def test_what_is_no_file(tmp_path: Path) -> None:
    """Pipes and devices are not waited for, links not followed in circles."""
    plant(tmp_path, {"good/main.tf": vault("null"), "zero.tf": "-> /dev/zero", "a.tf": "-> a.tf"})
    plant(tmp_path, {"loop": "-> .", "good/up": "-> ../good", "t.yaml": "-> /dev/random"})
    os.mkfifo(tmp_path / "pipe.tf")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.tf").mkdir()
    done = checked(tmp_path)
    assert done.returncode == 2
    report = json.loads(done.stdout)
    assert {error["path"] for error in report["errors"]} >= {"zero.tf", "pipe.tf", "pipe.yaml"}
    assert report["summary"]["failed"] == 1


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(folder)
    with open(folder + b"/\x80.tf", "w") as file:
        file.write(vault("null"))
    with open(folder + b"/\x80.yaml", "w") as file:
        file.write(template("!Ref AWS::NoValue"))
    done = checked(tmp_path)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["summary"]["failed"] == 2


def test_a_deep_tree_of_folders(tmp_path: Path) -> None:
    """Deeper than a path may be long: what cannot be reached is an error."""
    here = os.getcwd()
    try:
        os.chdir(tmp_path)
        for _ in range(30):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        Path("main.tf").write_text(vault("null"))
    finally:
        os.chdir(here)
    done = checked(tmp_path)
    assert done.returncode == 2, done.stderr

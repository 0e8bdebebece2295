"""Generated trees, the same for the same seed: realistic in the mix and size of their files."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

RESOURCES = (
    "aws_s3_bucket",
    "aws_iam_role",
    "aws_lambda_function",
    "aws_security_group",
    "aws_sqs_queue",
)
TYPES = ("AWS::S3::Bucket", "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::SQS::Queue")


def nothing(root: Path, files: int, seed: int = 1) -> None:
    """Terraform, templates and other YAML, and no vault."""
    rng = random.Random(seed)
    for number in range(files):
        folder = root / f"team{number % 40}" / f"stack{number // 40 % 50}"
        folder.mkdir(parents=True, exist_ok=True)
        name, text = rng.choices(
            [_terraform, _template, _other], weights=[5, 2, 3]
        )[0](number, rng)  # fmt: skip
        (folder / name).write_text(text)


def monorepo(root: Path, files: int, seed: int = 1) -> None:
    """Terraform with a vault behind a module in one stack of a hundred."""
    rng = random.Random(seed)
    module = root / "modules" / "vault"
    module.mkdir(parents=True)
    (module / "main.tf").write_text(
        'variable "name" {}\nvariable "key" {\n  default = null\n}\n'
        'resource "aws_backup_vault" "this" {\n  name        = var.name\n'
        "  kms_key_arn = var.key\n}\n"
    )
    for number in range(files):
        folder = root / f"stacks{number // 400}" / f"stack{number // 4}"
        folder.mkdir(parents=True, exist_ok=True)
        name, text = _terraform(number, rng)
        if number % 100 == 0:
            key = "aws_kms_key.k.arn" if number % 200 else '"alias/aws/backup"'
            text += (
                f'resource "aws_kms_key" "k" {{}}\nmodule "vault" {{\n'
                f'  source = "../../modules/vault"\n  name   = "v{number}"\n  key    = {key}\n}}\n'
            )
        (folder / name).write_text(text)


def templates(root: Path, files: int, seed: int = 1) -> None:
    """CloudFormation, with a vault in one template of a hundred."""
    rng = random.Random(seed)
    for number in range(files):
        folder = root / f"service{number // 25}"
        folder.mkdir(parents=True, exist_ok=True)
        name, text = _template(number, rng)
        if number % 100 == 0:
            text += "  Vault:\n    Type: AWS::Backup::BackupVault\n    Properties:\n"
            text += f"      BackupVaultName: v{number}\n"
        (folder / name).write_text(text)


def nesting(root: Path, instances: int = 200) -> None:
    """Module instances six levels deep, and a `for_each` of five times as many vaults."""
    for level in range(6):
        folder = root / f"level{level}"
        folder.mkdir(parents=True)
        inner = (
            'resource "aws_backup_vault" "v" {\n  name        = var.name\n'
            "  kms_key_arn = var.key\n}\n"
            if level == 5
            else f'module "m" {{\n  source = "../level{level + 1}"\n'
            "  name   = var.name\n  key    = var.key\n}\n"
        )
        (folder / "main.tf").write_text(f'variable "name" {{}}\nvariable "key" {{}}\n{inner}')
    (root / "main.tf").write_text(
        'resource "aws_kms_key" "k" {}\n'
        'module "m" {\n  source   = "./level0"\n'
        f'  for_each = toset([for n in range({instances}) : "m${{n}}"])\n'
        "  name     = each.key\n  key      = aws_kms_key.k.arn\n}\n"
        'resource "aws_backup_vault" "many" {\n'
        f'  for_each    = toset([for n in range({5 * instances}) : "v${{n}}"])\n'
        "  name        = each.key\n  kms_key_arn = aws_kms_key.k.arn\n}\n"
    )


def _terraform(number: int, rng: random.Random) -> tuple[str, str]:
    blocks = []
    for at in range(rng.randint(2, 12)):
        body = "".join(f'  setting_{n} = "value-{rng.randrange(9999)}"\n' for n in range(8))
        tags = '  tags = {\n    Name = "${var.name}-x"\n    Team = local.team\n  }\n'
        blocks.append(f'resource "{rng.choice(RESOURCES)}" "r{number}_{at}" {{\n{body}{tags}}}\n')
    return f"file{number}.tf", "\n".join(blocks)


def _template(number: int, rng: random.Random) -> tuple[str, str]:
    lines = ["AWSTemplateFormatVersion: '2010-09-09'", "Resources:"]
    for at in range(rng.randint(2, 15)):
        lines += [f"  Resource{at}:", f"    Type: {rng.choice(TYPES)}", "    Properties:"]
        lines += [f"      Setting{n}: !Sub '${{AWS::StackName}}-{n}'" for n in range(8)]
    return f"template{number}.yaml", "\n".join(lines) + "\n"


def _other(number: int, rng: random.Random) -> tuple[str, str]:
    lines = ["apiVersion: apps/v1", "kind: Deployment", "spec:"]
    lines += [f"  field{n}: {rng.randrange(9999)}" for n in range(rng.randint(10, 150))]
    return f"manifest{number}.yaml", "\n".join(lines) + "\n"


TREES: dict[str, tuple[Callable[..., None], int, str]] = {
    "nothing to find, 10,000 files": (nothing, 10_000, "3 ×"),
    "Terraform monorepo, 4,000 files": (monorepo, 4_000, "6 ×"),
    "templates, 2,500 files": (templates, 2_500, "6 ×"),
}

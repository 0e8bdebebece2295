"""Reports that are built by hand, so that renderers are tested without the rest."""

from __future__ import annotations

import io
from typing import Any

from iac_check.language.value import Hop
from iac_check.policy.result import Report, Result, Run, Suppression
from iac_check.records import replace
from iac_check.report import renderer
from iac_check.source import DirectiveError, InputError, Source, Span

MODULE = Source(
    "modules/v/main.tf",
    'variable "key" {}\nresource "aws_backup_vault" "this" {\n'
    '  name        = "ops"\n  kms_key_arn = var.key\n}\n',
)
CALLER = Source(
    "envs/dev/main.tf",
    'module "v" {\n  source = "../../modules/v"\n  key = "alias/aws/backup"\n}\n',
)
CAUTION = "a changed key replaces the vault"
HELP = "Declare a key and a new vault.\n\nUse `aws_kms_key`.\n\n1. Declare a key."


def span(source: Source, text: str) -> Span:
    """The first place of a text in a source."""
    start = source.text.index(text)
    return source.span(start, start + len(text))


def result(**changes: Any) -> Result:
    """A failure by an AWS managed key that a module call passes, with changes."""
    key = span(MODULE, "var.key")
    fields: dict[str, Any] = {
        "rule": "BACKUP001",
        "name": "backup-vault-customer-key",
        "status": "fail",
        "level": "error",
        "severity": "high",
        "reason": "aws-managed",
        "cause": None,
        "when": None,
        "message": 'backup vault "ops" is encrypted with the AWS managed key alias/aws/backup',
        "framework": "terraform",
        "type": "aws_backup_vault",
        "address": "module.v.aws_backup_vault.this",
        "resource_name": "ops",
        "resource_span": span(MODULE, 'resource "aws_backup_vault" "this"'),
        "span": key,
        "trail": (
            Hop(key, "the vault's key"),
            Hop(span(CALLER, '"alias/aws/backup"'), "passed by module.v"),
        ),
        "identity": ("BACKUP001", "modules/v/main.tf", "module.v", "kms_key_arn", "aws-managed"),
        "help": HELP,
        "caution": CAUTION,
        "top": "/repository",
        "anchored": "modules/v/main.tf",
        "root": "",
        "extent": MODULE.span(MODULE.text.index("resource"), len(MODULE.text)),
    }
    return Result(**{**fields, **changes})


def at(text: str, marked: str, note: str = "here", path: str = "main.tf") -> Result:
    """A failure whose only hop marks a part of a text."""
    place = span(Source(path, text), marked)
    return result(span=place, trail=(Hop(place, note),))


def hostile(text: str, **changes: Any) -> Result:
    """A failure in which everything that a scan can hold is one text, before and after a hop."""
    source = Source(f"{text}.tf", f"{text}KEY{text}\n")
    hop = Hop(span(source, "KEY"), text)
    fields: dict[str, Any] = {
        "message": text,
        "address": text,
        "resource_name": text,
        "when": text,
        "type": text,
        "construct": text,
        "span": hop.span,
        "resource_span": hop.span,
        "trail": (hop, Hop(source.span(0, len(text)), text)),
        "suppression": Suppression(hop.span, text),
    }
    return result(**{**fields, **changes})


def steeped(text: str) -> Report:
    """A report in which whatever a scan, its settings and its faults can hold is a text."""
    one = hostile(text)
    (hop, _), aside = one.trail, Suppression(one.span, text, text)
    full = replace(one, calls=(hop.span,), notes=(hop,), senders=(hop,), help=text, caution=text)
    return replace(
        report(
            full,
            replace(full, resource_name="x"),
            replace(full, status="suppressed", suppression=aside),
            errors=(InputError(text, text, 1, 1), DirectiveError(text, text)),
        ),
        warnings=(text,),
        unread=(text,),
        run=Run(paths=(text,), loosened=(text,), date=text),
    )


def report(*results: Result, errors: tuple[InputError, ...] = (), files: int = 2) -> Report:
    return Report("0.1.0", results, errors, (), files)


def rendered(name: str, content: Report, show_passed: bool = False, **options: Any) -> str:
    """What a format prints."""
    out = io.StringIO()
    renderer(name, **options)(content, out, show_passed)
    return out.getvalue()


def everything() -> Report:
    """One result of each status and level, and errors with and without a place."""
    unresolved = result(
        level="warning",
        reason="unresolved",
        cause="caller-supplied",
        when='var.env != "prod"',
        message='backup vault "ops" does not lead to a customer managed key in this code',
        trail=(Hop(span(MODULE, "var.key"), "the vault's key"),),
    )
    passed = result(status="pass", reason=None, message='backup vault "ops": a customer key')
    return report(
        result(),
        unresolved,
        result(level="off", message="never shown"),
        passed,
        result(
            status="suppressed",
            message="never shown",
            suppression=Suppression(span(MODULE, "var.key"), "test data", "2027-01-31"),
        ),
        errors=(
            InputError("unterminated string", "broken.tf", 2, 11),
            InputError("no such file or folder", "gone"),
        ),
    )

"""BACKUP001 within cfn-lint, with the verdicts of iac-check itself.

cfn-lint loads this file by its path, so that it is no part of a package here: imports are
absolute. https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/getting_started/rules.md
"""

from __future__ import annotations

import os
from functools import lru_cache

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from iac_check import scan
from iac_check.policy.card import load_cards
from iac_check.policy.result import Report, Result
from iac_check.report.words import caller, outcome, shown, told, warned
from iac_check.settings import load
from iac_check.source import InputError


@lru_cache(maxsize=1)
def _report(path: str) -> Report | InputError:
    """What iac-check says of a file, with the settings that it would find itself."""
    try:
        return scan([path], load())
    except InputError as error:
        return error


class _Outcome(CloudFormationLintRule):  # type: ignore[misc]
    """Asks iac-check about the template's file, and reports what has this rule's level."""

    shortdesc = "AWS Backup vaults use a customer managed KMS key (BACKUP001)"
    description = next(card.title for card in load_cards() if card.id == "BACKUP001")
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html"
    tags = ["resources", "backup", "kms"]  # noqa: RUF012 - as cfn-lint declares them
    level = "error"

    def match(self, cfn: Template) -> list[RuleMatch]:
        if not cfn.filename or not os.path.isfile(cfn.filename):
            return []  # a template from standard input has no family on disk to be judged with
        report = _report(cfn.filename)
        if isinstance(report, InputError):
            return self._faults((report,))
        found = [
            RuleMatch(_path(result, cfn.template), _words(result))
            for result in report.results
            if shown(result, show_passed=False) and result.level == self.level
        ]
        return [*found, *self._faults(report.errors)]

    def _faults(self, errors: tuple[InputError, ...]) -> list[RuleMatch]:
        """What keeps the answer from being trusted is never only a warning."""
        if self.level != "error":
            return []
        return [
            RuleMatch([], f"{error.path}{f':{error.line}' if error.line else ''}: {error.message}")
            for error in errors
        ]


class BackupVaultCustomerKey(_Outcome):
    """What iac-check has at the level `error`, and what it could not read."""

    id = "E9001"


class BackupVaultCustomerKeyWarning(_Outcome):
    """What the settings make a warning."""

    id = "W9001"
    level = "warning"


def _words(result: Result) -> str:
    """One line, with the stack that a finding is of, as one template can be nested many times."""
    nested = f" [{result.address}]" if "/" in result.address else ""
    text = f"{told(result)}{nested}{caller(result)}{warned(result)}"
    return f"{result.rule} {outcome(result)}: {text}"


def _path(result: Result, template: object) -> list[str | int]:
    """The key within the template, as far as it is there; of an embedded one, its stack set."""
    names = result.address.split("/")
    declared = template.get("Resources") if isinstance(template, dict) else None
    name = next((n for n in reversed(names) if isinstance(declared, dict) and n in declared), None)
    path: list[str | int] = []
    for key in ("Resources", name or names[-1], "Properties", "EncryptionKeyArn"):
        if not isinstance(template, dict) or key not in template:
            break
        path.append(key)
        template = template[key]
    return path

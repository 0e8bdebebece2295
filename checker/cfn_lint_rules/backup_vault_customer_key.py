"""BACKUP001 within cfn-lint, with the verdicts of iac-check itself.

cfn-lint loads this file by its path, so that it is no part of a package here: imports are
absolute. https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/getting_started/rules.md
"""

from __future__ import annotations

import os

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from iac_check import scan
from iac_check.policy.card import load_cards


class BackupVaultCustomerKey(CloudFormationLintRule):  # type: ignore[misc]
    """Asks iac-check about the template's file, and reports what fails in it."""

    id = "E9001"
    shortdesc = "AWS Backup vaults use a customer managed KMS key (BACKUP001)"
    description = next(card.title for card in load_cards() if card.id == "BACKUP001")
    source_url = "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html"
    tags = ["resources", "backup", "kms"]  # noqa: RUF012 - as cfn-lint declares them

    def match(self, cfn: Template) -> list[RuleMatch]:
        if not cfn.filename or not os.path.isfile(cfn.filename):
            return []  # a template from standard input has no family on disk to be judged with
        matches = []
        for result in scan([cfn.filename]).results:
            if result.status != "fail" or result.level == "off":
                continue
            name = result.address.rpartition("/")[2]
            path = ["Resources", name]
            for key in ("Properties", "EncryptionKeyArn"):
                inner = cfn.template
                for step in path:
                    inner = inner.get(step, {}) if isinstance(inner, dict) else {}
                if not isinstance(inner, dict) or key not in inner:
                    break
                path.append(key)
            outcome = "/".join(part for part in (result.reason, result.cause) if part)
            matches.append(RuleMatch(path, f"{result.rule} {outcome}: {result.message}"))
        return matches

"""What is known of AWS Backup: the types of plans, and where they name the vaults they fill."""

from __future__ import annotations

from collections.abc import Mapping

from .records import dataclass


@dataclass(frozen=True)
class PlanType:
    """Where a type of plan holds its rules, their vault, their copy actions and those' vault."""

    outer: str | None
    rules: str
    vault: str
    copies: str
    destination: str


# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_plan and
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-backup-backupplan.html
PLANS: Mapping[str, PlanType] = {
    "aws_backup_plan": PlanType(
        None, "rule", "target_vault_name", "copy_action", "destination_vault_arn"
    ),
    "awscc_backup_backup_plan": PlanType(
        "backup_plan",
        "backup_plan_rule",
        "target_backup_vault",
        "copy_actions",
        "destination_backup_vault_arn",
    ),
    "AWS::Backup::BackupPlan": PlanType(
        "BackupPlan",
        "BackupPlanRule",
        "TargetBackupVault",
        "CopyActions",
        "DestinationBackupVaultArn",
    ),
}

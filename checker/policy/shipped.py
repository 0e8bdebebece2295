"""The cards and known modules of `rules/`, as `make rules` compiles them."""

# ruff: noqa: E501
# fmt: off
INDEX: dict[str, object] = {
 "cards": [
  {
   "id": "BACKUP001",
   "name": "backup-vault-customer-key",
   "title": "AWS Backup vault is not encrypted with a customer managed KMS key",
   "severity": "high",
   "resources": {
    "aws_backup_vault": {
     "value": "kms_key_arn",
     "name": "name",
     "mistaken": [
      "kms_key_id",
      "kms_key",
      "kms_arn",
      "kms_master_key_id",
      "key_arn",
      "encryption_key_arn",
      "encryption_key"
     ]
    },
    "awscc_backup_backup_vault": {
     "value": "encryption_key_arn",
     "name": "backup_vault_name",
     "mistaken": [
      "kms_key_arn",
      "kms_key_id",
      "encryption_key",
      "kms_key"
     ]
    },
    "AWS::Backup::BackupVault": {
     "value": "EncryptionKeyArn",
     "name": "BackupVaultName",
     "mistaken": [
      "EncryptionKeyARN",
      "EncryptionKey",
      "KmsKeyArn",
      "KmsKeyId",
      "KMSKeyArn",
      "KMSKeyId",
      "KmsKey"
     ]
    }
   },
   "unless": {
    "name": {
     "equals": "Default"
    }
   },
   "require": "customer_managed_key",
   "why": "A vault without a key of its own is encrypted with the AWS managed key aws/backup. AWS decides the policy of that key: you cannot restrict who may decrypt with it, grant its use to another account, disable it, or choose when it is rotated. With a customer managed key, all of this is in your hands.\n\nThe key of a vault encrypts the recovery points of the resource types that AWS Backup manages fully, among them EFS, S3, DynamoDB with advanced features, Timestream, virtual machines of VMware, CloudFormation stacks and SAP HANA on EC2. Recovery points of other types keep the key of their source.",
   "outcomes": {
    "missing": {
     "meaning": "no key is given: the argument is absent, null, an empty string or `AWS::NoValue`, or evaluates to one of these, so AWS falls back to its own key",
     "cases": {
      "given": {
       "meaning": "an argument whose value comes to null or to an empty string",
       "help": "Pass or declare a customer managed key. If this vault exists already, declare a new one and copy what must live on: a changed key destroys the vault."
      },
      "misspelt": {
       "meaning": "a key in an argument by another name",
       "help": "Write {instead}: Terraform and CloudFormation refuse what is written here. If this vault exists already, without a key, declare a new one and copy what must live on: a changed key destroys the vault.",
       "caution": "write {instead}; a vault that exists without a key is replaced, so copy what must live on"
      }
     },
     "terraform": "resource \"aws_backup_vault\" \"ops\" {\n  name = \"ops\"\n}\n",
     "cloudformation": "Resources:\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops}\n"
    },
    "aws-managed": {
     "meaning": "the value is, or certainly ends in, an alias under `alias/aws/`",
     "cases": {
      "misspelt": {
       "meaning": "a default, where a key is passed by another name",
       "help": "Write {instead}: Terraform and CloudFormation refuse what is written here. A vault that exists must keep its key: another key replaces the vault.",
       "caution": "write {instead}; a vault that exists must keep its key"
      }
     },
     "terraform": "data \"aws_kms_alias\" \"backup\" {\n  name = \"alias/aws/backup\"\n}\nresource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = data.aws_kms_alias.backup.target_key_arn\n}\n",
     "cloudformation": "Resources:\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties:\n      BackupVaultName: ops\n      EncryptionKeyArn: !Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/backup\n"
    },
    "unresolved": {
     "meaning": "the value does not lead to a customer managed key that the scanned code declares; the cause says why"
    },
    "unresolved.caller-supplied": {
     "meaning": "a variable or parameter that has neither a value nor a default",
     "help": "Pass the value that is deployed (`--var`, `--var-file`, `--parameters`), or give a default that is a customer managed key. A vault that exists must keep its key: another key replaces the vault.",
     "cases": {
      "variable": {
       "meaning": "a variable of Terraform",
       "help": "Pass the value that is deployed (`--var` or `--var-file` for a root module, the `module` block for another), or give a default that is a customer managed key. A vault that exists must keep its key: another key replaces the vault."
      },
      "parameter": {
       "meaning": "a parameter of a template",
       "help": "Pass the value that is deployed (`--parameters` for a template that is deployed by itself, what nests or deploys it for another), or give a default that is a customer managed key. A vault that exists must keep its key: another key replaces the vault."
      },
      "service": {
       "meaning": "a variable of the Serverless Framework",
       "help": "Write the key in the service itself (a resource, `custom`, or a default after the variable), or ignore the finding with a reason: no flag sets what is given only at the deployment. A vault that exists must keep its key: another key replaces the vault."
      },
      "misspelt": {
       "meaning": "a variable or parameter whose value is passed by another name",
       "help": "Write {instead}: Terraform and CloudFormation refuse what is written here. A vault that exists must keep its key: another key replaces the vault.",
       "caution": "write {instead}; a vault that exists must keep its key"
      }
     },
     "terraform": "variable \"key_arn\" {\n  type = string\n}\nresource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = var.key_arn\n}\n",
     "cloudformation": "Parameters:\n  KeyArn: {Type: String}\nResources:\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops, EncryptionKeyArn: !Ref KeyArn}\n"
    },
    "unresolved.undeclared": {
     "meaning": "a reference to something that is not declared, or has no instance",
     "help": "Correct the name, or give the key the same condition as the vault. A vault that exists must keep its key: another key replaces the vault.",
     "cases": {
      "refused": {
       "meaning": "an expression that Terraform or CloudFormation refuses",
       "help": "Correct the expression: Terraform or CloudFormation itself refuses it with these values."
      }
     },
     "terraform": "resource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = aws_kms_key.bakcup.arn\n}\n",
     "cloudformation": "Resources:\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops, EncryptionKeyArn: !GetAtt Bakcup.Arn}\n"
    },
    "unresolved.not-a-key": {
     "meaning": "it leads to something that is no KMS key",
     "help": "Reference a KMS key here. If this is deployed already, make a new vault: the key of a vault cannot be changed in place.",
     "cases": {
      "attribute": {
       "meaning": "a key, but not by its ARN",
       "help": "Write {instead}, which is the ARN of the key that is named here. A vault that exists must keep its key: another key replaces the vault.",
       "caution": "write {instead}; a vault that exists must keep its key"
      },
      "refused": {
       "meaning": "an expression that Terraform or CloudFormation refuses",
       "help": "Correct the expression: Terraform or CloudFormation itself refuses it with these values."
      }
     },
     "terraform": "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs\"\n}\nresource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = aws_s3_bucket.logs.arn\n}\n",
     "cloudformation": "Resources:\n  Logs: {Type: AWS::S3::Bucket}\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops, EncryptionKeyArn: !GetAtt Logs.Arn}\n"
    },
    "unresolved.external": {
     "meaning": "a key or alias from outside the scan: a literal ARN, a lookup, remote state, SSM, an import that nothing in the scan exports",
     "help": "Nothing here says that the key is wrong: only the account knows. Scan the code that declares it together with this one, look the key up by an alias that `trusted-keys` lists, or ignore the finding with a reason; do not replace the vault for this.",
     "caution": "nothing here says that the key is wrong: do not replace the vault for this",
     "cases": {
      "named": {
       "meaning": "a literal key or alias",
       "help": "Nothing here says that the key is wrong. If it is yours, list it in `trusted-keys`, or scan the repository that declares it together with this one; do not replace the vault for this."
      },
      "quoted": {
       "meaning": "a text that reads like a reference",
       "help": "Write the reference without quotes, or with the function that reads it. AWS refuses the text, so no vault has it.",
       "caution": "AWS refuses this text, so no vault has it"
      },
      "substituted": {
       "meaning": "a text with a reference in it that nothing reads",
       "help": "Write `!Sub` before the text (`Fn::Sub` in JSON), which replaces what is between the braces. AWS refuses the text as it is, so no vault has it.",
       "caution": "write Fn::Sub before it; AWS refuses the text as it is, so no vault has it"
      },
      "malformed": {
       "meaning": "a text that can be no key",
       "help": "Write a reference to a key that the code declares (`aws_kms_key.NAME.arn`, `!GetAtt NAME.Arn`), or the ARN of one. Terraform or AWS refuses this text, so no vault has it.",
       "caution": "Terraform or AWS refuses this text, so no vault has it"
      }
     },
     "terraform": "resource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = \"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"\n}\n",
     "cloudformation": "Resources:\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops, EncryptionKeyArn: !ImportValue platform-key}\n"
    },
    "unresolved.module-unavailable": {
     "meaning": "a module or nested stack whose source is not on disk",
     "help": "Run `terraform init`, so that the module is on disk; or scan the module or the nested template as well.",
     "terraform": "module \"key\" {\n  source = \"git::https://git.example/platform/key\"\n}\nresource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = module.key.arn\n}\n",
     "cloudformation": "Resources:\n  Key:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: https://s3.amazonaws.com/platform/key.yaml}\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops, EncryptionKeyArn: !GetAtt Key.Outputs.Arn}\n"
    },
    "unresolved.cycle": {
     "meaning": "the references lead back to themselves",
     "help": "Break the circle, or ignore the finding with a reason.",
     "terraform": "locals {\n  key   = local.other\n  other = local.key\n}\nresource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = local.key\n}\n",
     "cloudformation": "Conditions:\n  Ours: !Not [!Condition Ours]\nResources:\n  Key: {Type: AWS::KMS::Key}\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties:\n      BackupVaultName: ops\n      EncryptionKeyArn: !If [Ours, !GetAtt Key.Arn, !Ref AWS::NoValue]\n"
    },
    "unresolved.unsupported": {
     "meaning": "a construct that this tool does not follow; the message names it",
     "help": "Simplify the expression, or ignore the finding with a reason.",
     "cases": {
      "unreadable": {
       "meaning": "what cannot be read",
       "help": "Correct what the error says. Until then nothing is known of the key, and the run ends with exit code 2."
      }
     },
     "terraform": "resource \"aws_backup_vault\" \"ops\" {\n  name        = \"ops\"\n  kms_key_arn = textdecodebase64(\"YQBsAGkAYQBzAA==\", \"UTF-16\")\n}\n",
     "cloudformation": "Resources:\n  Ops:\n    Type: AWS::Backup::BackupVault\n    Properties:\n      BackupVaultName: ops\n      EncryptionKeyArn:\n        Fn::Transform: {Name: KeyOfThePlatform}\n"
    }
   },
   "caution": "changing the key replaces the vault, so keep or copy its recovery points first",
   "remedy": "Declare a customer managed key and a new vault that uses it; never change the key of a vault in place.\n\nAWS Backup has no call that changes it: Terraform destroys the vault and creates another, CloudFormation replaces it, and `force_destroy` deletes its recovery points on the way.\n\n1. Declare a key (`aws_kms_key`, `AWS::KMS::Key`) whose policy lets AWS Backup use it.\n2. Declare a new vault, under a new name, with the ARN of that key.\n3. Point the rules and copy actions of the backup plans at the new vault.\n4. Copy the recovery points that must live on to the new vault.\n5. Remove the old vault when nothing is left in it. Recovery points that are kept always do not expire: delete them by hand, once they are copied. Under Vault Lock or a legal hold they cannot be deleted early, and the old vault stays as long as they do.",
   "fixed": {
    "terraform": "data \"aws_caller_identity\" \"here\" {}\ndata \"aws_iam_role\" \"backup\" {\n  name = \"AWSBackupDefaultServiceRole\"\n}\ndata \"aws_iam_policy_document\" \"key\" {\n  statement {\n    sid       = \"Administration\"\n    actions   = [\"kms:*\"]\n    resources = [\"*\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [\"arn:aws:iam::${data.aws_caller_identity.here.account_id}:root\"]\n    }\n  }\n  statement {\n    sid       = \"AWSBackupUsesTheKey\"\n    actions   = [\"kms:DescribeKey\", \"kms:Decrypt\", \"kms:GenerateDataKey*\"]\n    resources = [\"*\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [data.aws_iam_role.backup.arn]\n    }\n  }\n  statement {\n    sid       = \"AWSBackupGrantsItsUse\"\n    actions   = [\"kms:CreateGrant\"]\n    resources = [\"*\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [data.aws_iam_role.backup.arn]\n    }\n    condition {\n      test     = \"Bool\"\n      variable = \"kms:GrantIsForAWSResource\"\n      values   = [\"true\"]\n    }\n  }\n}\nresource \"aws_kms_key\" \"backup\" {\n  policy              = data.aws_iam_policy_document.key.json\n  enable_key_rotation = true\n}\nresource \"aws_backup_vault\" \"ops_v2\" {\n  name        = \"ops-v2\"\n  kms_key_arn = aws_kms_key.backup.arn\n}\n",
    "cloudformation": "Parameters:\n  BackupRole: {Type: String, Description: ARN of the role that AWS Backup takes on}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      EnableKeyRotation: true\n      KeyPolicy:\n        Version: \"2012-10-17\"\n        Statement:\n          - Sid: Administration\n            Effect: Allow\n            Principal: {AWS: !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\"}\n            Action: kms:*\n            Resource: \"*\"\n          - Sid: AWSBackupUsesTheKey\n            Effect: Allow\n            Principal: {AWS: !Ref BackupRole}\n            Action: [kms:DescribeKey, kms:Decrypt, kms:GenerateDataKey*]\n            Resource: \"*\"\n          - Sid: AWSBackupGrantsItsUse\n            Effect: Allow\n            Principal: {AWS: !Ref BackupRole}\n            Action: kms:CreateGrant\n            Resource: \"*\"\n            Condition: {Bool: {kms:GrantIsForAWSResource: \"true\"}}\n  OpsV2:\n    Type: AWS::Backup::BackupVault\n    Properties: {BackupVaultName: ops-v2, EncryptionKeyArn: !GetAtt Key.Arn}\n"
   },
   "references": [
    "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html",
    "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
    "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_vault",
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-backup-backupvault.html"
   ]
  }
 ],
 "known_modules": {
  "boldlink/kms/aws": [
   "arn",
   "key_id",
   "target_key_id"
  ],
  "cloudposse/kms-key/aws": [
   "alias_arn",
   "alias_name",
   "key_arn",
   "key_id"
  ],
  "geekcell/kms/aws": [
   "alias_arn",
   "alias_name",
   "key_arn",
   "key_id"
  ],
  "terraform-aws-modules/kms/aws": [
   "key_arn",
   "key_id"
  ],
  "terraform-module/kms/aws": [
   "key_alias_arn",
   "key_alias_name",
   "key_arn",
   "key_id"
  ],
  "umotif-public/kms/aws": [
   "alias_arn",
   "alias_name",
   "key_arn",
   "key_id"
  ]
 }
}

"""What a stack's names mean: one vault a row, and the verdict that CloudFormation gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.cloudformation.loader import CloudFormationLoader
from iac_check.discovery import Walker
from iac_check.language.value import EvaluationError, Known, Value
from iac_check.language.worlds import Worlds
from iac_check.policy.predicates import Surroundings, customer_managed_key
from iac_check.policy.verdict import Verdict, unresolved

VAULT = "AWS::Backup::BackupVault"

PRELUDE = """
Parameters:
  Open: {Type: String}
  Empty: {Type: String, Default: ""}
  Managed: {Type: String, Default: alias/aws/backup}
  Two: {Type: String, AllowedValues: [alias/aws/backup, alias/aws/ebs]}
  Switch: {Type: String, AllowedValues: ["true", "false"]}
  Attribute: {Type: String, AllowedValues: [Arn, KeyId]}
  Flag: {Type: String, Default: true}
  List: {Type: CommaDelimitedList, Default: "alias/aws/ebs , alias/aws/backup"}
  Names: {Type: "List<String>", Default: ","}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: alias/aws/backup}
Mappings:
  M:
    eu-west-1: {key: alias/aws/backup, n: 1}
    us-east-1: {key: "", n: 2}
  Alike:
    on: {key: alias/aws/backup}
    "true": {key: alias/mine}
    1.10: {key: alias/aws/backup}
    "1.1": {key: alias/mine}
    other: {key: alias/aws/backup}
Conditions:
  Always: !Equals [!Ref Flag, "true"]
  Switched: !Equals [!Ref Switch, "true"]
  Opened: !Not [!Equals [!Ref Open, ""]]
  Nowhere: !Equals [!Ref AWS::Region, !Ref AWS::AccountId]
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {Description: alias/aws/backup}}
  Switched: {Type: AWS::KMS::Key, Condition: Switched}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !Ref Key}}
  Store: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt Key.Arn}}
  Module: {Type: "Org::Keys::Key::MODULE"}
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      EncryptionKeyArn: """


def _verdict(folder: Path, template: str) -> Verdict:
    """The worst verdict of the only vault in a template."""
    (folder / "t.yaml").write_text(template)
    walker, worlds = Walker([VAULT]), Worlds()
    tree = walker.walk([str(folder)])
    loader = CloudFormationLoader(tree, walker, worlds, frozenset({VAULT}))
    (vault,) = loader.load()
    assert not loader.errors

    def judge() -> Verdict:
        try:
            value: Value | None = vault.read("EncryptionKeyArn")
            return customer_managed_key(value, vault, Surroundings(lambda _, __: ()))
        except EvaluationError as error:
            return unresolved(error.cause, error.message)

    return max((verdict for _, verdict in worlds.explore(judge)), key=lambda v: v.rank)


def _outcome(verdict: Verdict) -> str:
    return "/".join(word for word in (verdict.reason, verdict.cause) if word) or "pass"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "!Select [1, [!If [Opened, a, !Ref AWS::NoValue], !Ref Key, alias/aws/ebs]]",
            "aws-managed",
        ),
        ("!Select [0, [!If [Opened, !Ref Key, !Ref AWS::NoValue], !Ref Key]]", "pass"),
        ("!Select [2, [!Ref AWS::NoValue, !Ref Key, !Ref Key]]", "unresolved/undeclared"),
        ("!Select [!Length [a, !Ref AWS::NoValue], [alias/aws/ebs, !Ref Key]]", "pass"),
        ("!GetAtt [Key, !Ref Attribute]", "pass"),
        ("!GetAtt [Key, !Ref Open]", "unresolved/external"),
        ("!FindInMap [Alike, 'true', key]", "unresolved/unsupported"),
        ("!FindInMap [Alike, '1.1', key]", "unresolved/unsupported"),
        ("!FindInMap [Alike, other, key]", "aws-managed"),
        ("!Ref Open", "unresolved/caller-supplied"),
        ("!Ref Empty", "missing"),
        ("!Ref Managed", "aws-managed"),
        ("!Ref Two", "aws-managed"),
        ("!Ref Switch", "unresolved/external"),
        ("!Ref Stored", "unresolved/external"),
        ("!Select [1, !Ref List]", "aws-managed"),
        ("!Select [0, !Ref Names]", "missing"),
        ("!Ref List", "unresolved/not-a-key"),
        ("!Ref AWS::Region", "unresolved/external"),
        ("!Ref AWS::NoValue", "missing"),
        ("", "missing"),
        ("!Ref Key", "pass"),
        ("!GetAtt Key.Arn", "pass"),
        ("!GetAtt Key.KeyId", "pass"),
        ("!GetAtt Store.Value", "pass"),
        ("!GetAtt Secret.KmsKeyId", "unresolved/not-a-key"),  # a property that is no attribute
        ("!GetAtt Key.Description", "unresolved/not-a-key"),
        ("!GetAtt Module.Arn", "unresolved/module-unavailable"),
        ("!Ref Nothing", "unresolved/undeclared"),
        ("!GetAtt Open.Arn", "unresolved/undeclared"),
        ("!If [Nothing, a, b]", "unresolved/undeclared"),
        ("!FindInMap [M, nowhere, key]", "unresolved/undeclared"),
        ("!FindInMap [M, eu-west-1, key]", "aws-managed"),
        ("!FindInMap [M, !Ref AWS::Region, key]", "missing"),
        ("!FindInMap [M, !Ref AWS::Region, key, {DefaultValue: !Ref Key}]", "missing"),
        ("!FindInMap [M, us-gov-west-1, key, {DefaultValue: !Ref Key}]", "pass"),
        ("!If [Always, !Ref Key, '']", "pass"),
        ("!If [Switched, !Ref Switched, !Ref Key]", "pass"),
        ("!If [Switched, !Ref Key, !Ref Switched]", "unresolved/undeclared"),
        ("!If [Switched, !Ref Key, !Ref Managed]", "aws-managed"),
        ("!If [Opened, !Ref Key, !If [Opened, '', !Ref Key]]", "pass"),
        ("!If [Nowhere, '', !Ref Key]", "missing"),
        ("!Sub 'arn:aws:kms:eu-west-1:1:key/${Key}'", "pass"),
        ("!Sub 'arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/ebs'", "aws-managed"),
        ("!Sub 'arn:aws:kms:eu-west-1:1:key/${Open}'", "unresolved/caller-supplied"),
    ],
)
def test_verdict(tmp_path: Path, key: str, expected: str) -> None:
    assert _outcome(_verdict(tmp_path, PRELUDE + key + "\n")) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("!If [C, {EncryptionKeyArn: alias/aws/ebs}, {BackupVaultName: x}]", "missing"),
        ("!If [C, {EncryptionKeyArn: alias/aws/ebs}, !Ref AWS::NoValue]", "missing"),
        ("{Fn::If: [C, {EncryptionKeyArn: !Ref K}, {EncryptionKeyArn: !Ref K}]}", "pass"),
        ("{Fn::Transform: {Name: AWS::Include}, BackupVaultName: x}", "unresolved/external"),
        ("{Fn::Transform: {Name: Ours}}", "unresolved/unsupported"),
        ("text", "unresolved/undeclared"),
        ("null", "missing"),
    ],
)
def test_properties_may_be_chosen_as_a_whole(
    tmp_path: Path, properties: str, expected: str
) -> None:
    template = f"""
Parameters: {{P: {{Type: String}}}}
Conditions: {{C: !Equals [!Ref P, x]}}
Resources:
  K: {{Type: AWS::KMS::Key}}
  V:
    Type: {VAULT}
    Properties: {properties}
"""
    assert _outcome(_verdict(tmp_path, template)) == expected


def test_the_trail_leads_to_the_default(tmp_path: Path) -> None:
    verdict = _verdict(tmp_path, PRELUDE + "!Ref Empty\n")
    hop = verdict.trail[-1]
    assert (hop.span.text, hop.note) == ('""', 'parameter "Empty" defaults to ""')


def test_the_value_of_a_no_echo_parameter_is_in_no_note(tmp_path: Path) -> None:
    template = f"""
Parameters: {{P: {{Type: String, NoEcho: true, Default: secret-key}}}}
Resources: {{V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !Ref P}}}}}}
"""
    verdict = _verdict(tmp_path, template)
    said = [verdict.detail, *(hop.note for hop in verdict.trail)]
    assert not any("secret" in text.replace("sensitive", "") for text in said)


def test_conditions_that_depend_on_each_other_are_a_cycle(tmp_path: Path) -> None:
    template = f"""
Conditions: {{A: !Not [!Condition B], B: !Not [!Condition A]}}
Resources: {{V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !If [A, a, b]}}}}}}
"""
    assert _outcome(_verdict(tmp_path, template)) == "unresolved/cycle"


def test_pseudo_parameters_may_be_given(tmp_path: Path) -> None:
    (tmp_path / "region.json").write_text('{"AWS::Region": "eu-west-1"}')
    (tmp_path / "t.yaml").write_text(
        f"Resources: {{V: {{Type: {VAULT}, Properties: {{EncryptionKeyArn: !Ref AWS::Region}}}}}}"
    )
    walker = Walker([VAULT])
    tree = walker.walk([str(tmp_path)])
    files = (str(tmp_path / "region.json"),)
    loader = CloudFormationLoader(tree, walker, Worlds(), frozenset({VAULT}), files)
    (vault,) = loader.load()
    assert vault.read("EncryptionKeyArn") == Known("eu-west-1")


HIDDEN = """
Parameters:
  Secret: {Type: String, NoEcho: %s, Default: hunter2}
  Secrets: {Type: CommaDelimitedList, NoEcho: %s, Default: "hunter2,alias/aws/hunter2"}
Resources:
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      EncryptionKeyArn: """


@pytest.mark.parametrize("flag", ["true", "yes", '"true"'])
@pytest.mark.parametrize(
    "key",
    [
        "!Ref Secret",
        "!Select [1, !Ref Secrets]",
        "!Join ['', !Ref Secrets]",
        "!Sub 'x-${Secret}'",
        "Fn::ToJsonString: [!Ref Secret, x]",
        "Fn::ToJsonString: !Ref Secrets",
        "!Select [0, !Split ['-', !Sub '${Secret}-x']]",
        "Fn::Base64: !Ref Secret",
    ],
)
def test_what_is_made_of_a_hidden_parameter_is_hidden(tmp_path: Path, flag: str, key: str) -> None:
    key = f"{{{key}}}" if key.startswith("Fn::") else key
    (tmp_path / "t.yaml").write_text(HIDDEN % (flag, flag) + key)
    walker, worlds = Walker([VAULT]), Worlds()
    loader = CloudFormationLoader(walker.walk([str(tmp_path)]), walker, worlds, frozenset({VAULT}))
    (vault,) = loader.load()
    ((_, value),) = worlds.explore(lambda: vault.read("EncryptionKeyArn"))
    assert isinstance(value, Known)
    assert value.sensitive

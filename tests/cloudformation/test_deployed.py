"""Templates that Terraform deploys; the verdicts are in fixtures (terraform-deploys-templates)."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.candidates import STACKS_IN_TERRAFORM
from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings

STACK = (
    'resource "aws_cloudformation_stack" "s" {\n  name          = "s"\n  template_body = %s\n}\n'
)
BROKEN = '"Resources: {V: {Type: AWS::Backup::BackupVault}"'


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def checked(body: str, more: str = "") -> Report:
    Path("main.tf").write_text(more + STACK % body)
    return run(["."], Settings(cache=False))


def test_a_text_that_is_no_template_is_an_error_where_it_names_a_vault() -> None:
    (error,) = checked(BROKEN).errors
    assert (error.path, error.line, error.column) == ("main.tf", 3, 19)
    assert "cannot be read" in error.message
    assert not checked('"not a template"').errors


def test_a_template_of_two_documents_is_an_error_where_it_names_a_vault() -> None:
    text = r'"Resources: {T: {Type: A::B}}\n---\nResources: {V: {Type: %s}}"'
    (error,) = checked(text % "AWS::Backup::BackupVault").errors
    assert "cannot be read" in error.message
    assert not checked(text % "A::C").errors


def test_a_stack_that_cannot_be_read_is_an_error() -> None:
    for body in ('"x"\n  name = "t"', '"x" }'):
        (error,) = checked(body).errors
        assert error.path == "main.tf"


def test_what_is_not_known_is_told() -> None:
    report = checked("var.body", 'variable "body" {}\n')
    assert report.unread == ("the template_body of aws_cloudformation_stack.s",)
    assert not report.errors
    assert len(checked(f"var.x ? data.http.x.body : {BROKEN}", 'variable "x" {}\n').errors) == 1


OPEN = '{ Resources = { V = { Type = "%s", Properties = { BackupVaultName = "v" } } } }'


@pytest.mark.parametrize(
    "body",
    [
        f"jsonencode({OPEN % 'AWS::Backup::${var.t}'})",
        f"jsonencode({OPEN % 'AWS::${var.t}::BackupVault'})",
        'jsonencode({ Resources = { for t in var.t : t => { Type = "AWS::Backup::${t}" } } })',
        '"Resources:\\n  V:\\n    Type: AWS::Backup::${var.t}\\n"',
    ],
)
def test_a_type_of_which_a_part_is_not_known_is_an_error_where_it_may_be_a_vaults(
    body: str,
) -> None:
    (error,) = checked(body, 'variable "t" {}\n').errors
    assert (error.path, error.column) == ("main.tf", 19)
    other = body.replace("Backup::", "Lambda::").replace("Backup", "F")
    if "::" in other:
        assert not checked(other, 'variable "t" {}\n').errors


def test_resources_that_are_not_known_are_told() -> None:
    for body in ("jsonencode({ Resources = var.r })", f"jsonencode({OPEN % '${var.r}'})"):
        report = checked(body, 'variable "r" {}\n')
        assert report.unread == ("the template_body of aws_cloudformation_stack.s",)
        assert not report.errors


def test_a_template_elsewhere_is_told() -> None:
    text = (STACK % '"x"').replace("template_body", "template_url").replace('"x"', '"https://b/t"')
    other = STACK.replace('"s"', '"t"') % '"x"'
    Path("main.tf").write_text(text + other)
    assert run(["."], Settings(cache=False)).unread == ("https://b/t",)
    unknown = text.replace('"https://b/t"', '"s3://${var.b}/t"')
    Path("main.tf").write_text('variable "b" {}\n' + unknown + other)
    told = ("the template_url of aws_cloudformation_stack.s",)
    assert run(["."], Settings(cache=False)).unread == told


@pytest.mark.parametrize("type_", STACKS_IN_TERRAFORM)
def test_an_address_alone_is_told(type_: str) -> None:
    stack = f'resource "{type_}" "s" {{\n  template_url = "https://b/t.yaml"\n}}\n'
    Path("main.tf").write_text(stack)
    assert run(["."], Settings(cache=False)).unread == ("https://b/t.yaml",)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ('"AWS::Backup::BackupVault"', True), ("var.t", True), ('"AWS::Backup::${var.t}"', True),
        ("local.t", True), ('"AWS::SNS::Topic"', False),
        ('"AWS::Backup::BackupVault"\n  count = 0', False),
    ],
)  # fmt: skip
def test_a_vault_by_cloud_control_is_an_error(name: str, wrong: bool) -> None:
    Path("main.tf").write_text(
        'variable "t" {}\nlocals {\n  t = "AWS::Backup::BackupVault"\n}\n'
        f'resource "aws_cloudcontrolapi_resource" "v" {{\n  type_name = {name}\n'
        '  desired_state = jsonencode({ BackupVaultName = "v" })\n}\n'
    )
    errors = run(["."], Settings(cache=False)).errors
    assert [(e.line, e.column) for e in errors] == [(6, 15)] * wrong


def test_more_texts_than_are_looked_at_are_an_error() -> None:
    names = "".join(f'variable "v{n}" {{\n  type = bool\n}}\n' for n in range(5))
    parts = "".join(f'${{var.v{n} ? "a" : "b"}}' for n in range(5))
    body = f'"Resources: {{V{parts}: {{Type: AWS::Backup::BackupVault}}}}"'
    assert len(checked(body, names).errors) == 1


def test_a_file_of_the_scan_is_judged_once() -> None:
    Path("v.yaml").write_text("Resources: {V: {Type: AWS::Backup::BackupVault}}\n")
    (result,) = checked('file("v.yaml")').results
    assert (result.address, str(result.span)) == ("aws_cloudformation_stack.s/V", "v.yaml:1:13")


def test_parameters_that_are_null_leave_the_default() -> None:
    Path("v.yaml").write_text(
        "Parameters: {Key: {Type: String, Default: alias/aws/backup}}\nResources:\n  V:\n"
        "    Type: AWS::Backup::BackupVault\n    Properties: {EncryptionKeyArn: !Ref Key}\n"
    )
    (result,) = checked('file("v.yaml")\n  parameters = null').results
    assert (result.reason, result.address) == ("aws-managed", "aws_cloudformation_stack.s/V")


def test_of_files_that_are_alike_the_one_that_is_named_is_judged() -> None:
    text = "Resources: {V: {Type: AWS::Backup::BackupVault}}\n"
    for path in ("a/v.yaml", "a/w.yaml", "b/w.yaml"):
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text)
    found = [
        str(result.span) for result in checked('file("b/w.yaml")').results if "/" in result.address
    ]
    assert found == ["b/w.yaml:1:13"]


def test_a_file_of_any_name_is_read() -> None:
    Path("v.txt").write_text("Resources: {V: {Type: AWS::Backup::BackupVault}}\n")
    (result,) = checked('file("v.txt")').results
    assert str(result.span) == "main.tf:3:19"


CONDITIONAL = """\
variable "own" {
  type = bool
}
resource "aws_kms_key" "k" {}
resource "aws_cloudformation_stack" "s" {
  name          = "s"
  template_body = var.own ? %s : %s
  parameters    = { Key = aws_kms_key.k.arn }
}
"""
BODY = "Resources: {V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v%s}}}\\n"
GOOD = "Parameters: {Key: {Type: String}}\\n" + BODY % ", EncryptionKeyArn: !Ref Key"


def test_of_several_texts_each_result_says_when_it_is_the_one() -> None:
    text = CONDITIONAL % (f'"{GOOD}"', f'"{BODY % ""}"')
    Path("main.tf").write_text(text)
    results = run(["."], Settings(cache=False)).results
    assert {(r.reason, r.when) for r in results} == {(None, "var.own"), ("missing", "!var.own")}


def test_of_several_files_too() -> None:
    Path("good.yaml").write_text(GOOD.replace("\\n", "\n"))
    Path("bad.yaml").write_text((BODY % "").replace("\\n", "\n"))
    Path("main.tf").write_text(CONDITIONAL % ('file("good.yaml")', 'file("bad.yaml")'))
    results = run(["."], Settings(cache=False)).results
    assert {(r.span.source.path, r.when) for r in results} == {
        ("good.yaml", "var.own"), ("bad.yaml", "!var.own"),
    }  # fmt: skip


def test_a_condition_of_a_text_at_one_place_is_not_quoted_as_that_place() -> None:
    text = GOOD.replace("!Ref Key", '!If [C, !Ref Key, ""]').replace('"', '\\"')
    conditions = 'Conditions: {C: !Equals [!Ref Key, \\"\\"]}\\n'
    Path("main.tf").write_text(
        CONDITIONAL.replace("var.own ? %s : %s", f'"{conditions}{text}"').replace(
            "aws_kms_key.k.arn", '"alias/aws/backup"'
        )
    )
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "missing"
    assert result.trail[1].note.startswith("the condition is false: ")


def test_a_template_outside_of_the_named_folder_is_judged_as_in_the_whole(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for path in ("infra/a", "infra/b", "templates"):
        Path(path).mkdir(parents=True)
    vault = "  V{}:\n    Type: AWS::Backup::BackupVault\n"
    ignored = vault.format(2).replace("\n", " # iac-check: ignore[BACKUP001] sandbox\n", 1)
    text = "Resources:\n" + vault.format(1) + ignored
    Path("templates/v.yaml").write_text(text)
    Path("infra/b/same.yaml").write_text(text)
    body = 'file("${path.module}/../../templates/v.yaml")'
    Path("infra/a/main.tf").write_text(STACK % body)

    def told(*paths: str, **settings: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
        results = run(paths, Settings(cache=False, **settings)).results
        stacks = (r for r in results if r.address.startswith("aws"))
        return [(r.fingerprint, str(r.span), r.address, r.status) for r in stacks]

    whole = told(".")
    assert [(place, status) for _, place, _, status in whole] == [
        ("templates/v.yaml:2:3", "fail"), ("templates/v.yaml:4:3", "suppressed"),
    ]  # fmt: skip
    assert told("infra/a") == told("infra") == told(".", exclude=("templates",)) == whole


def test_the_file_that_a_template_is_rendered_from_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.yaml.tpl").write_text(
        "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n"
        "    Properties: {BackupVaultName: v, EncryptionKeyArn: '${key}'}\n"
    )
    call = 'templatefile("${path.module}/t.yaml.tpl", { key = "alias/aws/backup" })'
    (tmp_path / "main.tf").write_text(
        f'resource "aws_cloudformation_stack" "s" {{\n  name = "s"\n  template_body = {call}\n}}\n'
    )
    monkeypatch.chdir(tmp_path)
    (result,) = run(["."], Settings(cache=False)).results
    assert result.reason == "aws-managed"
    assert [str(hop.span) for hop in result.trail[:2]] == ["main.tf:3:19", "t.yaml.tpl:1:1"]


def test_an_output_is_known_where_the_template_is() -> None:
    Path("key.yaml").write_text(
        "Resources: {K: {Type: AWS::KMS::Key}}\nOutputs: {Arn: {Value: !GetAtt K.Arn}}\n"
    )
    body = 'var.own ? file("key.yaml") : data.aws_s3_object.t.body'
    Path("main.tf").write_text(
        'variable "own" {\n  type = bool\n}\ndata "aws_s3_object" "t" {}\n'
        + STACK % body
        + 'resource "aws_backup_vault" "v" {\n  name = "v"\n'
        '  kms_key_arn = aws_cloudformation_stack.s.outputs["Arn"]\n}\n'
    )
    (result,) = run(["."], Settings(cache=False)).results
    assert (result.cause, result.when) == ("external", "!var.own")

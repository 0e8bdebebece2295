"""Files beside templates that set parameters, and are told, for nothing reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.settings import Settings

TEMPLATE = (
    "Parameters: {Key: {Type: String, Default: x}}\nResources:\n  V:\n"
    "    Type: AWS::Backup::BackupVault\n    Properties: {EncryptionKeyArn: !Ref Key}\n"
)
SAM = '[default.deploy.parameters]\nparameter_overrides = "Key=alias/aws/backup"\n'
SYNC = "template-file-path: ./app/t.yaml\nparameters:\n  Key: alias/aws/backup\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app").mkdir()
    Path("app/t.yaml").write_text(TEMPLATE)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("app/samconfig.toml", SAM, True), ("samconfig.toml", SAM, True),
        ("samconfig.toml", SAM.replace("parameter_overrides", "stack_name"), False),
        ("samconfig.yaml", "default: {deploy: {parameters: {parameter_overrides: [K=x]}}}", True),
        ("app/deploy.yaml", SYNC, True), ("deploy.yml", SYNC, True),
        ("deploy.json", '{"template-file-path": "app/t.yaml", "parameters": {"Key": "x"}}', True),
        ("deploy.yaml", SYNC.replace("t.yaml", "other.yaml"), False),
        ("deploy.yaml", SYNC.replace("parameters", "tags"), False),
    ],
)  # fmt: skip
def test_what_sets_parameters_and_is_not_read_is_told(name: str, text: str, told: bool) -> None:
    Path(name).write_text(text)
    warnings = run(["."], Settings(cache=False)).warnings
    assert [warning.partition(":")[0] for warning in warnings] == [name] * told


def test_nothing_is_told_where_parameters_are_given_or_none_is_declared() -> None:
    Path("samconfig.toml").write_text(SAM)
    Path("given.json").write_text('{"Key": "x"}')
    assert not run(["."], Settings(cache=False, parameters=("given.json",))).warnings
    Path("app/t.yaml").write_text("Resources: {V: {Type: AWS::Backup::BackupVault}}\n")
    assert not run(["."], Settings(cache=False)).warnings

"""What declares a vault, and is part of nothing that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import checked

VAULT = "V:\n  Type: AWS::Backup::BackupVault\n"
DEEP = "cases:\n  - input: {Resources: {V: {Type: AWS::Backup::BackupVault}}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "text",
    [VAULT, f"- T: {{Type: AWS::SNS::Topic}}\n- {VAULT.replace(chr(10), chr(10) + '  ').strip()}\n",
     '{"V": {"Type": "AWS::Backup::Backup\\u0056ault"}}'],
)  # fmt: skip
def test_resources_that_nothing_includes_are_an_error(text: str) -> None:
    service = "export default {service: 's', resources: {Resources: '${file(vault.yml)}'}}\n"
    (error,) = checked({"serverless.ts": service, "vault.yml": text}).errors
    assert error.path == "vault.yml"
    assert "nothing that is read includes it" in error.message


def test_resources_elsewhere_in_a_file_are_a_warning() -> None:
    report = checked({"cases.yml": DEEP})
    assert (len(report.warnings), report.errors) == (1, ())
    assert report.warnings[0].startswith("cases.yml:2:28: this AWS::Backup::BackupVault")


@pytest.mark.parametrize(
    "text", ["types: [AWS::Backup::BackupVault]\n", "type: AWS::Backup::BackupVault"]
)
def test_what_only_names_the_type_is_not_told(text: str) -> None:
    report = checked({"spec.yml": text})
    assert (report.warnings, report.errors) == ((), ())


def test_what_is_included_is_not_told() -> None:
    service = "service: s\nprovider: {name: aws}\nresources: {Resources: '${file(vault.yml)}'}\n"
    report = checked({"serverless.yml": service, "vault.yml": VAULT})
    assert (len(report.results), report.warnings, report.errors) == (1, (), ())

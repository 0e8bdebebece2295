"""The plugin, run by cfn-lint itself, gives the verdicts of iac-check."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iac_check.cli import main
from iac_check.pipeline import run
from iac_check.settings import Settings

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "use" / "cfn-lint.md"
RUN = "import sys; from cfnlint.runner import main; sys.exit(main())"
CASES = [
    "cloudformation-aws-managed/template.yaml",
    "cloudformation-causes/template.yaml",
    "cloudformation-key-declared/template.yaml",
]
VAULT = "Resources: {V: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}}\n"


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Any:
    """cfn-lint with the arguments that the page tells, and what the plugin says."""
    assert main(["--cfn-lint-rules"]) == 0
    folder = capsys.readouterr().out.strip()
    (command,) = [line for line in PAGE.read_text().splitlines() if line.startswith("cfn-lint ")]

    def matches(path: str) -> list[tuple[str, str, list[str]]]:
        words = shlex.split(command.replace("$(iac-check --cfn-lint-rules)", folder))
        words = [path if word == "template.yaml" else word for word in words]
        done = subprocess.run(
            [sys.executable, "-c", RUN, *words[1:], "--format", "json"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [
            (match["Rule"]["Id"], match["Message"], match["Location"]["Path"] or [])
            for match in json.loads(done.stdout)
            if match["Rule"]["Id"].endswith("9001")
        ]

    return matches


@pytest.mark.parametrize("case", CASES)
def test_the_verdicts_are_the_same(case: str, monkeypatch: pytest.MonkeyPatch, lint: Any) -> None:
    monkeypatch.chdir(ROOT / "fixtures" / "BACKUP001")
    found = {(path[1], message) for _, message, path in lint(case)}
    expected = set()
    for r in run([case], Settings(cache=False)).results:
        if r.status == "fail":
            outcome = "/".join(part for part in (r.reason, r.cause) if part)
            world = f" (when {r.when})" if r.when else ""
            expected.add((r.address, f"{r.rule} {outcome}: {r.message}{world}; {r.caution}"))
    assert found == expected


def test_a_finding_says_in_which_world_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    key = "{Properties: {BackupVaultName: v, EncryptionKeyArn: !If [C, alias/a, '']}, "
    (tmp_path / "t.yaml").write_text(
        "Parameters: {E: {Type: String}}\nConditions: {C: !Equals [!Ref E, x]}\n"
        + VAULT.replace("{Type", key + "Type").replace(", Properties: {BackupVaultName: v}", "")
    )
    ((_, message, _),) = lint("t.yaml")
    assert '(when E != "x"); changing the key replaces the vault' in message


def test_a_finding_says_which_stack_it_is_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml}}"
    (tmp_path / "t.yaml").write_text(VAULT)
    (tmp_path / "p.yaml").write_text(f"Resources:\n  A: {stack}\n  B: {stack}\n")
    first, second = sorted(message for _, message, _ in lint("t.yaml"))
    assert " [A/V] (called by p.yaml:2);" in first
    assert " [B/V] (called by p.yaml:3);" in second


def test_the_settings_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(VAULT)
    (tmp_path / "iac-check.toml").write_text('[rules.BACKUP001.levels]\nmissing = "warning"\n')
    assert [rule for rule, _, _ in lint("t.yaml")] == ["W9001"]
    (tmp_path / "iac-check.toml").write_text("nothing = 1\n")
    ((rule, message, _),) = lint("t.yaml")
    assert rule == "E9001"
    assert message.startswith("iac-check.toml: ")


def test_a_relative_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(VAULT)
    (tmp_path / "p.yaml").write_text(
        "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: t.yaml}\n  S: 1\n"
    )
    assert {message.split(" ")[0] for _, message, _ in lint("t.yaml")} == {"BACKUP001", "p.yaml:5:"}


def test_a_vault_of_a_stack_set_stands_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  S:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n"
        "      StackSetName: s\n      PermissionModel: SELF_MANAGED\n      TemplateBody: |\n"
        f"        {VAULT}"
    )
    assert [path for _, _, path in lint("t.yaml")] == [["Resources", "S", "Properties"]]

"""Baselines, settings and standard input, from the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from iac_check import stdin
from iac_check.cli import main

VAULT = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text(VAULT)
    monkeypatch.chdir(tmp_path)


def test_a_baseline_accepts_what_is_there_and_nothing_new() -> None:
    assert main(["."]) == 1
    assert main(["--write-baseline", "baseline.json", "."]) == 0
    assert main(["--baseline", "baseline.json", "."]) == 0
    Path("main.tf").write_text(VAULT + VAULT.replace('"v"', '"new"'))
    assert main(["--baseline", "baseline.json", "."]) == 1


def test_what_could_not_be_read_is_not_accepted() -> None:
    Path("broken.tf").write_text(VAULT[:-2])
    assert main(["--write-baseline", "baseline.json", "."]) == 2
    assert not Path("baseline.json").exists()


def test_a_file_that_loosens_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("iac-check.toml").write_text('[rules.BACKUP001.levels]\nmissing = "off"\n')
    assert main(["."]) == 0
    err = capsys.readouterr().err
    assert "1 failed (1 off)" in err
    assert "note: by iac-check.toml: BACKUP001 missing is off\n" in err
    assert main(["--no-config", "."]) == 1


def test_what_flags_let_pass_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--write-baseline", "baseline.json", "."]) == 0
    capsys.readouterr()
    flags = ["--trusted-key", "alias/a", "--trusted-key", "alias/b", "--baseline", "baseline.json"]
    assert main([*flags, "."]) == 0
    told = (
        "note: 1 finding set aside by the baseline baseline.json; 2 keys trusted by --trusted-key\n"
    )
    assert capsys.readouterr().err.endswith(told)
    Path("iac-check.toml").write_text('baseline = "baseline.json"\n')
    assert main(["."]) == 0
    err = capsys.readouterr().err
    assert "note: by iac-check.toml: accepted: the findings of baseline.json\n" in err
    assert err.endswith("note: 1 finding set aside by the baseline baseline.json\n")


def test_settings_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    Path("iac-check.toml").write_text('exclude = ["x"]\n')
    assert main(["--show-settings", "--trusted-key", "alias/a", "--var", "x=1"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["file"], shown["exclude"]) == ("iac-check.toml", ["x"])
    assert shown["trusted-keys"] == ["alias/a"]
    assert shown["variables"] == {"x": "1"}
    assert shown["flags"] == ["--var", "--trusted-key"]


def test_globs_of_a_settings_file_are_relative_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("stacks/sandbox").mkdir(parents=True)
    Path("main.tf").rename("stacks/sandbox/main.tf")
    Path("iac-check.toml").write_text('exclude = ["stacks/sandbox/*"]\n')
    assert main(["--allow-empty", "."]) == 0
    monkeypatch.chdir("stacks")
    assert main(["--allow-empty", "."]) == 0
    Path("../iac-check.toml").write_text(
        '[[overrides]]\npaths = ["stacks/sandbox/"]\nrules.BACKUP001.levels.missing = "off"\n'
    )
    assert main(["."]) == 0
    monkeypatch.chdir("sandbox")
    assert main(["."]) == 0


@pytest.mark.parametrize(
    "text",
    [
        'exclude = ["*.tf"]\n',
        '[[overrides]]\npaths = ["*.tf"]\nrules.BACKUP001.levels.missing = "off"\n',
    ],
)
def test_globs_of_a_settings_file_end_at_its_folder(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("p/s").mkdir(parents=True)
    Path("p/main.tf").write_text(VAULT)
    Path("p/iac-check.toml").write_text(text)
    for here, up in (("p", ".."), ("p/s", "../..")):
        with monkeypatch.context() as patch:
            patch.chdir(here)
            assert main([f"{up}/main.tf"]) == 1
            assert main(["--allow-empty", f"{up}/p"]) == 0


def test_an_override_speaks_of_what_is_called_in_its_paths() -> None:
    for root in ("sandbox", "prod"):
        Path(root).mkdir()
        Path(root, "main.tf").write_text('module "m" {\n  source = "../modules/v"\n}\n')
    Path("modules/v").mkdir(parents=True)
    Path("main.tf").rename("modules/v/main.tf")
    Path("iac-check.toml").write_text(
        '[[overrides]]\npaths = ["sandbox"]\nrules.BACKUP001.levels.missing = "off"\n'
    )
    assert main(["sandbox"]) == 0
    assert main(["prod"]) == 1


def test_a_baseline_of_a_part_keeps_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other").mkdir()
    Path("other/main.tf").write_text(VAULT)
    assert main(["--write-baseline", "baseline.json", "."]) == 0
    assert "baseline.json: 2 findings accepted\n" in capsys.readouterr().err
    assert main(["--write-baseline", "baseline.json", "other"]) == 0
    told = "baseline.json: 1 finding accepted (nothing new), beside 1 outside of these paths\n"
    assert told in capsys.readouterr().err
    assert main(["--baseline", "baseline.json", "."]) == 0


def test_what_a_baseline_gets_and_loses_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    for text, told in (
        (VAULT, "1 finding accepted"),
        (VAULT + VAULT.replace('"v"', '"new"'), "2 findings accepted (1 new)"),
        (VAULT.replace('"v"', '"newer"'), "1 finding accepted (1 new, 2 gone)"),
        (VAULT.replace('"v"', '"newer"'), "1 finding accepted (nothing new)"),
    ):
        Path("main.tf").write_text(text)
        assert main(["--write-baseline", "baseline.json", "."]) == 0
        assert capsys.readouterr().err.endswith(f"baseline.json: {told}\n")


def test_what_is_left_out_is_neither_stale_nor_pruned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("infra/a", "infra/b"):
        Path(folder).mkdir(parents=True)
        Path(folder, "main.tf").write_text(VAULT)
    assert main(["--write-baseline", "baseline.json", "."]) == 0
    for folder, path, glob in ((".", ".", "infra/a"), (".", "infra", "*/a/*"), ("infra", ".", "a")):
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            file = str(Path("baseline.json").absolute()) if folder == "." else "../baseline.json"
            assert main(["--baseline", file, "--exclude", glob, path]) == 0
            assert "no longer occurs" not in capsys.readouterr().err
            assert main(["--write-baseline", file, "--exclude", glob, path]) == 0
            assert "outside of these paths" in capsys.readouterr().err
    Path("infra/b/main.tf").unlink()
    assert main(["--baseline", "baseline.json", "--exclude", "infra/a", "."]) == 0
    err = capsys.readouterr().err
    assert "infra/b/main.tf no longer occurs" in err
    assert "infra/a" not in err.replace("--exclude", "")


def test_a_baseline_that_the_settings_name_is_there_once_it_is_written() -> None:
    Path("iac-check.toml").write_text('baseline = "baseline.json"\n')
    assert main(["."]) == 2
    assert main(["--write-baseline", "other.json", "."]) == 2
    assert main(["--write-baseline", "baseline.json", "."]) == 0
    assert main(["."]) == 0


def test_what_is_no_baseline_is_not_written_over() -> None:
    Path("notes.json").write_text("[]")
    assert main(["--write-baseline", "notes.json", "."]) == 2
    assert Path("notes.json").read_text() == "[]"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (VAULT, "stdin.tf"),
        ('{"resource": {"aws_backup_vault": {"v": {"name": "v"}}}}', "stdin.tf.json"),
        ("Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n", "stdin.yaml"),
        ('{"Resources": {"V": {"Type": "AWS::Backup::BackupVault"}}}', "stdin.json"),
        ("{Resources: {V: {Type: AWS::Backup::BackupVault}}}", "stdin.yaml"),
        ('{"\\u0052esources": {"V": {"Type": "AWS::Backup::BackupVault"}}}', "stdin.json"),
        (
            'Description: |\n  resource "x"\n"Resources": {V: {Type: AWS::Backup::BackupVault}}\n',
            "stdin.yaml",
        ),
        (VAULT + "/*\nResources:\n*/\nlocals {\n  x = <<E\nResources:\nE\n}\n", "stdin.tf"),
        (VAULT.replace(" ", "/**/", 1), "stdin.tf"),
        (f"\ufeff{VAULT}", "stdin.tf"),
        (
            '\ufeff[{"//": 1, "resource": {"aws_backup_vault": {"v": {"name": "\\"Resources"}}}}]',
            "stdin.tf.json",
        ),
    ],
)
def test_the_language_of_standard_input_is_seen(
    text: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("main.tf").unlink()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["--format", "concise", "-"]) == 1
    assert capsys.readouterr().out.startswith(f"{name}:")


@pytest.mark.parametrize("text", ["hello: world\n", "hello\n", "", "# resource\n"])
def test_standard_input_that_is_neither_language(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "standard input holds no Terraform and no CloudFormation"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["-"]) == 3
    assert f"error: {told} (--allow-empty" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["--allow-empty", "-"]) == 0
    assert f"note: {told}\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    "data",
    [
        VAULT.encode("utf-16"),
        VAULT[:-2].encode(),
        b"a: *b # AWS::Backup::BackupVault\n",
        b'{"resource": {"aws_backup_vault": {"v": {}}}, "Resource": 1}',
        b'inputs = { a = "aws_backup_vault" }\n',
        b'module "v" {\n  source = "./v"\n',
        # To Terraform a comment and a vault, to YAML a template and a text.
        b"/*\n---\nResources: {}\n--- |\n */\n " + VAULT.replace("\n", "\n ").encode(),
    ],
)
def test_standard_input_of_no_clear_language_is_an_error(
    data: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a vault could be in it; it is not guessed at."""
    Path("main.tf").unlink()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["-", "."]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: standard input: ")
    assert "--stdin-filename" in told.err


def test_standard_input_takes_the_place_of_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("main.tf").rename("stdin.tf")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'variable "x" {}\n')))
    assert main([".", "-"]) == 1


def test_standard_input_that_a_file_holds_is_that_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path("main.tf").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["--format", "concise", "-"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("main.tf:")
    assert "1 vault: " in told.err


def test_standard_input_beside_a_file_that_declares_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path("main.tf").read_bytes() + b"\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["-"]) == 2
    assert "note: standard input is read as stdin.tf, beside" in capsys.readouterr().err


def test_a_name_for_standard_input_that_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stdin-filename", "main.tf", "."]) == 2
    assert capsys.readouterr().err.startswith("error: --stdin-filename: ")


@pytest.mark.parametrize("name", ["", "."])
def test_standard_input_has_the_name_of_a_file(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(VAULT.encode())))
    assert main(["--stdin-filename", name, "-"]) == 2
    assert capsys.readouterr().err == f'error: --stdin-filename: "{name}" is no name of a file\n'


def test_standard_input_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["-"]) == 2
    assert capsys.readouterr().err == "error: standard input: it is closed\n"
    monkeypatch.setattr(stdin, "FILE_LIMIT", 3)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abcd")))
    assert main(["-"]) == 2
    assert capsys.readouterr().err == "error: standard input: it is larger than 3 bytes\n"


def test_standard_input_stands_for_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = VAULT + 'resource "aws_kms_key" "k" {}\n'
    text = text.replace("}", "  kms_key_arn = aws_kms_key.k.arn\n}", 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["--stdin-filename", "main.tf", "-"]) == 0
    assert "1 vault: 1 passed" in capsys.readouterr().err


def test_a_variable_that_nothing_declares_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    Path("main.tf").write_text('variable "key" {}\n' + VAULT)
    assert main(["--var", "kye=x", "--var", "key=y", "."]) == 1
    told = (
        "warning: --var kye: no root module that leads to a vault declares it; did you mean key?\n"
    )
    assert told in capsys.readouterr().err


def test_warnings_stand_in_the_order_of_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    comment = "# iac-check: ignore[XYZ1] a\n"
    Path("b.tf").write_text(comment + VAULT)
    Path("a.tf").write_text(comment * 10 + "# aws_backup_vault\n")
    Path("iac-check.toml").write_text('exclude = ["gone/**"]\n')
    main([".", "--no-cache", "--var", "b=1", "--var", "a=1"])
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    lines = [f"a.tf:{line}:1: there is no rule XYZ1" for line in range(1, 11)]
    begin = ["--var a: ", "--var b: ", *lines, "b.tf:1:1: ", "iac-check.toml: "]
    assert len(told) == len(begin), told
    for line, start in zip(told, begin, strict=True):
        assert line.startswith(f"warning: {start}")


def test_a_baseline_that_is_none_ends_the_run_before_the_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text('resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
    (tmp_path / "b.json").write_text("{")
    assert main(["--no-config", "--baseline", "b.json", "."]) == 2
    assert capsys.readouterr() == ("", "error: b.json: it is not JSON\n")


def test_values_that_are_no_hcl_end_the_run_though_no_terraform_asks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text("Resources: {V: {Type: AWS::Backup::BackupVault}}\n")
    (tmp_path / "v.tfvars").write_text("a = = 1\n")
    assert main(["--no-config", "--var-file", "v.tfvars", "."]) == 2
    assert capsys.readouterr() == ("", "error: v.tfvars:1:5: an expression is expected here\n")


def test_a_mistyped_var_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(
        'variable "dev_key" {}\n'
        'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = var.dev_key\n}\n'
    )
    main(["--no-config", "--var", "dev_kye=x", "."])
    warned = [line for line in capsys.readouterr().err.splitlines() if "dev_kye" in line]
    assert len(warned) == 1

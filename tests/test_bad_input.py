"""Bad input: one clear error each, the rest still checked, exit code 2."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from iac_check.cli import main

GOOD = 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n'


def check(folder: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    code = main(["--format", "json", "--no-cache", "--no-config", *arguments])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "main.tf").write_text(GOOD)
    (tmp_path / "bad").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


BROKEN = [
    ("bad/main.tf", GOOD.encode()[:-3], 1, 33, "never closed"),
    ("bad/main.tf", b'resource "aws_backup_vault" "v" {\n  name = "v\n}\n', 2, 10, "never closed"),
    ("bad/main.tf", GOOD.replace('"v"\n', "\n").encode(), 2, 10, "an expression is expected"),
    ("bad/main.tf", GOOD.replace('"v"\n', "[v\n").encode(), 2, 10, "never closed"),
    ("bad/main.tf", GOOD.replace("name", "count = 1 +\nname").encode(), 2, 14, ""),
    ("bad/main.tf", GOOD.replace("name", "kms_key_arn = 1\nkms_key_arn").encode(), 3, 1, "twice"),
    ("bad/main.tf", GOOD.encode() + b'module "m" {\n  source = [\n}\n', 5, 12, "never closed"),
    # In expressions that nobody asks for:
    ("bad/main.tf", GOOD.replace("}", "  tags = { a = = 1 }\n}").encode(), 3, 16, "expression"),
    ("bad/main.tf", GOOD.encode() + b"locals {\n  bad = = 3\n}\n", 5, 9, "expression"),
    ("bad/main.tf", GOOD.encode() + b"locals { bad = = 3 }\n", 4, 16, "one argument"),
    ("bad/main.tf", GOOD.encode() + b'variable "x" { default = [1,\n}\n', 5, 1, "expression"),
    ("bad/main.tf", GOOD.replace("}", '  tags = "${a b}"\n}').encode(), 3, 15, "'b'"),
    ("bad/main.tf", b"\xff\xfe" + GOOD.encode("utf-16-le"), 1, 1, "UTF-16"),
    ("bad/main.tf", b"aws_backup_vault\n\xff\n", 2, 1, "UTF-8"),
    ("bad/main.tf", b"aws_backup_vault\x00", 1, 17, "binary"),
    ("bad/main.tf", GOOD.encode() * 2, 4, 1, "declared twice"),
    ("bad/main.tf.json", b'{"resource": {"aws_backup_vault": {"v": {"name": "v"}},}}', 1, 55, ""),
    (
        "bad/main.tf.json",
        b'{"resource": {"aws_backup_vault": {"v": {"tags": {"a": "b", "a": "c"}}}}}',
        1,
        61,
        "twice",
    ),
    ("bad/t.yaml", b"Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n\tX:\n", 4, 1, ""),
    (
        "bad/t.json",
        b'{"Resources": {"V": {"Type": "AWS::Backup::BackupVault"}, "V": {}}}',
        1,
        59,
        "",
    ),
]


@pytest.mark.parametrize(("path", "content", "line", "column", "message"), BROKEN)
def test_a_broken_file_is_one_error_and_the_rest_is_checked(
    tree: Path,
    path: str,
    content: bytes,
    line: int,
    column: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tree / path).write_bytes(content)
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    (error,) = report["errors"]
    assert (error["path"], error["line"], error["column"]) == (path, line, column)
    assert message in error["message"]
    assert "good/main.tf" in {result["location"]["path"] for result in report["results"]}


CALL = 'module "m" {\n  source = "./m"\n}\n'
BY_MODULE = GOOD.replace("}", "  kms_key_arn = module.m.arn\n}") + CALL
KEY = 'resource "aws_kms_key" "k" {}\noutput "arn" {\n  value = aws_kms_key.k.arn\n}\n'
UNIT = 'terraform {\n  source = "./m"\n}\n'
BAD = "bad = [\n= 3]\n"
# What is read for a vault, the last file with a fault in an expression that nobody asks for.
FEEDS: dict[str, dict[str, str]] = {
    "the vault's folder": {"main.tf": GOOD, "x.tf": BAD},
    "a module": {"main.tf": CALL, "m/main.tf": GOOD + BAD},
    "what calls one": {"m/main.tf": GOOD, "main.tf": CALL + BAD},
    "a module of the key": {"main.tf": BY_MODULE, "m/main.tf": KEY + BAD},
    "values": {"main.tf": GOOD, "terraform.tfvars": BAD},
    "Terragrunt": {"m/main.tf": GOOD, "terragrunt.hcl": UNIT + BAD},
}


@pytest.mark.parametrize("name", FEEDS)
def test_what_feeds_a_vault_is_read_whole(
    name: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in FEEDS[name].items():
        file = tree / "bad" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    (error,) = report["errors"]
    assert (error["path"], error["line"]) == (f"bad/{path}", text.count("\n"))
    assert len(report["results"]) == 2


def test_what_leads_to_no_vault_is_not_read(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "bad" / "main.tf").write_text("locals {\n  bad = = 3\n}\n")
    code, report = check(tree, ".", capsys=capsys)
    assert (code, report["errors"]) == (1, [])


def test_errors_and_warnings_are_in_the_order_of_their_places(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "# iac-check: ignor[BACKUP001] x\n"
    for name in ("a", "b"):
        (tree / name).mkdir()
        (tree / name / "bad.tf").write_text("# aws_backup_vault\na = \n")
        (tree / name / "good.tf").write_text(odd * 11 + GOOD)
    told = []
    for paths in (["a", "b", "no", "none"], ["none", "b", "no", "a"]):
        main(["--format", "concise", "--no-cache", "--no-config", *paths])
        told.append(capsys.readouterr())
    assert told[0] == told[1]
    places = [line.split(" ")[1] for line in told[0].err.splitlines() if "warning" in line]
    assert places == [f"{name}/good.tf:{line}:1:" for name in "ab" for line in range(1, 12)]


def test_a_path_that_does_not_exist(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(tree, "good", "nowhere", capsys=capsys)
    assert code == 2
    assert [error["path"] for error in report["errors"]] == ["nowhere"]
    assert len(report["results"]) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "bad" / "main.tf").write_text(GOOD)
    (tree / "bad" / "main.tf").chmod(0)
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    assert [error["path"] for error in report["errors"]] == ["bad/main.tf"]


def test_what_is_no_regular_file_is_not_waited_for(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tree / "bad" / "main.tf")
    (tree / "bad" / "loop").symlink_to(tree)
    (tree / "bad" / "gone.tf").symlink_to(tree / "nowhere")
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    assert sorted(error["path"] for error in report["errors"]) == ["bad/gone.tf", "bad/main.tf"]
    assert len(report["results"]) == 1


def test_a_pipe_by_name_is_not_waited_for(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tree / "pipe")
    code, report = check(tree, "pipe", capsys=capsys)
    assert code == 2
    assert [error["path"] for error in report["errors"]] == ["pipe"]


def test_a_pipe_of_values_ends_the_run_before_the_scan(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tree / "pipe")
    assert main(["good", "--var-file", "pipe", "--no-config"]) == 2
    assert capsys.readouterr() == ("", "error: pipe: it is not a regular file\n")


@pytest.mark.parametrize(("name", "code"), [("child.yaml", 2), ("other.yaml", 0)])
def test_a_template_that_cannot_be_read_matters_for_what_it_may_nest(
    name: str, code: int, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of these computes a folder, and says by which name it goes on."""
    resource = "    Type: AWS::CloudFormation::Stack\n    Properties:\n"
    nested = f"      TemplateURL: !Sub '${{Base}}/{name}'\n"
    (tree / "bad" / "main.yaml").write_text(f"Resources:\n  S:\n{resource}{nested * 2}")
    vault = (
        "    Type: AWS::Backup::BackupVault\n    Properties: {EncryptionKeyArn: !GetAtt K.Arn}\n"
    )
    (tree / "bad" / "child.yaml").write_text(
        f"Resources:\n  K:\n    Type: AWS::KMS::Key\n  V:\n{vault}"
    )
    found, report = check(tree, "bad", capsys=capsys)
    assert found == code
    assert [error["path"] for error in report["errors"]] == ["bad/main.yaml"][: code // 2]


def test_an_empty_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "values.yaml").write_text("replicas: {{ .Values.x }}\n")
    assert check(tmp_path, str(tmp_path), capsys=capsys)[0] == 3
    assert check(tmp_path, "--allow-empty", str(tmp_path), capsys=capsys)[0] == 0


def test_a_module_source_outside_of_the_repository_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "main.tf").write_text('output "arn" { value = "secret" }\n' + GOOD)
    inside = tmp_path / "repository"
    (inside / ".git").mkdir(parents=True)
    (inside / "link").symlink_to(tmp_path / "outside")
    (inside / "main.tf").write_text(
        'module "a" { source = "../outside" }\nmodule "b" { source = "./link" }\n'
        'resource "aws_backup_vault" "a" {\n  name = "a"\n  kms_key_arn = module.a.arn\n}\n'
        'resource "aws_backup_vault" "b" {\n  name = "b"\n  kms_key_arn = module.b.arn\n}\n'
        'resource "aws_backup_vault" "c" {\n  name = "c"\n'
        '  kms_key_arn = file("../outside/main.tf")\n}\n'
    )
    monkeypatch.chdir(inside)
    code, report = check(inside, ".", capsys=capsys)
    assert {result["cause"] for result in report["results"]} <= {"module-unavailable", "external"}
    assert "secret" not in json.dumps(report)
    assert code == 2
    places = [(error["line"], error["column"]) for error in report["errors"]]
    assert places == [(1, 23), (2, 23)]


@pytest.mark.parametrize("source", ['"../outside"', '("../outside")'])
def test_a_module_outside_is_an_error_where_nothing_else_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    (tmp_path / "outside").mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "main.tf").write_text(
        f'# module "c" {{ source = "../.." }}\nmodule "a" {{\n  source = {source}\n}}\n'
    )
    monkeypatch.chdir(inside)
    code, report = check(inside, ".", capsys=capsys)
    assert code == 2
    (error,) = report["errors"]
    assert (error["path"], error["line"], error["column"]) == ("main.tf", 3, 12)
    assert f"(the folder {inside}; no .git shows" in error["message"]


def test_modules_in_a_circle_are_an_error_and_none_of_their_vaults_is_lost(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (tree / name).mkdir()
        call = f'module "{other}" {{\n  source = "../{other}"\n}}\n'
        (tree / name / "main.tf").write_text(call + GOOD)
    code, report = check(tree, "a", "b", capsys=capsys)
    assert code == 2
    assert len(report["errors"]) == 1
    assert {result["location"]["path"] for result in report["results"]} == {
        "a/main.tf",
        "b/main.tf",
    }


def test_an_alias_that_cannot_be_read_is_an_error(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "bad" / "main.tf").write_text(
        'resource "aws_kms_alias" "a" {\n  name = "alias/a"\n  name = "alias/b"\n}\n'
        'resource "aws_backup_vault" "v" {\n  kms_key_arn = "alias/a"\n}\n'
    )
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    assert [(error["path"], error["line"]) for error in report["errors"]] == [("bad/main.tf", 3)]


def test_what_terragrunt_generates_is_never_silent(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = 'resource "aws_backup_vault" "v" { name = "${get_env("X")}" }'
    (tree / "bad" / "terragrunt.hcl").write_text(
        f'generate "v" {{\n  path = "v.tf"\n  contents = <<EOF\n{contents}\nEOF\n}}\n'
        'generate "p" {\n  path = "p.tf"\n  contents = get_env("Y")\n}\n'
    )
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    (error,) = report["errors"]
    assert (error["path"], error["line"]) == ("bad/terragrunt.hcl", 9)
    assert "missing" in {result["reason"] for result in report["results"]}  # of v, as far as known


def test_inputs_of_a_stack_that_are_no_expression_are_an_error_of_their_place(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "bad" / "main.tfcomponent.hcl").write_text(
        'stack "c" {\n  source = "./c"\n  inputs =\' { key = "k" }\n}\n'
    )
    (tree / "bad" / "c").mkdir()
    (tree / "bad" / "c" / "main.tfcomponent.hcl").write_text(
        'variable "key" {\n  type = string\n}\ncomponent "v" {\n  source = "../m"\n'
        "  inputs = { key = var.key }\n}\n"
    )
    (tree / "bad" / "m").mkdir()
    (tree / "bad" / "m" / "main.tf").write_text(
        'variable "key" {}\nresource "aws_backup_vault" "v" {\n  kms_key_arn = var.key\n}\n'
    )
    code, report = check(tree, ".", capsys=capsys)
    assert code == 2
    assert {(error["path"], error["line"]) for error in report["errors"]} == {
        ("bad/main.tfcomponent.hcl", 3)
    }

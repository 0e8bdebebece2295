"""Values that no module takes are told of: those of files of values, and arguments of calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings

MODULE = (
    'variable "kms_key_arn" {\n  default = null\n}\n'
    'resource "aws_backup_vault" "v" {\n  name = "v"\n  kms_key_arn = var.kms_key_arn\n}\n'
)
CALL = 'resource "aws_kms_key" "k" {}\nmodule "v" {\n  source = "../m"\n  %s\n}\n'


def checked(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *paths: str
) -> Report:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    values = tuple(name for name in files if "tfvars" in name)
    return run(paths or ["."], Settings(cache=False, var_files=values))


@pytest.mark.parametrize(
    ("values", "warnings"),
    [
        ('kms_key_arn = "x"\n', ()),
        (
            'a = 1\nkms_key_arm = "x"\n',
            (
                "p.tfvars:1:1: no root module declares a",
                "p.tfvars:2:1: no root module declares kms_key_arm; did you mean kms_key_arn?",
            ),
        ),
        (
            "a = 1\nb = 1\nc = 1\nd = 1\ne = 1\n",
            (
                *(
                    f"p.tfvars:{at}:1: no root module declares {n}"
                    for at, n in ((1, "a"), (2, "b"))
                ),
                "p.tfvars:3:1: no root module declares c",
                "p.tfvars:4:1: no root module declares 2 more names from here on",
            ),
        ),
    ],
)
def test_a_variable_file(
    values: str, warnings: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = checked({"r/main.tf": MODULE, "p.tfvars": values}, tmp_path, monkeypatch)
    assert report.warnings == warnings
    assert not report.errors


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("other/main.tf", 'variable "region" {}\n'),
        ("other/main.tf", "variable region {\n}\n"),
        ("other/main.tf.json", '{"variable": {"a": {}, "region": {}}}'),
    ],
)
def test_a_variable_file_may_serve_other_roots(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"r/main.tf": MODULE, "p.tfvars.json": '{"region": 1}', name: text}
    assert not checked(files, tmp_path, monkeypatch).warnings


def test_what_only_a_called_module_declares_is_not_set_by_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"m/a.tf": MODULE, "r/a.tf": CALL % "", "p.tfvars": 'kms_key_arn = "x"\n'}
    report = checked(files, tmp_path, monkeypatch)
    assert report.warnings == ("p.tfvars:1:1: no root module declares kms_key_arn",)


def test_a_misspelt_argument_of_a_call_is_told_once_and_led_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = CALL % "count = 2\n  providers = {}\n  kms_key_arm = aws_kms_key.k.arn"
    report = checked({"m/a.tf": MODULE, "r/a.tf": call}, tmp_path, monkeypatch)
    assert report.warnings == (
        'r/a.tf:6:3: module "v" has no argument kms_key_arm, so Terraform refuses it; '
        "did you mean kms_key_arn?",
    )
    assert len(report.results) == 2
    for result in report.results:
        hop = result.trail[1]
        assert str(hop.span) == "r/a.tf:6:3"
        assert 'passes no "kms_key_arn"; "kms_key_arm" is not an argument of it' in hop.note
        assert result.help.startswith("Write `kms_key_arn` instead of `kms_key_arm`: ")


@pytest.mark.parametrize("default", ["", 'default = "alias/aws/backup"', "default = null"])
def test_the_help_names_the_argument_that_was_meant(
    default: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = MODULE.replace("  default = null\n", f"  {default}\n")
    call = CALL % "kms_key_arm = aws_kms_key.k.arn"
    right = 'module "other" {\n  source = "../m"\n}\n'
    files = {"m/a.tf": module, "r/a.tf": call + right}
    results = checked(files, tmp_path, monkeypatch).results
    helps = {result.address.partition(".aws")[0]: result.help for result in results}
    assert helps["module.v"].startswith("Write `kms_key_arn` instead of `kms_key_arm`: ")
    assert "kms_key_arm" not in helps["module.other"]


def test_a_misspelt_input_of_a_component_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = 'component "v" {\n  source = "./m"\n  inputs = { kms_key_arm = "x" }\n}\n'
    report = checked({"m/a.tf": MODULE, "a.tfcomponent.hcl": call}, tmp_path, monkeypatch)
    assert report.warnings == (
        'a.tfcomponent.hcl:3:14: component "v" has no variable kms_key_arm, '
        "so this input has no effect; did you mean kms_key_arn?",
    )


def test_of_a_module_that_cannot_be_read_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"m/a.tf": MODULE, "m/b.tf": 'variable "x" {', "r/a.tf": CALL % "x = 1"}
    report = checked(files, tmp_path, monkeypatch)
    assert report.errors
    assert not report.warnings


@pytest.mark.parametrize("name", ["terraform.tfvars", "p.auto.tfvars"])
def test_a_file_of_the_roots_own_is_told_where_a_name_is_near_one_without_a_value(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked({"r/main.tf": MODULE}, tmp_path, monkeypatch)
    near = f"r/{name}:2:1: the root module declares no kms_key_anr; did you mean kms_key_arn?"
    both = 'kms_key_arn = "x"\nkms_key_arn2 = "y"\n'
    for values, told in (('of_others = 1\nkms_key_anr = "x"\n', (near,)), (both, ())):
        (tmp_path / "r" / name).write_text(values)
        assert run(["."], Settings(cache=False)).warnings == told


def test_what_several_files_give_to_several_roots_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{name}.tfvars": f'kms_key_arn = "{name}"\n' for name in ("p", "q")}
    report = checked({"a/main.tf": MODULE, **files}, tmp_path, monkeypatch)
    assert report.warnings == ()
    (warning,) = checked({"b/main.tf": MODULE, **files}, tmp_path, monkeypatch).warnings
    assert warning.startswith("q.tfvars:1:1: kms_key_arn is set in p.tfvars:1:1, too")


def test_files_of_values_beside_a_root_are_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "r/a.tf": MODULE, "r/dev.tfvars": 'kms_key_arn = "x"\n', "r/envs/prod.tfvars.json": "{}",
        "r/envs/dev.tfvars.json": '{"kms_key_arn": "x"}', "r/envs/other.tfvars": "region = 1\n",
        "r/terraform.tfvars": "", "r/inner/main.tf": MODULE.replace("kms_key_arn", "region"),
        "r/inner/x.tfvars": 'kms_key_arn = "x"\n', "s/a.tf": CALL % "", "m/a.tf": MODULE,
        "s/x.tfvars": 'kms_key_arn = "x"\n',
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    found = run(["."], Settings(cache=False)).unused
    assert found == (("r", ("r/dev.tfvars", "r/envs/dev.tfvars.json")),)
    assert not run(["."], Settings(cache=False, var_files=("r/dev.tfvars",))).unused
    (tmp_path / "r" / "terragrunt.hcl").write_text("")
    assert not run(["."], Settings(cache=False)).unused

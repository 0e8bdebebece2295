"""What Terragrunt's `include` exposes, what `read_terragrunt_config` and dependencies give."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_check.policy.result import Report

from .conftest import report_of

ASKING = (
    'variable "k" {}\nresource "aws_kms_key" "k" {}\nresource "aws_backup_vault" "v" {\n'
    '  name = "v"\n  kms_key_arn = var.k == "use" ? aws_kms_key.k.arn : var.k\n}\n'
)
SOURCE = 'terraform {\n  source = "../m"\n}\n'
COMMON = 'locals {\n  use = "use"\n}\ninputs = {\n  x = "use"\n}\n'
READ = 'locals {\n  c = read_terragrunt_config("../r/r.hcl")\n}\n'


def checked(
    files: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Report, list[str]]:
    report = report_of({**files, "m/main.tf": ASKING}, folder, monkeypatch)
    return report, [result.cause or result.reason or "pass" for result in report.results]


@pytest.mark.parametrize(
    ("label", "exposed", "value", "outcome"),
    [
        ("", True, "include.locals.use", "pass"),
        ("", True, "include.inputs.x", "pass"),
        ("", True, 'include[""].locals.use', "undeclared"),
        (' ""', True, "include.locals.use", "pass"),
        ("", False, "include.locals.use", "undeclared"),
        ("", False, 'try(include.locals.use, "alias/aws/backup")', "aws-managed"),
        (' "root"', True, "include.root.locals.use", "pass"),
        (' "root"', False, "include.root.locals.use", "undeclared"),
        (' "root"', False, 'try(include.root.locals.use, "alias/aws/backup")', "aws-managed"),
        (' "root"', True, "include.locals.use", "undeclared"),
        (" get_env", True, "include.locals.use", "aws-managed"),
    ],
)
def test_what_an_include_exposes(
    label: str,
    exposed: bool,
    value: str,
    outcome: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expose = "  expose = true\n" if exposed else ""
    path = '"../common.hcl"'
    if label == " get_env":
        label, path = "", 'get_env("X") == "" ? "../common.hcl" : "../other.hcl"'
    unit = f"{SOURCE}include{label} {{\n  path = {path}\n{expose}}}\ninputs = {{ k = {value} }}\n"
    files = {"u/terragrunt.hcl": unit, "common.hcl": COMMON}
    files["other.hcl"] = COMMON.replace('use = "use"', 'use = "alias/aws/backup"')
    report, found = checked(files, tmp_path, monkeypatch)
    assert (found, report.errors) == ([outcome], ())


def test_a_bare_include_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    include = '{"path": "../common.hcl", "expose": true}'
    unit = '{"terraform": {"source": "../m"}, "include": INCLUDE, "inputs": {"k": "${KEY}"}}'
    for written in (include, f"[{include}]", f'{{"": {include}}}'):
        text = unit.replace("INCLUDE", written).replace("KEY", "include.locals.use")
        files = {"u/terragrunt.hcl.json": text, "common.hcl": COMMON}
        report, found = checked(files, tmp_path, monkeypatch)
        assert (found, report.errors) == (["pass"], ())
    text = unit.replace("INCLUDE", f'{{"r": {include}}}').replace("KEY", "include.r.locals.use")
    files["u/terragrunt.hcl.json"] = text
    assert checked(files, tmp_path, monkeypatch)[1] == ["pass"]


@pytest.mark.parametrize(
    ("read", "value", "outcome"),
    [
        ('include {\n  path = "../common.hcl"\n}\n', "local.c.inputs.x", "pass"),
        ('include {\n  path = "../common.hcl"\n}\n', "local.c.locals.use", "undeclared"),
        ('include {\n  path = "../common.hcl"\n}\ninputs = { x = null }\n', "local.c.inputs.x",
         "missing"),
        ("locals {\n  f = basename(get_original_terragrunt_dir())\n}\n",
         'local.c.locals.f == "u" ? "use" : null', "pass"),
        ("locals {\n  f = basename(get_terragrunt_dir())\n}\n",
         'local.c.locals.f == "r" ? "use" : null', "pass"),
        ('locals {\n  d = read_terragrunt_config("../s/s.hcl").locals.f\n}\n',
         'local.c.locals.d == "u" ? "use" : null', "pass"),
        ("", "try(local.c.locals.use, null)", "missing"),
    ],
)  # fmt: skip
def test_what_is_read(
    read: str, value: str, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "u/terragrunt.hcl": f"{SOURCE}{READ}inputs = {{ k = {value} }}\n",
        "r/r.hcl": read,
        "s/s.hcl": "locals {\n  f = basename(get_original_terragrunt_dir())\n}\n",
        "common.hcl": COMMON,
    }
    report, found = checked(files, tmp_path, monkeypatch)
    assert (found, report.errors) == ([outcome], ())


def test_a_dependency_has_its_own_original_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = 'basename(get_original_terragrunt_dir()) == "d" ? "use" : null'
    files = {
        "u/terragrunt.hcl": SOURCE
        + 'dependency "d" {\n  config_path = "../d"\n}\ninputs = { k = dependency.d.outputs.o }\n',
        "d/terragrunt.hcl": f"inputs = {{ o = {known} }}\n",
        "d/main.tf": 'variable "o" {}\noutput "o" {\n  value = var.o\n}\n',
    }
    assert checked(files, tmp_path, monkeypatch)[1] == ["pass"]


MOCK = '  mock_outputs = { o = "alias/aws/backup" }\n'
FOR = MOCK + "  mock_outputs_allowed_terraform_commands = [%s]\n"


@pytest.mark.parametrize(
    ("block", "unit", "outcome"),
    [
        ("", "", "pass"),
        ("", "skip = false\n", "pass"),
        ("", "skip = true\n", "undeclared"),
        (MOCK, "skip = true\n", "aws-managed"),
        (FOR % '"validate"', "skip = true\n", "aws-managed"),
        (MOCK, 'skip = get_env("X") == ""\n', "aws-managed"),
        (MOCK, 'include {\n  path = "../skip.hcl"\n}\n', "aws-managed"),
        (MOCK, 'include {\n  path = "../skip.hcl"\n}\nskip = false\n', "pass"),
        # What is excluded keeps its state, of which Terragrunt takes the outputs.
        (MOCK, 'exclude {\n  if = true\n  actions = ["all"]\n}\n', "pass"),
        (MOCK + "  enabled = false\n", "", "aws-managed"),
        (FOR % '"validate"' + "  enabled = false\n", "", "aws-managed"),
        (FOR % '"validate"' + "  skip_outputs = true\n", "", "undeclared"),
        (FOR % '"apply", get_env("X")' + "  skip_outputs = true\n", "", "aws-managed"),
        (FOR % "" + "  skip_outputs = true\n", "", "aws-managed"),
        (FOR % 'get_env("X")' + "  skip_outputs = true\n", "", "undeclared"),
    ],
)
def test_a_dependency_that_is_disabled_gives_what_is_mocked(
    block: str, unit: str, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "u/terragrunt.hcl": f'{SOURCE}dependency "d" {{\n  config_path = "../d"\n{block}}}\n'
        "inputs = { k = dependency.d.outputs.o }\n",
        "d/terragrunt.hcl": unit,
        "d/main.tf": 'output "o" {\n  value = "use"\n}\n',
        "skip.hcl": "skip = true\n",
    }
    report, found = checked(files, tmp_path, monkeypatch)
    assert (found, report.errors) == ([outcome], ())


@pytest.mark.parametrize(
    ("includes", "path", "where"),
    [
        ('include {\n  path = "../p/c.hcl"\n}\n', "basename(get_parent_terragrunt_dir())", "p"),
        ('include "a" {\n  path = "../p/c.hcl"\n}\n', "path_relative_to_include()", "../u"),
        ('include "a" {\n  path = "../p/c.hcl"\n}\n', 'path_relative_from_include("a")', "../p"),
        (
            'include "a" {\n  path = "../p/c.hcl"\n}\ninclude "b" {\n  path = "../q/c.hcl"\n}\n',
            'path_relative_from_include("b")',
            "../q",
        ),
        (
            'include "a" {\n  path = "${get_parent_terragrunt_dir()}/../p/c.hcl"\n}\n',
            "basename(get_parent_terragrunt_dir())",
            "p",
        ),
        ("", "path_relative_to_include()", "."),
    ],
)
def test_where_the_included_file_is(
    includes: str, path: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = f'{SOURCE}{includes}inputs = {{ k = {path} == "{where}" ? "use" : null }}\n'
    files = {"u/terragrunt.hcl": unit, "p/c.hcl": "locals {}\n", "q/c.hcl": "locals {}\n"}
    report, found = checked(files, tmp_path, monkeypatch)
    assert (found, report.errors) == (["pass"], ())


@pytest.mark.parametrize(
    ("strategy", "parent", "child", "outcome"),
    [
        ("deep", "  enabled = false\n", "", "aws-managed"),
        ("deep", "  enabled = false\n", "  enabled = true\n", "pass"),
        ("shallow", "  enabled = false\n", "", "pass"),
        ("shallow", "  skip_outputs = true\n", "", "pass"),
        ("deep", "  skip_outputs = true\n", "", "aws-managed"),
        ("deep", "  enabled = false\n", '  mock_outputs = { o = "use" }\n', "pass"),
        ("no_merge", "  enabled = false\n", "", "pass"),
    ],
)
def test_dependencies_are_merged_as_the_include_says(
    strategy: str,
    parent: str,
    child: str,
    outcome: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    block = 'dependency "d" {\n  config_path = "../d"\n%s}\n'
    include = f'include {{\n  path = "../c.hcl"\n  merge_strategy = "{strategy}"\n}}\n'
    files = {
        "u/terragrunt.hcl": SOURCE
        + include
        + block % child
        + "inputs = { k = dependency.d.outputs.o }\n",
        "c.hcl": block % (parent + MOCK),
        "d/terragrunt.hcl": "",
        "d/main.tf": 'output "o" {\n  value = "use"\n}\n',
    }
    report, found = checked(files, tmp_path, monkeypatch)
    assert (found, report.errors) == ([outcome], ())


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ('jsondecode(read_tfvars_file("x.tfvars")).k', "pass"),
        ('jsondecode(read_tfvars_file("../u/x.tfvars")).n', "missing"),
        ('jsondecode(read_tfvars_file("x.tfvars.json")).k', "aws-managed"),
        ('jsondecode(read_tfvars_file("y.tfvars")).k', "external"),
        ('jsondecode(read_tfvars_file("../../y.tfvars")).k', "external"),
        ('try(jsondecode(read_tfvars_file(get_env("X"))).k, "use")', "external"),
        ('try(read_terragrunt_config(get_env("X")).locals.k, "use")', "external"),
        ('try(file(find_in_parent_folders(get_env("X"))), "use")', "external"),
        ('deep_merge({ a = { k = "use" } }, { a = { z = 1 } }, null).a.k', "pass"),
        ('deep_merge({ a = ["use"] }, { a = ["x"] }).a[0]', "pass"),
        ('deep_merge({ k = "use" }, { k = "alias/aws/backup" }).k', "aws-managed"),
        ('deep_merge({ k = "use" }, get_env("X")).k', "external"),
        ('deep_merge("use").k', "undeclared"),
        ('mark_as_read("use")', "pass"),
        ('mark_glob_as_read("*")[0]', "unsupported"),
        ('constraint_check("1.0", ">= 1") ? "use" : null', "unsupported"),
        ("read_tfvars_file()", "undeclared"),
    ],
)
def test_functions_of_terragrunt(
    value: str, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "u/terragrunt.hcl": f"{SOURCE}inputs = {{ k = {value} }}\n",
        "u/x.tfvars": 'k = "use"\nn = null\n',
        "u/x.tfvars.json": '{"k": "alias/aws/backup"}',
    }
    report, found = checked(files, tmp_path, monkeypatch)
    assert (found, report.errors) == ([outcome], ())

"""`AWS::Include`: what it brings in stands in its place, and what is not read is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from iac_check.cloudformation.includes import with_includes
from iac_check.cloudformation.yaml_document import read_yaml
from iac_check.language.document import MappingNode, Node
from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.settings import Settings
from iac_check.source import Source

VAULT = "{Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}"
TOPIC = "Resources:\n  T: {Type: AWS::SNS::Topic}\n"
PART = {"a.yaml": f"V: {VAULT}\n"}
UNKNOWN = "which file is included here is not known; what it declares is not checked"

Check = Callable[[Mapping[str, str]], Report]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    (tmp_path / "r" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "r")

    def checked(files: Mapping[str, str]) -> Report:
        for name, text in files.items():
            Path(name).write_text(text)
        return run(["."], Settings(cache=False))

    return checked


def include(location: str) -> str:
    return f"Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: {location}}}}}"


def parameters(more: str) -> str:
    return f"Parameters: {{X: {{Type: String{more}}}}}\n"


def test_what_is_not_touched_stays_as_it_is() -> None:
    (root,) = read_yaml(Source("t.yaml", "a: [b, {c: d}]\nx: {Fn::Transform: Macro}\n"))
    assert isinstance(root, MappingNode)
    assert with_includes(root, lambda *_: None) is root


def test_a_list_where_a_mapping_must_be_brings_in_nothing() -> None:
    (root,) = read_yaml(Source("t.yaml", include("a.yaml")))
    (part,) = read_yaml(Source("a.yaml", "- V\n"))
    assert isinstance(root, MappingNode)
    assert with_includes(root, lambda *_: part) is root


def test_a_macro_beside_an_include_stays() -> None:
    text = "Transform: [Macro, {Name: AWS::Include, Parameters: {Location: a}}]\nResources: {}\n"
    (root,) = read_yaml(Source("t.yaml", text))
    (part,) = read_yaml(Source("a.yaml", "Outputs: {}\n"))
    assert isinstance(root, MappingNode)

    def given(transform: Node, whole: MappingNode, declares: bool) -> Node:
        assert (whole, declares) == (root, True)
        return part

    whole = with_includes(root, given)
    assert [entry.key for entry in whole.entries] == ["Resources", "Transform", "Outputs"]
    assert whole.get("Transform") == read_yaml(Source("t.yaml", "[Macro]"))[0]


@pytest.mark.parametrize(
    "location", ["!Ref X", "!Sub '${X}'", "{'Fn::Join': ['', [!Ref X]]}", "!If [C, !Ref X, a.yaml]"]
)
def test_a_location_that_is_one_in_all_worlds_is_read(check: Check, location: str) -> None:
    start = parameters(", Default: a.yaml") + "Conditions: {C: !Equals [!Ref AWS::Region, r]}\n"
    report = check({"t.yaml": f"{start}{TOPIC}  {include(location)}\n", **PART})
    assert [result.reason for result in report.results] == ["missing"]
    assert not report.errors


@pytest.mark.parametrize(
    ("more", "location"),
    [
        ("", "!Sub './${X}.yaml'"),
        ("", "'./${X}.yaml'"),
        ("", "!Sub './${Loop}.yaml'"),
        (", AllowedValues: [a, b]", "!Sub '${X}.yaml'"),
    ],
)
def test_a_location_that_may_be_that_of_a_vault_is_an_error(
    check: Check, more: str, location: str
) -> None:
    files = {"t.yaml": f"{parameters(more)}{TOPIC}  {include(location)}\n"}
    (error,) = check({**files, **PART}).errors
    assert (error.path, error.message) == ("t.yaml", UNKNOWN)
    Path("a.yaml").write_text("V: {Type: AWS::SNS::Topic}\n")
    assert not check(files).errors


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("s3://b/a.yaml", "s3://b/a.yaml of t.yaml"),
        ("!Ref X", "the include of t.yaml:4"),
        ("!Sub 's3://${X}/a.yaml'", "the include of t.yaml:4"),
        ("gone.txt", "gone.txt of t.yaml"),
        ("gone.yaml", "gone.yaml"),
    ],
)
def test_what_may_declare_resources_and_is_not_read_is_told(
    check: Check, location: str, told: str
) -> None:
    report = check({"t.yaml": f"{parameters('')}{TOPIC}  {include(location)}\n"})
    assert (report.unread, report.errors) == ((told,), ())


def test_what_is_included_in_a_property_is_not_told(check: Check) -> None:
    api = f"  A: {{Type: A::B::C, Properties: {{Body: {{{include('s3://b/api.yaml')}}}}}}}\n"
    assert check({"t.yaml": TOPIC + api}).unread == ()


def test_an_include_in_what_is_included_is_refused(check: Check) -> None:
    start = f"{TOPIC}  {include('b.yaml')}\n"
    (error,) = check({"t.yaml": start, "b.yaml": f"{include('a.yaml')}\n", **PART}).errors
    assert (error.path, error.line) == ("b.yaml", 1)
    assert error.message.startswith("CloudFormation refuses an include in what is included")


def test_a_second_document_of_what_is_included_is_an_error(check: Check) -> None:
    part = f"U: {{Type: AWS::SNS::Topic}}\n---\nV: {VAULT}\n"
    (error,) = check({"t.yaml": f"{TOPIC}  {include('a.yaml')}\n", "a.yaml": part}).errors
    assert (error.path, error.line) == ("a.yaml", 3)


def test_a_computed_location_outside_of_the_repository_is_an_error(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(PART["a.yaml"])
    start = parameters(", Default: ../a.yaml")
    (error,) = check({"t.yaml": f"{start}{TOPIC}  {include('!Ref X')}\n"}).errors
    assert "outside" in error.message

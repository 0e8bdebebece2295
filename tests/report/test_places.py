"""Where CI systems show a finding: a path from the repository's root, of a file that it holds."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iac_check.language.value import Hop
from iac_check.policy.result import Report, Result
from iac_check.source import InputError, Source

from .samples import at, rendered, report, result, span

PATH = ".terraform/modules/vault/main.tf"
MODULE = Source(PATH, 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n')
CALLS = Source("infra/main.tf", '\nmodule "vault" {\n  source = "a/vault/aws"\n}\n')


def installed(*calls: Source) -> Result:
    vault = span(MODULE, 'resource "aws_backup_vault" "v"')
    found = tuple(span(call, 'module "vault"') for call in calls)
    hop = Hop(vault, "no key is given")
    return result(span=vault, resource_span=vault, trail=(hop,), calls=found)


def test_a_finding_in_an_installed_module_stands_at_its_call() -> None:
    inner = Source(".terraform/modules/outer/main.tf", 'module "vault" {}\n')
    content = report(installed(CALLS, inner))
    told = f"(the vault is at {PATH}:1)"
    out = rendered("github", content)
    assert "file=infra/main.tf,line=2," in out
    assert told in out
    (found,) = json.loads(rendered("gitlab", content))
    assert found["location"] == {"path": "infra/main.tf", "lines": {"begin": 2}}
    assert told in found["description"]
    case = next(ElementTree.fromstring(rendered("junit", content)).iter("testcase"))
    assert case.get("classname") == "infra/main.tf"
    (found,) = json.loads(rendered("sarif", content))["runs"][0]["results"]
    place, related = found["locations"][0], found["relatedLocations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "infra/main.tf"
    places = [one["physicalLocation"]["artifactLocation"]["uri"] for one in related]
    assert places == [PATH, ".terraform/modules/outer/main.tf"]
    (found,) = json.loads(rendered("json", content))["results"]
    assert found["location"]["path"] == PATH
    assert f"--> {PATH}:1:1" in rendered("text", content)


def test_one_that_nothing_in_the_repository_calls_stays_where_it_is() -> None:
    assert f"file={PATH}," in rendered("github", report(installed()))


def paths(content: Report) -> set[str]:
    """The path of each place that the reports of CI systems name."""
    lines = rendered("github", content).splitlines()
    found = {line.partition("file=")[2].partition(",")[0] for line in lines}
    found |= {one["location"]["path"] for one in json.loads(rendered("gitlab", content))}
    (run,) = json.loads(rendered("sarif", content))["runs"]
    told = run["invocations"][0]["toolExecutionNotifications"]
    for one in (*run["results"], *told):
        for place in one["locations"]:
            found.add(place["physicalLocation"]["artifactLocation"]["uri"])
    return found


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_paths_count_from_the_root_of_the_checkout(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = report(at("key", "key"), errors=(InputError("m", "main.tf", 1, 1),))
    inner = tmp_path / "checkout" / "app" / "infra"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert paths(content) == {"main.tf"}
    monkeypatch.setenv(variable, str(tmp_path / "checkout"))
    assert paths(content) == {"app/infra/main.tf"}
    assert json.loads(rendered("json", content))["errors"][0]["path"] == "main.tf"
    whole = report(at("key", "key", path=str(inner / "main.tf")))
    assert paths(whole) == {"app/infra/main.tf"}
    outside = report(at("key", "key", path="../../../main.tf"))
    assert paths(outside) == {"../../../main.tf"}
    # A repository that is checked out into a folder of its own.
    (tmp_path / "checkout" / "app" / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert paths(content) == {"main.tf"}


def test_a_repository_within_the_workspace_has_a_root_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "app" / "infra"
    inner.mkdir(parents=True)
    (tmp_path / "app" / ".git").mkdir()
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(inner)
    assert paths(report(at("key", "key"))) == {"infra/main.tf"}

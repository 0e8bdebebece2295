"""Which root a finding is about is told by every report."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from iac_check.policy.result import Result
from iac_check.source import Source

from .samples import MODULE, rendered, report, result, span


def called(folder: str, line: int = 1) -> Result:
    """A vault whose key is decided in the module, so that only the call tells the roots apart."""
    source = Source(f"{folder}/main.tf", "\n" * (line - 1) + 'module "v" {\n}\n')
    place = result().trail[:1]
    return result(calls=(span(source, 'module "v"'),), trail=place)


TWO = report(called("envs/dev"), called("envs/stage"))


@pytest.mark.parametrize("name", ["text", "concise", "github", "gitlab", "json", "junit", "sarif",
                                  "markdown", "html"])  # fmt: skip
def test_the_roots_are_named(name: str) -> None:
    out = rendered(name, TWO)
    assert "envs/dev/main.tf" in out
    assert "envs/stage/main.tf" in out


def test_text_has_a_line_for_it() -> None:
    out = rendered("text", report(called("envs/stage", 3)))
    assert '  = called by: envs/stage/main.tf:3 (module "v")\n' in out


def test_two_roots_are_two_blocks() -> None:
    assert rendered("text", TWO).count("error[BACKUP001]") == 2


def test_two_calls_of_one_root_are_one_block_that_names_them() -> None:
    out = rendered("text", report(called("envs/dev"), called("envs/dev", 5)))
    assert out.count("error[BACKUP001]") == 1
    assert 'also: module.v.aws_backup_vault.this ("ops") (called by envs/dev/main.tf:5)' in out


def test_no_two_cases_have_one_name() -> None:
    same = called("envs/dev")
    root = ElementTree.fromstring(rendered("junit", report(*TWO.results, same, result())))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names)) == 4


def test_a_call_that_the_trail_comes_by_is_not_told_twice() -> None:
    call = span(MODULE, 'variable "key"')
    found = result(calls=(call,), trail=(*result().trail, *report(result()).results[0].trail))
    (entry,) = json.loads(rendered("json", report(found)))["results"]
    assert [hop["note"] for hop in entry["trail"]][-1] == "called here"


@pytest.mark.parametrize("name", ["mermaid", "dot"])
def test_of_vaults_with_one_label_a_diagram_names_the_callers(name: str) -> None:
    told = [
        re.sub("#(\\d+);", lambda match: chr(int(match[1])), rendered(name, content))
        for content in (TWO, report(called("envs/dev")))
    ]
    assert "called by envs/dev/main.tf:1" in told[0]
    assert "called by envs/stage/main.tf:1" in told[0]
    assert "called by" not in told[1]


def test_results_of_one_place_stand_in_the_order_of_their_roots() -> None:
    dev, stage = TWO.results
    assert dev.order < stage.order
    assert dev.order[:5] == stage.order[:5]

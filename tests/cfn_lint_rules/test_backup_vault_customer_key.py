"""The plugin, run by cfn-lint itself, gives the verdicts of iac-check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from iac_check.cli import main
from iac_check.pipeline import run
from iac_check.settings import Settings

ROOT = Path(__file__).parent.parent.parent
RUN = "import sys; from cfnlint.runner import main; sys.exit(main())"
CASES = [
    "cloudformation-aws-managed/template.yaml",
    "cloudformation-causes/template.yaml",
    "cloudformation-key-declared/template.yaml",
]


@pytest.mark.parametrize("case", CASES)
def test_the_verdicts_are_the_same(
    case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "fixtures" / "BACKUP001")
    assert main(["--cfn-lint-rules"]) == 0
    folder = capsys.readouterr().out.strip()
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--append-rules", folder, "--format", "json", case],
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        (match["Location"]["Path"][1], match["Message"].split(":")[0])
        for match in json.loads(done.stdout)
        if match["Rule"]["Id"] == "E9001"
    }
    expected = {
        (r.address, f"{r.rule} {'/'.join(part for part in (r.reason, r.cause) if part)}")
        for r in run([case], Settings(cache=False)).results
        if r.status == "fail"
    }
    assert found == expected

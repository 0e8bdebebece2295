"""Every case of `fixtures/`: the verdicts stand beside the code, as `# expect:` comments.

`# expect: BACKUP001 aws-managed [address]` speaks of the line that it stands on; several are
parted by `;`. Where a file has no comments (JSON), a file `expected` beside it has lines of
`path:line rule verdict [address]`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iac_check.pipeline import run
from iac_check.policy.result import Report, Result
from iac_check.settings import Settings

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())
EXPECT = re.compile(r"# expect: (.*)$")


def _expected(case: Path) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for path in sorted(path for path in case.rglob("*") if path.is_file()):
        name = path.relative_to(case).as_posix()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if path.name == "expected":
                place, _, rest = line.partition(" ")
                found.add((place, *rest.split(None, 2)))
            elif match := EXPECT.search(line):
                for one in match[1].split(";"):
                    found.add((f"{name}:{number}", *one.split(None, 2)))
    return found


def _verdict(result: Result) -> str:
    if result.status == "suppressed":
        return "suppressed"
    if result.reason is None:
        return "pass"
    return f"{result.reason}/{result.cause}" if result.cause else result.reason


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdicts(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    report = run(["."], Settings(cache=False))
    expected = _expected(case)
    addressed = {line[0] for line in expected if len(line) == 4}
    assert expected or not report.results
    found = set()
    for result in report.results:
        place = f"{result.span.source.path}:{result.span.line}"
        line: tuple[str, ...] = (place, result.rule, _verdict(result))
        if place in addressed:
            line = (*line, result.address)
        found.add(line)
    assert found == expected
    assert not report.errors


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reading_everything_changes_nothing(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    on_demand = run(["."], Settings(cache=False))
    everything = run(["."], Settings(cache=False, read_everything=True))

    def told(report: Report) -> list[tuple[object, ...]]:
        return [(*r.order, _verdict(r), r.message, r.when) for r in report.results]

    assert told(everything) == told(on_demand)
    assert everything.errors == on_demand.errors == ()

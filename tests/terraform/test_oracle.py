"""The evaluator against an independent engine: Trivy's, as the package tfparse has it.

It is for development only, and runs in a process of its own with limits: it can abort. Where it
gives no value (it tells an error and a null alike), nothing is compared.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_check.language.evaluate import evaluate
from iac_check.language.value import EvaluationError, Known, ListValue, MapValue, Value
from iac_check.language.worlds import Worlds
from iac_check.source import Source, Span
from iac_check.terraform.expressions import expression
from iac_check.terraform.functions import Context, find

pytest.importorskip("tfparse", reason="the oracle is not installed: NOT compared with it")

ORACLE = "import json, sys, tfparse; print(json.dumps(tfparse.load_from_path(sys.argv[1])))"
SECONDS, BYTES = 20, 4 * 1024**3


class Constants:
    """A scope with functions and no names."""

    def __init__(self) -> None:
        self.worlds = Worlds()

    def lookup(self, name: str, span: Span) -> Value:
        raise EvaluationError(f"{name} is not declared", span)

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        function = find(name)
        assert function is not None
        return function(Context(span, ".", "/nowhere", self.worlds), arguments)


def ours(text: str) -> object:
    def plain(value: Value) -> object:
        match value:
            case Known(data=data):
                return data
            case ListValue(items=items):
                return [plain(item) for item in items]
            case MapValue(items=items):
                return {key: plain(items[key]) for key in items}
        raise AssertionError(value)

    try:
        return plain(evaluate(expression(Source("x.tf", text).span(0, len(text))), Constants()))
    except EvaluationError:
        return None


def theirs(texts: list[str], folder: Path) -> dict[str, object]:
    body = "".join(f"  v{number} = {text}\n" for number, text in enumerate(texts))
    (folder / "main.tf").write_text(f'resource "oracle" "o" {{\n{body}}}\n')

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))

    done = subprocess.run(
        [sys.executable, "-c", ORACLE, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        preexec_fn=limited,
    )
    if done.returncode:
        return {}
    found: dict[str, object] = json.loads(done.stdout).get("oracle", [{}])[0]
    return found


WORDS = st.text(alphabet="abcXYZ -_.", max_size=6)
STRINGS = WORDS.map(lambda text: f'"{text}"')
NUMBERS = st.integers(0, 30).map(str)
BOOLS = st.sampled_from(["true", "false"])
LISTS = st.lists(STRINGS, min_size=1, max_size=4).map(lambda items: f"[{', '.join(items)}]")
NUMBER_LISTS = st.lists(NUMBERS, min_size=1, max_size=4).map(lambda i: f"[{', '.join(i)}]")
MAPS = st.dictionaries(st.sampled_from("abcd"), STRINGS, min_size=1).map(
    lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items.items()) + "}"
)


def call(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda given: f"{name}({', '.join(given)})")


STRING_CALLS = st.one_of(
    *(call(name, STRINGS) for name in ("upper", "lower", "title", "trimspace", "strrev")),
    *(call(name, STRINGS, STRINGS) for name in ("trimprefix", "trimsuffix")),
    call("join", STRINGS, LISTS),
    call("replace", STRINGS, st.just('"a"'), STRINGS),
    call("substr", STRINGS, st.just("0"), st.integers(0, 5).map(str)),
    call("coalesce", STRINGS, st.just('"z"')),
    call("element", LISTS, NUMBERS),
    call("lookup", MAPS, st.sampled_from(['"a"', '"b"']), STRINGS),
    call("format", st.sampled_from(['"%s-%s"', '"%5s|%-5s"', '"%q%s"']), STRINGS, STRINGS),
    call("format", st.sampled_from(['"%d"', '"%03d"', '"%5.2f"', '"%x"']), NUMBERS),
    call("base64encode", STRINGS),
    call("md5", STRINGS),
    call("sha256", STRINGS),
    call("jsonencode", st.one_of(LISTS, MAPS)),
    st.tuples(STRINGS, NUMBERS).map(lambda p: f'"x${{{p[0]}}}-${{{p[1]}}}"'),
)
NUMBER_CALLS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from("+-*"), NUMBERS).map(" ".join),
    st.tuples(NUMBERS, st.sampled_from("/%"), st.integers(1, 9).map(str)).map(" ".join),
    call("length", st.one_of(STRINGS, LISTS, MAPS)),
    call("max", NUMBERS, NUMBERS),
    call("min", NUMBERS, NUMBERS),
    call("abs", NUMBERS),
    call("sum", NUMBER_LISTS),
    call("pow", st.integers(0, 9).map(str), st.integers(0, 4).map(str)),
)
BOOL_CALLS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(["<", ">", "<=", ">=", "==", "!="]), NUMBERS).map(" ".join),
    st.tuples(BOOLS, st.sampled_from(["&&", "||"]), BOOLS).map(" ".join),
    st.tuples(STRINGS, st.sampled_from(["==", "!="]), STRINGS).map(" ".join),
    call("contains", LISTS, STRINGS),
    call("startswith", STRINGS, STRINGS),
    call("endswith", STRINGS, STRINGS),
    call("can", st.sampled_from(["[1][0]", "[1][5]", "{ a = 1 }.b"])),
)
COLLECTIONS = st.one_of(
    *(call(name, LISTS) for name in ("reverse", "sort", "distinct", "compact")),
    call("concat", LISTS, LISTS),
    call("split", st.just('"a"'), STRINGS),
    call("slice", LISTS, st.just("0"), st.just("1")),
    call("flatten", st.tuples(LISTS, LISTS).map(lambda p: f"[{p[0]}, [{p[1]}]]")),
    call("chunklist", LISTS, st.just("2")),
    call("range", st.integers(0, 5).map(str)),
    call("keys", MAPS),
    call("values", MAPS),
    call("merge", MAPS, MAPS),
    LISTS.map(lambda items: f"[for i, v in {items} : upper(v) if i != 1]"),
    MAPS.map(lambda items: f"{{for k, v in {items} : v => k...}}"),
    LISTS.map(lambda items: f"{items}[*]"),
)
EXPRESSIONS = st.one_of(
    STRING_CALLS,
    NUMBER_CALLS,
    BOOL_CALLS,
    COLLECTIONS,
    st.tuples(BOOL_CALLS, STRING_CALLS, STRING_CALLS).map(lambda p: f"{p[0]} ? {p[1]} : {p[2]}"),
    STRING_CALLS.map(lambda text: f"upper({text})"),
    call("try", st.sampled_from(["[1][5]", "{}.a", '"ok"']), STRING_CALLS),
)


def same(mine: object, other: object) -> bool:
    if isinstance(mine, bool) or isinstance(other, bool):
        return mine is other
    if isinstance(mine, int | float) and isinstance(other, int | float):
        return abs(mine - other) <= 1e-9 * max(1, abs(mine))
    if isinstance(mine, list) and isinstance(other, list):
        return len(mine) == len(other) and all(map(same, mine, other))
    if isinstance(mine, dict) and isinstance(other, dict):
        return mine.keys() == other.keys() and all(same(mine[key], other[key]) for key in mine)
    return mine == other


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.lists(EXPRESSIONS, min_size=20, max_size=40, unique=True))
def test_both_engines_agree(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    found = theirs(texts, tmp_path_factory.mktemp("oracle"))
    for number, text in enumerate(texts):
        other = found.get(f"v{number}")
        if other is not None:
            assert same(ours(text), other), f"{text}: ours {ours(text)!r}, theirs {other!r}"


def test_the_oracle_answers(tmp_path: Path) -> None:
    """Else the test above would compare nothing."""
    assert theirs(["1 + 2", 'upper("a")'], tmp_path)["v1"] == "A"

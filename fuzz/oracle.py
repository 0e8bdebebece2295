"""`python -m fuzz.oracle`: verdicts held against what Terraform itself makes of the same code.

    python -m fuzz.oracle --seeds 1-8 --count 250

Random keys of backup vaults, over variables of a few values each: Terraform's console evaluates
them for every assignment, and we judge the code with validations that leave just these values.
What is null or "" for one of them must not pass (FALSE PASS, exit code 1); what is a customer key
for all should (false failure: told, and no fault). Needs `terraform`; no provider is used.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from iac_check.pipeline import run
from iac_check.records import dataclass
from iac_check.settings import Settings

STRINGS = ("0", "1", "01", "true", "a", "")
NAMES = ("", "a", "b", "z")


@dataclass(frozen=True)
class Case:
    """A key and a vault. `key` and `vault` are each the value of `count` or `for_each`, if any."""

    expression: str
    of_key: str | None = None
    key: str = ""
    of_vault: str | None = None
    vault: str = ""

    def __str__(self) -> str:
        of = f"key {self.of_key} {self.key} | vault {self.of_vault} {self.vault} | "
        return f"{of if self.of_key or self.of_vault else ''}{self.expression}"


@dataclass(frozen=True)
class Variable:
    """A variable's type, its values as Terraform's console reads them, and what validates it."""

    type: str
    values: str
    condition: str = ""
    nullable: bool = False

    def declared(self, name: str) -> str:
        lines = [f"  type = {self.type}"]
        if not self.nullable:
            lines.append("  nullable = false")
        if self.condition:
            lines.append(
                f'  validation {{\n    condition = {self.condition}\n    error_message = "x"\n  }}'
            )
        return "\n".join((f'variable "{name}" {{', *lines, "}"))


def _strings(values: tuple[str, ...], name: str) -> Variable:
    listed = json.dumps(values)
    return Variable("string", f"tolist({listed})", f"contains({listed}, var.{name})")


VARIABLES = {
    "n": Variable("number", "[0, 1, 2]", "contains([0, 1, 2], var.n)"),
    "b": Variable("bool", "[true, false]"),
    "s": _strings(STRINGS, "s"),
    "s2": _strings(("1", "a"), "s2"),
    "w": _strings(NAMES, "w"),
    "k": Variable("string", '[null, "", "a"]', nullable=True),
    # Of collections a few shapes stand for all: nothing bounds them.
    "l": Variable("list(string)", '[tolist([]), tolist(["a"]), tolist(["b"]), tolist(["a", "b"]), '
                  'tolist(["b", "a"]), tolist(["z"]), tolist(["a", "b", "z"])]'),
    "m": Variable("map(string)", '[tomap({}), tomap({a = "x"}), tomap({b = ""}), '
                  'tomap({a = "", b = "y"}), tomap({z = "a"}), tomap({a = "a", b = "b"})]'),
}  # fmt: skip


# -- what is generated ---------------------------------------------------------------------------


class Scalars:
    """Conditions on strings, numbers and bools, with the conversions between them."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def case(self) -> Case:
        while True:
            condition = self._bool(3)
            if self._chance.random() < 0.7:
                condition = f"{condition} && {self._bool(3)}"
            if "var." in condition and len(condition) < 300:
                return Case(f"{condition} ? null : OTHER")

    def _pick(self, *forms: Callable[[], str]) -> str:
        return self._chance.choice(forms)()

    def _string(self, depth: int) -> str:
        if depth <= 0 or self._chance.random() < 0.35:
            return self._chance.choice(("var.s", "var.s", "var.s2", json.dumps("A")))
        table = '{"1" = "a", "0" = "true", "true" = "1"}'
        return self._pick(
            lambda: f"tostring({self._number(depth - 1)})",
            lambda: f"tostring({self._bool(depth - 1)})",
            lambda: f'"${{{self._any(depth - 1)}}}{self._chance.choice(("", "x", "1"))}"',
            lambda: f"upper({self._string(depth - 1)})",
            lambda: f'lookup({table}, {self._any(depth - 1)}, "b")',
        )

    def _number(self, depth: int) -> str:
        if depth <= 0 or self._chance.random() < 0.5:
            return self._chance.choice(("var.n", "var.n", "1"))
        return self._pick(
            lambda: f"tonumber({self._string(depth - 1)})",
            lambda: f"length({self._string(depth - 1)})",
            lambda: f"min({self._number(depth - 1)}, {self._number(depth - 1)})",
        )

    def _bool(self, depth: int) -> str:
        if depth <= 0 or self._chance.random() < 0.2:
            return "var.b"
        inner = depth - 1
        return self._pick(
            lambda: f"tobool({self._string(inner)})",
            lambda: f"({self._any(inner)} == {self._any(inner)})",
            lambda: f"({self._any(inner)} != {self._any(inner)})",
            lambda: f"({self._number(inner)} {self._chance.choice('<>')} {self._any(inner)})",
            lambda: f"({self._bool(inner)} && {self._bool(inner)})",
            lambda: f"({self._bool(inner)} || {self._bool(inner)})",
            lambda: f"!{self._bool(inner)}",
            lambda: f"contains([{self._any(inner)}, {self._any(inner)}], {self._any(inner)})",
            lambda: f"can({self._any(inner)})",
        )

    def _any(self, depth: int) -> str:
        plain = (self._string, self._number, self._bool)
        if depth <= 0 or self._chance.random() < 0.6:
            return self._chance.choice(plain)(depth)
        inner = depth - 1
        return self._pick(
            lambda: f"({self._bool(inner)} ? {self._any(inner)} : {self._any(inner)})",
            lambda: f"coalesce({self._string(inner)}, {self._any(inner)})",
            lambda: f"[{self._any(inner)}, {self._any(inner)}][{self._chance.choice('01')}]",
            lambda: (
                f"tolist([{self._any(inner)}, {self._any(inner)}])[{self._chance.choice('01')}]"
            ),
            lambda: f"try({self._any(inner)}, {self._any(inner)})",
        )


CONDITIONS = (
    "var.b", "!var.b", "var.n == 0", "var.n > 0", "var.n >= 1", "var.n == 1", "var.n != 2",
    'var.w == "a"', 'var.w != ""', "length(var.w) > 0", "length(var.l) > 0", "length(var.l) == 0",
    'contains(var.l, "a")', 'contains(keys(var.m), "a")', "var.k == null", "var.k != null",
    'try(var.m["a"], null) != null', "can(var.m[var.w])", 'lookup(var.m, "a", "") != ""',
    "contains(var.l, var.w)", "anytrue([var.b, var.n > 0])", 'alltrue([for x in var.l : x != "z"])',
    "var.b && var.n > 0", 'tostring(var.n) == "1"', 'coalesce(var.k, "q") == "q"',
    'var.k == "" || var.k == null', "try(length(var.k) > 0, false)", '!can(regex("^a", var.w))',
    'startswith(var.w, "a")', "min(var.n, 1) == 1", "sum([var.n, 1]) > 1", "var.n - 1 == 0",
    'length([for x in var.l : x if x == "a"]) > 0', "(var.b ? 1 : 0) == 1",
)  # fmt: skip
COUNTS = (
    "var.n", "var.n", "var.b ? 1 : 0", "C ? 1 : 0", "C ? 0 : 1", "length(var.l)", "min(var.n, 1)",
    "1", "2", "length(compact([var.k]))", "var.k == null ? 1 : 0", "length(keys(var.m))",
    "C ? var.n : 0", "var.n > 0 ? var.n : 1", "max(var.n, 1)", "length(var.k[*])",
)  # fmt: skip
EACHES = (
    "toset(var.l)", "toset(var.l)", "var.m", "toset(keys(var.m))", "{for x in var.l : x => x}",
    '{for k, v in var.m : k => v if v != ""}', 'toset(["a", "b"])', '{a = var.w, b = "y"}',
    "toset(var.b ? var.l : [])", "toset(compact([var.w]))", 'toset(concat(var.l, ["a"]))',
    'merge(var.m, {a = "q"})', 'toset([for x in var.l : x if x != "a"])', 'toset(C ? ["a"] : [])',
    "toset(values(var.m))", "zipmap(var.l, var.l)", 'toset(setunion(var.l, ["b"]))',
    'var.w == "" ? {} : {(var.w) = 1}', "toset(distinct(var.l))", "toset([var.w])",
    'toset(setintersection(var.l, ["a"]))', "{for k in toset(var.l) : k => upper(k)}",
)  # fmt: skip
OF_COUNT = (
    "K[0].arn", "one(K[*].arn)", 'join("", K[*].arn)', "try(K[0].arn, null)",
    "try(K[1].arn, OTHER)", "element(K[*].arn, 0)", "element(concat(K[*].arn, [OTHER]), 0)",
    "length(K) > 0 ? K[0].arn : null", "length(K) > 1 ? K[1].arn : K[0].arn", "K[var.n].arn",
    "[for k in K : k.arn][0]", 'concat(K[*].arn, [""])[0]', "coalescelist(K[*].arn, [OTHER])[0]",
    "reverse(K[*].arn)[0]", "K[length(K) - 1].arn", "try(element(K[*].arn, 1), null)",
    "flatten([K[*].arn])[0]", "compact(K[*].arn)[0]", "try(one(K[*].arn), OTHER)",
    "lookup({for i, k in K : i => k.arn}, 0, null)", "slice(K[*].arn, 0, 1)[0]",
    "can(K[0]) ? K[0].arn : null",
)  # fmt: skip
OF_EACH = (
    'K["a"].arn', 'try(K["a"].arn, null)', "try(K[var.w].arn, OTHER)", "values(K)[0].arn",
    "values(K)[*].arn[0]", "[for k in K : k.arn][0]", "one(values(K)[*].arn)",
    'lookup({for n, k in K : n => k.arn}, "a", null)', "K[keys(K)[0]].arn",
    'contains(keys(K), "a") ? K["a"].arn : null', "length(K) > 0 ? values(K)[0].arn : OTHER",
    '{for n, k in K : n => k.arn}["b"]', "try(one([for n, k in K : k.arn if n == var.w]), null)",
    'merge({a = OTHER}, {for n, k in K : n => k.arn})["a"]', 'can(K["b"]) ? K["b"].arn : OTHER',
)  # fmt: skip
OF_ITS_INDEX = (
    "K[count.index].arn", "K[count.index].arn", "try(K[count.index].arn, null)",
    "try(K[count.index + 1].arn, OTHER)", "element(K[*].arn, count.index)",
)  # fmt: skip
OF_ITS_KEY = (
    "K[each.key].arn", "K[each.key].arn", "try(K[each.key].arn, null)",
    "lookup({for n, k in K : n => k.arn}, each.key, null)", "try(K[each.value].arn, OTHER)",
    "contains(keys(K), each.key) ? K[each.key].arn : OTHER",
    'each.key == "a" ? OTHER : K[each.key].arn', 'each.key == "a" ? null : OTHER',
)  # fmt: skip


class Instances:
    """A key and a vault of several instances each, one of which the vault's key chooses."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def case(self) -> Case:
        of_key = self._chance.choice(("count", "count", "for_each", "for_each", None))
        of_vault = self._chance.choice(("count", "for_each", None, None))
        key, vault = self._many(of_key), self._many(of_vault)
        if of_key == of_vault and self._chance.random() < 0.5:
            vault = key
        depth = self._chance.choice((0, 1, 1, 2))
        return Case(self._expression(depth, of_key, of_vault), of_key, key, of_vault, vault)

    def _condition(self) -> str:
        return self._chance.choice(CONDITIONS)

    def _many(self, kind: str | None) -> str:
        if kind is None:
            return ""
        found = self._chance.choice(COUNTS if kind == "count" else EACHES)
        return re.sub(r"\bC\b", self._condition(), found)

    def _instance(self, of_key: str | None, of_vault: str | None) -> str:
        if of_key is None:
            return "K.arn"
        forms = OF_COUNT if of_key == "count" else OF_EACH
        if of_key == of_vault:
            forms += OF_ITS_INDEX if of_key == "count" else OF_ITS_KEY
        return self._chance.choice(forms)

    def _expression(self, depth: int, of_key: str | None, of_vault: str | None) -> str:
        if depth == 0 or self._chance.random() < 0.3:
            plain = ("null", "OTHER", "OTHER", "var.k == null ? null : OTHER")
            if self._chance.random() < 0.35:
                return self._chance.choice(plain)
            return self._instance(of_key, of_vault)
        one, two, three = (self._expression(depth - 1, of_key, of_vault) for _ in range(3))
        condition = self._condition()
        return self._chance.choice((
            f"({condition} ? {one} : {two})",
            f"coalesce({one}, {two})",
            f"try({one}, {two})",
            f"lookup({{a = {one}, b = {two}}}, var.w, {three})",
            f"concat([{one}], [{two}])[{self._chance.choice('01')}]",
            f"[{one}, {two}][{self._chance.choice(('0', 'var.b ? 0 : 1', 'min(var.n, 1)'))}]",
            f'merge({{a = {one}}}, {condition} ? {{a = {two}}} : {{}})["a"]',
            f"compact([{one}, {two}])[0]",
            f"[for q in [{one}, {two}] : q if q != null][0]",
        ))  # fmt: skip


# -- what Terraform says -------------------------------------------------------------------------


def question(case: Case) -> str:
    """One expression: the vault's keys, for every instance and assignment, as JSON."""
    expression = _inlined(case.expression)
    if case.of_vault == "count":
        body = expression.replace("count.index", "index_")
        body = f'[for index_ in range({_inlined(case.vault)}) : try([{body}], "refused")]'
    elif case.of_vault == "for_each":
        body = expression.replace("each.key", "key_").replace("each.value", "value_")
        body = f'[for key_, value_ in {_inlined(case.vault)} : try([{body}], "refused")]'
    else:
        body = f'[try([{expression}], "refused")]'
    keys = {
        "count": f'[for i_ in range({_inlined(case.key)}) : {{arn = "KEY"}}]',
        "for_each": f'{{for k_, v_ in {_inlined(case.key)} : (k_) => {{arn = "KEY"}}}}',
        None: '{arn = "KEY"}',
    }[case.of_key]
    asked = f'try([for K_ in [{keys}] : {body}], "refused")'
    for name in _used(case):
        asked = f"[for {name} in {VARIABLES[name].values} : {asked}]"
    return f"jsonencode({asked})"


def _inlined(text: str) -> str:
    text = re.sub(r"\bvar\.(\w+)", r"\1", text).replace("OTHER", '"KEY2"')
    return re.sub(r"\bK\b", "K_", text)


def _used(case: Case) -> list[str]:
    text = f"{case.expression} {case.key} {case.vault}"
    return [name for name in VARIABLES if re.search(rf"\bvar\.{name}\b", text)]


def answer(case: Case) -> list[object] | None:
    """The vault's keys over all assignments; "refused" where Terraform refuses the program.

    None where it refuses it whatever the values are.
    """
    settings = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    with TemporaryDirectory() as folder:  # consoles in one folder wait for each other's lock
        said = subprocess.run(
            ["terraform", "console"], input=f"{question(case)}\n", env=settings, cwd=folder,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    lines = [line for line in said.stdout.splitlines() if line.startswith('"')]
    return list(_leaves(json.loads(json.loads(lines[-1])))) if lines else None


def _leaves(value: object) -> Iterator[object]:
    """Each vault's key stands in a list of its own."""
    if isinstance(value, list):
        if len(value) == 1 and not isinstance(value[0], list) and value[0] != "refused":
            yield value[0]
        else:
            for inner in value:
                yield from _leaves(inner)
    else:
        yield value


# -- what we say ---------------------------------------------------------------------------------


def configuration(case: Case) -> str:
    """The root module of a case."""
    declared = [VARIABLES[name].declared(name) for name in VARIABLES]
    expression = re.sub(r"\bK\b", "aws_kms_key.k", case.expression)
    return "\n".join((
        *declared,
        'resource "aws_kms_key" "other" {}',
        'resource "aws_kms_key" "k" {',
        *([f"  {case.of_key} = {case.key}"] if case.of_key else []),
        "}",
        'resource "aws_backup_vault" "v" {',
        '  name = "v"',
        *([f"  {case.of_vault} = {case.vault}"] if case.of_vault else []),
        f"  kms_key_arn = {expression.replace('OTHER', 'aws_kms_key.other.arn')}",
        "}",
        "",
    ))  # fmt: skip


def judged(cases: list[Case]) -> list[str]:
    """Our verdict on each case: the worst of its instances, "none" where there is no vault."""
    with TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            place = Path(folder, str(number))
            place.mkdir()
            (place / "main.tf").write_text(configuration(case))
        report = run([folder], Settings(cache=False))
    for error in report.errors:
        print(f"ERROR {error}")
    found: dict[int, set[str]] = {}
    for result in report.results:
        number = int(Path(result.span.source.path).parent.name)
        found.setdefault(number, set()).add(result.reason or "pass")
    order = ("missing", "aws-managed", "unresolved", "pass")
    return [
        next((verdict for verdict in order if verdict in found.get(number, ())), "none")
        for number in range(len(cases))
    ]


# -- the two side by side ------------------------------------------------------------------------


def compare(seed: int, count: int, told: Counter[str]) -> bool:
    """Whether no case of a seed passes wrongly."""
    chance = random.Random(seed)
    kinds = (Scalars(chance), Instances(chance))
    cases = [kinds[number % 2].case() for number in range(count)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(answer, cases))
    sound = True
    for case, keys, verdict in zip(cases, answers, judged(cases), strict=True):
        if keys is None:
            told["refused whatever the values are"] += 1
            continue
        refused = "refused" in keys
        wrong = any(key not in ("KEY", "KEY2", "refused") for key in keys)
        right = not wrong and any(key != "refused" for key in keys)
        told[f"{'wrong' if wrong else 'right' if right else 'none'}, {verdict}"] += 1
        if wrong and verdict in ("pass", "none"):
            print(f"FALSE PASS (seed {seed}): {case}")
            sound = False
        elif right and (verdict in ("missing", "none") or (verdict != "pass" and not refused)):
            print(f"false failure (seed {seed}, {verdict}): {case}")
    return sound


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz.oracle", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1-4", help="FIRST-LAST")
    parser.add_argument("--count", type=int, default=100, help="cases of a seed")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    told: Counter[str] = Counter()
    seeds = range(int(first), int(last or first) + 1)
    unsound = [seed for seed in seeds if not compare(seed, given.count, told)]
    for what, number in sorted(told.items()):
        print(f"{number:6} {what}")
    return 1 if unsound else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m fuzz.soundness`: verdicts held against verdicts of the same code that knows more.

    python -m fuzz.soundness --seed 1 --seconds 600

Random programs of Terraform, over variables of every kind. What passes while the variables are not
known must pass for each value of them that Terraform accepts: where a vault then has no key, or
AWS's own, it passed wrongly (told with the program and the values, exit code 1). It needs nothing
but this project, whose functions of what is known are held against Terraform's elsewhere.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from iac_check.pipeline import run
from iac_check.records import dataclass
from iac_check.settings import Settings

# The kinds of expressions: bool, number, string, string or null, list, set and map of strings,
# map and list of objects, object.
VARIABLES = {
    "s": ("S", "string"),
    "t": ("S", "string"),
    "n": ("N", "number"),
    "b": ("B", "bool"),
    "c": ("B", "bool"),
    "l": ("LS", "list(string)"),
    "k": ("LS", "list(string)"),
    "e": ("SS", "set(string)"),
    "m": ("MS", "map(string)"),
    "q": ("MS", "map(string)"),
    "o": ("O", "object({ on = bool, name = string, key = optional(string) })"),
    "p": ("MO", "map(object({ on = bool, name = string }))"),
    "r": ("LO", "list(object({ on = bool, name = string }))"),
    "any": ("ANY", "any"),
}
# What a module's variable may be declared as, to which the same is passed.
IN_MODULES = {
    "s": ("string", "any"),
    "n": ("number", "any"),
    "b": ("bool", "any"),
    "l": ("list(string)", "set(string)", "list(any)", "any"),
    "m": ("map(string)", "map(any)", "any"),
    "q": ("map(string)", 'object({ a = optional(string, "b"), b = optional(string) })'),
    "e": ("set(string)", "list(string)"),
    "o": (
        "object({ on = bool, name = string, key = optional(string) })",
        'object({ on = optional(bool, true), name = any, key = optional(string, "a") })',
        "object({ on = string, name = string, key = optional(string) })",
    ),
    "p": (
        "map(object({ on = bool, name = string }))",
        'map(object({ on = optional(bool, false), name = optional(string, "a") }))',
        "map(any)",
    ),
    "r": ("list(object({ on = bool, name = string }))", "list(any)"),
}

LEAVES = {
    "S": ["var.s", "var.t", '"a"', '"b"', '""', "var.o.name", "var.any"],
    "NS": ["var.o.key", "var.s", "null", "var.any"],
    "N": ["var.n", "0", "1", "2", "length(var.l)"],
    "B": ["var.b", "var.c", "true", "false", "var.o.on", "var.any"],
    "LS": ["var.l", "var.k", '["a", "b"]', "[]", "[var.s, var.t]", "keys(var.m)", "var.any"],
    "SS": ["var.e", "toset(var.l)", "toset([var.s])", 'toset(["a"])'],
    "MS": ["var.m", "var.q", "{ a = var.s }", "{}", '{ (var.s) = "a" }', "var.any"],
    "MO": ["var.p"],
    "LO": ["var.r"],
    "O": ["var.o"],
}
# `<S>` is an expression of that kind, `<x:S>` a new name, which what stands behind `|` may use (up
# to the next one).
RULES = {
    "B": """
        (<N> == <N>)  (<N> < <N>)  (<N> >= <N>)  (<S> == <S>)  (<S> != <S>)  (<NS> == null)
        (<NS> != null)  contains(<LS>, <S>)  contains(keys(<MS>), <S>)  contains(<SS>, <S>)
        can(<MS>[<S>])  can(<LS>[<N>])  can(<MO>[<S>].on)  can(<S>)  can(<N>)  can(<LS>)
        (<B> && <B>)  (<B> || <B>)  !<B>  alltrue([for <x:S> in <LS> : | <B> if <B>])
        anytrue([for <x:S> in <LS> : | <B>])  alltrue([for <k:S>, <v:O> in <MO> : | <B>])
        anytrue([for <v:O> in <LO> : | <B>])  startswith(<S>, <S>)  (length(<LS>) > <N>)
        (length(<SS>) == <N>)  (length(<MS>) != <N>)  (<LS> == <LS>)  (<MS> == <MS>)
        (<SS> == <SS>)  try(<B>, <B>)  (<B> ? <B> : <B>)  <O>.on  tobool(<S>)  (<S> == <N>)
        can(regex("^(a|b)$", <S>))  (lookup(<MS>, <S>, null) != null)  (length(<S>) > 0)
        (trimspace(<S>) == "")  (one(<LS>) == null)  (coalesce(<NS>, "a") == "a")
        (<B> == true)  (<B> == false)  <pair>  <pair>  <pair>  <pair>
    """,
    "N": """
        length(<LS>)  length(<SS>)  length(<MS>)  length(<MO>)  length(<LO>)  (<N> + <N>)
        (<N> - <N>)  (<N> * <N>)  max(<N>, <N>)  min(<N>, <N>)  index(<LS>, <S>)
        (<B> ? <N> : <N>)  try(<N>, <N>)  length(<S>)  tonumber(<S>)  length(distinct(<LS>))
        (<B> ? 1 : 0)  sum([for <x:S> in <LS> : | 1])  length(<NS>[*])
    """,
    "S": """
        <MS>[<S>]  lookup(<MS>, <S>, <S>)  element(<LS>, <N>)  <LS>[<N>]  try(<S>, <S>)
        (<B> ? <S> : <S>)  coalesce(<S>, <S>)  join("", <LS>)  join(",", <LS>)  "${<S>}x"  "${<S>}"
        "a${<S>}"  lower(<S>)  upper(<S>)  replace(<S>, "a", "b")  trimprefix(<S>, <S>)  one(<LS>)
        tostring(<N>)  tostring(<B>)  split("a", <S>)[0]  format("%s", <S>)  format("%s", <N>)
        <MO>[<S>].name  <O>.name  coalesce(<NS>, <S>)  try(<NS>, <S>)  substr(<S>, 0, 1)
        jsonencode(<LS>)  jsonencode(<MS>)  jsonencode(<S>)  trimspace(<S>)
    """,
    "NS": """
        lookup(<MS>, <S>, null)  try(<S>, null)  (<B> ? <S> : null)  one(<LS>)
        one([for <x:S> in <LS> : | x if <B>])
    """,
    "LS": """
        [<S>]  [<S>, <S>]  keys(<MS>)  values(<MS>)  keys(<MO>)  tolist(<SS>)  sort(<LS>)
        distinct(<LS>)  reverse(<LS>)  compact(<LS>)  concat(<LS>, <LS>)
        [for <x:S> in <LS> : | <S>]  [for <x:S> in <LS> : | x if <B>]
        [for <k:S>, <v:S> in <MS> : | <S>]
        [for <x:S> in <SS> : | <S> if <B>]  [for <k:S>, <v:O> in <MO> : | v.name if <B>]
        [for <v:O> in <LO> : | v.name]  [for <i:N>, <x:S> in <LS> : | <S>]  flatten([<LS>, <LS>])
        slice(<LS>, 0, <N>)  (<B> ? <LS> : <LS>)  try(<LS>, <LS>)  split(",", <S>)
        coalescelist(<LS>, <LS>)  tolist(setsubtract(<LS>, <LS>))  <LS>[*]  <NS>[*]
        values(<MO>)[*].name  <LO>[*].name  <LO>.*.name  matchkeys(<LS>, <LS>, <LS>)
        [for <x:S> in setproduct(<LS>, <LS>) : | x[0]]  chunklist(<LS>, 1)[0]
    """,
    "SS": """
        toset(<LS>)  setunion(<SS>, <SS>)  setintersection(<SS>, <SS>)  setsubtract(<SS>, <SS>)
        (<B> ? <SS> : <SS>)  toset(keys(<MS>))
    """,
    "MS": """
        merge(<MS>, <MS>)  { a = <S> }  { (var.s) = <S> }  (<B> ? <MS> : <MS>)  try(<MS>, <MS>)
        { for <k:S>, <v:S> in <MS> : | k => <S> if <B> }  { for <k:S>, <v:S> in <MS> : | v => k }
        { for <x:S> in <SS> : | x => <S> }  { for <k:S>, <v:O> in <MO> : | k => v.name if <B> }
        { for <k:S>, <v:O> in <MO> : | v.name => k }  { for <v:O> in <LO> : | v.name => v.name }
        { for <i:N>, <x:S> in <LS> : | i => x }  { for <x:S> in <LS> : | x => x }
        { for <x:S> in <LS> : | "${x}x" => x }  zipmap(<LS>, <LS>)  tomap(<MS>)
        merge([<MS>, <MS>]...)
    """,
    "MO": """
        { for <k:S>, <v:O> in <MO> : | k => v if <B> }  { for <v:O> in <LO> : | v.name => v }
        merge(<MO>, <MO>)  { for <k:S>, <v:O> in <MO> : | v.name => v }  (<B> ? <MO> : <MO>)
    """,
    "LO": """
        [for <k:S>, <v:O> in <MO> : | v if <B>]  [for <v:O> in <LO> : | v if <B>]  values(<MO>)
        concat(<LO>, <LO>)
    """,
    "O": "<MO>[<S>]  <LO>[<N>]",
}
# What may be the same as `@`, or not quite.
VIEWS = {
    "LS": """
        @  sort(@)  distinct(@)  reverse(@)  tolist(@)  compact(@)  concat(@, [])  concat(@, @)
        [for <x:S> in @ : | x]  [for <i:N>, <x:S> in @ : | x]  tolist(toset(@))  flatten([@])
        coalescelist(@, ["a"])  slice(@, 0, length(@))  [for <x:S> in @ : | lower(x)]
        [for <x:S> in @ : | "${x}"]  values({ for <x:S> in @ : | x => x... })[*][0]
        keys({ for <x:S> in @ : | x => true... })  [for <x:S> in @ : | x if x != ""]
        [for <x:S> in @ : | x if <B>]  tolist(setunion(@, @))  split(",", join(",", @))
        jsondecode(jsonencode(@))  try(@, [])  @[*]  [for <i:N> in range(length(@)) : | @[i]]
    """,
    "MS": """
        @  merge(@, {})  merge(@, @)  { for <k:S>, <v:S> in @ : | k => v }  tomap(@)  try(@, {})
        { for <k:S>, <v:S> in @ : | k => v if v != "" }  { for <k:S>, <v:S> in @ : | v => k }
        zipmap(keys(@), values(@))  { for <k:S> in keys(@) : | k => @[k] }
        { for <k:S>, <v:S> in @ : | k => v if <B> }  jsondecode(jsonencode(@))
        { for <k:S>, <v:S> in @ : | "${k}" => v }  { for <k:S>, <v:S> in @ : | lower(k) => v }
        merge(@, { a = "a" })  { for <k:S>, <v:S> in @ : | k => upper(v) }
    """,
    "MO": """
        @  merge(@, {})  { for <k:S>, <v:O> in @ : | k => v }
        { for <k:S>, <v:O> in @ : | k => v if v.on }
        { for <k:S>, <v:O> in @ : | k => v if !v.on }  { for <k:S>, <v:O> in @ : | v.name => v }
        { for <k:S>, <v:O> in @ : | v.name => v if v.on }  { for <k:S> in keys(@) : | k => @[k] }
        { for <k:S>, <v:O> in @ : | k => v if <B> }  { for <v:O> in values(@) : | v.name => v }
    """,
    "S": """
        @  lower(@)  upper(@)  trimspace(@)  "${@}"  join("", [@])  replace(@, "a", "a")
        try(@, "a")
        coalesce(@, "a")  format("%s", @)  tostring(@)  one([@])  [@][0]  jsondecode(jsonencode(@))
        lookup({ a = @ }, "a")  element([@], 0)  reverse([@])[0]  split("-", @)[0]  chomp(@)
        trimprefix(@, "a")  substr(@, 0, -1)  strrev(strrev(@))  base64decode(base64encode(@))
        urlencode(@)  title(@)  regex(".*", @)  tostring(tonumber(@))  keys({ (@) = 1 })[0]
    """,
}
# A condition on two views of one thing, `<1>` and `<2>`.
PAIRS = {
    "LS": """
        (<1> == <2>)  (length(<1>) == length(<2>))  (length(<1>) >= length(<2>))
        (contains(<1>, <S>) == contains(<2>, <S>))  alltrue([for <x:S> in <1> : | contains(<2>, x)])
    """,
    "MS": """
        (<1> == <2>)  (keys(<1>) == keys(<2>))  (length(<1>) <= length(<2>))
        alltrue([for <x:S> in keys(<1>) : | contains(keys(<2>), x)])
    """,
    "MO": "(keys(<1>) == keys(<2>))  (length(<1>) <= length(<2>))",
    "S": "(<1> == <2>)  (jsonencode(<1>) == jsonencode(<2>))",
}
# The key of a vault: `KEY` is a key, KEYS a map of keys, LIST a list of them.
VAULTS = """
    (<B> ? KEY : null)  (<pair> ? KEY : null)  (<pair> ? KEY : null)  try(KEYS[<S>], null)
    lookup(KEYS, <S>, null)  try(KEYS[<S>], KEY, null)  try(LIST[<N>], null)
    one([for <k:S>, <v:S> in KEYS : | v if <B>])  element(concat(LIST, [""]), <N>)
    (length(LIST) > <N> ? KEY : null)  (contains(keys(KEYS), <S>) ? KEY : null)
    [for <x:S> in [KEY, null] : | x if <B> |][0]  (<B> ? KEY : (<B> ? KEY : null))
    lookup({ for <v:O> in <LO> : | v.name => (v.on ? KEY : null) |}, <S>, KEY)
    lookup({ for <k:S>, <v:O> in <MO> : | k => KEY if <B> |}, <S>, null)
    try({ for <k:S>, <v:S> in <MS> : | k => KEY if <B> |}[<S>], null)
    (<guard> ? try(KEYS[<S>], KEY) : KEY)
"""
GUARDED = {
    "LS": """
        (contains(<1>, <S>) ? (contains(<2>, <S>) ? KEY : null) : KEY)
        (length(<1>) > <N> ? (can(<2>[<N>]) ? KEY : null) : KEY)
        (length(<1>) > 0 ? (length(<2>) > 0 ? KEY : null) : KEY)
    """,
    "MS": """
        (contains(keys(<1>), <S>) ? lookup({ for <k:S> in keys(<2>) : | k => KEY |}, <S>) : KEY)
        (can(<1>[<S>]) ? try({ for <k:S>, <v:S> in <2> : | k => KEY |}[<S>], null) : KEY)
        (length(<1>) == 0 ? KEY : (length(<2>) == 0 ? null : KEY))
    """,
    "MO": "(contains(keys(<1>), <S>) ? one([for <k:S>, <v:O> in <2> : | KEY if k == <S>]) : KEY)",
}
EACH = {"SS": {"each.value": "S"}, "MS": {"each.value": "S"}, "MO": {"each.value": "O"}}

_HOLE = re.compile(r"<(?:(\w):)?(\w+)>|(\|) ?")


def _rules(written: str) -> list[str]:
    return [
        rule for line in written.splitlines() for rule in re.split(r" {2,}", line.strip()) if rule
    ]


_RULES = {kind: _rules(written) for kind, written in RULES.items()}
_VIEWS = {kind: _rules(written) for kind, written in VIEWS.items()}
_PAIRS = {kind: _rules(written) for kind, written in PAIRS.items()}
_GUARDED = {kind: _rules(written) for kind, written in GUARDED.items()}
_VAULTS = _rules(VAULTS)


class Writer:
    """Writes expressions of each kind, by the rules."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names: dict[str, str] = {}
        self._number = 0

    def one(self, kind: str, depth: int) -> str:
        """An expression of a kind, not nested deeper than some levels."""
        if kind == "pair":
            return self.pair(_PAIRS, depth)
        if kind == "guard":
            return self.one("B", depth)
        known = [name for name, of in self._names.items() if of == kind]
        if known and self._chance.random() < 0.5:
            return self._chance.choice(known)
        if depth <= 0:
            return self._chance.choice(LEAVES[kind])
        return self.filled(self._chance.choice(_RULES[kind]), depth - 1)

    def pair(self, rules: Mapping[str, list[str]], depth: int) -> str:
        """What is said of two views of one thing."""
        kind = self._chance.choice(sorted(rules))
        of = self.one(kind, min(depth, 1))
        views = {
            number: self.filled(self._chance.choice(_VIEWS[kind]).replace("@", of), 0)
            for number in ("1", "2")
        }
        return self.filled(self._chance.choice(rules[kind]), 0, views)

    def filled(self, rule: str, depth: int, views: Mapping[str, str] | None = None) -> str:
        """A rule with expressions in its holes; its names are bound in what stands after `|`."""
        outer, bound, names = dict(self._names), {}, {}
        chosen: dict[str, str] = {}

        def fill(match: re.Match[str]) -> str:
            name, kind, bar = match.groups()
            if bar:
                self._names = dict(outer) if self._names != outer else {**outer, **bound}
                return ""
            if name:
                self._number += 1
                names[name] = f"{name}{self._number}"
                bound[names[name]] = kind
                return names[name]
            if views and kind in views:
                return views[kind]
            if views and kind in ("S", "N"):  # the same in both places
                return chosen.setdefault(kind, self.one(kind, 0))
            return self.one(kind, depth)

        written = _HOLE.sub(fill, rule)
        self._names = outer
        for short, name in names.items():
            written = re.sub(rf"(?<![\w.]){short}(?![\w:\"])", name, written)
        return written

    def within(self, names: Mapping[str, str], make: Callable[[], str]) -> str:
        """What is written where there are a few names more."""
        outer = dict(self._names)
        self._names.update(names)
        try:
            return make()
        finally:
            self._names = outer

    def vault(self, name: str, keys: Mapping[str, str]) -> str:
        """A vault, one or several, and its key."""
        depth = self._chance.choice([0, 1, 1, 2])

        def key() -> str:
            if self._chance.random() < 0.25:
                found = self.pair(_GUARDED, 1)
            else:
                found = self.filled(self._chance.choice(_VAULTS), depth)
            return re.sub("|".join(sorted(keys, reverse=True)), lambda match: keys[match[0]], found)

        lines = [f'  name = "{name}"']
        match self._chance.choice(["one", "one", "count", "switch", "SS", "MS", "MO"]):
            case "one":
                lines.append(f"  kms_key_arn = {key()}")
            case "count":
                lines.append(f"  count = {self.one('N', min(depth, 1))}")
                lines.append(f"  kms_key_arn = {self.within({'count.index': 'N'}, key)}")
            case "switch":
                lines.append(f"  count = {self.one('B', depth)} ? 1 : 0")
                lines.append(f"  kms_key_arn = {key()}")
            case kind:
                lines.append(f"  for_each = {self.one(kind, min(depth, 1))}")
                names = {"each.key": "S", **EACH[kind]}
                lines.append(f"  kms_key_arn = {self.within(names, key)}")
        return f'resource "aws_backup_vault" "{name}" {{\n' + "\n".join(lines) + "\n}\n"


@dataclass
class Program:
    """A root module without its vaults, and those of it and of the module that it calls."""

    nullable: bool
    root: str
    module: str
    vaults: dict[str, str]
    inner: dict[str, str]

    def write(self, folder: Path, kept: Mapping[str, object] | None = None) -> None:
        """Write it, with some of its vaults only."""

        def some(vaults: Mapping[str, str]) -> str:
            return "".join(text for name, text in vaults.items() if kept is None or name in kept)

        (folder / "v").mkdir(exist_ok=True)
        (folder / "main.tf").write_text(self.root + some(self.vaults))
        (folder / "v" / "main.tf").write_text(self.module + some(self.inner))


# What is refused anywhere is refused as a whole: this vault fails where the keys are not valid.
PROBE = """resource "aws_backup_vault" "probe" {
  name = "probe"
  kms_key_arn = length(aws_kms_key.m) + length(aws_kms_key.c) >= 0 ? aws_kms_key.z.arn : null
}
"""


def program(chance: random.Random, vaults: int) -> Program:
    """A random program."""
    writer = Writer(chance)
    strict = chance.random() < 0.6

    def declared(name: str, type_: str) -> str:
        never = "  nullable = false\n" if strict else ""
        return f'variable "{name}" {{\n  type = {type_}\n{never}}}\n'

    each = writer.one(chance.choice(["MS", "SS", "MO"]), chance.choice([0, 1]))
    root = "".join(declared(name, type_) for name, (_, type_) in VARIABLES.items())
    root += 'resource "aws_kms_key" "z" {}\n'
    root += f'resource "aws_kms_key" "m" {{\n  for_each = {each}\n}}\n'
    root += f'resource "aws_kms_key" "c" {{\n  count = {writer.one("N", 0)}\n}}\n'
    passed = []
    for name, (kind, _) in VARIABLES.items():
        same = chance.random() < 0.5 or kind == "ANY"
        passed.append(f"  {name} = {f'var.{name}' if same else writer.one(kind, 1)}\n")
    arns = "{ for k, v in aws_kms_key.m : k => v.arn }"
    passed += [
        "  key = aws_kms_key.z.arn\n",
        f"  keys = {arns}\n",
        "  arns = aws_kms_key.c[*].arn\n",
    ]
    root += 'module "x" {\n  source = "./v"\n' + "".join(passed) + "}\n"
    module = "".join(
        declared(name, chance.choice(IN_MODULES.get(name, (type_,))))
        for name, (_, type_) in VARIABLES.items()
    )
    module += 'variable "key" {}\nvariable "keys" {}\nvariable "arns" {}\n'
    here = {"KEYS": arns, "KEY": "aws_kms_key.z.arn", "LIST": "aws_kms_key.c[*].arn"}
    there = {"KEYS": "var.keys", "KEY": "var.key", "LIST": "var.arns"}
    return Program(
        not strict,
        root + PROBE,
        module,
        {f"r{number}": writer.vault(f"r{number}", here) for number in range(vaults)},
        {f"i{number}": writer.vault(f"i{number}", there) for number in range(vaults)},
    )


def values(chance: random.Random, nullable: bool) -> str:
    """A value for each variable, null now and then."""
    null = chance.choice([0, 0, 0.1, 0.3]) if nullable else 0

    def text() -> str:
        return chance.choice(['"a"', '"a"', '"b"', '""', '"ab"', '"x"', '"1"', '"true"', '"a,b"'])

    def several(make: Callable[[], str]) -> str:
        return ", ".join(make() for _ in range(chance.choice([0, 0, 1, 1, 2])))

    def keyed(make: Callable[[], str]) -> str:
        names = chance.sample(['"a"', '"b"', '"x"', '"0"'], chance.choice([0, 0, 1, 1, 2]))
        return "{ " + ", ".join(f"{name} = {make()}" for name in names) + " }"

    def thing(*more: str) -> str:
        known = [f"on = {chance.choice(['true', 'false'])}", f"name = {text()}", *more]
        return "{ " + ", ".join(known) + " }"

    def value(kind: str) -> str:
        match kind:
            case "N":
                return chance.choice(["0", "1", "2", "3", "-1", "0.5"])
            case "B":
                return chance.choice(["true", "false"])
            case "LS" | "SS":
                return f"[{several(text)}]"
            case "MS":
                return keyed(text)
            case "O":
                return thing(*chance.choice([(), (f"key = {text()}",)]))
            case "MO":
                return keyed(thing)
            case "LO":
                return f"[{several(thing)}]"
            case "ANY":
                return value(chance.choice(["S", "N", "B", "LS", "MS"]))
        return text()

    return "".join(
        f"{name} = {'null' if chance.random() < null else value(kind)}\n"
        for name, (kind, _) in VARIABLES.items()
    )


def verdicts(folder: Path) -> dict[str, set[str]]:
    """The vaults by name, each with the outcomes of its instances."""
    found: dict[str, set[str]] = {}
    with chdir(folder):
        for result in run(["."], Settings(cache=False)).results:
            name = result.address.partition("aws_backup_vault.")[2].partition("[")[0]
            found.setdefault(name, set()).add(result.reason or result.status)
    return found


def wrong(seed: int, folder: Path, vaults: int = 8, samples: int = 12) -> list[str]:
    """What passes wrongly in the program of a seed: the vaults, each with values that show it."""
    written = program(random.Random(seed), vaults)
    given = folder / "terraform.tfvars"
    given.unlink(missing_ok=True)
    written.write(folder)
    unknown = verdicts(folder)
    passed = {name: None for name, outcomes in unknown.items() if outcomes == {"pass"}}
    written.write(folder, passed)
    chance, found = random.Random(seed), list[str]()
    for _ in range(samples if passed else 0):
        text = values(chance, written.nullable)
        given.write_text(text)
        known = verdicts(folder)
        if known.get("probe") != {"pass"}:
            continue
        for name, outcomes in known.items():
            if name in passed and outcomes & {"missing", "aws-managed"}:
                # Other vaults of the program may have told what this one alone does not.
                given.unlink()
                written.write(folder, {name: None})
                if verdicts(folder).get(name) == {"pass"}:
                    vault = (written.vaults | written.inner)[name]
                    found.append(f"{written.root}{written.module}\n{vault}\n{text}")
                written.write(folder, passed)
                given.write_text(text)
                del passed[name]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Try programs for a while. Exit code 1 where something passes wrongly."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.soundness")
    parser.add_argument("--seed", type=int, default=1, help="the first program")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args(arguments)
    end, seed, count = time.monotonic() + options.seconds, options.seed, 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        os.mkdir(folder / ".git")
        while time.monotonic() < end:
            for one in wrong(seed, folder):
                count += 1
                print(f"PASSES WRONGLY, seed {seed}\n{one}", flush=True)
            seed += 1
    print(f"{seed - options.seed} programs, {count} pass wrongly")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())

"""Values that no module takes: of flags, of tfvars files and of module calls."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from ..candidates import File
from ..meant import hint, meant, without_effect
from ..source import InputError
from .declarations import Declarations, arguments_of, title
from .given import Given

GUESS_LIMIT = 1_000
"""Names of a run that are held against the variables of a root."""
NEARNESS = 0.65
"""How near a name must be to a variable's (1.0: the same) where one more value is no fault."""


def of_flags(variables: Iterable[str], declared: Collection[str]) -> Iterator[str]:
    """A warning for each --var of a name that no root module declares which was read."""
    for name in variables:
        if name not in declared:
            what = f"--var {name}: no root module that leads to a vault declares it"
            yield f"{what}{hint(name, declared)}"


def of_roots(
    roots: Iterable[tuple[Mapping[str, Given], Collection[str]]], named: Collection[str]
) -> Iterator[str]:
    """A warning for what a root's own values give to a name like one that has no value.

    Those are its automatic files of values and a unit's inputs, which are often made for more than
    one root; of the files in `named` all is told that no root declares.
    """
    told = set()
    left = GUESS_LIMIT
    for given, variables in roots:
        free = [variable for variable in variables if variable not in given]
        for name, one in given.items():
            told_of = one.place is None or one.place.source.path in named
            if name in variables or told_of:
                continue
            left -= 1
            if left < 0:
                return
            near = meant(name, free, NEARNESS)
            if near and one.place not in told:
                told.add(one.place)
                yield f"{one.place}: the root module declares no {name}; did you mean {near}?"


def of_files(
    given: Mapping[str, Given], declared: Collection[str], unread: Iterable[File]
) -> Iterator[str]:
    """A warning for what --var-file gives to no root module.

    `unread`: the files of folders that lead to no vault. Their bytes are asked, for they may be
    root modules that share the file of values.
    """
    unknown = {name: one.place for name, one in given.items() if name not in declared}
    words = "|".join(map(re.escape, unknown)).encode()
    if not words:
        return
    pattern = re.compile(rb'\bvariable\s+"?(%b)"?\s*\{|"(%b)"\s*:' % (words, words))
    for file in unread:
        with suppress(InputError):  # told where it is read
            for match in pattern.finditer(file.searchable):
                unknown.pop((match[1] or match[2]).decode(), None)
    yield from without_effect(unknown.items(), "no root module", declared)


def of_several(
    files: Iterable[Mapping[str, Given]], roots: Sequence[Collection[str]]
) -> Iterator[str]:
    """A warning for what several --var-file set, for more than one root module.

    Each root takes the last: those of several environments are not told apart.
    """
    first: dict[str, Given] = {}
    for given in files:
        for name, one in given.items():
            before = first.setdefault(name, one)
            if before is not one and sum(name in variables for variables in roots) > 1:
                yield (
                    f"{one.place}: {name} is set in {before.place}, too, and the last file counts "
                    "for every root module: give each environment a run of its own"
                )


def of_call(caller: Declarations, name: str, target: Declarations) -> Iterator[str]:
    """A warning for each argument of a call that the called module does not declare.

    Terraform refuses it: "An argument named … is not expected here"; of an input of a stack's
    component it takes no notice.
    """
    if target.errors:
        return  # what it declares is not known
    block = caller.calls[name]
    what = "has no argument {}, so Terraform refuses it"
    if block.type != "module":
        what = "has no variable {}, so this input has no effect"
    for argument, place in arguments_of(block, caller.body(block)).items():
        if argument not in target.variables and argument != "//":
            near = hint(argument, target.variables)
            yield f"{place}: {title(block)} {what.format(argument)}{near}"

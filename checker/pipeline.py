"""The whole run, one page: paths → files → graph → results → report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from . import __version__
from .cloudformation.comments import comments as yaml_comments
from .cloudformation.loader import CloudFormationLoader
from .discovery import TERRAFORM, Tree, Walker, normal
from .graph import Resource
from .language.value import EvaluationError, Known
from .language.worlds import TooManyWorlds, Worlds
from .policy.card import known_modules, load_cards
from .policy.engine import Engine
from .policy.predicates import ALIASES, Surroundings
from .policy.result import Report, Result
from .policy.suppressions import NEEDLES, Suppressions
from .settings import Settings
from .source import InputError, Source
from .terraform import grammar
from .terraform.loader import TerraformLoader
from .terraform.outline import comments as hcl_comments

RECURSION_LIMIT = 6_000
"""Python frames: room for a few hundred levels of modules and nested expressions."""


def run(paths: Sequence[str], settings: Settings) -> Report:
    """Check the paths. Faults of the input are in the report's errors, never raised."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    grammar.configure(settings.cache, settings.cache_dir)
    cards = load_cards()
    types = frozenset(type_ for card in cards for type_ in card.resources)
    walker = Walker(types, settings.exclude)
    tree = walker.walk(paths)
    worlds = Worlds()
    terraform = TerraformLoader(
        tree, walker, worlds, types, settings.variables, settings.var_files, known_modules()
    )
    cloudformation = CloudFormationLoader(tree, walker, worlds, types, settings.parameters)
    loaders = (terraform, cloudformation)
    resources = [resource for loader in loaders for resource in loader.load()]
    aliases = _Aliases(loaders, worlds)
    engine = Engine(worlds, Surroundings(aliases.named, settings.trusted_keys), settings)
    results = engine.judge(cards, resources)
    aside = Suppressions(
        frozenset(card.id for card in cards), _today(), settings.honour_checkov_skips
    )
    if settings.honour_ignores:
        _read_directives(aside, tree)
    results = aside.apply(results)
    errors = [
        *tree.errors,
        *terraform.errors,
        *cloudformation.errors,
        *engine.errors,
        *aside.errors,
    ]
    return Report(
        version=__version__,
        results=tuple(_shown(results, paths)),
        errors=tuple(_distinct(errors)),
        warnings=tuple(aside.warnings),
        files=tree.files,
    )


def _today() -> str:
    """The date in UTC, as ISO 8601 writes it."""
    import time

    return time.strftime("%Y-%m-%d", time.gmtime())


def _read_directives(aside: Suppressions, tree: Tree) -> None:
    """The ignore comments of every file that may hold one."""
    files = [*tree.templates, *(file for files in tree.terraform.values() for file in files)]
    for file in files:
        if any(needle in file.data for needle in NEEDLES):
            template = not file.path.endswith(TERRAFORM)
            read = yaml_comments if template else hcl_comments
            try:
                aside.read(Source.decode(file.path, file.data), read)
            except InputError:
                continue  # the file's own error is reported where it is read


class _Aliases:
    """Which declared aliases have a name; read only when a vault's key is an alias name."""

    def __init__(
        self, loaders: Iterable[TerraformLoader | CloudFormationLoader], worlds: Worlds
    ) -> None:
        self._loaders = loaders
        self._worlds = worlds
        self._index: dict[str, list[Resource]] | None = None

    def named(self, name: str, vault: Resource) -> list[Resource]:
        """The aliases of that name: those of the vault's own root, else those of any other."""
        if self._index is None:
            self._index = {}
            for loader in self._loaders:
                for alias in loader.instances_of(ALIASES):
                    for found in self._names(alias):
                        self._index.setdefault(found, []).append(alias)
        aliases = self._index.get(name, [])
        return [alias for alias in aliases if alias.scope == vault.scope] or aliases

    def _names(self, alias: Resource) -> set[str]:
        path = ALIASES[alias.type][0]

        def read() -> str | None:
            try:
                value = alias.read(path)
            except (EvaluationError, InputError):
                return None
            return value.data if isinstance(value, Known) and isinstance(value.data, str) else None

        try:
            outcomes = self._worlds.explore(read)
        except TooManyWorlds:
            return set()
        return {name for _, name in outcomes if name is not None}


def _shown(results: Iterable[Result], paths: Sequence[str]) -> list[Result]:
    """Where only files are named, only what stands in them; else all that was found."""
    named = [normal(path) for path in paths]
    if any(os.path.isdir(path) for path in named):
        return list(results)
    return [result for result in results if result.span.source.path in named]


def _distinct(errors: Iterable[InputError]) -> list[InputError]:
    unique = {(e.path, e.line or 0, e.column or 0, e.message): e for e in errors}
    return [unique[key] for key in sorted(unique)]

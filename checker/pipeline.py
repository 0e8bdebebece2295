"""The whole run, one page: paths → files → graph → results → report.

What a tree without a vault does not need is imported only where a vault may be.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from . import __version__
from .backup import PLANS
from .candidates import (
    CLOUD_CONTROL,
    COMMENTS,
    STACK_IN_TERRAFORM,
    TERRAFORM,
    TOFU,
    VALUES,
    is_local,
)
from .discovery import Tree, Walker, normal, place_of
from .kms import ALIASES
from .paths import named
from .patterns import pattern
from .policy.card import resource_types
from .policy.result import Report, Result, Run
from .records import replace
from .settings import Settings, unreadable
from .source import InputError
from .watch import Watch

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from .candidates import File
    from .cloudformation.loader import CloudFormationLoader
    from .graph import Resource
    from .language.value import Value
    from .language.worlds import Worlds
    from .policy.suppressions import Suppressions
    from .source import Source, Span
    from .terraform.loader import TerraformLoader

_EPOCH = pattern("[0-9]{1,11}")
_PLACE = pattern(r"(.*?)(?::([0-9]+):([0-9]+))?: ")
RECURSION_LIMIT = 6_000
"""Python frames: room for a few hundred levels of modules and nested expressions."""


def run(paths: Sequence[str], settings: Settings, watch: Watch | None = None) -> Report:
    """Check the paths. Faults of the input are in the report's errors, never raised.

    `watch` is told what is being done, and what was counted.
    """
    watch = watch or Watch()
    paths = named(paths)
    types = resource_types()
    walker = Walker(
        types,
        settings.exclude,
        related=(*ALIASES, *PLANS),
        everything=settings.read_everything,
        unsaved=settings.unsaved,
    )
    tree = Tree()
    watch.begin("walk", lambda: f"{tree.walked:,} files")
    walker.walk(paths, tree)
    watch.counts.update({"files read": tree.walked, "bytes read": tree.size})
    results: Sequence[Result] = ()
    errors = [*unreadable(settings)]
    warnings: list[str] = []
    asked = _run(paths, walker, settings)
    if tree.hits():
        results = _judge(tree, walker, types, settings, errors, warnings, watch)
        if any(file.path.endswith(TOFU) for files in tree.terraform.values() for file in files):
            from .policy.programs import as_terraform, both

            terraform = as_terraform(tree.terraform)
            if terraform is not None:
                again = replace(tree, terraform=terraform, errors=[], warnings=[])
                found = _judge(again, walker, types, settings, errors, warnings, watch)
                tree.errors.extend(again.errors)
                tree.warnings.extend(again.warnings)
                results = both(results, found)
    warnings.extend(tree.warnings)  # what a call passes may be seen only when it is judged
    unread = tree.remote_stacks.union(*tree.remote_modules.values())
    watch.begin("report")
    errors.extend(tree.errors)
    if settings.baseline is not None:
        results = _without_accepted(results, settings.baseline, asked, errors, warnings)
    shown = tuple(_shown(results, paths))
    silent, elsewhere = _hidden(results, shown, asked.paths)
    warnings.extend(_lost_calls(tree))
    return Report(
        version=__version__,
        results=shown,
        errors=tuple(_distinct(errors)),
        warnings=_ordered((*settings.warnings, *warnings)),
        files=tree.files,
        run=asked,
        unread=tuple(sorted(unread)),
        uncreated=_uncreated(tree, results),
        named=_named(paths),
        silent=silent,
        elsewhere=elsewhere,
        called=tuple(_called(shown, walker, asked.paths)),
        unused=() if settings.var_files else _unused_values(tree, shown),
    )


def _uncreated(tree: Tree, results: Iterable[Result]) -> tuple[str, ...]:
    """Where what would be a vault is not created, by any of the roots that lead there."""
    created = {span for result in results for span in (result.resource_span, *result.calls)}
    places = {span for span in tree.uncreated if span not in created}
    asked = (span for span in places if span.source.path not in tree.context)
    ordered = sorted(asked, key=lambda span: (span.source.path, span.start))
    return tuple(f"{span.source.path}:{span.line}" for span in ordered)


LOST_SHOWN = 3
"""Module calls that lead nowhere of which each is told, with its place."""
GUESS_LIMIT = 200
"""Folders among which the one is looked for that was meant."""


def _lost_calls(tree: Tree) -> Iterator[str]:
    """A warning for module calls whose path leads nowhere, with a guess at what was meant.

    Of many the first few: the summary counts all that is not on disk.
    """
    lost = sorted(
        (folder, source)
        for folder, sources in tree.remote_modules.items()
        for source in filter(is_local, sources)
    )
    for folder, source in lost[:LOST_SHOWN]:
        from .meant import hint

        place = place_of(folder)
        known = (os.path.relpath(other, place) for other in tree.terraform if other != place)
        few = len(tree.terraform) <= GUESS_LIMIT
        near = hint(source, (path.replace(os.sep, "/") for path in known)) if few else ""
        text = b'"%b"' % source.encode("utf-8", "surrogateescape")
        for file in tree.terraform.get(folder, ()):
            at = file.searchable.find(text)
            if at >= 0:
                line = file.searchable.count(b"\n", 0, at) + 1
                column = at - file.searchable.rfind(b"\n", 0, at)
                what = f"the module source {source} leads to no folder{near}"
                yield f"{file.path}:{line}:{column}: {what}"
                break


def _without_accepted(
    results: Sequence[Result],
    file: str,
    asked: Run,
    errors: list[InputError],
    warnings: list[str],
) -> Sequence[Result]:
    """The results with those of the baseline set aside."""
    from .policy import baseline

    try:
        applied, stale = baseline.apply(results, baseline.read(file), asked)
    except InputError as error:
        errors.append(error)
        return results
    if not errors:  # else what was not found may stand in what was not read
        warnings.extend(stale)
    return applied


def _run(paths: Sequence[str], walker: Walker, settings: Settings) -> Run:
    """What the run was asked for. SOURCE_DATE_EPOCH, where it is set, is its time."""
    import time

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = time.gmtime(int(epoch) if epoch and _EPOCH.fullmatch(epoch) else None)
    asked = tuple(normal(path) for path in paths)
    return Run(
        paths=asked,
        tops=tuple(walker.top_of(path) for path in asked),
        anchored=tuple(walker.anchored(path) for path in asked),
        exclude=settings.exclude,
        date=time.strftime("%Y-%m-%dT%H:%M:%SZ", now),
        loosened=settings.loosened(),
        exit_zero=settings.exit_zero,
        allow_empty=settings.allow_empty,
    )


def _judge(
    tree: Tree,
    walker: Walker,
    types: frozenset[str],
    settings: Settings,
    errors: list[InputError],
    warnings: list[str],
    watch: Watch,
) -> list[Result]:
    watch.begin("import")
    import sys

    from .language.worlds import Worlds
    from .policy.aliases import Aliases
    from .policy.card import load_cards
    from .policy.engine import Engine
    from .policy.predicates import Surroundings
    from .policy.senders import Senders

    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    worlds = Worlds()
    loaders = tuple(_loaders(tree, walker, worlds, types, settings, watch))
    watch.begin("load")
    resources = [resource for loader in loaders for resource in loader.load()]
    surroundings = Surroundings(
        Aliases(loaders, worlds).named, settings.trusted_keys, partial(_output, loaders)
    )
    engine = Engine(worlds, surroundings, settings, walker, Senders(loaders, worlds).of)
    cards = load_cards()
    watch.begin("judge", lambda: f"{engine.judged:,} of {len(resources):,} resources")
    results = engine.judge(cards, resources)
    tree.uncreated += engine.uncreated
    watch.begin("ignores")
    for fault in (*(loader.errors for loader in loaders), engine.errors):
        errors.extend(fault)
    told = {error.path for error in errors}
    errors.extend(chain.from_iterable(loader.refused(told) for loader in loaders))
    commented = [
        file for file in chain(tree.templates, *tree.terraform.values()) if file.holds(*COMMENTS)
    ]
    if settings.honour_ignores and (commented or any(result.metadata for result in results)):
        from .policy.suppressions import Suppressions

        rules = frozenset(card.id for card in cards)
        aside = Suppressions(rules, _today(), settings.honour_checkov_skips, tree.context)
        _read_directives(aside, commented)
        aside.read_metadata(chain.from_iterable(loader.marks() for loader in loaders))
        results = aside.apply(results, complete=not (errors or tree.errors))
        errors.extend(aside.errors)
        warnings.extend(aside.warnings)
    for loader in loaders:
        watch.counts.update(loader.counts())
    watch.counts.update({"worlds": worlds.explored, "evaluations": worlds.steps})
    return results


def _output(
    loaders: Sequence[TerraformLoader | CloudFormationLoader], stack: Resource, name: str
) -> Value | None:
    """An output of a stack that Terraform deploys, where its template is known."""
    found = (loader.output(stack, name) for loader in loaders)
    return next((value for value in found if value is not None), None)


def _loaders(
    tree: Tree,
    walker: Walker,
    worlds: Worlds,
    types: frozenset[str],
    settings: Settings,
    watch: Watch,
) -> Iterator[TerraformLoader | CloudFormationLoader]:
    """One for each language in which something may matter: each takes time to import."""
    related = tuple(type_.encode() for type_ in (*ALIASES, *PLANS))

    def matters(files: Iterable[File]) -> bool:
        return any(file.hit or file.holds(*related) for file in files)

    terraform: TerraformLoader | None = None
    if (
        tree.initialised
        or tree.terragrunt
        or tree.unsure
        or matters(chain(*tree.terraform.values()))
    ):
        from .policy.card import known_modules
        from .terraform import grammar
        from .terraform.loader import TerraformLoader

        grammar.configure(settings.cache, settings.cache_dir, watch.notes.append)
        terraform = TerraformLoader(
            tree, walker, worlds, types, settings.variables, settings.var_files, known_modules()
        )
        yield terraform
    else:
        tree.warnings.extend(
            f"--var {name}: no Terraform that leads to a vault is checked; the parameters of "
            "templates are given by --parameters"
            for name in settings.variables
        )
    code = chain(*tree.terraform.values())
    deploys = any(file.holds(STACK_IN_TERRAFORM, CLOUD_CONTROL) for file in code)
    if deploys or tree.opaque or matters(tree.templates):
        from .cloudformation.loader import CloudFormationLoader

        yield CloudFormationLoader(
            tree,
            walker,
            worlds,
            types,
            settings.parameters,
            settings.pseudo,
            terraform.instances_of if terraform and deploys else None,
            terraform.opened if terraform else frozenset(),
        )


def _today() -> str:
    """The date in UTC, as ISO 8601 writes it."""
    import time

    return time.strftime("%Y-%m-%d", time.gmtime())


def _read_directives(aside: Suppressions, files: Iterable[File]) -> None:
    """The ignore comments of files that may hold one."""
    from .source import Source

    for file in files:
        try:
            aside.read(Source.decode(file.path, file.data), _comments(file.path))
        except InputError:
            continue  # the file's own error is reported where it is read


def _comments(path: str) -> Callable[[Source], Iterable[Span]]:
    """The comments of a file's language."""
    if path.endswith(TERRAFORM):
        from .terraform.outline import comments as hcl_comments

        return hcl_comments
    from .cloudformation.comments import comments as yaml_comments

    return yaml_comments


def _shown(results: Iterable[Result], paths: Sequence[str]) -> list[Result]:
    """Where only files are named, only what stands in them; else all that was found."""
    asked = [normal(path) for path in paths]
    if any(os.path.isdir(path) for path in asked):
        return list(results)
    return [result for result in results if result.span.source.path in asked]


def _named(paths: Sequence[str]) -> int:
    """How many files that can hold a vault are named; 0 where anything else is."""
    asked = {normal(path) for path in paths}
    if any(os.path.isdir(path) or path.endswith(VALUES) for path in asked):
        return 0
    return len(asked)


def _hidden(
    results: Sequence[Result], shown: Sequence[Result], paths: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Result, ...]]:
    """The named files in which no result stands, and the results that they have a part in."""
    if len(results) == len(shown):
        return (), ()
    places = {result.span.source.path for result in shown}
    silent = {path: os.path.dirname(path) for path in paths if path not in places}
    hidden: list[Result] = []
    used: set[str] = set()
    for result in results:
        if result.span.source.path in paths:
            continue
        spans = (result.span, *(hop.span for hop in result.trail), *result.calls)
        parts = {span.source.path for span in spans}
        folders = set(map(os.path.dirname, parts))
        found = {p for p, folder in silent.items() if p in parts or folder in folders}
        if found:
            hidden.append(result)
            used |= found
    return tuple(path for path in paths if path in used), tuple(hidden)


def _called(
    results: Iterable[Result], walker: Walker, paths: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Modules whose findings callers may decide, and which folders outside of the paths call them.

    Asked only where a finding says so: the rest of the repository is read for it.
    """
    lacking = {
        os.path.dirname(result.span.source.path) or "."
        for result in results
        if result.status == "fail" and not result.calls and _depends_on_callers(result)
    }
    for path in paths if lacking else ():
        if not os.path.isdir(path):
            continue
        top, calls = walker.calls_around(path)
        for folder in sorted(lacking):
            callers = tuple(sorted(caller for caller in calls if folder in calls[caller]))
            if callers:
                yield folder, callers, top


def _unused_values(
    tree: Tree, results: Iterable[Result]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Files of values beside the root modules of vaults, where no Terragrunt may pass them."""
    tops = (result.caller or result.span for result in results if result.framework == "terraform")
    roots = {os.path.dirname(top.source.path) or "." for top in tops}
    if not roots or tree.terragrunt:
        return ()
    from .terraform.beside import unused

    return tuple(unused(roots, tree.terraform))


def _depends_on_callers(result: Result) -> bool:
    """Whether a variable without a value decided it, or one's default."""
    of_variable = (hop.note.startswith('variable "') for hop in result.trail)
    return result.cause == "caller-supplied" or any(of_variable)


def _distinct(errors: Iterable[InputError]) -> list[InputError]:
    unique = {(e.path, e.line or 0, e.column or 0, e.message): e for e in errors}
    return [unique[key] for key in sorted(unique)]


def _ordered(warnings: Iterable[str]) -> tuple[str, ...]:
    """Warnings by the file, line and column that they begin with, then by their text."""

    def order(warning: str) -> tuple[str, int, int, str]:
        place = _PLACE.match(warning)
        path, line, column = place.groups() if place else ("", None, None)
        return path, int(line or 0), int(column or 0), warning

    return tuple(sorted(dict.fromkeys(warnings), key=order))

"""Paths → candidate files: walking, ignoring, and which bytes are worth a closer look."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter

from . import candidates
from .candidates import (
    STACK_IN_TERRAFORM,
    STACKS,
    TEMPLATES,
    TERRAFORM,
    TERRAGRUNT,
    VALUES,
    File,
    Needles,
    is_local,
    reason,
)
from .paths import boundary
from .records import dataclass, field
from .source import InputError, Span

SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".terraform", ".terragrunt-cache", "node_modules", "__pycache__",
     ".venv", "venv", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
)  # fmt: skip
OUTSIDE = "a nested template lies outside of what may be read: scan the folder that holds both"
"""What is said of a file that a template names."""

_name = attrgetter("name")
_UP = f"..{os.sep}"


@dataclass
class Tree:
    """What a walk found. `terraform` maps a folder to its files, those of a stack apart."""

    terraform: dict[str, list[File]] = field(default_factory=dict)
    templates: list[File] = field(default_factory=list)
    terragrunt: list[File] = field(default_factory=list)
    initialised: list[str] = field(default_factory=list)  # folders with a `.terraform`
    errors: list[InputError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: int = 0
    walked: int = 0  # files read
    size: int = 0  # bytes read
    hit: bool = False  # whether a needle was found anywhere
    # The folders that a folder's module calls by path lead to, read off the bytes; `unsure` are
    # those whose bytes could hide a call, or one that leads outside of what may be read.
    calls: dict[str, set[str]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    # The addresses of modules that are called from elsewhere, by the calling folder, and of nested
    # templates.
    remote_modules: dict[str, set[str]] = field(default_factory=dict)
    remote_stacks: set[str] = field(default_factory=set)
    # What would declare a vault, or calls a module that does, and is not created.
    uncreated: list[Span] = field(default_factory=list)
    # Files that are not asked about, but may call, nest or feed what is.
    context: set[str] = field(default_factory=set)
    # What templates name as nested or included, and was not looked at yet; those of which bytes
    # do not tell all of it, and the literal parts of services.
    nested: set[str] = field(default_factory=set)
    opaque: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)  # to folders, that the walk met

    def hits(self) -> bool:
        """Whether anything was found that a rule may have to judge."""
        return bool(self.hit or self.initialised or self.terragrunt or self.unsure or self.opaque)


class Walker:
    """Reads each candidate file once. Nothing is written or followed out of the tree."""

    def __init__(
        self,
        types: Iterable[str],
        exclude: tuple[str, ...] = (),
        *,
        related: Iterable[str] | None = None,
        everything: bool = False,
        unsaved: Mapping[str, bytes] | None = None,
    ) -> None:
        """`types` are judged; where only `related` ones are asked for, other bytes are let go.

        `unsaved`: what stands in for the content of files, as an editor has it.
        """
        self._unsaved = unsaved or {}
        self._needles = Needles(types, related, everything)
        self._exclude = exclude
        self._seen: set[str] = set()
        self._walked: set[str] = set()  # the real paths of folders
        self._boundaries: list[str] = []
        self._real: dict[str, str] = {}

    def walk(self, paths: Iterable[str], tree: Tree | None = None) -> Tree:
        """Search folders downward; a file brings its folder. Missing paths are errors."""
        tree = Tree() if tree is None else tree
        named: list[str] = []  # the files among the paths
        for path in paths:
            if not path:  # as the system takes it: no name of the working directory
                tree.errors.append(InputError("no such file or folder", '""'))
                continue
            path = normal(path)
            self._boundaries.append(boundary(path))
            if os.path.isdir(path):
                self._folder(tree, path)
            elif os.path.isfile(path) or path in self._unsaved:
                self._named_file(tree, path)
                named.append(path)
            elif os.path.lexists(path):
                tree.errors.append(InputError("it is neither a file nor a folder", path))
            else:
                tree.errors.append(InputError("no such file or folder", path))
        self._follow_links(tree)
        self.follow(tree)
        files = chain(tree.templates, *tree.terraform.values())
        hits = {file.path for file in files if file.hit}
        for top in sorted({self._top(path) for path in named if path in hits}):
            self._relatives(tree, top)
        return tree

    def _follow_links(self, tree: Tree) -> None:
        """Search the folders behind links, which go by their own names, where that was not done."""
        while tree.links:
            link = tree.links.pop()
            if self.inside(link):
                folder = self._own_name(os.path.dirname(link) or ".", link)
                if not self._leaves_out(folder):
                    self._folder(tree, folder)
            else:
                what = "a linked folder outside of what may be read, so nothing in it is checked"
                tree.warnings.append(f"{link}: {what}")

    def follow(self, tree: Tree) -> None:
        """Read what is called or nested by path and lies outside of what was walked."""
        waiting = list(tree.calls)
        while waiting:
            caller = waiting.pop()
            for target in sorted(tree.calls.get(caller, ())):
                folder = self.led_to(tree, caller, target)
                if folder in tree.terraform or not os.path.isdir(folder):
                    continue
                if self.inside(folder):
                    self.terraform_folder(tree, folder)
                    waiting += (folder, stack_of(folder))
                else:
                    tree.unsure.add(caller)
        while tree.nested:
            path = tree.nested.pop()
            if path in self._seen or not os.path.isfile(path):
                continue
            if self.inside(path):
                self._file(tree, path)
            else:
                tree.errors.append(InputError(OUTSIDE, path))
        while tree.parts:
            part, service = tree.parts.popitem()
            data = read_bytes(Tree(), part)
            if data is not None and candidates.may_compose(candidates.searchable(data)):
                tree.opaque.add(service)

    def led_to(self, tree: Tree, caller: str, target: str) -> str:
        """The folder that a call leads to: one behind a link goes by its own name."""
        if target in tree.terraform or not os.path.isdir(target):
            return target
        return self._own_name(caller, target)

    def _own_name(self, folder: str, path: str) -> str:
        """A path without the links that it leads through, as seen from a folder."""
        way = os.path.relpath(self._realpath(path), self._realpath(folder))
        return normal(os.path.join(folder, way))

    def _named_file(self, tree: Tree, path: str) -> None:
        if not path.endswith((*TERRAFORM, *STACKS, *VALUES)):
            from .plans import REFUSED, is_plan  # few runs name a file

            data = self._unsaved.get(path) or read_bytes(Tree(), path)
            if data is not None and is_plan(data):
                tree.errors.append(InputError(REFUSED, path))
                return
        else:
            folder = os.path.dirname(path) or "."
            if os.path.isdir(folder):
                self.terraform_folder(tree, folder)
        self._file(tree, path)

    def _top(self, path: str) -> str:
        """The root of a named file's repository, so that paths below it begin as it does."""
        top = self.boundary_of(path)
        return top if os.path.isabs(path) else normal(os.path.relpath(top))

    def _relatives(self, tree: Tree, top: str) -> None:
        """The other files of a named one's repository: what may call, nest or feed it.

        Without a repository only its own folder is: that may be somebody's whole home.
        They are read as context only: nothing in them is searched for.
        """
        context = Tree()
        self._folder(context, top, below=os.path.lexists(os.path.join(top, ".git")))
        self.follow(context)
        tree.opaque |= context.opaque
        for file in context.templates:
            if file.sure or file.nests:
                file.hit = file.sure = False
                tree.templates.append(file)
                tree.context.add(file.path)
        found = list(chain(*context.terraform.values()))
        if not (tree.terraform or any(file.holds(STACK_IN_TERRAFORM) for file in found)):
            return  # nothing of Terraform calls or deploys what is asked about
        for folder, files in context.terraform.items():
            for file in files:
                file.hit = False
                tree.context.add(file.path)
            tree.terraform.setdefault(folder, []).extend(files)
        for folder, targets in context.calls.items():
            tree.calls.setdefault(folder, set()).update(targets)
        tree.unsure |= context.unsure
        tree.terragrunt += context.terragrunt
        tree.initialised += context.initialised
        tree.errors += (error for error in context.errors if error.path.endswith(TERRAFORM))

    def calls_around(self, folder: str) -> tuple[str, dict[str, set[str]]]:
        """The root of a folder's repository, and the calls by path of what lies outside of it.

        They are none where there is no repository, or the folder is all of it.
        """
        top, around = self._top(folder), Tree()
        if top != folder and os.path.lexists(os.path.join(top, ".git")):
            self._folder(around, top)
        return top, around.calls

    def _folder(self, tree: Tree, top: str, *, below: bool = True) -> None:
        waiting = [(normal(top), self._realpath(top))]
        while waiting:
            folder, real = waiting.pop()
            if real in self._walked:
                continue
            self._walked.add(real)
            prefix = "" if folder == "." else f"{folder}/"
            for entry in _entries(tree, folder):
                name = entry.name
                path = prefix + name
                if self._exclude and self._excluded(path):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if not below:
                            continue
                        if name not in SKIPPED:
                            waiting.append(self._named_from_here(path, os.path.join(real, name)))
                        elif name == ".terraform":
                            tree.initialised.append(folder)
                    elif is_candidate(name):
                        self._file(tree, path, folder, entry.is_file(follow_symlinks=False))
                    elif below and entry.is_symlink() and _leads_to_folder(path):
                        tree.links.append(path)
                except OSError as error:
                    tree.errors.append(InputError(reason(error), path))

    def _named_from_here(self, folder: str, real: str) -> tuple[str, str]:
        """A folder that is reached from above: the working directory, or one around it."""
        around = folder.startswith(_UP) and self._realpath(".").startswith(real)
        return (normal(folder) if around else folder), real

    def _leaves_out(self, folder: str) -> bool:
        """Whether a folder, or one that it lies in, is left out of the walk."""
        if not self._exclude:
            return False
        from .globs import within

        return within(folder, self._exclude)

    def _excluded(self, path: str) -> bool:
        from .globs import matches

        return matches(path, self._exclude)

    def _realpath(self, path: str) -> str:
        if path not in self._real:
            self._real[path] = os.path.realpath(path)
        return self._real[path]

    def boundary_of(self, path: str) -> str:
        """The folder outside which nothing is read for `path`; the innermost that holds it."""
        return self._boundary(self._realpath(path))

    def _boundary(self, real: str) -> str:
        tops = [top for top in self._boundaries if (real + os.sep).startswith(top + os.sep)]
        return max(tops, key=len, default=real)

    def top_of(self, path: str) -> str:
        """The real path of the folder that `anchored` counts from."""
        return self._boundary(self._own_path(path))

    def anchored(self, path: str, top: str = "") -> str:
        """A path from the root of its repository, the same from every working directory.

        From `top` where one is given. A link to a file has its own place, as Terraform takes it.
        """
        real = self._own_path(path)
        return os.path.relpath(real, top or self._boundary(real)).replace(os.sep, "/")

    def _own_path(self, path: str) -> str:
        folder, name = (path, "") if os.path.isdir(path) else os.path.split(path)
        real = self._realpath(folder or ".")
        return os.path.join(real, name) if name else real

    def inside(self, path: str) -> bool:
        """Whether a path, with its links followed, lies in a repository that is scanned."""
        real = self._realpath(path)
        return any(real == top or real.startswith(top + os.sep) for top in self._boundaries)

    def read(self, tree: Tree, path: str, *, regular: bool = False) -> bytes | None:
        """A file's bytes; None, with an error noted, where it cannot or may not be read.

        `regular`: that it is a file, and no link, was seen in a folder inside.
        """
        if not (regular or self.inside(path)):
            what = "the link leads" if os.path.islink(path) else "it lies"
            tree.errors.append(InputError(f"{what} outside the repository", path))
            return None
        return read_bytes(tree, path, regular=regular)

    def terraform_folder(self, tree: Tree, folder: str) -> None:
        """Read the Terraform files of one folder, which may lie outside the named paths."""
        for entry in _entries(tree, folder):
            if entry.name.endswith((*TERRAFORM, *STACKS)) and is_candidate(entry.name):
                self._file(tree, normal(os.path.join(folder, entry.name)))

    def template(self, tree: Tree, path: str) -> None:
        """Read a file that code reads as a template, which may lie outside the named paths."""
        if is_candidate(path) and os.path.isfile(path) and self.inside(path):
            self._file(tree, path)

    def _file(
        self, tree: Tree, path: str, folder: str | None = None, regular: bool = False
    ) -> None:
        if path in self._seen:
            return
        self._seen.add(path)
        data = self._unsaved.get(path) if self._unsaved else None
        unsaved = data is not None
        if data is None:
            data = self.read(tree, path, regular=regular)
            if data is None:
                return
        folder = folder or os.path.dirname(path) or "."
        tree.walked += 1
        tree.size += len(data)
        if path.endswith(TERRAFORM):
            file = self._needles.terraform(path, data)
            tree.terraform.setdefault(folder, []).append(file)
            tree.files += 1
            self._note_calls(tree, folder, folder, data, file.hit)
        elif path.endswith(STACKS):
            file = self._needles.terraform(path, data)
            tree.terraform.setdefault(stack_of(folder), []).append(file)
            tree.files += 1
            self._note_calls(tree, stack_of(folder), folder, data, file.hit)
        elif path.endswith(TERRAGRUNT) and os.path.basename(path) in TERRAGRUNT:
            file = self._needles.terraform(path, data)
            tree.terragrunt.append(file)
            tree.files += 1
        else:
            found = self._needles.template(path, data)
            if found is None:
                return
            file = found
            tree.templates.append(file)
            tree.files += file.sure
            if file.nests:
                self._note_nested(tree, folder, file)
        if file.hit:
            tree.hit = True
        if unsaved:
            file.keep(data)

    def _note_nested(self, tree: Tree, folder: str, file: File) -> None:
        text = file.searchable
        for path, certain in candidates.nested(text):
            if path is None:
                file.opaque = file.opaque or not certain
                tree.opaque.add(file.path)
                continue
            target = normal(os.path.join(folder, path))
            tree.nested.add(target)
            if os.path.isfile(target):
                continue
            if certain or target.endswith(TEMPLATES):
                tree.remote_stacks.add(target)
            else:
                tree.opaque.add(file.path)  # what it is, only what stands around it tells
        for part in candidates.parts(text):
            if part is None:
                file.opaque = True
                continue
            target = normal(os.path.join(folder, part))
            file.opaque = file.opaque or not target.endswith(TEMPLATES)
            if not (os.path.isfile(target) and self.inside(target)):
                tree.opaque.add(file.path)  # whether resources are lost, only the service tells
            elif is_candidate(target):
                tree.nested.add(target)
                tree.parts[target] = file.path
        tree.remote_stacks.update(candidates.remote_stacks(text))
        tree.remote_stacks.update(f"{n} of {file.path}" for n in candidates.private_modules(text))
        if file.opaque:
            tree.opaque.add(file.path)

    def _note_calls(self, tree: Tree, caller: str, folder: str, data: bytes, hit: bool) -> None:
        """Note what a file calls: one of the modules of a folder, or of the stack in it."""
        text = candidates.searchable(data)
        stack = caller != folder
        if not hit and not stack and not candidates.calls_modules(text):
            return
        if hit:
            tree.unsure.add(caller)
        for source in candidates.called(text):
            absent = not is_local(source) or not os.path.isdir(os.path.join(folder, source))
            if absent:
                tree.remote_modules.setdefault(caller, set()).add(source)
        for found in candidates.sources(text):
            if found is None:
                tree.unsure.add(caller)
                continue
            source = found.decode("utf-8", "replace")
            if is_local(source):
                targets = tree.calls.setdefault(caller, set())
                target = normal(os.path.join(folder, source))
                targets.update((target, stack_of(target)) if stack else (target,))


def _leads_to_folder(link: str) -> bool:
    """Whether the walk may follow a link, by its name, to a folder that is there."""
    return os.path.basename(link) not in SKIPPED and os.path.isdir(link)


def is_candidate(name: str) -> bool:
    """Whether a file of that name is read.

    Terraform reads a file by its exact name, and passes over what editors leave behind
    (`.#main.tf`, `main.tf~`); CloudFormation reads whatever it is given.
    """
    if name.endswith(TERRAFORM) or name.endswith(STACKS):
        return not name.startswith(".")
    return name.endswith(TEMPLATES) or name in TERRAGRUNT or name.lower().endswith(TEMPLATES)


_STACK = "*.tfcomponent.hcl"


def stack_of(folder: str) -> str:
    """What the stack in a folder goes by, where its modules go by the folder."""
    return normal(os.path.join(folder, _STACK))


def is_stack(name: str) -> bool:
    """Whether it is a stack that goes by a name."""
    return name.endswith(_STACK)


def place_of(name: str) -> str:
    """The folder of what goes by a name: a module or a stack."""
    return os.path.dirname(name) or "." if is_stack(name) else name


def read_bytes(tree: Tree, path: str, *, regular: bool = False) -> bytes | None:
    """A regular file's bytes; None, with an error noted, where it cannot be read.

    For what whoever runs this names; what code names is read by `Walker.read`.
    """
    try:
        return candidates.read(path, regular=regular)
    except InputError as error:
        tree.errors.append(error)
        return None


def _entries(tree: Tree, folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            yield from sorted(listing, key=_name)
    except OSError as error:
        tree.errors.append(InputError(reason(error), folder))


def normal(path: str) -> str:
    """A path as it is reported: relative to the working directory, with `/`."""
    if os.path.isabs(path):
        relative = os.path.relpath(path)
        path = path if relative.startswith("..") else relative
    path = os.path.normpath(path)
    if path.startswith(_UP):  # it may lead back to below the working directory
        path = os.path.relpath(path)
    return path.replace(os.sep, "/")

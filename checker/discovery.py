"""Paths → candidate files: walking, ignoring, and which bytes are worth a closer look."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping

from .records import dataclass, field
from .source import InputError

SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".terraform", ".terragrunt-cache", "node_modules", "__pycache__",
     ".venv", "venv", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
)  # fmt: skip
TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json")
TERRAGRUNT = ("terragrunt.hcl", "terragrunt.hcl.json")
TEMPLATES = (".yaml", ".yml", ".json", ".template")
CANDIDATES = (*TERRAFORM, *TEMPLATES)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
FILE_LIMIT = 50 * 1024 * 1024
"""Bytes. A larger file is an error of that file, never a silent pass."""

# A letter (or `_`, or `:`) of a name can be written as an escape, or come from a loop: such a file
# counts as a hit.
_LETTER = rb"(?:3[aA]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])"
_ESCAPES = re.compile(rb"\\u00%b|\\U000000%b" % (_LETTER, _LETTER))
_TEMPLATE_ESCAPES = re.compile(rb'\\(?:x|u00|U000000)%b|"[^"\n]*\\\r?\n|Fn::ForEach' % _LETTER)
# A resource of a template: one without a hit may still nest, export or declare what a hit needs.
_TEMPLATE = re.compile(rb"""Type["']?\s{0,99}:\s{0,99}["']?[A-Za-z0-9]+::\w""")
# The source of a module call: its text where it is a plain string, else the folder is outlined.
_SOURCE = re.compile(rb'\bsource\b"?\s*(?:[=:]\s*(?:"([^"\\$%\n]*+)")?|/\*)')
_MODULE = re.compile(rb'\bmodule["\s/]')


@dataclass(frozen=True)
class File:
    """One candidate: its path as reported, its bytes, and whether a needle is in them.

    What is not `sure` is counted only where it turns out to be a template.
    """

    path: str
    data: bytes
    hit: bool
    sure: bool = True


@dataclass
class Tree:
    """What a walk found. `terraform` maps a folder to its files."""

    terraform: dict[str, list[File]] = field(default_factory=dict)
    templates: list[File] = field(default_factory=list)
    terragrunt: list[File] = field(default_factory=list)
    initialised: list[str] = field(default_factory=list)  # folders with a `.terraform`
    errors: list[InputError] = field(default_factory=list)
    files: int = 0
    # The folders that a folder's module calls by path lead to, read off the bytes; `unsure` are
    # those whose bytes could hide a call, or one that leads outside of what may be read.
    calls: dict[str, set[str]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def hits(self) -> bool:
        """Whether anything was found that a rule may have to judge."""
        files = (file for folder in self.terraform.values() for file in folder)
        return bool(
            any(file.hit for file in files)
            or any(file.hit for file in self.templates)
            or self.initialised
            or self.terragrunt
            or self.unsure
        )


class Walker:
    """Reads each candidate file once. Nothing is written or followed out of the tree."""

    def __init__(
        self,
        needles: Iterable[str],
        exclude: tuple[str, ...] = (),
        *,
        everything: bool = False,
        unsaved: Mapping[str, bytes] | None = None,
    ) -> None:
        """`unsaved`: what stands in for the content of files, as an editor has it."""
        self._unsaved = unsaved or {}
        self._everything = everything
        self._needles = tuple(needle.encode() for needle in sorted(needles))
        self._exclude = exclude
        self._seen: set[str] = set()
        self._boundaries: list[str] = []
        self._real: dict[str, str] = {}

    def walk(self, paths: Iterable[str]) -> Tree:
        """Search folders downward; a file brings its folder. Missing paths are errors."""
        tree = Tree()
        named: set[str] = set()  # the folders of the templates that are named
        for path in paths:
            path = normal(path)
            self._boundaries.append(boundary(path))
            if os.path.isdir(path):
                self._folder(tree, path)
            elif os.path.isfile(path) or path in self._unsaved:
                self._named_file(tree, path)
                if not path.endswith(TERRAFORM):
                    named.add(os.path.dirname(path) or ".")
            elif os.path.lexists(path):
                tree.errors.append(InputError("it is neither a file nor a folder", path))
            else:
                tree.errors.append(InputError("no such file or folder", path))
        for folder in sorted(named):
            self._relatives(tree, folder)
        self._follow(tree)
        return tree

    def _follow(self, tree: Tree) -> None:
        """Read the modules that are called by path and lie outside of the named paths."""
        waiting = list(tree.calls)
        while waiting:
            caller = waiting.pop()
            for target in sorted(tree.calls.get(caller, ())):
                folder = self.led_to(tree, caller, target)
                if folder in tree.terraform or not os.path.isdir(folder):
                    continue
                if self.inside(folder):
                    self.terraform_folder(tree, folder)
                    waiting.append(folder)
                else:
                    tree.unsure.add(caller)

    def led_to(self, tree: Tree, caller: str, target: str) -> str:
        """The folder that a call leads to: one behind a link goes by its own name."""
        if target in tree.terraform or not os.path.isdir(target):
            return target
        way = os.path.relpath(self._realpath(target), self._realpath(caller))
        return normal(os.path.join(caller, way))

    def _named_file(self, tree: Tree, path: str) -> None:
        if path.endswith(TERRAFORM):
            folder = os.path.dirname(path) or "."
            if os.path.isdir(folder):
                self.terraform_folder(tree, folder)
        self._file(tree, path)

    def _relatives(self, tree: Tree, folder: str) -> None:
        """Templates beside a named one and in the folder above: what may nest or feed it.

        They are read as context only: nothing in them is searched for, nor an error.
        """
        unused = Tree()
        for place in (folder, normal(os.path.join(folder, ".."))):
            for entry in _entries(unused, place) if self.inside(place) else ():
                path = normal(os.path.join(place, entry.name))
                template = path.endswith(TEMPLATES) and not path.endswith(TERRAFORM)
                if not template or path in self._seen or self._excluded(path):
                    continue
                self._seen.add(path)
                data = read_bytes(unused, path) if self.inside(path) else None
                if data is not None and b"Resources" in data and _TEMPLATE.search(data):
                    tree.templates.append(File(path, data, hit=False))

    def _folder(self, tree: Tree, top: str) -> None:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            prefix = "" if folder == "." else f"{folder}/"
            for entry in _entries(tree, folder):
                name = entry.name
                path = prefix + name
                if self._exclude and self._excluded(path):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if name not in SKIPPED:
                            waiting.append(path)
                        elif name == ".terraform":
                            tree.initialised.append(folder)
                    elif _is_hidden(name):
                        continue
                    elif name.endswith(CANDIDATES) or name in TERRAGRUNT:
                        if entry.is_symlink() and not self.inside(path):
                            raise OSError(0, "the link leads outside the repository")
                        self._file(tree, path)
                except OSError as error:
                    tree.errors.append(InputError(_reason(error), path))

    def _excluded(self, path: str) -> bool:
        from fnmatch import fnmatchcase

        return any(fnmatchcase(path, pattern) for pattern in self._exclude)

    def _realpath(self, path: str) -> str:
        if path not in self._real:
            self._real[path] = os.path.realpath(path)
        return self._real[path]

    def boundary_of(self, path: str) -> str:
        """The folder outside which nothing is read for `path`; the innermost that holds it."""
        real = self._realpath(path)
        tops = [top for top in self._boundaries if (real + os.sep).startswith(top + os.sep)]
        return max(tops, key=len, default=real)

    def anchored(self, path: str) -> str:
        """A path from the root of its repository, the same from every working directory."""
        real = self._realpath(path)
        return os.path.relpath(real, self.boundary_of(path)).replace(os.sep, "/")

    def inside(self, path: str) -> bool:
        """Whether a path, with its links followed, lies in a repository that is scanned."""
        real = self._realpath(path)
        return any(real == top or real.startswith(top + os.sep) for top in self._boundaries)

    def terraform_folder(self, tree: Tree, folder: str) -> None:
        """Read the Terraform files of one folder, which may lie outside the named paths."""
        for entry in _entries(tree, folder):
            if entry.name.endswith(TERRAFORM) and not _is_hidden(entry.name):
                self._file(tree, normal(os.path.join(folder, entry.name)))

    def _file(self, tree: Tree, path: str) -> None:
        if path in self._seen:
            return
        self._seen.add(path)
        data = self._unsaved.get(path)
        data = read_bytes(tree, path) if data is None else data
        if data is None:
            return
        # UTF-16 is looked through as if it were ASCII: to read it properly is an error, told later.
        text = data.replace(b"\0", b"") if b"\0" in data else data
        hit = self._everything or self._may_hold(path, text)
        if path.endswith(TERRAFORM):
            tree.files += 1
            folder = os.path.dirname(path) or "."
            tree.terraform.setdefault(folder, []).append(File(path, data, hit))
            self._note_calls(tree, folder, text, hit)
        elif os.path.basename(path) in TERRAGRUNT:
            tree.files += 1
            tree.terragrunt.append(File(path, data, hit))
        else:
            template = b"Resources" in text and _TEMPLATE.search(text) is not None
            tree.files += template
            if hit or template:
                tree.templates.append(File(path, data, hit, sure=template))

    def _may_hold(self, path: str, text: bytes) -> bool:
        """Whether a needle is in the text, or may be there in another spelling."""
        if any(needle in text for needle in self._needles):
            return True
        if path.endswith(TERRAFORM):
            return b"\\" in text and _ESCAPES.search(text) is not None
        return _TEMPLATE_ESCAPES.search(text) is not None

    def _note_calls(self, tree: Tree, folder: str, text: bytes, hit: bool) -> None:
        if not hit and not (b"module" in text and _MODULE.search(text)):
            return
        sources = {match[1] for match in _SOURCE.finditer(text)}
        if hit or None in sources:
            tree.unsure.add(folder)
            sources.discard(None)
        for found in sources:
            source = found.decode("utf-8", "replace")
            if is_local(source):
                targets = tree.calls.setdefault(folder, set())
                targets.add(normal(os.path.join(folder, source)))


def is_local(source: str) -> bool:
    """Whether a module's source is a path."""
    return source in (".", "..") or source.startswith(("./", "../"))


def _is_hidden(name: str) -> bool:
    """Whether Terraform passes over a file, as over what editors leave behind (`.#main.tf`)."""
    return name.startswith(".") and name.endswith(TERRAFORM)


def boundary(path: str) -> str:
    """The folder that a scan of `path` may read in: its repository, else what was named."""
    real = os.path.realpath(path)
    top = real if os.path.isdir(real) else os.path.dirname(real)
    folder = top
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return top
        folder = parent
    return folder


def read_bytes(tree: Tree, path: str) -> bytes | None:
    """A regular file's bytes; None, with an error noted, where it cannot be read."""
    try:
        # Not blocking: a FIFO is opened without waiting for a writer, and then refused.
        handle = os.open(path, os.O_RDONLY | _NONBLOCK)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(0, "it is not a regular file")
            if status.st_size > FILE_LIMIT:
                raise OSError(0, f"it is larger than {FILE_LIMIT} bytes")
            data = os.read(handle, status.st_size + 1)
            while len(data) < status.st_size and (more := os.read(handle, FILE_LIMIT)):
                data += more
            if len(data) != status.st_size:
                raise OSError(0, "it changed while it was read")
            return data
        finally:
            os.close(handle)
    except OSError as error:
        tree.errors.append(InputError(_reason(error), path))
        return None


def _entries(tree: Tree, folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            yield from sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        tree.errors.append(InputError(_reason(error), folder))


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def normal(path: str) -> str:
    """A path as it is reported: relative to the working directory, with `/`."""
    if os.path.isabs(path):
        relative = os.path.relpath(path)
        path = path if relative.startswith("..") else relative
    return os.path.normpath(path).replace(os.sep, "/")

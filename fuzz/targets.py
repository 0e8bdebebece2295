"""What is fuzzed: each target reads bytes, and any exception that leaves it is a bug.

They need no atheris, so that the tests run the corpus through them.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, suppress
from pathlib import Path

from iac_check.cloudformation.comments import comments as yaml_comments
from iac_check.cloudformation.intrinsics import condition
from iac_check.cloudformation.intrinsics import expression as intrinsic
from iac_check.cloudformation.yaml_document import read_template
from iac_check.language.document import Node
from iac_check.language.evaluate import evaluate
from iac_check.language.expression import Expression
from iac_check.language.value import EvaluationError, Unknown, Value
from iac_check.language.worlds import TooManyWorlds, Worlds
from iac_check.pipeline import run
from iac_check.policy.result import Report
from iac_check.policy.suppressions import Suppressions
from iac_check.report import renderer
from iac_check.settings import Settings
from iac_check.source import InputError, Source, Span
from iac_check.terraform.expressions import expression, parsed
from iac_check.terraform.functions import Context, find
from iac_check.terraform.outline import Body, comments, outline, outline_span
from iac_check.terraform.quick import simple

FORMATS = ("text", "json", "sarif")
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Surprise(AssertionError):
    """A promise that an input breaks without an exception of its own."""


def _source(data: bytes, name: str) -> Source:
    return Source.decode(name, data)


# -- readers ------------------------------------------------------------------------------------


def hcl(data: bytes) -> None:
    """The outline scanner, into every block, and the comments of the same file."""
    with suppress(InputError):
        _outlined(outline(_source(data, "main.tf")))
    with suppress(InputError):
        list(comments(_source(data, "main.tf")))


def _outlined(body: Body) -> None:
    waiting = [body]
    while waiting:
        for block in waiting.pop().blocks:
            with suppress(InputError):
                waiting.append(outline_span(block.body))


class _Anything:
    """A scope in which every name is there and unknown, and every function works."""

    def __init__(self) -> None:
        self.worlds = Worlds()

    def lookup(self, name: str, span: Span) -> Value:
        return Unknown("external", name, ("ref", name))

    def call(self, name: str, arguments: tuple[Value, ...], span: Span) -> Value:
        function = find(name)
        if function is None:
            raise EvaluationError(f"there is no function {name}", span)
        return function(Context(span, ".", "/nowhere", self.worlds), arguments)


def _evaluated(tree: Expression) -> None:
    scope = _Anything()

    def judge() -> None:
        with suppress(InputError, EvaluationError, RecursionError):
            evaluate(tree, scope)

    with suppress(TooManyWorlds):
        scope.worlds.explore(judge)


def expressions(data: bytes) -> None:
    """Both readers of an HCL expression, held against each other, and the evaluator."""
    text = data.decode("utf-8", "replace").replace("\0", " ").strip()
    if not text:
        return
    span = Source("main.tf", text).span(0, len(text))
    with suppress(InputError):
        _evaluated(expression(span))
    with suppress(InputError):
        _same(span)


def _same(span: Span) -> None:
    """Where both readers read an expression, they read the same."""
    quick = simple(span, expression)
    if quick is None:
        return
    try:
        slow = parsed(span)
    except InputError:
        return
    with suppress(InputError, RecursionError):  # deferred parts are read now
        if quick != slow:
            raise Surprise(f"{quick} is not {slow}")


def json_syntax(data: bytes) -> None:
    """Terraform's JSON, with its strings as templates."""
    with suppress(InputError):
        for block in outline(_source(data, "main.tf.json")).blocks:
            for attribute in outline_span(block.body).attributes.values():
                with suppress(InputError):
                    _evaluated(expression(attribute.value))


def yaml(data: bytes) -> None:
    """Templates in YAML and JSON, every node read as an expression and as a condition."""
    for name in ("t.yaml", "t.json"):
        with suppress(InputError):
            for document in read_template(_source(data, name)):
                _intrinsics(document)


def _intrinsics(node: Node) -> None:
    for read in (intrinsic, condition):
        with suppress(InputError, RecursionError):
            _evaluated(read(node))


def ignores(data: bytes) -> None:
    """Ignore comments in both languages."""
    for name, read in (("main.tf", comments), ("t.yaml", yaml_comments)):
        with suppress(InputError):
            aside = Suppressions(frozenset({"BACKUP001"}), "2026-01-01", honour_checkov=True)
            aside.read(_source(data, name), read)


# -- the whole run ------------------------------------------------------------------------------

_FILE = re.compile(rb"^#@ ([\w./-]{1,60})\n", re.M)
_MOST_FILES = 8
_SHM = Path("/dev/shm")


def files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """`#@ path` begins a file. A path is taken apart so that it stays in the tree."""
    _, *parts = _FILE.split(data)
    for name, content in list(zip(parts[::2], parts[1::2], strict=True))[:_MOST_FILES]:
        steps = [step for step in name.decode("utf-8", "replace").split("/") if step.strip(".")]
        if steps and len(steps) < 6:
            yield "/".join(steps), content


def tree(data: bytes) -> None:
    """Several files, from the walk to every report. Reading on demand must change no verdict."""
    folder = Path(tempfile.mkdtemp(dir=_SHM if _SHM.is_dir() else None))
    try:
        for name, content in files(data):
            with suppress(OSError):  # a file where another path needs a folder
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        with chdir(folder):
            report = run(["."], Settings(cache=False))
            for name in FORMATS:
                _reported(report, name)
            everything = run(["."], Settings(cache=False, read_everything=True))
            if not everything.errors and _verdicts(report) != _verdicts(everything):
                raise Surprise(f"{_verdicts(report)} is not {_verdicts(everything)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _verdicts(report: Report) -> list[tuple[object, ...]]:
    return [(*r.order, r.status, r.reason, r.cause, r.when) for r in report.results]


def _reported(report: Report, name: str) -> None:
    out = io.StringIO()
    renderer(name)(report, out, True)
    text = out.getvalue()
    text.encode()
    if found := _UNPRINTABLE.search(text):
        raise Surprise(f"{name} prints {found[0]!r}")
    if name != "text":
        json.loads(text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "hcl": hcl,
    "expressions": expressions,
    "json": json_syntax,
    "yaml": yaml,
    "ignores": ignores,
    "tree": tree,
}
DICTIONARIES = {
    "hcl": "hcl",
    "expressions": "hcl",
    "json": "hcl",
    "yaml": "cloudformation",
    "ignores": "ignores",
    "tree": "tree",
}


# -- seeds --------------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures" / "BACKUP001"
_ENDINGS = {
    "hcl": (".tf", ".tofu", ".hcl"),
    "json": (".tf.json", ".tofu.json"),
    "yaml": (".yaml", ".yml", ".json", ".template"),
    "ignores": (".tf", ".yaml"),
}
_VALUE = re.compile(r"^\s*[\w-]+\s*=\s*(\S.*)$", re.M)


def seeds(target: str) -> Iterator[bytes]:
    """What the fixtures give a target to begin with."""
    cases = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
    for case in cases:
        inside = sorted(path for path in case.rglob("*") if path.is_file())
        if target == "tree":
            parts = (
                f"#@ {path.relative_to(case).as_posix()}\n".encode() + path.read_bytes()
                for path in inside
            )
            yield b"".join(parts)
        elif target == "expressions":
            for path in inside:
                if path.suffix == ".tf":
                    yield from (found.encode() for found in _VALUE.findall(path.read_text("utf-8")))
        else:
            for path in inside:
                if path.name.endswith(_ENDINGS[target]):
                    yield path.read_bytes()


def corpus(target: str) -> list[Path]:
    """The inputs that are kept: what once went wrong, and what reached far."""
    folder = Path(__file__).parent / "corpus" / target
    return sorted(folder.iterdir()) if folder.is_dir() else []

"""Vaults and what their keys lead to, as a graph: Mermaid for pages, DOT for Graphviz."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..annotations import TextIO
from ..policy.result import Report, Result
from ..records import dataclass, replace
from ..source import Span
from .escape import escape
from .excerpt import excerpt
from .words import caller, outcome

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["error", "warning", "aside", "pass", "hop"]
else:
    Kind = str
"""The verdict on a vault and on the end of its trail, worst first; `hop` is what lies between."""

LONGEST = 80
"""Characters of one line of a label."""

# Fill and border, under dark text: readable in light and dark pages.
COLOURS: Mapping[Kind, tuple[str, str]] = {
    "error": ("#ffd8d3", "#cf222e"),
    "warning": ("#fff0b8", "#9a6700"),
    "aside": ("#e6e8eb", "#57606a"),
    "pass": ("#d1f4d9", "#1a7f37"),
    "hop": ("#f6f8fa", "#57606a"),
}
_WORST_FIRST = tuple(COLOURS)


@dataclass(frozen=True)
class _Node:
    number: int
    lines: tuple[str, ...]
    kind: Kind
    vault: bool


@dataclass(frozen=True)
class Graph:
    """What is drawn: a node a vault, and a node a place with the way that leads on from it."""

    nodes: Sequence[_Node]
    edges: Sequence[tuple[int, int]]


def render_mermaid(report: Report, out: TextIO, show_passed: bool) -> None:
    """Every vault with its trail, as a Mermaid flowchart."""
    out.write(mermaid(graph(report.results)))


def render_dot(report: Report, out: TextIO, show_passed: bool) -> None:
    """Every vault with its trail, as a graph of Graphviz."""
    out.write(dot(graph(report.results)))


def graph(results: Iterable[Result]) -> Graph:
    """The plans, the vaults that they send to, and the vaults' trails.

    Trails that are the same from one place on share it from there on: of two that part again, as
    of two callers, one would seem to lead where only the other does. Vaults with one label, as of
    two roots with the same module, are told apart by what calls them.
    """
    results = list(results)
    labels = Counter(map(_vault, results))
    nodes: dict[object, _Node] = {}
    edges: dict[tuple[int, int], None] = {}

    def node(identity: object, lines: tuple[str, ...], kind: Kind, vault: bool = False) -> int:
        known = nodes.setdefault(identity, _Node(len(nodes), lines, kind, vault))
        if _WORST_FIRST.index(kind) < _WORST_FIRST.index(known.kind):
            nodes[identity] = replace(known, kind=kind)
        return known.number

    for number, result in enumerate(results):
        verdict = kind_of(result)
        label = _vault(result)
        if labels[label] > 1 and result.caller:
            label = (*label, _cut(caller(result).strip(" ()")))
        last = node(number, label, verdict, vault=True)
        for hop in result.senders:
            edges[node(_identity(hop.span), _place(hop.span, hop.note), "hop"), last] = None
        for at, hop in enumerate(result.trail[1:], 2):
            lines = _place(hop.span, hop.note)
            onward = tuple(_identity(later.span) for later in result.trail[at - 1 :])
            step = node(onward, lines, verdict if at == len(result.trail) else "hop")
            if step != last:
                edges[last, step] = None
            last = step
    return Graph(list(nodes.values()), list(edges))


def _identity(span: Span) -> tuple[str, int, int]:
    return span.source.path, span.start, span.end


def kind_of(result: Result) -> Kind:
    """How a result is coloured."""
    if result.status == "pass":
        return "pass"
    if result.status == "suppressed" or result.level == "off":
        return "aside"
    return result.level


def mermaid(drawn: Graph) -> str:
    """A flowchart. Labels hold no character that Mermaid, or the fence around it, acts upon."""
    lines = ["flowchart LR"]
    for node in drawn.nodes:
        opened, closed = ('[("', '")]') if node.vault else ('["', '"]')
        label = "<br/>".join(map(_mermaid_text, node.lines))
        lines.append(f"  n{node.number}{opened}{label}{closed}:::{node.kind}")
    lines += (f"  n{start} --> n{end}" for start, end in drawn.edges)
    for kind in _WORST_FIRST:
        if any(node.kind == kind for node in drawn.nodes):
            fill, border = COLOURS[kind]
            lines.append(f"  classDef {kind} fill:{fill},stroke:{border},color:#1f2328")
    return "\n".join(lines) + "\n"


def dot(drawn: Graph) -> str:
    """A directed graph."""
    lines = [
        "digraph vaults {",
        "  rankdir=LR",
        '  node [shape=box, style="filled,rounded", fontname="sans-serif", fontcolor="#1f2328"]',
    ]
    for node in drawn.nodes:
        fill, border = COLOURS[node.kind]
        label = r"\n".join(map(_dot_text, node.lines))
        shape = ", shape=cylinder, style=filled" if node.vault else ""
        colours = f'fillcolor="{fill}", color="{border}"'
        lines.append(f'  n{node.number} [label="{label}", {colours}{shape}]')
    lines += (f"  n{start} -> n{end}" for start, end in drawn.edges)
    return "\n".join([*lines, "}", ""])


def _vault(result: Result) -> tuple[str, ...]:
    verdict = {"pass": "pass", "suppressed": "suppressed"}.get(result.status, outcome(result))
    where = f"{result.span.source.path}:{result.span.line}"
    lines = _cut(result.address), f"{_cut(where)} ({verdict})"
    return (*lines, _cut(f"when {result.when}")) if result.when else lines


def _place(span: Span, note: str) -> tuple[str, ...]:
    source = _cut(excerpt(span).marked.strip())
    where = _cut(f"{span.source.path}:{span.line}")
    return tuple(line for line in (_cut(note), source, where) if line)


def _cut(text: str) -> str:
    shown = escape(text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


# Mermaid also reads Markdown in a label: lists, emphasis at the edge of a word, addresses.
_MERMAID_ACTIVE = re.compile(r"[^\w ,/-]|(?<![^\W_])[_-]|[_-](?![^\W_])")


def _mermaid_text(text: str) -> str:
    """Mermaid's notation of a character that acts: `#34;` is a quotation mark."""
    return _MERMAID_ACTIVE.sub(lambda match: f"#{ord(match[0])};", text)


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

"""Markdown and diagrams: nothing scanned leaves its cell, its code span or its label."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from iac_check.language.value import Hop
from iac_check.policy.result import Run
from iac_check.records import replace
from iac_check.report import markdown
from iac_check.report.diagram import LONGEST
from iac_check.source import DirectiveError, Source

from .samples import CALLER, MODULE, everything, hostile, rendered, report, result, span

HOSTILE = [
    "```",
    "`` ` ``",
    "x | y | z",
    "\\|",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "[x](javascript:y)",
    "![x](http://evil/p.png)",
    "@octocat",
    "#1",
    "http://evil.example www.evil.example a@b.c",
    "# heading",
    "\n\n## forged",
    "- list",
    "1. list",
    "%%{init: {}}%%",
    'x"]; click n0 href "http://evil"',
    "end",
    "#quot;&quot;",
    "__x__ **y** ~~z~~",
    "$x$ &#64;octocat a+b=c^d 'e' \"f\"",
]


class TestMarkdown:
    def test_headline(self) -> None:
        heads = {
            "the answer cannot be trusted": everything(),
            "failed": report(result()),
            "passed": report(result(status="pass"), result(level="warning")),
            "nothing to check": report(files=0),
        }
        for head, content in heads.items():
            assert rendered("markdown", content).startswith(f"## iac-check: {head}\n")

    def test_the_headline_agrees_with_the_exit_code(self) -> None:
        content = replace(report(result()), run=Run(exit_zero=True))
        assert rendered("markdown", content).startswith(
            "## iac-check: passed, with 1 finding (--exit-zero)\n\n2 files, 1 vault: "
        )

    def test_a_wrong_ignore_is_not_called_unread(self) -> None:
        out = rendered("markdown", report(errors=(DirectiveError("no reason", "main.tf", 1, 1),)))
        assert "### Not understood" in out
        assert "### Not read" not in out

    def test_what_is_not_on_disk_is_told(self) -> None:
        out = rendered("markdown", replace(report(), unread=("module.away",)))
        assert "1 module or nested stack not on disk" in out
        assert "module\\.away" in out

    def test_warnings_are_told_and_forge_nothing(self) -> None:
        warnings = (
            "a.tf:1:1: expired on 2026-10-31",
            "x\n\n## forged <script>",
            *"abcdefghijklmnopqrst",
        )
        out = rendered("markdown", replace(report(), warnings=warnings))
        assert "### Warnings\n\n- a\\.tf\\:1\\:1\\: expired" in out
        assert "\n## forged" not in out
        assert "<script>" not in out
        assert "2 more warnings left out" in out

    def test_the_caller_is_named(self) -> None:
        out = rendered("markdown", report(result(calls=(span(CALLER, 'module "v"'),))))
        assert 'Called by `envs/dev/main.tf:1 (module "v")`.' in out
        assert "| `module.v.aws_backup_vault.this (called by envs/dev/main.tf:1)` |" in out

    @pytest.mark.parametrize("text", HOSTILE)
    def test_the_table_keeps_its_form(self, text: str) -> None:
        out = rendered("markdown", report(hostile(text)))
        table = [line for line in out.splitlines() if line.startswith("| ")]
        assert len(table) == 2
        for line in table:
            assert line.count("|") == 5

    @pytest.mark.parametrize("text", HOSTILE)
    def test_only_one_fence_and_our_headings(self, text: str) -> None:
        lines = rendered("markdown", report(hostile(text))).splitlines()
        assert [line for line in lines if line.startswith("```")] == ["```mermaid", "```"]
        headings = [line for line in lines if line.startswith("#")]
        assert [heading.split(":")[0] for heading in headings] == ["## iac-check", "### error"]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_outside_of_code_nothing_is_active(self, text: str) -> None:
        """What is left beside code spans, our own link and escapes are words."""
        out = rendered("markdown", report(hostile(text)))
        rows, _, body = out.partition("### error")
        body = re.sub(r"```mermaid\n.*?\n```", "", rows + body, flags=re.S)
        body = body.replace("([BACKUP001](", "")
        escape, code = r"\\[!-/:-@\[-`{-~]", r"(?<!`)(`+)(?!`)(?:.+?)(?<!`)\1(?!`)"
        quiet = re.sub(f"{escape}|{code}", "", body)
        assert not re.search(r"@\w|#\w", quiet)
        bare = re.sub(r"<!-- -->|^\|.*\|$", "", quiet, flags=re.M)
        assert not re.search(r"[`<>\[\]*_|!~$&=^+'\"]", bare)
        assert "](javascript" not in bare
        assert "http://evil" not in bare

    def test_a_mention_is_none(self) -> None:
        message = rendered("markdown", report(result(message="by @octocat in #1")))
        assert "by @<!-- -->octocat in \\#<!-- -->1" in message

    def test_the_finding_shows_its_trail(self) -> None:
        out = rendered("markdown", report(result(when='var.env != "prod"')))
        assert 'When `var.env != "prod"`.' in out
        assert '1. `envs/dev/main.tf:3:9`: passed by module\\.v: `key = "alias/aws/backup"`' in out
        assert "  n0 --> n1" in out

    def test_instances_are_one_finding(self) -> None:
        one, other = (f'aws_backup_vault.v["{key}"]' for key in "ab")
        out = rendered("markdown", report(result(address=one), result(address=other)))
        assert out.count("### error") == 1
        assert f"Also `{other}`." in out

    def test_a_page_has_a_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(markdown, "MOST_ROWS", 2)
        monkeypatch.setattr(markdown, "MOST_DETAILS", 1)
        many = [result(when=str(at)) for at in range(3)]
        out = rendered("markdown", report(*many))
        assert out.count("\n| error") == 2
        assert "1 more vault left out of this page." in out
        assert out.count("### error") == 1
        assert "2 more findings left out of this page." in out

    def test_a_page_is_one_that_github_takes(self) -> None:
        """A summary above a megabyte is not shown at all."""
        many = [result(address=f"aws_backup_vault.v{at}", when=f"v{at}") for at in range(15_000)]
        warnings = tuple("w" * 500 for _ in range(5_000))
        assert len(rendered("markdown", replace(report(*many), warnings=warnings))) < 1 << 20


LABEL = re.compile(r'  n\d+\[\(?"(.*)"\)?\]:::(\w+)')


class TestMermaid:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_labels_hold_nothing_active(self, text: str) -> None:
        lines = rendered("mermaid", report(hostile(text))).splitlines()
        labels = [LABEL.fullmatch(line) for line in lines if "[" in line]
        assert len(labels) == 2
        for label in labels:
            assert label is not None
            plain = re.sub(r"#\d+;|<br/>", "", label[1])
            assert re.fullmatch(r"[\w ,/-]*", plain)

    def test_emphasis_and_lists_are_none(self) -> None:
        out = rendered("mermaid", report(hostile("_x_ - y -")))
        label = LABEL.fullmatch(out.splitlines()[1])
        assert label is not None
        assert not re.search(r"(?<![^\W_])[_-]|[_-](?![^\W_])", label[1])

    def test_a_label_means_its_text(self) -> None:
        out = rendered("mermaid", report(hostile('a"b#c')))
        label = LABEL.fullmatch(out.splitlines()[1])
        assert label is not None
        assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label[1]).startswith('a"b#c<br/>')

    def test_trails_that_meet_share_their_end(self) -> None:
        key = span(CALLER, '"alias/aws/backup"')
        hops = (Hop(span(MODULE, "var.key"), ""), Hop(key, "decided here"))
        passed = result(status="pass", reason=None, trail=hops, address="a")
        failed = result(trail=hops, address="b")
        out = rendered("mermaid", report(passed, failed))
        assert re.findall(r"n\d --> n\d", out) == ["n0 --> n1", "n2 --> n1"]
        assert re.findall(r":::(\w+)", out) == ["pass", "error", "error"]

    def test_each_verdict_has_its_colour(self) -> None:
        out = rendered("mermaid", everything())
        assert re.findall(r"classDef (\w+)", out) == ["error", "warning", "aside", "pass"]

    def test_a_long_label_is_cut(self) -> None:
        out = rendered("mermaid", report(result(address="x" * 1_000)))
        assert "x" * (LONGEST - 1) + "#8230;" in out
        assert "x" * LONGEST not in out


class TestDot:
    @pytest.mark.parametrize("text", [*HOSTILE, "\\", '\\"', "\\N \\G"])
    def test_labels_are_closed(self, text: str) -> None:
        out = rendered("dot", report(hostile(text)))
        string = r'"(?:[^"\\]|\\.)*"'
        nodes = [line for line in out.splitlines() if line.startswith("  n") and "[label" in line]
        assert len(nodes) == 2
        for line in nodes:
            rest = re.sub(string, "S", line)
            assert re.fullmatch(
                r"  n\d+ \[label=S, fillcolor=S, color=S(, shape=cylinder, style=filled)?\]", rest
            )

    def test_graphviz_reads_it(self, tmp_path: Path) -> None:
        program = shutil.which("dot")
        if program is None:
            pytest.skip("graphviz is not installed: the graph is only held against its grammar")
        graph = tmp_path / "graph.dot"
        content = report(*map(hostile, [*HOSTILE, "\\", "é😀"]))
        graph.write_text(rendered("dot", content), "utf-8")
        done = subprocess.run(
            [program, "-Tplain", str(graph)], capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        assert done.stdout.count("\nnode ") == 2 * len(content.results)


def test_a_place_without_text_has_a_label() -> None:
    source = Source("empty.tf", "")
    hop = Hop(source.span(0, 0), "")
    out = rendered("mermaid", report(result(span=hop.span, trail=(hop, Hop(hop.span, "x")))))
    assert '["x<br/>empty#46;tf#58;1"]' in out

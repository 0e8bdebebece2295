"""The page for auditors: complete in itself, escaped, and working in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from iac_check.language.value import Hop
from iac_check.policy.result import Run
from iac_check.records import replace
from iac_check.report.html_page import STYLE
from iac_check.source import DirectiveError

from .samples import (
    CALLER,
    MODULE,
    at,
    everything,
    rendered,
    report,
    result,
    span,
    steeped,
)

VOID = {"meta", "br", "input", "link"}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "</style><style>*{}",
    "<!--",
    '" onclick="alert(1)" x="',
    "' onclick='alert(1)",
    "<img src=http://evil/p.png>",
    "&lt;b&gt;",
    "</pre></article></main>",
    "\u202e\x1b\x00\ufeff",
]


class Page(HTMLParser):
    """The elements of a page. It fails where they are not nested as they are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


def page(*arguments: object) -> Page:
    return Page(rendered("html", *arguments))  # type: ignore[arg-type]


def test_every_vault_is_there_with_its_verdict() -> None:
    found = page(everything())
    assert [card["data-verdict"] for card in found.of("article")] == [
        "fail", "warning", "off", "suppressed", "pass",
    ]  # fmt: skip
    text = "".join(found.texts)
    for shown in ("unterminated string", "test data (until 2027-01-31)", "passed by module.v"):
        assert shown in text


def test_an_auditor_is_told_of_the_run() -> None:
    run = Run(paths=("infra",), date="2027-01-31T00:00:00Z", loosened=("trusts alias/ours",))
    text = "".join(page(replace(everything(), run=run)).texts)
    for shown in ("2027-01-31T00:00:00Z", "iac-check 0.1.0", "infra", "trusts alias/ours"):
        assert shown in text
    assert "3 failed (1 as warning, 1 off)" in text
    unread = "".join(page(replace(everything(), unread=("module.away",))).texts)
    assert "not on diskmodule.away" in unread


def test_the_help_is_steps_and_code() -> None:
    out = rendered("html", report(result()))
    assert "<code>aws_kms_key</code>" in out
    assert "<p>1. Declare a key.</p>" in out
    assert "`" not in out.partition("<script>")[0].partition("</style>")[2]


def test_the_plans_are_named() -> None:
    sender = Hop(span(CALLER, "module"), "aws_backup_plan.p sends recovery points here")
    out = rendered("html", report(result(senders=(sender,))))
    assert "aws_backup_plan.p sends recovery points here" in out


def test_a_wrong_ignore_is_not_called_unread() -> None:
    out = rendered("html", report(errors=(DirectiveError("no reason", "main.tf", 1, 1),)))
    assert "Not read" not in out
    assert "Not understood" in out


def test_nothing_is_loaded() -> None:
    """The only addresses are links that a reader may follow."""
    text = rendered("html", everything())
    found = Page(text)
    for tag, attributes in found.elements:
        assert not {"src", "srcset", "action", "background", "style"} & set(attributes), tag
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
    assert "url(" not in text
    assert "@import" not in text
    assert not found.of("a")


def test_the_policy_allows_our_script_and_style_alone() -> None:
    text = rendered("html", everything())
    (policy,) = (meta["content"] or "" for meta in Page(text).of("meta") if "http-equiv" in meta)
    for directive in ("default-src", "base-uri", "form-action"):
        assert f"{directive} 'none'" in policy
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_scanned_is_markup(text: str) -> None:
    harmless, found = page(steeped("x")), page(steeped(text))
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in harmless.elements]
    for (_, attributes), (_, expected) in zip(found.elements, harmless.elements, strict=True):
        assert set(attributes) == set(expected)


def test_controls_are_shown() -> None:
    out = rendered("html", steeped("\u202e\x1b"))
    assert "\u202e" not in out
    assert "\x1b" not in out
    assert "\\u202e\\x1b" in out


def test_the_source_stands_beside_with_its_place_marked() -> None:
    out = rendered("html", report(result()))
    assert "<mark>var.key</mark>" in out
    assert '<span class="number">4</span>    kms_key_arn = ' in out
    assert '<span class="number">6</span>' not in out
    assert MODULE.text.endswith("}\n")


def test_a_long_line_of_context_is_cut() -> None:
    out = rendered("html", report(at("y" * 5_000 + "\nkey", "key")))
    assert "y" * 200 + "…" in out
    assert "y" * 201 not in out


def test_an_empty_file() -> None:
    out = rendered("html", report(at("", "")))
    assert '<span class="number">1</span>  <mark></mark>' in out


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_can_be_read(theme: int) -> None:
    """WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 to 1."""
    colours = dict(re.findall(r"--(\w+): #(\w{6})", STYLE.split("@media")[theme]))

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        dark, light = sorted((luminance(colours[one]), luminance(colours[other])))
        return (light + 0.05) / (dark + 0.05)

    for words in ("text", "quiet", "error", "warning", "pass", "aside", "focus"):
        assert contrast(words, "page") >= 4.5, words
        assert contrast(words, "box") >= 4.5, words
    assert contrast("text", "mark") >= 4.5


FILTERS = [
    ("verdict", "pass", 1),
    ("verdict", "fail", 1),
    ("reason", "unresolved/caller-supplied", 1),
    ("path", "MODULES/", 5),
    ("path", "nowhere", 0),
    ("text", "Test  DATA", 1),
    ("text", "alias/aws/backup dev/main.tf", 4),
]
DRIVER = """
const frame = document.querySelector("iframe");
frame.onload = () => {
  const page = frame.contentDocument;
  const form = page.forms[0];
  const seen = FILTERS.map(([field, value]) => {
    form.reset();
    form.elements[field].value = value;
    form.dispatchEvent(new Event("input"));
    const cards = [...page.querySelectorAll("article")];
    return [
      cards.filter((card) => card.getClientRects().length).length,
      parseInt(page.getElementById("shown").textContent),
    ];
  });
  const wide = page.documentElement.scrollWidth;
  document.body.textContent = "SEEN" + JSON.stringify({ seen, wide }) + "END";
};
"""


@pytest.mark.parametrize("width", [360, 1200])
def test_in_a_browser(tmp_path: Path, width: int) -> None:
    """Headless Chromium filters the page in a frame, and nothing is wider than the frame."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium here: the page's script is NOT tested")
    (tmp_path / "report.html").write_text(rendered("html", everything()), "utf-8")
    driver = tmp_path / "driver.html"
    script = DRIVER.replace("FILTERS", json.dumps(FILTERS))
    driver.write_text(
        f'<iframe src="report.html" width="{width}" height="900" style="border:0"></iframe>'
        f"<script>{script}</script>",
        "utf-8",
    )
    done = subprocess.run(
        [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom",
            f"--user-data-dir={tmp_path / 'profile'}", "--allow-file-access-from-files",
            "--virtual-time-budget=5000", driver.as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    found = json.loads(done.stdout.partition("SEEN")[2].partition("END")[0])
    assert found["seen"] == [[count, count] for _, _, count in FILTERS]
    assert found["wide"] <= width

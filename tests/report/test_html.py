"""The page for auditors: complete in itself, escaped, and working in a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from iac_check.source import InputError, Source

from .samples import MODULE, at, everything, hostile, rendered, report, result

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
        "fail", "warning", "set aside", "pass", "set aside",
    ]  # fmt: skip
    text = "".join(found.texts)
    for shown in ("unterminated string", "test data (until 2027-01-31)", "passed by module.v"):
        assert shown in text


def test_nothing_is_loaded() -> None:
    """The only addresses are links that a reader may follow."""
    text = rendered("html", everything())
    found = Page(text)
    for tag, attributes in found.elements:
        assert not {"src", "srcset", "action", "background", "style"} & set(attributes), tag
        assert tag not in ("link", "img", "iframe", "object", "embed", "base")
    assert "url(" not in text
    assert "@import" not in text
    assert all((link["href"] or "").startswith("https://github.com/") for link in found.of("a"))


def test_the_policy_allows_our_script_and_style_alone() -> None:
    text = rendered("html", everything())
    (policy,) = (meta["content"] or "" for meta in Page(text).of("meta") if "http-equiv" in meta)
    assert "default-src 'none'" in policy
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_scanned_is_markup(text: str) -> None:
    harmless = page(report(hostile("x"), errors=(InputError("x", "x"),)))
    found = page(report(hostile(text), errors=(InputError(text, text),)))
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in harmless.elements]
    for (_, attributes), (_, expected) in zip(found.elements, harmless.elements, strict=True):
        assert set(attributes) == set(expected)


def test_controls_are_shown() -> None:
    out = rendered("html", report(hostile("\u202e\x1b")))
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


def test_no_line_and_no_trail() -> None:
    empty = Source("empty.tf", "")
    out = rendered("html", report(result(span=empty.span(0, 0), trail=())))
    assert '<span class="number">1</span>  <mark></mark>' in out


@pytest.fixture(scope="module")
def browser() -> str:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium here: the page's script is NOT tested")
    return program


class TestBrowser:
    """In headless Chromium, through pages that drive the report's own form."""

    def _text(self, browser: str, folder: Path, script: str) -> str:
        """What the page's body is after a script of the test, which its policy is told to allow."""
        text = rendered("html", everything())
        digest = b64encode(sha256(script.encode()).digest()).decode()
        text = text.replace("script-src ", f"script-src 'sha256-{digest}' ")
        text = text.replace("</body>", f"<script>{script}</script></body>")
        path = folder / "report.html"
        path.write_text(text, "utf-8")
        done = subprocess.run(
            [
                browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom",
                f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=2000",
                path.as_uri(),
            ],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return done.stdout

    @pytest.mark.parametrize(
        ("field", "value", "count"),
        [
            ("verdict", "pass", 1),
            ("verdict", "fail", 1),
            ("reason", "unresolved/caller-supplied", 1),
            ("path", "MODULES/", 5),
            ("path", "nowhere", 0),
            ("text", "Test  DATA", 1),
            ("text", "alias/aws/backup dev/main.tf", 4),
        ],
    )
    def test_filters(
        self, browser: str, tmp_path: Path, field: str, value: str, count: int
    ) -> None:
        script = (
            f"form.elements['{field}'].value = '{value}';"
            "form.dispatchEvent(new Event('input', {bubbles: true}));"
        )
        dom = self._text(browser, tmp_path, script)
        assert f">{count} of 5 shown<" in dom
        assert dom.count("<article") - dom.count('hidden=""') == count

    @pytest.mark.parametrize("width", [360, 1200])
    def test_nothing_is_wider_than_the_screen(
        self, browser: str, tmp_path: Path, width: int
    ) -> None:
        script = (
            f"document.documentElement.style.width = '{width}px';"
            "document.body.dataset.overflow ="
            " document.body.scrollWidth - document.body.clientWidth;"
        )
        assert 'data-overflow="0"' in self._text(browser, tmp_path, script)

"""One page for auditors, complete in itself: every vault, its verdict, and the trail as proof.

It loads nothing: its policy allows only its own style and script, by their hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from ..policy.result import Report, Result
from ..source import Span
from .diagram import Kind, kind_of
from .escape import cells, escape
from .excerpt import excerpt
from .html_page import SCRIPT, STYLE
from .text import outcome, place
from .web import rule_page

TYPE_CHECKING = False  # as in text.py
if TYPE_CHECKING:
    from ..language.value import Hop

CONTEXT = 2
"""Lines of source shown before and after the one that a hop stands on."""
LONGEST = 200
"""Characters of a line of context; a longer one is cut."""

_VERDICTS: dict[Kind, str] = {
    "error": "fail",
    "warning": "warning",
    "aside": "set aside",
    "pass": "pass",
}


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """The page. It holds what passed in any case, as evidence."""
    out.write(_head())
    out.write(_summary(report))
    if report.errors:
        out.write('<h2 class="error">Not read</h2>\n<p>Nothing is known of these.</p>\n<ul>\n')
        for error in report.errors:
            out.write(f"<li><code>{_plain(place(error))}</code>: {_text(error.message)}</li>\n")
        out.write("</ul>\n")
    if report.warnings:
        out.write('<h2 class="warning">Warnings</h2>\n<ul>\n')
        out.writelines(f"<li>{_text(warning)}</li>\n" for warning in report.warnings)
        out.write("</ul>\n")
    out.write("<h2>Vaults</h2>\n" + _form(report.results))
    for result in report.results:
        out.write(_card(result))
    out.write(f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")


def _head() -> str:
    policy = (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>iac-check report</title>
<style>{STYLE}</style>
</head>
<body>
<main>
"""


def _hash(inline: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"


def _summary(report: Report) -> str:
    counts = (
        ("files", report.files, ""),
        ("vaults", len(report.results), ""),
        ("passed", report.count("pass"), "pass"),
        ("failed", report.count("fail"), "error"),
        ("suppressed", report.count("suppressed"), "aside"),
        ("not read", len(report.errors), "error"),
    )
    items = "".join(
        f'<li><b class="{role if number else ""}">{number}</b> {name}</li>\n'
        for name, number, role in counts
    )
    return f"""\
<h1>AWS Backup vaults and their keys</h1>
<p class="quiet">iac-check {_text(report.version)}</p>
<ul class="counts">
{items}</ul>
"""


def _form(results: Sequence[Result]) -> str:
    verdicts = [name for kind, name in _VERDICTS.items() if kind in set(map(kind_of, results))]
    reasons = sorted({outcome(result) for result in results if result.reason})
    return f"""\
<form hidden role="search">
<label>Search <input type="search" name="text" placeholder="name, address, source"></label>
<label>Verdict <select name="verdict">{_choices(verdicts)}</select></label>
<label>Reason <select name="reason">{_choices(reasons)}</select></label>
<label>Path <input type="search" name="path" placeholder="part of a path"></label>
</form>
<p class="quiet" id="shown" role="status">{len(results)} shown</p>
"""


def _choices(names: Iterable[str]) -> str:
    options = (f'<option value="{_text(name)}">{_text(name)}</option>' for name in names)
    return '<option value="">all</option>' + "".join(options)


def _card(result: Result) -> str:
    kind = kind_of(result)
    reason = outcome(result) if result.reason else ""
    return f"""\
<article data-verdict="{_VERDICTS[kind]}" data-reason="{_text(reason)}" \
data-path="{_text(result.span.source.path)}">
<p class="verdict {kind}">{_VERDICTS[kind]} {_text(reason)}</p>
<h3><code>{_text(result.address)}</code></h3>
<p>{_text(result.message)}</p>
<ol class="trail {kind}">
{"".join(map(_hop, result.trail))}</ol>
<dl>
{"".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in _facts(result))}
</dl>
</article>
"""


def _facts(result: Result) -> list[tuple[str, str]]:
    rule = _text(result.rule)
    facts = [
        ("rule", f'<a href="{_text(rule_page(result.rule))}">{rule}</a> ({_text(result.name)})'),
        ("type", f"<code>{_text(result.type)}</code>"),
    ]
    if result.when is not None:
        facts.append(("when", f"<code>{_text(result.when)}</code>"))
    aside = result.suppression
    if aside is not None:
        until = f" (until {_text(aside.until)})" if aside.until else ""
        where = f", <code>{_text(str(aside.span))}</code>" if not aside.baseline else ""
        facts.append(("suppressed", f"{_text(aside.reason)}{until}{where}"))
    if result.status == "fail":
        facts.append(("remedy", _text(result.help.partition("\n")[0])))
    return facts


def _hop(hop: Hop) -> str:
    note = f"{_text(hop.note)}<br>" if hop.note else ""
    where = f'<code class="quiet">{_text(str(hop.span))}</code>'
    return f"<li><div>{note}{where}</div>\n<pre><code>{_source(hop.span)}</code></pre></li>\n"


def _source(span: Span) -> str:
    """The line of a place, which is marked in it, and the lines around."""
    at = span.line
    last = span.source.position(max(span.start, len(span.source.text) - 1))[0]
    numbers = range(max(1, at - CONTEXT), min(last, at + CONTEXT) + 1)
    found = excerpt(span)
    marked = f"{_plain(found.before)}<mark>{_plain(found.marked)}</mark>{_plain(found.after)}"
    lines = []
    for number in numbers:
        shown = marked if number == at else _plain(_line(span.source.line(number)))
        lines.append(f'<span class="number">{number:>{len(str(numbers[-1]))}}</span>  {shown}')
    return "\n".join(lines)


def _line(text: str) -> str:
    shown = "".join(shown for shown, _ in cells(text[:LONGEST]))
    return shown + "…" if len(text) > LONGEST else shown


def _text(text: str) -> str:
    """A text of the scan in HTML, within an element or a quoted attribute."""
    return _plain(escape(text))


def _plain(printed: str) -> str:
    from html import escape as quote

    return quote(printed)

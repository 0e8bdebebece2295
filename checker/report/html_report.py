"""One page for auditors, complete in itself: every vault, its verdict, and the trail as proof.

It loads nothing: its policy allows only its own style and script, by their hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..annotations import TextIO
from ..policy.result import Report, Result
from ..source import Span
from .counts import counted, lowered
from .diagram import Kind, kind_of
from .escape import cells, escape
from .excerpt import excerpt
from .html_page import SCRIPT, STYLE
from .web import rule_page
from .words import called_by, fault, outcome, place

TYPE_CHECKING = False  # as in text.py
if TYPE_CHECKING:
    from ..language.value import Hop

CONTEXT = 2
"""Lines of source shown before and after the one that a hop stands on."""
LONGEST = 200
"""Characters of a line of context; a longer one is cut."""

_KINDS: tuple[Kind, ...] = ("error", "warning", "aside", "pass")
"""What matters most comes first."""
_ERRORS = {
    "unreadable": ("Not read", "Nothing is known of what stands in these."),
    "directive": ("Not understood", "What is said to iac-check here has no effect."),
}


def render(report: Report, out: TextIO, show_passed: bool) -> None:
    """The page. It holds what passed in any case, as evidence."""
    results = sorted(report.results, key=lambda result: _KINDS.index(kind_of(result)))
    out.write(_head())
    out.write(_summary(report))
    for kind, (title, meaning) in _ERRORS.items():
        errors = [error for error in report.errors if fault(error) == kind]
        if errors:
            out.write(f'<h2 class="error">{title}</h2>\n<p>{meaning}</p>\n<ul>\n')
        for error in errors:
            out.write(f"<li><code>{_plain(place(error))}</code>: {_text(error.message)}</li>\n")
        out.write("</ul>\n" * bool(errors))
    if report.warnings:
        out.write('<h2 class="warning">Warnings</h2>\n<ul>\n')
        out.writelines(f"<li>{_text(warning)}</li>\n" for warning in report.warnings)
        out.write("</ul>\n")
    out.write("<h2>Vaults</h2>\n" + _form(results))
    for result in results:
        out.write(_card(result))
    out.write(f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")


def _verdict(result: Result) -> str:
    """One word for what was found, the same on the card and in the filter."""
    if result.status == "fail" and result.level != "error":
        return result.level
    return result.status


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
        (counted(report.files, "file"), ""),
        (counted(len(report.results), "vault"), ""),
        (f"{report.count('pass')} passed", "pass"),
        (f"{report.count('fail')} failed{lowered(report)}", "error"),
        (f"{report.count('suppressed')} suppressed", "aside"),
        (counted(len(report.errors), "error"), "error"),
    )
    items = "".join(f"<li>{_count(text, role)}</li>\n" for text, role in counts)
    return f"""\
<h1>AWS Backup vaults and their keys</h1>
{_list(_asked(report))}
<ul class="counts">
{items}</ul>
"""


def _count(text: str, role: str) -> str:
    number, _, name = text.partition(" ")
    return f'<b class="{role if number != "0" else ""}">{number}</b> {name}'


def _asked(report: Report) -> list[tuple[str, str]]:
    """What an auditor asks of the run itself."""
    run = report.run
    paths = ", ".join(f"<code>{_text(path)}</code>" for path in run.paths)
    unread = ", ".join(f"<code>{_text(address)}</code>" for address in report.unread)
    settings = "<br>".join(map(_text, run.loosened)) or "none that lets anything pass"
    facts = (
        ("date", _text(run.date)),
        ("tool", f"iac-check {_text(report.version)}"),
        ("scanned", paths),
        ("not on disk", unread),
        ("settings", settings),
    )
    return [(name, content) for name, content in facts if content]


def _list(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in facts)
    return f"<dl>\n{rows}\n</dl>"


def _form(results: Sequence[Result]) -> str:
    verdicts = list(dict.fromkeys(map(_verdict, results)))
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
    kind, verdict = kind_of(result), _verdict(result)
    reason = outcome(result) if result.reason else ""
    return f"""\
<article data-verdict="{verdict}" data-reason="{_text(reason)}" \
data-path="{_text(result.span.source.path)}">
<p class="verdict {kind}">{verdict} {_text(reason)}</p>
<h3><code>{_text(result.address)}</code></h3>
<p>{_text(result.message)}</p>
<ol class="trail {kind}">
{"".join(map(_hop, result.trail))}</ol>
{_list(_facts(result))}
</article>
"""


def _facts(result: Result) -> list[tuple[str, str]]:
    facts = [("rule", _rule(result)), ("type", f"<code>{_text(result.type)}</code>")]
    if result.calls:
        facts.append(("called by", f"<code>{_plain(called_by(result))}</code>"))
    if result.when is not None:
        facts.append(("when", f"<code>{_text(result.when)}</code>"))
    facts += (
        ("note", f"{_text(hop.note)} (<code>{_text(str(hop.span))}</code>)")
        for hop in (*result.notes, *result.senders)
    )
    aside = result.suppression
    if aside is not None:
        until = f" (until {_text(aside.until)})" if aside.until else ""
        where = f", <code>{_text(str(aside.span))}</code>"
        facts.append(("suppressed", f"{_text(aside.reason)}{until}{where}"))
    if result.status == "fail":
        facts.append(("what to do", _help(result.help)))
    return facts


def _rule(result: Result) -> str:
    page, rule = rule_page(result.rule), _text(result.rule)
    linked = f'<a href="{_text(page)}">{rule}</a>' if page else rule
    return f"{linked} ({_text(result.name)})"


def _help(text: str) -> str:
    """The help's first paragraph, and what follows it at a click."""
    first, *rest = [_prose(line) for line in text.split("\n") if line]
    more = "".join(f"<p>{line}</p>" for line in rest)
    return first + (f"<details><summary>how, in steps</summary>{more}</details>" if more else "")


def _prose(text: str) -> str:
    """Our own words, in which code stands between backticks."""
    pieces = [_text(piece) for piece in text.split("`")]
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


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

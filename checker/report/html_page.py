"""The frame of the page for auditors: style and script, which hold nothing of what is scanned."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1f2328; --quiet: #57606a; --line: #d0d7de; --box: #f6f8fa;
  --error: #b3261e; --warning: #7d5200; --pass: #146c2e; --aside: #57606a;
  --mark: #fff0b8; --focus: #0550ae;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --box: #161b22;
    --error: #ff8e86; --warning: #f0c15c; --pass: #6fdd8b; --aside: #9da7b3;
    --mark: #5a4a12; --focus: #79b8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; overflow-wrap: anywhere;
  background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .35rem 0; }
a { color: var(--focus); }
code, pre { font-family: ui-monospace, Consolas, "DejaVu Sans Mono", monospace; font-size: .85em; }
pre code { font-size: inherit; }
.quiet { color: var(--quiet); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
.counts li { border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .75rem; }
.counts b { font-size: 1.2rem; }
.error { color: var(--error); } .warning { color: var(--warning); }
.pass { color: var(--pass); } .aside { color: var(--aside); }
form {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem;
  position: sticky; top: 0; padding: .75rem 0; background: var(--page);
  border-bottom: 1px solid var(--line); z-index: 1;
}
label { display: grid; gap: .15rem; font-size: .85rem; color: var(--quiet); }
input, select {
  font: inherit; font-size: 1rem; padding: .35rem .5rem; width: 100%; color: var(--text);
  background: var(--box); border: 1px solid var(--line); border-radius: .375rem;
}
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
article[hidden] { display: none; }
.verdict { font-weight: 700; text-transform: uppercase; font-size: .8rem; letter-spacing: .04em; }
ol.trail { list-style: none; padding: 0; margin: .75rem 0 0; }
ol.trail > li {
  display: grid; grid-template-columns: minmax(12rem, 1fr) 2fr; position: relative;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--box);
}
ol.trail > li + li { margin-top: 1.5rem; }
ol.trail > li + li::before {
  content: "\\2193"; position: absolute; top: -1.5rem; left: 1.5rem; line-height: 1.5rem;
  color: var(--quiet);
}
ol.trail > li:last-child { border-left: .3rem solid currentcolor; }
ol.trail > li > * { padding: .5rem .75rem; color: var(--text); min-width: 0; }
pre {
  margin: 0; border-left: 1px solid var(--line); overflow-x: auto; white-space: pre;
  overflow-wrap: normal;
}
pre .number { color: var(--quiet); user-select: none; }
mark { background: var(--mark); color: inherit; border-radius: .2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .75rem; margin: .5rem 0 0; }
dt { color: var(--quiet); } dd { margin: 0; }
@media (max-width: 40rem) {
  form { position: static; }
  ol.trail > li { grid-template-columns: 1fr; }
  pre { border-left: 0; border-top: 1px solid var(--line); }
}
@media print { form { display: none; } article { break-inside: avoid; } }
"""

SCRIPT = """
"use strict";
const form = document.querySelector("form");
const cards = [...document.querySelectorAll("article")];
const words = cards.map((card) => card.textContent.toLowerCase());
const shown = document.getElementById("shown");
function filter() {
  const asked = new FormData(form);
  const terms = asked.get("text").toLowerCase().split(/\\s+/).filter(Boolean);
  const path = asked.get("path").toLowerCase();
  let count = 0;
  cards.forEach((card, at) => {
    const fits =
      (!asked.get("verdict") || card.dataset.verdict === asked.get("verdict")) &&
      (!asked.get("reason") || card.dataset.reason === asked.get("reason")) &&
      card.dataset.path.toLowerCase().includes(path) &&
      terms.every((term) => words[at].includes(term));
    card.hidden = !fits;
    count += fits;
  });
  shown.textContent = `${count} of ${cards.length} shown`;
}
form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("reset", () => setTimeout(filter));
form.addEventListener("submit", (event) => event.preventDefault());
filter();
"""

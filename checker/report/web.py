"""Addresses: of a rule's page, and of a scanned file as a relative reference (RFC 3986)."""

from __future__ import annotations

from functools import cache


@cache
def homepage() -> str | None:
    """The project's address, where its package names one (`project.urls`)."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("iac-check").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = dict(url.split(", ", 1) for url in urls)
    return named.get("Repository") or named.get("Homepage")


def rule_page(rule: str) -> str | None:
    """Where a shipped rule is explained; None where the project has no address."""
    home = homepage()
    return f"{home}/blob/main/docs/rules/{rule}.md" if home else None


def uri(path: str) -> str:
    """A reported path, percent-encoded; one that is absolute becomes a `file:` address.

    Bytes of a name that are no UTF-8 keep their values.
    """
    from urllib.parse import quote

    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, in a name that a template's text gave
        name = path.encode("utf-8", "surrogatepass")
    encoded = quote(name, safe="/")
    return f"file://{encoded}" if path.startswith("/") else encoded

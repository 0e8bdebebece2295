"""Addresses: of a rule's page, and of a scanned file as a relative reference (RFC 3986)."""

from __future__ import annotations

HOMEPAGE = "https://github.com/iac-check/iac-check"


def rule_page(rule: str) -> str:
    """Where a shipped rule is explained."""
    return f"{HOMEPAGE}/blob/main/docs/rules/{rule}.md"


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

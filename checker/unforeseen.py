"""What nobody foresaw is an error of the part that it happened in, so that the rest is checked."""

from __future__ import annotations

import os


def told(error: Exception, what: str) -> str:
    """What is said of an exception that is none of ours; with IAC_CHECK_DEBUG=1 it is raised.

    Its own text is left out: it may hold a value that is sensitive.
    """
    if os.environ.get("IAC_CHECK_DEBUG") == "1":
        raise error
    fault = f"internal error, so {what}: {type(error).__name__}"
    return f"{fault}; please report it (IAC_CHECK_DEBUG=1 shows where)"

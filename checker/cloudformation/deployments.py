"""Files beside templates that give parameters when these are deployed: told, not read.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from ..patterns import pattern

_OF_SAM = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
_OVERRIDES = pattern(rb"\bparameter_overrides\b")
_DEPLOYMENT = (".yaml", ".yml", ".json")
_TEMPLATE = pattern(rb"""\btemplate-file-path["']?\s*+:\s*+["']?([^\s"',}]++)""")
_PARAMETERS = pattern(rb"""\bparameters["']?\s*+:""")
_FILES_LIMIT = 200
"""Files of a folder that are looked at."""


def unread(
    templates: Iterable[str], inside: Callable[[str], bool], read: Callable[[str], bytes | None]
) -> Iterator[str]:
    """A warning for each file that sets parameters of one of some templates, by their paths.

    Looked for in the folders of the templates and above, as far as these are `inside` of what may
    be read. `read` gives a file's bytes, None where they may not be read.
    """
    names: dict[str, set[str]] = {}  # of the templates, by the folders
    for path in sorted(set(templates)):
        name = os.path.basename(path)
        folder = os.path.dirname(path)
        while inside(folder or "."):
            names.setdefault(folder, set()).add(name)
            above = os.path.dirname(folder)
            if above == folder or os.path.basename(folder) == "..":
                break
            folder = above
    for folder in sorted(names):
        for entry in _entries(folder):
            path = os.path.join(folder, entry)
            if entry in _OF_SAM:
                if _OVERRIDES.search(read(path) or b""):
                    yield f"{path}: it sets parameters, and is not read: {_ADVICE}"
            elif entry.endswith(_DEPLOYMENT):
                deployed = _deployed(read(path) or b"")
                if deployed in names[folder]:
                    yield f"{path}: it sets parameters of {deployed}, and is not read: {_ADVICE}"


_ADVICE = "give them by --parameters"


def _deployed(text: bytes) -> str | None:
    """The name of the template that a deployment file of git sync gives parameters."""
    found = _TEMPLATE.search(text)
    if found is None or not _PARAMETERS.search(text):
        return None
    return found[1].decode("utf-8", "replace").rpartition("/")[2]


def _entries(folder: str) -> list[str]:
    try:
        found = sorted(os.listdir(folder or "."))
    except OSError:
        return []  # told by the walk
    wanted = [name for name in found if name in _OF_SAM or name.endswith(_DEPLOYMENT)]
    return wanted[:_FILES_LIMIT]

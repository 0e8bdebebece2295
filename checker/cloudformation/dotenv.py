"""Files of environment variables beside a Serverless service, which the framework loads.

https://www.serverless.com/framework/docs/environment-variables
"""

from __future__ import annotations

import os

from ..candidates import read
from ..source import InputError

_NAME = ".env"
# What shows how such a file is written is that of no stage.
_EXAMPLES = (".example", ".sample", ".template", ".dist")


def may_set(service: str, name: str) -> bool:
    """Whether one of these files may set a variable. Only names are looked at, no values."""
    folder = os.path.dirname(service)
    try:
        files = sorted(os.listdir(folder or "."))
    except OSError:
        return False
    wanted = (one for one in files if one == _NAME or one.startswith(f"{_NAME}."))
    return any(_sets(os.path.join(folder, one), name) for one in wanted if not _is_example(one))


def _is_example(file: str) -> bool:
    return file.endswith(_EXAMPLES)


def _sets(path: str, name: str) -> bool:
    if os.path.islink(path):
        return True  # it may lead out of the repository, and is not read
    try:
        lines = read(path).decode("utf-8-sig", "replace").splitlines()
    except InputError:
        return True
    names = (line.partition("=")[0].strip().removeprefix("export ").strip() for line in lines)
    return any(one.partition(":")[0].strip() == name for one in names)

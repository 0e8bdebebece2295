"""`python -m iac_check`, and the command `iac-check`."""

import gc
import sys

from .cli import main

YOUNG = 50_000
"""New objects before the garbage collector looks at them. Little of what a run makes is a cycle."""


def command() -> int:
    """Run the command as a process of its own."""
    gc.set_threshold(YOUNG, 20, 100)
    code = main()
    gc.freeze()  # else the interpreter looks through all of it once more, at its end
    return code


if __name__ == "__main__":
    sys.exit(command())

"""What annotations name of `typing`, without its import, which would take 2 ms of every run.

To mypy these are the standard library's own. Without it they are there to be written: nothing
of this package reads an annotation.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any as Any
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
    from typing import TextIO as TextIO
    from typing import TypeGuard as TypeGuard
    from typing import TypeVar as TypeVar
else:

    class _Form:
        """`TypeGuard[str]`, `TypeVar("T")`."""

        def __getitem__(self, _):
            return self

        def __call__(self, *_, **__):
            return self

    Any = NoReturn = TextIO = TypeGuard = TypeVar = _Form()
    Protocol = object

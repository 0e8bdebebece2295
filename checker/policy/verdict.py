"""What a predicate answers: yes, no, or cannot tell, with its proof."""

from __future__ import annotations

from ..annotations import NoReturn
from ..language.value import Cause, Hop
from ..records import dataclass, replace

TYPE_CHECKING = False  # `typing` is not worth its import time to every run
if TYPE_CHECKING:
    from typing import Literal

    Reason = Literal["missing", "aws-managed", "unresolved"]
else:
    Reason = str

_SEVERITY: dict[Reason | None, int] = {"missing": 3, "aws-managed": 2, "unresolved": 1, None: 0}


@dataclass(frozen=True)
class Verdict:
    """`reason` is None for yes, "unresolved" (with a cause) for cannot tell, else no.

    `case` is a kind of it for which the card has other help, and `instead` what is to be written
    where that can be told. It has no truth value, so that "cannot tell" never passes as an answer.
    """

    reason: Reason | None
    detail: str
    cause: Cause | None = None
    trail: tuple[Hop, ...] = ()
    case: str | None = None
    instead: str | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is yes, no or cannot tell: compare its reason")

    @property
    def rank(self) -> int:
        """How bad it is: missing is worst, then aws-managed, then unresolved."""
        return _SEVERITY[self.reason]

    def after(self, *hops: Hop) -> Verdict:
        """The same verdict, reached through earlier hops."""
        return replace(self, trail=(*hops, *self.trail))


def passed(detail: str, trail: tuple[Hop, ...] = ()) -> Verdict:
    return Verdict(None, detail, None, trail)


def unresolved(
    cause: Cause, detail: str, trail: tuple[Hop, ...] = (), case: str | None = None
) -> Verdict:
    return Verdict("unresolved", detail, cause, trail, case)

"""What a move or an edit can be refused for."""

from __future__ import annotations

from collections.abc import Sequence

from trunghoa.quantities import TrungHoaError


class Refused(TrungHoaError):
    """A move that the machine does not allow now; ``reasons`` are sentences in the reader's language."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class Stale(TrungHoaError):
    """Somebody changed the object after this person read it; nothing was written."""

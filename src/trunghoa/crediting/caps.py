"""How much of a project's units may be transferred abroad."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from trunghoa.parameters import Parameter, Parameters
from trunghoa.quantities import N_, InputError, Problem


@dataclass(frozen=True, slots=True)
class TransferCap:
    """Whole units of a project that may go abroad, the share it comes from, and what is left of it."""

    issued: int
    transferred: int
    share: Parameter

    @property
    def limit(self) -> int:
        return int((Decimal(self.issued) * self.share.value).to_integral_value(ROUND_FLOOR))

    @property
    def left(self) -> int:
        return max(0, self.limit - self.transferred)


def transfer_cap(
    issued: int, transfers: Iterable[int], law: str, project_class: str, parameters: Parameters, as_of: date
) -> TransferCap:
    """The cap of a project on a day, after every transfer made so far: many small ones add up.

    Raises
    ------
    ParameterError
        for a class or date that the law does not know.
    """
    share = parameters.get("transfer_caps", as_of=as_of, law=law, **{"class": project_class})
    return TransferCap(issued, sum(transfers), share)


def check_transfer(cap: TransferCap, quantity: int) -> None:
    """Refuse a transfer that passes the cap.

    Raises
    ------
    InputError
        naming quantity, what is left, and the law.
    """
    if not 0 < quantity <= cap.left:
        raise InputError(
            Problem(
                N_("%(value)s units cannot be transferred; the cap leaves %(limit)s."),
                field="quantity",
                value=str(quantity),
                limit=str(cap.left),
                source=f"{cap.share.source} ({cap.share.quality})",
            )
        )

"""The Figure: one number with everything needed to cite it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .errors import TrungHoaError
from .gases import canonical_gas
from .periods import Period
from .places import PlaceKey
from .units import unit


class Status(StrEnum):
    """What a tonne is: these stand apart and are never added to one another."""

    PROJECTED = "projected"
    PLANNED = "planned"
    REPORTED = "reported"
    VERIFIED = "verified"
    ISSUED = "issued"
    ADJUSTED = "adjusted"


class Quality(StrEnum):
    """How far the value and everything it rests on has been checked against its source."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    ILLUSTRATIVE = "illustrative"


def worst(qualities: Iterable[Quality]) -> Quality:
    """A result is only as good as the worst input it rests on."""
    order = list(Quality)
    return max(qualities, key=order.index, default=Quality.VERIFIED)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with unit, place, period, gas, status, quality, source and bounds. Never updated.

    Parameters
    ----------
    system : one of S1 to S10
    kind : dotted name of what is measured, such as ``landfill.ch4_emitted``
    place, period : where and when
    amount : exact decimal in ``unit``
    gas : canonical gas name for a mass of gas, empty otherwise
    gwp_set : required when the unit is a CO2e, forbidden otherwise
    scenario, category : which line of a table it is (``reference``, ``food``); empty for the plain total
    lower, upper : bounds of the 95 % interval, both or none
    method : method and version, such as ``IPCC 2019 V5 eq 3.4-3.6``
    source : what a reader can go back to (document, table, register)
    """

    system: str
    kind: str
    place: PlaceKey
    period: Period
    amount: Decimal
    unit: str
    status: Status
    quality: Quality
    source: str
    method: str = ""
    gas: str = ""
    gwp_set: str = ""
    scenario: str = ""
    category: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise TrungHoaError(f"{self.kind} at {self.place}: {fault}")

    def _faults(self) -> Iterator[str]:
        if not re.fullmatch(r"S[1-9]\d?", self.system):
            yield f"“{self.system}” is not a system; write S1, S2 …"
        if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", self.kind):
            yield "a kind is a dotted name such as landfill.ch4_emitted."
        numbers = [n for n in (self.amount, self.lower, self.upper) if n is not None]
        if not all(isinstance(n, Decimal) for n in numbers):
            yield "amount and bounds are Decimals."
        elif wild := [n for n in numbers if not n.is_finite()]:
            yield f"{wild[0]} is not a finite number."
        if ("CO2e" in unit(self.unit).dimension) != bool(self.gwp_set):
            yield (
                "a CO2e figure names its GWP set and no other figure does "
                f"(unit {self.unit}, GWP set “{self.gwp_set}”)."
            )
        if self.gas and self.gas != canonical_gas(self.gas):
            yield f"the gas “{self.gas}” is written {canonical_gas(self.gas)}."
        if not self.source.strip():
            yield "a figure without a source is not a figure."
        if (self.lower is None) != (self.upper is None):
            yield "give both bounds or none."
        elif self.lower is not None and self.upper is not None and self.lower > self.upper:
            yield f"the bounds {self.lower} to {self.upper} are reversed."

    @property
    def key(self) -> tuple[str, ...]:
        """What the figure is about. Two current figures never share a key: the later supersedes."""
        return (
            self.system, self.kind, str(self.place), self.period.code(), self.gas, self.gwp_set,
            self.status.value, self.scenario, self.category, self.unit,
        )  # fmt: skip

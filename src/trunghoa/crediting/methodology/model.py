"""A methodology, a project registered under it, and what it monitored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from trunghoa.quantities import Period, Quality

from .expression import Node, names

Given = Decimal | tuple[Decimal, ...]


class Option(StrEnum):
    """How a value was monitored: public data, invoices, or own instruments."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the eligibility checklist."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A parameter of the equations.

    Attributes
    ----------
    unit : in which every value is given, of the whole monitoring period where it is a flow
    monitored : else it is fixed ex ante and frozen at registration
    options : monitoring options the methodology allows
    minimum, maximum : bounds of what makes sense
    """

    symbol: str
    unit: str
    label: str
    monitored: bool
    options: tuple[Option, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Methodology:
    """Equations over parameters with units, made from a file; both equations come out in t CO2e.

    Attributes
    ----------
    reference, project : equations of RE and PE of a monitoring period
    indices : what each index counts, by its name
    optional : indices that a project may have no element of
    gwp_symbol : parameter that holds global warming potentials, empty where there is none
    quality, checked : how far it was read in the official paper
    example : invented values that show how it computes
    """

    id: str
    version: str
    title: str
    scope: str
    source: str
    quality: Quality
    checked: str
    reference: Node
    project: Node
    reference_text: str
    project_text: str
    parameters: tuple[Symbol, ...]
    criteria: tuple[Criterion, ...]
    indices: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    approved: date | None = None
    proposed_id: str = ""
    gwp_symbol: str = ""
    example: Mapping[str, Given] = field(default_factory=dict)

    def parameter(self, symbol: str) -> Symbol:
        return next(p for p in self.parameters if p.symbol == symbol)

    def of_index(self, index: str) -> tuple[str, ...]:
        """Parameters of an index, in the order declared; all are needed where the project has an element."""
        found = {n.symbol for node in (self.reference, self.project) for n in names(node) if n.index == index}
        return tuple(p.symbol for p in self.parameters if p.symbol in found)

    @property
    def indexed(self) -> frozenset[str]:
        """Parameters that take one value for each element of an index."""
        return frozenset(n.symbol for node in (self.reference, self.project) for n in names(node) if n.index)


@dataclass(frozen=True, slots=True)
class Registration:
    """What was frozen when a project was registered.

    Attributes
    ----------
    version : of the methodology then; another one does not apply to the project
    fixed : values of the parameters fixed ex ante
    sources : where each of them comes from
    answers : the eligibility checklist by number; a missing answer is unknown, not yes
    gwp_set : required where the methodology has potentials
    gases : gas of each potential, in their order
    """

    methodology: str
    version: str
    fixed: Mapping[str, Given]
    sources: Mapping[str, str]
    answers: Mapping[int, bool] = field(default_factory=dict)
    gwp_set: str = ""
    gases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One monitored value, or one for each element, and what it rests on.

    Attributes
    ----------
    meter, calibrated : the instrument and the day of its last calibration, required for option C
    evidence : sha256 of the paper it was read from
    """

    value: Given
    option: Option
    meter: str = ""
    calibrated: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Monitoring:
    """A monitoring period, its readings, and the GWP set the report was made with, where one is used."""

    period: Period
    readings: Mapping[str, Reading]
    gwp_set: str = ""

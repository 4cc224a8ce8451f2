"""The expert's abatement cost curve: measures in the order of their cost, each taken by itself.

It is not a model: measures that compete for the same tonne, or need one another, are added up as if they
did not. A curve made by solving (:func:`trunghoa.pathways.osemosys.price_sweep`) does not have that fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trunghoa.parameters import read_cells
from trunghoa.quantities import N_, InputError, ModelError, Quality

TABLE = "measures"
LANGUAGES = ("vi", "ja", "en")

WARNING = N_("Expert curve: measures are added up by themselves, interaction between them is ignored.")


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    saving : tonnes of CO2e a year, more than 0
    cost : money a year, below 0 where the measure pays for itself
    source : where the two numbers come from
    year : the year that both are meant for, where it is said
    """

    name: str
    saving: float
    cost: float
    source: str
    year: int | None = None
    quality: Quality = Quality.UNVERIFIED
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    """A measure in the curve: its cost per tonne, and the tonnes saved before and with it."""

    measure: Measure
    per_tonne: float
    begins: float
    ends: float


def bottom_up(measures: Sequence[Measure]) -> list[Bar]:
    """Order measures by cost per tonne.

    Raises
    ------
    ModelError
        A measure saves nothing, or has no source.
    """
    for m in measures:
        if not m.saving > 0:
            raise ModelError(f"“{m.name}” saves {m.saving:g} t; a measure saves more than 0.")
        if not m.source.strip():
            raise ModelError(f"“{m.name}” has no source.")
    bars, total = [], 0.0
    for m in sorted(measures, key=lambda m: (m.cost / m.saving, m.name)):
        bars.append(Bar(m, m.cost / m.saving, total, total + m.saving))
        total += m.saving
    return bars


def read_measures(folder: Path) -> tuple[Measure, ...]:
    """An expert's measures from ``measures.csv`` of a model's folder; none where there is no such file.

    Savings in the model's unit of gas a year, costs in its unit of money a year.

    Raises
    ------
    InputError
        with one Problem for each wrong cell.
    """
    path = folder / f"{TABLE}.csv"
    if not path.is_file():
        return ()
    required = ["measure", "year", "saving", "cost", "quality", "source"]
    names = [f"name_{lang}" for lang in LANGUAGES]
    _, rows, problems = read_cells(path, required=required, optional=[*names, "note"])
    found: dict[str, Measure] = {}
    for cells in rows:
        code = cells.text("measure", required=True)
        if code in found:
            cells.refuse("measure", N_("“%(value)s” stands twice."))
        year = cells.read("year", int, required=True)
        saving, cost = cells.number("saving", required=True), cells.number("cost", required=True)
        quality, source = cells.choice("quality", Quality), cells.text("source", required=True)
        if saving is not None and saving <= 0:
            cells.refuse("saving", N_("%(value)s is not above %(limit)s."), limit="0")
        if saving is None or cost is None or quality is None:
            continue
        said = {lang: cells.text(f"name_{lang}") for lang in LANGUAGES if cells.text(f"name_{lang}")}
        found[code] = Measure(code, float(saving), float(cost), source, year, quality, said)
    if problems:
        raise InputError(problems)
    return tuple(found.values())

"""Does the base year close: what the model has against what an inventory or statistics say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from trunghoa.parameters import Cells, read_cells
from trunghoa.quantities import N_, InputError, ModelError, Problem, Quality

from ..lp import Floats
from .model import Model
from .read import parse_year
from .solution import Result
from .tables import Tables

FILE = "balance.csv"


class Item(StrEnum):
    """What a figure of the balance is about."""

    TOTAL = "total"
    CATEGORY = "category"
    SECTOR = "sector"
    OUTPUT = "output"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Check:
    """One figure to be met.

    Parameters
    ----------
    item, member : what it is about: a category of the inventory, a sector, or devices with spaces between
    gases : gas or gas group, for emissions
    service : for the output of devices
    value, unit : the figure, in the model's unit
    tolerance : how far the model may be off, as a part of the figure
    """

    item: Item
    member: str
    gases: str
    service: str
    year: int
    value: float
    unit: str
    tolerance: float
    quality: Quality
    source: str
    note: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A figure, and what the model has for it."""

    check: Check
    model: float

    @property
    def difference(self) -> float:
        return self.model - self.check.value

    @property
    def relative(self) -> float:
        """Difference as a part of the figure."""
        return self.difference / abs(self.check.value)

    @property
    def closes(self) -> bool:
        return abs(self.relative) <= self.check.tolerance

    def __str__(self) -> str:
        c = self.check
        what = " ".join(filter(None, (c.item.value, c.member, c.service, c.gases)))
        return (
            f"{what} {c.year}: model {self.model:.6g} {c.unit}, figure {c.value:.6g}, "
            f"closure error {self.relative:+.2%} (allowed {c.tolerance:.1%}) [{c.source}]"
        )


def weights_of(model: Model, gases: str) -> Floats:
    """Weight of each (region, sector, gas) in a gas group, or 1 for a single gas, (M,).

    Raises
    ------
    ModelError
        for a group or gas the model has not.
    """
    rows = model.tables.groups.get("gas_groups", {}).get(gases)
    by_gas = {row.cells[0]: row.weight for row in rows} if rows is not None else {gases: 1.0}
    if rows is None and gases not in model.tables.members.get("gases", {}):
        raise ModelError(f"The model {model.tables.name} has no gas or gas group “{gases}”.")
    return np.array([by_gas.get(gas, 0.0) for _, _, gas in model.gases_at])


def category_of(tables: Tables, sector: str, gas: str) -> str:
    """Category of the inventory: the gas's own, where it has one, else the sector's."""
    return (
        tables.members["gases"][gas].own.get("category")
        or tables.members["sectors"][sector].own.get("category")
        or sector
    )


def emissions_by_category(result: Result, gases: str) -> dict[str, Floats]:
    """Emissions of a gas or group by category of the inventory, each (T,)."""
    weighted = result.emissions * weights_of(result.model, gases)
    found: dict[str, Floats] = {}
    for n, (_, sector, gas) in enumerate(result.model.gases_at):
        category = category_of(result.model.tables, sector, gas)
        found[category] = found.get(category, np.zeros(len(result.model.years))) + weighted[:, n]
    return found


def close(result: Result, checks: Iterable[Check]) -> tuple[Closure, ...]:
    """Hold a solved model against figures.

    Raises
    ------
    ModelError
        for a model without a solution, a year that was not solved, or a member the model has not.
    """
    if not result.optimal:
        raise ModelError(f"The model {result.model.tables.name} was not solved: {result.status}.")
    return tuple(Closure(check, _model_value(result, check)) for check in checks)


def _model_value(result: Result, check: Check) -> float:
    model = result.model
    if check.year not in model.years:
        raise ModelError(f"{FILE}: the year {check.year} is not solved; solved are {model.years}.")
    t = model.years.index(check.year)
    if check.item is Item.TOTAL:
        return float((result.emissions[t] * weights_of(model, check.gases)).sum())
    if check.item is Item.CATEGORY:
        return float(_known(emissions_by_category(result, check.gases), check)[t])
    if check.item is Item.SECTOR:
        weighted = result.emissions[t] * weights_of(model, check.gases)
        inside = [n for n, (_, sector, _) in enumerate(model.gases_at) if sector == check.member]
        if not inside:
            raise ModelError(f"{FILE}: the model has no emissions of a sector “{check.member}”.")
        return float(weighted[inside].sum())
    devices = set(check.member.split())
    if unknown := devices - {key[2] for key in model.devices}:
        raise ModelError(f"{FILE}: the model has no device “{min(unknown)}”.")
    if check.item is Item.STOCK:
        return float(sum(result.stock[t, n] for n, key in enumerate(model.devices) if key[2] in devices))
    total = 0.0
    for n, (device, service) in enumerate(zip(model.outputs.device, model.outputs.other, strict=True)):
        if model.devices[device][2] in devices and model.services[service][2] == check.service:
            total += float(model.outputs.values[t, n] * result.operation[t, device])
    return total


def _known(found: dict[str, Floats], check: Check) -> Floats:
    if check.member not in found:
        raise ModelError(f"{FILE}: the model has no category “{check.member}”; it has {', '.join(found)}.")
    return found[check.member]


def read_balance(folder: Path) -> tuple[Check, ...]:
    """Read ``balance.csv`` of a model folder; a folder without it has nothing to be held against.

    Raises
    ------
    InputError
        with one Problem for each thing wrong.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    required = ["item", "year", "value", "unit", "tolerance", "quality", "source"]
    _, rows, problems = read_cells(path, required=required, optional=["member", "gases", "service", "note"])
    checks = [check for cells in rows if (check := _check(cells)) is not None]
    if problems:
        raise InputError(problems)
    return tuple(checks)


def _check(cells: Cells) -> Check | None:
    item, quality = cells.choice("item", Item), cells.choice("quality", Quality)
    year = cells.read("year", parse_year, required=True)
    value, tolerance = cells.number("value", required=True), cells.number("tolerance", required=True)
    unit, source = cells.text("unit", required=True), cells.text("source", required=True)
    if value == 0:
        cells.refuse("value", N_("A closure error in per cent needs a figure that is not 0."))
    if tolerance is not None and not 0 <= tolerance <= 1:
        cells.refuse("tolerance", N_("%(value)s is outside %(limit)s."), limit="0 to 1")
    if item is None or quality is None or year is None or value is None or tolerance is None:
        return None
    texts = {name: cells.text(name) for name in ("member", "gases", "service", "note")}
    return Check(
        item, texts["member"], texts["gases"], texts["service"], year, float(value), unit, float(tolerance),
        quality, source, texts["note"], cells.row,
    )  # fmt: skip


def open_items(closures: Iterable[Closure]) -> list[Problem]:
    """What does not close, as problems with their rows."""
    return [
        Problem(
            N_("The base year does not close: %(value)s."),
            file=FILE,
            row=c.check.row,
            field="value",
            value=str(c),
        )
        for c in closures
        if not c.closes
    ]

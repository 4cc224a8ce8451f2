"""What a finished run left, as pages, files and figures read it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document, Run

from .models import Scenario

CO2E = {"t": "tCO2e", "kt": "ktCO2e", "Mt": "MtCO2e", "Gt": "GtCO2e"}
# Units of money as models write them, with their price year: MUSD2020, million USD (2015), USD2010.
_MONEY = re.compile(
    r"(?P<much>M|million |bn|billion |k|thousand |1000 )?\s*USD\D{0,4}(?P<year>\d{4})?\)?", re.IGNORECASE
)
_MUCH = {
    "": 1,
    "m": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "k": 1000,
    "thousand": 1000,
    "1000": 1000,
}
_MASS = {"t": 1, "kt": 10**3, "Mt": 10**6, "Gt": 10**9}

# By a key of one's own: the unit, and an amount for each solved year.
Series = dict[str, tuple[str, list[float]]]


@dataclass(frozen=True)
class Row:
    """One row of a result: its keys, its unit, an amount for each solved year."""

    keys: dict[str, str]
    unit: str
    amounts: tuple[float | None, ...]

    def __getitem__(self, key: str) -> str:
        return self.keys[key]


class Result:
    """The tables of a run, with the model's names and units."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.summary: dict[str, Any] = data["summary"]
        self.years: list[int] = data["years"]
        self.intervals: list[int] = data["intervals"]
        self.settings: dict[str, str] = data["settings"]

    @property
    def optimal(self) -> bool:
        return self.summary["status"] == "optimal"

    def rows(self, table: str) -> list[Row]:
        found = self.data["tables"].get(table)
        if found is None:
            return []
        keys = found["keys"]
        size = len(keys)
        return [
            Row(dict(zip(keys, row[:size], strict=True)), row[size], tuple(row[size + 1]))
            for row in found["rows"]
        ]

    def tables(self) -> list[str]:
        return list(self.data["tables"])

    def name(self, table: str, code: str, lang: str) -> str:
        """A member's name in a language, else in any, else its code."""
        names = self.data["members"].get(table, {}).get(code, {}).get("names", {})
        return names.get(lang) or next(filter(None, names.values()), code)

    def own(self, table: str, code: str, column: str) -> str:
        return self.data["members"].get(table, {}).get(code, {}).get("own", {}).get(column, "")

    def category(self, sector: str, gas: str) -> str:
        """Category of the inventory: the gas's own, where it has one, else the sector's."""
        return self.own("gases", gas, "category") or self.own("sectors", sector, "category") or sector

    @property
    def gwp_set(self) -> str:
        return self.settings.get("gwp_set", "")

    @cached_property
    def gas_unit(self) -> str:
        return next((row.unit for row in self.rows("co2e")), "")

    @property
    def co2e_unit(self) -> str:
        return CO2E.get(self.gas_unit, "")

    @property
    def dollars(self) -> int | None:
        """How many dollars the model's unit of money is; None where it is not known to be dollars."""
        return dollars(self.settings.get("currency", ""))

    @property
    def price_year(self) -> str:
        found = _MONEY.search(self.settings.get("currency", ""))
        return (found["year"] or "") if found else ""

    @property
    def per_tonne(self) -> float | None:
        """Factor from the model's money per unit of gas to dollars per tonne."""
        if self.dollars is None or self.gas_unit not in _MASS:
            return None
        return self.dollars / _MASS[self.gas_unit]

    def summed(self, table: str, group: Callable[[Row], str | None]) -> dict[str, tuple[str, list[float]]]:
        """Amounts by a key of one's own, with their unit; rows whose key is None are left out."""
        found: Series = {}
        for row in self.rows(table):
            key = group(row)
            if key is None:
                continue
            _, total = found.setdefault(key, (row.unit, [0.0] * len(self.years)))
            for n, amount in enumerate(row.amounts):
                total[n] += amount or 0.0
        return found

    def emissions(self) -> dict[str, list[float]]:
        """CO2e by category of the inventory; what has none stands under its sector."""
        by = self.summed("co2e", lambda r: self.category(r["sector"], r["gas"]))
        return {key: amounts for key, (_, amounts) in by.items()}

    def total_emissions(self) -> list[float]:
        totals = [0.0] * len(self.years)
        for amounts in self.emissions().values():
            for n, amount in enumerate(amounts):
                totals[n] += amount
        return totals

    def product(self, sector: str) -> str:
        """The service that most devices of a sector make; what else they make is made of it or beside it."""
        makers: dict[str, set[str]] = {}
        for row in self.rows("output"):
            if row["sector"] == sector:
                makers.setdefault(row["service"], set()).add(row["device"])
        return max(sorted(makers), key=lambda s: len(makers[s]), default="")

    def tonnes(self, amount: float) -> float:
        """An amount of CO2e in tonnes, whatever unit the model has."""
        return amount * _MASS[self.gas_unit]

    def commodity_of(self, row: Row) -> str:
        """The energy of the model's own that a row of outputs makes, if it makes one."""
        return self.own("services", row["service"], "commodity")

    def commodity(self) -> str:
        """What is shown as generation: the electricity that most devices make, else what most make."""
        makers: dict[str, set[str]] = {}
        for row in self.rows("output"):
            if made := self.commodity_of(row):
                makers.setdefault(made, set()).add(row["device"])
        electric = {c: found for c, found in makers.items() if self.is_electric(c)}
        return max(electric or makers, key=lambda c: len(makers[c]), default="")

    @staticmethod
    def is_electric(commodity: str) -> bool:
        return commodity.lower().startswith(("ele", "power"))

    def generation(self) -> Series:
        """What is made of the shown commodity, by device."""
        wanted = self.commodity()
        return self.summed("output", lambda r: r["device"] if self.commodity_of(r) == wanted else None)

    def capacity(self) -> Series:
        makers = set(self.generation())
        return self.summed("stock", lambda r: r["device"] if r["device"] in makers else None)

    def primary(self) -> Series:
        """Energy that comes into the model: what is bought, and what devices give without using any.

        Fuels by their energy, wherever they come from; electricity without a fuel by its device.
        """
        fed = {(r["region"], r["sector"], r["device"]) for r in self.rows("use") if any(r.amounts)}
        fuels = {
            member["own"]["commodity"]: code
            for code, member in self.data["members"].get("energies", {}).items()
            if member["own"].get("commodity")
        }

        def source(row: Row) -> str | None:
            made = self.commodity_of(row)
            if not made or (row["region"], row["sector"], row["device"]) in fed:
                return None
            return row["device"] if self.is_electric(made) else fuels.get(made, row["device"])

        found = self.summed("output", source)
        for code, (unit, amounts) in self.bought().items():
            held = found.setdefault(code, (unit, [0.0] * len(self.years)))[1]
            for n, amount in enumerate(amounts):
                held[n] += amount
        return found

    def bought(self) -> Series:
        """Energy that no device of the model makes, by energy."""
        return self.summed(
            "energy", lambda r: None if self.own("energies", r["energy"], "commodity") else r["energy"]
        )

    def system_cost(self) -> list[float]:
        """Yearly cost without what is paid for emissions, with the capital of all that stands."""
        kinds = ("operating", "energy", "credits", "standing")
        found = self.summed("cost", lambda r: "" if r["kind"] in kinds else None)
        return found[""][1]

    def carbon_price(self) -> list[float | None]:
        """Tax plus the dearest marginal cost of the limits, each year, in the model's money per unit."""
        rows = self.rows("carbon_price")
        found: list[float | None] = []
        for n in range(len(self.years)):
            tax = sum(r.amounts[n] or 0.0 for r in rows if r["kind"] == "tax")
            limits = [r.amounts[n] or 0.0 for r in rows if r["kind"] == "limit"]
            found.append(tax + max(limits, default=0.0))
        return found


def dollars(currency: str) -> int | None:
    found = _MONEY.fullmatch(currency.strip())
    return _MUCH[(found["much"] or "").strip().lower()] if found else None


@lru_cache(maxsize=24)
def _parsed(sha256: str) -> Result:
    return Result(json.loads(documents.read(Document.objects.get(pk=sha256))))


def of_run(run: Run | None) -> Result | None:
    """The result of a run, from its document; a document never changes, so it is read once."""
    if run is None or not hasattr(run, "solve") or run.solve.result_id is None:
        return None
    return _parsed(run.solve.result_id)


def of_scenario(scenario: Scenario) -> Result | None:
    return of_run(scenario.shown_run)

"""What must hold before a model is compiled: declared members, readable settings, a foresight that fits."""

from __future__ import annotations

import numpy as np

from trunghoa.quantities import N_, InputError, ModelError, Problem

from ..lp import Ints
from .model import Model
from .read import SETTINGS_FILE, parse_year
from .schema import MEMBERS, REFERS, VALUES
from .tables import ALL, Record, Tables

FORESIGHTS = ("recursive", "perfect", "rolling")


class Settings:
    """The settings as numbers."""

    def __init__(self, tables: Tables, problems: list[Problem]) -> None:
        self.settings, self.problems = tables.settings, problems
        self.years = self._years()
        gaps = np.diff(self.years).tolist() if len(self.years) > 1 else []
        first = self._whole("first_interval", 1)
        self.intervals: Ints = np.array([first, *gaps], dtype=np.int32)
        self.stock_year = self._whole("stock_year", self.years[0] if self.years else 0)
        self.window, self.step = self._whole("window", 1), self._whole("step", 1)
        self.foresight = self.settings.get("foresight", FORESIGHTS[0])
        if self.foresight not in FORESIGHTS:
            self._refuse("foresight", N_("“%(value)s” is not one of: %(limit)s."), ", ".join(FORESIGHTS))
        if self.step > self.window:
            self._refuse("step", N_("%(value)s is more than the window of %(limit)s."), str(self.window))
        self.discount_rate = self._rate()

    def _refuse(self, item: str, message: str, limit: str = "") -> None:
        value = self.settings.get(item, "")
        self.problems.append(Problem(message, "", SETTINGS_FILE, None, item, value, limit))

    def _years(self) -> tuple[int, ...]:
        words = self.settings.get("years", "").replace(",", " ").split()
        try:
            years = [parse_year(word) for word in words]
        except InputError as error:
            self.problems += error.at(file=SETTINGS_FILE, field="years").problems
            return ()
        if not years or sorted(set(years)) != years:
            self._refuse("years", N_("“%(value)s” must be years in rising order, with spaces between."))
            return ()
        return tuple(years)

    def _whole(self, item: str, default: int) -> int:
        text = self.settings.get(item, "")
        if not text:
            return default
        if not text.isdecimal() or int(text) < 1:
            self._refuse(item, N_("“%(value)s” is not a whole number above 0."))
            return default
        return int(text)

    def _rate(self) -> float | None:
        text = self.settings.get("discount_rate", "")
        if not text:
            return None
        try:
            rate = float(text)
        except ValueError:
            rate = -1.0
        if not 0 <= rate <= 1:
            self._refuse("discount_rate", N_("“%(value)s” is not a rate between %(limit)s."), "0 and 1")
        return rate


def check_members(tables: Tables, problems: list[Problem]) -> None:
    """Each key cell names a declared member, a group, or ``*``."""
    for name, records in tables.values.items():
        for column, key in enumerate(VALUES[name].keys):
            if key in ("vintage", "commodity"):
                continue
            known = _known(tables, key)
            for record in records:
                cell = record.keys[column]
                if cell != ALL and cell not in known:
                    problems.append(_unknown(record, key, cell, known))
    for name, groups in tables.groups.items():
        own = {"place_groups": ("region", "sector"), "balance_areas": ("region", "sector"),
               "device_groups": ("device",), "service_groups": ("device", "service"),
               "energy_groups": ("energy",), "gas_groups": ("gas",)}[name]  # fmt: skip
        for group, rows in groups.items():
            problems += [
                Problem(
                    N_("“%(value)s” is a group and a member too."),
                    "",
                    f"{name}.csv",
                    rows[0].row,
                    "group",
                    group,
                )
                for table in {REFERS[key] for key in own if key != "sector"}
                if group in tables.members.get(table, {})
            ]
            for row in rows:
                for key, cell in zip(own, row.cells, strict=True):
                    if cell != ALL and cell not in tables.members.get(REFERS[key], {}):
                        problems.append(
                            Problem(
                                N_("“%(value)s” does not stand in %(limit)s."), "",
                                row.file, row.row, key, cell, f"{REFERS[key]}.csv",
                            )
                        )  # fmt: skip


# Members that may stand where a group may.
_SINGLES = {
    "place_groups": ("regions", "sectors"),
    "device_groups": ("devices",),
    "energy_groups": ("energies",),
    "gas_groups": ("gases",),
    "service_groups": (),
    "balance_areas": ("regions",),
}


def _known(tables: Tables, key: str) -> set[str]:
    table = REFERS[key]
    if table in MEMBERS:
        return set(tables.members.get(table, {}))
    known = set(tables.groups.get(table, {}))
    return known.union(*(tables.members.get(single, {}) for single in _SINGLES[table]))


def _unknown(record: Record, key: str, cell: str, known: set[str]) -> Problem:
    shown = ", ".join(sorted(known)[:12])
    return Problem(
        N_("“%(value)s” does not stand in %(limit)s."),
        N_("Correct it, or add its row there."),
        record.file,
        record.row,
        key,
        cell,
        f"{REFERS[key]}.csv ({shown})" if shown else f"{REFERS[key]}.csv",
    )


def check_foresight(model: Model, foresight: str) -> None:
    """Refuse a foresight the model's settings do not allow.

    Raises
    ------
    ModelError
        for an unknown name, a missing discount rate, or kept prices outside recursive foresight.
    """
    if foresight not in FORESIGHTS:
        raise ModelError(f"“{foresight}” is not a foresight; choose {', '.join(FORESIGHTS)}.")
    if foresight == "recursive":
        return
    if model.discount_rate is None:
        raise ModelError(
            f"{foresight} foresight compares years: "
            f"give discount_rate in settings.csv of {model.tables.name}."
        )
    if model.kept_prices:
        raise ModelError(
            f"kept_price.csv of {model.tables.name} keeps the price found in a year, which only recursive "
            f"foresight can do; {foresight} was asked for."
        )

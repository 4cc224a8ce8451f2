"""Dated parameter tables: every value with its source, its validity and whether it was checked.

A table is a CSV file. Its name is the file's. The columns before ``value`` are the keys; after it stand
``unit, lower, upper, valid_from, valid_to, status, source, note``. Dates may be empty (always valid).
``status`` is ``verified``, ``unverified`` or ``illustrative``.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from trunghoa.quantities import N_, InputError, ParameterError, Quality, unit

from .cells import Cells, read_cells

FIXED = ("value", "unit", "lower", "upper", "valid_from", "valid_to", "status", "source", "note")
DATA = Path(__file__).resolve().parent.parent / "data" / "parameters"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value as it stood on a date, with where it comes from."""

    name: str
    keys: tuple[tuple[str, str], ...]
    value: Decimal
    unit: str
    lower: Decimal | None
    upper: Decimal | None
    valid_from: date | None
    valid_to: date | None
    quality: Quality
    source: str
    note: str = ""

    def __float__(self) -> float:
        return float(self.value)

    @property
    def label(self) -> str:
        """``landfill_k[climate=tropical_wet, waste=food]``"""
        inner = ", ".join(f"{k}={v}" for k, v in self.keys if v)
        return f"{self.name}[{inner}]" if inner else self.name

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Parameters:
    """All parameter tables of one or more folders; a later folder's table adds to an earlier one's."""

    def __init__(self, rows: Iterable[Parameter]) -> None:
        self._tables: dict[str, dict[tuple[tuple[str, str], ...], list[Parameter]]] = {}
        for row in rows:
            self._tables.setdefault(row.name, {}).setdefault(row.keys, []).append(row)
        for table in self._tables.values():
            for versions in table.values():
                _refuse_overlaps(versions)

    @classmethod
    def load(cls, *folders: Path) -> Parameters:
        """Read every CSV of the folders (default: the tables that come with the package)."""
        rows: list[Parameter] = []
        for folder in folders or (DATA,):
            for path in sorted(folder.glob("*.csv")):
                rows.extend(read_table(path))
        return cls(rows)

    def get(self, name: str, *, as_of: date, **keys: str) -> Parameter:
        """Look one value up as of a date.

        Raises
        ------
        ParameterError
            naming the table, the keys, the date and what the table does hold.
        """
        table = self._table(name)
        wanted = _key(keys)
        for row in table.get(wanted, ()):
            if row.valid_on(as_of):
                return row
        asked = ", ".join(f"{k}={v}" for k, v in wanted)
        if wanted in table:
            spans = "; ".join(f"{r.valid_from or '…'} to {r.valid_to or '…'}" for r in table[wanted])
            raise ParameterError(
                f"{name}[{asked}] has no value on {as_of.isoformat()}; it is known for {spans}."
            )
        held = ", ".join(sorted({v for key in table for c, v in key if c in keys and (c, v) not in wanted}))
        raise ParameterError(f"The table {name} has no row {asked}. It knows: {held or 'other keys'}.")

    def rows(self, name: str, *, as_of: date | None = None, **keys: str) -> list[Parameter]:
        """All rows of a table whose keys include the given ones, in file order."""
        wanted = set(_key(keys))
        return [
            row
            for key, versions in self._table(name).items()
            if wanted <= set(key)
            for row in versions
            if as_of is None or row.valid_on(as_of)
        ]

    def names(self) -> list[str]:
        return sorted(self._tables)

    def _table(self, name: str) -> dict[tuple[tuple[str, str], ...], list[Parameter]]:
        try:
            return self._tables[name]
        except KeyError:
            raise ParameterError(f"No parameter table “{name}”. Known: {', '.join(self.names())}.") from None

    def __iter__(self) -> Iterator[Parameter]:
        for table in self._tables.values():
            for versions in table.values():
                yield from versions

    @cached_property
    def version(self) -> str:
        """Short hash of every value and source: a run records which parameters it used."""
        digest = hashlib.sha256()
        for row in sorted(self, key=lambda r: (r.name, r.keys, str(r.valid_from))):
            digest.update(repr(row).encode())
        return digest.hexdigest()[:16]


def _key(keys: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in keys.items() if v))


def _overlap(one: Parameter, other: Parameter) -> bool:
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (
        other.valid_from or date.min
    ) <= (one.valid_to or date.max)


def _refuse_overlaps(versions: list[Parameter]) -> None:
    for one, other in itertools.combinations(versions, 2):
        if _overlap(one, other):
            raise ParameterError(
                f"{one.label} has two values on the same days: "
                f"{one.value} [{one.source}] and {other.value} [{other.source}]."
            )


def read_table(path: Path) -> list[Parameter]:
    """Read one table; every fault of the file is reported with row and field, none is skipped."""
    header, cells, problems = read_cells(path, required=FIXED[:-1], optional=FIXED[-1:], keys_before="value")
    key_columns = [c for c in header if c not in FIXED]
    rows: dict[tuple[tuple[str, str], ...], list[tuple[int, Parameter]]] = {}
    for row in cells:
        parameter = _read_row(path.stem, key_columns, row)
        if parameter is None:
            continue
        versions = rows.setdefault(parameter.keys, [])
        for number, other in versions:
            if _overlap(parameter, other):
                row.refuse(
                    "valid_from",
                    N_("%(value)s has two values on the same days; the other stands in row %(limit)s."),
                    value=parameter.label,
                    limit=str(number),
                )
        versions.append((row.row, parameter))
    if problems:
        raise InputError(sorted(problems, key=lambda p: p.row or 0))
    return [parameter for versions in rows.values() for _, parameter in versions]


def _read_row(name: str, key_columns: list[str], row: Cells) -> Parameter | None:
    faults = len(row.problems)
    value = row.number("value", required=True)
    lower, upper = row.number("lower"), row.number("upper")
    symbol = row.read("unit", lambda text: unit(text).symbol, required=True)
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    quality = row.choice("status", Quality)
    source = row.text("source", required=True)
    if (lower is None) != (upper is None):
        row.refuse("lower" if lower is None else "upper", N_("Give both bounds or none."))
    if value is not None and lower is not None and upper is not None and not lower <= value <= upper:
        row.refuse(
            "value", N_("%(value)s lies outside its own bounds %(limit)s."), limit=f"{lower} to {upper}"
        )
    if valid_from and valid_to and valid_to < valid_from:
        row.refuse(
            "valid_to", N_("%(value)s lies before valid_from %(limit)s."), limit=valid_from.isoformat()
        )
    if len(row.problems) > faults or value is None or symbol is None or quality is None:
        return None
    return Parameter(
        name=name,
        keys=_key({c: row.text(c) for c in key_columns}),
        value=value,
        unit=symbol,
        lower=lower,
        upper=upper,
        valid_from=valid_from,
        valid_to=valid_to,
        quality=quality,
        source=source,
        note=row.text("note"),
    )

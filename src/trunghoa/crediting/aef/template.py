"""A version of the format: its tables and fields as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from trunghoa.quantities import ParameterError, Quality

# The first row of values in a sheet, below the labels and the technical names.
FIRST_ROW = 3


class Kind(StrEnum):
    """What a field holds; a moment is in UTC."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "datetime"


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes
    ----------
    carp : only the centralized accounting and reporting platform fills it; blank on submission
    pattern : regular expression of the whole text, empty for any
    values : picklist, empty for any
    several : what stands between several values of a picklist, empty where one only is allowed
    when_field, when_values : the field applies only where that field of the row holds one of the values
    otherwise : text written where the field does not apply
    needed : must be filled where it applies
    minimum : least number
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    carp: bool = False
    pattern: str = ""
    values: tuple[str, ...] = ()
    several: str = ""
    when_field: str = ""
    when_values: tuple[str, ...] = ()
    otherwise: str = ""
    needed: bool = False
    minimum: int | None = None

    def applies(self, row: Mapping[str, object]) -> bool:
        return not self.when_field or row.get(self.when_field) in self.when_values


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet and its fields in the official order."""

    sheet: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


@dataclass(frozen=True, slots=True)
class Template:
    """One version of the format, with what it was read from and whether it was checked."""

    version: str
    title: str
    source: str
    quality: Quality
    note: str
    summary_sheet: str
    date_format: str
    carp_text: str
    itmo_id: str
    tables: tuple[Table, ...]
    holdings: tuple[tuple[str, str, int], ...]

    def table(self, number: int) -> Table:
        """Tables are numbered from 1 as in the decision."""
        if not 1 <= number <= len(self.tables):
            raise ParameterError(f"The format has tables 1 to {len(self.tables)}, no table {number}.")
        return self.tables[number - 1]

    def effect(self, action: str, subtype: str) -> int | None:
        """What an action does to the holdings of the Party that reports it: +1, 0 or −1; None if unknown."""
        for kind, only, effect in self.holdings:
            if kind == action and only in ("", subtype):
                return effect
        return None

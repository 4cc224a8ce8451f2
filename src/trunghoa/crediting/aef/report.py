"""A report in memory: rows of the five tables by technical field name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from trunghoa.quantities import ParameterError

from .template import Table, Template

Value = str | int | Decimal | date | datetime | None
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Report:
    """Annual information of one Party for one year.

    Attributes
    ----------
    tables : rows by sheet name; a row has every field of its table, None where it is blank
    """

    template: Template
    tables: Mapping[str, tuple[Row, ...]]

    def rows(self, number: int) -> tuple[Row, ...]:
        return self.tables.get(self.template.table(number).sheet, ())

    @property
    def year(self) -> int | None:
        found = self.rows(1)[0].get("ReportedYear") if self.rows(1) else None
        return found if isinstance(found, int) else None

    @property
    def party(self) -> str:
        return str(self.rows(1)[0].get("ParticipatingParty") or "") if self.rows(1) else ""


def blank_row(table: Table, **given: Value) -> Row:
    """A row of a table with the given fields and every other one blank.

    Names that Python cannot spell are passed with ``**{"Non-GHGMetric": …}``.

    Raises
    ------
    ParameterError
        for a field that the table does not have.
    """
    names = [f.name for f in table.fields]
    if unknown := [name for name in given if name not in names]:
        raise ParameterError(f"{table.sheet} has no field {', '.join(unknown)}. It has {', '.join(names)}.")
    return {name: given.get(name) for name in names}

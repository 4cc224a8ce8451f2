"""A monitoring workbook handed in: every wrong cell is named, and nothing is taken until all are right."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from trunghoa.portal.core.record.grids import (
    Value,
    column_letter,
)
from trunghoa.quantities import N_, InputError, TrungHoaError, parse_number

from .models import Issuance
from .tasks import calculation
from .workbook import (
    CALIBRATED,
    COLUMNS,
    ELEMENT,
    EVIDENCE,
    FROM,
    HEAD,
    METER,
    NUMBER,
    OPTION,
    PART,
    SYMBOL,
    TABLE,
    UNIT,
    UNTIL,
    VALUE,
    Place,
    elements,
    index_of,
    places,
)
from .workbook_cells import CellProblem, Report, Row, grid, text

SHA256 = re.compile(r"[0-9a-f]{64}")


def read(content: bytes, issuance: Issuance, methodology: Any, day: date) -> Report:
    """Read the sheet MRS(input) and compute; all problems at once, each with its cell."""
    report = Report()
    try:
        rows, faults = grid(content)
    except InputError as error:
        report.problems += [CellProblem(p) for p in error.problems]
        return report
    return Reader(report, issuance, methodology, rows, faults).read(day)


class Reader:
    def __init__(
        self, report: Report, issuance: Issuance, methodology: Any,
        rows: list[list[Value]], faults: dict[tuple[int, int], str],
    ) -> None:  # fmt: skip
        self.report, self.issuance, self.methodology = report, issuance, methodology
        self.rows, self.faults = rows, faults
        self.kept = issuance.project.registration
        self.monitored = {p.symbol for p in methodology.parameters if p.monitored}
        self.periods: dict[int, tuple[date, date, int]] = {}
        self.given: dict[Place, Row] = {}
        self.fixed: dict[tuple[str, int], int] = {}

    def read(self, day: date) -> Report:
        self._head()
        if not self._has_columns():
            return self.report
        for number, cells in enumerate(self.rows[TABLE + 1 :], start=TABLE + 2):
            row = [*cells, *[None] * (len(COLUMNS) - len(cells))]
            symbol = str(row[SYMBOL] or "")
            if symbol in self.monitored:
                self._monitored(number, row, symbol)
            elif symbol in self.kept.get("fixed", {}):
                self._fixed(number, row, symbol)
            elif symbol or row[VALUE] is not None:
                self.report.add(
                    N_("%(field)s is not a parameter that is given here."), N_("Here belong %(limit)s."),
                    row=number, column=SYMBOL, field=symbol or "–", limit=", ".join(sorted(self.monitored)),
                )  # fmt: skip
        self._check_periods()
        self._check_whole()
        if not self.report.problems:
            self._compute(day)
        return self.report

    def _head(self) -> None:
        """The workbook of another project, period or version does not belong here."""
        project = self.issuance.project
        wanted = (project.code, str(self.issuance.number), self.methodology.id, self.methodology.version,
                  self.kept.get("gwp_set", ""))  # fmt: skip
        for number, (name, limit) in enumerate(zip(HEAD, wanted, strict=True), start=2):
            row = self.rows[number - 1] if len(self.rows) >= number else []
            value = text(row[1]) if len(row) > 1 else ""
            if value == limit:
                continue
            if name == "GWP set":
                self.report.add(
                    N_("The report uses potentials of %(value)s, the registration of %(limit)s."),
                    N_("Tonnes of two sets do not add."),
                    row=number, column=1, value=value or "–", limit=limit or "–",
                )  # fmt: skip
            else:
                self.report.add(
                    N_("This workbook is of “%(value)s”; here belongs “%(limit)s”."),
                    N_("Download the template of this period and fill that in."),
                    row=number, column=1, value=value, limit=limit,
                )  # fmt: skip

    def _has_columns(self) -> bool:
        header = self.rows[TABLE] if len(self.rows) > TABLE else []
        names = tuple(text(cell) for cell in header[: len(COLUMNS)])
        if names == COLUMNS:
            return True
        at = next((i for i, name in enumerate(COLUMNS) if i >= len(names) or names[i] != name), 0)
        self.report.add(
            N_("The column is named “%(value)s”, not “%(limit)s”."), N_("Start from the template."),
            row=TABLE + 1, column=at, value=names[at] if at < len(names) else "", limit=COLUMNS[at],
        )  # fmt: skip
        return False

    def _monitored(self, number: int, row: list[Value], symbol: str) -> None:
        known = self.methodology.parameter(symbol)
        faults = len(self.report.problems)
        part = self._whole(number, PART, row[PART])
        element = self._whole(number, NUMBER, row[NUMBER]) if row[NUMBER] is not None else 0
        start, end = self._day(number, FROM, row[FROM]), self._day(number, UNTIL, row[UNTIL])
        if row[UNIT] is not None and text(row[UNIT]) != known.unit:
            self.report.add(
                N_("The unit “%(value)s” is not that of the methodology, “%(limit)s”."),
                N_("Convert the value and write the unit of the template."),
                row=number, column=UNIT, value=text(row[UNIT]), limit=known.unit,
                source=self.methodology.source,
            )  # fmt: skip
        value = self._amount(number, row[VALUE], known)
        option = text(row[OPTION]).upper()
        allowed = [o.value for o in known.options] or ["A", "B", "C"]
        if option not in allowed:
            self.report.add(
                N_("The option is “%(value)s”; the methodology allows %(limit)s."), row=number, column=OPTION,
                value=option or "–", limit=", ".join(allowed), source=self.methodology.source,
            )  # fmt: skip
        meter = text(row[METER])
        calibrated = self._day(number, CALIBRATED, row[CALIBRATED]) if row[CALIBRATED] is not None else None
        if option == "C":
            self._instrument(number, row, meter, calibrated, end)
        evidence = text(row[EVIDENCE]).lower()
        if not SHA256.fullmatch(evidence):
            self.report.add(
                N_("“%(value)s” is no SHA-256 of a file."),
                N_("Add the paper to the documents and copy its hash: 64 digits and letters a to f."),
                row=number, column=EVIDENCE, value=evidence[:70] or "–",
            )  # fmt: skip
        if part is not None and start and end:
            self._period(number, part, start, end)
        if len(self.report.problems) > faults or part is None or element is None or value is None:
            if part is not None and element is not None:
                # Told already; that it is missing too would say it twice.
                self.given.setdefault(Place(part, symbol, element), Row(number, Decimal(0), "", "", None, ""))
            return
        place = Place(part, symbol, element)
        if place in self.given:
            self.report.add(
                N_("%(field)s stands twice (first in row %(limit)s)."), N_("Delete one of the two rows."),
                row=number, column=SYMBOL, field=symbol, limit=str(self.given[place].number),
            )  # fmt: skip
            return
        self.given[place] = Row(number, value, option, meter, calibrated, evidence)

    def _instrument(
        self, number: int, row: list[Value], meter: str, calibrated: date | None, end: date | None
    ) -> None:
        for column, given in ((METER, meter), (CALIBRATED, row[CALIBRATED])):
            if not given:
                self.report.add(
                    N_("The cell is empty."), N_("Option C needs the meter and the day of its calibration."),
                    row=number, column=column,
                )  # fmt: skip
        if calibrated and end and calibrated > end:
            self.report.add(
                N_("The meter was calibrated on %(value)s, after the period ended on %(limit)s."),
                row=number, column=CALIBRATED, value=calibrated.isoformat(), limit=end.isoformat(),
            )  # fmt: skip

    def _period(self, number: int, part: int, start: date, end: date) -> None:
        known = self.periods.setdefault(part, (start, end, number))
        if known[:2] != (start, end):
            self.report.add(
                N_("Part %(field)s of the period is %(value)s here and %(limit)s."),
                row=number, column=FROM, field=str(part), value=f"{start} – {end}",
                limit=f"{known[0]} – {known[1]} ({column_letter(FROM + 1)}{known[2]})",
            )  # fmt: skip

    def _fixed(self, number: int, row: list[Value], symbol: str) -> None:
        """What was fixed at registration is shown in the workbook and not changed by it."""
        element = self._whole(number, NUMBER, row[NUMBER]) if row[NUMBER] is not None else 0
        held = self.kept["fixed"][symbol]
        listed = held if isinstance(held, list) else [held]
        at = max((element or 0) - 1, 0)
        value = self._number(number, row[VALUE])
        if value is None or at >= len(listed):
            if value is not None:
                self.report.add(
                    N_("The project has no element %(value)s of %(field)s."), row=number, column=NUMBER,
                    value=str(element), field=symbol,
                )  # fmt: skip
            return
        if float(value) != float(Decimal(listed[at])):
            self.report.add(
                N_("%(value)s is not what was fixed at registration, %(limit)s."),
                N_("What is fixed changes only by a post-registration change (form 3.12)."),
                row=number, column=VALUE, value=str(value), limit=str(listed[at]),
                source=self.kept.get("sources", {}).get(symbol, ""),
            )  # fmt: skip

    def _amount(self, number: int, cell: Value, known: Any) -> Decimal | None:
        value = self._number(number, cell)
        if value is None:
            return None
        for bound, wrong, message in (
            (known.minimum, lambda b: value < b, N_("%(value)s is less than %(limit)s.")),
            (known.maximum, lambda b: value > b, N_("%(value)s is more than %(limit)s.")),
        ):
            if bound is not None and wrong(bound):
                self.report.add(message, row=number, column=VALUE, value=str(value), limit=str(bound),
                                source=self.methodology.source)  # fmt: skip
                return None
        return value

    def _number(self, number: int, cell: Value) -> Decimal | None:
        fault = self.faults.get((number, VALUE + 1))
        if fault == "formula":
            self.report.add(
                N_("The formula in this cell was never computed."),
                N_("Open the file, let it compute, save it."),
                row=number, column=VALUE,
            )  # fmt: skip
        elif fault == "error":
            self.report.add(N_("The cell holds an error instead of a number."), N_("Mend the formula."),
                            row=number, column=VALUE)  # fmt: skip
        elif cell is None:
            self.report.add(N_("The cell is empty."), N_("Write a number; 0 if it is zero."),
                            row=number, column=VALUE)  # fmt: skip
        elif isinstance(cell, bool | date):
            self.report.add(N_("“%(value)s” is not a number."), N_("Format the cell as a number."),
                            row=number, column=VALUE, value=str(cell))  # fmt: skip
        elif isinstance(cell, str) and (marks := re.findall("[.,]", cell)):
            self.report.add(
                N_("“%(value)s” has a “%(limit)s” that could mark decimals or thousands."),
                N_("Format the cell as a number, or write the number without grouping and decimals."),
                row=number, column=VALUE, value=cell[:60], limit=marks[0],
            )  # fmt: skip
        else:
            try:
                return parse_number(cell)
            except InputError as error:
                for problem in error.problems:
                    self.report.add(problem.message, problem.hint, row=number, column=VALUE,
                                    value=problem.value[:60], limit=problem.limit)  # fmt: skip
        return None

    def _whole(self, number: int, column: int, cell: Value) -> int | None:
        if isinstance(cell, float) and cell.is_integer() and 0 < cell < 1e6:
            return int(cell)
        if isinstance(cell, str) and re.fullmatch(r"[1-9]\d{0,5}", cell):
            return int(cell)
        self.report.add(N_("“%(value)s” is not a whole number from 1 on."),
                        N_("Keep what the template says."),
                        row=number, column=column, value=text(cell)[:60])  # fmt: skip
        return None

    def _day(self, number: int, column: int, cell: Value) -> date | None:
        if isinstance(cell, date):
            return cell
        with suppress(ValueError):
            if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
                return date.fromisoformat(cell)
        self.report.add(N_("“%(value)s” is not a day."), N_("Write it as 2026-12-31 or as a date."),
                        row=number, column=column, value=text(cell)[:60])  # fmt: skip
        return None

    def _check_periods(self) -> None:
        """The parts follow each other and are together the period of the report."""
        assert self.issuance.start is not None  # noqa: S101 - the view asks for it
        assert self.issuance.end is not None  # noqa: S101
        wanted = self.issuance.start
        for part, (start, end, number) in sorted(self.periods.items(), key=lambda item: item[1][0]):
            if start != wanted or end < start:
                self.report.add(
                    N_("Part %(field)s begins on %(value)s; the report continues on %(limit)s."),
                    N_("The parts are together the monitoring period, without gap and without overlap."),
                    row=number, column=FROM, field=str(part), value=start.isoformat(),
                    limit=wanted.isoformat(),
                )  # fmt: skip
            wanted = end + timedelta(days=1)
        last = self.issuance.end + timedelta(days=1)
        if self.periods and wanted != last:
            number = max(self.periods.values(), key=lambda item: item[1])[2]
            self.report.add(
                N_("The parts end on %(value)s, the monitoring period on %(limit)s."),
                row=number, column=UNTIL,
                value=(wanted - timedelta(days=1)).isoformat(), limit=self.issuance.end.isoformat(),
            )  # fmt: skip

    def _check_whole(self) -> None:
        """Every value that the project needs is there, of every element, and no other."""
        parts = sorted(self.periods) or [1]
        wanted = {p._replace(part=parts[p.part - 1]) for p in places(self.methodology, self.kept, len(parts))}
        names = elements(self.methodology, self.kept)
        for place in sorted(wanted - self.given.keys()):
            index = index_of(self.methodology, place.symbol)
            element = names[index][place.element - 1] if place.element else ""
            self.report.add(
                N_("The row of %(field)s is missing in part %(value)s (%(limit)s)."),
                N_("Keep every row of the template."),
                field=place.symbol, value=str(place.part), limit=element or "–",
            )  # fmt: skip
        for place in sorted(self.given.keys() - wanted):
            self.report.add(
                N_("The project has no element %(value)s of %(field)s."), row=self.given[place].number,
                column=ELEMENT, value=str(place.element), field=place.symbol,
            )  # fmt: skip

    def _compute(self, day: date) -> None:
        self.report.parts = [
            self._part(number) for number in sorted(self.periods, key=lambda p: self.periods[p][0])
        ]
        try:
            self.report.found = calculation.outcome(self.methodology, self.kept, self.report.parts, day)
        except InputError as error:
            first = {place.symbol: row.number for place, row in reversed(self.given.items())}
            for p in error.problems:
                cell = f"{column_letter(VALUE + 1)}{first[p.field]}" if p.field in first else ""
                self.report.problems.append(CellProblem(p, cell))
        except TrungHoaError as error:
            self.report.add(str(error).replace("%", "%%"))

    def _part(self, number: int) -> dict[str, Any]:
        start, end, _row = self.periods[number]
        readings: dict[str, Any] = {}
        for symbol in sorted({p.symbol for p in self.given if p.part == number}):
            rows = [self.given[p] for p in sorted(self.given) if (p.part, p.symbol) == (number, symbol)]
            many = bool(index_of(self.methodology, symbol))
            # The kernel asks for an instrument where one was read; each element keeps its own beside.
            chief = next((row for row in rows if row.option == "C"), rows[0])
            said = [
                {"option": r.option, "meter": r.meter, "evidence": r.evidence,
                 "calibrated": r.calibrated.isoformat() if r.calibrated else ""}
                for r in (chief, *rows)
            ]  # fmt: skip
            values = [f"{row.value:f}" for row in rows]
            readings[symbol] = {"value": values if many else values[0], **said[0]}
            if many:
                readings[symbol]["elements"] = said[1:]
        return {"start": start.isoformat(), "end": end.isoformat(), "readings": readings,
                "gwp_set": self.kept.get("gwp_set", "")}  # fmt: skip

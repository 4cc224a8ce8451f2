"""The cells of a handed-in table, after the check that every file goes through."""

import csv
import io
import zipfile
import zlib
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook

from trunghoa.portal.core.record import intake
from trunghoa.portal.core.record.grids import (
    Value,
    cells_without_value,
    plain_cell,
    sheet_paths,
)
from trunghoa.portal.core.record.intake import refuse
from trunghoa.portal.core.record.intake.texts import decoded
from trunghoa.quantities import N_, InputError

MAX_ROWS = 10_000
MAX_COLUMNS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


@dataclass(frozen=True)
class Grid:
    """A file's cells as they came, row 1 first; ``faults`` are cells that hold no value, by (row, column)."""

    media_type: str
    rows: list[list[Value]]
    faults: dict[tuple[int, int], str] = field(default_factory=dict)


def read_grid(content: bytes) -> Grid:
    """The cells of an xlsx or csv file, told apart by content and never by name.

    Raises
    ------
    InputError
        when the file is empty, too large, of another kind, damaged, or unpacks to far more than it holds.
    """
    if intake.sniff(content) not in ("package", "text"):
        raise _no_table()
    kind = intake.inspect(content)
    if kind == "docx":
        raise _no_table()
    return _read_xlsx(content) if kind == "xlsx" else _read_csv(content)


def _no_table() -> InputError:
    return refuse(N_("This is not a table."), N_("Hand in an .xlsx or a .csv file."))


def _read_xlsx(content: bytes) -> Grid:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            faults = cells_without_value(package, _first_sheet(package))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = [[plain_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError, OSError, LookupError) as error:
        raise refuse(
            N_("The workbook is damaged and cannot be read."), N_("Open it and save it again as .xlsx.")
        ) from error
    return _bounded(Grid(XLSX, rows, faults))


def _first_sheet(package: zipfile.ZipFile) -> str:
    path = next(iter(sheet_paths(package).values()), None)
    if path is None:
        raise zipfile.BadZipFile("no sheet")
    return path


def _read_csv(content: bytes) -> Grid:
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(";\t,", key=first.count)
    try:
        rows: list[list[Value]] = [
            [cell.strip() or None for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        ]
    except csv.Error as error:
        raise refuse(
            N_("The text file is not a table: %(value)s."),
            N_("Save it again as CSV UTF-8."),
            value=str(error),
        ) from error
    return _bounded(Grid(CSV, rows))


def _bounded(grid: Grid) -> Grid:
    filled = sum(any(cell is not None for cell in row) for row in grid.rows)
    widest = max((len(row) for row in grid.rows), default=0)
    if filled > MAX_ROWS or widest > MAX_COLUMNS:
        raise refuse(
            N_("The table has %(value)s; at most %(limit)s are read."),
            N_("Hand in one row per year."),
            value=f"{filled} × {widest}",
            limit=f"{MAX_ROWS} × {MAX_COLUMNS}",
        )
    return grid

"""A partner's statement read, and compared with what stands here, by the kernel."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from trunghoa.crediting import (
    Balance,
    Held,
    Piece,
    Serial,
    compare_balances,
    compare_blocks,
    gaps,
    parse_serial,
)
from trunghoa.crediting.read import whole
from trunghoa.crediting.serials import overlaps
from trunghoa.parameters import Cells, read_cells
from trunghoa.quantities import N_, InputError, Problem

COLUMNS = ("serial", "account")
OPTIONS = ("quantity", "holder", "purpose")
LONGEST, LARGEST = 100, 2**63 - 1
# Kinds of account as this registry names them, and the three words that partners use for them.
PLACE_OF = {
    **dict.fromkeys(("held", "national", "entity", "pending", "external", "adaptation"), "held"),
    **dict.fromkeys(("used", "retirement_ndc", "retirement_oimp"), "used"),
    **dict.fromkeys(("cancelled", "cancel_voluntary", "cancel_omge"), "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a statement."""

    row: int
    serial: str
    series: str
    first: int
    last: int
    place: str
    holder: str
    purpose: str


def read(content: bytes, filename: str) -> list[Row]:
    """A statement in CSV, or the first sheet of a workbook, with the columns above.

    Raises
    ------
    InputError
        with one Problem for each cell that cannot be read, a quantity that is not that of the serial, and
        units that stand in two rows.
    """
    text = _as_csv(content, filename) if content.startswith(b"PK") else content
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statement.csv"
        path.write_bytes(text)
        _header, rows, problems = read_cells(path, required=COLUMNS, optional=OPTIONS)
        found = [row for cells in rows if (row := _row(cells)) is not None]
    problems += _twice(found)
    if not found and not problems:
        problems.append(Problem(N_("The file has no row with a block.")))
    if problems:
        named = [Problem(p.message, p.hint, filename, p.row, p.field, p.value, p.limit) for p in problems]
        raise InputError(sorted(named, key=lambda p: p.row or 0))
    return found


def _row(cells: Cells) -> Row | None:
    serial = cells.read("serial", _serial, required=True)
    account = cells.text("account", required=True)
    quantity = cells.read("quantity", whole)
    if account and account not in PLACE_OF:
        cells.refuse("account", N_("“%(value)s” is not one of: %(limit)s."), limit=", ".join(PLACE_OF))
    if serial is None or account not in PLACE_OF:
        return None
    if quantity is not None and quantity != serial.quantity:
        cells.refuse(
            "quantity",
            N_("%(value)s units are stated; the serial has %(limit)s."),
            limit=str(serial.quantity),
            hint=N_("Ask the partner which of the two holds."),
        )
    return Row(
        cells.row,
        serial.text,
        series_of(serial),
        serial.first,
        serial.last,
        PLACE_OF[account],
        cells.text("holder")[:200],
        cells.text("purpose")[:200],
    )


def _serial(text: str) -> Serial:
    """A serial whose numbers can be kept."""
    if len(text) > LONGEST:
        raise InputError(
            Problem(
                N_("The serial has %(value)s characters; %(limit)s are the most."),
                value=str(len(text)),
                limit=str(LONGEST),
            )
        )
    found = parse_serial(text)
    if found.last > LARGEST:
        raise InputError(
            Problem(
                N_("The number %(value)s is larger than any that is kept, %(limit)s."),
                value=str(found.last),
                limit=str(LARGEST),
            )
        )
    return found


def series_of(serial: Serial) -> str:
    """JCM units as the ledger names their series; of others the format comes first."""
    return "-".join(serial.series[1:] if serial.format == "jcm" else serial.series)


def _twice(rows: Sequence[Row]) -> Iterable[Problem]:
    by_series: dict[str, list[tuple[int, int, int]]] = {}
    for row in rows:
        by_series.setdefault(row.series, []).append((row.first, row.last, row.row))
    for blocks in by_series.values():
        yield from overlaps(blocks)


def _as_csv(content: bytes, filename: str) -> bytes:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [["" if v is None else str(v) for v in row] for row in book.worksheets[0].values]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise InputError(Problem(N_("The workbook cannot be read."), file=filename)) from error
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def missing(blocks: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Numbers between the blocks of a series that stand in none of them."""
    by_series: dict[str, list[tuple[int, int]]] = {}
    for series, first, last in blocks:
        by_series.setdefault(series, []).append((first, last))
    return [(series, *gap) for series, spans in sorted(by_series.items()) for gap in gaps(spans)]


Block = tuple[str, int, int, str]


def compared(here: Iterable[Block], there: Iterable[Block]) -> tuple[tuple[Balance, ...], tuple[Piece, ...]]:
    """Balances of both books, and what each says of every number."""
    ours, theirs = [Held(*b) for b in here], [Held(*b) for b in there]
    return compare_balances(ours, theirs), compare_blocks(ours, theirs)

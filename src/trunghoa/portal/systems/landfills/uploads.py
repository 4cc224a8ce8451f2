"""What a handed-in file really is, and its cells. Nothing is believed that the bytes do not say."""

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from trunghoa.quantities import N_, InputError, Problem

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 200
MAX_ROWS = 10_000
MAX_COLUMNS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_MIB = 2**20

Value = str | float | bool | date | None


@dataclass(frozen=True)
class Grid:
    """A file's cells as they came, row 1 first; ``faults`` are cells that hold no value, by (row, column)."""

    media_type: str
    rows: list[list[Value]]
    faults: dict[tuple[int, int], str] = field(default_factory=dict)


def refuse(message: str, hint: str = "", *, value: str = "", limit: str = "") -> InputError:
    return InputError(Problem(message, hint, value=value, limit=limit))


def read_grid(content: bytes) -> Grid:
    """The cells of an xlsx or csv file, told apart by content and never by name.

    Raises
    ------
    InputError
        when the file is empty, too large, of another kind, damaged, or unpacks to far more than it holds.
    """
    if not content.strip():
        raise refuse(N_("The file is empty."), N_("Fill in the template and hand it in again."))
    if len(content) > MAX_BYTES:
        raise refuse(
            N_("The file has %(value)s MiB; at most %(limit)s MiB are read."),
            N_("Leave out pictures and other sheets."),
            value=f"{len(content) / _MIB:.1f}",
            limit=str(MAX_BYTES // _MIB),
        )
    if content.startswith(b"PK\x03\x04"):
        return _read_xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(
            N_("This is an old .xls workbook or one with a password."),
            N_("Open it, take the password off, and save it as .xlsx."),
        )
    return _read_csv(content)


def _read_xlsx(content: bytes) -> Grid:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_package(package, content)
            faults = _cells_without_value(package)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = [[_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError, OSError, LookupError) as error:
        raise refuse(
            N_("The workbook is damaged and cannot be read."), N_("Open it and save it again as .xlsx.")
        ) from error
    return _bounded(Grid(XLSX, rows, faults))


def _check_package(package: zipfile.ZipFile, content: bytes) -> None:
    names = set(package.namelist())
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
        raise refuse(
            N_("This is a packed file but not an Excel workbook."), N_("Hand in an .xlsx or a .csv file.")
        )
    if any(n.endswith("vbaProject.bin") for n in names):
        raise refuse(N_("The workbook contains macros."), N_("Save it as .xlsx without macros."))
    unpacked = sum(_true_size(content, info) for info in package.infolist())
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(content), 4096):
        raise refuse(
            N_("The workbook unpacks to %(value)s MiB; a table of deposits needs less than %(limit)s MiB."),
            N_("Copy the table into a new workbook and hand that in."),
            value=f"{unpacked / _MIB:.0f}",
            limit=f"{min(MAX_UNPACKED, MAX_RATIO * len(content)) / _MIB:.0f}",
        )


def _true_size(content: bytes, info: zipfile.ZipInfo) -> int:
    """Unpacked size of a member, found by unpacking: what the header says may be a lie."""
    head = info.header_offset
    start = head + 30 + int.from_bytes(content[head + 26 : head + 28], "little")
    start += int.from_bytes(content[head + 28 : head + 30], "little")
    packed = content[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("unusual compression")
    unpacker, size = zlib.decompressobj(-15), 0
    while packed and size <= MAX_UNPACKED:
        size += len(unpacker.decompress(packed, _MIB))
        packed = unpacker.unconsumed_tail
    return size


_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<(?:v|t)(?:\s[^>]*)?>[^<]")


def _cells_without_value(package: zipfile.ZipFile) -> dict[tuple[int, int], str]:
    """Formulas never computed and errors such as #REF!: the reader below would take them for empty cells."""
    faults: dict[tuple[int, int], str] = {}
    for letters, number, attributes, body in _CELL.findall(package.read(_first_sheet(package))):
        place = (int(number), column_number(letters.decode()))
        if b't="e"' in attributes:
            faults[place] = "error"
        elif b"<f" in body and not _VALUE.search(body):
            faults[place] = "formula"
    return faults


def _first_sheet(package: zipfile.ZipFile) -> str:
    book = package.read("xl/workbook.xml").decode("utf-8", "replace")
    links = package.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    first = re.search(r"<(?:\w+:)?sheet\b[^>]*\br:id=\"([^\"]+)\"", book)
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        if first and f'Id="{first[1]}"' in link and (target := re.search(r'Target="([^"]+)"', link)):
            path = target[1].lstrip("/")
            return path if path.startswith("xl/") else f"xl/{path}"
    raise zipfile.BadZipFile("no sheet")


def _plain(cell: str | float | bool | datetime | date | time | timedelta | int) -> Value:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool | float):
        return cell
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else str(cell)


def _read_csv(content: bytes) -> Grid:
    text = _decoded(content)
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


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(
            N_("This is neither an Excel workbook nor text in UTF-8."),
            N_("Hand in an .xlsx file, or save the table as “CSV UTF-8”."),
        ) from error
    if any(ord(char) < 32 and char not in "\t\r\n" for char in text[:100_000]) or text.startswith("%PDF"):
        raise refuse(N_("This is not a table."), N_("Hand in an .xlsx or a .csv file."))
    return text


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


def column_letter(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number

"""Cells of a workbook as they came, and which of them hold no value."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from html import unescape

Value = str | float | bool | date | None


def plain_cell(cell: str | float | bool | datetime | date | time | timedelta | int) -> Value:
    """A cell's value; one that is only spaces holds none."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool | float):
        return cell
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else str(cell)


_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)(?<!/)>(.*?)</c>', re.DOTALL)
_VALUE = re.compile(rb"<(?:v|t)(?:\s[^>]*)?>[^<]")


def cells_without_value(package: zipfile.ZipFile, path: str) -> dict[tuple[int, int], str]:
    """Formulas never computed and errors such as #REF!: the reader below would take them for empty cells."""
    faults: dict[tuple[int, int], str] = {}
    for letters, number, attributes, body in _CELL.findall(package.read(path)):
        place = (int(number), column_number(letters.decode()))
        if b't="e"' in attributes:
            faults[place] = "error"
        elif b"<f" in body and not _VALUE.search(body):
            faults[place] = "formula"
    return faults


def sheet_paths(package: zipfile.ZipFile) -> dict[str, str]:
    """The sheets by name, in their order, and the part of the package that each is."""
    book = package.read("xl/workbook.xml").decode("utf-8", "replace")
    links = package.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        key, target = re.search(r'\bId="([^"]+)"', link), re.search(r'Target="([^"]+)"', link)
        if key and target:
            path = target[1].lstrip("/")
            targets[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
    found = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        name, key = re.search(r'\bname="([^"]*)"', sheet), re.search(r'\br:id="([^"]+)"', sheet)
        if name and key and key[1] in targets:
            found[unescape(name[1])] = targets[key[1]]
    return found


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

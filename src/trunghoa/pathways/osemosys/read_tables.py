"""Read an otoole CSV folder or workbook: one file or sheet per set and parameter, long or with years across.

Defaults come from ``config.yaml`` where there is one, else from the format itself. The folder may also be
the one above (``data/`` beside ``config.yaml``); a workbook may have its ``config.yaml`` beside it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trunghoa.quantities import N_, InputError, Problem

from ..lp import Ints
from .draft import Draft
from .model import Model
from .schema import ALIASES, FURTHER_RESULTS, PARAMETERS, RESULTS, SETS
from .texts import decode, read_bytes

CONFIG = "config.yaml"
SHEET_NAME = 31
"""Longest name of a sheet; otoole cuts two names in its own way."""
_SHEETS = {
    "TotalTechnologyModelPeriodActLo": "TotalTechnologyModelPeriodActivityLowerLimit",
    "TotalTechnologyModelPeriodActUp": "TotalTechnologyModelPeriodActivityUpperLimit",
}
_KNOWN = {**ALIASES, **{name: name for name in (*SETS, *PARAMETERS)}}


def read_folder(folder: Path) -> Model:
    """Read a folder of CSV files.

    Raises
    ------
    InputError
        with file, row, column and value of everything that is wrong.
    """
    data = folder / "data" if (folder / "data").is_dir() and not _csv_files(folder) else folder
    files = _csv_files(data)
    if not files:
        raise InputError(Problem(N_("The folder holds no CSV files."), file=folder.name))
    draft = Draft(folder.name)
    _configure(draft, [data / CONFIG, data.parent / CONFIG])
    sheets = {}
    for path in files:
        name = path.name.removesuffix(".gz").removesuffix(".csv")
        if name in RESULTS or name in FURTHER_RESULTS:
            continue
        if name not in _KNOWN:
            draft.notices.append(f"{path.name} is neither a set nor a parameter and was not read.")
            continue
        sheets[name] = (path.name, _rows(path, draft))
    return _finish(draft, sheets)


def _csv_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.name.endswith((".csv", ".csv.gz")))


def read_workbook(path: Path) -> Model:
    """Read an ``.xlsx`` workbook with one sheet per set and parameter.

    Raises
    ------
    InputError
        with sheet, row, column and value of everything that is wrong.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    draft = Draft(path.name)
    short = _configure(draft, [path.parent / CONFIG])
    sheets = {}
    try:
        book = CalamineWorkbook.from_path(str(path))
        for sheet in book.sheet_names:
            name = _parameter_of(sheet, short)
            if name is None:
                draft.notices.append(f"The sheet {sheet} is neither a set nor a parameter and was not read.")
                continue
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            sheets[name] = (f"{path.name}, {sheet}", [(i, row) for i, row in enumerate(rows, 1)])
    except (CalamineError, OSError) as error:
        raise InputError(
            Problem(N_("The workbook cannot be read: %(value)s"), file=path.name, value=str(error))
        ) from None
    return _finish(draft, sheets)


def _parameter_of(sheet: str, short: dict[str, str]) -> str | None:
    name = sheet.strip()
    if name in short or name in _SHEETS:
        return short.get(name) or _SHEETS[name]
    if name in _KNOWN:
        return name
    long = [known for known in PARAMETERS if len(known) > SHEET_NAME and known[:SHEET_NAME] == name]
    return long[0] if len(long) == 1 else None


_Rows = list[tuple[int, list[Any]]]


def _rows(path: Path, draft: Draft) -> _Rows:
    text = decode(read_bytes(path), path.name, draft)
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else "\t" if "\t" in head and "," not in head else ","
    rows: _Rows = []
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    commas = 0
    for row in reader:
        if delimiter == ";" and row and "," in row[-1]:
            row[-1] = row[-1].replace(",", ".")
            commas += 1
        if any(row):
            rows.append((reader.line_num, list(row)))
    if commas:
        draft.notices.append(f"{path.name}: decimal commas in {commas} rows were read as decimal points.")
    return rows


def _configure(draft: Draft, places: Iterable[Path]) -> dict[str, str]:
    """Take defaults and units from the first configuration that is there; give its short sheet names."""
    found = next((p for p in places if p.is_file()), None)
    if found is None:
        draft.notices.append(f"There is no {CONFIG}: values that are not given are those of the format.")
        return {}
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        config = yaml.load(decode(read_bytes(found), found.name, draft), Loader=loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise InputError(
            Problem(N_("The file is not YAML: %(value)s"), file=found.name, value=str(error))
        ) from None
    short = {}
    for name, entry in (config if isinstance(config, dict) else {}).items():
        if name == "units" and isinstance(entry, dict):
            draft.units.update({str(k): str(v) for k, v in entry.items()})
        if not isinstance(entry, dict):
            continue
        if "short_name" in entry and name in _KNOWN:
            short[str(entry["short_name"])] = str(name)
        if name in PARAMETERS and entry.get("type") == "param" and entry.get("default") is not None:
            draft.set_default(name, entry["default"], file=found.name)
    return short


def _finish(draft: Draft, sheets: dict[str, tuple[str, _Rows]]) -> Model:
    for name, (file, rows) in sheets.items():
        if name in SETS or name in ALIASES:
            draft.add_set(name, _members(name, rows), file=file)
    for name, (file, rows) in sheets.items():
        if name in PARAMETERS:
            _parameter(draft, name, file, rows)
    return draft.finish()


def _members(name: str, rows: _Rows) -> list[str]:
    texts = [_text(row[0]) for _, row in rows if row and _text(row[0])]
    return texts[1:] if texts and texts[0].upper() in {"VALUE", name} else texts


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _parameter(draft: Draft, name: str, file: str, rows: _Rows) -> None:
    if not rows:
        draft.add(name, tuple(np.empty(0, dtype=np.int32) for _ in PARAMETERS[name].dims), np.empty(0))
        return
    header = [_text(cell) for cell in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    if name == "TradeRoute" and len(rows) == 1:
        return  # Older otoole files name one region in the heading and hold no rows.
    dims = _dims(draft, name, file, header)
    if dims is None:
        return
    wide = len(dims) < len(PARAMETERS[name].dims)
    body, width = [], len(header)
    for number, row in rows[1:]:
        cells = row[:width]
        if not any(_text(c) for c in cells):
            continue
        if len(cells) < width or any(_text(c) for c in row[width:]):
            draft.refuse(
                N_("The row has %(value)s cells instead of %(limit)s."),
                N_("Every row has as many cells as the heading."),
                file=file, row=number, field=name, value=str(len(row)), limit=str(width),
            )  # fmt: skip
            continue
        body.append((number, cells))
    if wide:
        _wide(draft, name, file, header, dims, body)
    else:
        _long(draft, name, file, dims, body)


def _dims(draft: Draft, name: str, file: str, header: Sequence[str]) -> list[int] | None:
    """Column of each dimension; without the last where its members stand across."""
    wanted = list(PARAMETERS[name].dims)
    columns: list[int] = []
    for k, dim in enumerate(wanted):
        names = {dim, *(a for a, of in ALIASES.items() if of == dim)}
        if wanted.index(dim) < k:
            names |= {f"{dim}.1", f"_{dim}", f"{dim}2", f"{dim}_2", f"{dim}R"}
        found = [i for i, text in enumerate(header) if text.upper() in names and i not in columns]
        if found:
            columns.append(found[0])
            continue
        if k == len(wanted) - 1 and "VALUE" not in [h.upper() for h in header]:
            return columns
        draft.refuse(
            N_("There is no column “%(value)s”."),
            N_("The heading reads: %(limit)s."),
            file=file, row=1, field=name, value=dim, limit=",".join((*wanted, "VALUE")),
        )  # fmt: skip
        return None
    if header[-1].upper() != "VALUE":
        draft.refuse(
            N_("The last column is “%(value)s”."),
            N_("The heading reads: %(limit)s."),
            file=file, row=1, field=name, value=header[-1], limit=",".join((*wanted, "VALUE")),
        )  # fmt: skip
        return None
    return columns


def _long(draft: Draft, name: str, file: str, dims: list[int], body: _Rows) -> None:
    numbers = [number for number, _ in body]
    keys: list[Ints] = []
    for k, dim in enumerate(PARAMETERS[name].dims):
        labels = [_text(cells[dims[k]]) for _, cells in body] if body else []
        keys.append(draft.positions(name, dim, labels, file=file, rows=numbers))
    texts = [cells[-1] if isinstance(cells[-1], float) else _text(cells[-1]) for _, cells in body]
    values = draft.numbers(name, texts, file=file, rows=numbers)
    draft.add(name, tuple(keys), values, file=file, rows=numbers)


def _wide(draft: Draft, name: str, file: str, header: Sequence[str], dims: list[int], body: _Rows) -> None:
    spec = PARAMETERS[name]
    across = [i for i in range(len(header)) if i not in dims]
    last = draft.positions(
        name, spec.dims[-1], [header[i] for i in across], file=file, rows=[1] * len(across)
    )
    numbers = [number for number, _ in body]
    keys = []
    for dim, column in zip(spec.dims[:-1], dims, strict=True):
        labels = [_text(cells[column]) for _, cells in body]
        found = draft.positions(name, dim, labels, file=file, rows=numbers)
        keys.append(np.repeat(found, len(across)))
    cells = [row[i] for _, row in body for i in across]
    given = np.array([not _blank(cell) for cell in cells], dtype=bool)
    places = np.repeat(np.array(numbers, dtype=np.int32), len(across))[given]
    texts = [c if isinstance(c, float) else _text(c) for c, kept in zip(cells, given, strict=True) if kept]
    values = draft.numbers(name, texts, file=file, rows=places.tolist())
    everywhere = (*keys, np.tile(last, len(body)))
    draft.add(name, tuple(key[given] for key in everywhere), values, file=file, rows=places.tolist())


def _blank(cell: Any) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell))

"""Write results: a folder of OSeMOSYS CSV tables, or a workbook with a sheet per table."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from trunghoa.quantities import ModelError

from .model import Model
from .results import Results, ResultTable


def write_tables(results: Results, folder: Path) -> list[Path]:
    """Write each table as ``NAME.csv`` with the columns of otoole.

    Returns
    -------
    paths : the files written
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in results:
        path = folder / f"{table.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*table.dims, "VALUE"])
            writer.writerows(zip(*table.labels(results.model), table.values.tolist(), strict=True))
        written.append(path)
    return written


def write_workbook(results: Results, path: Path) -> None:
    """Write every table as a sheet of a workbook, with its unit in the heading where it is known.

    Raises
    ------
    ModelError
        A table has more rows than a sheet can hold.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        # The same results give the same bytes.
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001
        bold = book.add_format({"bold": True})
        for table in results:
            _sheet(book.add_worksheet(_sheet_name(table.name)), table, results.model, bold)


def _sheet_name(name: str) -> str:
    short = {
        "DiscountedTechnologyEmissionsPenalty": "DiscountedTechEmissionsPenalty",
        "RateOfProductionByTechnologyByMode": "RateOfProductionByTechByMode",
        "TotalAnnualTechnologyActivityByMode": "TotalAnnualTechActivityByMode",
        "TotalTechnologyModelPeriodActivity": "TotalTechModelPeriodActivity",
    }
    return short.get(name, name)


ROWS_OF_A_SHEET = 1_048_576


def _sheet(sheet: object, table: ResultTable, model: Model, bold: object) -> None:
    if table.values.size >= ROWS_OF_A_SHEET:
        raise ModelError(f"{table.name} has {table.values.size} rows, more than a sheet holds; use CSV.")
    write_row = sheet.write_row  # type: ignore[attr-defined]
    unit = model.units.get(table.measure, "")
    write_row(0, 0, [*table.dims, f"VALUE ({unit})" if unit else "VALUE"], bold)
    rows = zip(*table.labels(model), table.values.tolist(), strict=True)
    for number, row in enumerate(rows, 1):
        write_row(number, 0, row)

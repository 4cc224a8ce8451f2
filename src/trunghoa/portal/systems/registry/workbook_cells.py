"""Cells of a monitoring workbook as they came, and what is wrong with them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from trunghoa.portal.core.record.grids import (
    Value,
    cells_without_value,
    column_letter,
    plain_cell,
    sheet_paths,
)
from trunghoa.portal.core.record.intake import refuse
from trunghoa.quantities import N_, Problem

from .tasks import calculation
from .workbook import INPUT

MAX_ROWS = 50_000


@dataclass(frozen=True)
class CellProblem:
    """A problem, and the sheet and cell it is in."""

    problem: Problem
    cell: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"cell": self.cell, **asdict(self.problem)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CellProblem:
        return cls(Problem(**{k: v for k, v in data.items() if k != "cell"}), data["cell"])


@dataclass
class Row:
    """One value as the sheet gives it."""

    number: int
    value: Decimal
    option: str
    meter: str
    calibrated: date | None
    evidence: str


@dataclass
class Report:
    """What a workbook says, or what is wrong with it."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    found: calculation.Outcome | None = None
    problems: list[CellProblem] = field(default_factory=list)

    def add(self, message: str, hint: str = "", *, row: int = 0, column: int = -1, **more: str) -> None:
        cell = f"{column_letter(column + 1)}{row}" if row and column >= 0 else ""
        self.problems.append(CellProblem(Problem(message, hint, **more), cell))  # type: ignore[arg-type]


def grid(content: bytes) -> tuple[list[list[Value]], dict[tuple[int, int], str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            path = sheet_paths(package).get(INPUT)
            if path is None:
                raise refuse(
                    N_("The workbook has no sheet %(limit)s."), N_("Start from the template."), limit=INPUT
                )
            faults = cells_without_value(package, path)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(INPUT)
        rows = [[plain_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError, OSError, LookupError) as error:
        raise refuse(
            N_("The workbook is damaged and cannot be read."), N_("Open it and save it again as .xlsx.")
        ) from error
    if len(rows) > MAX_ROWS:
        raise refuse(
            N_("The sheet has %(value)s rows; at most %(limit)s are read."), "",
            value=str(len(rows)), limit=str(MAX_ROWS),
        )  # fmt: skip
    return rows, faults


def text(cell: Value) -> str:
    """A cell as text; a whole number without its fraction, so that a meter 12345 keeps its name."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)

"""The agreed electronic format: its words, and what the kernel checks and writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trunghoa.crediting import Verdict
from trunghoa.crediting.aef import (
    Report,
    Template,
    blank_row,
    check,
    check_consistency,
    check_mirror,
    load_template,
    read_workbook,
    template_versions,
    write_workbook,
)
from trunghoa.crediting.verdict import Finding
from trunghoa.quantities import Problem

from .dated import parameters


def words(table: int, field: str) -> tuple[str, ...]:
    """The picklist of a field."""
    return load_template().table(table).field(field).values


def first_vintage() -> int:
    found = parameters().get("article6", as_of=datetime.now(tz=UTC).date(), item="first_vintage")
    return int(found.value)


def versions() -> tuple[str, ...]:
    return template_versions()


def template(version: str) -> Template:
    """A version of the format; the latest where none is named."""
    return load_template(version) if version else load_template()


def report(chosen: Template, tables: Sequence[Sequence[dict[str, Any]]]) -> Report:
    """A report of five tables of plain rows; fields that are not named are blank."""
    return Report(
        chosen,
        {
            table.sheet: tuple(blank_row(table, **row) for row in rows)
            for table, rows in zip(chosen.tables, tables, strict=True)
        },
    )


def checked(made: Report, earlier: Sequence[Report], *, first_report: bool) -> tuple[Finding, ...]:
    """Every check before submission: cells, then consistency."""
    cells = tuple(check(made))
    found = Finding("cells", Verdict.FAILED if cells else Verdict.PASSED, cells)
    return (
        found,
        *check_consistency(made, first_vintage=first_vintage(), earlier=earlier, first_report=first_report),
    )


def mirrored(made: Report, partner: Report | None) -> Finding:
    return check_mirror(made, partner)


def workbook(made: Report, *, draft: bool) -> bytes:
    return write_workbook(made, draft=draft)


def read(content: bytes, version: str = "") -> Report:
    """Read a workbook that was handed in.

    Raises
    ------
    InputError
        with one Problem for each cell that cannot be read.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        path.write_bytes(content)
        return read_workbook(path, template(version))


def problems_of(findings: Sequence[Finding]) -> list[tuple[str, str, Problem | None]]:
    """One row for each problem, and one for each check that found none."""
    rows: list[tuple[str, str, Problem | None]] = []
    for found in findings:
        rows += [(found.check, found.verdict.value, problem) for problem in found.problems]
        if not found.problems:
            rows.append((found.check, found.verdict.value, None))
    return rows

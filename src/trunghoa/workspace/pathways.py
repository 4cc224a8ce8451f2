"""The pathway model of a workspace: its folder ``pathways`` of AIM/Enduse tables, levers and scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from trunghoa.parameters import Parameters
from trunghoa.pathways.bottom_up import Measure, read_measures
from trunghoa.pathways.enduse import (
    Book,
    Check,
    Tables,
    compile_model,
    pull,
    read_balance,
    read_folder,
    read_scenarios,
)
from trunghoa.quantities import InputError, Problem

FOLDER = "pathways"


@dataclass(frozen=True)
class PathwayRecord:
    """Tables, scenarios, what the base year is held against, measures of experts, and the files."""

    tables: Tables
    book: Book
    checks: tuple[Check, ...]
    files: Mapping[str, str]
    measures: tuple[Measure, ...] = ()


def read_pathways(
    folder: Path, parameters: Parameters, as_of: date, problems: list[Problem]
) -> PathwayRecord | None:
    """Read and check the model and every scenario; None where the workspace has no such folder."""
    path = folder / FOLDER
    if not path.is_dir():
        return None
    try:
        tables = read_folder(path, parameters=parameters, as_of=as_of, sourced=True)
        book = read_scenarios(path, sourced=True)
        checks = read_balance(path)
        measures = read_measures(path)
        compile_model(tables)
        for code in book.scenarios:
            compile_model(pull(tables, book.pulled(code)))
    except InputError as error:
        problems += [problem.at(file=FOLDER) for problem in error.problems]
        return None
    files = {p.name: p.read_text(encoding="utf-8-sig") for p in sorted(path.glob("*.csv"))}
    return PathwayRecord(tables, book, checks, files, measures)

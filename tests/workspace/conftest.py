from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trunghoa import workspace
from trunghoa.quantities import InputError, Problem


@pytest.fixture(scope="session")
def vietnam() -> workspace.Workspace:
    return workspace.load("vietnam")


@pytest.fixture(scope="session")
def outcome(vietnam) -> workspace.Outcome:
    return workspace.run(vietnam)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example that a test may spoil."""
    return Path(shutil.copytree(workspace.find("vietnam"), tmp_path / "country"))


@pytest.fixture
def spoil(folder: Path) -> Callable[..., None]:
    """Write cells of a table: ``spoil("systems", {2: {"code": "X"}})`` changes row 2."""

    def change(table: str, cells: dict[int, dict[str, str]]) -> None:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        for number, values in cells.items():
            for column, text in values.items():
                rows[number - 2][header.index(column)] = text
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])

    return change


@pytest.fixture
def problems(folder: Path) -> Callable[[], list[Problem]]:
    """Why the folder is refused."""

    def found() -> list[Problem]:
        with pytest.raises(InputError) as caught:
            workspace.load(folder)
        return list(caught.value.problems)

    return found

"""From a folder to a Workspace: everything that is wrong is said at once, with file, row and field."""

from __future__ import annotations

from pathlib import Path

from trunghoa.parameters import DATA, Parameter, Parameters, read_table
from trunghoa.quantities import N_, InputError, ParameterError, Problem

from .checks import check_rows, gazetteer_of, stated_reports
from .landfills import landfill_records
from .model import Workspace
from .pathways import read_pathways
from .rows import TABLES, Backed
from .settings import read_settings
from .tables import read_rows

EXAMPLES = DATA.parent
Read = dict[str, list[tuple[int, Backed]]]


def find(name: str | Path) -> Path:
    """The folder of a workspace: a path, or the name of an example that comes with the package.

    Raises
    ------
    InputError
        when there is neither.
    """
    path = Path(name)
    if path.is_dir():
        return path
    if len(path.parts) == 1 and (EXAMPLES / path / "workspace.toml").is_file():
        return EXAMPLES / path
    examples = ", ".join(sorted(p.parent.name for p in EXAMPLES.glob("*/workspace.toml")))
    raise InputError(
        Problem(
            N_("There is no folder “%(value)s”."),
            N_("Give the path of a workspace, or the name of an example: %(limit)s."),
            value=str(name),
            limit=examples,
        )
    )


def load(folder: str | Path) -> Workspace:
    """Read and check a workspace.

    Parameters
    ----------
    folder : path, or the name of an example (``vietnam``)

    Raises
    ------
    InputError
        with one Problem for each thing wrong in any of its files.
    """
    path = find(folder)
    settings, problems = read_settings(path)
    if settings is None:
        raise InputError(problems)
    tables: Read = {}
    for table in settings.tables:
        rows, faults = read_rows(path / f"{table}.csv", TABLES[table])
        tables[table] = rows
        problems += faults
    problems += [
        Problem(
            N_("The table is not in the list of tables."),
            N_("Add it to workspace.toml or remove it."),
            p.name,
        )
        for p in sorted(path.glob("*.csv"))
        if p.stem not in settings.tables
    ]
    own, parameters, faults = _parameters(path)
    problems += faults
    # What refers to a row that could not be read would only repeat that row's fault.
    broken = {p.file.removesuffix(".csv") for p in problems}
    problems += check_rows(settings, tables, parameters, broken)
    if problems:
        raise InputError(problems)
    gazetteer = gazetteer_of(tables)
    notices: list[Problem] = []
    records = landfill_records(settings, tables, parameters, problems, notices)
    reports = stated_reports(tables, problems)
    pathways = read_pathways(path, parameters, settings.as_of, problems)
    if problems:
        raise InputError(problems)
    return Workspace(
        settings=settings,
        tables={name: tuple(row for _, row in rows) for name, rows in tables.items()},
        parameters=parameters,
        own_parameters=own,
        gazetteer=gazetteer,
        reports=reports,
        landfills=records,
        notices=tuple(notices),
        pathways=pathways,
    )


def _parameters(path: Path) -> tuple[tuple[Parameter, ...], Parameters, list[Problem]]:
    package = list(Parameters.load())
    own: list[Parameter] = []
    problems: list[Problem] = []
    for file in sorted((path / "parameters").glob("*.csv")):
        try:
            own += read_table(file)
        except InputError as error:
            problems += [p.at(file=f"parameters/{file.name}") for p in error.problems]
    try:
        return tuple(own), Parameters([*package, *own]), problems
    except ParameterError as error:
        problems.append(Problem(str(error).replace("%", "%%"), file="parameters"))
    return (), Parameters(package), problems

"""``trunghoa pathways solve PATH`` and ``trunghoa pathways macc PATH``: models of any supported format."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from trunghoa.quantities import InputError, ModelError, TrungHoaError

if TYPE_CHECKING:
    from trunghoa.pathways.osemosys import Outcome

app = typer.Typer(no_args_is_help=True, help="Emission-reduction pathways and carbon prices.")

_Path = Annotated[
    Path,
    typer.Argument(
        exists=True,
        help="GMPL data file (.txt, .gz), otoole CSV folder, workbook (.xlsx) or AIM/Enduse folder.",
    ),
]
_Method = Annotated[str, typer.Option(help="simplex or ipm.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON; that is also what a program gets.")]


@app.command("solve")
def solve(
    path: _Path,
    method: _Method = "simplex",
    foresight: Annotated[
        str | None, typer.Option(help="perfect, recursive, rolling or rolling:WINDOW:STEP (years).")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Scenario of an AIM/Enduse folder, or all; case of a file.")
    ] = None,
    as_json: _Json = False,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for the result tables.")] = None,
    workbook: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the tables as .xlsx.")] = None,
    program: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the linear program as .mps or .lp.")
    ] = None,
    iamc: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write an IAMC table, .csv or .xlsx; OSeMOSYS only.")
    ] = None,
    iamc_roles: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV: set, member, name; gives IAMC's own variables."),
    ] = None,
    time_limit: Annotated[float | None, typer.Option(min=0.0, help="Seconds for one solve.")] = None,
) -> None:
    """Solve a model and write its result tables."""
    from trunghoa.pathways import inputs

    try:
        if inputs.kind_of(path) == "enduse":
            if iamc is not None:
                raise ModelError("--iamc writes the tables of OSeMOSYS models; AIM/Enduse has other results.")
            found = inputs.solve_enduse(
                path,
                method=method,
                foresight=foresight,
                time_limit=time_limit,
                scenario=scenario,
                out=out,
            )
            lines = [f"{name}: {value}" for name, value in found.items()]
        else:
            options = method, foresight or "perfect", time_limit
            table = iamc, iamc_roles, scenario or path.name.split(".")[0]
            found, lines = _osemosys(path, options, out, workbook, program, table)
    except TrungHoaError as error:
        _refuse(error)
    _print(found, lines, as_json)


def _osemosys(
    path: Path,
    chosen: tuple[str, str, float | None],
    out: Path | None,
    workbook: Path | None,
    program: Path | None,
    table: tuple[Path | None, Path | None, str],
) -> tuple[dict[str, Any], list[str]]:
    import time

    from trunghoa.pathways.osemosys import Foresight, Options, solve_path, write_tables, write_workbook
    from trunghoa.pathways.solving import Solver

    method, foresight, time_limit = chosen
    options = Options(method=method, foresight=Foresight.parse(foresight), time_limit=time_limit)
    outcome = solve_path(path, options)
    found = outcome.as_dict()
    began = time.perf_counter()
    if outcome.solution.optimal and out is not None:
        found["files"] = len(write_tables(outcome.results, out))
    if outcome.solution.optimal and workbook is not None:
        write_workbook(outcome.results, workbook)
    if program is not None:
        Solver(outcome.built.program).write(program)
    if outcome.solution.optimal:
        found["notices"] += _iamc(outcome, *table)
    found["seconds"]["results"] += round(time.perf_counter() - began, 6)
    return found, _lines(outcome, found)


def _iamc(outcome: Outcome, path: Path | None, roles: Path | None, scenario: str) -> list[str]:
    """Write the IAMC table, by its own variables where roles are given; say what they leave out."""
    from trunghoa.pathways.osemosys import (
        OWN_NAMES,
        iamc,
        read_roles,
        standard_rules,
        without_role,
        write_iamc,
    )

    if path is None:
        return []
    if roles is None:
        write_iamc(iamc(outcome.results, OWN_NAMES), path, model="trunghoa", scenario=scenario)
        return ["The IAMC table has the model's own names; --iamc-roles gives it IAMC's."]
    found = read_roles(roles, outcome.model)
    rows = iamc(outcome.results, standard_rules(outcome.model, found))
    write_iamc(rows, path, model="trunghoa", scenario=scenario)
    left = without_role(outcome.model, found)
    return [f"Not in the IAMC table, for want of a role: {s} {', '.join(m)}." for s, m in left.items() if m]


def _lines(outcome: Outcome, found: dict[str, Any]) -> list[str]:
    said = [f"Status: {found['status']} ({found['method']}, {found['foresight']} foresight)"]
    if found["objective"] is not None:
        said.append(f"Objective: {found['objective']:,.6f}")
    if outcome.solution.optimal:
        said.append(f"Demand left to backstop technologies: {found['unmet']:,.6g}")
    said += [
        f"  {u['fuel']} in {u['year']}: {u['value']:,.6g} by {u['technology']}"
        for u in found["unmet_by"][:10]
    ]
    said += [f"  {lack}" for lack in found["lacks"][:20]]
    said.append(f"Program: {found['rows']} rows, {found['cols']} columns, {found['nnz']} coefficients")
    said += [f"Seconds: {', '.join(f'{k} {v:.2f}' for k, v in found['seconds'].items())}"]
    said += [f"Notice: {notice}" for notice in found["notices"]]
    return said


@app.command("macc")
def macc(
    path: _Path,
    prices: Annotated[str, typer.Option(help="FROM:TO:STEP, in the model's money per unit of emission.")],
    emission: Annotated[
        str | None, typer.Option(help="The emission that is priced; the first named like CO2 if left out.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Marginal abatement cost: solve at each carbon price, from one warm start to the next."""
    from trunghoa.pathways import inputs
    from trunghoa.pathways.osemosys import parse_prices, price_sweep, read_model

    try:
        if inputs.kind_of(path) == "enduse":
            found = inputs.sweep_enduse(path, parse_prices(prices))
        else:
            found = price_sweep(read_model(path), parse_prices(prices), emission).as_dict()
    except TrungHoaError as error:
        _refuse(error)
    lines = [f"{'price':>12} {'emission':>16} {'abated':>16} {'cost without price':>20}"]
    lines += [
        f"{s['price']:12g} {s['emission']:16.6g} {s['abated']:16.6g} {s['cost']:20.6f}"
        for s in found["steps"]
    ]
    _print(found, lines, as_json)


def _print(found: dict[str, Any], lines: list[str], as_json: bool) -> None:
    if as_json or not sys.stdout.isatty():
        typer.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))
    else:
        for line in lines:
            typer.echo(line)


def _refuse(error: TrungHoaError) -> NoReturn:
    lines = [str(p) for p in error.problems] if isinstance(error, InputError) else [str(error)]
    for line in lines:
        typer.echo(" ".join(line.split()), err=True)
    raise typer.Exit(1)

"""The command line: ``trunghoa landfill run FOLDER``, ``trunghoa run WORKSPACE``, and the portal's commands.

Exit codes: 0 done, 1 the input was refused (one line each on stderr), 2 the command was mistyped.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import trunghoa
from trunghoa.cli_article6 import app as article6
from trunghoa.cli_pathways import app as pathways
from trunghoa.quantities import InputError, TrungHoaError

if TYPE_CHECKING:
    from trunghoa.landfill import Result

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
landfill = typer.Typer(no_args_is_help=True, help="Methane of landfills.")
app.add_typer(landfill, name="landfill")
app.add_typer(pathways, name="pathways")
app.add_typer(article6, name="article6")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trunghoa {trunghoa.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Measure, plan, act, credit, warn and report toward carbon neutrality by 2050."""


def refuse(error: TrungHoaError) -> NoReturn:
    """Print what is wrong, one line each, and leave with code 1."""
    lines = [str(p) for p in error.problems] if isinstance(error, InputError) else [str(error)]
    for line in lines:
        typer.echo(" ".join(line.split()), err=True)
    raise typer.Exit(1)


@landfill.command("run")
def landfill_run(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="site.toml and deposits.csv")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    horizon: Annotated[int | None, typer.Option(help="Last year of the series.")] = None,
) -> None:
    """Compute the methane of one landfill."""
    from trunghoa.landfill import located, read_folder, resolve, run
    from trunghoa.parameters import Parameters

    try:
        given, as_of = read_folder(folder)
        if horizon is not None:
            given = replace(given, choices=replace(given.choices, horizon=horizon))
        result = run(resolve(given, Parameters.load(), as_of or datetime.now(tz=UTC).date()))
    except InputError as error:
        refuse(located(error))
    except TrungHoaError as error:
        refuse(error)
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, allow_nan=False))
    else:
        _print_result(result)


@app.command("run")
def workspace_run(
    workspace: Annotated[
        str, typer.Argument(help="Folder of a country, or the name of an example: vietnam.")
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the figures.")],
) -> None:
    """Run every kernel over a workspace and write its figures; no database is needed."""
    from trunghoa.workspace import load, run, write

    try:
        ws = load(workspace)
        with _progress() as step:
            outcome = run(ws, step)
        written = write(outcome, out)
    except TrungHoaError as error:
        refuse(error)
    done = {
        "figures": len(outcome.figures),
        "files": len(written),
        "out": str(out),
        "notices": len(outcome.notices),
    }
    typer.echo(json.dumps(done, ensure_ascii=False))


PORTAL = {
    "load": "Load a workspace into the portal's database.",
    "serve": "Serve the portal on this machine, with a worker.",
    "worker": "Work through the portal's background jobs.",
    "remind": "Mail each person what is due soon or late; once a night.",
    "audit": "Check the chain of recorded changes: trunghoa audit verify.",
    "registry": "Files of Article 6 and the CAD Trust: trunghoa registry aef YEAR, trunghoa registry cadt.",
    "ledger": "Recompute the ledger, or seal what is new: trunghoa ledger verify, trunghoa ledger seal.",
    "backup": "Write database and documents into one file, while the portal is in use.",
    "restore": "Read a backup into an empty database and check it.",
    "manage": "Any command of the portal: trunghoa manage help lists them.",
}


def _portal_command(name: str, about: str) -> None:
    """Hand a command with all its arguments, ``--help`` too, to the portal."""
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}

    @app.command(name, help=about, context_settings=passed_on, add_help_option=False)
    def _(context: typer.Context) -> None:
        from trunghoa.portal import manage

        manage.main(["trunghoa", *([] if name == "manage" else [name]), *context.args])


for _name, _about in PORTAL.items():
    _portal_command(_name, _about)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar for a person at a terminal, a line of JSON per step for a program."""
    if not sys.stdout.isatty():
        yield lambda done, of, what: typer.echo(
            json.dumps({"done": done, "of": of, "what": what}, ensure_ascii=False)
        )
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, of, what: bar.update(task, completed=done, total=of, description=what)


def _print_result(result: Result) -> None:
    from rich.console import Console
    from rich.table import Table

    inputs, methane = result.inputs, result.methane
    console = Console()
    console.print(f"{inputs.site.name} ({inputs.site.key}), {inputs.guideline}, as of {inputs.as_of}")
    console.print(f"Climate: {inputs.climate}", highlight=False)
    console.print(f"Management: {inputs.site_class}", highlight=False)
    table = Table("Year", "Deposited t", "CH4 generated t", "CH4 emitted t", "Reduction tCO2e")
    for column in table.columns[1:]:
        column.justify = "right"
    found = result.reductions
    saved = dict(zip(found.years, found.reduction.tolist(), strict=True)) if found is not None else {}
    generated, emitted = methane.generated.sum(axis=1), methane.emitted.sum(axis=1)
    for row, year in enumerate(inputs.years):
        numbers = (inputs.deposited[row], generated[row], emitted[row])
        reduction = f"{saved[year]:,.1f}" if year in saved else ""
        table.add_row(str(year), *(f"{n:,.1f}" for n in numbers), reduction)
    console.print(table)
    if saved:
        console.print(f"Reduction in tCO2e with the GWP of {inputs.gwp_set} ({inputs.gwp}).", highlight=False)
    doubtful = [key for key, p in inputs.used.items() if p.quality.value != "verified"]
    if doubtful:
        console.print(f"Unverified parameters: {', '.join(doubtful)}", highlight=False)
    for notice in result.notices:
        console.print(f"Notice: {notice}", highlight=False)


def main() -> None:
    """Entry point of the console script."""
    app()

"""``trunghoa article6 balance BLOCKS.csv``: corresponding adjustments and emissions balances."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from trunghoa.quantities import N_, InputError, Problem, TrungHoaError

if TYPE_CHECKING:
    from trunghoa.crediting import Inputs, PartyBalance

app = typer.Typer(no_args_is_help=True, help="Article 6.2: adjustments and reports.")


@app.callback()
def _group() -> None:
    """Keep ``balance`` a command of its own while it is the only one."""


@app.command("balance")
def balance(
    blocks: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Authorised blocks, one a row.")
    ],
    inventory: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="party, year, inventory, used.")
    ] = None,
    method: Annotated[str, typer.Option(help="trajectory, averaging or multi-year.")] = "trajectory",
    denominator: Annotated[str, typer.Option(help="Of the average: elapsed or period.")] = "elapsed",
    party: Annotated[str | None, typer.Option(help="Only this Party.")] = None,
    period: Annotated[
        str | None, typer.Option(help="NDC period, such as 2021-2030; else the table's.")
    ] = None,
    scope: Annotated[str, typer.Option(help="all, or carp: blocks on the platform only.")] = "all",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; that is also what a program gets.")
    ] = False,
) -> None:
    """First transfers, use, adjustment and emissions balance of each Party and year."""
    from trunghoa.crediting import as_dict, balances, check_names, check_party

    try:
        inputs = _inputs(blocks, inventory, method, denominator, party, period, scope)
        if party is not None:
            check_names(inputs.blocks, inputs.reported)
            known = {b.party for b in inputs.blocks} | {r.party for r in inputs.reported}
            check_party(party, known)
            inputs = replace(
                inputs,
                blocks=tuple(b for b in inputs.blocks if b.party == party),
                reported=tuple(r for r in inputs.reported if r.party == party),
            )
        result = balances(inputs)
    except InputError as error:
        _refuse(error, blocks, inventory)
    except TrungHoaError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if as_json or not sys.stdout.isatty():
        typer.echo(json.dumps(as_dict(result), ensure_ascii=False, allow_nan=False))
    else:
        for found in result.parties:
            _print(found)


def _inputs(
    blocks: Path,
    inventory: Path | None,
    method: str,
    denominator: str,
    party: str | None,
    period: str | None,
    scope: str,
) -> Inputs:
    from trunghoa.crediting import Denominator, Inputs, Method, read_blocks, read_inventory
    from trunghoa.parameters import Parameters

    chosen = _choice("--method", method, [m.value for m in Method])
    divided = _choice("--denominator", denominator, [d.value for d in Denominator])
    narrow = _choice("--scope", scope, ["all", "carp"]) == "carp"
    tables, today = Parameters.load(), datetime.now(tz=UTC).date()

    def year(item: str) -> int:
        return int(tables.get("article6", as_of=today, item=item).value)

    found = read_blocks(blocks)
    if narrow and all(b.on_carp is None for b in found):
        raise InputError(
            Problem(N_("No block says whether it stands on the platform."), field="on_carp", row=1)
        )
    if narrow:
        found = tuple(b for b in found if b.on_carp is True)
    return Inputs(
        blocks=found,
        period=_period(period) if period else (year("ndc_period_first"), year("ndc_period_last")),
        first_vintage=year("first_vintage"),
        reported=read_inventory(inventory, party or "") if inventory else (),
        method=Method(chosen),
        denominator=Denominator(divided),
    )


def _choice(option: str, given: str, known: list[str]) -> str:
    if given in known:
        return given
    raise InputError(
        Problem(
            N_("“%(value)s” is not one of: %(limit)s."), field=option, value=given, limit=", ".join(known)
        )
    )


def _period(text: str) -> tuple[int, int]:
    if match := re.fullmatch(r"(\d{4})\s*[-–/:]\s*(\d{4})", text.strip()):
        return int(match[1]), int(match[2])
    raise InputError(
        Problem(
            N_("“%(value)s” is not a period."), N_("Write it like 2021-2030."), field="--period", value=text
        )
    )


def _refuse(error: InputError, blocks: Path, inventory: Path | None) -> NoReturn:
    """Name the file of what was found after reading: a year's problems are the inventory's."""
    for problem in error.problems:
        of_inventory = inventory is not None and problem.field in ("year", "used", "party")
        file = inventory.name if of_inventory and inventory is not None else blocks.name
        placed = problem.at(file=file) if problem.row is not None else problem
        typer.echo(" ".join(str(placed).split()), err=True)
    raise typer.Exit(1)


def _print(found: PartyBalance) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    over = f", over {found.denominator} years" if found.method == "averaging" else ""
    console.print(f"{found.party}: {found.method}{over}; t CO2e, first transfers by purpose", highlight=False)
    table = Table(
        "Year", "NDC", "OIMP only", "Used", "Net", "Unresolved", "Adjustment", "Inventory", "Balance"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for y in found.years:
        amounts = (
            y.first_transferred_ndc,
            y.first_transferred_oimp_only,
            y.used,
            y.net,
            y.unresolved_by_vintage,
        )
        rest = (y.adjustment, y.inventory, y.balance)
        table.add_row(
            str(y.year),
            *(f"{n:,}" for n in amounts),
            *("" if n is None else f"{float(n):,.2f}" for n in rest),
        )
    console.print(table)
    for lack in found.unresolved:
        console.print(
            f"Unresolved, blocks submission: {lack.quantity:,} t ({lack.definition or '–'}). {lack.reason}",
            highlight=False,
        )
    for notice in found.notices:
        console.print(f"Notice: {notice}", highlight=False)

"""What the kernel says of Article 6: balances, the structured summary, levies, double counting."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trunghoa.crediting import (
    Block,
    Denominator,
    Inputs,
    Method,
    PartyBalance,
    PartyYear,
    Purpose,
    SummaryRow,
    balances,
    first_transfer,
    propose_levies,
    read_blocks,
    read_inventory,
    read_summary_labels,
    structured_summary,
)
from trunghoa.parameters import DATA, Parameter
from trunghoa.quantities import Figure, PlaceKey, Quality

from .dated import parameters

# Ways of reckoning that are shown side by side: method, and what an average is divided by.
WAYS = (
    ("trajectory", "elapsed"),
    ("averaging", "elapsed"),
    ("averaging", "period"),
    ("multi-year", "elapsed"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A Party's blocks and reports, and how it applies its adjustments."""

    party: str
    blocks: tuple[Block, ...]
    reported: tuple[PartyYear, ...]
    period: tuple[int, int]
    method: str = "trajectory"
    denominator: str = "elapsed"

    def by(self, method: str, denominator: str) -> Account:
        return replace(self, method=method, denominator=denominator)


def block(**given: Any) -> Block:
    return Block(**given)


def party_year(party: str, year: int, inventory: Decimal | None, used: int) -> PartyYear:
    return PartyYear(party, year, inventory, used)


def _inputs(account: Account) -> Inputs:
    return Inputs(
        blocks=account.blocks,
        period=account.period,
        first_vintage=_year("first_vintage"),
        reported=account.reported or (PartyYear(account.party, account.period[0]),),
        method=Method(account.method),
        denominator=Denominator(account.denominator),
    )


def balance(account: Account) -> PartyBalance:
    """The years of a Party.

    Raises
    ------
    InputError
        for a block, event or report outside the period, and others that the kernel names.
    """
    return balances(_inputs(account)).party(account.party)


def figures(account: Account, place: PlaceKey, *, gwp_set: str, quality: str, source: str) -> list[Figure]:
    """Figures of a balance; none while anything is unresolved."""
    made = balances(_inputs(account))
    return made.figures({account.party: place}, gwp_set=gwp_set, quality=Quality(quality), source=source)


def side_by_side(account: Account) -> list[tuple[str, str, PartyBalance]]:
    """The same blocks by every method."""
    return [(*way, balance(account.by(*way))) for way in WAYS]


CELLS = ("ndc", "oimp", "vintage", "unresolved")


def blocks_of_cell(account: Account, cell: str, year: int) -> list[Block]:
    """The blocks that make one number of the balance."""
    found = []
    for each in account.blocks:
        event = first_transfer(each)
        if each.purpose is Purpose.NONE:
            continue
        held = {
            "ndc": event.year == year and each.purpose is Purpose.NDC,
            "oimp": event.year == year and each.purpose is Purpose.OIMP_ONLY,
            "vintage": event.year is not None and each.vintage == year,
            "unresolved": event.year is None and each.vintage == year,
        }
        if held.get(cell):
            found.append(each)
    return found


def event_of(each: Block) -> tuple[int | None, str, str]:
    """Year, event and, where it cannot be told, the reason of a block's first transfer."""
    event = first_transfer(each)
    return event.year, event.event, event.reason


def summary(
    found: PartyBalance, targets: Mapping[int, Decimal], *, draft: bool = True
) -> tuple[SummaryRow, ...]:
    """Table 4. Not a draft, it is refused while first transfers are unresolved."""
    return structured_summary(found, read_summary_labels(), targets, draft=draft)


def _year(item: str) -> int:
    return int(parameters().get("article6", as_of=_today(), item=item).value)


def _today() -> date:
    return datetime.now(tz=UTC).date()


def usual_period() -> tuple[tuple[int, int], Parameter]:
    """The period of most NDCs, for Parties whose own is not on record, with how far it was checked."""
    last = parameters().get("article6", as_of=_today(), item="ndc_period_last")
    return (_year("ndc_period_first"), int(last.value)), last


def read_lists(blocks: bytes, inventory: bytes | None) -> tuple[tuple[Block, ...], tuple[PartyYear, ...]]:
    """Read a list of blocks and, where given, of inventories.

    Raises
    ------
    InputError
        with one Problem for each cell that cannot be read.
    """
    with TemporaryDirectory() as folder:
        first, second = Path(folder) / "blocks.csv", Path(folder) / "inventory.csv"
        first.write_bytes(blocks)
        found = read_blocks(first)
        if inventory is None:
            return found, ()
        second.write_bytes(inventory)
        return found, read_inventory(second)


def levies(quantity: int, mechanism: str) -> tuple[int, int, Sequence[Parameter]]:
    """What a mechanism asks of so many units: for adaptation, for overall mitigation; and by which rule."""
    found, shares = propose_levies(quantity, mechanism, parameters(), _today())
    return found.adaptation, found.omge, shares


def decimal(value: Fraction | None, places: int = 2) -> Decimal | None:
    """For reading; what is compared and kept is the fraction."""
    if value is None:
        return None
    return round(Decimal(value.numerator) / Decimal(value.denominator), places)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a report has to say."""

    code: str
    if_applicable: bool
    text: Mapping[str, str]
    quality: str
    source: str


@lru_cache(maxsize=4)
def items(report: str) -> tuple[Item, ...]:
    """The items of the initial report or of the regular information."""
    path = DATA.parent / "article6" / "reporting_items.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Item(
                row["item"],
                row["if_applicable"] == "1",
                {lang: row[f"text_{lang}"] for lang in ("vi", "ja", "en")},
                row["status"],
                row["source"],
            )
            for row in csv.DictReader(stream)
            if row["report"] == report
        )


def missing(report: str, answers: Mapping[str, Mapping[str, Any]]) -> list[Item]:
    """Items that nothing is said of; one that does not apply says why."""
    return [item for item in items(report) if not is_answered(item, answers.get(item.code, {}))]


def is_answered(item: Item, answer: Mapping[str, Any]) -> bool:
    said = bool(str(answer.get("text", "")).strip())
    return said and (item.if_applicable or not answer.get("not_applicable"))


def parties_in(blocks: Iterable[Block], reported: Iterable[PartyYear]) -> list[str]:
    return sorted({b.party for b in blocks} | {r.party for r in reported})

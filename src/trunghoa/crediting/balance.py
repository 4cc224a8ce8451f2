"""Corresponding adjustments and the emissions balance of each Party (Decision 2/CMA.3 annex paras 7, 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction

from trunghoa.quantities import N_, Figure, InputError, PlaceKey, Problem, Quality

from .blocks import Block, Purpose, first_transfer
from .figures import as_figures


class Method(StrEnum):
    """One method for the whole NDC period (para 7)."""

    TRAJECTORY = "trajectory"
    AVERAGING = "averaging"
    MULTI_YEAR = "multi-year"


class Denominator(StrEnum):
    """Years an average is divided by: those elapsed (para 7(a)(ii)) or all of the NDC period.

    The second stands in bilateral treaties of Switzerland (SR 0.814.012.136.3 art. 10). Both agree in the
    last year of the period, and only there.
    """

    ELAPSED = "elapsed"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class PartyYear:
    """What a Party reports of a year: inventory in t CO2e (None: not yet known) and ITMOs used, t."""

    party: str
    year: int
    inventory: Decimal | None = None
    used: int = 0
    row: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Blocks, inventories and uses, and how a Party applies its adjustments.

    Attributes
    ----------
    period : first and last year of the NDC implementation period
    first_vintage : no ITMO is of an earlier year (para 1)
    reported : inventory and use by Party and year; a missing year has no inventory and no use
    """

    blocks: tuple[Block, ...]
    period: tuple[int, int]
    first_vintage: int
    reported: tuple[PartyYear, ...] = ()
    method: Method = Method.TRAJECTORY
    denominator: Denominator = Denominator.ELAPSED


@dataclass(frozen=True, slots=True)
class YearBalance:
    """One year of a Party; whole t CO2e, but for ``adjustment`` and ``balance``, which are exact fractions.

    ``first_transferred_*`` and ``net`` stand in the year of first transfer; ``by_vintage`` in the year the
    mitigation occurred, as does ``unresolved_by_vintage``, which counts nowhere. ``adjustment`` is what the
    method makes of them. ``balance`` is None where the inventory is not known.
    """

    year: int
    first_transferred_ndc: int
    first_transferred_oimp_only: int
    used: int
    cumulative: int
    by_vintage: int
    unresolved_by_vintage: int
    adjustment: Fraction
    inventory: Decimal | None

    @property
    def first_transferred(self) -> int:
        return self.first_transferred_ndc + self.first_transferred_oimp_only

    @property
    def net(self) -> int:
        return self.first_transferred - self.used

    @property
    def balance(self) -> Fraction | None:
        """Inventory + adjustment: what is first transferred adds, what is used subtracts (para 8)."""
        return None if self.inventory is None else Fraction(self.inventory) + self.adjustment


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Tonnes whose first transfer cannot be told, why, and which blocks they are."""

    definition: str
    reason: str
    quantity: int
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartyBalance:
    """The years of one Party. While anything is unresolved the balance must not be submitted."""

    party: str
    method: Method
    denominator: Denominator
    years: tuple[YearBalance, ...]
    unresolved: tuple[Unresolved, ...]
    not_authorised: int
    notices: tuple[Problem, ...]

    @property
    def complete(self) -> bool:
        return not self.unresolved

    @property
    def unresolved_quantity(self) -> int:
        return sum(u.quantity for u in self.unresolved)

    def year(self, year: int) -> YearBalance:
        return next(y for y in self.years if y.year == year)

    @property
    def final_adjustment(self) -> Fraction:
        """Adjustment at the end of the NDC period: of its last year, or cumulative for a multi-year NDC."""
        if self.method is Method.MULTI_YEAR:
            return sum((y.adjustment for y in self.years), Fraction(0))
        return self.years[-1].adjustment


@dataclass(frozen=True, slots=True)
class Result:
    """Balances by Party, in the order of their names; the inputs hold the method that made them."""

    inputs: Inputs
    parties: tuple[PartyBalance, ...]

    def party(self, name: str) -> PartyBalance:
        check_party(name, [p.party for p in self.parties])
        return next(p for p in self.parties if p.party == name)

    def figures(
        self, places: Mapping[str, PlaceKey], *, gwp_set: str, quality: Quality, source: str
    ) -> list[Figure]:
        """Adjustments and balances as Figures with the status *adjusted*, in t CO2e.

        A Party with unresolved first transfers has none: a number that may not be submitted is not cited.

        Parameters
        ----------
        places : place of each Party
        gwp_set, quality, source : of the blocks and inventories, which do not say it themselves

        Raises
        ------
        ParameterError
            for a Party without a place.
        """
        return as_figures(self, places, gwp_set=gwp_set, quality=quality, source=source)


def check_party(name: str, known: Iterable[str]) -> str:
    """Refuse a Party that no block and no inventory names, so that a typing slip is not a clean zero."""
    names = sorted(set(known))
    if name in names:
        return name
    near = get_close_matches(name, names, n=2, cutoff=0.6)
    raise InputError(
        Problem(
            N_("No block and no inventory is of the Party “%(value)s”."),
            N_("Known Parties: %(limit)s."),
            field="party",
            value=name,
            limit=", ".join(near or names),
        )
    )


def balances(inputs: Inputs) -> Result:
    """Compute each Party's adjustments and emissions balances.

    ``balance_y = E_y + FT_y − U_y`` (para 8). Under the trajectory and for a multi-year NDC, FT_y is keyed to
    the vintage and U_y to the year of use. Under averaging the adjustment is
    ``Σ_{t≤y}(FT_t − U_t) / n``, FT_t keyed to the year of first transfer, n the years elapsed or all years of
    the period (para 7(a)(ii)). Only blocks whose first transfer is resolved count.

    Raises
    ------
    InputError
        for a block, an event or a report outside the period, a repeated block or report, and a Party
        whose name is nearly another's.
    """
    _refuse(list(_problems(inputs)))
    blocks: dict[str, list[Block]] = {r.party: [] for r in inputs.reported}
    for block in inputs.blocks:
        blocks.setdefault(block.party, []).append(block)
    return Result(inputs, tuple(_party(inputs, party, blocks[party]) for party in sorted(blocks)))


def _party(inputs: Inputs, party: str, blocks: list[Block]) -> PartyBalance:
    first, last = inputs.period
    reported = {r.year: r for r in inputs.reported if r.party == party}
    by_purpose: dict[Purpose, Counter[int]] = {purpose: Counter() for purpose in Purpose}
    by_vintage: Counter[int] = Counter()
    left_out: Counter[int] = Counter()
    open_blocks: dict[tuple[str, str], list[Block]] = {}
    notices: list[Problem] = []
    not_authorised = 0
    for block in blocks:
        if block.purpose is Purpose.NONE:
            not_authorised += block.quantity
            continue
        event = first_transfer(block)
        if event.year is None:
            open_blocks.setdefault((block.definition, event.reason), []).append(block)
            left_out[block.vintage] += block.quantity
            continue
        by_purpose[block.purpose][event.year] += block.quantity
        by_vintage[block.vintage] += block.quantity
        notices += _order(block, event.year)
    years: list[YearBalance] = []
    cumulative = 0
    for year in range(first, last + 1):
        report = reported.get(year) or PartyYear(party, year)
        row = YearBalance(
            year=year,
            first_transferred_ndc=by_purpose[Purpose.NDC][year],
            first_transferred_oimp_only=by_purpose[Purpose.OIMP_ONLY][year],
            used=report.used,
            cumulative=0,
            by_vintage=by_vintage[year],
            unresolved_by_vintage=left_out[year],
            adjustment=Fraction(0),
            inventory=report.inventory,
        )
        cumulative += row.net
        elapsed = year - first + 1 if inputs.denominator is Denominator.ELAPSED else last - first + 1
        if inputs.method is Method.AVERAGING:
            adjustment = Fraction(cumulative, elapsed)
        else:
            adjustment = Fraction(row.by_vintage - row.used)
        years.append(replace(row, cumulative=cumulative, adjustment=adjustment))
    unresolved = tuple(
        Unresolved(definition, reason, sum(b.quantity for b in found), tuple(b.key for b in found))
        for (definition, reason), found in sorted(open_blocks.items())
    )
    return PartyBalance(
        party, inputs.method, inputs.denominator, tuple(years), unresolved, not_authorised, tuple(notices)
    )


def _order(block: Block, year: int) -> Iterator[Problem]:
    """A first transfer that the data date before its authorisation is counted as dated, and said."""
    if block.authorised is not None and year < block.authorised:
        yield Problem(
            N_("Block %(field)s is first transferred in %(value)s, before its authorisation in %(limit)s."),
            row=block.row,
            field=block.key,
            value=str(year),
            limit=str(block.authorised),
            source="Decision 2/CMA.3 annex para 2",
        )


def _problems(inputs: Inputs) -> Iterator[Problem]:
    first, last = inputs.period
    if last < first:
        yield Problem(
            N_("The NDC period ends in %(value)s, before it begins in %(limit)s."),
            field="period",
            value=str(last),
            limit=str(first),
        )
        return
    span = f"{first} to {last}"
    seen: dict[str, Block] = {}
    for block in inputs.blocks:
        if block.key in seen:
            yield Problem(
                N_("The block %(value)s stands twice; the other is in row %(limit)s."),
                row=block.row,
                field="row",
                value=block.key,
                limit=str(seen[block.key].row),
            )
        seen[block.key] = block
        yield from _block(block, inputs.first_vintage, first, last)
    reports: set[tuple[str, int]] = set()
    for report in inputs.reported:
        if (report.party, report.year) in reports:
            yield Problem(
                N_("The year %(value)s of %(limit)s stands twice."),
                row=report.row,
                field="year",
                value=str(report.year),
                limit=report.party,
            )
        reports.add((report.party, report.year))
        if not first <= report.year <= last:
            yield Problem(
                N_("%(value)s lies outside the NDC period %(limit)s."),
                N_("Leave the row out, or give the Party's own period."),
                row=report.row,
                field="year",
                value=str(report.year),
                limit=span,
            )
        if report.used < 0:
            yield Problem(
                N_("%(value)s t cannot have been used."), row=report.row, field="used", value=str(report.used)
            )
    yield from _near_names(inputs.blocks, inputs.reported)


def _block(block: Block, first_vintage: int, first: int, last: int) -> Iterator[Problem]:
    if block.quantity <= 0:
        yield Problem(
            N_("%(value)s t is not a quantity of units."),
            N_("Write whole tonnes above %(limit)s."),
            row=block.row,
            field="volume_tco2e",
            value=str(block.quantity),
            limit="0",
        )
    if block.vintage < first_vintage:
        yield Problem(
            N_("The vintage %(value)s is earlier than %(limit)s: such units are no ITMOs."),
            row=block.row,
            field="vintage",
            value=str(block.vintage),
            limit=str(first_vintage),
            source="Decision 2/CMA.3 annex para 1",
        )
    event = first_transfer(block)
    for name, year in (("vintage", block.vintage), ("first transfer", event.year)):
        if event.year is not None and year is not None and not (first <= year <= last):
            if name == "vintage" and year < first_vintage:
                continue
            yield Problem(
                N_("%(value)s lies outside the NDC period %(limit)s."),
                N_("Give the Party's own period; no tonne may fall out of the balance."),
                row=block.row,
                field=name,
                value=str(year),
                limit=f"{first} to {last}",
            )


def check_names(blocks: Iterable[Block], reported: Iterable[PartyYear]) -> None:
    """Refuse a Party of the reports whose name is nearly that of a Party of the blocks.

    :func:`balances` does so too; whoever picks one Party before must do it first, while both are there.
    """
    _refuse(list(_near_names(blocks, reported)))


def _near_names(blocks: Iterable[Block], reported: Iterable[PartyYear]) -> Iterator[Problem]:
    hosts = {b.party for b in blocks}
    told: set[str] = set()
    for report in reported:
        if report.party in hosts or report.party in told:
            continue
        told.add(report.party)
        if near := get_close_matches(report.party, hosts, n=1, cutoff=0.8):
            yield Problem(
                N_("No block is of the Party “%(value)s”, but some are of “%(limit)s”."),
                N_("Write the name alike in both files."),
                row=report.row,
                field="party",
                value=report.party,
                limit=near[0],
            )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InputError(problems)

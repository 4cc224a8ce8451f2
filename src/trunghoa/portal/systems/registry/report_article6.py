"""The Article 6 section of the joint report and its headline: numbers from figures alone."""

from __future__ import annotations

from collections.abc import Sequence

from trunghoa.portal.core.publication.blocks import (
    Block,
    Column,
    Heading,
    Missing,
    Name,
    Note,
    Number,
    Paragraph,
    PeriodValue,
    Reference,
    Table,
    Text,
)
from trunghoa.portal.core.record.models import FigureQuerySet
from trunghoa.quantities import N_

from .counting_article6 import ADJUSTMENT, BALANCE


def _none() -> Missing:
    return Missing(
        Text(N_("corresponding adjustments; the Parties set their period and resolve every first transfer"))
    )


def headline(figures: FigureQuerySet) -> Paragraph | Missing:
    """One sentence: the adjustment of the last year that is over."""
    row = figures.filter(kind=ADJUSTMENT).order_by("-period_end").first()
    if row is None:
        return _none()
    return Paragraph(
        N_("Corresponding adjustment of {place} for {period}: {amount}."),
        place=Name.of(row.place),
        period=PeriodValue(row.period),
        amount=Number(row),
    )


def blocks(figures: FigureQuerySet) -> Sequence[Block]:
    """Adjustments and balances by year, and how they were reckoned."""
    rows = list(figures.filter(kind=ADJUSTMENT).select_related("place").order_by("place", "period_start"))
    if not rows:
        return [_none()]
    balances = {
        (row.place_id, row.period_start): row for row in figures.filter(kind=BALANCE).select_related("place")
    }
    return [
        headline(figures),
        Heading(N_("Corresponding adjustments by year")),
        Table(
            caption=Text(N_("Corresponding adjustments and emissions balances")),
            columns=(
                Column(Text(N_("Place"))),
                Column(Text(N_("Year"))),
                Column(Text(N_("Adjustment")), unit="tCO2e", numeric=True),
                Column(Text(N_("Emissions balance")), unit="tCO2e", numeric=True),
                Column(Text(N_("Method"))),
            ),
            rows=tuple(
                (
                    Name.of(row.place),
                    PeriodValue(row.period),
                    Number(row, unit="none"),
                    Number(other, unit="none")
                    if (other := balances.get((row.place_id, row.period_start)))
                    else None,
                    Reference.method(row),
                )
                for row in rows
            ),
        ),
        Note(N_("What is first transferred is added to the inventory, what is used is taken from it.")),
    ]

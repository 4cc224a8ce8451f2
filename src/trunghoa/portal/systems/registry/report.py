"""The registry's section of the joint report and its headline: numbers from figures of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trunghoa.portal.core.publication.blocks import (
    Block,
    Column,
    Count,
    Heading,
    Inline,
    Missing,
    Name,
    Note,
    Number,
    Paragraph,
    PeriodValue,
    Reference,
    Table,
    Text,
    Total,
)
from trunghoa.portal.core.record.models import FigureQuerySet
from trunghoa.quantities import N_

from .counting import ISSUED, KINDS
from .models import Project

CATEGORIES = {
    "vn": N_("Viet Nam"),
    "jp": N_("Japan"),
    "untold": N_("side not stated in the source"),
    "registered": N_("registered"),
    "validation": N_("under validation"),
}
STATED = ("jcm.credits_stated", "jcm.projects_stated")


def codes() -> dict[str, Inline]:
    """Projects by their titles, sides in words."""
    words: dict[str, Inline] = {code: Text(text) for code, text in CATEGORIES.items()}
    return words | {row.code: Name.of(row, "title") for row in Project.objects.exclude(state="draft")}


def _none() -> Missing:
    return Missing(Text(N_("issued credits; the registry administrators of both sides issue them")))


def headline(figures: FigureQuerySet) -> Paragraph | Missing:
    """One sentence: how many credits, of how many projects."""
    rows = tuple(figures.filter(kind=ISSUED))
    if not rows:
        return _none()
    return Paragraph(
        N_("JCM credits issued in the registry: {amount} of one tonne each."), amount=Total(rows, unit="none")
    )


def blocks(figures: FigureQuerySet) -> Sequence[Block]:
    """Credits by project and side, and beside them what sources state in all."""
    rows = list(figures.filter(kind=ISSUED).select_related("place").order_by("scenario", "category"))
    if not rows:
        return [_none()]
    return list(_blocks(figures, rows))


def _blocks(figures: FigureQuerySet, rows: list) -> Iterator[Block]:
    names = codes()
    yield headline(figures)
    yield Heading(N_("Credits issued by project and side"))
    yield Table(
        caption=Text(N_("JCM credits issued, by project and receiving side")),
        columns=(
            Column(Text(N_("Project"))),
            Column(Text(N_("Side"))),
            Column(Text(N_("To the period"))),
            Column(Text(N_("Credits")), numeric=True),
        ),
        rows=tuple(
            (
                names.get(row.scenario, Reference(row.scenario)),
                names.get(row.category, Reference(row.category)),
                PeriodValue(row.period),
                Number(row, unit="none"),
            )
            for row in rows
        ),
    )
    if any(row.category == "untold" for row in rows):
        yield Note(N_("Where a source does not say which side got credits, they stand apart."))
    stated = list(figures.filter(kind__in=STATED).order_by("kind", "category"))
    for row in stated:
        yield Paragraph(
            N_("{kind}, {category}: {amount} ({period}; {source})."),
            kind=Text(KINDS[row.kind]),
            category=names.get(row.category, Text(N_("in all"))) if row.category else Text(N_("in all")),
            amount=Number(row, unit="none"),
            period=PeriodValue(row.period),
            source=Name(row.source),
        )
    yield Paragraph(N_("Figures of the registry in this report: {count}."), count=Count.over(rows))

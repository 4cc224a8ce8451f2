"""Every figure with its provenance, what the xlsx file holds, every parameter with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.templatetags.numbers import decimals_for
from trunghoa.quantities import N_

from .blocks import (
    Block,
    Column,
    Inline,
    List,
    Name,
    Number,
    Paragraph,
    ParameterValue,
    Part,
    PeriodValue,
    Reference,
    Table,
    Text,
    UnitName,
    figures_in,
)
from .manifest import Frozen
from .naming import Naming
from .words import QUALITY, STATUS

FIGURES_LIMIT = 150
PARAMETERS_LIMIT = 250
# How the tables of parameters name what stands in no law or guideline.
OWN_RULE = N_("rule of this program")


def figures(frozen: Sequence[Figure], body: Iterable[Part], naming: Naming) -> Part:
    """Annex A: the figures the report prints first, then the others; the xlsx file holds them all."""
    printed = dict.fromkeys(f.pk for part in body for f in figures_in(part))
    by_pk = {f.pk: f for f in frozen}
    order = [by_pk[pk] for pk in printed if pk in by_pk] + [f for f in frozen if f.pk not in printed]
    table = Table(
        Text(N_("Each figure with place, period, status and where it comes from")),
        (
            Column(Text(N_("Figure")), width=4),
            Column(Text(N_("Place")), width=2),
            Column(Text(N_("Period"))),
            Column(Text(N_("Amount")), numeric=True),
            Column(Text(N_("Unit"))),
            Column(Text(N_("Status"))),
            Column(Text(N_("Checked"))),
            Column(Text(N_("Source and method")), width=8),
        ),
        tuple(_figure_row(f, naming) for f in order[: FIGURES_LIMIT + 1]),
        limit=FIGURES_LIMIT,
        small=True,
    )
    return Part("annex-a", Text(N_("Annex A. Figures and their provenance")), (table,), wide=True)


def _figure_row(figure: Figure, naming: Naming) -> tuple[Inline | None, ...]:
    source = Reference.source(figure)
    where: Inline = (
        Text("{source}; {method}", source=source, method=Reference.method(figure))
        if figure.method
        else source
    )
    return (
        naming.what(figure),
        Name.of(figure.place),
        PeriodValue(figure.period),
        Number(figure, decimals_for(figure.amount), unit="none"),
        UnitName(figure.unit),
        Text(STATUS[figure.status]),
        Text(QUALITY[figure.quality]),
        where,
    )


def workbook() -> Part:
    """Annex C: where every figure stands as a number to compute with."""
    sheets = (
        N_("Figures: every figure of the freeze, rounded by nobody, with place, period, status and source"),
        N_("Changes: every figure that is new, corrected or withdrawn since the last freeze"),
        N_("Parameters: every parameter of every run, with value, unit and source"),
    )
    return Part(
        "annex-c",
        Text(N_("Annex C. The figures as an xlsx file")),
        (
            Paragraph(N_("The xlsx file that comes with this report holds three kinds of sheets:")),
            List(tuple(Text(words) for words in sheets)),
        ),
        wide=True,
        new_page=False,
    )


def methods(frozen: Frozen) -> Part:
    """Annex D: the methods, and each parameter the runs of frozen figures used, once, with its source."""
    rows: list[tuple[Inline | None, ...]] = []
    seen: set[tuple[str, ...]] = set()
    for run, stated in sorted(frozen.manifest["runs"].items()):
        for index, entry in enumerate(stated["parameters"]):
            said = tuple(str(entry.get(k, "")) for k in ("label", "name", "value", "unit", "source"))
            if said not in seen:
                seen.add(said)
                rows.append(_parameter_row(run, index, entry))
    rows.sort(key=lambda row: row[0].text if isinstance(row[0], Reference) else "")
    blocks: tuple[Block, ...] = (
        Table(
            Text(N_("Parameters used, with their sources")),
            (
                Column(Text(N_("Parameter")), width=5),
                Column(Text(N_("Value")), numeric=True),
                Column(Text(N_("Unit"))),
                Column(Text(N_("Checked"))),
                Column(Text(N_("Source")), width=6),
            ),
            tuple(rows),
            limit=PARAMETERS_LIMIT,
            small=True,
        ),
    )
    if not rows:
        blocks = (Paragraph(N_("No figure of this report was computed, so no parameter was used.")),)
    return Part(
        "annex-d",
        Text(N_("Annex D. Methods and parameters")),
        (*_methods(frozen), *blocks),
        wide=True,
        new_page=False,
    )


def _methods(frozen: Frozen) -> tuple[Block, ...]:
    methods = dict.fromkeys(e["method"] for e in frozen.entries.values() if e["method"])
    if not methods:
        return ()
    items = tuple(Text("{method}", method=Reference(m)) for m in sorted(methods))
    return (Paragraph(N_("Methods the figures were computed with:")), List(items))


def _parameter_row(run: str, index: int, entry: Mapping[str, Any]) -> tuple[Inline | None, ...]:
    source = entry.get("source", "")
    return (
        Reference(str(entry.get("label") or entry["name"])),
        ParameterValue(run, index),
        UnitName(str(entry.get("unit", "1"))),
        Text(QUALITY[entry.get("quality", "unverified")]),
        _source(source) if source else None,
    )


def _source(source: str) -> Inline:
    """A source as it is written; what the platform laid down itself is said in the reader's language."""
    return Text(OWN_RULE) if source == OWN_RULE else Reference(source)

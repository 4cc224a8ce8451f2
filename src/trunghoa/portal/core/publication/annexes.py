"""Data quality, every figure with its provenance, every parameter with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trunghoa.portal.core.record.models import Figure, System
from trunghoa.portal.core.record.templatetags.numbers import decimals_for
from trunghoa.quantities import N_

from . import sections
from .blocks import (
    Block,
    Column,
    Count,
    Inline,
    List,
    Missing,
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
from .words import QUALITY, STATUS

FIGURES_LIMIT = 150
PARAMETERS_LIMIT = 250


def data_quality(systems: Sequence[System], by_system: Mapping[str, Sequence[Figure]]) -> Part:
    """Coverage, and how many figures rest on verified, unverified and illustrative values."""
    with_figures = [s for s in systems if by_system.get(s.code)]
    everything = [f for figures in by_system.values() for f in figures]
    rows: list[tuple[Inline | None, ...]] = [
        (
            Text(N_("{code}. {name}"), code=Reference(s.code), name=Name.of(s)),
            *_counts(by_system[s.code]),
            PeriodValue(max((f.period for f in by_system[s.code]), key=lambda p: (p.end, p.start))),
        )
        for s in with_figures
    ]
    if len(rows) > 1:
        rows.append((Text(N_("All systems")), *_counts(everything), None))
    absent = [
        Text("{code}. {name}", code=Reference(s.code), name=Name.of(s))
        for s in systems
        if s not in with_figures
    ]
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                Text(N_("Figures by system and by how far they are checked")),
                (
                    Column(Text(N_("System")), width=2),
                    Column(Text(N_("Figures")), numeric=True),
                    Column(Text(N_("Verified")), numeric=True),
                    Column(Text(N_("Unverified")), numeric=True),
                    Column(Text(N_("Illustrative")), numeric=True),
                    Column(Text(N_("Places")), numeric=True),
                    Column(Text(N_("Sources")), numeric=True),
                    Column(Text(N_("Latest period"))),
                ),
                tuple(rows),
            )
        )
        blocks.append(
            Paragraph(
                N_("A figure is verified only if every value it rests on has been compared with its source.")
            )
        )
    else:
        blocks.append(
            Missing(Text(N_("figures; none were frozen")), Text(N_("the operator of the platform")))
        )
    if absent:
        blocks += [Paragraph(N_("Systems without a figure in this report:")), List(tuple(absent))]
    return Part("data-quality", Text(N_("Data quality")), tuple(blocks), new_page=False)


def _counts(figures: Sequence[Figure]) -> tuple[Count, ...]:
    graded = (
        Count.over(f for f in figures if f.quality == q) for q in ("verified", "unverified", "illustrative")
    )
    return (Count.over(figures), *graded, Count.over(figures, "places"), Count.over(figures, "sources"))


def figures(frozen: Sequence[Figure], body: Iterable[Part]) -> Part:
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
        tuple(_figure_row(f) for f in order[: FIGURES_LIMIT + 1]),
        limit=FIGURES_LIMIT,
        small=True,
    )
    return Part("annex-a", Text(N_("Annex A. Figures and their provenance")), (table,), wide=True)


def _figure_row(figure: Figure) -> tuple[Inline | None, ...]:
    source = Reference.source(figure)
    where: Inline = (
        Text("{source}; {method}", source=source, method=Reference.method(figure))
        if figure.method
        else source
    )
    return (
        _what(figure),
        Name.of(figure.place),
        PeriodValue(figure.period),
        Number(figure, decimals_for(figure.amount), unit="none"),
        UnitName(figure.unit),
        Text(STATUS[figure.status]),
        Text(QUALITY[figure.quality]),
        where,
    )


def _what(figure: Figure) -> Inline:
    """The figure's kind in words where its system has some, and the line of the table it is."""
    section = sections.get(figure.system_id)
    words = section.kinds.get(figure.kind) if section else None
    kind: Inline = Text(words) if words else Reference(figure.kind)
    line = ", ".join(filter(None, (figure.scenario, figure.category, figure.gas, figure.gwp_set)))
    return Text("{kind} ({line})", kind=kind, line=Reference(line)) if line else kind


def parameters(frozen: Frozen) -> Part:
    """Annex: each parameter the runs of frozen figures used, once, with value, unit and source."""
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
        "annex-b", Text(N_("Annex B. Methods and parameters")), (*_methods(frozen), *blocks), wide=True
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
        Reference(source) if source else None,
    )

"""The pathways' section of the joint report and its headline: published scenarios, numbers from figures."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from trunghoa.portal.core.publication.blocks import (
    Block,
    ChartBlock,
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
from trunghoa.portal.core.record.models import Figure, FigureQuerySet
from trunghoa.quantities import N_

from . import drawings, targets
from .models import Scenario
from .words import CATEGORIES

KINDS = {
    "pathways.emissions": N_("emissions of a pathway"),
    "pathways.generation": N_("electricity generated in a pathway"),
    "pathways.capacity": N_("generating capacity in a pathway"),
    "pathways.total_emissions": N_("total emissions of a pathway"),
    "pathways.system_cost": N_("yearly cost of a pathway, without payments for emissions"),
    "pathways.investment": N_("investment of a pathway"),
    "pathways.carbon_price": N_("carbon price of a pathway"),
    "pathways.gap": N_("gap of a pathway to the contribution"),
    "pathways.closure_error": N_("closure error of a pathway's base year"),
    "target.total_emissions": N_("total emissions that the targets add up to"),
}
EMISSIONS = "pathways.emissions"
TOTAL, WITH_LAND = "pathways.total_emissions", "with_lulucf"
MT = "MtCO2e"
PARTS = {
    "conditional": N_("conditional"),
    "unconditional": N_("unconditional"),
    "with_lulucf": N_("with land use and forestry"),
    "without_lulucf": N_("without land use and forestry"),
    "conditional_reduction": N_("level of the conditional contribution"),
    "unconditional_reduction": N_("level of the unconditional contribution"),
    "sum_of_sector_caps": N_("sum of the caps by sector"),
    "mismatch": N_("caps less the conditional contribution"),
    "tax": N_("price set by the scenario"),
}
Totals = dict[str, dict[int, Figure]]


def codes() -> dict[str, Inline]:
    """Scenarios by their titles, categories and devices in words."""
    from django.utils.translation import override

    from . import tasks

    with override("en"):  # the messages themselves, which the report then says in each language
        words: dict[str, Inline] = {code: Text(str(text)) for code, text in CATEGORIES.items()}
    words |= {code: Text(text) for code, text in PARTS.items()}
    for row in Scenario.objects.filter(state="published", model__kind="enduse").select_related("model"):
        words[row.code] = Name.of(row, "title")
        for code, member in tasks.base_tables(row.model.document_id).members.get("devices", {}).items():
            words.setdefault(code, Name(*(member.name(lang) for lang in ("vi", "ja", "en"))))
    return words


def totals_of(figures: FigureQuerySet) -> Totals:
    """Net emissions of all sectors together, by scenario and year."""
    found: Totals = {}
    rows = figures.filter(kind=TOTAL, category=WITH_LAND).select_related("place")
    rows = rows.order_by("scenario", "period_start")
    for figure in rows:
        found.setdefault(figure.scenario, {})[figure.period_start.year] = figure
    return found


def deepest(totals: Totals) -> str:
    """The scenario that ends lowest."""
    return min(totals, key=lambda code: totals[code][max(totals[code])].amount)


def names_of(totals: Totals) -> dict[str, Name]:
    rows = Scenario.objects.filter(code__in=totals)
    known = {row.code: Name.of(row, "title") for row in rows}
    return {code: known.get(code) or Name(code) for code in totals}


def _none() -> Missing:
    return Missing(
        Text(N_("a published scenario of emissions; officers run one and publish it in the scenarios room"))
    )


def headline(figures: FigureQuerySet) -> Paragraph | Missing:
    """One sentence: where the deepest published pathway ends."""
    totals = totals_of(figures)
    if not totals:
        return _none()
    code = deepest(totals)
    end = totals[code][max(totals[code])]
    return Paragraph(
        N_("Scenario {scenario}: emissions of {amount} ({gwp_set}) in {year}."),
        scenario=names_of({code: totals[code]})[code],
        amount=Number(end, 1, shown_in=MT),
        gwp_set=Reference(end.gwp_set),
        year=PeriodValue(end.period),
    )


def blocks(figures: FigureQuerySet) -> Sequence[Block]:
    """Courses of the published scenarios, gap to the contribution, sectors against the decision's caps."""
    totals = totals_of(figures)
    if not totals:
        return [_none()]
    names = names_of(totals)
    aims = targets.of_figures(figures.filter(kind__in=(targets.CAP, targets.BAU, targets.REDUCTION)))
    found: list[Block] = [*_courses(totals, names)]
    found += _gaps(figures, names, aims)
    found += _sectors(figures, totals, names, aims)
    found += _money(figures, totals, names)
    return [*found, *_notes(totals)]


def _courses(totals: Totals, names: dict[str, Name]) -> Iterator[Block]:
    first = next(iter(next(iter(totals.values())).values()))
    yield Paragraph(
        N_("{count} published scenarios give these courses of emissions ({gwp_set}), by {method}."),
        count=Count.over([min(v.values(), key=lambda f: f.period_start) for v in totals.values()], "figures"),
        gwp_set=Reference(first.gwp_set),
        method=Reference.method(first),
    )
    years = sorted({year for found in totals.values() for year in found})
    shown = [y for y in years if y % 10 == 0] or years
    table = Table(
        caption=Text(N_("Emissions of the published scenarios")),
        columns=(
            Column(Text(N_("Scenario")), width=3),
            *(Column(PeriodValue(_period(totals, y)), unit=MT, numeric=True) for y in shown),
        ),
        rows=tuple(
            (
                names[code],
                *(Number(found[y], 1, unit="none", shown_in=MT) if y in found else None for y in shown),
            )
            for code, found in totals.items()
        ),
    )
    yield ChartBlock(
        chart=partial(drawings.courses_of, [f for found in totals.values() for f in found.values()], names),
        title=Text(N_("Emissions of the published scenarios")),
        description=Text(N_("A line for each published scenario over the solved years.")),
        table=table,
    )


def _period(totals: Totals, year: int) -> Any:
    return next(found[year].period for found in totals.values() if year in found)


def _gaps(figures: FigureQuerySet, names: dict[str, Name], aims: targets.Targets) -> Iterator[Block]:
    rows = list(
        figures.filter(kind="pathways.gap", scenario__in=names).order_by("scenario", "category", "pk")
    )
    levels = {
        (f.period_start.year, f.category): f for f in figures.filter(kind=targets.COMPUTED).order_by("pk")
    }
    if rows:
        yield Heading(N_("Gap to the nationally determined contribution"))
        yield Paragraph(
            N_(
                "A number above zero is what is missing. The contribution's global warming potentials are "
                "those of {gwp_set}, as far as is known; the pathways' those of {other}."
            ),
            gwp_set=Reference(", ".join(sorted(aims.gwp_sets)) or N_("not stated")),
            other=Reference(rows[0].gwp_set),
        )
        yield Table(
            caption=Text(N_("Gap to the contribution")),
            columns=(
                Column(Text(N_("Scenario")), width=3),
                Column(Text(N_("Part of the contribution")), width=2),
                Column(Text(N_("Year"))),
                Column(Text(N_("Level of the contribution")), unit=MT, numeric=True),
                Column(Text(N_("Gap")), unit=MT, numeric=True),
            ),
            rows=tuple(
                (
                    names[f.scenario],
                    _part(f.category),
                    PeriodValue(f.period),
                    _number(levels.get((f.period_start.year, f"{f.category}_reduction"))),
                    Number(f, 1, unit="none", shown_in=MT),
                )
                for f in rows
            ),
        )
    for year, _sum, line, _rest in aims.mismatches():
        level = levels.get((year, f"{line.category}_reduction"))
        caps = tuple(aims.caps[year].values())
        if level is not None and len({(f.unit, f.gwp_set) for f in caps}) == 1:
            yield Note(
                N_(
                    "The caps by sector of {decision} add up to {sum} in {year}; the conditional "
                    "contribution leaves {level}. The two official targets differ; neither is adjusted here."
                ),
                decision=Reference.source(caps[0]),
                sum=Total(caps, 1),
                year=PeriodValue(caps[0].period),
                level=Number(level, 1, shown_in=MT),
            )


def _part(category: str) -> Inline:
    return Text(PARTS[category]) if category in PARTS else Reference(category)


def _number(figure: Figure | None) -> Inline | None:
    return Number(figure, 1, unit="none", shown_in=MT) if figure is not None else None


def _sectors(
    figures: FigureQuerySet, totals: Totals, names: dict[str, Name], aims: targets.Targets
) -> Iterator[Block]:
    code = deepest(totals)
    rows = figures.filter(kind=EMISSIONS, scenario=code)
    by = {(f.category, f.period_start.year): f for f in rows.order_by("pk")}
    years = [y for y in sorted(aims.caps) if any(year == y for _, year in by)]
    if not years:
        return
    yield Heading(N_("Sectors against the caps: {scenario}"), scenario=names[code])
    yield Table(
        caption=Text(N_("Emissions by sector and cap")),
        columns=(
            Column(Text(N_("Sector")), width=2),
            Column(Text(N_("Year"))),
            Column(Text(N_("Cap")), unit=MT, numeric=True),
            Column(Text(N_("Emissions")), unit=MT, numeric=True),
        ),
        rows=tuple(
            (
                _category(category),
                PeriodValue(cap.period),
                Number(cap, 1, unit="none", shown_in=MT),
                _number(by.get((category, year))),
            )
            for category in CATEGORIES
            for year in years
            if (cap := aims.caps[year].get(category)) is not None
        ),
    )


def _category(code: str) -> Inline:
    from django.utils.translation import override

    with override("en"):
        return Text(str(CATEGORIES[code]))


def _money(figures: FigureQuerySet, totals: Totals, names: dict[str, Name]) -> Iterator[Block]:
    rows = list(
        figures.filter(kind="pathways.investment", scenario__in=totals).order_by("scenario", "period_start")
    )
    if not rows:
        return
    prices: dict[tuple[str, int], Figure] = {}
    for f in figures.filter(kind="pathways.carbon_price", scenario__in=totals).order_by("amount", "pk"):
        # The dearest of a year's prices: a tax, or the marginal cost of one of the limits.
        prices[f.scenario, f.period_end.year] = f
    yield Heading(N_("Investment and carbon price"))
    yield Table(
        caption=Text(N_("Investment of the years up to each solved year, and its carbon price")),
        columns=(
            Column(Text(N_("Scenario")), width=3),
            Column(Text(N_("Year"))),
            Column(Text(N_("Investment")), unit="MUSD", numeric=True),
            Column(Text(N_("Carbon price")), unit="USD/tCO2e", numeric=True),
        ),
        rows=tuple(
            (
                names[f.scenario],
                PeriodValue(f.period),
                Number(f, unit="none"),
                Number(p, unit="none") if (p := prices.get((f.scenario, f.period_end.year))) else None,
            )
            for f in rows
        ),
    )


def _notes(totals: Totals) -> Iterator[Block]:
    doubtful = [f for found in totals.values() for f in found.values() if f.quality != "verified"]
    if doubtful:
        yield Note(
            N_(
                "{count} of these runs rest on unverified or illustrative data; their numbers carry a mark "
                "and are no official statement."
            ),
            count=Count.over(doubtful, "runs"),
        )

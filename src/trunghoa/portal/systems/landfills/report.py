"""The landfills' section of the joint report, and its headline: words with slots, numbers from figures."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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
    UnitName,
)
from trunghoa.portal.core.record.models import Figure, FigureQuerySet, Place
from trunghoa.quantities import N_

from . import drawings
from .models import Fund, Landfill
from .words import SCENARIO_TEXT, WASTE_TYPES

KINDS = {
    "landfill.deposited": N_("waste deposited"),
    "landfill.ch4_generated": N_("methane generated"),
    "landfill.ch4_emitted": N_("methane emitted"),
    "landfill.carbon_stored": N_("carbon stored for good"),
    "landfill.reference_emissions": N_("reference emissions"),
    "landfill.project_emissions": N_("project emissions"),
    "landfill.emission_reduction": N_("emission reduction"),
    "landfill.emission_reduction_total": N_("emission reduction over the project"),
    "landfill.cost": N_("cost of the project"),
    "landfill.cost_per_tonne": N_("cost per tonne reduced"),
    "landfill.break_even_price": N_("break-even price of a credit"),
    "landfill.npv": N_("net present value"),
    "landfill.irr": N_("internal rate of return"),
    "landfill.grant_asked": N_("grant asked"),
    "landfill.grant_per_tonne": N_("grant per tonne reduced"),
    "landfill.grant_cap": N_("grant cap of the fund"),
    "landfill.grant_chosen": N_("grant chosen under the cap"),
    "landfill.portfolio_grant": N_("grants of the portfolio"),
    "landfill.portfolio_reduction": N_("emission reduction of the portfolio"),
    "landfill.portfolio_marginal_cost": N_("marginal grant per tonne of the portfolio"),
}
EMITTED = "landfill.ch4_emitted"
CATEGORIES = {
    **dict(WASTE_TYPES),
    "chosen": _("the best choice"),
    "greedy": _("chosen by grant per tonne"),
}


def codes() -> dict[str, Inline]:
    """Scenarios and categories in words; a fund's are the fund."""
    with override("en"):  # the messages themselves, which the report then says in each language
        words: dict[str, Inline] = {c: Text(str(w)) for c, w in {**SCENARIO_TEXT, **CATEGORIES}.items()}
    return words | {fund.code: Name.of(fund) for fund in Fund.objects.all()}


def tonnes(figures: FigureQuerySet) -> Iterable[Figure]:
    """Yearly reductions of each project; totals over a project would count them again."""
    return figures.filter(kind="landfill.emission_reduction")


def national(figures: FigureQuerySet) -> Figure | None:
    """Methane of all landfills in the last complete year before the figures were recorded."""
    rows = figures.filter(kind=EMITTED, place__kind=Place.Kind.COUNTRY, scenario="as_is", category="")
    latest = rows.aggregate(on=Max("recorded_on"))["on"]
    if latest is None:
        return None
    past = rows.filter(period_start__year__lt=latest.year)
    return past.order_by("-period_start").select_related("place").first()


def headline(figures: FigureQuerySet) -> Paragraph | Missing:
    """One sentence: what the landfills emit."""
    total = national(figures)
    if total is None:
        return Missing(Text(N_("methane of the landfills: no site has been modelled")), _owner())
    return Paragraph(
        N_("Landfills emitted {amount} of {gas} in {year}."),
        amount=Number(total),
        gas=UnitName("CH4"),
        year=PeriodValue(total.period),
    )


def _owner() -> Inline:
    return Text(N_("the operators of the landfills"))


def blocks(figures: FigureQuerySet) -> Sequence[Block]:
    """Summary, sites, reductions, portfolio, what is missing and what is not verified."""
    total = national(figures)
    rows = list(
        figures.filter(place__kind=Place.Kind.SITE)
        .select_related("place__parent")
        .order_by("place__search", "period_start", "pk")
    )
    found: list[Block] = []
    if total is not None:
        found += _summary(total, figures)
        found += _sites(rows, total)
    found += _reductions(rows)
    found += _portfolio(figures)
    found += _missing(rows)
    return [*found, *_notes(rows)]


def _summary(total: Figure, figures: FigureQuerySet) -> Iterator[Block]:
    sites = list(
        figures.filter(
            kind=EMITTED,
            place__kind=Place.Kind.SITE,
            scenario="as_is",
            category="",
            period_start=total.period_start,
        )
    )
    if total.lower is not None:
        yield Paragraph(
            N_("In {year}, {count} modelled landfills emitted {amount} of {gas} ({lower} to {upper})."),
            year=PeriodValue(total.period),
            count=Count.over(sites, "places"),
            amount=Number(total),
            gas=UnitName("CH4"),
            lower=Number(total, unit="none", part="lower"),
            upper=Number(total, part="upper"),
        )
    yield Paragraph(
        N_(
            "Each site is modelled by first-order decay after {method}; waste keeps the methane "
            "correction factor of the year in which it was deposited."
        ),
        method=Reference.method(sites[0] if sites else total),
    )
    series = list(
        figures.filter(kind=EMITTED, place=total.place, scenario="as_is")
        .exclude(category="")
        .order_by("period_start", "category")
    )
    sums = {
        f.period_start.year: f
        for f in figures.filter(kind=EMITTED, place=total.place, scenario="as_is", category="").order_by(
            "period_start"
        )
    }
    if series and sums:
        yield ChartBlock(
            chart=partial(drawings.methane_of, series, sums),
            title=Text(N_("Methane emitted by waste type, with the interval of the total")),
            description=Text(
                N_("Stacked areas by waste type over the years; a band shows the interval of the total.")
            ),
            table=_methane_table(list(sums.values())),
        )


def _methane_table(sums: Sequence[Figure]) -> Table:
    return Table(
        caption=Text(N_("Methane emitted by all modelled landfills")),
        columns=(
            Column(Text(N_("Year"))),
            Column(Text(N_("Methane emitted")), unit="t", numeric=True),
            Column(Text(N_("Lower bound")), unit="t", numeric=True),
            Column(Text(N_("Upper bound")), unit="t", numeric=True),
        ),
        rows=tuple(
            (
                PeriodValue(f.period),
                Number(f, unit="none"),
                Number(f, unit="none", part="lower") if f.lower is not None else None,
                Number(f, unit="none", part="upper") if f.upper is not None else None,
            )
            for f in sums
        ),
        small=True,
    )


def _of(rows: Iterable[Figure], kind: str, **match: Any) -> dict[int, Figure]:
    return {
        f.place_id: f for f in rows if f.kind == kind and all(getattr(f, k) == v for k, v in match.items())
    }


def _sites(rows: Sequence[Figure], total: Figure) -> Iterator[Block]:
    year = total.period_start
    emitted = _of(rows, EMITTED, scenario="as_is", category="", period_start=year)
    deposited = _of(rows, "landfill.deposited", scenario="as_is", category="", period_start=year)
    if not emitted:
        return
    yield Heading(N_("Sites"))
    yield Table(
        caption=Text(N_("Landfills in {year}"), year=PeriodValue(total.period)),
        columns=(
            Column(Text(N_("Landfill")), width=3),
            Column(Text(N_("Province")), width=2),
            Column(Text(N_("Waste deposited")), unit="t", numeric=True),
            Column(Text(N_("Methane emitted")), unit="t", numeric=True),
            Column(Text(N_("Lower bound")), unit="t", numeric=True),
            Column(Text(N_("Upper bound")), unit="t", numeric=True),
        ),
        rows=tuple(
            (
                Name.of(f.place),
                Name.of(f.place.parent) if f.place.parent else None,
                Number(deposited[pk], unit="none") if pk in deposited else None,
                Number(f, unit="none"),
                Number(f, unit="none", part="lower") if f.lower is not None else None,
                Number(f, unit="none", part="upper") if f.upper is not None else None,
            )
            for pk, f in emitted.items()
        ),
    )


def _reductions(rows: Sequence[Figure]) -> Iterator[Block]:
    by_year: dict[tuple[int, Any], dict[str, Figure]] = {}
    for f in rows:
        if f.kind in (
            "landfill.reference_emissions",
            "landfill.project_emissions",
            "landfill.emission_reduction",
        ):
            by_year.setdefault((f.place_id, f.period_start), {})[f.kind] = f
    full = [found for found in by_year.values() if len(found) == 3]
    if full:
        yield Heading(N_("Semi-aerobic projects: reference, project and emission reduction"))
    by_set: dict[str, list[dict[str, Figure]]] = {}
    for found in full:
        by_set.setdefault(found["landfill.emission_reduction"].gwp_set, []).append(found)
    for name in sorted(by_set):
        yield from _reductions_of(by_set[name])


def _reductions_of(full: Sequence[dict[str, Figure]]) -> Iterator[Block]:
    """Tonnes of one GWP set: those of another stand in a table of their own."""
    gwp = full[0]["landfill.emission_reduction"]
    yield Paragraph(
        N_(
            "Ex-ante tonnes after {method}, with the global warming potentials of {gwp_set}. "
            "They are planned: none is verified or issued."
        ),
        method=Reference.method(gwp),
        gwp_set=Reference(gwp.gwp_set),
    )
    yield Table(
        caption=Text(N_("Reference emissions, project emissions and emission reduction")),
        columns=(
            Column(Text(N_("Landfill")), width=3),
            Column(Text(N_("Year"))),
            *(
                Column(Text(words), unit="tCO2e", numeric=True)
                for words in (N_("Reference"), N_("Project"), N_("Reduction"))
            ),
        ),
        rows=tuple(
            (
                Name.of(found["landfill.emission_reduction"].place),
                PeriodValue(found["landfill.emission_reduction"].period),
                Number(found["landfill.reference_emissions"], unit="none"),
                Number(found["landfill.project_emissions"], unit="none"),
                Number(found["landfill.emission_reduction"], unit="none"),
            )
            for found in full
        ),
    )


def _portfolio(figures: FigureQuerySet) -> Iterator[Block]:
    rows = list(
        figures.filter(
            kind__in=(
                "landfill.grant_cap",
                "landfill.portfolio_grant",
                "landfill.portfolio_reduction",
                "landfill.portfolio_marginal_cost",
            )
        ).order_by("pk")
    )
    grants = {
        f.place_id: f
        for f in figures.filter(kind="landfill.grant_asked").select_related("place").order_by("place__search")
    }
    for fund in Fund.objects.all():
        found = {(f.kind, f.category): f for f in rows if f.scenario == fund.code}
        cap = found.get(("landfill.grant_cap", ""))
        chosen = found.get(("landfill.portfolio_reduction", "chosen"))
        spent = found.get(("landfill.portfolio_grant", "chosen"))
        greedy = found.get(("landfill.portfolio_reduction", "greedy"))
        if cap is None or chosen is None or spent is None or greedy is None:
            continue
        yield Heading(N_("Portfolio under a grant cap: {fund}"), fund=Name.of(fund))
        yield Paragraph(
            N_(
                "Under the cap of {cap}, the best choice asks {spent} and reduces {reduction} ({gwp_set}) "
                "over the projects; taking sites by grant per tonne would reduce {greedy}."
            ),
            cap=Number(cap),
            spent=Number(spent),
            reduction=Number(chosen),
            gwp_set=Reference(chosen.gwp_set),
            greedy=Number(greedy),
        )
        yield _portfolio_table(fund, figures, grants)


def _portfolio_table(fund: Fund, figures: FigureQuerySet, grants: dict[int, Figure]) -> Table:
    totals = _of(
        figures.filter(kind="landfill.emission_reduction_total"),
        "landfill.emission_reduction_total",
        scenario="undiscounted",
    )
    costs = list(figures.filter(kind="landfill.cost_per_tonne"))
    plain, discounted = (
        _of(costs, "landfill.cost_per_tonne", scenario=s) for s in ("undiscounted", "discounted")
    )
    chosen = _of(figures.filter(kind="landfill.grant_chosen"), "landfill.grant_chosen", scenario=fund.code)
    return Table(
        caption=Text(N_("Projects that ask for a grant")),
        columns=(
            Column(Text(N_("Landfill")), width=3),
            Column(Text(N_("Grant asked")), unit="USD", numeric=True, width=2),
            Column(Text(N_("Emission reduction")), unit="tCO2e", numeric=True, width=2),
            Column(Text(N_("Cost, undiscounted")), unit="USD/tCO2e", numeric=True, width=2),
            Column(Text(N_("Cost, discounted")), unit="USD/tCO2e", numeric=True, width=2),
            Column(Text(N_("Grant chosen")), unit="USD", numeric=True, width=2),
        ),
        rows=tuple(
            (
                Name.of(f.place),
                Number(f, unit="none"),
                Number(totals[pk], unit="none") if pk in totals else None,
                Number(plain[pk], 2, unit="none") if pk in plain else None,
                Number(discounted[pk], 2, unit="none") if pk in discounted else None,
                Number(chosen[pk], unit="none") if pk in chosen else None,
            )
            for pk, f in grants.items()
        ),
    )


def _missing(rows: Sequence[Figure]) -> Iterator[Block]:
    """Sites on the list of which nothing is on record: what they lack, and who owes it."""
    modelled = {f.place_id for f in rows if f.kind == EMITTED}
    for landfill in Landfill.objects.exclude(place_id__in=modelled).select_related(
        "place__operator", "place__parent"
    ):
        place = landfill.place
        owner: Inline = Name.of(place.operator) if place.operator else _owner()
        yield Missing(Text(N_("deposits and year of opening of {site}"), site=Name.of(place)), owner)


def _notes(rows: Sequence[Figure]) -> Iterator[Block]:
    doubtful = [f for f in rows if f.quality != "verified"]
    if doubtful:
        yield Note(
            N_(
                "{count} of these landfills rest on unverified or illustrative data; "
                "their numbers carry a mark and are no official statement."
            ),
            count=Count.over(doubtful, "places"),
        )

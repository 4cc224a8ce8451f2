"""The jobs of this room, and the only place that calls the landfill kernel."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from trunghoa import __version__
from trunghoa.landfill import (
    WASTE_TYPES,
    Checklist,
    Choices,
    Climate,
    Conversion,
    Departure,
    DepositRow,
    Deposits,
    Fuel,
    Inputs,
    LandgemChoice,
    Override,
    Project,
    Recovery,
    Result,
    Site,
    Tool04Choice,
    folder_files,
    resolve,
    run,
    waste_type,
)
from trunghoa.landfill import Landfill as Given
from trunghoa.landfill.finance import Terms
from trunghoa.landfill.portfolio import AbatementCurve, Candidate, Portfolio, abatement_curve, best_portfolio
from trunghoa.landfill.tornado import tornado
from trunghoa.landfill.uncertainty import monte_carlo, uncertain_site
from trunghoa.landfill.write import TEXTS, workbook
from trunghoa.parameters import Parameter, Parameters
from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.publication.sections import Progress
from trunghoa.portal.core.record import runs
from trunghoa.portal.core.record.models import Run
from trunghoa.quantities import N_, InputError, PlaceKey, Problem, Quality, TrungHoaError
from trunghoa.quantities import Figure as FigureValue

from . import outcome, pictures, totals
from .description import describe
from .models import TOTAL, Landfill

__all__ = ["WASTE_TYPES", "waste_type"]

KERNEL = "landfill.site"
# How often the factors are drawn for the 95 % interval, and from which seed: part of a run's inputs.
DRAWS, SEED = 1000, 20240111


@cache
def parameters() -> Parameters:
    return Parameters.load()


def landfill_inputs(landfill: Landfill) -> Inputs:
    """What the kernel runs for a landfill as it stands in the database."""
    return resolve(given(describe(landfill)), parameters(), landfill.as_of)


def given(description: Mapping[str, Any]) -> Given:
    """A landfill from its plain description; raises InputError with every fault."""
    finance, project = description["finance"], description["project"]
    return Given(
        site=_site(description["site"]),
        deposits=_deposits(description["deposits"]),
        choices=_choices(description["choices"]),
        project=_project(project) if project else None,
        finance=_terms(finance) if project and finance else None,
    )


def _float(value: str | None) -> float | None:
    return None if value is None else float(value)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _series(amounts: Mapping[str, str]) -> dict[int, Decimal]:
    return {int(year): Decimal(amount) for year, amount in amounts.items()}


def _site(data: Mapping[str, Any]) -> Site:
    climate = data["climate"]
    if data["opened"] is None:
        raise InputError(Problem(N_("The year of opening is missing."), N_("Give it."), field="opened"))
    return Site(
        key=PlaceKey.parse(data["key"]),
        name=data["name"],
        opened=data["opened"],
        closed=data["closed"],
        place=PlaceKey.parse(data["place"]) if data["place"] else None,
        climate=Climate(
            mat=_float(climate["mat"]),
            map=_float(climate["map"]),
            pet=_float(climate["pet"]),
            given=climate["given"],
            reason=climate["reason"],
            source=climate["source"],
        ),
        managed=data["managed"],
        depth=_float(data["depth"]),
        water_table=_float(data["water_table"]),
        high_water_table=data["high_water_table"],
        cover=data["cover"],
        checklist=Checklist(**data["checklist"]),
        mcf_class=data["mcf_class"],
        mcf=_float(data["mcf"]),
        mcf_reason=data["mcf_reason"],
        conversions=tuple(
            Conversion(date.fromisoformat(c["on"]), c["to"], Checklist(**c["checklist"]), c["source"])
            for c in data["conversions"]
        ),
        source=data["source"],
        quality=Quality(data["quality"]),
    )


def _deposits(data: Mapping[str, Any]) -> Deposits:
    return Deposits(
        rows=tuple(_deposit_row(year, parts) for year, parts in data["rows"]),
        composition={waste: Decimal(share) for waste, share in data["composition"].items()},
        gap_years=tuple(data["gap_years"]),
        source=data["source"],
    )


def _deposit_row(year: int, parts: Mapping[str, Any], line: int | None = None) -> DepositRow:
    tonnes = {waste: Decimal(amount) for waste, amount in parts.items() if waste != TOTAL}
    return DepositRow(year, tonnes, _decimal(parts.get(TOTAL)), line)


def _choices(data: Mapping[str, Any]) -> Choices:
    recovery, tool04 = data["recovery"], dict(data["tool04"])
    if tool04.get("captured") is not None:
        tool04["captured"] = Decimal(tool04["captured"])
    return Choices(
        guideline=data["guideline"],
        reaction_start_month=_float(data["reaction_start_month"]),
        oxidation=_decimal(data["oxidation"]),
        oxidation_class=data["oxidation_class"],
        oxidation_reason=data["oxidation_reason"],
        horizon=data["horizon"],
        gwp_set=data["gwp_set"],
        methods=tuple(data["methods"]),
        recovery=Recovery(
            tonnes=_series(recovery["tonnes"]),
            fraction=_series(recovery["fraction"]),
            metered=recovery["metered"],
            semi_aerobic_reason=recovery["semi_aerobic_reason"],
            source=recovery["source"],
        ),
        tool04=Tool04Choice(**tool04),
        landgem=LandgemChoice(**data["landgem"]),
        overrides={key: _override(value) for key, value in data["overrides"].items()},
    )


def _override(data: Mapping[str, Any]) -> Override:
    return Override(
        value=Decimal(data["value"]),
        source=data.get("source", ""),
        quality=Quality(data.get("quality", "unverified")),
        lower=_decimal(data.get("lower")),
        upper=_decimal(data.get("upper")),
        basis=data.get("basis", ""),
        dry_matter=_decimal(data.get("dry_matter")),
    )


def _project(data: Mapping[str, Any]) -> Project:
    departure = data["departure"]
    return Project(
        start_year=data["start_year"],
        end_year=data["end_year"],
        template=data["template"],
        version=data["version"],
        to=data["to"],
        checklist=Checklist(**data["checklist"]),
        electricity=_series(data["electricity"]),
        grid_ef=Decimal(data["grid_ef"]),
        grid_ef_source=data["grid_ef_source"],
        fuels=tuple(
            Fuel(f["name"], _series(f["tonnes"]), Decimal(f["ncv"]), Decimal(f["ef"]), f["source"])
            for f in data["fuels"]
        ),
        departure=Departure(
            reason=departure.get("reason", ""),
            oxidation_reference=_decimal(departure.get("oxidation_reference")),
            docf_reference={k: Decimal(v) for k, v in departure.get("docf_reference", {}).items()},
        )
        if departure
        else None,
    )


def _terms(data: Mapping[str, Any]) -> Terms:
    return Terms(
        first_year=data["first_year"],
        discount_rate=Decimal(data["discount_rate"]),
        price=Decimal(data["price"]),
        share=Decimal(data["share"]),
        capex=_series(data["capex"]),
        opex=_series(data["opex"]),
        grants=_series(data["grants"]),
        other_income=_series(data["other_income"]),
    )


def deposit_problems(
    landfill: Landfill, rows: Iterable[tuple[int, int, Mapping[str, Decimal]]]
) -> list[Problem]:
    """What is wrong with rows of (line, year, tonnes by type) as the deposits of a landfill."""
    description = describe(landfill)
    lines = [_deposit_row(year, parts, line) for line, year, parts in rows]
    shares = {waste: Decimal(share) for waste, share in landfill.composition.items()}
    gaps = tuple(y for y in landfill.gap_years if y not in {row.year for row in lines})
    try:
        deposits = Deposits(tuple(lines), shares, gaps)
        Given(site=_site(description["site"]), deposits=deposits)
    except InputError as error:
        return list(error.problems)
    return []


def problems_of(landfill: Landfill) -> list[Problem]:
    """Why a landfill cannot be run as it stands; empty when it can, or is not ready to be."""
    try:
        if is_modelled(landfill):
            landfill_inputs(landfill)
        elif landfill.opened is not None:
            _site(describe(landfill)["site"])
    except InputError as error:
        return list(error.problems)
    return []


def gwp_sets() -> list[str]:
    """Names of the GWP sets on record."""
    return sorted({dict(row.keys)["gwp_set"] for row in parameters().rows("gwp")})


def is_modelled(landfill: Landfill) -> bool:
    """Whether enough is known: the year of opening and deposits of at least one year."""
    return landfill.opened is not None and landfill.deposits.exists()


def request_run(landfill: Landfill, by: User | None = None) -> tuple[Run, bool]:
    """The run of a landfill as it stands; the flag says whether it still has to be executed."""
    found, needed = runs.request(
        KERNEL,
        version=__version__,
        parameters_version=parameters().version,
        inputs={
            **describe(landfill),
            "revision": landfill.revision,
            "as_of": landfill.as_of.isoformat(),
            "draws": DRAWS,
        },
        place=landfill.place,
        seed=SEED,
        by=by,
    )
    bulk.update(Landfill.objects.filter(pk=landfill.pk), last_run=found)
    return found, needed


def enqueue(landfill: Landfill, by: User | None = None) -> Run | None:
    """Ask for a run and put it into the queue once the change behind it is committed."""
    if not is_modelled(landfill):
        return None
    found, needed = request_run(landfill, by)
    if needed:
        transaction.on_commit(lambda: run_landfill.enqueue(str(found.pk)))
    return found


@task()
def run_landfill(run_id: str) -> None:
    """Run one landfill; delivered twice, it counts once."""
    found = execute(Run.objects.select_related("place").get(pk=run_id))
    if found is not None and found.state == Run.State.DONE:
        run_totals.enqueue()
        pictures.draw_ahead(Landfill.objects.get(place_id=found.place_id))


def execute(found: Run) -> Run | None:
    """Execute a site's run; a refused input stands on the run and stops nothing else."""
    held: dict[str, Any] = {}

    def kernel(progress: runs.Progress) -> tuple[list[FigureValue], list[dict[str, Any]]]:
        progress(5, _("looking parameters up"))
        data = found.inputs
        inputs = resolve(given(data), parameters(), date.fromisoformat(data["as_of"]))
        progress(20, _("first-order decay"))
        result = run(inputs)
        site = uncertain_site(inputs)
        progress(40, _("drawing the 95 % interval"))
        band = monte_carlo([site], draws=data["draws"], seed=found.seed or 0).sites[site.key]
        progress(60, _("writing the workbook"))
        held["result"] = result
        held["bars"] = tornado(site)
        held["books"] = workbooks(result)
        figures = [*result.figures(band), *outcome.more_figures(result)]
        figures = [outcome.sourced(figure, data) for figure in figures]
        return figures, parameter_rows(inputs.used)

    def after(done: Run) -> None:
        outcome.record(done, held["result"], held["bars"], held["books"])

    try:
        return runs.execute(found, kernel, after=after)
    except TrungHoaError:
        return None


def workbooks(result: Result) -> dict[str, bytes]:
    """The verifier's workbook in each language."""
    books = {}
    for lang, _name in settings.LANGUAGES:
        with override(lang):
            books[lang] = workbook(result, {text: _(text) for text in TEXTS})
    return books


def folder_of(found: Run) -> dict[str, str]:
    """The folder from which ``trunghoa landfill run`` computes a site's run again: file by name."""
    return folder_files(given(found.inputs), date.fromisoformat(found.inputs["as_of"]))


def parameter_rows(used: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """Every parameter used, as a run keeps it."""
    return [
        {
            "key": key,
            "label": p.label,
            "value": f"{p.value:f}",
            "unit": p.unit,
            "lower": None if p.lower is None else f"{p.lower:f}",
            "upper": None if p.upper is None else f"{p.upper:f}",
            "source": p.source,
            "quality": p.quality.value,
            "note": p.note,
        }
        for key, p in used.items()
    ]


@task()
def run_totals() -> None:
    """Provinces, the country and the portfolios, after a site's figures changed."""
    totals.run_all(lambda per_cent, what: None)


def run_all(progress: Progress) -> None:
    """Run every landfill that can be, then the sums; twice changes nothing."""
    landfills = [
        row for row in Landfill.objects.select_related("place__parent").order_by("pk") if is_modelled(row)
    ]
    for index, landfill in enumerate(landfills):
        progress(80 * index // max(len(landfills), 1), landfill.place.name_vi)
        found, needed = request_run(landfill)
        if needed:
            execute(found)
        pictures.draw_ahead(landfill)
    totals.run_all(lambda per_cent, what: progress(80 + per_cent // 5, what))
    progress(100, "")


def national_band(descriptions: Iterable[Mapping[str, Any]], seed: int) -> Any:
    """The 95 % interval of a sum of sites: one national draw of the factors for all of them."""
    sites = []
    draws = DRAWS
    for data in sorted(descriptions, key=lambda d: str(d["site"]["key"])):
        inputs = resolve(given(data), parameters(), date.fromisoformat(data["as_of"]))
        sites.append(uncertain_site(inputs))
        draws = data["draws"]
    return monte_carlo(sites, draws=draws, seed=seed).total


def choose(
    candidates: Iterable[Mapping[str, Any]], cap: Decimal, include: Iterable[str], exclude: Iterable[str]
) -> Portfolio:
    """The best portfolio under a cap, of candidates with key, cost, grant and reduction."""
    return best_portfolio([Candidate(**c) for c in candidates], cap, include=include, exclude=exclude)


def curve(candidates: Iterable[Mapping[str, Any]]) -> AbatementCurve:
    """The marginal abatement cost curve over the same candidates."""
    return abatement_curve([Candidate(**c) for c in candidates])

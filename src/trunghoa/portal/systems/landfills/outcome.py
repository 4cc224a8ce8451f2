"""What a finished run of a site leaves behind: figures, files, and what the list shows of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document, Figure, Run
from trunghoa.quantities import N_, InputError, Period, Problem, Quality, Status, from_float, worst
from trunghoa.quantities import Figure as FigureValue

from .models import Landfill
from .uploads import XLSX

JSON = "application/json"
UNCONVERTED = "unconverted"


def more_figures(result: Any) -> Iterator[FigureValue]:
    """Figures the pages and the report need beside the kernel's own, from the same result."""
    inputs = result.inputs
    standing = {
        f.period: f for f in result.figures() if f.kind == "landfill.ch4_emitted" and f.scenario == "as_is"
    }
    if result.unconverted is not None:
        for year, amount in zip(inputs.years, result.unconverted.emitted.sum(axis=1).tolist(), strict=True):
            like = standing[Period.year(year)]
            yield replace(
                like, amount=from_float(amount), scenario=UNCONVERTED, category="", lower=None, upper=None
            )
    if result.appraisal is not None:
        yield from _money(result)


def sourced(figure: FigureValue, data: Mapping[str, Any]) -> FigureValue:
    """Name what a figure rests on: its own year's deposit, the site's rows, or the project's."""
    if figure.kind == "landfill.deposited":
        year = str(figure.period.start.year)
        return replace(figure, source=data["deposits"]["sources"].get(year) or figure.source)
    project = data["project"]
    if project and figure.scenario not in ("as_is", UNCONVERTED):
        quality = worst([figure.quality, Quality(project["quality"])])
        return replace(figure, quality=quality, source=f"{figure.source}; {project['source']}")
    return figure


def _money(result: Any) -> Iterator[FigureValue]:
    """Tonnes and dollars of the whole project, discounted and not: neither stands without the other."""
    found, inputs = result.appraisal, result.inputs
    grade = next(
        (Quality(f.quality) for f in result.figures() if f.kind == "landfill.emission_reduction"),
        inputs.site.quality,
    )
    rows = (
        ("landfill.emission_reduction_total", found.reduction, "tCO2e", "undiscounted"),
        ("landfill.emission_reduction_total", found.reduction_discounted, "tCO2e", "discounted"),
        ("landfill.cost", found.cost, "USD", "undiscounted"),
        ("landfill.cost", found.cost_discounted, "USD", "discounted"),
        ("landfill.grant_asked", found.grant, "USD", "project"),
        ("landfill.grant_per_tonne", found.grant_per_tonne, "USD/tCO2e", "project"),
    )
    for kind, amount, unit, scenario in rows:
        if amount is not None:
            yield FigureValue(
                system="S8",
                kind=kind,
                place=inputs.site.key,
                period=Period.years(found.years[0], found.years[-1]),
                amount=from_float(amount),
                unit=unit,
                status=Status.PLANNED,
                quality=grade,
                source=inputs.site.source,
                gwp_set=inputs.gwp_set if "CO2e" in unit else "",
                scenario=scenario,
            )


def record(run: Run, result: Any, bars: Sequence[Any], books: Mapping[str, bytes]) -> None:
    """Keep the result's tables and what the list shows; refuses when the landfill was changed meanwhile."""
    landfill = Landfill.objects.select_for_update().get(place=run.place)
    if landfill.revision != run.inputs["revision"]:
        raise InputError(
            Problem(
                N_("The landfill was changed while this run was under way (revision %(value)s → %(limit)s)."),
                N_("The run of its present state replaces this one."),
                value=str(run.inputs["revision"]),
                limit=str(landfill.revision),
            )
        )
    why = result.inputs.site_class
    table = {
        **result.as_dict(),
        "tornado": [asdict(bar) for bar in bars],
        # Kept with their values apart, so that a page can say them in the reader's language.
        "why": {"rule": why.rule, "value": why.value, "limit": why.limit},
        "problems": [asdict(notice) for notice in result.notices],
    }
    run.outputs.add(_file(run, table), *_books(run, books))
    landfill.climate_class = result.inputs.climate.name
    landfill.current_mcf_class = current_class(result.inputs)
    year = shown_year(result.inputs.years)
    landfill.latest_emitted = figure_of(run, "landfill.ch4_emitted", year)
    landfill.latest_deposited = figure_of(run, "landfill.deposited", min(year, result.inputs.last_deposit))
    bulk.update(
        Landfill.objects.filter(pk=landfill.pk),
        climate_class=landfill.climate_class,
        current_mcf_class=landfill.current_mcf_class,
        latest_emitted=landfill.latest_emitted,
        latest_deposited=landfill.latest_deposited,
        last_run=run,
    )


def _file(run: Run, table: dict[str, Any]) -> Document:
    content = json.dumps(table, ensure_ascii=False, sort_keys=True).encode()
    return documents.store(
        content, media_type=JSON, filename=f"{run.place.code if run.place else 'run'}.json"
    )


def _books(run: Run, books: Mapping[str, bytes]) -> list[Document]:
    code = run.place.code if run.place else "run"
    return [
        documents.store(content, media_type=XLSX, filename=f"{code}-{lang}.xlsx")
        for lang, content in books.items()
    ]


def workbook_of(run: Run, lang: str) -> Document | None:
    """The verifier's workbook of a run, in a language."""
    return run.outputs.filter(media_type=XLSX, filename__endswith=f"-{lang}.xlsx").first()


def current_class(inputs: Any) -> str:
    """MCF class that the latest deposits receive."""
    row = inputs.mcf_shares[inputs.years.index(inputs.last_deposit)]
    return str(inputs.mcf_classes[int(row.argmax())])


def shown_year(years: Sequence[int]) -> int:
    """The last complete year, or the nearest one that was modelled."""
    return min(max(timezone.localdate().year - 1, years[0]), years[-1])


def figure_of(run: Run, kind: str, year: int) -> Figure | None:
    return (
        Figure.objects.current()
        .filter(place=run.place, kind=kind, scenario="as_is", category="", period_start__year=year)
        .first()
    )


def result_of(landfill: Landfill) -> tuple[Run, dict[str, Any]] | None:
    """The last finished run of a landfill and its tables."""
    run = (
        Run.objects.filter(place=landfill.place, kernel="landfill.site", state=Run.State.DONE)
        .order_by("-finished_on")
        .first()
    )
    document = run.outputs.filter(media_type=JSON).first() if run else None
    if run is None or document is None:
        return None
    return run, json.loads(documents.read(document))


def exact(value: float | None) -> Decimal | None:
    return None if value is None else from_float(value)

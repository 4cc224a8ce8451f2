"""A landfill as plain data: what a run is asked for with, and what its fingerprint is taken of.

Amounts are exact text. What is here decides the result and nothing else does: equal descriptions, one run.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .models import CHECKLIST, Landfill, Project

EVERY = "every"


def describe(landfill: Landfill) -> dict[str, Any]:
    """Site, deposits, choices, project and money of one landfill."""
    project = Project.objects.filter(landfill=landfill).exclude(state=Project.State.WITHDRAWN).first()
    return {
        "site": _site(landfill),
        "deposits": _deposits(landfill),
        "choices": _choices(landfill),
        "project": _project(project) if project else None,
        "finance": _finance(project) if project else None,
    }


def text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"


def _checklist(row: Any) -> dict[str, bool | None]:
    return {name: getattr(row, name) for name in CHECKLIST}


def _site(landfill: Landfill) -> dict[str, Any]:
    place = landfill.place
    return {
        "key": str(place.key),
        "name": place.name_vi,
        "place": str(place.parent.key) if place.parent else None,
        "opened": landfill.opened,
        "closed": landfill.closed,
        "climate": {
            "mat": text(landfill.mat),
            "map": text(landfill.map),
            "pet": text(landfill.pet),
            "given": landfill.climate_given,
            "reason": landfill.climate_reason,
            "source": landfill.climate_source,
        },
        "managed": landfill.managed,
        "depth": text(landfill.depth),
        "water_table": text(landfill.water_table),
        "high_water_table": landfill.high_water_table,
        "cover": landfill.cover,
        "checklist": _checklist(landfill),
        "mcf_class": landfill.mcf_class,
        "mcf": text(landfill.mcf),
        "mcf_reason": landfill.mcf_reason,
        "conversions": [
            {"on": c.on.isoformat(), "to": c.to, "checklist": _checklist(c), "source": c.source}
            for c in landfill.conversions.all()
        ],
        "source": landfill.source,
        "quality": _quality(landfill),
    }


def _quality(landfill: Landfill) -> str:
    """A site is no better known than its deposits and conversions."""
    order = ("verified", "unverified", "illustrative")
    found = {landfill.quality, *landfill.deposits.values_list("quality", flat=True)}
    found |= {c.quality for c in landfill.conversions.all()}
    return max(found, key=order.index)


def _deposits(landfill: Landfill) -> dict[str, Any]:
    years: dict[int, dict[str, str | None]] = {}
    sources: dict[str, str] = {}
    for row in landfill.deposits.order_by("year", "waste"):
        years.setdefault(row.year, {})[row.waste] = text(row.tonnes)
        if row.source:
            sources[str(row.year)] = row.source
    return {
        "rows": [[year, parts] for year, parts in sorted(years.items())],
        "composition": dict(sorted(landfill.composition.items())),
        "gap_years": sorted(landfill.gap_years),
        "source": landfill.deposits_source or "; ".join(dict.fromkeys(sources.values())) or landfill.source,
        "sources": sources,
    }


def _choices(landfill: Landfill) -> dict[str, Any]:
    return {
        "guideline": landfill.guideline,
        "reaction_start_month": text(landfill.reaction_start_month),
        "oxidation": text(landfill.oxidation),
        "oxidation_class": landfill.oxidation_class,
        "oxidation_reason": landfill.oxidation_reason,
        "horizon": landfill.horizon,
        "gwp_set": landfill.gwp_set,
        "methods": landfill.methods or ["fod"],
        "tool04": landfill.tool04,
        "landgem": landfill.landgem,
        "recovery": {
            "tonnes": landfill.recovery_tonnes,
            "fraction": landfill.recovery_fraction,
            "metered": landfill.recovery_metered,
            "semi_aerobic_reason": landfill.recovery_reason,
            "source": landfill.recovery_source,
        },
        "overrides": landfill.overrides,
    }


def last_year(project: Project) -> int:
    """Last year for which amounts given for every year are counted."""
    if project.end_year:
        return int(project.end_year)
    if project.landfill.horizon:
        return int(project.landfill.horizon)
    years = [int(y) for series in (project.capex, project.opex, project.grants) for y in series if y != EVERY]
    latest = project.landfill.deposits.order_by("-year").values_list("year", flat=True).first()
    return max([*years, project.start_year, latest or 0])


def by_year(series: Mapping[str, str], years: Iterable[int]) -> dict[str, str]:
    """Amounts of each year named, ``every`` filled in for the years of the project that are not."""
    named = {year: amount for year, amount in series.items() if year != EVERY}
    if EVERY in series:
        named = {**{str(year): series[EVERY] for year in years}, **named}
    return dict(sorted(named.items()))


def _project(project: Project) -> dict[str, Any]:
    years = range(project.start_year, last_year(project) + 1)
    fuels = []
    if project.fuel_tonnes:
        fuels = [
            {
                "name": project.fuel_name,
                "tonnes": by_year(project.fuel_tonnes, years),
                "ncv": text(project.fuel_ncv) or "0",
                "ef": text(project.fuel_ef) or "0",
                "source": project.fuel_source,
            }
        ]
    return {
        "start_year": project.start_year,
        "end_year": project.end_year,
        "template": project.template,
        "version": project.version,
        "to": project.to,
        "checklist": _checklist(project),
        "electricity": by_year(project.electricity, years),
        "grid_ef": text(project.grid_ef) or "0",
        "grid_ef_source": project.grid_ef_source,
        "fuels": fuels,
        "departure": project.departure or None,
        "quality": project.quality,
        "source": project.source,
    }


def works_year(project: Project) -> int:
    """Year 0 of the money: the first with capital cost, the year before reductions start when none says."""
    named = [int(y) for y in project.capex if y != EVERY]
    return project.works_year or min([*named, project.start_year - 1])


def _finance(project: Project) -> dict[str, Any] | None:
    if project.price is None or project.share is None or project.discount_rate is None or not project.capex:
        return None
    first = works_year(project)
    years = range(first + 1, last_year(project) + 1)
    return {
        "first_year": first,
        "discount_rate": text(project.discount_rate),
        "price": text(project.price),
        "share": text(project.share),
        "capex": by_year(project.capex, [first]),
        "opex": by_year(project.opex, years),
        "grants": by_year(project.grants, [first]),
        "other_income": by_year(project.other_income, years),
    }

"""What a workspace says of its landfills, into the database. Loading twice changes nothing.

A landfill that somebody changed here since is left as it stands: from its first edit on, the database is
the truth.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record.models import Place

from .description import EVERY
from .models import CHECKLIST, TOTAL, Conversion, Deposit, Fund, Landfill, Project

if TYPE_CHECKING:
    from trunghoa.workspace import Workspace


def load(workspace: "Workspace") -> None:
    """Put the workspace's funds, landfills, deposits, conversions and projects into the database."""
    for row in workspace.portfolios:
        Fund.objects.update_or_create(
            code=row.code,
            defaults={
                **{f"name_{lang}": getattr(row, f"title_{lang}") for lang in ("vi", "ja", "en")},
                "cap": row.grant_cap_usd,
                "quality": row.quality.value,
                "source": row.source,
            },
        )
    for record in workspace.landfills:
        _landfill(workspace, record)


def _landfill(workspace: "Workspace", record: Any) -> None:
    row = record.row
    place, _ = Place.objects.update_or_create(
        era="site",
        code=row.slug,
        defaults={
            **{f"name_{lang}": getattr(row, f"name_{lang}") for lang in ("vi", "ja", "en")},
            "kind": Place.Kind.SITE,
            "parent": Place.objects.get(era=row.place.era, code=row.place.code) if row.place else None,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "quality": row.quality.value,
            "source": row.source,
            **_operator(row),
        },
    )
    known = Landfill.objects.filter(place=place).first()
    if known is not None and known.revision > 1:
        return
    landfill, _ = Landfill.objects.update_or_create(place=place, defaults=_attributes(workspace, record))
    bulk.delete(landfill.deposits.all(), about=landfill)
    bulk.delete(landfill.conversions.all(), about=landfill)
    if record.landfill is not None:
        _deposits(landfill, workspace)
        _conversions(landfill, record.landfill.site, row)
    bulk.delete(Project.objects.filter(landfill=landfill), about=landfill)
    if record.project is not None:
        Project.objects.create(landfill=landfill, **_project(record.project))


def _operator(row: Any) -> dict[str, Organisation | None]:
    code = getattr(row, "operator", "")
    return {"operator": Organisation.objects.filter(code=code).first()} if code else {}


def _attributes(workspace: "Workspace", record: Any) -> dict[str, Any]:
    row, given = record.row, record.landfill
    found: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "opened", "closed", "managed", "depth", "water_table", "cover", *CHECKLIST,
            "mcf_class", "mcf_reason", "oxidation_class", "note", "source",
        )
    }  # fmt: skip
    found |= {
        "oxidation_class": row.oxidation_class or "none",
        "quality": record.quality.value,
        "gwp_set": workspace.settings.gwp_set,
        "as_of": workspace.settings.as_of,
    }
    if given is None:
        return found
    climate, choices = given.site.climate, given.choices
    return found | {
        "mat": _exact(climate.mat),
        "map": _exact(climate.map),
        "pet": _exact(climate.pet),
        "climate_given": climate.given,
        "climate_reason": climate.reason,
        "climate_source": climate.source,
        "composition": _amounts(given.deposits.composition),
        "gap_years": list(given.deposits.gap_years),
        "deposits_source": given.deposits.source,
        "guideline": choices.guideline,
        "reaction_start_month": _exact(choices.reaction_start_month),
        "oxidation": choices.oxidation,
        "oxidation_reason": choices.oxidation_reason,
        "horizon": choices.horizon,
        "gwp_set": choices.gwp_set,
        "methods": list(choices.methods),
        "recovery_tonnes": _amounts(choices.recovery.tonnes),
        "recovery_fraction": _amounts(choices.recovery.fraction),
        "recovery_metered": choices.recovery.metered,
        "recovery_reason": choices.recovery.semi_aerobic_reason,
        "recovery_source": choices.recovery.source,
    }


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).normalize()


def _amounts(series: Mapping[Any, Decimal]) -> dict[str, str]:
    return {str(key): f"{amount:f}" for key, amount in series.items()}


def _deposits(landfill: Landfill, workspace: "Workspace") -> None:
    rows = (r for r in workspace.tables.get("landfill_deposits", ()) if r.site == landfill.place.code)
    fresh = [
        Deposit(
            landfill=landfill,
            year=r.year,
            waste=r.waste or TOTAL,
            tonnes=r.tonnes,
            quality=r.quality.value,
            source=r.source,
        )
        for r in rows
    ]
    bulk.create(Deposit.objects, fresh, about=landfill)


def _conversions(landfill: Landfill, site: Any, row: Any) -> None:
    for conversion in site.conversions:
        Conversion.objects.create(
            landfill=landfill,
            on=conversion.on,
            to=conversion.to,
            quality=row.quality.value,
            source=conversion.source or row.source,
            **{name: getattr(conversion.checklist, name) for name in CHECKLIST},
        )


def _project(row: Any) -> dict[str, Any]:
    def every(amount: Decimal) -> dict[str, str]:
        return {EVERY: f"{amount:f}"} if amount else {}

    works = str(row.works_year)
    return {
        "fund": Fund.objects.filter(code=row.portfolio).first(),
        "code": row.slug,
        **{f"title_{lang}": getattr(row, f"title_{lang}") for lang in ("vi", "ja", "en")},
        "works_year": row.works_year,
        "start_year": row.works_year + 1,
        "end_year": row.end_year,
        "to": row.to,
        **{name: getattr(row, name) for name in CHECKLIST},
        "capex": {works: f"{row.capex_usd:f}"},
        "opex": every(row.opex_usd_per_year),
        "grants": {works: f"{row.grant_usd:f}"} if row.grant_usd else {},
        "price": row.price_usd_per_tco2e,
        "share": row.credit_share,
        "discount_rate": row.discount_rate,
        "electricity": every(row.electricity_mwh_per_year),
        "grid_ef": row.grid_ef_tco2_per_mwh,
        "grid_ef_source": row.grid_ef_source,
        "quality": row.quality.value,
        "source": row.source,
        "note": row.note,
    }

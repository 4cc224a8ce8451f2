"""From a workspace folder into the database. Loading twice changes nothing."""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from trunghoa import workspace
from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.publication import sections
from trunghoa.portal.core.publication.models import Lead
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Place, Report, System
from trunghoa.quantities import PlaceKey

Say = Callable[[str], None]


@transaction.atomic
def load(folder: Path, say: Say = lambda text: None) -> workspace.Workspace:
    """Load a country; everything or, when anything in it is wrong, nothing."""
    ws = workspace.load(folder)
    _systems(ws)
    _organisations(ws)
    _leads(ws)
    _places(ws)
    say(f"{Place.objects.count()} places, {Organisation.objects.count()} organisations")
    _reports(ws)
    for section in sections.all_sections():
        section.load(ws)
        say(f"{section.system} loaded")
    return ws


def _names(row: object, stem: str = "name") -> dict[str, str]:
    return {f"{stem}_{lang}": getattr(row, f"{stem}_{lang}") for lang in ("vi", "ja", "en")}


def _systems(ws: workspace.Workspace) -> None:
    for order, row in enumerate(ws.systems, start=1):
        System.objects.update_or_create(
            code=row.code, defaults={"order": order, **_names(row), **_names(row, "sentence")}
        )


def _organisations(ws: workspace.Workspace) -> None:
    for row in ws.organisations:
        Organisation.objects.update_or_create(
            code=row.code,
            defaults={
                **_names(row),
                "side": row.side.value,
                "kind": row.kind.value,
                "place_key": str(row.place) if row.place else "",
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            },
        )
    for row in ws.organisations:
        if row.successor:
            bulk.update(
                Organisation.objects.filter(code=row.code),
                successor=Organisation.objects.get(code=row.successor),
            )


def _leads(ws: workspace.Workspace) -> None:
    for row in ws.system_leads:
        Lead.objects.update_or_create(
            system_id=row.system,
            organisation=Organisation.objects.get(code=row.organisation),
            defaults={
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "quality": row.quality.value,
                "source": row.source,
            },
        )


def _places(ws: workspace.Workspace) -> None:
    rows: dict[PlaceKey, Place] = {}
    for row in ws.places:
        key = PlaceKey(row.era, row.code)
        rows[key], _ = Place.objects.update_or_create(
            era=row.era,
            code=row.code,
            defaults={
                **_names(row),
                "kind": row.kind.value,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "iso3166_2": row.iso3166_2,
                "source": row.source,
                "quality": row.quality.value,
            },
        )
    for row in ws.places:
        if row.parent or row.successor:
            bulk.update(
                Place.objects.filter(pk=rows[PlaceKey(row.era, row.code)].pk),
                parent=rows[row.parent] if row.parent else None,
                successor=rows[row.successor] if row.successor else None,
            )


def _reports(ws: workspace.Workspace) -> None:
    for stated in ws.reports:
        row = stated.row
        report, _ = Report.objects.update_or_create(
            code=row.code,
            defaults={
                **_names(row, "title"),
                "organisation": Organisation.objects.filter(code=row.organisation).first(),
                "issued_on": row.issued_on,
                "source": row.source,
            },
        )
        figures.put(stated.figures, report=report)

"""Taking a monitoring workbook over, taking it back, and what a calculation rests on."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.intake import Accepted
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow import days, moves
from trunghoa.portal.core.workflow.errors import Stale

from . import workbook_cells, workbook_reading
from .models import Issuance, Methodology, MonitoringImport, Project
from .tasks import calculation, definitions

KEPT = ("monitoring", "computed", "requested", "basis")


def equations_of(methodology: Methodology | None) -> Any | None:
    """The equations of a methodology on record, or None."""
    if methodology is None:
        return None
    return definitions.found(methodology.code, methodology.version, methodology.definition)


def equations(project: Project) -> Any | None:
    return equations_of(project.methodology)


def keep(issuance: Issuance, accepted: Accepted, by: User) -> MonitoringImport:
    """The file and what was found in it, both or neither."""
    methodology = equations(issuance.project)
    report = workbook_reading.read(accepted.content, issuance, methodology, days.today("VN"))
    outcome = MonitoringImport.Outcome
    with documents.uploaded(accepted, by=by, classification=Document.Classification.ORGANISATION) as kept:
        return MonitoringImport.objects.create(
            issuance=issuance,
            document=kept.document,
            filename=accepted.filename,
            by=by,
            outcome=outcome.REFUSED if report.problems else outcome.CHECKED,
            problems=[p.as_json() for p in report.problems],
            found=_found(issuance, report) if not report.problems else {},
            revision=issuance.revision,
        )


def _found(issuance: Issuance, report: workbook_cells.Report) -> dict[str, Any]:
    found = report.found
    if found is None:
        return {}
    return {
        "monitoring": report.parts,
        "computed": found.computed,
        "requested": found.requested,
        "basis": {
            "registration": issuance.project.registration,
            "rule": found.rule.label,
            "source": found.rule.source,
            "rule_quality": found.rule.quality.value,
            "quality": found.quality,
        },
    }


@transaction.atomic
def take_over(record: MonitoringImport, by: User) -> None:
    """Put what the file says in place of what stood before.

    Raises
    ------
    Stale
        where the issuance, or what the project fixed, changed since the file was checked.
    """
    held_record = MonitoringImport.objects.select_for_update().get(pk=record.pk)
    issuance = held_record.issuance
    if held_record.outcome != MonitoringImport.Outcome.CHECKED or issuance.state != "monitoring":
        raise Stale(moves.changed_meanwhile())
    if held_record.found["basis"]["registration"] != issuance.project.registration:
        raise Stale(moves.changed_meanwhile())
    held_record.before = {name: getattr(issuance, name) for name in (*KEPT, "lowered")}
    _put(issuance, {**held_record.found, "lowered": {}}, by, held_record.revision)
    held_record.outcome = MonitoringImport.Outcome.APPLIED
    held_record.save()


@transaction.atomic
def take_back(record: MonitoringImport, by: User) -> None:
    """Put what stood before a file in place again, while it is the latest and nobody handed over."""
    held_record = MonitoringImport.objects.select_for_update().get(pk=record.pk)
    if not can_be_taken_back(held_record):
        raise Stale(moves.changed_meanwhile())
    issuance = held_record.issuance
    _put(issuance, held_record.before, by, issuance.revision)
    held_record.outcome = MonitoringImport.Outcome.TAKEN_BACK
    held_record.save()


def can_be_taken_back(record: MonitoringImport) -> bool:
    applied = record.issuance.imports.filter(outcome=MonitoringImport.Outcome.APPLIED)
    return (
        record.issuance.state == "monitoring"
        and record.outcome == MonitoringImport.Outcome.APPLIED
        and applied.first() == record
        and all(getattr(record.issuance, name) == record.found[name] for name in KEPT)
    )


def _put(issuance: Issuance, values: dict[str, Any], by: User, revision: int) -> None:
    def change(held: Issuance) -> None:
        for name, value in values.items():
            setattr(held, name, value)

    moves.edit(issuance, by, revision=revision, change=change)


def lines(issuance: Issuance) -> list[calculation.Term]:
    """The calculation line by line, with what was frozen when it was made."""
    methodology = equations(issuance.project)
    if methodology is None or not issuance.monitoring:
        return []
    kept = issuance.basis.get("registration", issuance.project.registration)
    return calculation.lines(methodology, kept, issuance.monitoring)


def recomputed(issuance: Issuance) -> bool:
    """Whether what is kept still follows from the readings and from what the project has fixed now."""
    methodology = equations(issuance.project)
    if methodology is None or not issuance.monitoring:
        return True
    found = calculation.outcome(
        methodology, issuance.project.registration, issuance.monitoring, days.today("VN")
    )
    return found.computed == issuance.computed

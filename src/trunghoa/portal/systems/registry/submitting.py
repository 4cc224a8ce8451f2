"""Annual information before and at its submission: what the checks say, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document
from trunghoa.quantities import N_, InputError

from . import annual
from .models import AnnualReport, Handed, PartySettings
from .tasks import aef
from .words_article6 import PARTIES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHECKS = {
    "cells": N_("every cell as the format asks"),
    "quantity": N_("quantity as the identifiers say"),
    "vintage": N_("vintage within the years that count"),
    "year": N_("action within the reported year (UTC)"),
    "authorization": N_("an authorisation in force for every action"),
    "authorized_quantity": N_("no more first transferred than authorised"),
    "first_transfer_once": N_("first transfer once for each unit"),
    "after_use": N_("no action after use or cancellation"),
    "gwp": N_("one set of GWP values for each authorisation"),
    "overlap": N_("no unit held twice"),
    "holdings": N_("holdings are those of the year before, plus in, minus out"),
    "mirror": N_("the other Party reports the same units"),
    "double_issuance": N_("double issuance"),
    "double_use": N_("double use"),
    "double_claim": N_("double claim"),
    "double_transfer": N_("double transfer"),
    "withdrawn_with_units": N_("units of withdrawn projects"),
}


@dataclass(frozen=True)
class Checked:
    """A report as it follows from the ledger, and what the checks found."""

    report: Any
    findings: tuple[Any, ...]
    mirror: Any

    @property
    def passed(self) -> bool:
        return all(found.verdict.value == "passed" for found in self.findings)


def checked(row: AnnualReport, on: date | None = None) -> Checked:
    """Make the report anew and check it; the day of submission is today's until it is known."""
    story = annual.Story()
    day = on or row.submitted_on or timezone.now().astimezone(UTC).date()
    made = annual.report(
        row.party, row.year, story=story, template=row.template, version=f"{row.version}.0", on=day
    )
    first = annual.first_year(story, row.party)
    earlier = [report for year, report in sorted(_earlier(row).items()) if report is not None]
    found = aef.checked(made, earlier, first_report=first is None or first >= row.year)
    return Checked(made, found, mirror(made, row.party, row.year))


def _earlier(row: AnnualReport) -> dict[int, Any]:
    """Reports of earlier years as they were submitted; the last version of each."""
    rows = AnnualReport.objects.filter(party=row.party, state="submitted", year__lt=row.year)
    found = {}
    for each in rows.exclude(document=None).order_by("year", "version"):
        found[each.year] = aef.read(documents.read(each.document), each.template)
    return found


def handed(party: str, year: int) -> Any | None:
    """What a Party handed in for a year, the newest that can be read."""
    rows = Handed.objects.filter(kind="report", party=party, year=year).select_related("document")
    for row in rows:
        try:
            return aef.read(documents.read(row.document))
        except InputError:
            continue
    return None


def mirror(made: Any, party: str, year: int) -> Any:
    """Against the other Party's own report, where it was handed in."""
    others = [other for other in PARTIES if other != party]
    return aef.mirrored(made, next((r for o in others if (r := handed(o, year)) is not None), None))


def hindrances(row: AnnualReport, on: date | None = None) -> list[str]:
    """Why annual information is not submitted: every check is passed, or it stays here."""
    reasons = []
    settings = PartySettings.objects.filter(party=row.party).first()
    if settings is None:
        return [_("The Party has not set its NDC period and method.")]
    if settings.quality != "verified":
        reasons.append(_("The settings of the Party are not verified: give their source and check it."))
    if row.year >= datetime.now(tz=UTC).year:
        reasons.append(_("The year is not over (UTC)."))
    found = checked(row, on)
    reasons += [
        _("The check “%(check)s” is not passed: see the check report.") % {"check": _(CHECKS[each.check])}
        for each in found.findings
        if each.verdict.value != "passed"
    ]
    if found.mirror.verdict.value == "failed":
        reasons.append(_("The other Party reports other units: settle that first."))
    return reasons


def kept(row: AnnualReport, on: date, by: User) -> Document:
    """The workbook as a public document."""
    content = aef.workbook(checked(row, on).report, draft=False)
    return documents.store(
        content,
        media_type=XLSX,
        filename=f"AEF-{row.party}-{row.year}-{row.version}.xlsx",
        classification="public",
        by=by,
    )

"""The life of a Party's reports: written, complete, and submitted by a second officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from .. import adjusting, submitting
from ..models import AnnualReport, PartyReport, PartySettings
from ..rules_article6 import officer_of_party, visible_reports
from ..tasks import article6
from ..words import SIDE_OF
from .authorisation import OFFICERS, SECOND
from .project import REASON

SUBMITTED_ON = Input("on", N_("Submitted on"), "date", help=N_("The day on which the secretariat got it"))


def is_complete(report: PartyReport, user: User, inputs: Mapping[str, Any]) -> str:
    """Every item says something. What is missing is unknown, and unknown does not pass."""
    lacks = article6.missing(report.kind, report.answers)
    if lacks:
        return _("Nothing is said yet of: %(items)s.") % {"items": ", ".join(item.code for item in lacks)}
    return ""


def can_be_summed_up(report: PartyReport, user: User, inputs: Mapping[str, Any]) -> str:
    """Regular information stands on years that are final."""
    if report.kind != PartyReport.Kind.REGULAR:
        return ""
    settings = PartySettings.objects.filter(party=report.party).first()
    if settings is None:
        return _("The Party has not set its NDC period and method.")
    made = adjusting.book(settings)
    found, said = adjusting.balance_of(made)
    if found is None:
        return " ".join(said)
    reasons = []
    if found.unresolved:
        reasons.append(
            _("The first transfer of %(tonnes)s t is unresolved: specify it first.")
            % {"tonnes": found.unresolved_quantity}
        )
    if settings.quality != "verified":
        reasons.append(_("The settings of the Party are not verified: give their source and check it."))
    if unchecked := [str(y) for y, row in made.inventories.items() if row.quality != "verified"]:
        reasons.append(_("Inventories are not verified: %(years)s.") % {"years": ", ".join(unchecked)})
    return " ".join(reasons)


def submitted(report: Any, inputs: Mapping[str, Any], by: User) -> None:
    report.submitted_on = inputs["on"]


def is_ready(report: AnnualReport, user: User, inputs: Mapping[str, Any]) -> str:
    return " ".join(submitting.hindrances(report))


def freeze(report: AnnualReport, inputs: Mapping[str, Any], by: User) -> None:
    """The workbook is kept as it was submitted."""
    if reasons := submitting.hindrances(report, inputs["on"]):
        raise Refused(reasons)
    report.submitted_on = inputs["on"]
    report.document = submitting.kept(report, inputs["on"], by)


def waits(report: Any) -> Sequence[Wait]:
    if report.state != "proposed":
        return []
    return [Wait(side=SIDE_OF[report.party], what=N_("Submit the report or give it back."))]


def _machine(name: str, label: str, model: str, guards: Any, apply: Any, inputs: Any) -> Machine:
    return Machine(
        name=name,
        label=label,
        model=model,
        states=(
            State("draft", N_("draft")),
            State("proposed", N_("proposed")),
            State("submitted", N_("submitted"), final=True),
        ),
        transitions=(
            Transition(
                "propose",
                N_("Propose for submission"),
                ("draft",),
                "proposed",
                officer_of_party,
                OFFICERS,
                guards=guards,
            ),
            Transition(
                "submit",
                N_("Record the submission"),
                ("proposed",),
                "submitted",
                officer_of_party,
                SECOND,
                inputs=inputs,
                guards=guards,
                not_by=("propose",),
                apply=apply,
            ),
            Transition(
                "give_back",
                N_("Give back"),
                ("proposed",),
                "draft",
                officer_of_party,
                OFFICERS,
                inputs=(REASON,),
                aside=True,
            ),
        ),
        waits=waits,
        visible=visible_reports,
    )


COMPARED = Input(
    "checked",
    N_("Who compared the parts with the text of the decision, and when"),
    help=N_("Their wording on record is from memory and is not verified."),
)
REPORT = register(
    _machine(
        "article6-report",
        N_("Report of a Party"),
        "registry.PartyReport",
        (is_complete, can_be_summed_up),
        submitted,
        (SUBMITTED_ON, COMPARED),
    )
)
CHECKED = Input(
    "checked",
    N_("Who compared the format with the official one, and when"),
    help=N_("The format on record was read from transcriptions and is not verified."),
)
ANNUAL = register(
    _machine(
        "article6-annual",
        N_("Annual information of a Party"),
        "registry.AnnualReport",
        (is_ready,),
        freeze,
        (SUBMITTED_ON, CHECKED),
    )
)

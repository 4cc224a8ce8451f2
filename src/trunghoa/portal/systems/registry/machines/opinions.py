"""Opinions of third-party entities: who may give one, when, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.core.workflow.machine import Input
from trunghoa.quantities import N_

from ..models import Correction, Designation, Opinion
from ..rules import project_of
from ..tasks import methods

VERDICTS = cast(Sequence[tuple[str, str]], Opinion.Verdict.choices)
OPINION = (
    Input("verdict", N_("Opinion"), "choice", choices=VERDICTS),
    Input("text", N_("Grounds"), required=False),
)


def is_designated(obj: Any, user: User, inputs: Mapping[str, Any]) -> str:
    """The entity is designated for the scope today and has no other part in the project."""
    project = project_of(obj)
    if project is None or project.third_party is None:
        return _("No third-party entity is named: edit the project.")
    rows = Designation.objects.filter(organisation=project.third_party)
    designated = [(project.third_party.code, row.scopes, row.valid_from, row.valid_to) for row in rows]
    parties = list(project.participants.values_list("organisation__code", flat=True))
    scope = project.scope or (project.methodology.scope if project.methodology else "")
    found = methods.designation(project.third_party.code, scope, days.today("VN"), designated, parties)
    return " ".join(str(problem) for problem in found.problems)


def window_is_over(obj: Any, user: User, inputs: Mapping[str, Any]) -> str:
    until = obj.input_until
    if until is None or days.today("VN") > until:
        return ""
    return _("Public inputs are open until %(day)s: they have to be considered first.") % {
        "day": until.isoformat()
    }


def is_positive(obj: Any, user: User, inputs: Mapping[str, Any]) -> str:
    if inputs.get("verdict") == Opinion.Verdict.ADVERSE:
        return _("An adverse opinion does not lead on: choose the move for it.")
    return ""


def corrections_are_closed(obj: Any, user: User, inputs: Mapping[str, Any]) -> str:
    """A positive opinion needs every corrective action and clarification closed; forward actions may wait."""
    still = [str(row) for row in Correction.objects.about(obj) if row.hinders]
    if not still:
        return ""
    return _("Not closed yet: %(what)s. Close them before you give a positive opinion.") % {
        "what": ", ".join(still)
    }


def record_opinion(obj: Any, inputs: Mapping[str, Any], by: User) -> None:
    if by.organisation is None:
        raise Refused([_("Only people of a third-party entity give opinions.")])
    Opinion.objects.create(
        object=obj,
        organisation=by.organisation,
        by=by,
        on=days.today(by.organisation.side),
        verdict=inputs.get("verdict") or Opinion.Verdict.ADVERSE,
        text=inputs.get("text") or "",
        amounts=getattr(obj, "requested", {}),
        requests=[
            {
                "kind": row.kind,
                "number": row.number,
                "text": row.text,
                "answer": row.answer,
                "closing": row.closing,
                "closed": row.closed_on is not None,
            }
            for row in Correction.objects.about(obj)
        ],
    )

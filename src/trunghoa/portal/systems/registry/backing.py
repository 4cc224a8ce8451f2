"""Of what of this room there may be evidence; importing this declares it."""

from __future__ import annotations

from typing import Any

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import evidence
from trunghoa.portal.core.record.templatetags.numbers import language

from .models import Authorisation, Issuance, Project, TransferApproval
from .rules import visible_issuances, visible_projects, works
from .rules_article6 import officer_of_host, officer_of_party, visible_approvals, visible_authorisations


def of_host(user: User, obj: Any) -> bool:
    return bool(officer_of_host(user))


def of_project(user: User, obj: Any) -> bool:
    """Who takes part in a project, the entity that looks at it, and the secretariat."""
    return bool(works(user, obj))


evidence.register(
    "registry.Project",
    visible=visible_projects,
    may_attach=of_project,
    address=Project.get_absolute_url,
    name=lambda row: row.label(language()),
)
evidence.register(
    "registry.Issuance",
    visible=visible_issuances,
    may_attach=of_project,
    address=Issuance.get_absolute_url,
    name=lambda row: row.label(language()),
)
evidence.register(
    "registry.Authorisation",
    visible=visible_authorisations,
    may_attach=lambda user, row: bool(officer_of_party(user, row)),
    address=Authorisation.get_absolute_url,
    name=lambda row: row.label(language()),
)
evidence.register(
    "registry.TransferApproval",
    visible=visible_approvals,
    may_attach=of_host,
    address=TransferApproval.get_absolute_url,
    name=lambda row: row.label(language()),
)

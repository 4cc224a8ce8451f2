"""Of what of this room there may be evidence; importing this declares it."""

from __future__ import annotations

from typing import Any

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import evidence
from trunghoa.portal.core.record.templatetags.numbers import language

from .models import Authorisation, TransferApproval
from .rules_article6 import officer_of_host, officer_of_party, visible_approvals, visible_authorisations


def of_host(user: User, obj: Any) -> bool:
    return bool(officer_of_host(user))


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

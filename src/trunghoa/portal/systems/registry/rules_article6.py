"""Who may see and do what under Article 6: officers of a Party write, the public sees what is issued."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import is_officer, may_write, reads_everything

from .rules import is_party, is_registrar
from .words import PARTY

HOST_SIDE = "VN"
PUBLIC_AUTHORISATION = ("issued", "change_proposed", "revocation_proposed", "revoked")


def party_of(user: User) -> str:
    return PARTY.get(user.side, "")


@rules.predicate
def of_party(user: User, obj: Any) -> bool:
    """Of the Party whose account it is."""
    return bool(party_of(user)) and party_of(user) == getattr(obj, "party", None)


@rules.predicate
def of_host(user: User) -> bool:
    return user.side == HOST_SIDE


officer_of_party = may_write & is_officer & of_party
officer_of_host = may_write & is_officer & of_host
officer_of_a_party = may_write & is_officer & is_party
registrar = is_registrar

rules.add_perm("registry.keep_article6", officer_of_a_party)
rules.add_perm("registry.keep_party", officer_of_party)
rules.add_perm("registry.approve_transfers", officer_of_host)


def visible_authorisations(user: Any) -> Q:
    """Those that were issued for everybody; drafts for officers and whoever reads everything."""
    if user.is_authenticated and reads_everything(user):
        return Q()
    return Q(state__in=PUBLIC_AUTHORISATION)


def visible_approvals(user: Any) -> Q:
    if user.is_authenticated and reads_everything(user):
        return Q()
    return Q(state__in=("approved", "revoked"))


def visible_reports(user: Any) -> Q:
    """What was submitted for everybody; the rest for the Party's own officers."""
    seen = Q(state="submitted")
    if user.is_authenticated and is_officer(user) and party_of(user):
        seen |= Q(party=party_of(user))
    return seen


def visible_final_years(user: Any) -> Q:
    seen = Q(state__in=("final", "reversal_proposed", "reversed"))
    if user.is_authenticated and is_officer(user) and party_of(user):
        seen |= Q(party=party_of(user))
    return seen

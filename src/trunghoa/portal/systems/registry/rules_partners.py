"""Who deals with registries of partner countries: administrators of the own side; its officers read."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import is_officer

from .models import PartnerRegistry
from .rules import SIDES, is_party, is_registrar


@rules.predicate
def deals_with(user: User, partner: PartnerRegistry) -> bool:
    return user.side == partner.side


rules.add_perm("registry.add_partner", is_registrar)
rules.add_perm("registry.keep_partner", is_registrar & deals_with)
rules.add_perm("registry.see_partners", is_officer & is_party)


def visible_partners(user: Any) -> Q:
    return Q(side=user.side if user.side in SIDES and is_officer(user) else None)

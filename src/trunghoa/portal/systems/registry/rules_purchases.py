"""Who may see and do what of purchases: published offers are public, agreements are their parties' own."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import is_officer, is_participant, may_write

from .models import Agreement, Offer, Payment
from .rules import belongs_somewhere

PUBLIC_OFFER = ("published", "closed")


@rules.predicate
def sells(user: User, offer: Offer) -> bool:
    return user.organisation_id is not None and user.organisation_id == offer.seller_id


@rules.predicate
def is_party_to(user: User, obj: Agreement | Payment) -> bool:
    """Of the seller or the buyer."""
    agreement = obj.agreement if isinstance(obj, Payment) else obj
    return user.organisation_id is not None and user.organisation_id in (
        agreement.seller_id,
        agreement.buyer_id,
    )


bargains = may_write & belongs_somewhere & (is_participant | is_officer)
keeps_offer = bargains & sells
keeps_agreement = bargains & is_party_to

rules.add_perm("registry.bargain", bargains)
rules.add_perm("registry.keep_offer", keeps_offer)
rules.add_perm("registry.keep_agreement", keeps_agreement)


def visible_offers(user: Any) -> Q:
    seen = Q(state__in=PUBLIC_OFFER)
    if user.is_authenticated and user.organisation_id:
        seen |= Q(seller=user.organisation_id)
    return seen


def visible_agreements(user: Any) -> Q:
    """Prices are between the parties; a verifier or researcher has no part in them."""
    if not user.is_authenticated or not user.organisation_id:
        return Q(pk=None)
    return Q(seller=user.organisation_id) | Q(buyer=user.organisation_id)


def visible_payments(user: Any) -> Q:
    if not user.is_authenticated or not user.organisation_id:
        return Q(pk=None)
    own = user.organisation_id
    return Q(agreement__seller=own) | Q(agreement__buyer=own)

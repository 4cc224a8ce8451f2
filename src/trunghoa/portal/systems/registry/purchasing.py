"""An agreement as it stands: what its orders delivered, what is owed, what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from trunghoa.portal.core.ledger.models import Series
from trunghoa.portal.core.workflow import days

from . import posting
from .models import Agreement, Order, Payment
from .tasks import purchases


@dataclass(frozen=True)
class Standing:
    """An agreement on a day; amounts in its currency, payments as confirmed."""

    settlement: purchases.Settlement
    paid: Decimal
    damages_paid: Decimal

    @property
    def to_pay(self) -> Decimal:
        """Price of what was delivered and not paid yet; less than nought where more was paid."""
        return self.settlement.price_due - self.paid

    @property
    def damages_to_pay(self) -> Decimal:
        return self.settlement.damages_due - self.damages_paid

    @property
    def is_settled(self) -> bool:
        return self.settlement.outstanding == 0 and self.to_pay <= 0 and self.damages_to_pay <= 0


def standing(agreement: Agreement, today: date | None = None) -> Standing:
    """What is due, delivered, owed and paid."""
    found = purchases.settlement(
        [(row.due, row.volume) for row in agreement.schedule.all()],
        delivered(agreement),
        agreement.shortfall,
        agreement.price,
        agreement.damages or Decimal(0),
        today or days.today(agreement.seller.side),
    )
    return Standing(found, paid(agreement, "price"), paid(agreement, "damages"))


def paid(agreement: Agreement, purpose: str) -> Decimal:
    rows = agreement.payments.filter(purpose=purpose, state="confirmed")
    return sum((row.amount for row in rows), Decimal(0))


def delivered(agreement: Agreement) -> list[tuple[date, int]]:
    """Day (where the seller is) and units of each delivery that stands."""
    found = []
    for row in agreement.deliveries.select_related("order"):
        units = standing_units(row.order)
        if units:
            moment = row.order.transactions.order_by("pk").first()
            found.append((days.today(agreement.seller.side, moment.at if moment else None), units))
    return found


def standing_units(order: Order) -> int:
    """Units that an order moved and that no reversal brought back."""
    rows = order.transactions.filter(reversal=None, reverses=None)
    return sum(
        p.delta for row in rows.prefetch_related("postings") for p in row.postings.all() if p.delta > 0
    )


def candidates(agreement: Agreement) -> list[Order]:
    """Orders that could be a delivery: carried out, from the seller to the buyer, counted nowhere yet."""
    orders = Order.objects.filter(
        Q(source__account__organisation=agreement.seller) & Q(target__account__organisation=agreement.buyer),
        kind=Order.Kind.TRANSFER,
        state="executed",
        delivery=None,
    )
    return [order for order in orders.order_by("pk") if not hindrance(agreement, order)]


def hindrance(agreement: Agreement, order: Order) -> str:
    """Why an order is no delivery under an agreement; nothing where it is."""
    if not standing_units(order):
        return _("The transaction of order %(order)s was reversed.") % {"order": order.pk}
    for series in posting.series_of(order).values():
        if said := _foreign(agreement, series):
            return said
    return ""


def _foreign(agreement: Agreement, series: Series) -> str:
    at = series.attributes
    if at.get("project") != agreement.project_id:
        return _("%(series)s are no credits of %(project)s.") % {
            "series": series,
            "project": agreement.project,
        }
    if not agreement.vintage_from <= at.get("vintage", 0) <= agreement.vintage_to:
        return _("%(series)s are of another vintage than %(first)s–%(last)s.") % {
            "series": series,
            "first": agreement.vintage_from,
            "last": agreement.vintage_to,
        }
    return ""


def recovered(agreement: Agreement) -> Decimal | None:
    """The share of a grant that the price of all credits would bring back; none without a grant."""
    return agreement.value / agreement.grant if agreement.grant else None


def grant_per_credit(agreement: Agreement) -> Decimal | None:
    return agreement.grant / agreement.volume if agreement.grant else None


def payments(agreement: Agreement) -> list[Payment]:
    return list(agreement.payments.select_related("recorded_by__organisation"))

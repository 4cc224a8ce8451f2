"""Mails about what an order did, in the background once it is committed."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django_tasks import task

from trunghoa.portal.core.accounts.models import User

from ..models import Order, RegistryAccount
from ..serials import written

log = logging.getLogger(__name__)


@task()
def tell(order_pk: int) -> None:
    """Tell the holders of both accounts which units moved, each person in the own language."""
    rows = Order.objects.select_related("source__account__organisation", "target__account__organisation")
    order = rows.get(pk=order_pk)
    for person in concerned(order):
        subject, body = write(order, person)
        try:
            send_mail(subject, body, None, [person.email])
        except OSError as error:  # the mail server refused or is away: the page tells the same
            log.warning("no notice to %s: %s", person.username, error)


def tell_soon(order: Order) -> None:
    """Once what is being entered is committed; nothing where nobody holds the accounts."""
    if concerned(order):
        transaction.on_commit(lambda: tell.enqueue(order.pk))


def concerned(order: Order) -> list[User]:
    """People of the organisations whose accounts an order touched, with an address."""
    accounts = [account for account in (order.source, order.target) if account is not None]
    holders = {account.account.organisation_id for account in accounts} - {None}
    people = User.objects.filter(organisation__in=holders, is_active=True, is_service=False)
    return list(people.exclude(email="").order_by("pk"))


def write(order: Order, person: User) -> tuple[str, str]:
    """Subject and text in the person's language."""
    from ..posting import series_of

    series = series_of(order)
    with translation.override(person.language):
        context = {
            "order": order,
            "serials": [written(series[n], first, last) for n, first, last in order.units if n in series],
            "source": _named(order.source, person),
            "target": _named(order.target, person),
            "transactions": [
                (row.pk, settings.SITE_URL + reverse("registry:transaction", args=[row.pk]))
                for row in order.transactions.order_by("pk")
            ],
            "url": settings.SITE_URL + order.get_absolute_url(),
        }
        text = render_to_string("registry/notice.txt", context).strip()
    subject, _newline, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"


def _named(account: RegistryAccount | None, person: User) -> str:
    return account.label(person.language) if account else ""

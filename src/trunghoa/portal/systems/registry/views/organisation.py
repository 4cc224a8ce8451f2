"""My organisation: its projects, accounts, orders, what waits for it; and the statement of an account."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.ledger import totals
from trunghoa.portal.core.record.tables import Column, Table, address_of, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days, tasks

from .. import statements
from ..forms import Dated
from ..machines.order import ORDER
from ..machines.project import PROJECT
from ..models import Order, Project, RegistryAccount
from ..models.accounts import UNIT
from ..rules import sees_holdings
from . import access
from .units import transaction_link

# Orders shown on the page; the list of orders has the rest.
RECENT = 20


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if user.organisation is None:
        return render(request, "registry/organisation.html", {"organisation": None})
    own = user.organisation
    tables = [account_table(own), project_table(request, own), order_table(own)]
    if answer := download(request, *tables):
        return answer
    waiting = tasks.with_objects(tasks.waiting_for(user, "organisation").filter(machine__in=MACHINES))
    context = {
        "organisation": own,
        "name": own.name(numbers.language()),
        "tables": tables,
        "waiting": [(task, task.object.label(numbers.language())) for task in waiting],
        "may_bargain": user.has_perm("registry.bargain"),
    }
    return render(request, "registry/organisation.html", context)


MACHINES = (
    "jcm-project", "jcm-issuance", "jcm-order", "jcm-methodology", "purchase-agreement", "purchase-payment",
)  # fmt: skip


def account_table(own: Organisation) -> Table:
    """Each account with what stands there, and the way to its statement."""
    rows = list(RegistryAccount.objects.filter(account__organisation=own).select_related("account"))
    standing = totals.standing("account", "series__unit")
    address = address_of("registry:account", "NUMBER")
    statement = address_of("registry:statement", "NUMBER")

    def there(row: RegistryAccount) -> totals.Standing:
        return standing.get((row.account_id, UNIT), totals.Standing(0, 0))

    columns = [
        Column(
            "number",
            gettext_lazy("Number of the account"),
            lambda r: r.number,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.number), r.number),
        ),
        Column("kind", gettext_lazy("Kind of account"), lambda r: r.get_kind_display()),
        Column("sub", gettext_lazy("Sub-account"), lambda r: r.get_sub_display() if r.sub else ""),
        Column("units", gettext_lazy("Credits (t)"), lambda r: there(r).units, None, True),
        Column("blocked", gettext_lazy("Of them blocked (t)"), lambda r: there(r).blocked, None, True),
        Column(
            "statement",
            gettext_lazy("Statement"),
            lambda r: "",
            lambda r: format_html(
                '<a href="{}" class="standing">{}</a>', statement(r.number), _("Statement")
            ),
        ),
    ]
    return Table("accounts", columns, rows, caption=_("Accounts"))


def project_table(request: HttpRequest, own: Organisation) -> Table:
    lang = numbers.language()
    part = Q(participants__organisation=own) | Q(focal_point=own) | Q(third_party=own)
    rows = list(Project.objects.filter(pk__in=access.projects(request).filter(part).values("pk")))
    address = address_of("registry:project", "CODE")
    states = {s.code: _(s.label) for s in PROJECT.states}
    columns = [
        Column(
            "project",
            gettext_lazy("Project"),
            str,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.code), r),
        ),
        Column("title", gettext_lazy("Title"), lambda r: r.title(lang)),
        Column("state", gettext_lazy("State"), lambda r: states.get(r.state, r.state)),
    ]
    return Table("projects", columns, rows, caption=_("JCM projects"))


def order_table(own: Organisation) -> Table:
    """The latest orders from and to the accounts of an organisation."""
    lang = numbers.language()
    of_own = Q(source__account__organisation=own) | Q(target__account__organisation=own, state="executed")
    rows = Order.objects.filter(of_own).select_related(
        "source__account__organisation", "target__account__organisation"
    )
    address = address_of("registry:order")
    states = {s.code: _(s.label) for s in ORDER.states}
    columns = [
        Column(
            "order",
            gettext_lazy("Order"),
            lambda r: r.pk,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.pk), r.pk),
            True,
        ),
        Column("kind", gettext_lazy("Kind of order"), lambda r: r.get_kind_display()),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column(
            "source", gettext_lazy("From the account"), lambda r: r.source.label(lang) if r.source else ""
        ),
        Column("target", gettext_lazy("To the account"), lambda r: r.target.label(lang) if r.target else ""),
        Column("quantity", gettext_lazy("Units"), lambda r: r.quantity, None, True),
    ]
    return Table("orders", columns, list(rows.order_by("-pk")[:RECENT]), caption=_("Latest orders"))


class SpanForm(forms.Form):
    """Days of a statement, both included."""

    first = forms.DateField(label=gettext_lazy("From"), widget=Dated())
    last = forms.DateField(label=gettext_lazy("Until"), widget=Dated())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("It ends before it begins."))
        return given


@require_safe
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """What stood in an account, what came and went, what stands there; this month's if nothing is asked."""
    account = access.account(number)
    if not sees_holdings(request.user, account):
        raise PermissionDenied
    today = days.today(account.side)
    span = (today.replace(day=1), today)
    asked = "first" in request.GET or "last" in request.GET
    form = SpanForm(request.GET if asked else None, initial={"first": span[0], "last": span[1]})
    if asked and form.is_valid():
        span = (form.cleaned_data["first"], form.cleaned_data["last"])
    found = statements.of(account, *span)
    table = statement_table(found)
    if answer := download(request, table):
        return answer
    context = {"account": account, "name": account.name(numbers.language()), "form": form, "statement": found}
    status = 422 if form.errors else 200
    return render(request, "registry/statement.html", {**context, "table": table}, status=status)


class Row(NamedTuple):
    """A line of a statement as its table shows it; the balances at both ends are lines too."""

    day: date
    transaction: int | None
    what: str
    serial: str
    units: int | None
    balance: int


def statement_table(found: statements.Statement) -> Table:
    """Opening balance, each span that moved, closing balance."""
    rows = [
        Row(found.first, None, _("Opening balance"), "", None, found.opening),
        *(
            Row(
                timezone.localtime(line.transaction.at).date(),
                line.transaction.pk,
                line.transaction.get_kind_display(),
                line.serial,
                line.units,
                line.balance,
            )
            for line in found.lines
        ),
        Row(found.last, None, _("Closing balance"), "", None, found.closing),
    ]
    units = reverse("registry:units")
    columns = [
        Column("day", gettext_lazy("Day"), lambda r: r.day, lambda r: numbers.day(r.day)),
        Column(
            "transaction",
            gettext_lazy("Transaction"),
            lambda r: r.transaction,
            lambda r: transaction_link(r.transaction) if r.transaction else "",
            True,
        ),
        Column("what", gettext_lazy("What happened"), lambda r: r.what),
        Column(
            "serial",
            gettext_lazy("Serial"),
            lambda r: r.serial,
            lambda r: (
                format_html('<a href="{}?q={}"><code>{}</code></a>', units, r.serial, r.serial)
                if r.serial
                else ""
            ),
        ),
        Column("units", gettext_lazy("Credits (t)"), lambda r: r.units, None, True),
        Column("balance", gettext_lazy("Balance (t)"), lambda r: r.balance, None, True),
    ]
    return Table("statement", columns, rows, caption=_("Statement"))

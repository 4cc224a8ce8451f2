"""Issuances: a monitoring period on its way to credits, its allocation table, the orders of each side."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import allotting, guidance, monitoring, papers
from ..forms import AllotmentForm, PeriodForm
from ..machines.issuance import sides_of
from ..models import Issuance, Opinion, Order
from . import access, verification
from .home import vintage
from .monitoring import calculation_tables, tonnes

# Until the Joint Committee has decided, the table may be changed.
ALLOTTED_IN = ("verified", "requested", "complete")


@login_not_required
@require_safe
def page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    issuance = access.issuance(request, code, number)
    vintages, allotted = vintage_table(issuance), allotment_table(issuance)
    calculation = calculation_tables(issuance)
    if answer := download(request, vintages, allotted, *calculation):
        return answer
    user = request.user
    context = {
        "issuance": issuance,
        "project": issuance.project,
        "title": issuance.project.title(numbers.language()),
        "vintages": vintages,
        "allotted": allotted,
        "opinions": Opinion.objects.about(issuance).select_related("organisation"),
        "orders": issuance.orders.select_related("prepared_by") if user.is_authenticated else (),
        "may_allot": issuance.state in ALLOTTED_IN and may_allot(request, issuance),
        "may_order": may_order(request, issuance),
        "calculation": calculation,
        "may_monitor": user.is_authenticated
        and issuance.start is not None
        and monitoring.equations(issuance.project) is not None
        and user.has_perm("registry.add_issuance", issuance),
        "may_lower": issuance.state == "verification" and user.has_perm("registry.verify", issuance),
        "guidance": guidance.of(issuance),
        "papers": papers.offered(issuance),
        **verification.context_of(request, issuance),
    }
    return render(request, "registry/issuance.html", context)


def vintage_table(issuance: Issuance) -> Table:
    """What was computed from the readings, and what is asked for, by calendar year."""
    rows = [
        (year, issuance.computed.get(year, {})) for year in sorted({*issuance.computed, *issuance.requested})
    ]
    columns = [
        Column("vintage", gettext_lazy("Vintage"), lambda r: r[0]),
        *(
            Column(name, label, lambda r, n=name: r[1].get(n), lambda r, n=name: tonnes(r[1].get(n)), True)
            for name, label in (
                ("reference", gettext_lazy("RE (t CO₂e)")),
                ("project", gettext_lazy("PE (t CO₂e)")),
                ("reduction", gettext_lazy("Emission reduction (t CO₂e)")),
            )
        ),
        Column("credits", gettext_lazy("Whole credits"), lambda r: r[1].get("credits"), None, True),
        Column("requested", gettext_lazy("Requested"), lambda r: issuance.requested.get(r[0]), None, True),
    ]
    return Table("vintages", columns, rows, caption=_("Credits by vintage"))


def allotment_table(issuance: Issuance) -> Table:
    lang = numbers.language()
    rows = list(issuance.allotments.select_related("account__account__organisation"))
    columns = [
        Column("vintage", gettext_lazy("Vintage"), lambda r: r.vintage or None, lambda r: vintage(r.vintage)),
        Column(
            "account",
            gettext_lazy("Account"),
            lambda r: r.account.label(lang),
            lambda r: format_html('<a href="{}">{}</a>', r.account.get_absolute_url(), r.account.label(lang)),
        ),
        Column("credits", gettext_lazy("Credits (t)"), lambda r: r.amount, None, True),
    ]
    return Table("allocation", columns, rows, caption=_("Allocation of credits"))


def may_allot(request: HttpRequest, issuance: Issuance) -> bool:
    user = request.user
    return user.is_authenticated and (
        user.has_perm("registry.add_issuance", issuance) or user.has_perm("registry.keep_accounts")
    )


def may_order(request: HttpRequest, issuance: Issuance) -> bool:
    """A registry administrator of a side that has yet to issue, and has no order under way."""
    user = request.user
    if (
        not user.is_authenticated
        or issuance.state != "decided"
        or not user.has_perm("registry.keep_accounts")
    ):
        return False
    side = person(request).side
    under_way = issuance.orders.filter(side=side, state__in=("prepared", "executed")).exists()
    return side in sides_of(issuance) and not under_way


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the report of a monitoring period."""
    project = access.project(request, code)
    access.must(request, "registry.add_issuance", project)
    if project.state not in ("registered", "ended"):
        raise PermissionDenied
    form = PeriodForm(project, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            # Who begins one waits for who began before, so that numbers follow each other.
            type(project).objects.select_for_update().get(pk=project.pk)
            last = project.issuances.aggregate(last=Max("number"))["last"] or 0
            made = Issuance.objects.create(
                project=project, number=last + 1, created_by=person(request), **form.cleaned_data
            )
            moves.began(made)
        return redirect(made)
    return access.form_page(request, form, _("Begin a monitoring report"), project)


@require_http_methods(access.GET_OR_POST)
def allot(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The allocation table: proposed from the shares, changed by hand, always adding up."""
    issuance = access.issuance(request, code, number)
    if issuance.state not in ALLOTTED_IN or not may_allot(request, issuance):
        raise PermissionDenied
    form = AllotmentForm(issuance, request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            allotting.keep(issuance, form.table, person(request), form.cleaned_data["revision"])
        except Stale as error:
            problem = str(error)
        else:
            messages.success(request, _("The allocation table is kept."))
            return redirect(issuance)
    return access.form_page(request, form, _("Allocation of credits"), issuance, problem)


@require_POST
def order(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Prepare the order by which the own side issues; another administrator approves it."""
    issuance = access.issuance(request, code, number)
    if not may_order(request, issuance):
        raise PermissionDenied
    side = person(request).side
    rows = issuance.allotments.select_related("account__account")
    total = sum(row.amount for row in rows if row.account.side == side)
    with transaction.atomic():
        made = Order.objects.create(
            kind=Order.Kind.ISSUE, side=side, issuance=issuance, quantity=total, prepared_by=person(request)
        )
        moves.began(made)
    messages.success(request, _("The order is prepared. Another registry administrator approves it."))
    return redirect(made)

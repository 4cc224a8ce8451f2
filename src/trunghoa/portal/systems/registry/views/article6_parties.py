"""A Party's account: its settings, inventories, balance by every method, and the years made final."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import reads_everything
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.quantities import InputError

from .. import adjusting
from ..forms_parties import InventoryForm, SettingsForm
from ..models import FinalYear, InventoryYear, PartySettings
from ..rules_article6 import party_of, visible_final_years
from ..tasks import article6
from ..words_article6 import DENOMINATORS, METHODS, PARTIES, PARTY_NAMES
from . import access
from .article6 import shown
from .article6_balances import balance_table, cell_table, methods_table, years_table


def reader(request: HttpRequest) -> None:
    """Accounts under way are read by officers and whoever reads everything; final years by all."""
    if not reads_everything(person(request)):
        raise PermissionDenied


def settings_of(party: str) -> PartySettings | None:
    if party not in PARTIES:
        raise Http404
    return PartySettings.objects.filter(party=party).first()


@require_safe
def page(request: HttpRequest, party: str) -> HttpResponse:
    """The balance as it follows from the ledger now, and what stands in the way of reporting it."""
    reader(request)
    settings = settings_of(party)
    context: dict[str, Any] = {
        "party": party,
        "name": PARTY_NAMES[party],
        "settings": settings,
        "may_write": party_of(person(request)) == party and request.user.has_perm("registry.keep_article6"),
    }
    if settings is None:
        return render(request, "registry/article6/party.html", context)
    made = adjusting.book(settings)
    found, problems = adjusting.balance_of(made)
    tables = [inventory_table(made)]
    if found is not None:
        tables = [
            balance_table(found, made.settings.period_last),
            methods_table(made.account),
            years_table(made, found),
            *tables,
        ]
    cell, year = request.GET.get("cell", ""), request.GET.get("year", "")
    if found is not None and cell in article6.CELLS and year.isdecimal() and len(year) == 4:
        tables.append(cell_table(made.account, cell, int(year)))
        context["cell"] = tables[-1]
    if answer := download(request, *tables):
        return answer
    names = dict(METHODS) | dict(DENOMINATORS)
    context |= {
        "book": made,
        "found": found,
        "problems": problems,
        "proposable": proposable(made, found) if context["may_write"] else [],
        "tables": tables[:-1] if "cell" in context else tables,
        "method": names[settings.method],
        "denominator": names[settings.denominator],
    }
    return render(request, "registry/article6/party.html", context)


def proposable(made: adjusting.Book, found: Any) -> list[int]:
    """Years that could be made final now."""
    if found is None:
        return []
    standing = adjusting.standing(made.party)
    years = [row.year for row in found.years if row.year not in standing]
    return [year for year in years if not adjusting.hindrances(made, year)]


def inventory_table(made: adjusting.Book) -> Table:
    columns = [
        Column("year", gettext_lazy("Year"), lambda r: r.year, lambda r: str(r.year)),
        Column("amount", gettext_lazy("Inventory (t CO₂e)"), lambda r: r.amount, None, True),
        Column("target", gettext_lazy("Trajectory or budget (t CO₂e)"), lambda r: r.target, None, True),
        Column("gwp_set", gettext_lazy("GWP values"), lambda r: r.gwp_set),
        Column("quality", gettext_lazy("Quality"), lambda r: r.quality, lambda r: numbers.quality(r.quality)),
        Column("source", gettext_lazy("Source"), lambda r: r.source),
    ]
    rows = [made.inventories[year] for year in sorted(made.inventories)]
    return Table("inventories", columns, rows, caption=_("Inventories"))


def own(request: HttpRequest, party: str) -> None:
    """Only officers of the Party write for it."""
    settings_of(party)
    if party_of(person(request)) != party:
        raise PermissionDenied
    access.must(request, "registry.keep_article6")


@require_http_methods(access.GET_OR_POST)
def edit(request: HttpRequest, party: str) -> HttpResponse:
    own(request, party)
    kept = settings_of(party) or PartySettings(party=party)
    initial = {}
    if kept.pk is None:
        (first, last), _parameter = article6.usual_period()
        initial = {"period_first": first, "period_last": last, "quality": "unverified"}
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=kept, initial=initial)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("The settings are kept."))
        return redirect(form.save())
    return shown(request, form, _("Settings of %(party)s") % {"party": party}, "registry:article6:home")


@require_http_methods(access.GET_OR_POST)
def inventory(request: HttpRequest, party: str) -> HttpResponse:
    own(request, party)
    kept = get_object_or_404(PartySettings, party=party)
    form = InventoryForm(
        kept, request.POST if request.method == "POST" else None, instance=InventoryYear(party=party)
    )
    if request.method == "POST" and form.is_valid():
        form.keep()
        messages.success(request, _("The inventory of the year is kept."))
        return redirect(kept)
    return shown(request, form, _("Inventory of a year of %(party)s") % {"party": party}, kept)


@require_POST
def propose_final(request: HttpRequest, party: str, year: int) -> HttpResponse:
    """Propose to make a year final with the values of now; another officer confirms them."""
    own(request, party)
    kept = get_object_or_404(PartySettings, party=party)
    made = adjusting.book(kept)
    standing = FinalYear.objects.filter(party=party, year=year).exclude(state__in=("reversed", "refused"))
    reasons = adjusting.hindrances(made, year)
    if known := standing.first():
        return redirect(known)
    if reasons:
        for reason in reasons:
            messages.error(request, reason)
        return redirect(kept)
    values = adjusting.values_of(made, year)
    with transaction.atomic():
        final = moves.began(
            FinalYear.objects.create(
                party=party,
                year=year,
                values=values,
                sha256=signing.content_hash(values),
                made_by=person(request),
            )
        )
    messages.success(request, _("The year is proposed as final: another officer confirms it."))
    return redirect(final)


@login_not_required
@require_safe
def final(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FinalYear.objects.filter(visible_final_years(request.user)), pk=pk)
    table = final_table(found)
    if answer := download(request, table):
        return answer
    drift = False
    if found.state in ("final", "reversal_proposed"):
        try:
            made = adjusting.book(PartySettings.objects.get(party=found.party))
            drift = not adjusting.is_as_kept(found, made)
        except (InputError, PartySettings.DoesNotExist):
            drift = True
    context = {"final": found, "table": table, "drift": drift}
    return render(request, "registry/article6/final.html", context)


def final_table(found: FinalYear) -> Table:
    words = {
        "method": _("Method of adjustment"),
        "denominator": _("An average is over"),
        "period": _("NDC period"),
        "gwp_set": _("GWP values"),
        "first_transferred_ndc": _("First transferred, NDC (t)"),
        "first_transferred_oimp_only": _("First transferred, OIMP only (t)"),
        "used": _("Used towards the NDC (t)"),
        "by_vintage": _("First transferred, by vintage (t)"),
        "adjustment": _("Adjustment (t)"),
        "inventory": _("Inventory (t CO₂e)"),
        "balance": _("Emissions balance (t CO₂e)"),
    }
    rows = [(words[name], found.values.get(name)) for name in words]
    named = {code: str(name) for code, name in (*METHODS, *DENOMINATORS)}

    def text(value: Any) -> str:
        if isinstance(value, list):
            return "–".join(str(part) for part in value)
        return named.get(value, str(value)) if isinstance(value, str) else numbers.number(value)

    columns = [
        Column("what", gettext_lazy("What"), lambda r: r[0]),
        Column("value", gettext_lazy("Value"), lambda r: r[1], lambda r: text(r[1])),
    ]
    return Table("final", columns, rows, caption=_("As it was made final"))

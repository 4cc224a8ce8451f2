"""The registry's first page: what was issued, where it stands, and how anybody can check that."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.ledger import totals
from trunghoa.portal.core.ledger.models import LedgerTransaction, Seal, Series
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.record.tables import Column, Table, download

from ..machines.project import PROJECT
from ..models import RegistryAccount
from ..models.accounts import UNIT
from ..words import UNTOLD_VINTAGE
from . import access


class Held(NamedTuple):
    """Units by vintage, issuing side, kind of account and state."""

    vintage: int
    side: str
    kind: str
    state: str
    units: int


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    tables = [by_kind(), by_year(), by_state(request)]
    if answer := download(request, *tables):
        return answer
    stated = Figure.objects.current().filter(kind="jcm.credits_stated").first()
    context = {
        "tables": tables,
        "seal": Seal.objects.last(),
        "stated": stated,
        "issued": issued_total(),
        "projects": access.projects(request).count(),
        "may_add": request.user.has_perm("registry.add_project"),
    }
    return render(request, "registry/home.html", context)


def issued_total() -> int:
    issuing = totals.standing("account__kind", "series__unit").get(("issuing", UNIT))
    return -issuing.units if issuing else 0


def by_kind() -> Table:
    """Amount per kind of account, vintage and side."""
    names = dict(RegistryAccount._meta.get_field("kind").choices or ())
    series = {row.pk: row.attributes for row in Series.objects.filter(unit=UNIT)}
    sums: dict[tuple[int, str, str, str], int] = {}
    for (kind, number), there in totals.standing("account__registry__kind", "series").items():
        at = series.get(number)
        if at is None or kind == "issuing":
            continue
        for state, units in (("held", there.units - there.blocked), ("blocked", there.blocked)):
            key = (at.get("vintage", UNTOLD_VINTAGE), at.get("side", ""), kind or "", state)
            sums[key] = sums.get(key, 0) + units
    rows = [Held(*key, units) for key, units in sorted(sums.items()) if units]
    sides = side_names()
    columns = [
        Column("kind", gettext_lazy("Kind of account"), lambda r: str(names.get(r.kind, r.kind))),
        Column("side", gettext_lazy("Issued by"), lambda r: sides.get(r.side, r.side)),
        Column("vintage", gettext_lazy("Vintage"), lambda r: r.vintage or None, lambda r: vintage(r.vintage)),
        Column("state", gettext_lazy("State"), lambda r: state_name(r.state)),
        Column("units", gettext_lazy("Credits (t)"), lambda r: r.units, None, True),
    ]
    return Table("holdings", columns, rows, caption=_("Credits by kind of account"))


def state_name(state: str) -> str:
    return {"held": _("held"), "blocked": _("blocked")}.get(state, state)


def side_names() -> dict[str, str]:
    return {"VN": _("Viet Nam"), "JP": _("Japan"), "XX": _("not stated")}


def vintage(year: int) -> str:
    """A year as it is written; a source that does not tell it is no year nought."""
    return str(year) if year else _("not stated")


def by_year() -> Table:
    """Transactions by year and kind; a reversal is a transaction of its own."""
    rows = [(year, kind, *done) for (year, kind), done in totals.turnover(UNIT).items()]
    kinds = dict(LedgerTransaction.Kind.choices)
    columns = [
        Column("year", gettext_lazy("Year"), lambda r: r[0], lambda r: str(r[0])),
        Column("kind", gettext_lazy("Kind of transaction"), lambda r: str(kinds.get(r[1], r[1]))),
        Column("transactions", gettext_lazy("Transactions"), lambda r: r[2], None, True),
        Column("units", gettext_lazy("Credits (t)"), lambda r: r[3], None, True),
    ]
    return Table("transactions", columns, rows, caption=_("Annual summary of transactions"))


def by_state(request: HttpRequest) -> Table:
    counted = dict(access.projects(request).order_by().values_list("state").annotate(n=Count("pk")))
    rows = [(state, counted[state.code]) for state in PROJECT.states if state.code in counted]
    columns = [
        Column("state", gettext_lazy("State"), lambda r: _(r[0].label)),
        Column("projects", gettext_lazy("Projects"), lambda r: r[1], None, True),
    ]
    return Table("states", columns, rows, caption=_("Projects by state"))

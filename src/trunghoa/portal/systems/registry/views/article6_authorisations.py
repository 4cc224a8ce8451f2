"""Authorisations with their versions, and transfer approvals."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import abroad, authorising
from ..forms_article6 import ApprovalForm, AuthorisationForm, TermsForm
from ..machines.approval import APPROVAL
from ..machines.authorisation import AUTHORISATION
from ..models import Authorisation, Terms, TransferApproval
from ..rules_article6 import visible_approvals, visible_authorisations
from . import access
from .article6 import shown


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    rows = Authorisation.objects.filter(visible_authorisations(request.user)).select_related("approach")
    address = address_of("registry:article6:authorisation")
    states = {s.code: _(s.label) for s in AUTHORISATION.states}
    columns = [
        Column(
            "code",
            gettext_lazy("Number of the authorisation"),
            lambda r: r.code,
            lambda r: format_html('<a href="{}">{}</a>', address(r.pk), r.code),
            False,
            "code",
        ),
        Column("party", gettext_lazy("Party"), lambda r: r.party, None, False, "party"),
        Column("approach", gettext_lazy("Cooperative approach"), lambda r: r.approach.code),
        Column("state", gettext_lazy("State"), lambda r: states[r.state], None, False, "state"),
        Column("purpose", gettext_lazy("Purposes"), lambda r: last(r).purpose if last(r) else ""),
        Column(
            "definition",
            gettext_lazy("First transfer for OIMP"),
            lambda r: last(r).definition if last(r) else "",
        ),
        Column(
            "quantity",
            gettext_lazy("Authorised quantity (t)"),
            lambda r: last(r).quantity if last(r) else None,
            None,
            True,
        ),
    ]
    table = paged(
        request, rows.prefetch_related("versions"), columns, "authorisations", caption=_("Authorisations")
    )
    if answer := download(request, table):
        return answer
    context = {"table": table, "may_add": request.user.has_perm("registry.keep_article6")}
    return render(request, "registry/article6/authorisations.html", context)


def last(row: Authorisation) -> Terms | None:
    """The version that was issued last, else the draft."""
    issued = row.issued()
    return issued[-1] if issued else next(iter(row.versions.all()), None)


@login_not_required
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen(request, pk)
    user = request.user
    versions = list(found.versions.prefetch_related("projects", "entities"))
    if not user.is_authenticated or not user.has_perm("registry.keep_article6"):
        versions = [row for row in versions if row.issued_at]
    table = units_table(request, found)
    if answer := download(request, table):
        return answer
    context = {
        "authorisation": found,
        "versions": versions,
        "bearing": authorising.units_of(found),
        "table": table,
        "may_write": found.state in ("draft", "issued") and user.has_perm("registry.keep_party", found),
        "draft": found.draft,
    }
    return render(request, "registry/article6/authorisation.html", context)


def units_table(request: HttpRequest, found: Authorisation) -> Table:
    """Units that bear the authorisation, by serial."""
    from ..itmos import pieces

    rows = [piece for piece in pieces() if piece.authorisation.pk == found.pk]
    columns = [
        Column("serial", gettext_lazy("Serial"), lambda r: r.serial),
        Column("itmo", gettext_lazy("ITMO numbers"), lambda r: r.itmo_text),
        Column("vintage", gettext_lazy("Vintage"), lambda r: r.vintage, lambda r: str(r.vintage)),
        Column(
            "version",
            gettext_lazy("Version"),
            lambda r: r.terms.version if r.terms else None,
            lambda r: str(r.terms.version) if r.terms else _("none in force"),
        ),
        Column("event", gettext_lazy("First transfer by"), lambda r: r.event),
        Column(
            "at",
            gettext_lazy("First transferred (UTC)"),
            lambda r: r.day,
            lambda r: numbers.day(r.day),
        ),
        Column("units", gettext_lazy("Units (t)"), lambda r: r.size, None, True),
    ]
    return Table("units", columns, rows, caption=_("Units of the authorisation"))


def seen(request: HttpRequest, pk: int) -> Authorisation:
    rows = Authorisation.objects.filter(visible_authorisations(request.user))
    return get_object_or_404(rows.select_related("approach"), pk=pk)


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Begin an authorisation: its number and approach; what it says follows on its page."""
    access.must(request, "registry.keep_article6")
    form = AuthorisationForm(person(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = form.make()
        messages.success(request, _("The authorisation is begun: write what it says."))
        return redirect("registry:article6:version", made.pk)
    return shown(request, form, _("Begin an authorisation"), "registry:article6:authorisations")


@require_http_methods(access.GET_OR_POST)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the version that is not issued yet; after the first it begins as a copy of the last one."""
    found = seen(request, pk)
    access.must(request, "registry.keep_party", found)
    draft, posted = found.draft, request.method == "POST"
    if found.state not in ("draft", "issued"):
        problem = _("It is decided on just now: have it given back before you change it.")
        return shown(
            request,
            TermsForm(found, instance=draft),
            _("Version of %(name)s") % {"name": found},
            found,
            problem,
        )
    form = TermsForm(
        found, request.POST if posted else None, instance=draft, initial={} if draft else copied(found)
    )
    problem = ""
    if posted and form.is_valid():
        try:
            with transaction.atomic():
                form.keep(person(request))
        except Stale as error:
            problem = str(error)
        else:
            messages.success(request, _("The version is written. Propose it when it is whole."))
            return redirect(found)
    return shown(request, form, _("Version of %(name)s") % {"name": found}, found, problem)


def copied(found: Authorisation) -> dict[str, object]:
    """What the version in force says, as a start for the next."""
    terms = found.versions.exclude(issued_at=None).order_by("version").last()
    if terms is None:
        return {}
    plain = [
        f.name for f in Terms._meta.fields if f.name not in ("id", "authorisation", "version", "issued_at")
    ]
    return {
        **{name: getattr(terms, name) for name in plain},
        "projects": terms.projects.all(),
        "entities": terms.entities.all(),
    }


@login_not_required
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    rows = TransferApproval.objects.filter(visible_approvals(request.user)).select_related("project")
    address = address_of("registry:article6:approval")
    states = {s.code: _(s.label) for s in APPROVAL.states}
    columns = [
        Column(
            "number",
            gettext_lazy("Approval"),
            lambda r: r.pk,
            lambda r: format_html('<a href="{}">{}</a>', address(r.pk), r.pk),
            True,
            "pk",
        ),
        Column("project", gettext_lazy("Project"), lambda r: str(r.project)),
        Column("state", gettext_lazy("State"), lambda r: states[r.state], None, False, "state"),
        Column("quantity", gettext_lazy("Units (t)"), lambda r: r.quantity, None, True, "quantity"),
        Column("until", gettext_lazy("Valid until"), lambda r: r.until, lambda r: numbers.day(r.until)),
    ]
    table = paged(request, rows, columns, "approvals", caption=_("Transfer approvals"))
    if answer := download(request, table):
        return answer
    context = {"table": table, "may_add": request.user.has_perm("registry.approve_transfers")}
    return render(request, "registry/article6/approvals.html", context)


@login_not_required
@require_safe
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    rows = TransferApproval.objects.filter(visible_approvals(request.user)).select_related("project")
    found = get_object_or_404(rows, pk=pk)
    issued, gone = abroad.amounts(found.project)
    left = {row.pk: n for row, n in abroad.remaining(found.project)}.get(found.pk, found.quantity)
    context = {"approval": found, "issued": issued, "gone": gone, "left": left}
    return render(request, "registry/article6/approval.html", context)


@require_http_methods(access.GET_OR_POST)
def new_approval(request: HttpRequest) -> HttpResponse:
    access.must(request, "registry.approve_transfers")
    form = ApprovalForm(person(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = moves.began(form.save())
        messages.success(request, _("The approval is written. Propose it; another officer approves it."))
        return redirect(made)
    return shown(request, form, _("Write a transfer approval"), "registry:article6:approvals")

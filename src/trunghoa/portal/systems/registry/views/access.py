"""Who may see what of the registry: not seen is not found, not to be changed is refused."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from trunghoa.quantities import search_key

from ..machines.methodology import visible as visible_methodologies
from ..models import Issuance, Methodology, Order, Project, RegistryAccount
from ..rules import visible_issuances, visible_orders, visible_projects

GET_OR_POST = ["GET", "HEAD", "POST"]


def projects(request: HttpRequest) -> QuerySet[Project]:
    rows = Project.objects.filter(visible_projects(request.user))
    return rows.select_related("methodology", "third_party", "focal_point", "place", "created_by")


def named(rows: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Those with the text in code, reference or a title, with or without accents; all for no text."""
    wanted = search_key(text)
    if not wanted:
        return rows
    texts = rows.prefetch_related(None).values_list(
        "pk", "code", "reference", "title_vi", "title_ja", "title_en"
    )
    return rows.filter(pk__in=[pk for pk, *said in texts if any(wanted in search_key(t) for t in said)])


def project(request: HttpRequest, code: str) -> Project:
    return get_object_or_404(projects(request), code=code)


def issuances(request: HttpRequest) -> QuerySet[Issuance]:
    return Issuance.objects.filter(visible_issuances(request.user)).select_related("project__third_party")


def issuance(request: HttpRequest, code: str, number: int) -> Issuance:
    return get_object_or_404(issuances(request), project__code=code, number=number)


def methodologies(request: HttpRequest) -> QuerySet[Methodology]:
    return Methodology.objects.filter(visible_methodologies(request.user))


def account(number: str) -> RegistryAccount:
    """That an account is there, whose and of which kind, is public."""
    return get_object_or_404(RegistryAccount.objects.select_related("account__organisation"), number=number)


def orders(request: HttpRequest) -> QuerySet[Order]:
    rows = Order.objects.filter(visible_orders(request.user)).distinct()  # type: ignore[arg-type]
    return rows.select_related(
        "source__account__organisation", "target__account__organisation", "issuance__project", "prepared_by"
    )


def form_page(
    request: HttpRequest,
    form: Any,
    title: str,
    back: Any,
    problem: str = "",
    template: str = "registry/form.html",
) -> HttpResponse:
    """A form on a page of its own; ``back`` names an address or is an object, ``problem``: it is stale."""
    context = {"form": form, "title": title, "back": back, "problem": problem}
    status = 409 if problem else 422 if form.errors else 200
    return render(request, template, context, status=status)


def must(request: HttpRequest, permission: str, obj: Any = None) -> None:
    """Refuse who may not."""
    if not request.user.has_perm(permission, obj):
        raise PermissionDenied

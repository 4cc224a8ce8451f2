"""API tokens: made and ended by officers and by an organisation's own people."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts import tokens
from trunghoa.portal.core.accounts.models import ApiToken, Organisation, User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import is_officer, stands
from trunghoa.portal.core.record.tables import download

from .. import tables
from ..forms import TokenForm
from .organisations import GET_OR_POST
from .people import looked_after

MANAGE = "accounts.manage_tokens"


def served(user: User) -> QuerySet[Organisation]:
    """Organisations whose tokens the person looks after: agrees with ``accounts.manage_tokens``."""
    if user.is_superuser or is_officer(user):
        return looked_after(user)
    return Organisation.objects.filter(Q(pk=user.organisation_id))


def managing_only(request: HttpRequest) -> User:
    if not request.user.has_perm(MANAGE):
        raise PermissionDenied
    return person(request)


def found(request: HttpRequest, pk: int) -> ApiToken:
    user = managing_only(request)
    rows = ApiToken.objects.select_related("organisation", "created_by", "user")
    return get_object_or_404(rows, pk=pk, organisation__in=served(user))


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    user = managing_only(request)
    rows = ApiToken.objects.filter(organisation__in=served(user)).select_related("organisation", "created_by")
    table = tables.tokens(request, rows)
    if answer := download(request, table):
        return answer
    return render(request, "administration/tokens.html", {"table": table})


@never_cache
@require_http_methods(GET_OR_POST)
def create(request: HttpRequest) -> HttpResponse:
    """Make a token; its text is on the answer and nowhere else."""
    user = managing_only(request)
    standing = [row for row in served(user) if stands(row)]
    initial = {"organisation": user.organisation.code if user.organisation else ""}
    form = TokenForm(standing, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, text = tokens.create(
            data["organisation"], data["name"], data["scope"], form.expires_on(), user
        )
        return shown(request, token, text)
    context = {"title": _("Make an API token"), "form": form, "submit": _("Make the token")}
    return render(request, "administration/form.html", context, status=422 if form.errors else 200)


def shown(request: HttpRequest, token: ApiToken, text: str) -> HttpResponse:
    return render(request, "administration/token_shown.html", {"token": token, "text": text})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "administration/token.html", {"token": found(request, pk)})


@never_cache
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    token = found(request, pk)
    if not token.is_usable:
        messages.error(request, _("This token has ended. Make a new one."))
        return redirect("administration:token", pk)
    return shown(request, token, tokens.rotate(token.pk))


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = found(request, pk)
    if token.revoked_on is None:
        tokens.revoke(token)
    messages.success(request, _("The token has ended; programs that use it are refused from now on."))
    return redirect("administration:token", pk)

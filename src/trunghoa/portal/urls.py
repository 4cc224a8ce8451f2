"""Addresses. The language is the first part, so that a link shows what its sender saw; the API has none."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.decorators.http import require_safe

from trunghoa.portal import home, reference
from trunghoa.portal.api import api
from trunghoa.portal.core.record import changes


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the page in the language of choice; Vietnamese unless asked otherwise."""
    return redirect("home")


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """For what is no page and names no icon, such as a manifest: browsers ask here."""
    return redirect(static("portal/mark.svg"), permanent=True)


# The API asks for the sign-in itself and answers with an error code; the redirect to the sign-in page is
# for people.
api_urls = api.urls
for pattern in api_urls[0]:
    pattern.callback.login_required = False

urlpatterns = [
    path("", root),
    path("alive", alive),
    path("favicon.ico", icon),
    path("api/v1/", api_urls),
    *i18n_patterns(
        path("", home.page, name="home"),
        path("api/", reference.page, name="api-reference"),
        path("", include("trunghoa.portal.core.accounts.urls")),
        path("", include("trunghoa.portal.core.administration.urls")),
        path("record/", include("trunghoa.portal.core.record.urls")),
        path("audit/", changes.log, name="audit-log"),
        path("", include("trunghoa.portal.core.workflow.urls")),
        path("publications/", include("trunghoa.portal.core.publication.urls")),
        *[path(f"{room}/", include(f"trunghoa.portal.systems.{room}.urls")) for room in settings.ROOMS],
    ),
]
handler403 = "trunghoa.portal.home.forbidden"
handler404 = "trunghoa.portal.home.not_found"

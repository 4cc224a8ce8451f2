"""The project's addresses and one page of an errand, as a room would have."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from trunghoa.portal import urls

from .machine import MACHINE
from .models import Errand


def page(request: HttpRequest, pk: int) -> HttpResponse:
    errand = get_object_or_404(Errand.objects.filter(MACHINE.visible(request.user)), pk=pk)
    return render(request, "errands/errand.html", {"errand": errand})


urlpatterns = [*urls.urlpatterns, *i18n_patterns(path("errands/<int:pk>/", page, name="errand"))]
handler403, handler404 = urls.handler403, urls.handler404

"""Forms 3.1 to 3.15 on the page and as files, for whoever sees what they are about."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..papers import BY_SLUG, kind_of
from ..papers.declared import SOURCE
from ..papers.files import FILES
from ..papers.filling import filled
from . import access


@require_safe
def of_project(request: HttpRequest, code: str, form: str) -> HttpResponse:
    return _page(request, access.project(request, code), form)


@require_safe
def of_issuance(request: HttpRequest, code: str, number: int, form: str) -> HttpResponse:
    return _page(request, access.issuance(request, code, number), form)


@require_safe
def of_methodology(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    return _page(request, get_object_or_404(access.methodologies(request), pk=pk), form)


def _page(request: HttpRequest, obj: Any, slug: str) -> HttpResponse:
    paper = BY_SLUG.get(slug)
    if paper is None or paper.about != kind_of(obj):
        raise Http404
    form = filled(paper, obj)
    kind = request.GET.get("format", "")
    if kind:
        if kind not in FILES:
            raise Http404
        make, media_type = FILES[kind]
        response = HttpResponse(make(form), content_type=media_type)
        name = f"JCM_VN_F_{paper.number}_{obj}".replace(" ", "_").replace("/", "-").replace('"', "")
        response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
        return response
    return render(request, "registry/paper.html", {"form": form, "object": obj, "source": SOURCE})

"""The home page: the ten systems, each saying what it has or that it is not there yet."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from trunghoa.portal.core.publication import live, sections
from trunghoa.portal.core.record.models import Figure, System
from trunghoa.portal.core.record.templatetags.numbers import language


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"rows": system_rows(request)})


def system_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """One row per system: its sentence, how many figures it has, its headline figure, where it lives."""
    lang = language()
    known = {s.system: s for s in sections.all_sections()}
    # Grouping drops the order of the model, and S10 would come before S2.
    systems = System.objects.annotate(count=Count("figures", filter=Q(figures__is_current=True))).order_by(
        "order"
    )
    rows = []
    for system in systems:
        section = known.get(system.code)
        signed_in = request.user.is_authenticated
        rows.append(
            {
                "system": system,
                "name": getattr(system, f"name_{lang}"),
                "sentence": getattr(system, f"sentence_{lang}"),
                "section": section,
                "headline": headline(section, system.code, lang) if section and signed_in else None,
            }
        )
    return rows


def headline(section: sections.Section, code: str, lang: str) -> SafeString:
    """What the report's overview would say of the system today."""
    figures = Figure.objects.current().filter(system=code)
    return live.inline(section.headline(figures), figures, lang)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "Not Found"}, status=404)
    return render(request, "404.html", status=404)

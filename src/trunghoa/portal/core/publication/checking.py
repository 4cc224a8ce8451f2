"""Whose file is this? A page that answers from hashes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from .access import known_to, language
from .models import Publication, PublicationFile
from .uploads import HashingHandler

HASH = re.compile(r"[0-9a-f]{16,64}")
LANGUAGES = {"vi": _("Vietnamese"), "ja": _("Japanese"), "en": _("English")}


@dataclass(frozen=True)
class Match:
    """A file of ours: which report, in which language and format; a manifest has neither."""

    publication: Publication
    title: str
    sha256: str
    lang: str = ""
    format: str = ""

    @property
    def language(self) -> Any:
        return LANGUAGES.get(self.lang, "")


# The handler has to be in place before anything reads the request, and the check of the token reads it.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Is this file, or this hash, one of ours?"""
    request.upload_handlers = [HashingHandler(request)]
    return _check(request)


@csrf_protect
def _check(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {"digest": "", "problem": "", "asked": False, "typed": ""}
    upload = request.FILES.get("file") if request.method == "POST" else None
    given = request.POST.get("sha256", "") or request.GET.get("sha256", "")
    typed = re.sub(r"\s|sha256:", "", given).lower()
    if upload is not None:
        digest: str = upload.sha256
        if upload.is_too_large:
            context["problem"] = _("The file is larger than any we publish.")
        else:
            context |= {"asked": True, "digest": digest, "found": whose(request, digest)}
    elif typed and not HASH.fullmatch(typed):
        context |= {"typed": given[:200]}
        context["problem"] = _(
            "A hash has 64 characters 0–9 and a–f; the first 16, as printed in the page header, will do."
        )
    elif typed:
        context |= {"asked": True, "digest": typed, "found": whose(request, typed)}
    elif request.method == "POST":
        context["problem"] = _("Choose a file or paste a hash.")
    return render(request, "publication/check.html", context, status=422 if context["problem"] else 200)


def whose(request: HttpRequest, digest: str) -> list[Match]:
    """Files and manifests whose hash begins so, of what this visitor may know of."""
    lang = language()
    known = known_to(request)
    files = PublicationFile.objects.filter(
        Q(document__sha256__startswith=digest), publication__in=known
    ).select_related("publication")
    return [
        Match(p, p.title(lang), p.manifest_sha256) for p in known.filter(manifest_sha256__startswith=digest)
    ] + [
        Match(f.publication, f.publication.title(lang), f.document_id, f.lang, f.get_format_display())
        for f in files
    ]

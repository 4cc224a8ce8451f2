"""List, page, files, feed, and whose file is this. Public once released; drafts are for officers."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document

from .models import Publication, PublicationFile
from .words import LANGUAGES

FIGURE = re.compile(r'<data [^>]*?data-figure="(\d+)"[^>]*>[^<]*</data>')
LARGEST = 100 * 2**20
SHORTEST_HASH = 16


def visible(request: HttpRequest) -> QuerySet[Publication]:
    """What this visitor may see."""
    if request.user.has_perm("publication.publish"):
        return Publication.objects.all()
    return Publication.objects.filter(state=Publication.State.PUBLISHED)


def language() -> str:
    lang = (get_language() or "vi")[:2]
    return lang if lang in LANGUAGES else "vi"


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    lang = language()
    rows = [
        {"publication": p, "title": p.title(lang), "files": p.files.all()}
        for p in visible(request).prefetch_related("files__document")
    ]
    return render(request, "publication/list.html", {"rows": rows})


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The archived HTML of the reader's language inside the site; each number opens its provenance."""
    lang = language()
    publication = get_object_or_404(visible(request).select_related("supersedes", "superseded_by"), slug=slug)
    archived = publication.files.filter(lang=lang, format="html").select_related("document").first()
    context = {
        "publication": publication,
        "title": publication.title(lang),
        "body": body_of(documents.read(archived.document), request) if archived else None,
        "files": publication.files.select_related("document"),
        "languages_of_files": LANGUAGES,
    }
    return render(request, "publication/page.html", context)


def body_of(archived: bytes, request: HttpRequest) -> SafeString:
    text = archived.decode()
    body = text[text.index("<main>") + len("<main>") : text.rindex("</main>")]
    if request.user.is_authenticated:  # the figure's page is not public
        contents, end, rest = body.partition("</nav>")
        body = contents + end + FIGURE.sub(_linked, rest)
    return mark_safe(body)  # noqa: S308 - written by our renderer, which escapes, and kept under its hash


def _linked(match: re.Match[str]) -> str:
    return f'<a class="figure" href="{reverse("record:figure", args=[int(match[1])])}">{match[0]}</a>'


@login_not_required
@require_safe
def file(request: HttpRequest, slug: str, lang: str, form: str) -> HttpResponseBase:
    """A kept file, byte for byte."""
    publication = get_object_or_404(visible(request), slug=slug)
    kept = get_object_or_404(publication.files.select_related("document"), lang=lang, format=form)
    return _download(request, kept.document)


@login_not_required
@require_safe
def manifest(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _download(request, get_object_or_404(visible(request), slug=slug).manifest)


def _download(request: HttpRequest, document: Document) -> HttpResponseBase:
    etag = f'"{document.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    try:
        return documents.download(document)
    except FileNotFoundError as error:
        raise Http404(document.filename) from error


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Is this file, or this hash, one of ours?"""
    context: dict[str, Any] = {"digest": "", "problem": "", "asked": False}
    upload = request.FILES.get("file") if request.method == "POST" else None
    typed = re.sub(r"\s|sha256:", "", request.POST.get("sha256", "") or request.GET.get("sha256", "")).lower()
    if upload is not None and (upload.size or 0) > LARGEST:
        context["problem"] = _("The file is larger than any we publish.")
    elif upload is not None:
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        context |= {"asked": True, "digest": digest.hexdigest(), "found": _whose(request, digest.hexdigest())}
    elif typed and (not re.fullmatch(r"[0-9a-f]{16,64}", typed)):
        context["problem"] = _(
            "A hash has 64 characters 0–9 and a–f; the first 16, as printed in the page header, will do."
        )
    elif typed:
        context |= {"asked": True, "digest": typed, "found": _whose(request, typed)}
    elif request.method == "POST":
        context["problem"] = _("Choose a file or paste a hash.")
    return render(request, "publication/check.html", context, status=422 if context["problem"] else 200)


def _whose(request: HttpRequest, digest: str) -> list[dict[str, Any]]:
    """Publications and files whose hash begins so."""
    lang = language()
    by_manifest = visible(request).filter(manifest_sha256__startswith=digest)
    files = PublicationFile.objects.filter(
        Q(document__sha256__startswith=digest), publication__in=visible(request)
    ).select_related("publication", "document")
    return [{"publication": p, "title": p.title(lang), "document": p.manifest} for p in by_manifest] + [
        {"publication": f.publication, "title": f.publication.title(lang), "document": f.document}
        for f in files
    ]


class PublicationFeed(Feed):
    """Released publications, newest first."""

    feed_type = Atom1Feed
    title = _("Joint reports of the Viet Nam – Japan cooperation plan")
    subtitle = _("Each report is frozen and can be checked by its hash.")

    def link(self) -> str:
        return reverse("publication:list")

    def feed_url(self) -> str:
        return reverse("publication:feed")

    def items(self) -> QuerySet[Publication]:
        return Publication.objects.filter(state=Publication.State.PUBLISHED).order_by("-published_at")[:50]

    def item_title(self, item: Publication) -> str:
        return item.title(language())

    def item_description(self, item: Publication) -> str:
        return f"sha256: {item.manifest_sha256}"

    def item_link(self, item: Publication) -> str:
        return reverse("publication:page", args=[item.slug])

    def item_guid(self, item: Publication) -> str:
        return f"urn:sha256:{item.manifest_sha256}"

    def item_pubdate(self, item: Publication) -> Any:
        return item.published_at

    def item_updateddate(self, item: Publication) -> Any:
        return item.published_at


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    return PublicationFeed()(request)

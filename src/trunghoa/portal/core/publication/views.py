"""List, page, files, feed. Public once both sides signed and published; before that it is for officers."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from . import joint, machine, tasks
from .access import known_to, language, visible
from .forms import AnnouncementForm, FreezeForm
from .models import Publication

FIGURE = re.compile(r'<data [^>]*?data-figure="(\d+)"[^>]*>[^<]*</data>')
# An edit takes signatures back; what is public is no longer edited.
EDITABLE = (Publication.State.DRAFT, Publication.State.PROPOSED, Publication.State.SIGNED)


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The archive: what was published, superseded or withdrawn; for officers the drafts too."""
    lang = language()
    readable = set(visible(request).values_list("pk", flat=True))
    rows = [
        {"publication": p, "title": p.title(lang), "files": p.files.all() if p.pk in readable else None}
        for p in known_to(request).prefetch_related("files__document")
    ]
    user = request.user
    officer = user.is_authenticated and machine.officer_of_a_side(user)
    return render(request, "publication/list.html", {"rows": rows, "officer": officer})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Freeze what stands on record now as a draft; its files are rendered by a job."""
    user = person(request)
    if not machine.officer_of_a_side(user):
        raise PermissionDenied
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        publication = joint.freeze_joint_report(
            cover=form.cover(), supersedes=form.cleaned_data["supersedes"], by=user
        )
        if publication.is_rendered:
            messages.info(request, _("Nothing has changed since this draft was frozen; it stands."))
        else:
            transaction.on_commit(lambda: tasks.render_files.enqueue(publication.slug))
            messages.success(request, _("The figures are frozen. The files follow."))
        return redirect(publication.get_absolute_url())
    return render(request, "publication/new.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The archived HTML of the reader's language inside the site; each number opens its provenance."""
    lang = language()
    known = known_to(request).select_related("supersedes", "superseded_by", "compared_with")
    publication = get_object_or_404(known, slug=slug)
    readable = visible(request).filter(pk=publication.pk).exists()
    archived = None
    if readable:
        archived = publication.files.filter(lang=lang, format="html").select_related("document").first()
    officer = request.user.is_authenticated and machine.officer_of_a_side(request.user)
    context = {
        "publication": publication,
        "readable": readable,
        "title": publication.title(lang),
        "announcement": publication.announcement(lang),
        "body": body_of(documents.read(archived.document), request) if archived else None,
        "files": publication.files.select_related("document") if readable else [],
        "signatures": signatures(publication, lang),
        "officer": officer,
        "editable": officer and publication.state in EDITABLE,
        "later": later(request, publication),
    }
    return render(request, "publication/page.html", context)


def signatures(publication: Publication, lang: str) -> list[dict[str, Any]]:
    """Which organisation signed for each side and when; people's names are for officers."""
    given = machine.signatures(publication)
    return [
        {"side": machine.SIDE_NAMES[side], "organisation": row.by.organisation.name(lang), "on": row.on}
        for side, row in sorted(given.items(), reverse=True)
    ]


def later(request: HttpRequest, publication: Publication) -> Publication | None:
    """The report that supersedes this one, if this visitor may read it."""
    return visible(request).filter(supersedes=publication).first()


@require_http_methods(["GET", "HEAD", "POST"])
def announcement(request: HttpRequest, slug: str) -> HttpResponse:
    """What both sides say when they publish the report. Changing it takes signatures back."""
    user = person(request)
    publication = get_object_or_404(visible(request), slug=slug)
    if not machine.officer_of_a_side(user):
        raise PermissionDenied
    if publication.state not in EDITABLE:
        raise Http404
    form = AnnouncementForm(request.POST or None, instance=publication)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            fresh = Publication.objects.get(pk=publication.pk)
            moves.edit(fresh, user, revision=form.cleaned_data["revision"], change=form.put)
            messages.success(request, _("The announcement was changed. Both sides sign what it says now."))
            return redirect(publication.get_absolute_url())
        except Stale as error:
            problem = str(error)
    context = {
        "form": form,
        "publication": publication,
        "problem": problem,
        "title": publication.title(language()),
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "publication/announcement.html", context, status=status)


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


class PublicationFeed(Feed):
    """What both sides published, newest first, in the language of the address."""

    feed_type = Atom1Feed
    title = _("Joint reports of the Viet Nam – Japan cooperation plan")
    subtitle = _("Each report is frozen and can be checked by its hash.")

    def link(self) -> str:
        return reverse("publication:list")

    def feed_url(self) -> str:
        return reverse("publication:feed")

    def items(self) -> QuerySet[Publication]:
        return Publication.objects.filter(state__in=Publication.PUBLIC).order_by("-published_at")[:50]

    def item_title(self, item: Publication) -> str:
        return item.title(language())

    def item_description(self, item: Publication) -> str:
        said = [item.announcement(language()), item.get_state_display(), f"sha256: {item.manifest_sha256}"]
        if not item.official:
            said.insert(1, str(_("Working draft, not an official statement")))
        return " · ".join(filter(None, said))

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
    answer = PublicationFeed()
    answer.language = language()
    return answer(request)

"""Pages of documents: the list, one document, handing one in and out. Public ones are for everyone."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.quantities import InputError, search_key

from . import classifying, documents, evidence, lists
from .access import Reader, visible_papers
from .document_forms import ClassifyForm, UploadForm, told
from .models import Document, Registered, Registration
from .tables import Column, download, paged
from .templatetags import numbers

GET_OR_POST = ["GET", "HEAD", "POST"]


def reader(request: HttpRequest) -> Reader:
    """Whoever asks, signed in or not."""
    return cast(Reader, request.user)


def type_name(media_type: str) -> str:
    return lists.name_of("document_types.csv", media_type, numbers.language())


def columns(who: Reader) -> list[Column]:
    lang = numbers.language()

    def said(row: Document) -> Registered:
        return documents.seen_by(who, row)[0]

    def link(row: Document) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("record:document", args=[row.pk]), said(row).title(lang)
        )

    return [
        Column("title", gettext_lazy("Title"), lambda d: said(d).title(lang), link),
        Column("filename", gettext_lazy("File"), lambda d: said(d).filename),
        Column("type", gettext_lazy("Type"), lambda d: type_name(d.media_type), order="media_type"),
        Column("size", gettext_lazy("Size in bytes"), lambda d: d.size, numeric=True, order="size"),
        Column(
            "classification", gettext_lazy("Who may read it"), lambda d: said(d).get_classification_display()
        ),
        Column(
            "owner",
            gettext_lazy("Organisation"),
            lambda d: owner.name(lang) if (owner := said(d).owner) else "",
        ),
        Column(
            "added_on",
            gettext_lazy("Added on"),
            lambda d: said(d).added_on,
            lambda d: format_html("{}", numbers.day(timezone.localdate(said(d).added_on))),
            order="added_on",
        ),
        Column("sha256", "SHA-256", lambda d: d.pk, lambda d: format_html("<code>{}</code>", d.pk[:12])),
    ]


def filtered(request: HttpRequest) -> QuerySet[Document]:
    """Documents of which this reader may know something that matches what the address asks for."""
    wanted = Q()
    for word in search_key(request.GET.get("q", "")[:200]).split():
        wanted &= Q(search__contains=word)
    kind = request.GET.get("classification", "")
    if kind in Document.Classification.values:
        wanted &= Q(classification=kind)
    if request.GET.get("mine") and request.user.is_authenticated:
        organisation = person(request).organisation_id
        wanted &= Q(owner_id=organisation) if organisation else Q(added_by=person(request))
    if request.GET.get("by") == "people":
        wanted &= Q(added_by__isnull=False)
    user = reader(request)
    others = Registration.objects.filter(visible_papers(user, "document") & wanted, document=OuterRef("pk"))
    rows = Document.objects.filter((visible_papers(user) & wanted) | Exists(others))
    if request.GET.get("type"):
        rows = rows.filter(media_type=request.GET["type"])
    return documents.with_said(user, rows.order_by("-added_on", "pk"))


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    table = paged(request, filtered(request), columns(reader(request)), "documents", caption=_("Documents"))
    if answer := download(request, table):
        return answer
    context = {
        "table": table,
        "types": [(t.code, type_name(t.code)) for t in lists.document_types(timezone.localdate())],
        "classifications": Document.Classification.choices,
        "may_add": request.user.has_perm("record.add_document"),
    }
    return render(request, "record/documents.html", context)


def visible_document(request: HttpRequest, sha256: str) -> Document:
    return get_object_or_404(documents.readable(reader(request)), pk=sha256)


@login_not_required
@require_safe
def page(request: HttpRequest, sha256: str) -> HttpResponse:
    document = visible_document(request, sha256)
    said = documents.seen_by(reader(request), document)
    return render(request, "record/document.html", page_context(request, document, said))


def page_context(request: HttpRequest, document: Document, said: list[Registered]) -> dict[str, Any]:
    mine = [(row, classifying.choices(reader(request), row)) for row in said]
    return {
        "document": document,
        "said": [(row, choices) for row, choices in mine],
        "title": said[0].title(numbers.language()),
        "type": type_name(document.media_type),
        "backs": evidence.backed_by(document, person(request)) if request.user.is_authenticated else [],
    }


@login_not_required
@require_safe
def content(request: HttpRequest, sha256: str) -> HttpResponseBase:
    document = visible_document(request, sha256)
    try:
        return documents.download(document, documents.seen_by(reader(request), document)[0].filename)
    except FileNotFoundError as error:
        raise Http404(sha256) from error


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Hand a document in."""
    user = person(request)
    if not user.has_perm("record.add_document"):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep(form, user)
        except InputError as error:
            form.add_error("file", told(error))
        else:
            return _kept(request, kept, user)
    status = 422 if form.is_bound else 200
    return render(request, "record/document_new.html", {"form": form}, status=status)


def keep(form: UploadForm, user: User) -> documents.Kept:
    given = form.cleaned_data
    how = {"titles": form.titles(), "classification": given["classification"]}
    with documents.uploaded(given["file"], by=user, **how) as kept:
        return kept


def _kept(request: HttpRequest, kept: documents.Kept, user: User) -> HttpResponse:
    if kept.fresh:
        messages.success(request, _("The document is on record."))
    else:
        messages.info(
            request,
            _("Your organisation has this file on record already; its titles and readers stay as they were."),
        )
    if documents.may_read(user, kept.document):
        return redirect("record:document", kept.document.pk)
    messages.info(request, _("It is open to officers only."))
    return redirect("record:documents")


@require_POST
def classify(request: HttpRequest, sha256: str) -> HttpResponse:
    """Open a document to more or to fewer readers."""
    document, user = visible_document(request, sha256), person(request)
    asked = request.POST.get("registration", "")
    said = next((r for r in documents.seen_by(user, document) if classifying.key(r) == asked), None)
    if said is None:
        raise Http404(asked)
    form = ClassifyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose who may read it."))
        return redirect("record:document", sha256)
    try:
        classifying.classify(said, form.cleaned_data["classification"], user)
    except InputError as error:
        for line in told(error):
            messages.error(request, line)
        return redirect("record:document", sha256)
    messages.success(request, _("The readers were changed."))
    if not documents.may_read(user, document):
        return redirect("record:documents")
    return redirect("record:document", sha256)

"""Documents over HTTP: the list, one document, its bytes, handing one in."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Path, Query, Router, Schema, Status
from ninja.files import UploadedFile

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.quantities import N_, InputError

from . import documents, intake
from .api import ERRORS, LISTS, REFUSALS, Invalid, PageQuery, Problem, cut
from .document_forms import told
from .models import Document, Registered

router = Router(tags=["documents"])
Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
# ``str`` would let through what no database keeps.
Title = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]


class Said(Schema):
    filename: str
    title: dict[str, str]
    classification: str
    organisation: str | None
    added_on: str


class DocumentOut(Schema):
    sha256: str
    media_type: str
    size: int
    registrations: list[Said] = Field(description="what is said of it, as far as you may know")


class DocumentPage(Schema):
    count: int
    page: int
    items: list[DocumentOut]


class DocumentIn(Schema):
    title_vi: Title = ""
    title_ja: Title = ""
    title_en: Title = ""
    classification: Document.Classification = Document.Classification.ORGANISATION


def said_out(row: Registered) -> dict[str, Any]:
    return {
        "filename": row.filename,
        "title": {lang: getattr(row, f"title_{lang}") for lang in ("vi", "ja", "en")},
        "classification": row.classification,
        "organisation": row.owner.code if row.owner else None,
        "added_on": row.added_on.isoformat(),
    }


def document_out(document: Document, user: User) -> dict[str, Any]:
    return {
        "sha256": document.pk,
        "media_type": document.media_type,
        "size": document.size,
        "registrations": [said_out(row) for row in documents.seen_by(user, document)],
    }


@router.get("/documents", response={200: DocumentPage, **LISTS})
def listing(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """Documents that you may read, the latest first."""
    user = person(request)
    return cut(documents.readable(user).order_by("-added_on", "pk"), query, lambda d: document_out(d, user))


@router.get("/documents/{sha256}", response={200: DocumentOut, **ERRORS})
def document(request: HttpRequest, sha256: Sha256) -> Any:
    """What is known of a document."""
    user = person(request)
    return document_out(get_object_or_404(documents.readable(user), pk=sha256), user)


# Of whatever kind the file is; of a JSON file the bytes too, and not what they say.
BYTES = {"content": {"*/*": {"schema": {}}}, "description": "the bytes of the file"}


@router.get(
    "/documents/{sha256}/content",
    response={200: Any, **ERRORS},
    openapi_extra={"responses": {200: BYTES}},
)
def content(request: HttpRequest, sha256: Sha256) -> Any:
    """The bytes, as an attachment."""
    user = person(request)
    row = get_object_or_404(documents.readable(user), pk=sha256)
    try:
        return documents.download(row, documents.seen_by(user, row)[0].filename)
    except FileNotFoundError:
        return Status(404, {"detail": _("The file is missing from the store: tell the administrator.")})


UPLOAD: dict[int, Any] = {
    200: DocumentOut,
    201: DocumentOut,
    **REFUSALS,
    400: Problem,
    409: Problem,
    413: Problem,
    422: Invalid,
}


@router.post("/documents", response=UPLOAD)
def upload(request: HttpRequest, file: File[UploadedFile], given: Form[DocumentIn]) -> Any:
    """Hand a document in: 201 when it is new, 200 when your organisation has it on record already."""
    user = person(request)
    if not user.has_perm("record.add_document"):
        return Status(403, {"detail": _("Your role or organisation hands no documents in.")})
    try:
        kept = keep(file, given, user)
    except intake.TooLarge as error:
        return Status(413, {"detail": " ".join(told(error))})
    except intake.Conflict as error:
        return Status(409, {"detail": " ".join(told(error))})
    except InputError as error:
        return Status(
            422, {"detail": [{"loc": ["file"], "msg": line, "type": "file"} for line in told(error)]}
        )
    out = document_out(kept.document, user)
    # Its bringer knows what it said, also where only officers read it from now on.
    out["registrations"] = out["registrations"] or [said_out(kept.registered)]
    return Status(201 if kept.fresh else 200, out)


def keep(file: UploadedFile, given: DocumentIn, user: User) -> documents.Kept:
    accepted = intake.check(intake.content_of(file), file.name or "")
    titles = {lang: getattr(given, f"title_{lang}") for lang in ("vi", "ja", "en")}
    with documents.uploaded(accepted, by=user, titles=titles, classification=given.classification) as kept:
        if not kept.fresh and kept.registered.classification != given.classification:
            raise intake.refuse(
                N_("Your organisation has this file on record already, for other readers: %(value)s."),
                N_("Change its readers on its page."),
                value=kept.registered.classification,
                kind=intake.Conflict,
            )
        return kept

"""Files by their content, outside the web root: brought in, found again, handed out."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, QuerySet, Sum
from django.http import FileResponse

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.quantities import N_

from . import intake
from .access import Reader, visible_papers
from .intake.refusal import mib, named
from .models import Document, Registered, Registration


@dataclass(frozen=True)
class Kept:
    """A file on record, what its bringer's organisation says of it, and whether it said so just now."""

    document: Document
    registered: Registered
    fresh: bool


def path_of(sha256: str) -> Path:
    return Path(settings.DOCUMENT_ROOT) / sha256[:2] / sha256


def store(
    content: bytes,
    *,
    media_type: str,
    filename: str,
    titles: dict[str, str] | None = None,
    classification: str = Document.Classification.OFFICERS,
    by: User | None = None,
) -> Document:
    """Keep what the program itself made; what people hand in comes through ``uploaded``."""
    with kept(
        content,
        media_type=media_type,
        filename=filename,
        titles=titles,
        classification=classification,
        by=by,
    ) as found:
        return found.document


@contextmanager
def uploaded(
    accepted: intake.Accepted, *, by: User, titles: dict[str, str] | None = None, classification: str
) -> Iterator[Kept]:
    """Keep what a person handed in; a failure inside the block leaves neither file nor row.

    Raises
    ------
    TooLarge
        when the organisation would keep more than it may.
    """
    with kept(
        accepted.content,
        media_type=accepted.media_type,
        filename=accepted.filename,
        titles=titles,
        classification=classification,
        by=by,
    ) as found:
        yield found


@contextmanager
def kept(
    content: bytes,
    *,
    media_type: str,
    filename: str,
    titles: dict[str, str] | None,
    classification: str,
    by: User | None,
) -> Iterator[Kept]:
    """The bytes under their sha256; the same bytes are one file with a registration for each owner."""
    sha256 = hashlib.sha256(content).hexdigest()
    said = {
        "filename": Path(filename).name,
        **{f"title_{lang}": (titles or {}).get(lang, "") for lang in ("vi", "ja", "en")},
        "classification": classification,
        "owner": by.organisation if by else None,
        "added_by": by,
    }
    with transaction.atomic():
        # Two who bring the same bytes at once wait here for each other, until one has committed or given up.
        document, is_new = Document.objects.get_or_create(
            sha256=sha256, defaults={"media_type": media_type, "size": len(content), **said}
        )
        try:
            if is_new or not path_of(sha256).exists():
                _write(sha256, content)
            registered, fresh = (document, True) if is_new else _registered(document, said)
            if fresh and by is not None and by.organisation is not None:
                _check_quota(by.organisation, filename)
            yield Kept(document, registered, fresh)
        except BaseException:
            if is_new:  # still in the transaction, so nobody else can have it on record
                path_of(sha256).unlink(missing_ok=True)
            raise


def _write(sha256: str, content: bytes) -> None:
    path = path_of(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as partial:
        try:
            partial.write(content)
            partial.close()
            Path(partial.name).replace(path)
        except BaseException:
            Path(partial.name).unlink(missing_ok=True)
            raise


def _registered(document: Document, said: dict[str, object]) -> tuple[Registered, bool]:
    owner = said["owner"]
    if document.owner == owner:
        return document, False
    return Registration.objects.get_or_create(document=document, owner=owner, defaults=said)


def used(organisation: Organisation) -> int:
    """Bytes that an organisation keeps here."""
    first = Document.objects.filter(owner=organisation).aggregate(n=Sum("size"))["n"] or 0
    further = Registration.objects.filter(owner=organisation).aggregate(n=Sum("document__size"))["n"] or 0
    return first + further


def _check_quota(organisation: Organisation, filename: str) -> None:
    """After the row was written: who comes second waits for the organisation's row and counts the first."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    total = used(organisation)
    if total > settings.DOCUMENT_QUOTA_BYTES:
        error = intake.refuse(
            N_("With this file your organisation would keep %(value)s MiB; it may keep %(limit)s MiB."),
            N_("Hand in a smaller file, or ask the administrator for more space."),
            value=mib(total),
            limit=mib(settings.DOCUMENT_QUOTA_BYTES),
            kind=intake.TooLarge,
        )
        raise named(error, filename)


def readable(user: Reader) -> QuerySet[Document]:
    """Documents of which this reader may read at least one registration."""
    others = Registration.objects.filter(visible_papers(user, "document"), document=OuterRef("pk"))
    return with_said(user, Document.objects.filter(visible_papers(user) | Exists(others)))


def may_read(user: Reader, document: Document) -> bool:
    return readable(user).filter(pk=document.pk).exists()


def seen_by(user: Reader, document: Document) -> list[Registered]:
    """What is said of a document, as far as this reader may know; one's own organisation's word first."""
    if not hasattr(document, "first_is_seen"):
        document = with_said(user, Document.objects.filter(pk=document.pk)).get()
    rows: list[Registered] = [*([document] if document.first_is_seen else []), *document.others_seen]
    own = getattr(user, "organisation_id", None)
    return sorted(rows, key=lambda row: own is None or row.owner_id != own)


def with_said(user: Reader, rows: QuerySet[Document]) -> QuerySet[Any]:
    """Documents with what of each this reader may know, asked for with them and not row by row."""
    others = Registration.objects.filter(visible_papers(user, "document")).select_related("owner")
    return (
        rows.annotate(first_is_seen=ExpressionWrapper(visible_papers(user), BooleanField()))
        .select_related("owner")
        .prefetch_related(Prefetch("registrations", queryset=others, to_attr="others_seen"))
    )


def seen_title(user: Reader, document: Document, lang: str) -> str:
    """The title as this reader may know it, or nothing."""
    said = seen_by(user, document)
    return said[0].title(lang) if said else ""


def read(document: Document) -> bytes:
    """The bytes, checked against the hash they are kept under."""
    content = path_of(document.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise OSError(f"The stored file {document.sha256} was altered.")
    return content


def download(document: Document, filename: str = "") -> FileResponse:
    """Answer with the file as an attachment; a browser never renders what somebody uploaded."""
    response = FileResponse(
        path_of(document.sha256).open("rb"),
        as_attachment=True,
        filename=filename or document.filename,
        content_type=document.media_type,
    )
    response["ETag"] = f'"{document.sha256}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

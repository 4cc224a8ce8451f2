"""Files by their content, outside the web root."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.http import FileResponse

from trunghoa.portal.core.accounts.models import User

from .models import Document


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
    """Keep the bytes under their sha256; the same bytes are the same document."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    titles = titles or {}
    document, _ = Document.objects.get_or_create(
        sha256=sha256,
        defaults={
            "media_type": media_type,
            "size": len(content),
            "filename": Path(filename).name,
            "title_vi": titles.get("vi", ""),
            "title_ja": titles.get("ja", ""),
            "title_en": titles.get("en", ""),
            "classification": classification,
            "owner": by.organisation if by else None,
            "added_by": by,
        },
    )
    return document


def read(document: Document) -> bytes:
    """The bytes, checked against the hash they are kept under."""
    content = path_of(document.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise OSError(f"The stored file {document.sha256} was altered.")
    return content


def download(document: Document) -> FileResponse:
    """Answer with the file as an attachment; a browser never renders what somebody uploaded."""
    response = FileResponse(
        path_of(document.sha256).open("rb"),
        as_attachment=True,
        filename=document.filename,
        content_type=document.media_type,
    )
    response["ETag"] = f'"{document.sha256}"'
    return response

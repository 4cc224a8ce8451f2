"""One check for every room: size, name, what the bytes are, and whether the name says the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from trunghoa.quantities import N_, InputError

from .. import lists
from . import images, names, packages, pdf, texts
from .refusal import TooLarge, mib, named, refuse

TEXT_CHECKS = ("text", "csv", "json", "xml")
MARKS = {b"PK\x03\x04": "package", b"%PDF-": "pdf", images.PNG: "png", images.JPEG: "jpeg"}
CHECKS: dict[str, Callable[[bytes], object]] = {
    "pdf": pdf.check,
    "png": images.check_png,
    "jpeg": images.check_jpeg,
    "text": texts.decoded,
}


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: its bytes, its type as found, its name as cleaned."""

    content: bytes
    media_type: str
    filename: str


def content_of(handed: UploadedFile) -> bytes:
    """The bytes of a handed-in file; one that is too large is not read."""
    _check_size(handed.size or 0, handed.name or "")
    return handed.read()


def check(content: bytes, name: str, *, on: date | None = None) -> Accepted:
    """Accept a file, or say what is wrong with it.

    Raises
    ------
    TooLarge
        when it has more bytes than one file may.
    InputError
        when its name, its type or its content is refused; the problem names the file, the value, the limit.
    """
    _check_size(len(content), name)
    filename = names.clean(name)
    try:
        return Accepted(content, _media_type(content, filename, on or timezone.localdate()), filename)
    except InputError as error:
        raise named(error, filename) from error


def _check_size(size: int, name: str) -> None:
    if size > settings.DOCUMENT_MAX_BYTES:
        error = refuse(
            N_("The file has %(value)s MiB; at most %(limit)s MiB are taken."),
            N_("Leave out pictures, save it smaller, or split it."),
            value=mib(size),
            limit=mib(settings.DOCUMENT_MAX_BYTES),
            kind=TooLarge,
        )
        raise named(error, name[-100:])


def sniff(content: bytes) -> str:
    """What the first bytes say: package, pdf, png, jpeg, or text; what is never taken is refused."""
    _check_size(len(content), "")
    if not content.strip():
        raise refuse(N_("The file is empty."), N_("Fill it in and hand it in again."))
    if content.startswith(packages.OLE):
        raise refuse(
            N_("This is an old .xls, .doc or .ppt file, or one with a password."),
            N_("Open it, take the password off, and save it as .xlsx, .docx or PDF."),
        )
    found = next((kind for mark, kind in MARKS.items() if content.startswith(mark)), "text")
    if found == "text" and content.startswith((*packages.ARCHIVES, *packages.PROGRAMS)):
        raise refuse(
            N_("This is a packed file or a program."), N_("Unpack it and hand its files in one by one.")
        )
    return found


def inspect(content: bytes) -> str:
    """What the bytes are: pdf, xlsx, docx, png, jpeg or text; what is harmful or none of these is refused."""
    found = sniff(content)
    if found == "package":
        return packages.kind_of(content)
    CHECKS[found](content)
    return found


def _media_type(content: bytes, filename: str, day: date) -> str:
    types = lists.document_types(day)
    suffix = names.suffix(filename)
    listed = next((row for row in types if suffix in row.extensions), None)
    known = ", ".join(x for row in types for x in row.extensions)
    if listed is None:
        raise refuse(
            N_("Files whose name ends in “%(value)s” are not taken; these are: %(limit)s."),
            N_("Save it as one of these kinds, for example as PDF."),
            value=suffix[:20],
            limit=known,
        )
    found = inspect(content)
    if found != ("text" if listed.check in TEXT_CHECKS else listed.check):
        raise refuse(
            N_("The name ends in “%(value)s” but the content is of the kind %(limit)s."),
            N_("Give the file the name of what it is, or hand in the right file."),
            value=suffix,
            limit=found,
        )
    if listed.check == "csv":
        texts.check_csv(texts.decoded(content))
    elif listed.check == "json":
        texts.check_json(texts.decoded(content))
    elif listed.check == "xml":
        texts.check_xml(content)
    return listed.code

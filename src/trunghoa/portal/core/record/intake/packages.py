"""Packages: Excel workbooks and Word documents are zip archives, and both may hide much in little.

Not looked for: fields that call other programs (DDE) inside the text, and faults of the readers that open it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from django.conf import settings

from trunghoa.quantities import N_, InputError

from .refusal import MIB, mib, refuse

ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"BZh",
    b"\xfd7zXZ",
)
ARCHIVE_NAMES = re.compile(r"(?i)\.(zip|rar|7z|gz|tgz|bz2|xz|tar|xls[xmb]?|doc[xm]?|ppt[xm]?|jar)$")
OLE = b"\xd0\xcf\x11\xe0"
PROGRAMS = (b"MZ", b"\x7fELF")
CONTENT_TYPES = "[Content_Types].xml"


def kind_of(content: bytes) -> str:
    """``xlsx`` or ``docx``, after everything in the package was looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = package.infolist()
            _check_count(infos)
            _check_places(content, infos)
            kind = _kind({info.filename for info in infos})
            _check_sizes(content, infos)
            for info in infos:
                _check_part(info.filename, content, info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, expat.ExpatError, ValueError) as error:
        raise _damaged() from error
    return kind


def is_office(content: bytes) -> bool:
    """Whether a package says that it is a workbook or a document, rather than a folder of files."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return CONTENT_TYPES in package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged() from error


def texts_of(content: bytes, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """The files of a zipped folder that end in one of the suffixes, by their path; others are not read.

    Raises
    ------
    InputError
        when it is damaged, locked, too large unpacked, or a part leads out of it or is no text.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = package.infolist()
            _check_count(infos)
            _check_places(content, infos)
            _check_sizes(content, infos)
            found = {
                info.filename: b"".join(_unpacked(content, info))
                for info in infos
                if info.filename.casefold().endswith(suffixes) and not _is_hidden(info.filename)
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise _damaged() from error
    for name, text in found.items():
        if text.startswith((*ARCHIVES, OLE, *PROGRAMS)):
            raise refuse(
                N_("“%(value)s” in the packed folder is no text."),
                N_("Save it as text and pack the folder again."),
                value=name[:120],
            )
    return found


def _is_hidden(path: str) -> bool:
    """What systems put beside the files: folders and files whose name begins with a dot or __MACOSX."""
    return any(part.startswith((".", "__MACOSX")) for part in path.split("/"))


def _damaged() -> InputError:
    return refuse(
        N_("The package is damaged and cannot be read."),
        N_("Open it in the program that made it and save it again."),
    )


def _check_count(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > settings.DOCUMENT_MAX_ENTRIES:
        raise refuse(
            N_("The package has %(value)s parts; at most %(limit)s are read."),
            N_("Copy the content into a new document and hand that in."),
            value=str(len(infos)),
            limit=str(settings.DOCUMENT_MAX_ENTRIES),
        )
    names = [info.filename.casefold() for info in infos]
    if len(set(names)) < len(names):
        raise _damaged()
    for info in infos:
        if info.flag_bits & 1:
            raise refuse(
                N_("The package is locked with a password."),
                N_("Take the password off and hand it in again."),
            )
        _check_path(info.orig_filename)


def _check_path(path: str) -> None:
    parts = re.split(r"[\\/]", path)
    if (
        path.startswith(("/", "\\"))
        or ".." in parts
        or re.match(r"[A-Za-z]:", path)
        or any(ord(c) < 32 for c in path)
        or "\\" in path
    ):
        raise refuse(
            N_("A part of the package is named “%(value)s”, which leads out of it."),
            N_("No office program writes such names. Copy the content into a new document and hand that in."),
            value="".join(c if ord(c) >= 32 else "?" for c in path[:120]),
        )


def _check_places(content: bytes, infos: list[zipfile.ZipInfo]) -> None:
    """Each part has bytes of its own, under the name that the directory gives it."""
    end = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        start = _start(content, info)
        encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
        own = content[info.header_offset + 30 :][: len(info.orig_filename.encode(encoding))]
        if info.header_offset < end or own.decode(encoding) != info.orig_filename:
            raise _damaged()
        end = start + info.compress_size


def _kind(names: set[str]) -> str:
    if CONTENT_TYPES in names and any(n.startswith("xl/workbook") for n in names):
        return "xlsx"
    if CONTENT_TYPES in names and any(n.startswith("word/document") for n in names):
        return "docx"
    raise refuse(
        N_("This is a packed file but not an Excel workbook or a Word document."),
        N_("Unpack it and hand its files in one by one."),
    )


def _start(content: bytes, info: zipfile.ZipInfo) -> int:
    head = info.header_offset
    if content[head : head + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("no part where the directory says")
    name = int.from_bytes(content[head + 26 : head + 28], "little")
    extra = int.from_bytes(content[head + 28 : head + 30], "little")
    return head + 30 + name + extra


def _unpacked(content: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part by the piece, found by unpacking: what the header says may be a lie."""
    start = _start(content, info)
    packed = content[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("unusual compression")
    unpacker = zlib.decompressobj(-15)
    while packed and not unpacker.eof:
        yield unpacker.decompress(packed, MIB)
        packed = unpacker.unconsumed_tail


def _check_sizes(content: bytes, infos: list[zipfile.ZipInfo]) -> None:
    by_ratio = settings.DOCUMENT_MAX_RATIO * max(len(content), 4096)
    limit = min(settings.DOCUMENT_MAX_UNPACKED, by_ratio)
    size = 0
    for info in infos:
        for piece in _unpacked(content, info):
            size += len(piece)
            if size > limit:
                raise refuse(
                    N_(
                        "The package of %(value)s MiB unpacks to more than %(limit)s MiB, which is the limit."
                    ),
                    N_("Copy the content into a new document without pictures and empty rows."),
                    value=mib(len(content)),
                    limit=mib(limit),
                )


def _check_part(name: str, content: bytes, info: zipfile.ZipInfo) -> None:
    low = name.casefold()
    if low.endswith("vbaproject.bin"):
        raise macros()
    pieces = _unpacked(content, info)
    first = next(pieces, b"")
    if ARCHIVE_NAMES.search(name) or first.startswith(ARCHIVES):
        raise refuse(
            N_("The package holds another packed file: “%(value)s”."),
            N_("Take it out and hand it in by itself; paste charts as pictures."),
            value=name[:120],
        )
    if "/activex/" in low or first.startswith((OLE, *PROGRAMS)):
        raise refuse(
            N_("The package holds an embedded object or program: “%(value)s”."),
            N_("Take it out, or paste it as a picture, and save the document again."),
            value=name[:120],
        )
    if "/externallinks/" in low:
        raise linked(name)
    if low.endswith((".xml", ".rels")):
        _check_xml(name, first, pieces)


def _check_xml(name: str, first: bytes, rest: Iterator[bytes]) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = no_doctype
    if name.casefold().endswith(".rels"):
        parser.StartElementHandler = _check_relation
    elif name == CONTENT_TYPES:
        parser.StartElementHandler = _check_content_type
    parser.Parse(first, False)
    for piece in rest:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def no_doctype(*_declared: object) -> None:
    raise refuse(
        N_("The file declares XML entities (DOCTYPE)."),
        N_("Save it without them: they can read other files or grow without end."),
    )


def _check_relation(_tag: str, attributes: dict[str, str]) -> None:
    target = attributes.get("Target", "")
    if attributes.get("TargetMode", "").casefold() != "external":
        return
    is_address = attributes.get("Type", "").endswith("/hyperlink")
    if not is_address or not re.match(r"(?i)(https?|mailto):|#", target):
        raise linked(target)


def _check_content_type(_tag: str, attributes: dict[str, str]) -> None:
    said = attributes.get("ContentType", "").casefold()
    if "macroenabled" in said or "vbaproject" in said:
        raise macros()


def macros() -> InputError:
    return refuse(
        N_("The document contains macros."), N_("Save it without macros (.xlsx, .docx) and hand that in.")
    )


def linked(target: str) -> InputError:
    return refuse(
        N_("The document is linked to another file or address: “%(value)s”."),
        N_("Break the links, so that the values stand in the document itself, and save it again."),
        value=target[:120],
    )

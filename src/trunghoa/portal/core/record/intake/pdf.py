"""PDF files, read as bytes: what is encrypted, runs a script or starts a program is refused.

Seen: names written plainly or with ``#xx`` escapes, in the file itself and in compressed object streams.
Not seen: what stands in streams with other filters than Flate, files attached to the document, links to
addresses, scripts inside XFA forms, and faults of the readers that open it.
"""

import re
import zlib

from django.conf import settings

from trunghoa.quantities import N_

from .refusal import refuse

OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
# A stream begins so many bytes after the word, at most.
NEAR = 2000
PIECE = 2**16
END = 4096


def _name(word: str) -> re.Pattern[bytes]:
    """The name with any of its letters escaped, and nothing joined to it."""
    letters = (f"(?:{c}|#{ord(c) >> 4:x}[{f'{ord(c) & 15:x}'}{f'{ord(c) & 15:X}'}])" for c in word)
    return re.compile(f"/{''.join(letters)}(?![A-Za-z0-9#_-])".encode())


ENCRYPT, SCRIPT, LAUNCH = _name("Encrypt"), _name("JavaScript"), _name("Launch")


def check(content: bytes) -> None:
    if b"%%EOF" not in content[-END:]:
        raise refuse(N_("The PDF file is not complete: its end is missing."), N_("Save or scan it again."))
    # Short words would be met by chance in pictures; these are long enough not to be.
    _check_names(content)
    _check_object_streams(content)


def _check_names(text: bytes) -> None:
    if ENCRYPT.search(text):
        raise refuse(
            N_("The PDF file is encrypted or locked with a password."),
            N_("Save it without protection and hand it in again."),
        )
    if SCRIPT.search(text):
        raise refuse(
            N_("The PDF file contains JavaScript."), N_("Print it to a new PDF file and hand that in.")
        )
    if LAUNCH.search(text):
        raise refuse(
            N_("The PDF file starts another program or file when it is opened or clicked."),
            N_("Print it to a new PDF file and hand that in."),
        )


def _check_object_streams(content: bytes) -> None:
    """The objects that are kept compressed, as far as the limit of unpacked bytes allows."""
    left, last = settings.DOCUMENT_MAX_UNPACKED, -1
    for match in OBJECT_STREAM.finditer(content):
        start = content.find(b"stream", match.end(), match.end() + NEAR)
        if start in (-1, last):
            continue
        last = start
        objects = _inflated(content, start + len(b"stream"), left)
        left -= len(objects)
        if left <= 0:
            raise refuse(
                N_("The PDF file unpacks to more than %(limit)s MiB."),
                N_("Print it to a new PDF file and hand that in."),
                limit=str(settings.DOCUMENT_MAX_UNPACKED // 2**20),
            )
        _check_names(objects)


def _inflated(content: bytes, start: int, limit: int) -> bytes:
    """A Flate stream, read by the piece: where it ends is known only when it ends."""
    start += 2 if content[start : start + 2] == b"\r\n" else 1
    unpacker, pieces, size = zlib.decompressobj(), [], 0
    try:
        while not unpacker.eof and size < limit and start < len(content):
            pieces.append(unpacker.decompress(content[start : start + PIECE], limit - size))
            size += len(pieces[-1])
            start += PIECE
    except zlib.error:
        pass
    return b"".join(pieces)

"""Texts as people save them: UTF-8, UTF-16 or the Vietnamese code page, plain or gzip."""

from __future__ import annotations

import gzip
import unicodedata
import zlib
from pathlib import Path

from trunghoa.quantities import N_, InputError, Problem

from .draft import Draft

LARGEST = 2_000_000_000
"""Bytes of text that a file may unpack to."""


def read_bytes(path: Path) -> bytes:
    """Content of a file, unpacked if it is gzip.

    Raises
    ------
    InputError
        It cannot be read, or unpacks to more than 2 GB.
    """
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
        if not packed:
            return path.read_bytes()
        with gzip.open(path) as unpacked:
            content = unpacked.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            Problem(N_("The file cannot be read: %(value)s"), file=path.name, value=str(error))
        ) from None
    if len(content) > LARGEST:
        raise InputError(
            Problem(N_("The file unpacks to more than %(limit)s."), file=path.name, limit="2 GB")
        )
    return content


def decode(content: bytes, file: str, draft: Draft) -> str:
    """Text of a file; anything but UTF-8 is noted."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        draft.notices.append(f"{file} is UTF-16 and was converted.")
        return unicodedata.normalize("NFC", content.decode("utf-16", errors="replace"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        draft.notices.append(f"{file} is not UTF-8; it was read as Windows-1258 (Vietnamese).")
        return unicodedata.normalize("NFC", content.decode("cp1258", errors="replace"))


def read_text(path: Path, draft: Draft) -> str:
    return decode(read_bytes(path), path.name, draft)

"""Pictures: their size in pixels is read from the header, and no bomb is unpacked to learn it."""

from django.conf import settings

from trunghoa.quantities import N_, InputError

from .refusal import refuse

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
ALONE = {0x01, *range(0xD0, 0xD9)}


def check_png(content: bytes) -> None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-64:]:
        raise _damaged()
    _check_pixels(int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))


def check_jpeg(content: bytes) -> None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF or marker in ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in FRAMES:
            height = int.from_bytes(content[at + 5 : at + 7], "big")
            return _check_pixels(int.from_bytes(content[at + 7 : at + 9], "big"), height)
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise _damaged()


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > settings.DOCUMENT_MAX_PIXELS:
        raise refuse(
            N_("The picture has %(value)s pixels; at most %(limit)s million are kept."),
            N_("Save it smaller and hand it in again."),
            value=f"{width} × {height}",
            limit=str(settings.DOCUMENT_MAX_PIXELS // 10**6),
        )


def _damaged() -> InputError:
    return refuse(N_("The picture is damaged and cannot be read."), N_("Save it again and hand that in."))

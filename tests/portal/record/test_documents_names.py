"""Names of files, whatever they were: they never lead anywhere, and come back from the header as they are."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import pytest
from django.utils.http import content_disposition_header
from hypothesis import example, given
from hypothesis import strategies as st

from trunghoa.portal.core.record.intake.names import MAX_BYTES, clean, suffix
from trunghoa.quantities import InputError

NASTY = st.lists(
    st.sampled_from(
        ["/", "\\", "..", ".", "\x00", "\n", '"', "%", ";", "'", "\u202e", "\u200b", "CON", "nul", "a", "ữ",
         "書", "\ud800", " ", "é", "e\u0301", "\ufeff", "C:", ".pdf", "~", "\U0001f600", "\u2028"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def from_header(header):
    """What a browser makes of the header (RFC 6266 and 5987)."""
    if extended := re.fullmatch(r"attachment; filename\*=utf-8''(.+)", header):
        return unquote(extended[1], errors="strict")
    plain = re.fullmatch(r'attachment; filename="([^"\r\n\\]+)"', header)
    assert plain, header
    return plain[1]


@given(st.text() | NASTY | st.text(min_size=150, max_size=400))
@example("..")
@example("a" * 400 + ".pdf")
@example("CON .pdf")
@example("ư" * 300 + ".xlsx")
def test_no_name_leads_out_of_its_folder_and_each_comes_back_from_the_header(name):
    try:
        kept = clean(name)
    except InputError:
        return
    assert kept == PurePosixPath(kept).name == PureWindowsPath(kept).name
    assert not PureWindowsPath(kept).is_reserved()
    assert kept not in ("", ".", "..")
    assert len(kept.encode()) <= MAX_BYTES
    assert kept.isprintable()
    assert clean(kept) == kept
    assert from_header(content_disposition_header(True, kept)) == kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("D:\\hồ sơ\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("NUL.pdf", "_NUL.pdf"),
        ("..htaccess", "htaccess"),
        ('a"b;c.pdf', "a_b_c.pdf"),
        ("a\u200b.pdf", "a.pdf"),
        ("tiê\u0301ng.pdf", "tiếng.pdf"),
    ],
)
def test_what_is_harmless_after_cleaning_is_cleaned(name, kept):
    assert clean(name) == kept


@pytest.mark.parametrize("name", ["invoice\u202efdp.exe", "a\u2067b.pdf"])
def test_characters_that_turn_the_reading_direction_are_refused_with_the_reason(name):
    with pytest.raises(InputError, match="turn the reading direction"):
        clean(name)


@pytest.mark.parametrize("name", ["", " ", "..", "/", "\u200b"])
def test_a_name_of_which_nothing_is_left_is_refused(name):
    with pytest.raises(InputError, match="no name"):
        clean(name)


def test_a_long_name_keeps_its_extension():
    kept = clean("ư" * 300 + ".xlsx")
    assert (suffix(kept), len(kept.encode()) <= MAX_BYTES) == (".xlsx", True)

"""Arbitrary text comes out of the PDF as that text, never as a command."""

import io
import unicodedata

import pypdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trunghoa.portal.core.publication import fonts, pdf
from trunghoa.portal.core.publication.words import Piece

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
KEPT = sorted(
    c for c in map(chr, fonts.covered())
    if fonts.printable(c) == c and not c.isspace() and unicodedata.category(c)[0] in "LNPS"
    and unicodedata.bidirectional(c) not in ("R", "AL") and unicodedata.normalize("NFKC", c) == c
)  # fmt: skip
LINE = st.text(
    st.one_of(st.sampled_from("#*_`$\\@<>[]{}~-/='\"&%. aệđ"), st.sampled_from(KEPT)), min_size=1, max_size=40
)


def document(*lines: str) -> dict:
    return {
        "lang": "vi", "name": "x", "year": 2026, "month": 1, "day": 2, "title": [["text", "x"]],
        "standing": [], "cover": [], "contents": "x", "manifest": "x", "frozen": "x",
        "parts": [
            {
                "key": "a", "title": [["text", "x"]], "wide": False, "new_page": True,
                "blocks": [
                    {"is": "paragraph", "body": pdf.pieces_json([Piece("text", line)])} for line in lines
                ],
            }
        ],
    }  # fmt: skip


def lines_of(content: bytes) -> str:
    return "".join(pypdf.PdfReader(io.BytesIO(content)).pages[-1].extract_text().split())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINE)
@example('#panic() #import "x" ~ -- --- ... // /* */ \\u{41} $x$ @a <b> `c` *d* _e_ [f] {g} = h')
@example("'q' \"q\" 1/2 <= => -> \\\\ \\n")
def test_text_comes_out_as_it_went_in(line):
    content = pdf.compile_pdf(document(f"begin{line}end"))
    wanted = "".join(fonts.printable(f"begin{line}end").split())
    assert wanted in lines_of(content)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
@example("a\x00b\u202ec\ud7ffd\U0001f600e\u0301\u200d\u2028f")
def test_no_text_stops_the_printing(line):
    assert pdf.compile_pdf(document(line or "x")).startswith(b"%PDF")


def test_every_vietnamese_letter_has_a_glyph():
    for letter in VIETNAMESE + VIETNAMESE.upper():
        assert fonts.printable(letter) == letter
        assert fonts.printable(unicodedata.normalize("NFD", letter)) == letter


@pytest.mark.parametrize(
    ("raw", "printed"), [("a\n\tb", "a  b"), ("x\u200by", "xy"), ("😀", "〓"), ("CH₄", "CH〓")]
)
def test_what_has_no_glyph_is_seen_to_be_missing(raw, printed):
    assert fonts.printable(raw) == printed


def test_small_digits_are_set_as_subscripts():
    assert pdf.pieces_json([Piece("unit", "tCO₂e")]) == [["unit", "tCO"], ["sub", "2"], ["unit", "e"]]

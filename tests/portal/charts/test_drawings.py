"""What every drawing must be: safe in a page, told in words, the same each time."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

import pytest

from trunghoa.portal.core.charts import DrawingError, draw, draw_svg_bytes, sparkline
from trunghoa.portal.core.charts.finish import finish

from . import samples

S = "{http://www.w3.org/2000/svg}"


def drawn(kind: str, lang: str = "vi", title: str = "Mêtan", description: str = "Giảm dần") -> str:
    return draw(samples.ALL[kind](lang), title=title, description=description, lang=lang)


def texts(svg: str) -> list[str]:
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter(f"{S}text")]


def tips(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [e.text or "" for e in root.iter(f"{S}title")][1:]


@pytest.mark.parametrize("kind", samples.ALL)
def test_it_holds_nothing_the_content_policy_would_block(kind: str):
    svg = drawn(kind)
    for element in ElementTree.fromstring(svg).iter():
        assert element.tag.removeprefix(S) not in {"style", "script", "image", "foreignObject", "a", "use"}
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "href" not in name
            assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value)


@pytest.mark.parametrize("kind", samples.ALL)
def test_it_is_one_named_and_described_image(kind: str):
    root = ElementTree.fromstring(drawn(kind, title="Mê-tan <1>", description="Từ 2020 & sau"))
    assert root.get("role") == "img"
    named = {e.get("id"): e for e in root.iter() if e.get("id")}
    assert named[root.get("aria-labelledby")].text == "Mê-tan <1>"
    assert named[root.get("aria-describedby")].text == "Từ 2020 & sau"
    assert root[0].tag == f"{S}title"
    inner = [e for e in root.iter() if e is not root]
    assert not [e for e in inner if any(a.startswith("aria-") or a == "role" for a in e.attrib)]


@pytest.mark.parametrize("kind", samples.ALL)
def test_the_same_chart_gives_the_same_bytes_and_another_title_other_ids(kind: str):
    first = draw_svg_bytes(samples.ALL[kind]("ja"), title="a", description="b", lang="ja")
    assert first == draw_svg_bytes(samples.ALL[kind]("ja"), title="a", description="b", lang="ja")
    other = draw(samples.ALL[kind]("ja"), title="c", description="b", lang="ja")
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (first.decode(), other)]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("kind", samples.ALL)
def test_every_reference_inside_has_its_target(kind: str):
    svg = drawn(kind)
    assert set(re.findall(r"url\(#([\w-]+)\)", svg)) <= set(re.findall(r' id="([^"]+)"', svg))


@pytest.mark.parametrize(("lang", "axis", "tip"), [
    ("vi", "2.000", "Thực phẩm: 1.235"), ("ja", "2,000", "食品廃棄物: 1,235"),
    ("en", "2,000", "Food waste: 1,235"),
])  # fmt: skip
def test_numbers_are_written_as_the_language_writes_them(lang: str, axis: str, tip: str):
    svg = drawn("area", lang)
    assert axis in texts(svg)
    assert any(tip in t.splitlines() for t in tips(svg))


def test_decimals_follow_the_language_too():
    assert any("USD/tCO₂e: \u22121,25" in t for t in tips(drawn("mac", "vi")))
    assert any("USD/tCO₂e: \u22121.25" in t for t in tips(drawn("mac", "en")))


@pytest.mark.parametrize(("lang", "day", "tick"), [
    ("vi", "30/09/2024", "09/2024"), ("ja", "2024年9月30日", "2024年9月"), ("en", "30 Sep 2024", "Sep 2024"),
])  # fmt: skip
def test_dates_are_written_as_the_language_writes_them(lang: str, day: str, tick: str):
    svg = drawn("timeline", lang)
    assert any(day in t for t in tips(svg))
    assert tick in texts(svg)


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_year_tells_every_category_the_total_and_the_band(lang: str):
    words = samples.WORDS[lang]
    told = next(t for t in tips(drawn("area", lang)) if t.startswith("2024\n"))
    assert [line.partition(":")[0] for line in told.splitlines()] == [
        "2024", words["food"], words["paper"], words["total"], words["band"],
    ]  # fmt: skip
    assert {words["food"], words["total"], words["band"]} <= set(texts(drawn("area", lang)))


def test_words_are_escaped_and_composed():
    nfd = unicodedata.normalize("NFD", "Tỷ lệ <b>&")
    svg = drawn("area", title=nfd)
    assert "Tỷ lệ &lt;b&gt;&amp;" in svg
    assert svg == unicodedata.normalize("NFC", svg)


def test_a_gap_stays_a_gap():
    told = {t.split("\n")[0]: t for t in tips(drawn("lines"))}
    assert samples.WORDS["vi"]["high"] in told["2022"]
    assert samples.WORDS["vi"]["high"] not in told["2023"]


@pytest.mark.parametrize("inner", [
    "<image href='https://example.org/x.png'/>", "<style>g{fill:red}</style>", "<script>1</script>",
    "<path d='M0 0h1' fill='url(https://example.org/x)'/>", "<path d='M0 0h1' fill='url(#nowhere)'/>",
])  # fmt: skip
def test_it_refuses_what_must_not_stand_in_a_page(inner: str):
    with pytest.raises(DrawingError):
        finish(f"<svg xmlns='{S[1:-1]}'>{inner}</svg>", title="t", description="d", lang="en")


def test_it_drops_styles_handlers_and_links_in_attributes():
    raw = f"<svg xmlns='{S[1:-1]}'><path d='M0 0h1' fill='red' style='x:y' onclick='z()' class='q'/></svg>"
    svg = finish(raw, title="t", description="d", lang="en")
    assert '<path d="M0 0h1" fill="red" />' in svg


def test_a_chart_may_not_fetch_its_data():
    import altair as alt

    chart = alt.Chart("https://example.org/rows.csv").mark_bar().encode(x="a:Q")
    with pytest.raises(Exception, match=r"(?i)url|allowed|denied"):
        draw(chart, title="t", description="d", lang="en")


def test_a_sparkline_draws_what_is_known():
    svg = sparkline([1, None, 3, 2], title="Mêtan <2020–2023>")
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Mêtan <2020–2023>"
    line, dot = root.find(f"{S}path"), root.find(f"{S}circle")
    assert (line.get("d").count("M"), line.get("d").count("L")) == (2, 1)
    assert (float(dot.get("cx")), float(dot.get("cy"))) == (93, 11)


def test_a_sparkline_of_nothing_is_empty_and_still_named():
    assert ElementTree.fromstring(sparkline([None], title="x")).find(f"{S}path") is None


@pytest.mark.parametrize("lang", ["vi", "ja"])
def test_a_drawing_goes_into_a_pdf_with_the_font_it_was_measured_in(tmp_path, lang: str):
    import pylopdf_fonts_jp
    import typst
    from pypdf import PdfReader

    (tmp_path / "chart.svg").write_bytes(
        draw_svg_bytes(samples.statuses(lang), title="t", description="d", lang=lang)
    )
    (tmp_path / "page.typ").write_text('#image("chart.svg", alt: "t")', encoding="utf-8")
    fonts = [str(pylopdf_fonts_jp.sans_path().parent)]
    pdf = tmp_path / "page.pdf"
    typst.compile(str(tmp_path / "page.typ"), output=str(pdf), font_paths=fonts, ignore_system_fonts=True)
    assert samples.WORDS[lang]["high"] in PdfReader(pdf).pages[0].extract_text()

"""A number nobody can trace stops the publication, wherever and in whatever language it hides."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from trunghoa import quantities
from trunghoa.portal.core.publication import guard, outline, rendering, words
from trunghoa.portal.core.publication.blocks import (
    Age,
    BlockError,
    ChartBlock,
    Column,
    Count,
    Heading,
    Name,
    Number,
    Paragraph,
    PeriodValue,
    Reference,
    Table,
    Tally,
    Text,
    Total,
    UnitName,
)
from trunghoa.portal.core.publication.errors import TranslationError, UnbackedNumber
from trunghoa.portal.core.publication.manifest import Frozen
from trunghoa.portal.core.publication.words import LANGUAGES
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.quantities import Period, format_number

pytestmark = pytest.mark.once


@pytest.fixture
def frozen(publication):
    return Frozen(publication)


def outputs_of(frozen, *blocks):
    """The report of the freeze with its S8 section replaced by these blocks."""
    edition = outline.build(frozen)
    parts = tuple(replace(p, blocks=blocks) if p.key == "S8" else p for p in edition.parts)
    return {lang: rendering.voiced(replace(edition, parts=parts), frozen, lang)[0] for lang in LANGUAGES}


def check(frozen, *blocks):
    """What the guard let through, by language."""
    outputs = outputs_of(frozen, *blocks)
    guard.check(outputs, frozen)
    return outputs


def test_it_lets_a_traced_report_through(frozen):
    figure = frozen.figures.first()
    passed = check(frozen, Paragraph("Emitted: {x}, all as CO₂", x=Number(figure, 2)))
    for lang, output in passed.items():
        written = format_number(figure.amount, lang, 2)
        assert re.search(rf'data-figure="{figure.pk}"[^>]*>{re.escape(written)}</data>', output.html), lang


@pytest.mark.parametrize(
    "words",
    [
        "About 40 sites",
        "Twelve hundred and ４０",
        "Ⅻ sites",
        "x² sites",
        "5₂ sites",
        "Decision 896",
        "CH4 rises",
    ],
)
def test_it_refuses_a_number_in_the_words(frozen, words):
    with pytest.raises(UnbackedNumber, match="Section S8"):
        check(frozen, Paragraph(words))


def test_it_refuses_a_number_in_one_translation_only(frozen, monkeypatch):
    honest = words.translate

    def translate(msgid, lang, plural="", count=None):
        return (
            "Nhiều hơn 5 bãi" if (msgid, lang) == ("Many sites", "vi") else honest(msgid, lang, plural, count)
        )

    check(frozen, Heading("Many sites"))
    monkeypatch.setattr(words, "translate", translate)
    with pytest.raises(UnbackedNumber, match=r"Section S8, vi.*Nhiều hơn 5 bãi"):
        check(frozen, Heading("Many sites"))


def test_it_refuses_a_translation_that_drops_a_number(frozen, monkeypatch):
    honest = words.translate

    def translate(msgid, lang, plural="", count=None):
        return "処分場" if (msgid, lang) == ("Sites: {x}", "ja") else honest(msgid, lang, plural, count)

    monkeypatch.setattr(words, "translate", translate)
    with pytest.raises(TranslationError, match="ja"):
        check(frozen, Paragraph("Sites: {x}", x=Number(frozen.figures.first(), 0)))


def test_it_refuses_a_figure_outside_the_freeze(frozen, place):
    later = quantities.Figure(
        system="S8", kind="landfill.deposited", place=place.key, period=quantities.Period.year(2025),
        amount=Decimal(7), unit="t", status=quantities.Status.REPORTED, source="x",
        quality=quantities.Quality.VERIFIED,
    )  # fmt: skip
    [row] = record_figures.put([later])
    with pytest.raises(UnbackedNumber, match=rf"figure {row.pk}, which is not in the freeze"):
        check(frozen, Paragraph("Deposited: {x}", x=Number(row, 0)))
    with pytest.raises(UnbackedNumber, match="not in the freeze"):
        check(frozen, Paragraph("Counted: {n}", n=Count.over([row])))


def test_it_refuses_a_row_that_no_longer_says_what_was_frozen(frozen):
    figure = frozen.figures.first()
    figure.amount = Decimal("99")
    with pytest.raises(UnbackedNumber, match=r"claims the value 99; figure \d+ is frozen as 12345.678 t"):
        check(frozen, Paragraph("Emitted: {x}", x=Number(figure, 0)))


@pytest.mark.parametrize(
    ("honest", "forged"),
    [
        (">12,345.7<", ">12,345.6<"),  # a wrong digit
        (">12,345.7<", ">12,346<"),  # other decimals than it says
        (">12,345.7<", ">12.345,7<"),  # another language's marks
        ('datetime="2026-03-01">1 Mar 2026<', 'datetime="2026-03-01">2 Mar 2026<'),
        ('data-period="2015">2015<', 'data-period="2015">2016<'),
        ('class="unit">\u00a0t<', 'class="unit">\u00a0t9<'),
        ("<p>Emitted", "<p>7 emitted"),
    ],
)
def test_it_reads_the_output_and_not_what_was_meant(frozen, honest, forged):
    figure = frozen.figures.first()
    outputs = outputs_of(frozen, Paragraph("Emitted: {x}", x=Number(figure, 1)))
    english = outputs["en"]
    assert honest in english.html
    english.html = english.html.replace(honest, forged, 1)
    with pytest.raises(UnbackedNumber, match="en"):
        guard.check_html(english, frozen)


def test_it_refuses_a_pdf_that_says_other_than_the_html(frozen):
    figure = frozen.figures.first()
    output = outputs_of(frozen, Paragraph("Emitted: {x}", x=Number(figure, 1)))["en"]
    tokens = guard.check_html(output, frozen)
    part = next(p for p in output.document["parts"] if p["key"] == "S8")
    part["blocks"][0]["body"][1][1] = "12,345.8"
    with pytest.raises(UnbackedNumber, match="in one of HTML and PDF only"):
        guard.check_document(output, tokens)
    part["blocks"][0]["body"][1] = ["text", "12,345.7"]
    with pytest.raises(UnbackedNumber, match=r"PDF: “12,345\.7”"):
        guard.check_document(output, tokens)


def test_it_refuses_languages_that_differ(frozen):
    figure = frozen.figures.first()
    outputs = outputs_of(frozen, Paragraph("Emitted: {x}", x=Number(figure, 1)))
    outputs["ja"] = outputs_of(frozen, Paragraph("Emitted: {x}", x=Number(figure, 2)))["ja"]
    with pytest.raises(UnbackedNumber, match="vi and ja do not print the same numbers"):
        guard.check(outputs, frozen)


def test_a_slot_takes_no_free_number_or_text(publication):
    with pytest.raises(BlockError, match="int, which carries no source"):
        Paragraph("Sites: {n}", n=5)
    with pytest.raises(BlockError, match="str, which carries no source"):
        Paragraph("Sites: {n}", n="5")
    with pytest.raises(BlockError, match="bare number"):
        Reference("1,234")
    with pytest.raises(BlockError, match="names the slots"):
        Paragraph("Sites: {n}", m=Text("x"))


def test_a_unit_that_is_none_is_refused(frozen):
    with pytest.raises(UnbackedNumber, match="not a unit or gas"):
        check(frozen, Paragraph("In {u}", u=UnitName("t9")))


def drawn_of(amounts, told, lang):
    import altair

    said = told or format_number(Decimal(str(amounts[0])), lang, 1)
    rows = [{"x": "abc"[i], "y": a, "told": said} for i, a in enumerate(amounts)]
    bars = altair.Chart(altair.Data(values=rows)).mark_bar()
    return bars.encode(x=altair.X("x:O", title=None), y="y:Q", description="told:N")


def worded(words, lang):
    import altair

    return altair.Chart(altair.Data(values=[{"t": words}])).mark_text().encode(text="t:N")


def charted(frozen, chart):
    figure = frozen.figures.first()
    columns = (Column(Text("Year")), Column(Text("Emitted"), numeric=True))
    table = Table(Text("Emitted"), columns, ((PeriodValue(figure.period), Number(figure, 1)),))
    return ChartBlock(chart, Text("Emitted"), Text("Bars"), table)


def test_a_chart_says_its_figures(frozen):
    passed = check(frozen, charted(frozen, partial(drawn_of, [12345.678], "")))
    for lang, output in passed.items():
        [drawing] = output.drawings
        assert format_number(Decimal("12345.678"), lang, 1) in drawing.svg


@pytest.mark.parametrize("told", ["12.349", "12.345,9", "2031: 12.346", "1,2 · 7"])
def test_it_refuses_a_mark_that_says_another_number(frozen, told):
    with pytest.raises(UnbackedNumber, match="A chart, vi"):
        check(frozen, charted(frozen, partial(drawn_of, [12345.678], told)))


def test_it_refuses_a_number_in_the_words_of_a_chart(frozen):
    check(frozen, charted(frozen, partial(worded, "95 % interval of CH₄")))
    with pytest.raises(UnbackedNumber, match="40 sites"):
        check(frozen, charted(frozen, partial(worded, "40 sites")))


def named(names, words, lang):
    return worded(words.format(*(name.in_(lang)[0] for name in names)), lang)


def test_a_chart_writes_the_names_it_was_given_and_the_potentials_of_its_figures(frozen):
    names = [Name("Giá 10 USD", "10ドル", "Price 10 USD"), Name("Giá 10 USD/t", "10ドル/t", "Price 10 USD/t")]
    check(frozen, charted(frozen, partial(named, names, "{1}, {0}")))
    with pytest.raises(UnbackedNumber, match="Price 20 USD"):
        check(frozen, charted(frozen, partial(named, names, "{1}, Price 20 USD")))
    reduction = frozen.figures.exclude(gwp_set="").first()
    chart = charted(frozen, partial(worded, f"tCO₂e ({reduction.gwp_set})"))
    with pytest.raises(UnbackedNumber, match="AR5"):
        check(frozen, chart)  # its figure is of methane as mass
    rows = ((PeriodValue(reduction.period), Number(reduction, 1)),)
    check(frozen, replace(chart, table=replace(chart.table, rows=rows)))


def test_it_refuses_a_number_in_the_title_of_a_chart_and_of_a_part(frozen):
    chart = replace(charted(frozen, partial(drawn_of, [12345.678], "")), title=Text("The best 3"))
    with pytest.raises(UnbackedNumber, match="The best 3"):
        check(frozen, chart)
    edition = outline.build(frozen)
    parts = tuple(replace(p, title=Text("Annex 7")) if p.key == "annex-a" else p for p in edition.parts)
    outputs = {lang: rendering.voiced(replace(edition, parts=parts), frozen, lang)[0] for lang in LANGUAGES}
    with pytest.raises(UnbackedNumber, match="Annex 7"):
        guard.check(outputs, frozen)


@pytest.mark.parametrize("key", ["annex-a", "annex-b", "annex-c", "annex-d", "tonnes", "finance", "overview"])
def test_it_refuses_a_number_in_any_part(frozen, key):
    edition = outline.build(frozen)
    assert key in {p.key for p in edition.parts}
    parts = tuple(
        replace(p, blocks=(*p.blocks, Paragraph("And 12 more"))) if p.key == key else p for p in edition.parts
    )
    outputs = {lang: rendering.voiced(replace(edition, parts=parts), frozen, lang)[0] for lang in LANGUAGES}
    with pytest.raises(UnbackedNumber, match=f"Section {key}"):
        guard.check(outputs, frozen)


def test_a_total_is_added_up_again(frozen):
    rows = [f for f in frozen.figures if f.unit == "t"]
    total = Total(tuple(rows), 3)
    english = outputs_of(frozen, Paragraph("In all: {x}", x=total))["en"]
    wanted = format_number(sum(f.amount for f in rows), "en", 3)
    assert f">{wanted}</data>" in english.html
    english.html = english.html.replace(f">{wanted}<", f">{wanted[:-1]}9<")
    with pytest.raises(UnbackedNumber, match="what backs it"):
        guard.check_html(english, frozen)
    with pytest.raises(BlockError, match="one unit"):
        Total(tuple(frozen.figures))


def test_a_tally_counts_different_things_and_an_age_whole_years(frozen):
    check(
        frozen,
        Paragraph("{n} proposals of {age} years", n=Tally(("P-1", "P-2", "P-1")), age=Age(Period.year(2023))),
    )
    assert words.reckon(Tally(("P-1", "P-2", "P-1")), frozen) == 2
    assert words.reckon(Age(Period.year(2023)), frozen) == 2, "frozen on 1 March 2026"
    assert words.reckon(Age(Period.year(2026)), frozen) == 0

"""The order of the report, what its parts say, and that it says what was frozen and nothing later."""

import re
from dataclasses import replace
from datetime import date

import pytest

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.publication import rendering, sections
from trunghoa.portal.core.publication.blocks import Number, Paragraph, Reference, Text
from trunghoa.portal.core.publication.errors import UnbackedNumber
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.models import Lead
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.portal.core.record.models import Run
from trunghoa.quantities import TrungHoaError

from .conftest import COVER, section, value

pytestmark = pytest.mark.once

TITLES = {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}


def lead(system, code, side, **more):
    organisation = Organisation.objects.create(
        code=code, name_vi=f"Cơ quan {code}", name_ja=f"{code}庁", name_en=f"Office {code}", side=side,
        kind="ministry",
    )  # fmt: skip
    return Lead.objects.create(system_id=system, organisation=organisation, source="x", **more)


def test_an_empty_section_says_what_is_missing_and_who_owes_it(ten, registry):
    registry["S8"] = sections.Section(
        "S8", "x", print, print, lambda rows: Paragraph("Nothing."), lambda rows: ()
    )
    lead("S8", "east", "VN", valid_to=date(2025, 12, 31))
    lead("S8", "west", "VN", valid_from=date(2026, 1, 1))
    lead("S8", "north", "JP")
    lead("S3", "south", "JP")
    publication = freeze("empty", TITLES, on=date(2026, 3, 1))
    html = html_of(publication, "en")
    nothing = "Missing: no figure of this system was frozen. Owed by: "
    chapter = html[html.index('<section id="S8"') :].partition("</section>")[0]
    assert f"{nothing}Office west (Viet Nam) and Office north (Japan)." in plain_text(chapter)
    assert "east" not in html, "its time was over on the day of the freeze"
    assert f"{nothing}Office south (Japan); nobody is named for Viet Nam." in plain_text(html)
    assert f"{nothing}nobody is named on either side." in plain_text(html)


def html_of(publication, lang):
    [found] = [f for f in rendering.render(publication) if (f.lang, f.format) == (lang, "html")]
    return found.content.decode()


def plain_text(html):
    return re.sub(r"<[^>]+>", "", html)


def test_shared_parts_stand_where_the_outline_says_or_say_what_is_missing(figures, registry):
    registry["S8"] = section()
    html = html_of(freeze("bare", TITLES, on=date(2026, 3, 1)), "en")
    assert "Missing: private finance." in plain_text(html)
    assert "decisions and proposals of the two sides" in html
    registry["S8"] = replace(
        section(), parts={"decisions": lambda rows: [Paragraph("Agreed: {d}", d=Reference("D-1"))]}
    )
    html = html_of(freeze("filled", TITLES, on=date(2026, 3, 1)), "en")
    assert "decisions and proposals of the two sides" not in html
    keys = re.findall(r'<section id="([\w-]+)"', html)
    assert keys == [
        "overview", "decisions", *(f"S{n}" for n in range(1, 11)), "finance", "tonnes", "data-quality",
        "annex-a", "annex-b", "annex-c", "annex-d",
    ]  # fmt: skip
    with pytest.raises(TrungHoaError, match="no part cover"):
        replace(section(), parts={"cover": lambda rows: []})


def test_the_overview_says_how_each_system_stands(figures, registry):
    standing = sections.Standing(Text("late"), Text("Decide on {p}", p=Reference("P-4")))
    registry["S8"] = replace(section(), standings=lambda: {"S2": standing})
    overview = html_of(freeze("stands", TITLES, on=date(2026, 3, 1)), "en")
    rows = [plain_text(r) for r in re.findall(r"<tr>(.*?)</tr>", overview.partition("</section>")[0])]
    assert rows[2].startswith("S2System 2late")
    assert rows[2].endswith("Decide on P-4")
    assert rows[1].endswith(
        "unknown: no activity is on recordMissing: this system has no place in the "
        "platform yet. Owed by: the operator of the platform.none on record"
    )
    assert "first freeze" in rows[8]


def test_the_report_says_what_was_frozen_whatever_its_systems_say_later(figures, registry):
    registry["S8"] = replace(section(), codes=lambda: {"a": Text("first")})
    publication = freeze("kept", TITLES, on=date(2026, 3, 1), cover=COVER)
    before = [f.content for f in rendering.render(publication)]
    registry["S8"] = sections.Section("S8", "x", print, print, lambda r: Paragraph("Other"), lambda r: ())
    Organisation.objects.create(code="new", name_vi="Mới", side="VN", kind="ministry")
    lead("S8", "late", "JP")
    assert [f.content for f in rendering.render(publication)] == before


def test_a_section_that_prints_a_figure_outside_the_freeze_is_refused_at_the_freeze(figures, registry):
    registry["S8"] = replace(section(), headline=lambda rows: Paragraph("{x}", x=Number(figures[0], 1)))
    with pytest.raises(UnbackedNumber, match=f"figure {figures[0].pk}, which is not in the freeze"):
        freeze("outside", TITLES, on=date(2026, 3, 1), figures=figures[1:])


def test_a_source_that_is_the_platform_itself_is_said_in_the_readers_language(figures, run, registry):
    registry["S8"] = section()
    own = {**run.parameters[0], "label": "landfill_settings[item=horizon]", "source": "rule of this program"}
    Run.objects.filter(pk=run.pk).update(parameters=[own, *run.parameters[1:]])
    rendered = rendering.render(freeze("own-rule", TITLES, on=date(2026, 3, 1)))
    text = {f.lang: plain_text(f.content.decode()) for f in rendered if f.format == "html"}
    assert "rule of this program" in text["en"]
    for lang, words in (("vi", "quy tắc của chương trình này"), ("ja", "本プログラムの規則")):
        assert words in text[lang]
        assert "rule of this program" not in text[lang]
        assert "AR5 WG1 T8.A.1" in text[lang], "what somebody else wrote stands as they wrote it"


def test_codes_stand_in_words_in_annex_a(ten, place, registry):
    registry["S8"] = replace(
        section(), kinds={"landfill.ch4_emitted": "methane let go"},
        codes=lambda: {"as_is": Text("without a change"), "food": Text("kitchen waste")},
    )  # fmt: skip
    record_figures.put([value(place.key, "5", scenario="as_is", category="food")])
    html = html_of(freeze("worded", TITLES, on=date(2026, 3, 1)), "en")
    assert "methane let go (without a change, kitchen waste, CH₄)" in plain_text(html)
    assert "as_is" not in html

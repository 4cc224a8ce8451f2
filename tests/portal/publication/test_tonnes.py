"""A tonne is counted once in each stage it has reached."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.portal.core.publication import rendering, sections, tonnes
from trunghoa.portal.core.publication.blocks import BlockError, Paragraph
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import Status

from .conftest import TITLES, value
from .test_outline import plain_text


def claim(place, system, amount, year=2024, status=Status.PLANNED, **more):
    return value(
        place.key, amount, year, system=system, kind="x.reduction", unit="tCO2e", gas="", gwp_set="AR5",
        status=status, **more,
    )  # fmt: skip


@pytest.fixture
def two(registry):
    """Two systems that claim reductions."""
    for code in ("S4", "S7"):
        registry[code] = sections.Section(
            code, "x", print, print, lambda r: Paragraph("Nothing."), lambda r: (),
            tonnes=lambda r: r.filter(kind="x.reduction"),
        )  # fmt: skip


def part(*claims):
    record_figures.put(claims)
    publication = freeze("tonnes", TITLES, on=date(2026, 3, 1))
    [found] = [f for f in rendering.render(publication) if (f.lang, f.format) == ("en", "html")]
    html = found.content.decode()
    return html[html.index('<section id="tonnes"') :].partition("</section>")[0]


def line(html, name):
    row = next(r for r in html.split("<tr>") if plain_text(r).startswith(name))
    return [plain_text(cell.partition("</td>")[0]) for cell in row.split("<td")[1:]]


def numbers(html, name):
    return [cell.partition(">")[2] for cell in line(html, name)]


def test_stages_stand_apart_and_the_overlap_is_removed(ten, place, two):
    html = part(
        claim(place, "S4", "100"),
        claim(place, "S7", "80"),
        claim(place, "S7", "70", status=Status.VERIFIED),
        claim(place, "S7", "60", status=Status.ISSUED),
        claim(place, "S7", "5", year=2025),
    )
    assert numbers(html, "S4.") == ["100", "", "", "", ""]
    assert numbers(html, "S7.") == ["85", "", "70", "60", ""]
    assert numbers(html, "Overlap removed") == ["80", "", "", "", ""]
    assert numbers(html, "Counted once") == ["105", "", "70", "60", ""]
    text = plain_text(html)
    assert "tonnes in the stage “Reported”: no system has a figure of them" in text
    assert "Claims that are part of another claim" in text


def test_sets_of_warming_potentials_do_not_add_up(ten, place, two):
    html = part(claim(place, "S4", "100"), claim(place, "S7", "80", year=2020, status=Status.ISSUED))
    assert html.count("<table>") == 1
    other = value(
        place.key, "7", 2019, system="S4", kind="x.reduction", unit="tCO2e", gas="", gwp_set="AR4",
        status=Status.PLANNED,
    )  # fmt: skip
    record_figures.put([other])
    publication = freeze("two-sets", TITLES, on=date(2026, 3, 2))
    [found] = [f for f in rendering.render(publication) if (f.lang, f.format) == ("en", "html")]
    html = found.content.decode()
    html = html[html.index('<section id="tonnes"') :].partition("</section>")[0]
    assert "(AR4)" in plain_text(html)
    assert "(AR5)" in plain_text(html)


def test_without_a_claim_every_stage_is_missing(ten, place, two):
    text = plain_text(part())
    assert text.count("no system has a figure of them") == 5


def test_tonnes_in_another_unit_are_refused(ten, place, two):
    wrong = value(place.key, "1", system="S4", kind="x.reduction", unit="ktCO2e", gas="", gwp_set="AR5")
    with pytest.raises(BlockError, match="tCO2e"):
        part(wrong)


def row(pk, system, where, year, amount):
    return Figure(
        pk=pk, system_id=system, place_id=where, period_start=date(year, 1, 1), period_end=date(year, 12, 31),
        amount=Decimal(amount), unit="tCO2e", status="issued",
    )  # fmt: skip


claims = st.lists(
    st.tuples(
        st.sampled_from(["S2", "S4", "S7"]), st.integers(1, 3), st.integers(2020, 2022), st.integers(0, 50)
    ),
    max_size=12,
)


@given(claims)
def test_no_tonne_is_lost_or_counted_twice(given_claims):
    rows = [row(n, *c) for n, c in enumerate(given_claims, start=1)]
    found = tonnes.once(rows)
    removed = [f for f, _ in found.overlap]
    assert sorted(f.pk for f in (*found.counted, *removed)) == [f.pk for f in rows]
    assert tonnes.once(reversed(rows)) == found
    for f, above in found.overlap:
        assert above in found.counted
        assert above.amount >= f.amount
        assert above.system_id != f.system_id
    for a in found.counted:
        for b in found.counted:
            same = a.place_id == b.place_id and a.period_start == b.period_start
            assert a.system_id == b.system_id or not same

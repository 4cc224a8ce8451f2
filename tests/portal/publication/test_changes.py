"""Changes between two freezes: what is new, what was corrected from what to what, what was withdrawn."""

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunghoa.portal.core.publication import changes, rendering
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.manifest import Frozen
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.portal.core.record.models import Run

from .conftest import TITLES, value
from .test_outline import plain_text


@pytest.fixture
def second(publication, place, run):
    """A later run: 2015 corrected, 2016 gone, 2027 new."""
    before = Frozen(publication)
    later = Run.objects.create(
        kernel="landfill", version="2", parameters_version="p1", inputs_sha256="1" * 64, place=place
    )
    Run.objects.filter(pk=run.pk).update(place=place)
    kept = [
        value(place.key, e["amount"], int(e["period"]))
        for e in before.manifest["figures"]
        if e["period"] in {str(y) for y in range(2017, 2025)}
    ]
    rows = [value(place.key, "777.5", 2015, source="a better count"), value(place.key, "42", 2027), *kept]
    record_figures.put(rows, run=later, withdraw_from=place)
    return freeze("second", TITLES, on=date(2026, 9, 1))


def of(rendered, lang, form):
    [found] = [f.content for f in rendered if (f.lang, f.format) == (lang, form)]
    return found


def test_a_second_freeze_tells_what_it_changed(publication, second, figures):
    kept = Frozen(second).outline
    rows = Frozen(second).known
    assert kept["before"]["sha256"] == publication.manifest_sha256
    [(old, now)] = kept["changes"]["corrected"]
    assert (rows[old]["amount"], rows[now]["amount"]) == ("12345.678", "777.5")
    assert [rows[pk]["period"] for pk in kept["changes"]["new"]] == ["2027"]
    assert sorted(rows[pk]["period"] for pk in kept["changes"]["withdrawn"]) == ["2016", "2025", "2026"]


def test_annex_b_and_the_workbook_print_old_and_new(second):
    rendered = rendering.render(second)
    html = of(rendered, "en", "html").decode()
    annex = html[html.index('<section id="annex-b"') :].partition("</section>")[0]
    text = plain_text(annex)
    assert "Compared with the freeze of 1 Mar 2026" in text
    corrected = next(row for row in annex.split("<tr>") if "a better count" in row)
    assert re.findall(r"<data [^>]*>([^<]*)<", corrected) == ["12,345.7", "777.5"]
    sheet = openpyxl.load_workbook(io.BytesIO(of(rendered, "en", "xlsx")))["Changes"]
    head, *rows = [[c.value for c in row] for row in sheet.iter_rows()]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    [now] = [r for r in told if r["Change"] == "corrected"]
    assert (now["Amount before"], now["Amount now"]) == (12345.678, 777.5)
    assert sorted(r["Period"] for r in told if r["Change"] == "withdrawn") == ["2016", "2025", "2026"]
    [new] = [r for r in told if r["Change"] == "new"]
    assert (new["Amount before"], new["Amount now"]) == (None, 42)


def test_the_overview_says_what_the_headline_figure_was(second):
    html = of(rendering.render(second), "en", "html").decode()
    overview = html[html.index('<section id="overview"') :].partition("</section>")[0]
    row = next(r for r in map(plain_text, overview.split("<tr>")) if "Methane in 2027" in r)
    assert "was 2,000\u00a0t† in 2025" in row


def test_nothing_changed_is_said(publication):
    again = freeze("again", TITLES, on=date(2026, 4, 1))
    html = of(rendering.render(again), "en", "html").decode()
    assert "No figure is new, corrected or withdrawn." in html
    assert "unchanged" in html


def test_the_first_freeze_has_nothing_to_compare_with(publication):
    assert Frozen(publication).outline["changes"] is None
    html = of(rendering.render(publication), "en", "html").decode()
    assert "This is the first freeze" in html


def test_the_same_freeze_asked_for_again_compares_with_the_same(second):
    freeze("third", TITLES, on=date(2026, 10, 1))
    assert freeze("second", TITLES, on=date(2026, 9, 1)) == second


def test_the_amount_of_an_earlier_figure_is_guarded_too(second, monkeypatch):
    from trunghoa.portal.core.publication.errors import FrozenError
    from trunghoa.portal.core.record.models import Figure

    old = Frozen(second).outline["changes"]["corrected"][0][0]
    Figure.objects.filter(pk=old).update(amount=Decimal(3))
    with pytest.raises(FrozenError, match="not the frozen ones"):
        rendering.render(second)


entries = st.dictionaries(st.integers(1, 40), st.integers(1, 15).map(str), max_size=15)


@given(entries, entries)
def test_every_figure_of_either_freeze_is_told_once(before, now):
    """Numbers stand for what figures are about only among different figures, as in the record."""
    before = {pk: {"identity": i} for i, pk in {i: pk for pk, i in before.items()}.items()}
    now = {pk: {"identity": i} for i, pk in {i: pk for pk, i in now.items()}.items()}
    for pk in now.keys() & before.keys():  # one row is about one thing
        now[pk] = before[pk]
    now = {pk: e for i, (pk, e) in {e["identity"]: (pk, e) for pk, e in now.items()}.items()}
    found = changes.between(before, now)
    olds, nows = {old for old, _ in found.corrected}, {n for _, n in found.corrected}
    assert set(found.new) | nows == now.keys() - before.keys()
    assert set(found.withdrawn) | olds == before.keys() - now.keys()
    assert not set(found.new) & nows
    assert not set(found.withdrawn) & olds
    assert all(before[o]["identity"] == now[n]["identity"] for o, n in found.corrected)

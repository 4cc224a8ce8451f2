"""A freeze is made whole, once, and never changes."""

import json
from datetime import date
from decimal import Decimal

import pytest

from trunghoa import quantities
from trunghoa.portal.core.publication import rendering
from trunghoa.portal.core.publication.errors import FrozenError, NotOfficial
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.manifest import Frozen, canonical, plain
from trunghoa.portal.core.publication.models import FrozenFigure, Publication
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.portal.core.record.models import Figure

TITLES = {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}
ON = date(2026, 3, 1)


def test_the_manifest_says_everything_about_each_figure(publication, run):
    manifest = json.loads(documents.read(publication.manifest))
    bounded = next(e for e in manifest["figures"] if e["lower"])
    assert bounded["amount"] == "1999.5"
    assert (bounded["lower"], bounded["upper"]) == ("1500.25", "2600")
    assert bounded["place"] == {
        "key": "site:nam-son", "vi": "Bãi Nam Sơn 1", "ja": "ナムソン第1処分場", "en": "Nam Son 1",
    }  # fmt: skip
    assert (bounded["period"], bounded["gas"], bounded["quality"]) == ("2025", "CH4", "unverified")
    assert manifest["runs"][str(run.pk)]["parameters"][0]["value"] == "0.40"
    assert publication.manifest_sha256 == publication.manifest_id


def test_the_manifest_does_not_depend_on_the_order_of_writing(publication, figures):
    again = freeze("jwg-2026", TITLES, on=ON, cover=publication.cover, figures=reversed(figures))
    assert again == publication


def test_figures_are_frozen_in_the_order_of_what_they_say(ten, place):
    rows = [
        quantities.Figure(
            system="S8", kind="landfill.deposited", place=place.key, period=quantities.Period.year(2024),
            amount=Decimal(1), unit="t", status=quantities.Status.REPORTED, source="x", category=category,
            quality=quantities.Quality.VERIFIED,
        )
        for category in ("wood", "food", "paper")
    ]  # fmt: skip
    frozen = Frozen(freeze("ordered", TITLES, on=ON, figures=record_figures.put(rows)))
    assert [e["category"] for e in frozen.manifest["figures"]] == ["food", "paper", "wood"]
    assert [f.category for f in frozen.figures] == ["food", "paper", "wood"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("12.500", "12.5"),
        ("1E+3", "1000"),
        ("-0.0", "0"),
        ("123456789012345678901234567890.10", None),
        ("5", "5"),
    ],
)
def test_amounts_are_plain_decimals(amount, text):
    assert plain(Decimal(amount)) == (text or "123456789012345678901234567890.1")


def test_a_later_correction_does_not_reach_what_was_frozen(publication, figures, place):
    before = [f.content for f in rendering.render(publication)]
    old = figures[0]
    corrected = quantities.Figure(
        system="S8", kind=old.kind, place=place.key, period=old.period, amount=Decimal("1"), unit="t",
        gas="CH4", status=quantities.Status.PROJECTED, quality=quantities.Quality.VERIFIED,
        source="corrected", method=old.method,
    )  # fmt: skip
    [new] = record_figures.put([corrected])
    assert new.supersedes == old
    assert old.pk in Frozen(publication).entries
    assert new.pk not in Frozen(publication).entries
    assert [f.content for f in rendering.render(publication)] == before
    assert freeze("later", TITLES, on=ON).manifest_sha256 != publication.manifest_sha256


def test_a_figure_altered_behind_its_back_stops_the_rendering(publication, figures):
    Figure.objects.filter(pk=figures[0].pk).update(amount=Decimal("1"))
    with pytest.raises(FrozenError, match="not the frozen ones"):
        rendering.render(publication)


def test_what_is_frozen_cannot_be_changed(publication, figures):
    publication.title_vi = "Khác"
    with pytest.raises(FrozenError, match="title_vi was frozen"):
        publication.save()
    with pytest.raises(FrozenError, match="manifest"):
        Publication.objects.filter(pk=publication.pk).update(manifest=None)
    with pytest.raises(FrozenError):
        publication.delete()
    with pytest.raises(FrozenError):
        Publication.objects.all().delete()
    entry = FrozenFigure.objects.first()
    with pytest.raises(FrozenError):
        entry.save()
    with pytest.raises(FrozenError):
        entry.delete()
    with pytest.raises(FrozenError):
        FrozenFigure.objects.update(order=9)


def test_its_progress_and_state_may_change(publication):
    publication.refresh_from_db()
    publication.progress = 50
    publication.save()
    assert Publication.objects.get().progress == 50


def test_the_same_freeze_is_made_once_and_another_needs_another_slug(publication):
    assert freeze("jwg-2026", TITLES, on=ON, cover=publication.cover) == publication
    with pytest.raises(FrozenError, match="slug of its own"):
        freeze("jwg-2026", TITLES, on=date(2026, 3, 2), cover=publication.cover)


def test_unverified_figures_never_become_an_official_statement(publication, figures):
    with pytest.raises(NotOfficial, match="2 of 12 figures are not verified"):
        freeze("official", TITLES, on=ON, official=True)
    sound = [f for f in figures if f.quality == "verified"]
    official = Frozen(freeze("official", TITLES, on=ON, official=True, figures=sound))
    assert official.is_official
    official.manifest["figures"][0]["quality"] = "unverified"
    assert not Frozen.is_official.func(official)


def test_canonical_text_has_one_form(figures):
    assert (
        canonical({"b": 1, "a": "ệ"}, []) == '{"a":"ệ","b":1,"figures":[],"reports":{},"runs":{}}\n'.encode()
    )

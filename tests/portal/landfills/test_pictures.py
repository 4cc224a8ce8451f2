"""The drawings of a site's page stand ready before the first reader comes."""

import pytest

from trunghoa.portal.core.charts import beside, store
from trunghoa.portal.systems.landfills import pictures, tasks
from trunghoa.portal.systems.landfills.models import Landfill

from .conftest import run_now

pytestmark = pytest.mark.once


@pytest.fixture
def drawn_beside(monkeypatch):
    orders = []
    monkeypatch.setattr(beside, "draw", lambda chart, **words: orders.append(words["title"]) or "<svg></svg>")
    return orders


@pytest.fixture
def drawn_here(monkeypatch):
    orders = []
    monkeypatch.setattr(
        store, "draw", lambda chart, **words: orders.append((words["title"], words["lang"])) or "<svg></svg>"
    )
    return orders


def test_a_run_draws_for_the_page_in_three_languages_and_the_page_draws_nothing(
    client, people, landfill, project, drawn_here, drawn_beside
):
    tasks.run_all(lambda per_cent, what: None)
    assert sorted({lang for _, lang in drawn_here}) == ["en", "ja", "vi"]
    assert len(drawn_here) % 3 == 0
    client.force_login(people["officer"])
    for lang in ("vi", "ja", "en"):
        page = client.get(f"/{lang}/landfills/{landfill.place.code}/").content.decode()
        assert page.count("<svg></svg>") == len(drawn_here) // 3
    assert drawn_beside == []


def test_what_has_not_changed_is_not_drawn_again(landfill, project, drawn_here):
    run_now(landfill)
    first = pictures.draw_ahead(landfill)
    assert first == len(drawn_here) > 0
    assert pictures.draw_ahead(landfill) == 0
    landfill.place.name_vi = landfill.place.name_ja = landfill.place.name_en = "Bãi mới"
    landfill.place.save()
    assert pictures.draw_ahead(Landfill.objects.select_related("place").get(pk=landfill.pk)) == first


def test_a_site_without_a_run_has_nothing_to_draw(landfill, drawn_here):
    assert pictures.draw_ahead(landfill) == 0
    assert drawn_here == []

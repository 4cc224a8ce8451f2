"""Opening the plan of a following year."""

import pytest
from django.urls import reverse

from trunghoa.portal.systems.workplan.models import Activity, WorkPlan

pytestmark = pytest.mark.django_db
ADDRESS = "/en/workplan/plans/new/"


@pytest.fixture
def signed_in(client, parties, clock):
    clock(2026, 11, 26, 3)
    WorkPlan.objects.create(year=2024)

    def sign_in(name):
        client.force_login(parties[name])
        return client

    return sign_in


@pytest.mark.parametrize("name", ["vn1", "jp1"])
def test_an_officer_of_either_side_opens_a_plan_and_drafts_into_it(signed_in, systems10, name):
    client = signed_in(name)
    assert ADDRESS in client.get("/en/workplan/").content.decode()
    page = client.get(ADDRESS).content.decode()
    assert '<option value="2026" selected>2026' in page
    assert '<option value="2027">2027' in page
    assert "2028" not in page
    done = client.post(ADDRESS, {"year": "2027", "year_kind": "calendar", "quality": "unverified"})
    assert done["Location"].endswith("/workplan/?year=2027")
    page = client.get(done["Location"]).content.decode()
    assert "/activities/new/?plan=2027" in page
    plan = WorkPlan.objects.get(year=2027)
    page = client.get("/en/workplan/activities/new/?plan=2027").content.decode()
    assert f'<option value="{plan.pk}" selected>2027' in page
    given = {
        "revision": "0", "plan": plan.pk, "system": "S1", "title_vi": "Tiep", "source": "x",
        "quality": "unverified",
    }  # fmt: skip
    assert client.post("/en/workplan/activities/new/", given).status_code == 302
    assert Activity.objects.get().ref == "2027-S1-01"


@pytest.mark.parametrize("year", ["2024", "2028", "x", ""])
def test_a_year_that_has_a_plan_or_is_too_far_off_is_not_opened(signed_in, year):
    answer = signed_in("vn1").post(ADDRESS, {"year": year, "year_kind": "calendar", "quality": "unverified"})
    assert answer.status_code == 422
    assert WorkPlan.objects.count() == 1


def test_those_who_only_read_open_nothing(signed_in):
    client = signed_in("researcher")
    assert client.get(ADDRESS).status_code == client.post(ADDRESS, {"year": "2027"}).status_code == 403
    assert ADDRESS not in client.get(reverse("workplan:plan")).content.decode()


def test_a_plan_just_opened_is_shown_by_itself_only_once_it_holds_more_than_drafts(signed_in, make_activity):
    make_activity("OLD-1", plan=WorkPlan.objects.get(year=2024))
    plan = WorkPlan.objects.create(year=2027)
    client = signed_in("jp1")
    make_activity("NEW-1", "draft", plan=plan, drafted_at="VN")
    assert "OLD-1" in client.get("/en/workplan/").content.decode()
    make_activity("NEW-2", "proposed", plan=plan)
    page = client.get("/en/workplan/").content.decode()
    assert "NEW-2" in page
    assert "OLD-1" not in page

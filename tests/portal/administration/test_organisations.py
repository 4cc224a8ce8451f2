"""Organisations: corrected by officers of their side, closed with a successor, not deleted under records."""

from datetime import date

import pytest
from tests.portal.record.test_figures import METHANE

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Place, Report

NEW = {
    "code": "hue", "name_vi": "Thành phố Huế", "name_ja": "フエ市", "name_en": "Hue City", "side": "VN",
    "kind": "city", "place_key": "", "valid_from": "2025-01-01",
}  # fmt: skip


@pytest.mark.parametrize("kind", Organisation.Kind.values)
def test_an_officer_adds_an_organisation_of_each_kind(client, officer, kind):
    client.force_login(officer)
    assert (
        client.post("/en/organisations/new/", {**NEW, "kind": kind})["Location"] == "/en/organisations/hue/"
    )
    row = Organisation.objects.get(code="hue")
    assert (row.kind, row.valid_from, row.name("ja")) == (kind, date(2025, 1, 1), "フエ市")


def test_three_names_are_asked_for_and_what_was_typed_is_kept(client, officer):
    client.force_login(officer)
    answer = client.post("/en/organisations/new/", {**NEW, "name_ja": ""})
    assert answer.context["form"].errors.keys() == {"name_ja"}
    assert 'value="Thành phố Huế"' in answer.content.decode()


def test_the_place_it_governs_has_to_exist(client, officer, provinces):
    client.force_login(officer)
    answer = client.post("/en/organisations/new/", {**NEW, "place_key": "2025:99"})
    assert answer.context["form"].errors.keys() == {"place_key"}
    client.post("/en/organisations/new/", {**NEW, "place_key": "2025:01"})
    assert Organisation.objects.get(code="hue").place_key == "2025:01"


@pytest.mark.parametrize("code", ["moej"])
def test_the_other_sides_organisations_are_read_but_not_corrected(client, officer, code):
    client.force_login(officer)
    page = client.get(f"/en/organisations/{code}/").content.decode()
    assert "環境省" in page
    assert "/edit/" not in page
    for path in ("edit/", "close/", "delete/"):
        assert client.post(f"/en/organisations/{code}/{path}", NEW).status_code == 403
    assert client.post("/en/organisations/new/", {**NEW, "side": "JP"}).status_code == 422
    assert Organisation.objects.get(code=code).name_ja == "環境省"


def test_who_is_no_officer_reads_only_and_sees_no_people(client, operator, officer):
    client.force_login(operator)
    page = client.get("/en/organisations/mae/").content.decode()
    assert "Bộ Nông nghiệp và Môi trường" in page
    assert "/people/" not in page
    assert client.get("/en/organisations/new/").status_code == 403
    assert client.post("/en/organisations/plant/delete/").status_code == 403


def test_closing_gives_the_last_day_and_the_successor(client, officer, organisations):
    client.force_login(officer)
    Organisation.objects.create(code="new", name_vi="Mới", side="VN", kind="ministry")
    client.post("/en/organisations/plant/close/", {"valid_to": "2025-06-30", "successor": "new"})
    row = Organisation.objects.get(code="plant")
    assert (row.valid_to, row.successor.code) == (date(2025, 6, 30), "new")
    page = client.get("/en/organisations/new/").content.decode()
    assert "Code" in page
    assert "plant" in client.get("/en/organisations/?format=json&table=organisations").content.decode()


def test_successors_make_no_circle(client, officer, organisations):
    new = Organisation.objects.create(
        code="new", name_vi="Mới", side="VN", kind="ministry", successor=organisations["plant"]
    )
    client.force_login(officer)
    answer = client.post("/en/organisations/plant/close/", {"valid_to": "2025-06-30", "successor": "new"})
    assert answer.context["form"].errors.keys() == {"successor"}
    assert new.successor_id == organisations["plant"].pk


def test_it_does_not_end_before_it_began(client, officer, organisations):
    client.force_login(officer)
    answer = client.post("/en/organisations/plant/close/", {"valid_to": "2019-12-31", "successor": ""})
    assert answer.context["form"].errors.keys() == {"valid_to"}


def test_one_made_by_mistake_is_deleted(client, officer):
    client.force_login(officer)
    client.post("/en/organisations/new/", NEW)
    page = client.post("/en/organisations/hue/delete/", follow=True).content.decode()
    assert "Hue City is deleted." in page
    assert not Organisation.objects.filter(code="hue").exists()


def refused(client, code="plant"):
    page = client.post(f"/en/organisations/{code}/delete/", follow=True).content.decode()
    assert Organisation.objects.filter(code=code).exists()
    assert "is not deleted, because on record are" in page
    assert "Close it instead" in page
    return page


def test_one_with_people_is_not_deleted(client, officer, operator):
    client.force_login(officer)
    assert "people: 1" in refused(client)


def test_one_with_a_site_and_its_figures_is_not_deleted(client, officer, organisations, systems, sites):
    client.force_login(officer)
    Place.objects.filter(code="site-1").update(operator=organisations["plant"])
    figures.put([METHANE])
    page = refused(client)
    assert "sites: 1" in page
    assert "figures: 1" in page


def test_one_with_a_report_and_its_figures_is_not_deleted(client, officer, organisations, systems, sites):
    client.force_login(officer)
    report = Report.objects.create(code="r", title_vi="r", source="x", organisation=organisations["plant"])
    figures.put([METHANE], report=report)
    page = refused(client)
    assert "reports: 1" in page
    assert "figures: 1" in page


def test_a_successor_is_not_deleted(client, officer, organisations):
    Organisation.objects.create(
        code="old", name_vi="Cũ", side="VN", kind="facility", successor=organisations["plant"]
    )
    client.force_login(officer)
    assert "predecessors: 1" in refused(client)


def test_the_list_is_filtered_by_side_and_kind(client, operator, organisations):
    client.force_login(operator)

    def codes(query):
        rows = client.get(f"/en/organisations/?format=json&table=organisations&{query}").json()
        return [row["code"] for row in rows]

    assert codes("") == ["fund", "mae", "moej", "plant"]
    assert codes("side=JP") == ["moej"]
    assert codes("kind=facility&side=VN") == ["plant"]


def test_an_officer_moves_a_person_and_changes_the_role(client, browser, officer, operator):
    theirs = browser()
    theirs.force_login(operator)
    client.force_login(officer)
    where = f"/en/people/{operator.pk}/"
    answer = client.post(where, {"organisation": "plant", "role": "officer", "is_active": "on"})
    assert answer.context["form"].errors.keys() == {"role"}
    client.post(where, {"organisation": "fund", "role": "observer", "is_active": "on"})
    moved = User.objects.get(pk=operator.pk)
    assert (moved.organisation.code, moved.role) == ("fund", "observer")
    assert theirs.get("/en/account/").status_code == 302


def test_nobody_changes_their_own_role(client, officer):
    client.force_login(officer)
    answer = client.post(
        f"/en/people/{officer.pk}/", {"organisation": "mae", "role": "observer", "is_active": "on"}
    )
    assert "Ask another officer" in answer.content.decode()
    assert User.objects.get(pk=officer.pk).role == "officer"


def test_people_of_the_other_side_are_not_found(client, officer, japanese):
    client.force_login(officer)
    assert client.get(f"/en/people/{japanese.pk}/").status_code == 404
    assert client.post(f"/en/people/{japanese.pk}/factors/").status_code == 404

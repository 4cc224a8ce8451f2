"""Editing: numbers as people write them, faults at their field, nobody overwritten unseen."""

from decimal import Decimal

import pytest
from django.forms.models import model_to_dict
from django_tasks_db.models import DBTaskResult

from trunghoa.portal.core.record.models import Run
from trunghoa.portal.systems.landfills.fields import AmountField, SeriesField
from trunghoa.portal.systems.landfills.models import Conversion, Landfill, Project


@pytest.fixture
def signed_in(client, people):
    client.force_login(people["officer"])
    return client


def site_data(landfill, **more):
    names = ("guideline", "gwp_set", "oxidation_class", "quality", "source", "opened", "managed")
    data = {k: v for k, v in model_to_dict(landfill, fields=names).items() if v is not None}
    data |= {"revision": landfill.revision, "name_vi": landfill.place.name_vi, "as_of": "01/01/2026"}
    return data | {"mat": "24", "map": "1700"} | more


def url(landfill, path, lang="vi"):
    return f"/{lang}/landfills/{landfill.place.code}/{path}"


def test_a_number_in_vietnamese_writing_is_taken_exactly(signed_in, landfill):
    answer = signed_in.post(url(landfill, "edit/"), site_data(landfill, depth="1.234,5", mat="24,25"))
    assert answer.status_code == 302
    landfill.refresh_from_db()
    assert (landfill.depth, landfill.mat, landfill.revision) == (Decimal("1234.5"), Decimal("24.25"), 2)
    page = signed_in.get(url(landfill, "edit/")).content.decode()
    assert 'value="1.234,5"' in page
    assert 'value="24,25"' in page
    assert 'value="1,234.5"' in signed_in.get(url(landfill, "edit/", "ja")).content.decode()


@pytest.mark.parametrize(
    ("field", "text", "word"),
    [
        ("depth", "1,234.5", "1,234.5"),
        ("depth", "-3", "0 – …"),
        ("mcf", "1,5", "0 – 1"),
        ("opened", "19", "19"),
        ("opened", "2015,5", "2015,5"),
        ("opened", "9999", "9999"),
        ("mat", "１２", "１２"),
        ("latitude", "91", "-90 – 90"),
        ("recovery_tonnes", "20x: 5", "20x"),
        ("recovery_tonnes", "2020: 5\n2020: 6", "2020"),
        ("closed", "2010", ""),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_saved(signed_in, landfill, field, text, word):
    answer = signed_in.post(url(landfill, "edit/"), site_data(landfill, **{field: text}))
    assert answer.status_code == 422
    form = answer.context["form"]
    faults = form.errors.get(field) or form.non_field_errors()
    assert any(word in fault for fault in faults)
    assert text.split("\n")[0].replace('"', "&quot;") in answer.content.decode()
    landfill.refresh_from_db()
    assert landfill.revision == 1


def test_what_the_kernel_refuses_names_limit_and_source(signed_in, landfill):
    answer = signed_in.post(
        url(landfill, "edit/", "en"), site_data(landfill, reaction_start_month="40", as_of="2026-01-01")
    )
    assert answer.status_code == 422
    [fault] = answer.context["form"].errors["reaction_start_month"]
    assert "40" in fault
    assert "25" in fault
    assert "[" in fault
    answer = signed_in.post(url(landfill, "edit/", "en"), site_data(landfill, mcf="0.7", as_of="2026-01-01"))
    assert "mcf_reason" in answer.context["form"].errors
    landfill.refresh_from_db()
    assert (landfill.mcf, landfill.revision) == (None, 1)


def test_two_editors_both_see_what_differs_and_nothing_typed_is_lost(signed_in, landfill):
    first = site_data(landfill, depth="10", source="first source")
    second = site_data(landfill, depth="20", source="second source")
    assert signed_in.post(url(landfill, "edit/"), first).status_code == 302
    answer = signed_in.post(url(landfill, "edit/"), second)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "first source" in page
    assert "second source" in page
    landfill.refresh_from_db()
    assert (landfill.depth, landfill.source) == (Decimal(10), "first source")
    # Saving again with the revision that the page now holds is a decision.
    assert answer.context["form"]["revision"].value() == "2"
    assert signed_in.post(url(landfill, "edit/"), {**second, "revision": 2}).status_code == 302
    landfill.refresh_from_db()
    assert (landfill.depth, landfill.revision) == (Decimal(20), 3)


def test_a_double_submit_saves_once(signed_in, landfill):
    data = site_data(landfill, depth="10")
    assert signed_in.post(url(landfill, "edit/"), data).status_code == 302
    assert signed_in.post(url(landfill, "edit/"), data).status_code == 302
    landfill.refresh_from_db()
    assert landfill.revision == 2
    assert Run.objects.filter(place=landfill.place).count() == 1


def test_an_edit_asks_for_a_run_and_the_page_shows_its_progress(
    signed_in, landfill, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(url(landfill, "edit/"), site_data(landfill, depth="10"))
    assert DBTaskResult.objects.count() == 1
    page = signed_in.get(url(landfill, "")).content.decode()
    assert 'id="progress"' in page
    assert "<noscript><meta http-equiv" in page


def test_a_conversion_is_added_corrected_and_removed(signed_in, landfill):
    data = {
        "revision": 1,
        "on": "01/01/2022",
        "to": "semi_aerobic",
        "quality": "unverified",
        "source": "certificate",
    }
    assert signed_in.post(url(landfill, "conversions/new/"), data).status_code == 302
    row = Conversion.objects.get()
    assert (
        signed_in.post(
            url(landfill, f"conversions/{row.pk}/"), {**data, "revision": 2, "on": "01/07/2022"}
        ).status_code
        == 302
    )
    row.refresh_from_db()
    assert row.on.isoformat() == "2022-07-01"
    signed_in.post(url(landfill, f"conversions/{row.pk}/remove/"), {"revision": 1})
    assert Conversion.objects.exists()
    signed_in.post(url(landfill, f"conversions/{row.pk}/remove/"), {"revision": 3})
    assert not Conversion.objects.exists()
    landfill.refresh_from_db()
    assert landfill.revision == 4


def test_a_conversion_before_the_opening_is_refused_at_its_date(signed_in, landfill):
    data = {
        "revision": 1,
        "on": "01/01/2010",
        "to": "semi_aerobic",
        "quality": "unverified",
        "source": "certificate",
    }
    answer = signed_in.post(url(landfill, "conversions/new/"), data)
    assert answer.status_code == 422
    assert "2015" in answer.context["form"].errors["on"][0]
    assert not Conversion.objects.exists()


def test_a_project_is_described_with_amounts_by_year(signed_in, landfill):
    data = {
        "revision": 1, "state": "proposed", "to": "semi_aerobic", "works_year": "2026", "start_year": "2027",
        "end_year": "2030", "template": "JCM_SEMI_AEROBIC", "version": "1", "capex": "2026: 3.000.000",
        "opex": "250.000\n2030: 300.000,5", "grants": "2026: 1.000.000", "price": "15", "share": "0,5",
        "discount_rate": "0,08", "quality": "unverified", "source": "study", "permeable_cover": "true",
        "leachate_drainage_not_sunk": "true", "regulated_pondage": "true", "gas_vents": "true",
    }  # fmt: skip
    assert signed_in.post(url(landfill, "project/"), data).status_code == 302
    project = Project.objects.get()
    assert project.opex == {"every": "250000", "2030": "300000.5"}
    assert project.share == Decimal("0.5")
    page = signed_in.get(url(landfill, "project/")).content.decode()
    assert "250.000\n2030: 300.000,5" in page
    answer = signed_in.post(
        url(landfill, "project/"), {**data, "revision": 2, "start_year": "2050", "end_year": "2060"}
    )
    assert answer.status_code == 422
    assert "start_year" in answer.context["form"].errors


def test_the_deposits_of_a_year_are_corrected(signed_in, landfill):
    data = {
        "revision": 1,
        "year": "2020",
        "food": "55.000,25",
        "paper": "10",
        "quality": "verified",
        "source": "log",
    }
    assert signed_in.post(url(landfill, "deposits/2020/"), data).status_code == 302
    rows = dict(landfill.deposits.filter(year=2020).values_list("waste", "tonnes"))
    assert rows == {"food": Decimal("55000.25"), "paper": Decimal(10)}
    answer = signed_in.post(url(landfill, "deposits/new/"), {**data, "revision": 2})
    assert "2020" in answer.context["form"].errors["year"][0]
    answer = signed_in.post(url(landfill, "deposits/new/"), {**data, "revision": 2, "year": "2035"})
    assert answer.status_code == 422
    assert "2031, 2032, 2033, 2034" in answer.content.decode()


def test_running_again_with_nothing_changed_says_so(signed_in, landfill):
    from .conftest import run_now

    run_now(landfill)
    answer = signed_in.post(url(landfill, "run/", "en"), follow=True)
    assert "its figures stand" in answer.content.decode()
    assert Run.objects.count() == 1


@pytest.mark.parametrize(("lang", "text"), [("vi", "1.234,5"), ("ja", "1,234.5"), ("en", "1,234.5")])
def test_an_amount_is_shown_and_read_alike(lang, text):
    from django.utils.translation import override

    with override(lang):
        assert AmountField().prepare_value(Decimal("1234.50")) == text
        assert AmountField().clean(text) == Decimal("1234.5")
        assert SeriesField().clean(f"2026: {text}") == {"2026": "1234.5"}


def test_the_database_itself_refuses_what_cannot_be(landfill):
    from django.db import IntegrityError, transaction

    from trunghoa.portal.systems.landfills.models import Deposit

    for change in (
        lambda: Deposit.objects.create(landfill=landfill, year=2020, waste="food", tonnes=1),
        lambda: Deposit.objects.create(landfill=landfill, year=2020, waste="wood", tonnes=-1),
        lambda: Deposit.objects.create(landfill=landfill, year=1800, waste="wood", tonnes=1),
        lambda: Landfill.objects.filter(pk=landfill.pk).update(closed=2000),
        lambda: Landfill.objects.filter(pk=landfill.pk).update(quality="fine"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()

"""What the pages show, in three languages, and how little they ask of the database."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from trunghoa.portal.core.audit import chain
from trunghoa.portal.core.record.models import Figure, Place, Run
from trunghoa.portal.systems.landfills import totals
from trunghoa.portal.systems.landfills.models import Landfill

from .conftest import make_project, run_now

pytestmark = [pytest.mark.once, pytest.mark.first]


@pytest.fixture
def signed_in(client, people):
    client.force_login(people["officer"])
    return client


@pytest.fixture
def last_year():
    return timezone.localdate().year - 1


@pytest.mark.parametrize(("lang", "tonnes"), [("vi", "100.000"), ("ja", "100,000"), ("en", "100,000")])
def test_numbers_stand_in_the_readers_writing_with_their_source_one_click_away(
    signed_in, landfill, last_year, lang, tonnes
):
    run_now(landfill)
    figure = Figure.objects.current().get(
        kind="landfill.deposited", place=landfill.place, period_start__year=last_year
    )
    link = f'href="/{lang}/record/figures/{figure.pk}/"><data value="100000">{tonnes}</data>'
    for path in ("", f"{landfill.place.code}/"):
        assert link in signed_in.get(f"/{lang}/landfills/{path}").content.decode()
    assert "log " in signed_in.get(f"/{lang}/record/figures/{figure.pk}/").content.decode()


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_site_page_says_why_it_is_classed_so(signed_in, landfill, lang):
    Landfill.objects.filter(pk=landfill.pk).update(managed=False, depth=Decimal("4.5"))
    run_now(landfill)
    page = signed_in.get(f"/{lang}/landfills/{landfill.place.code}/").content.decode()
    assert re.search(r"MAT 24[.,]00 &gt; 20[.,]00 °C", page)
    assert re.search(r"MAP 1[.,]700 ≥ 1[.,]000 mm/yr", page)
    assert "4.5 m &lt; 5 m" in page


def test_years_are_never_grouped(signed_in, landfill, project):
    run_now(landfill)
    for path in ("", "map/", "portfolio/", f"{landfill.place.code}/", f"{landfill.place.code}/edit/"):
        page = signed_in.get(f"/vi/landfills/{path}").content.decode()
        words = re.sub(r"<svg.*?</svg>|<td class=.number.>.*?</td>|<data.*?</data>", "", page, flags=re.S)
        text = re.sub(r"<[^>]+>", " ", words)
        assert not re.search(r"(?<![\d.])2\.0[0-9]{2}(?![\d.])", text), path


def test_what_is_not_verified_is_marked_where_it_stands_and_on_top(signed_in, landfill):
    run_now(landfill)
    page = signed_in.get(f"/en/landfills/{landfill.place.code}/").content.decode()
    assert "their source was not seen" in page
    assert '<span class="mark mark-unverified">' in page
    Landfill.objects.filter(pk=landfill.pk).update(quality="illustrative", revision=2)
    run_now(landfill)
    page = signed_in.get(f"/en/landfills/{landfill.place.code}/").content.decode()
    assert "assumed to show how the platform works" in page
    assert '<span class="mark mark-illustrative">' in page


def test_every_chart_has_its_table_and_every_table_its_downloads(signed_in, converted, fund):
    make_project(converted, to="")
    run_now(converted)
    page = signed_in.get(f"/vi/landfills/{converted.place.code}/").content.decode()
    assert page.count('<figure class="chart" tabindex="0"><svg') == 4
    slugs = {"methane", "deposits", "conversion", "reductions", "finance", "sensitivity", "parameters"}
    for slug in slugs:
        assert f'<table id="{slug}">' in page
        for kind in ("xlsx", "csv", "json"):
            answer = signed_in.get(f"/vi/landfills/{converted.place.code}/?format={kind}&table={slug}")
            assert answer.status_code == 200
            assert f'filename="{slug}.{kind}"' in answer["Content-Disposition"]
    assert not re.search(r"<script(?! src)|<style| style=|data:", page)


def test_a_download_is_exact(signed_in, landfill):
    run_now(landfill)
    rows = signed_in.get(f"/vi/landfills/{landfill.place.code}/?format=json&table=methane").json()
    by_year = {row["year"]: row for row in rows}
    figure = Figure.objects.current().get(
        kind="landfill.ch4_emitted",
        scenario="as_is",
        category="",
        period_start__year=2025,
        place=landfill.place,
    )
    assert by_year[2025]["total"] == f"{figure.amount:f}"
    assert by_year[2025]["lower"] == f"{figure.lower:f}"


def test_the_cumulative_reduction_adds_up(signed_in, landfill, project):
    run_now(landfill)
    rows = signed_in.get(f"/vi/landfills/{landfill.place.code}/?format=json&table=reductions").json()
    total = Decimal(0)
    for row in rows:
        total += Decimal(row["emission_reduction"])
        assert Decimal(row["cumulative"]) == total
    assert [row["year"] for row in rows] == [2027, 2028, 2029, 2030]


def test_a_site_nobody_knows_enough_of_says_what_is_owed_by_whom(signed_in, sites, systems):
    Landfill.objects.create(place=sites[0], source="a list of names")
    page = signed_in.get("/en/landfills/site-1/").content.decode()
    assert "The year of opening is missing." in page
    assert "The deposits are missing." in page
    assert "alpha" in page


# The list


@pytest.fixture
def many(provinces, landfill):
    run_now(landfill)
    places = Place.objects.bulk_create(
        Place(
            era="site", code=f"bai-{n:03d}", kind="site", name_vi=f"Bãi Số Đỏ {n:03d}",
            search=f"bai so do {n:03d}", parent=provinces[n % 2],
        )
        for n in range(70)
    )  # fmt: skip
    Landfill.objects.bulk_create(
        Landfill(
            place=place,
            opened=2000 + n % 20,
            source="list",
            quality="illustrative" if n % 3 else "verified",
            current_mcf_class="unmanaged_deep" if n % 5 else "managed_anaerobic",
            latest_emitted=landfill.latest_emitted,
            latest_deposited=landfill.latest_deposited,
            last_run=landfill.last_run,
        )
        for n, place in enumerate(places)
    )
    return places


@pytest.mark.parametrize(
    "query", ["", "?page=2", "?sort=-ch4", "?q=do&province=92&class=unmanaged_deep&quality=illustrative"]
)
def test_the_list_asks_the_database_at_most_six_times(signed_in, many, query, django_assert_num_queries):
    # Session, person, head of the audit chain, units, number of rows, rows. What the fixtures changed would
    # have been entered in the chain when they were committed; in the test's one transaction it still waits.
    chain.settle()
    with django_assert_num_queries(6):
        answer = signed_in.get(f"/vi/landfills/{query}")
    assert len(answer.context["table"].rows) <= 50
    assert answer.context["table"].rows


def test_the_list_shows_fifty_rows_and_the_rest_on_the_next_page(signed_in, many):
    first, second = (signed_in.get(f"/vi/landfills/?page={n}").context["table"].rows for n in (1, 2))
    assert (len(first), len(second)) == (50, 21)
    assert not {row[0] for row in first} & {row[0] for row in second}


def test_the_list_is_searched_without_accents(signed_in, many):
    for text in ("so do 007", "Số Đỏ 007", "SO-DO 007", "Sô\u0301 Đo\u0309 007"):
        rows = signed_in.get("/vi/landfills/", {"q": text}).context["table"].rows
        assert [row[1] for row in rows] == ["bai-007"], text


def test_the_list_is_filtered_by_province_class_and_quality_and_keeps_that_in_its_links(signed_in, many):
    query = {"province": "92", "class": "unmanaged_deep", "quality": "illustrative"}
    answer = signed_in.get("/vi/landfills/", query)
    wanted = [n for n in range(70) if n % 2 and n % 5 and n % 3]
    assert [row[1] for row in answer.context["table"].rows] == [f"bai-{n:03d}" for n in wanted]
    assert "format=csv&table=landfills&amp;province=92&amp;class=unmanaged_deep" in answer.content.decode()
    rows = signed_in.get("/vi/landfills/", {**query, "format": "json", "table": "landfills"}).json()
    assert len(rows) == len(wanted)


def test_amounts_are_sorted_as_numbers(signed_in, landfill, other):
    Landfill.objects.filter(pk=other.pk).update(opened=2015)
    for site in (landfill, other):
        run_now(site)
    # 40,000 t is less than 100,000 t, though as text it is more.
    codes = [row[1] for row in signed_in.get("/vi/landfills/?sort=tonnes").context["table"].rows]
    assert codes == ["site-2", "site-1"]
    codes = [row[1] for row in signed_in.get("/vi/landfills/?sort=-ch4").context["table"].rows]
    assert codes == ["site-1", "site-2"]


def test_names_are_never_markup(signed_in, landfill):
    place = landfill.place
    place.name_vi = "<script>alert(1)</script>"
    place.save()
    for path in ("", f"{place.code}/", f"{place.code}/edit/", "portfolio/"):
        assert "<script>alert" not in signed_in.get(f"/vi/landfills/{path}").content.decode()


def test_an_empty_list_says_why(client, people):
    client.force_login(people["observer"])
    assert "No landfill is on record that you may see" in client.get("/en/landfills/").content.decode()


# Map and portfolio


def test_the_map_shows_the_provinces_of_today_and_both_archipelagos(signed_in, landfill, other, country):
    for site in (landfill, other):
        run_now(site)
    totals.run_all(lambda per_cent, what: None)
    page = signed_in.get("/vi/landfills/map/").content.decode()
    assert "Hoàng Sa" in page
    assert "Trường Sa" in page
    rows = signed_in.get("/vi/landfills/map/?format=json&table=provinces").json()
    amounts = {row["province"]: row["ch4"] for row in rows}
    assert Decimal(amounts["Hà Nội"]) > Decimal(amounts["Cần Thơ"]) > 0


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_a_site_page_leads_to_its_point_on_the_map(signed_in, landfill, other, lang):
    Place.objects.filter(pk__in=[landfill.place_id, other.place_id]).update(
        latitude="21.33", longitude="105.83"
    )
    here = f'href="/{lang}/landfills/map/?site={landfill.place.code}"'
    assert here in signed_in.get(f"/{lang}/landfills/{landfill.place.code}/").content.decode()
    everything = signed_in.get(f"/{lang}/landfills/map/").content.decode()
    alone = signed_in.get(f"/{lang}/landfills/map/?site={landfill.place.code}").content.decode()
    for page, sites in ((everything, {landfill, other}), (alone, {landfill})):
        points = page.split('<g class="points"')[1].split("</g>")[0]
        assert {s for s in (landfill, other) if s.get_absolute_url() in points} == sites


@pytest.fixture
def portfolio(landfill, other, project, fund):
    make_project(other, grant="2000000", fund=fund)
    for site in (landfill, other):
        run_now(site)
    return {"cap": "3000000"}


def test_the_cap_comes_from_the_fund_and_the_choice_from_the_kernel(signed_in, portfolio):
    answer = signed_in.get("/vi/landfills/portfolio/")
    assert 'value="3.000.000"' in answer.content.decode()
    assert answer.context["found"].chosen.keys == ("site-1",)
    assert answer.context["found"].left == Decimal(1800000)


def test_a_shared_address_gives_the_same_choice_in_its_downloads_too(signed_in, portfolio):
    query = {"cap": "3.500.000", "exclude": "site-1"}
    answer = signed_in.get("/vi/landfills/portfolio/", query)
    assert answer.context["found"].chosen.keys == ("site-2",)
    rows = signed_in.get("/vi/landfills/portfolio/", {**query, "format": "json", "table": "portfolio"}).json()
    assert {row["site"]: row["exclude"] for row in rows} == {"Bãi số 1": True, "Bãi số 2": False}


@pytest.mark.parametrize(
    "query",
    [
        {"cap": "abc"},
        {"cap": "-1"},
        {"cap": "1000000", "include": "site-1"},
        {"include": "site-1", "exclude": "site-1"},
        {"include": "nobody"},
    ],
)
def test_a_question_without_an_answer_says_why(signed_in, portfolio, query):
    answer = signed_in.get("/vi/landfills/portfolio/", query)
    assert answer.status_code == 422
    assert answer.context["problems"]
    assert answer.context["found"] is None


def test_both_steps_beyond_the_cap_are_told_apart(signed_in, landfill, other, project, fund):
    make_project(other, grant="1100000", fund=fund)
    for site in (landfill, other):
        run_now(site)
    answer = signed_in.get("/en/landfills/portfolio/", {"cap": "1,000,000"})
    [(smallest, one), (cheapest, two)] = answer.context["steps"]
    assert smallest == "Smallest step beyond the cap"
    assert "With 100,000 USD more, Bãi số 2 could be added" in one
    assert cheapest.startswith("Cheapest step beyond the cap")
    assert "With 200,000 USD more, Bãi số 1 could be added" in two


@pytest.mark.parametrize(("cap", "left"), [("3,5", "3,50 USD"), ("3", "3 USD")])
def test_money_is_shown_with_cents_where_the_cap_has_them(signed_in, portfolio, cap, left):
    page = signed_in.get("/vi/landfills/portfolio/", {"cap": cap}).content.decode()
    assert f"còn lại {left}" in page


def test_who_sees_some_sites_only_is_told_that_others_ask_the_same_fund(client, people, portfolio):
    told = {}
    for who in ("officer", "locality", "operator"):
        client.force_login(people[who])
        page = client.get("/en/landfills/portfolio/").content.decode()
        told[who] = "Others may ask the same fund" in page
    assert told == {"officer": False, "locality": True, "operator": True}


def test_a_project_without_a_run_waits_and_does_not_count(signed_in, landfill, project):
    answer = signed_in.get("/vi/landfills/portfolio/")
    assert [offer.key for offer in answer.context["waiting"]] == ["site-1"]
    assert answer.context["found"] is None


def test_tonnes_of_different_gwp_sets_are_not_added_up_on_the_page_nor_on_record(
    signed_in, client, landfill, other, portfolio
):
    Landfill.objects.filter(pk=other.pk).update(gwp_set="AR4", revision=2)
    run_now(other)
    answer = signed_in.get("/en/landfills/portfolio/")
    assert answer.status_code == 200
    assert "different GWP sets (AR4, AR5)" in answer.context["problems"][0]
    assert (answer.context["found"], answer.context["chart"]) == (None, None)
    answer = signed_in.get("/api/v1/landfills/portfolio")
    assert (answer.status_code, answer.json()["detail"][0]["field"]) == (422, "gwp_set")
    totals.run_all(lambda per_cent, what: None)
    assert not Figure.objects.current().filter(kind="landfill.portfolio_reduction").exists()
    refused = Run.objects.get(kernel="landfill.portfolio:fund")
    assert "different GWP sets" in refused.message["problems"][0]


# The verifier's workbook


@pytest.mark.parametrize(("lang", "sheet"), [("vi", "FOD"), ("ja", "FOD"), ("en", "FOD")])
def test_who_sees_the_site_gets_the_workbook_in_the_readers_language(
    client, people, landfill, project, lang, sheet
):
    import io

    import openpyxl

    found = run_now(landfill)
    client.force_login(people["operator"])
    assert f"/{lang}/landfills/site-1/workbook/" in client.get(f"/{lang}/landfills/site-1/").content.decode()
    answer = client.get(f"/{lang}/landfills/site-1/workbook/")
    assert f'filename="site-1-{lang}.xlsx"' in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert any("FOD" in name for name in book.sheetnames)
    cells = [str(cell.value or "") for page in book for row in page.iter_rows() for cell in row]
    assert sum(text.startswith("=") for text in cells) > 500
    assert found.outputs.count() == 4


def test_there_is_no_workbook_before_the_first_run(signed_in, landfill):
    assert signed_in.get("/vi/landfills/site-1/workbook/").status_code == 404

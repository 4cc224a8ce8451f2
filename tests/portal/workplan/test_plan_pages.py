"""The plan as people see, filter and change it."""

import itertools
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from trunghoa.portal.core.audit import chain
from trunghoa.portal.core.record.models import Figure, Place
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.systems.workplan import drawings, health
from trunghoa.portal.systems.workplan.models import Activity, Budget, Indicator, Milestone, WorkPlan

PLAN = "/en/workplan/"


@pytest.fixture
def signed_in(client, parties):
    def sign_in(name):
        client.force_login(parties[name])
        return client

    return sign_in


@pytest.fixture
def many(make_activity, organisations, parties, systems10, clock):
    """220 activities of every health on 1 March 2026."""
    clock(2026, 3, 1, 3)
    rows = [
        make_activity(
            f"2026-S{n % 10 + 1}-{n}",
            "completed" if n % 10 == 0 else ("proposed", "agreed", "in_progress")[n % 3],
            system=systems10[f"S{n % 10 + 1}"],
            lead_vn=organisations["unit-vn"],
            due=None if n % 4 == 3 else date(2026, 6, 30),
        )
        for n in range(220)
    ]
    # Of the three milestones of each: little done, nothing done, enough done; every fourth has no date.
    Milestone.objects.bulk_create(
        Milestone(
            activity=row, title_vi=f"Mốc {n}", due=date(2026, 2, 1) + timedelta(days=40 * n), owing="VN",
            weight=Decimal("0.1") if at % 4 == 0 and n == 0 else Decimal(1),
            done_on=date(2026, 1, 20) if at % 4 in (0, 2) and n == 0 else None,
        )
        for at, row in enumerate(rows)
        if at % 4 != 3
        for n in range(3)
    )  # fmt: skip
    return rows


def refs(response):
    return re.findall(r'class="ref" href="[^"]*/activities/([^/"]+)/"', response.content.decode())


QUERIES = (
    "", "?page=4", "?page=99", "?sort=-due", "?sort=system&page=2", "?state=agreed&q=hoat+dong", "?q=nothing",
    "?year=all&side=JP", "?year=2026&system=S2", "?lead=unit-vn", "?health=at_risk&side=VN&sort=-title&q=1",
    *(f"?health={code}" for code in health.NAMES),
)  # fmt: skip
PART = {"HX-Request": "true", "HX-Target": "results"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["vn1", "unit_vn", "observer"])
def test_the_list_asks_the_database_at_most_six_times(signed_in, many, name):
    # Session, person, head of the audit chain, choices, number of rows, rows. What the fixtures changed would
    # have been entered in the chain when they were committed; in the test's one transaction it still waits.
    client = signed_in(name)
    client.get(PLAN)
    chain.settle()
    asked, shown = {}, {}
    for query in QUERIES:
        with CaptureQueriesContext(connection) as caught:
            response = client.get(PLAN + query, headers=PART if query == "?page=4" else {})
        asked[query], shown[query] = len(caught), len(refs(response))
    assert {query: count for query, count in asked.items() if count > 6} == {}
    if name == "vn1":
        codes = {code: shown[f"?health={code}"] for code in health.NAMES}
        assert codes == {"late": 50, "at_risk": 44, "on_track": 44, "unknown": 50, "over": 22}
        assert [shown[query] for query in ("", "?page=4", "?page=99", "?q=nothing")] == [50, 50, 20, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("code", health.NAMES)
def test_pages_of_a_health_hold_each_of_its_activities_once_and_in_order(signed_in, many, code):
    client = signed_in("vn1")
    found = [ref for n in (1, 2) for ref in refs(client.get(f"{PLAN}?health={code}&sort=-ref&page={n}"))]
    found = list(dict.fromkeys(found))
    own = [row.ref for row in many if health.of_activity(row, row.milestones.all()) == code]
    assert found == sorted(own, key=lambda ref: [int(n) for n in re.findall("[0-9]+", ref)], reverse=True)


@pytest.mark.django_db
def test_references_are_in_the_order_of_their_numbers(signed_in, make_activity):
    for ref in ("2026-S2-10", "2026-S2-9", "2026-S10-1"):
        make_activity(ref)
    assert refs(signed_in("vn1").get(PLAN)) == ["2026-S2-9", "2026-S2-10", "2026-S10-1"]


@pytest.mark.django_db
def test_each_filter_keeps_what_it_says(signed_in, make_activity, systems10, organisations):
    other_year = WorkPlan.objects.create(year=2024)
    make_activity("A-01", system=systems10["S2"], lead_vn=organisations["unit-vn"], due=None)
    make_activity("A-02", state="completed", also_system=systems10["S2"], title_en="Green finance")
    make_activity(
        "A-03", lead_jp=None, owing="", title_vi="Đào tạo tại Cần Thơ", due=date(2024, 3, 1), start=None
    )
    make_activity("OLD-01", plan=other_year)
    client = signed_in("vn1")
    found = {
        query: refs(client.get(f"{PLAN}?{query}"))
        for query in (
            "", "year=2024", "year=all", "year=1999", "system=S2", "side=JP", "lead=unit-vn",
            "state=completed", "health=unknown", "health=late", "q=green", "q=can tho", "q=a-02", "q=nothing",
        )
    }  # fmt: skip
    assert found == {
        "": ["A-01", "A-02", "A-03"],
        "year=2024": ["OLD-01"],
        "year=all": ["A-01", "A-02", "A-03", "OLD-01"],
        "year=1999": [],
        "system=S2": ["A-01", "A-02"],
        "side=JP": ["A-01", "A-02"],
        "lead=unit-vn": ["A-01"],
        "state=completed": ["A-02"],
        "health=unknown": ["A-01"],
        "health=late": ["A-03"],
        "q=green": ["A-02"],
        "q=can tho": ["A-03"],
        "q=a-02": ["A-02"],
        "q=nothing": [],
    }


@pytest.mark.django_db
def test_the_list_says_who_signed_and_what_comes_next(signed_in, make_activity, parties, clock):
    clock(2026, 2, 1, 3)
    activity = make_activity("A-01", state="proposed")
    Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=date(2026, 1, 20), owing="JP", weight=Decimal(1)
    )
    moves.move(activity, "agree", parties["vn1"], revision=1, seen=signing.revision_hash(activity))
    make_activity(
        "A-02", state="agreed", known_state="agreed", known_on=date(2024, 1, 11), lead_vn=None, due=None
    )
    page = signed_in("vn2").get(PLAN).content.decode()
    first, second = page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:2]
    assert "<td>VN</td>" in first
    assert '<strong class="late">20 Jan 2026 (JP)</strong>' in first
    assert 'class="health health-late">late<' in first
    assert "by its source" in second
    assert "not named in the source" in second
    assert 'class="health health-unknown">unknown<' in second


@pytest.mark.django_db
def test_an_edit_takes_the_signatures_out_of_the_list_and_a_new_one_counts(signed_in, make_activity, parties):
    activity = make_activity("A-01", state="proposed")
    client = signed_in("vn2")

    def signed():
        [row] = client.get(f"{PLAN}?format=json&table=activities").json()
        return row["signed"]

    def sign(name):
        activity.refresh_from_db()
        seen = signing.revision_hash(activity)
        moves.move(activity, "agree", parties[name], revision=activity.revision, seen=seen)

    def rename(row):
        row.title_en = "Another title"

    sign("vn1")
    assert signed() == "VN"
    moves.edit(activity, parties["jp1"], revision=activity.revision, change=rename)
    assert signed() == ""
    sign("jp1")
    assert signed() == "JP"
    sign("vn1")
    assert signed() == "VN, JP"


@pytest.mark.django_db
def test_a_filter_in_place_answers_with_the_results_alone(signed_in, make_activity):
    make_activity("A-01")
    client = signed_in("vn1")
    part = client.get(PLAN, headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()
    assert refs_in(part) == ["A-01"]
    assert "<html" not in part


def refs_in(text):
    return re.findall(r"/activities/([^/\"]+)/", text)


@pytest.mark.django_db
def test_a_download_has_every_row_and_no_formula(signed_in, many, make_activity):
    make_activity("A-01", title_en="=HYPERLINK(1)")
    text = signed_in("vn1").get(f"{PLAN}?format=csv&table=activities").content.decode("utf-8-sig")
    assert text.count("\n") == 222
    assert ",'=HYPERLINK(1)," in text


SEEN = {
    "vn1": {"draft", "proposed", "agreed"},
    "jp1": {"proposed", "agreed"},
    "researcher": {"proposed", "agreed"},
    "unit_vn": {"proposed", "agreed"},
    "unit_jp": {"proposed", "agreed"},
    "observer": {"agreed"},
    "operator": {"agreed"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(SEEN))
def test_what_one_may_not_see_is_not_there(signed_in, make_activity, organisations, name):
    """A draft is its own side's; a proposal is for those who act on it; what is agreed is open."""
    for state in ("draft", "proposed", "agreed"):
        make_activity(f"A-{state}", state, drafted_at="VN", lead_vn=organisations["unit-vn"])
    client = signed_in(name)
    listed = {ref.removeprefix("A-") for ref in refs(client.get(PLAN))}
    # The unit that leads it sees a draft of its own side.
    expected = SEEN[name] | ({"draft"} if name == "unit_vn" else set())
    assert listed == expected
    for state in ("draft", "proposed", "agreed"):
        status = client.get(f"{PLAN}activities/A-{state}/").status_code
        assert status == (200 if state in expected else 404), state


@pytest.mark.django_db
def test_an_heir_sees_what_its_predecessors_led_and_a_stranger_does_not(
    signed_in, make_activity, organisations
):
    make_activity("A-01", "proposed", lead_jp=None)
    make_activity("A-02", "proposed", lead_vn=None, lead_jp=organisations["unit-jp"])
    # Two mergers in a row, and a successor in a circle, which ends the search and not the server.
    chained = [organisations[code] for code in ("ministry-vn", "ministry-jp", "unit-vn", "ministry-vn")]
    for earlier, later in itertools.pairwise(chained):
        earlier.successor = later
        earlier.save()
    assert refs(signed_in("unit_vn").get(PLAN)) == ["A-01"]
    assert refs(signed_in("observer").get(PLAN)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("vn1", True),
        ("jp1", True),
        ("unit_vn", True),
        ("researcher", False),
        ("observer", False),
        ("operator", False),
    ],
)
def test_who_may_edit(signed_in, make_activity, organisations, name, allowed):
    activity = make_activity(lead_vn=organisations["unit-vn"])
    client = signed_in(name)
    for path in ("edit/", "milestone/new/", "indicator/new/", "budget/new/"):
        address = activity.get_absolute_url() + path
        assert client.get(address).status_code == (200 if allowed else 403), path
    page = client.get(activity.get_absolute_url()).content.decode()
    assert ("Edit the activity" in page) == allowed


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["completed", "deferred", "cancelled"])
def test_what_is_over_is_not_edited(signed_in, make_activity, state):
    activity = make_activity(state=state)
    client = signed_in("vn1")
    assert client.get(f"{activity.get_absolute_url()}edit/").status_code == 403
    assert "Edit the activity" not in client.get(activity.get_absolute_url()).content.decode()


def typed(activity, **more):
    return {
        "revision": activity.revision, "title_vi": activity.title_vi,
        "lead_vn": activity.lead_vn_id or "", "lead_jp": activity.lead_jp_id or "",
        "start": activity.start.isoformat(), "due": activity.due.isoformat(),
        "source": activity.source, "quality": activity.quality, **more,
    }  # fmt: skip


@pytest.mark.django_db
def test_the_second_of_two_editors_is_told_and_keeps_the_text(signed_in, make_activity, parties):
    activity = make_activity(state="proposed")
    client = signed_in("vn1")
    address = f"{activity.get_absolute_url()}edit/"
    second = typed(activity, title_vi="Tên của người thứ hai", title_en="Second")
    assert client.post(address, typed(activity, title_vi="Tên của người thứ nhất")).status_code == 302
    refused = client.post(address, second)
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "Tên của người thứ hai" in text
    assert "Tên của người thứ nhất" in text
    assert "Nothing you typed is lost" in text
    activity.refresh_from_db()
    assert activity.title_vi == "Tên của người thứ nhất"
    # Saving once more, having read both, is a decision.
    revision = re.search(r'name="revision" value="(\d+)"', text)[1]
    assert client.post(address, {**second, "revision": revision}).status_code == 302
    activity.refresh_from_db()
    assert (activity.title_vi, activity.title_en) == ("Tên của người thứ hai", "Second")


@pytest.mark.django_db
def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(signed_in, make_activity):
    activity = make_activity(state="proposed")
    answer = signed_in("vn1").post(
        f"{activity.get_absolute_url()}edit/", typed(activity, due="2025-01-01", title_en="Kept")
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "due before it starts" in text
    assert 'value="Kept"' in text
    activity.refresh_from_db()
    assert activity.revision == 1


@pytest.mark.django_db
def test_a_draft_gets_a_reference_and_is_its_sides_own(signed_in, parties, plan, systems10):
    client = signed_in("jp1")
    given = {
        "revision": 0, "plan": plan.pk, "system": "S2", "title_vi": "Hội thảo", "title_ja": "ワークショップ",
        "source": "提案", "quality": "verified",
    }  # fmt: skip
    assert client.post(f"{PLAN}activities/new/", given).status_code == 302
    activity = Activity.objects.get()
    assert (activity.ref, activity.state, activity.drafted_at) == ("2026-S2-01", "draft", "JP")
    assert activity.drafted_by == parties["jp1"]
    client.force_login(parties["vn1"])
    assert client.get(activity.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_a_milestone_is_done_by_the_day_of_the_side_that_owes_it(signed_in, make_activity, clock):
    clock(2026, 6, 30, 16)
    activity = make_activity(state="in_progress")
    rows = {
        side: Milestone.objects.create(
            activity=activity, title_vi="Mốc", due=date(2026, 7, 1), owing=side, weight=Decimal(1)
        )
        for side in ("VN", "JP")
    }
    client = signed_in("vn1")

    def settle(side, **given):
        activity.refresh_from_db()
        address = reverse("workplan:settle", args=[activity.ref, rows[side].pk])
        return client.post(address, {"revision": activity.revision, **given})

    assert "still to come" in settle("VN", done_on="2026-07-01").content.decode()
    assert settle("JP", done_on="2026-07-01").status_code == 302
    assert settle("VN", done_on="2026-06-30", waived_reason="both").status_code == 422
    assert settle("VN").status_code == 422
    assert settle("VN", waived_reason="Moved to another plan.").status_code == 302
    kept = {row.owing: (row.done_on, row.waived_reason) for row in Milestone.objects.all()}
    assert kept == {"JP": (date(2026, 7, 1), ""), "VN": (None, "Moved to another plan.")}
    activity.refresh_from_db()
    assert activity.state == "in_progress"
    again = reverse("workplan:open_again", args=[activity.ref, rows["JP"].pk])
    assert client.post(again, {"revision": activity.revision}).status_code == 302
    assert Milestone.objects.get(pk=rows["JP"].pk).is_open


@pytest.mark.django_db
def test_those_who_only_read_see_a_milestone_and_settle_nothing(signed_in, make_activity):
    activity = make_activity(state="in_progress")
    row = Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=date(2026, 7, 1), owing="VN", weight=Decimal(1)
    )
    client = signed_in("researcher")
    address = reverse("workplan:settle", args=[activity.ref, row.pk])
    assert 'name="done_on"' not in client.get(address).content.decode()
    assert client.post(address, {"revision": 1, "done_on": "2026-01-02"}).status_code == 403
    assert Milestone.objects.get().is_open


@pytest.mark.django_db
def test_parts_are_added_changed_and_taken_out(signed_in, make_activity):
    activity = make_activity(state="draft", drafted_at="VN")
    client = signed_in("vn1")
    base = activity.get_absolute_url()
    given = {"revision": 1, "title_vi": "Mốc", "due": "2026-03-31", "owing": "VN", "weight": "1.5"}
    assert client.post(f"{base}milestone/new/", {**given, "weight": "0"}).status_code == 422
    assert client.post(f"{base}milestone/new/", given).status_code == 302
    row = Milestone.objects.get()
    assert row.weight == Decimal("1.5")
    assert (
        client.post(f"{base}milestone/{row.pk}/", {**given, "weight": "2", "revision": 2}).status_code == 302
    )
    assert Milestone.objects.get().weight == Decimal(2)
    assert client.post(f"{base}milestone/{row.pk}/remove/", {"revision": 1}).status_code == 302
    assert Milestone.objects.exists(), "a stale page takes nothing out"
    assert client.post(f"{base}milestone/{row.pk}/remove/", {"revision": 3}).status_code == 302
    assert not Milestone.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": "10.5", "currency": "JPY"}, "more decimals than this currency has"),
        ({"amount": "10.5", "currency": "VND"}, "more decimals than this currency has"),
        ({"amount": "10.555", "currency": "USD"}, "more decimals than this currency has"),
        ({"amount": "-1", "currency": "USD"}, "cannot be a budget"),
        ({"amount": "9" * 19, "currency": "VND"}, "more money than there is"),
        ({"payer_text": ""}, "Choose who pays"),
        ({"stage": "disbursed", "on": ""}, "What was disbursed has its day"),
    ],
)
def test_money_that_cannot_be_is_refused(signed_in, make_activity, given, said):
    activity = make_activity(state="draft", drafted_at="VN")
    whole = {
        "revision": 1, "payer_text": "JICA", "currency": "USD", "amount": "1000.50", "stage": "needed",
        "on": "2026-01-01", "source": "letter", "quality": "verified",
    }  # fmt: skip
    client, address = signed_in("vn1"), f"{activity.get_absolute_url()}budget/new/"
    refused = client.post(address, {**whole, **given})
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert client.post(address, whole).status_code == 302
    assert Budget.objects.get().amount == Decimal("1000.50")


@pytest.mark.django_db
def test_an_indicator_shows_the_figure_on_record(signed_in, make_activity, systems10, provinces):
    activity = make_activity(state="agreed")
    country = Place.objects.get(kind="country")
    attributes = {
        "system": systems10["S8"], "kind": "landfill.ch4_emitted", "place": country, "unit": "t",
        "gas": "CH4", "status": "reported", "quality": "unverified", "source": "inventory",
    }  # fmt: skip
    Figure.objects.create(
        amount=Decimal("70"),
        period_start=date(2024, 1, 1),
        period_end=date(2024, 12, 31),
        identity="a",
        **attributes,
    )
    latest = Figure.objects.create(
        amount=Decimal("60"),
        period_start=date(2025, 1, 1),
        period_end=date(2025, 12, 31),
        identity="b",
        **attributes,
    )
    Figure.objects.create(
        amount=Decimal("10"), period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), identity="c",
        **{**attributes, "status": "projected"},
    )  # fmt: skip
    Indicator.objects.create(
        activity=activity, title_vi="Mê-tan", kind="landfill.ch4_emitted", place=country, unit="t",
        status="reported", baseline=Decimal(100), baseline_source="report", target=Decimal(20),
        target_date=date(2030, 12, 31), direction="down",
    )  # fmt: skip
    text = signed_in("vn1").get(activity.get_absolute_url()).content.decode()
    assert reverse("record:figure", args=[latest.pk]) in text
    assert "50 %" in text
    assert "no figure on record yet" not in text


@pytest.mark.django_db
def test_the_timeline_has_a_bar_for_what_is_dated_and_a_row_for_all(signed_in, make_activity):
    dated = make_activity("A-01", start=date(2026, 2, 1), due=date(2027, 2, 1))
    make_activity("A-02", start=None, due=None)
    Milestone.objects.create(
        activity=dated, title_en="Draft rules", due=date(2026, 6, 1), owing="VN", weight=Decimal(1)
    )
    client = signed_in("vn1")
    text = client.get(f"{PLAN}timeline/?grid=fiscal").content.decode()
    assert "<svg" in text
    assert "Draft rules" in text
    assert "FY2025, FY2026" in text
    assert "1 activity has no dates" in text
    rows = client.get(f"{PLAN}timeline/?grid=calendar&format=json&table=timeline").json()
    assert [(row["ref"], row["years"]) for row in rows] == [("A-01", "2026, 2027"), ("A-02", "")]


@pytest.mark.django_db
def test_the_timeline_says_what_it_does_not_draw_and_draws_as_late_what_is_late(
    signed_in, make_activity, clock
):
    clock(2026, 8, 1, 3)
    make_activity("A-01", "proposed", start=date(2026, 5, 10), due=date(2026, 7, 20))
    make_activity("A-02", start=None, due=date(2026, 9, 1))
    make_activity("A-03", start=None, due=None)
    text = signed_in("vn1").get(f"{PLAN}timeline/").content.decode()
    assert "1 activity has no dates" in text
    assert "1 activity has a start or a due date but not both" in text
    drawn = text.partition("<svg")[2].partition("</svg>")[0]
    assert "late" in drawn
    assert "not begun" not in drawn


@pytest.mark.parametrize(
    ("first", "last", "grid", "names"),
    [
        (date(2024, 1, 20), date(2024, 3, 10), "calendar", ["Feb 2024", "Mar"]),
        (date(2023, 12, 20), date(2024, 2, 10), "calendar", ["2024", "Feb"]),
        (date(2024, 2, 5), date(2024, 2, 20), "calendar", ["5 Feb 2024"]),
        (date(2024, 2, 5), date(2024, 12, 20), "fiscal", ["FY2024", "Jul", "Oct"]),
        (date(2024, 2, 5), date(2024, 12, 20), "calendar", ["Apr 2024", "Jul", "Oct"]),
        (date(2022, 2, 5), date(2027, 1, 20), "calendar", ["2023", "2024", "2025", "2026", "2027"]),
    ],
)
def test_ticks_stand_once_each_at_the_starts_of_months_or_years(first, last, grid, names):
    assert [name for _day, name in drawings.ticks(first, last, grid, "en")] == names


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_every_page_is_there_in_every_language(signed_in, make_activity, lang):
    activity = make_activity(state="in_progress")
    row = Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=timezone.localdate(), owing="VN", weight=Decimal(1)
    )
    client = signed_in("vn1")
    for path in (
        "", "timeline/", "activities/new/", "activities/A-01/", "activities/A-01/edit/",
        "activities/A-01/budget/new/", "activities/A-01/indicator/new/",
        f"activities/A-01/milestone/{row.pk}/", f"activities/A-01/milestones/{row.pk}/settle/",
        "plans/2026/import/",
    ):  # fmt: skip
        page = client.get(f"/{lang}/workplan/{path}").content.decode()
        assert f'<html lang="{lang}"' in page
        assert "<h1>" in page

"""The kept list of activities follows the record, the days on both sides, and its reader's rights."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trunghoa.portal.core.record import standing
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.systems.workplan.models import Milestone

# Nothing is kept inside a transaction, so these need a database that commits.
pytestmark = pytest.mark.django_db(transaction=True)
PLAN = "/en/workplan/"
PART = {"HX-Request": "true", "HX-Target": "results"}
OFFERS = "Draft an activity"


@pytest.fixture(autouse=True)
def _empty():
    caches[standing.CACHE].clear()


@pytest.fixture
def readers(parties):
    """A client of each person who has been here before."""
    found = {}
    for name, user in parties.items():
        found[name] = Client()
        found[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        found[name].get("/alive")
    return found


def text(client, query="", **more):
    return client.get(PLAN + query, **more).content.decode()


def refs(page):
    return re.findall(r'class="ref" href="[^"]*/activities/([^/"]+)/"', page)


def test_a_page_that_stands_asks_only_who_reads_and_whether_anything_changed(readers, make_activity):
    make_activity("A-01")
    for headers in ({}, PART):
        first = text(readers["vn1"], headers=headers)
        with CaptureQueriesContext(connection) as asked:
            again = text(readers["vn2"], headers=headers)
        assert len(asked) <= 3
        assert refs(first) == refs(again) == ["A-01"]


def test_each_change_is_on_the_next_page(readers, parties, make_activity, organisations, clock):
    clock(2026, 3, 1, 3)
    activity = make_activity("A-01", state="proposed")
    reader = readers["researcher"]

    def row():
        return text(reader).split("<tbody>")[1].split("</tbody>")[0]

    assert "<td>VN</td>" not in row()
    milestone = Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=date(2020, 1, 20), owing="JP", weight=Decimal(1)
    )
    assert "health-late" in row()
    milestone.done_on = date(2020, 1, 19)
    milestone.save()
    assert "health-on-track" in row()
    moves.move(activity, "agree", parties["vn1"], revision=1, seen=signing.revision_hash(activity))
    assert "<td>VN</td>" in row()
    ministry = organisations["ministry-jp"]
    ministry.name_en = "Ministry of another name"
    ministry.save()
    assert "Ministry of another name" in row()


def test_a_draft_is_on_no_page_of_the_other_side(readers, make_activity):
    make_activity("A-01")
    make_activity("A-02", state="draft", drafted_at="VN")
    make_activity("A-03", state="draft", drafted_at="JP")
    for _ in range(2):
        assert refs(text(readers["vn1"])) == ["A-01", "A-02"]
        assert refs(text(readers["jp1"])) == ["A-01", "A-03"]
        assert refs(text(readers["researcher"])) == ["A-01"]


def test_what_is_offered_is_each_readers_right(readers, make_activity, organisations, clock):
    clock(2026, 3, 1, 3)
    make_activity("A-01")
    for _ in range(2):
        assert OFFERS in text(readers["vn1"])
        assert OFFERS not in text(readers["researcher"])
    # On the last day of their ministry they may; the day after, with nothing entered, they may not.
    ministry = organisations["ministry-jp"]
    ministry.valid_to = date(2026, 3, 1)
    ministry.save()
    assert OFFERS in text(readers["jp1"])
    clock(2026, 3, 1, 15, 30)
    assert OFFERS not in text(readers["jp1"])
    assert OFFERS in text(readers["vn1"])


def test_health_changes_at_midnight_on_the_side_that_owes(readers, make_activity, clock):
    for ref, side in (("A-JP", "JP"), ("A-VN", "VN")):
        Milestone.objects.create(
            activity=make_activity(ref), title_vi="Mốc", due=date(2026, 6, 30), owing=side, weight=Decimal(1)
        )
    late = []
    # 14:59 and 15:00 UTC are either side of midnight in Tokyo, 16:59 and 17:00 in Hà Nội.
    for hour, minute in ((14, 59), (15, 0), (16, 59), (17, 0)):
        clock(2026, 6, 30, hour, minute)
        shown = refs(text(readers["vn1"], "?health=late"))
        rows = text(readers["vn1"]).split("<tbody>")[1].split("</tr>")
        assert shown == [
            ref for ref in ("A-JP", "A-VN") for row in rows if ref in row and "health-late" in row
        ]
        late.append(shown)
    assert late == [[], ["A-JP"], ["A-JP"], ["A-JP", "A-VN"]]


def test_an_unchanged_page_is_not_sent_again(readers, make_activity):
    make_activity("A-01")
    client = readers["vn1"]
    text(client)  # the first page brings the cookie that a page's tag belongs to
    page, part = client.get(PLAN), client.get(PLAN, headers=PART)
    assert page["ETag"] != part["ETag"]
    for answer, headers, other in ((page, {}, part), (part, PART, page)):
        again = client.get(PLAN, headers={**headers, "If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(PLAN, headers={**headers, "If-None-Match": other["ETag"]}).status_code == 200
        # A browser that goes back must not take the part for the page.
        assert "HX-Target" in answer["Vary"]
    make_activity("A-02")
    fresh = client.get(PLAN, headers={"If-None-Match": page["ETag"]})
    assert refs(fresh.content.decode()) == ["A-01", "A-02"]


def test_languages_and_filters_are_kept_apart(readers, make_activity):
    make_activity("A-01", title_ja="七都市", title_en="Seven cities")
    make_activity("A-02", state="completed", title_ja="終了", title_en="Over")
    for _ in range(2):
        assert refs(text(readers["vn1"], "?state=completed")) == ["A-02"]
        assert refs(text(readers["vn1"])) == ["A-01", "A-02"]
        page = readers["vn1"].get("/ja/workplan/").content.decode()
        assert "七都市" in page
        assert "Seven cities" not in page

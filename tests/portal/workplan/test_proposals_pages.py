"""The pages of proposals: list and summary, the thread, writing, answering, what follows; and the API."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse

from trunghoa.portal.core.workflow import days, moves
from trunghoa.portal.core.workflow.models import Comment
from trunghoa.portal.systems.workplan.models import Activity, Proposal

LIST = "/en/workplan/proposals/"


@pytest.fixture
def as_(client, parties):
    def sign_in(name):
        client.force_login(parties[name])
        return client

    return sign_in


@pytest.fixture
def overdue(make_proposal):
    proposal = make_proposal(state="forwarded")
    Proposal.objects.filter(pk=proposal.pk).update(due=date(2020, 1, 1))
    return proposal


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows(client, query, table="proposals"):
    return client.get(f"{LIST}?format=json&table={table}&{query}").json()


def test_the_summary_counts_opened_answered_and_overdue_by_side(as_, make_proposal, overdue):
    make_proposal("VN", "answered")
    make_proposal("VN")
    make_proposal("JP", "submitted")
    found = rows(as_("vn1"), "", "summary")
    assert [
        (r["from"], r["opened"], r["answered"], r["asked_back"], r["waiting"], r["overdue"]) for r in found
    ] == [("Viet Nam", 2, 1, 0, 1, 1), ("Japan", 1, 0, 0, 1, 0)]


def test_a_question_back_is_neither_answered_nor_waiting_for_an_answer(as_, make_proposal, parties):
    proposal = make_proposal(state="forwarded")
    moves.move(
        proposal, "answer", parties["unit_jp"], revision=proposal.revision,
        inputs={"verdict": "more_information", "text_en": "Which?"},
    )  # fmt: skip
    line = rows(as_("jp1"), "", "summary")[0]
    assert (line["answered"], line["asked_back"], line["waiting"]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from=JP", {"JP-01"}), ("state=answered", {"VN-02"}), ("overdue=1", {"VN-01"}),
        ("system=S2", {"JP-01"}), ("q=MÔ HINH", {"VN-01", "VN-02"}), ("from=VN&state=submitted", set()),
        ("state=nonsense&from=XX", {"VN-01", "VN-02", "JP-01"}),
    ],
)  # fmt: skip
def test_the_list_is_filtered(as_, make_proposal, systems10, overdue, query, expected):
    make_proposal("VN", "answered")
    make_proposal("JP", "submitted", system=systems10["S2"], title_vi="Khác")
    refs = {r["ref"].replace(f"-{days.today('VN').year}", "") for r in rows(as_("vn1"), query)}
    assert refs == expected


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_both_tables_are_downloaded(as_, overdue, kind):
    for table in ("proposals", "summary"):
        answer = as_("vn1").get(f"{LIST}?format={kind}&table={table}")
        assert answer["Content-Disposition"] == f'attachment; filename="{table}.{kind}"'
        assert len(answer.content) > 50


def test_the_list_asks_the_database_seldom_however_long_it_is(
    as_, make_proposal, django_assert_max_num_queries
):
    for _ in range(12):
        make_proposal(state="forwarded")
    client = as_("vn1")
    client.get(LIST)
    with django_assert_max_num_queries(10):  # session, person, systems and four of its own
        client.get(LIST)


def test_a_page_that_is_not_open_is_not_found(as_, make_proposal):
    written, sent = make_proposal(), make_proposal(state="submitted")
    for name in ("jp1", "observer", "observer_vn", "researcher", "unit_jp"):
        assert as_(name).get(written.get_absolute_url()).status_code == 404
        assert written.ref not in text_of(as_(name).get(LIST))
        assert sent.ref in text_of(as_(name).get(sent.get_absolute_url()))
    assert as_("operator").get(sent.get_absolute_url()).status_code == 404


def test_only_officers_write_proposals(as_):
    for name in ("observer", "researcher", "unit_vn", "operator"):
        assert as_(name).get(reverse("workplan:new_proposal")).status_code == 403
    assert "Write a proposal" not in text_of(as_("unit_vn").get(LIST))


def new(systems10, organisations, **more):
    return {
        "language": "ja", "title_ja": "共有", "text_ja": "モデルの共有を提案します。", "system": "S1",
        "organisation": organisations["ministry-jp"].pk, **more,
    }  # fmt: skip


def test_a_draft_is_written_and_shown_in_its_language(as_, systems10, organisations):
    answer = as_("jp1").post(reverse("workplan:new_proposal"), new(systems10, organisations), follow=True)
    proposal = Proposal.objects.get()
    assert (proposal.from_side, proposal.state, proposal.person.username) == ("JP", "draft", "jp1")
    assert "The draft is kept" in text_of(answer)
    assert '<div class="version" lang="ja">' in answer.content.decode()
    assert "Original in Japanese" in text_of(answer)


def test_what_was_typed_stays_when_it_is_refused(as_, systems10, organisations):
    given = new(systems10, organisations, title_ja="", text_en="kept words")
    answer = as_("jp1").post(reverse("workplan:new_proposal"), given)
    assert answer.status_code == 422
    assert "The title is needed in the original language." in text_of(answer)
    assert "kept words" in answer.content.decode()
    assert Proposal.objects.count() == 0


def test_an_organisation_of_the_other_side_cannot_be_named(as_, systems10, organisations):
    given = new(systems10, organisations, organisation=organisations["ministry-vn"].pk)
    assert as_("jp1").post(reverse("workplan:new_proposal"), given).status_code == 422


def edit_form(proposal, **more):
    fields = ("language", "title_vi", "text_vi", "title_ja", "text_ja", "title_en", "text_en")
    return {
        **{name: getattr(proposal, name) for name in fields}, "system": proposal.system_id,
        "plan": proposal.plan_id, "organisation": proposal.organisation_id, "revision": proposal.revision,
        **more,
    }  # fmt: skip


def test_two_editors_do_not_overwrite_one_another(as_, make_proposal):
    proposal = make_proposal()
    page = reverse("workplan:edit_proposal", args=[proposal.ref])
    mine = edit_form(proposal, text_en="my words")
    assert as_("vn2").post(page, edit_form(proposal, text_en="their words")).status_code == 302
    answer = as_("vn1").post(page, mine)
    assert answer.status_code == 409
    words = text_of(answer)
    assert "Nothing you typed is lost" in words
    assert "their words" in words
    assert "my words" in words
    assert Proposal.objects.get().text_en == "their words"
    again = dict(mine, revision=proposal.revision + 1)
    assert as_("vn1").post(page, again).status_code == 302
    assert Proposal.objects.get().text_en == "my words"
    assert Proposal.objects.get().person.username == "vn1", "who wrote last is checked by another"


def test_what_was_submitted_is_edited_no_more(as_, make_proposal):
    proposal = make_proposal(state="submitted")
    page = reverse("workplan:edit_proposal", args=[proposal.ref])
    assert as_("vn1").post(page, edit_form(proposal, text_vi="khác")).status_code == 403
    assert Proposal.objects.get().text_vi != "khác"


def test_it_is_answered_through_the_page_without_script(as_, make_proposal):
    proposal = make_proposal(state="forwarded")
    page = as_("unit_jp").get(proposal.get_absolute_url())
    address = reverse("workflow:move", args=["proposal", proposal.pk, "answer"])
    assert f'href="{address}?revision={proposal.revision}"' in page.content.decode()
    form = as_("unit_jp").get(address).content.decode()
    assert 'name="verdict"' in form
    given = {"revision": proposal.revision, "verdict": "accepted", "text_vi": "Đồng ý.", "text_ja": "承知。"}
    answer = as_("unit_jp").post(address, given, follow=True)
    words = text_of(answer)
    assert "Answer: accepted" in words
    assert "承知。" in words
    assert "Original in Japanese" in words


def test_the_wrong_side_is_refused_at_the_address_of_the_move(as_, make_proposal):
    proposal = make_proposal(state="forwarded")
    address = reverse("workflow:move", args=["proposal", proposal.pk, "answer"])
    given = {"revision": proposal.revision, "verdict": "declined", "text_en": "No."}
    assert as_("vn1").post(address, given).status_code == 403
    assert proposal.answers.count() == 0


def test_what_is_said_stands_in_the_thread(as_, make_proposal):
    proposal = make_proposal(state="submitted")
    address = reverse("workflow:comment", args=["proposal", proposal.pk])
    as_("jp1").post(address, {"text": "<b>Which</b> agencies?"})
    assert Comment.objects.get().text == "<b>Which</b> agencies?"
    page = as_("vn1").get(proposal.get_absolute_url()).content.decode()
    assert "&lt;b&gt;Which&lt;/b&gt; agencies?" in page
    assert page.index("Submit to the other side</strong>") < page.index("agencies?")


def test_lateness_is_said_on_the_page(as_, overdue):
    late = (days.today("JP") - date(2020, 1, 1)).days
    assert f"{late:,} days late" in text_of(as_("vn1").get(overdue.get_absolute_url()))
    assert f"{late:,} days late" in text_of(as_("vn1").get(LIST))


def test_an_accepted_answer_is_linked_to_an_activity(as_, make_proposal, make_activity):
    proposal, activity = make_proposal(state="answered"), make_activity()
    other = make_activity("A-02", system_id="S2")
    answer = proposal.answers.get()
    page = reverse("workplan:proposal_activity", args=[proposal.ref, answer.pk])
    shown = as_("jp1").get(page).content.decode()
    assert activity.ref in shown
    assert other.ref not in shown, "only activities of the proposal's system are offered"
    given = {"activity": activity.pk, "revision": proposal.revision}
    assert activity.ref in text_of(as_("jp1").post(page, given, follow=True))
    answer.refresh_from_db()
    assert answer.activity == activity
    assert as_("vn1").post(page, given).status_code == 409, "the proposal changed since it was read"


def test_a_draft_activity_begins_with_the_words_of_the_proposal(as_, make_proposal, organisations):
    proposal = make_proposal(state="answered")
    answer = proposal.answers.get()
    page = reverse("workplan:proposal_activity_new", args=[proposal.ref, answer.pk])
    as_("vn1").post(page, {"revision": proposal.revision})
    activity = Activity.objects.get()
    answer.refresh_from_db()
    assert answer.activity == activity
    assert (activity.title_vi, activity.description_vi) == (proposal.title_vi, proposal.text_vi)
    assert (activity.state, activity.drafted_at, activity.plan) == ("draft", "VN", proposal.plan)
    assert activity.lead_jp == organisations["unit-jp"]
    assert proposal.ref in activity.source


def test_nothing_follows_from_a_refusal(as_, make_proposal, parties):
    proposal = make_proposal(state="forwarded")
    given = {"verdict": "declined", "text_en": "No."}
    moves.move(proposal, "answer", parties["unit_jp"], revision=proposal.revision, inputs=given)
    answer = proposal.answers.get()
    address = reverse("workplan:proposal_activity_new", args=[proposal.ref, answer.pk])
    assert as_("vn1").post(address, {"revision": proposal.revision}).status_code == 403
    assert Activity.objects.count() == 0


def test_the_api_tells_proposals_and_their_answers(as_, make_proposal, overdue):
    answered, hidden = make_proposal(state="answered"), make_proposal("JP")
    client = as_("vn1")
    listed = client.get("/api/v1/workplan/proposals").json()
    assert {row["ref"] for row in listed["items"]} == {answered.ref, overdue.ref}
    late = client.get("/api/v1/workplan/proposals?overdue=true").json()["items"]
    assert [(row["ref"], row["overdue"]) for row in late] == [(overdue.ref, True)]
    one = client.get(f"/api/v1/workplan/proposals/{answered.ref}").json()
    assert one["title"] == {"vi": answered.title_vi, "ja": "", "en": ""}
    assert one["answers"] == client.get(f"/api/v1/workplan/proposals/{answered.ref}/answers").json()
    assert [(a["verdict"], a["organisation"], a["in_time"]) for a in one["answers"]] == [
        ("accepted", "unit-jp", True)
    ]
    assert client.get(f"/api/v1/workplan/proposals/{hidden.ref}").status_code == 404
    refused = client.get("/api/v1/workplan/proposals?page_size=201")
    assert refused.status_code == 422
    assert "page_size" in json.dumps(refused.json())


def test_the_api_declares_its_refusals(client, db):
    schema = client.get("/api/v1/openapi.json").json()["paths"]
    for path in ("/proposals/{ref}", "/proposals/{ref}/answers"):
        assert {"200", "401", "403", "404", "422"} <= set(
            schema[f"/api/v1/workplan{path}"]["get"]["responses"]
        )
    assert {"200", "401", "422"} <= set(schema["/api/v1/workplan/proposals"]["get"]["responses"])

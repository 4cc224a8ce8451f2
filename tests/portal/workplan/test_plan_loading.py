"""The sixteen commitments of January 2024 on record: each with its state and source, and nothing besides."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from trunghoa import workspace
from trunghoa.portal.core.audit import chain
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.models import Comment, Move, SignOff, Waiting
from trunghoa.portal.systems.workplan import health, loading, loading_proposals
from trunghoa.portal.systems.workplan.models import (
    Activity,
    Answer,
    Budget,
    Indicator,
    Milestone,
    Proposal,
    WorkPlan,
)

HELD = date(2024, 1, 11)
# What the source's words become; what one side asks of the other is a proposal, all else an activity.
OF_ACTIVITIES = {"planned": "proposed", "agreed": "agreed", "in_progress": "in_progress"}
OF_PROPOSALS = {"proposed": "submitted", "forwarded": "forwarded"}
STATES = {
    "JWG3-01": "agreed", "JWG3-02": "agreed", "JWG3-03": "agreed", "JWG3-05": "agreed",
    "JWG3-06": "in_progress", "JWG3-08": "in_progress", "JWG3-07": "proposed", "JWG3-10": "proposed",
    "JWG3-12": "proposed", "JWG3-13": "proposed", "JWG3-15": "proposed",
    "JWG3-04": "submitted", "JWG3-09": "submitted", "JWG3-11": "submitted", "JWG3-14": "submitted",
    "JWG3-16": "forwarded",
}  # fmt: skip


@pytest.fixture(scope="module")
def vietnam():
    return workspace.load("vietnam")


def load(vietnam):
    loading.load(vietnam)
    loading_proposals.load(vietnam)


@pytest.fixture
def loaded(vietnam, country, systems10):
    load(vietnam)
    return vietnam


def on_record():
    """All activities and proposals by the reference of the commitment that they came from."""
    rows = [(row.ref, row) for row in Activity.objects.select_related("plan")]
    rows += [(row.origin, row) for row in Proposal.objects.select_related("plan")]
    assert len(rows) == len(dict(rows))
    return dict(rows)


def test_sixteen_are_on_record_each_in_its_state_with_its_source(loaded):
    found = on_record()
    assert {ref: row.state for ref, row in found.items()} == STATES
    assert {(row.plan.year, row.plan.meeting_no) for row in found.values()} == {(2024, 3)}
    for row in found.values():
        assert row.known_state == row.state
        assert row.known_on == HELD
        assert row.source.startswith("News report on the 3rd Joint Working Group meeting, 11 January 2024")
        assert row.quality == "verified"
        assert len({row.title_vi, row.title_ja, row.title_en} - {""}) == 3


def test_they_are_what_the_known_answers_say(loaded, cases):
    path = cases / "portal" / "jwg3_2024_commitments.csv"
    if not path.is_file():
        pytest.skip(f"no known answers at {path}")
    with path.open(encoding="utf-8", newline="") as stream:
        given = {row["ref"]: row for row in csv.DictReader(stream)}
    found = on_record()
    assert found.keys() == given.keys()
    for ref, said in given.items():
        row = found[ref]
        kind, states = (Proposal, OF_PROPOSALS) if said["kind"] == "request" else (Activity, OF_ACTIVITIES)
        assert type(row) is kind, ref
        assert (row.system_id, row.state) == (said["system"], states[said["state"]]), ref
        assert row.known_on.isoformat() == said["recorded_on"], ref
        side = "" if said["side_responsible"] == "both" else said["side_responsible"]
        if kind is Proposal:
            assert (row.from_side, said["also_system"], said["due"]) == (side, "", ""), ref
            assert row.due_by_default, ref
        else:
            assert (row.owing, row.also_system_id or "") == (side, said["also_system"]), ref
            assert (row.due.isoformat() if row.due else "") == said["due"], ref


def test_nothing_is_made_up(loaded):
    for model in (Move, SignOff, Comment, Milestone, Indicator, Answer):
        assert not model.objects.exists(), model
    for row in Activity.objects.all():
        people = (row.lead_vn, row.lead_jp, row.drafted_by, row.carried_from)
        assert people == (None, None, None, None)
        assert (row.agreed_revision, row.start, row.deferred_to) == ("", None, None)
        assert signing.signatures(row) == {}
        assert row.description_vi + row.description_ja + row.description_en == ""
        # No milestone is known, so nothing is said to be well; what had a day and is past it is late.
        assert health.of_activity(row, []) == ("late" if row.due else "unknown")
    assert {row.ref: row.due for row in Activity.objects.exclude(due=None)} == {
        "JWG3-07": date(2024, 3, 31),
        "JWG3-12": date(2024, 2, 29),
    }


def test_the_one_sum_that_was_stated_stands_without_a_payer(loaded):
    money = Budget.objects.get()
    assert money.activity.ref == "JWG3-15"
    assert (money.amount, money.currency, money.stage) == (Decimal(3_000_000), "USD", "committed")
    assert (money.payer, money.payer_text, money.on) == (None, "", HELD)
    assert money.source


def test_their_pages_say_that_the_state_is_known_from_a_source(loaded, client, parties):
    client.force_login(parties["jp1"])
    page = client.get(reverse("workplan:plan"), {"year": 2024}).content.decode()
    rows = {
        row.split("</a>")[0].rpartition(">")[2]: row for row in page.split("<tbody>")[1].split("</tr>")[:-1]
    }
    assert sorted(rows) == sorted(Activity.objects.values_list("ref", flat=True))
    late = {"JWG3-07", "JWG3-12"}
    for ref, row in rows.items():
        assert "by its source" in row
        assert row.count("not named in the source") == 2
        assert f"health-{'late' if ref in late else 'unknown'}" in row


def everything():
    models = (WorkPlan, Activity, Budget, Proposal)
    return [
        sorted(model.objects.values_list(*[f.attname for f in model._meta.concrete_fields]), key=str)
        for model in models
    ]


def test_loading_twice_changes_nothing(loaded, vietnam):
    before = (everything(), Waiting.objects.count())
    loading.load(vietnam)
    head = chain.head()
    assert (everything(), Waiting.objects.count()) == before
    loading.load(vietnam)
    assert chain.head() == head, "what did not change leaves no entry"
    loading_proposals.load(vietnam)
    assert (everything(), Waiting.objects.count()) == before


def test_what_was_edited_or_moved_here_since_is_left_as_it_stands(loaded, vietnam, parties):
    edited, moved = Activity.objects.get(ref="JWG3-07"), Activity.objects.get(ref="JWG3-05")

    def rename(row):
        row.title_en = "Two workshops on green finance"

    moves.edit(edited, parties["vn1"], revision=1, change=rename)
    moves.move(moved, "start", parties["vn1"], revision=1)
    load(vietnam)
    edited.refresh_from_db()
    assert edited.title_en == "Two workshops on green finance"
    assert {ref: row.state for ref, row in on_record().items()} == {**STATES, "JWG3-05": "in_progress"}
    assert [(move.verb, move.object_id) for move in Move.objects.all()] == [("start", moved.pk)]


def test_a_source_that_is_corrected_is_taken_over_where_nobody_changed_anything(loaded, vietnam):
    row = Activity.objects.get(ref="JWG3-10")
    Activity.objects.filter(pk=row.pk).update(title_en="An older wording", state="agreed")
    loading.load(vietnam)
    fresh = Activity.objects.get(ref="JWG3-10")
    assert (fresh.title_en, fresh.state) == (row.title_en, "proposed")

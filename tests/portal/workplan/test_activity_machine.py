"""Whatever is tried in whatever order, an activity goes where its arrows lead, and what was signed holds."""

import contextlib
from datetime import date
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from trunghoa.portal.core.record import documents, evidence
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.core.workflow.models import Move, SignOff, Waiting
from trunghoa.portal.systems.workplan.models import Activity, Budget, Milestone

ARROWS = {
    ("draft", "propose"): "proposed",
    ("proposed", "agree"): "agreed",
    ("agreed", "start"): "in_progress",
    ("in_progress", "complete"): "completed",
    **{(state, "defer"): "deferred" for state in ("proposed", "agreed", "in_progress")},
    **{(state, "cancel"): "cancelled" for state in ("proposed", "agreed", "in_progress")},
}
# What follows from an edit of what was signed, and is nobody's to ask for.
REOPENED = {("agreed", "reopen"): "proposed", ("in_progress", "reopen"): "proposed"}
VERBS = (*dict.fromkeys(verb for _state, verb in ARROWS), "reopen", "publish")
EVERYTHING = {"year": 2027, "reason": "The budget of the year was cut."}


def signs(activity, user):
    activity.refresh_from_db()
    return moves.move(
        activity, "agree", user, revision=activity.revision, seen=signing.revision_hash(activity)
    )


def agree(activity, parties):
    signs(activity, parties["vn1"])
    signs(activity, parties["jp1"])
    activity.refresh_from_db()
    return activity


def milestone(activity, **more):
    attributes = {"title_vi": "Mốc", "due": date(2026, 3, 31), "owing": "VN", "weight": Decimal(1), **more}
    return Milestone.objects.create(activity=activity, **attributes)


def change(activity, user, **values):
    def write(held):
        for name, value in values.items():
            setattr(held, name, value)

    activity.refresh_from_db()
    return moves.edit(activity, user, revision=activity.revision, change=write)


def accepted_paper(activity, by, checker, monkeypatch):
    document = documents.store(
        b"%PDF-1.4 minutes", media_type="application/pdf", filename="minutes.pdf", by=by
    )
    row = evidence.attach(activity, document, by=by)
    evidence.accept(row, checker)


@pytest.mark.django_db
def test_only_declared_arrows_are_taken(make_activity, parties, systems10):
    names = sorted(parties)

    class Life(RuleBasedStateMachine):
        counter = 0

        @initialize(state=st.sampled_from(["draft", "proposed"]))
        def begin(self, state):
            Life.counter += 1
            drafted = {"drafted_at": "VN", "drafted_by": parties["vn1"]}
            self.activity = moves.began(make_activity(f"M-{Life.counter}", state, **drafted))
            self.milestone = milestone(self.activity)

        @rule(verb=st.sampled_from(VERBS), name=st.sampled_from(names), full=st.booleans())
        def try_a_move(self, verb, name, full):
            user, before = parties[name], self.state()
            try:
                done = moves.move(
                    self.activity, verb, user, revision=self.revision(),
                    seen=signing.revision_hash(self.activity), inputs=EVERYTHING if full else {},
                )  # fmt: skip
            except Refused as error:
                refused = error.reasons
            else:
                refused = None
            if refused is not None:
                assert refused
                assert all(refused)
                assert self.state() == before
                return
            assert (before, verb) in ARROWS
            assert user.side in ("VN", "JP")
            assert self.state() == (ARROWS[before, verb] if done else before)
            if done is None:
                assert verb == "agree"
            if self.state() in ("deferred", "cancelled"):
                assert full

        # Chance alone seldom gets two sides to sign.
        @rule()
        def go_on(self):
            verb = {"draft": "propose", "proposed": "agree", "agreed": "start"}.get(self.state())
            if verb is None:
                return
            for name in ("vn1", "jp1") if verb == "agree" else ("vn2",):
                if self.state() in ("draft", "proposed", "agreed"):
                    with contextlib.suppress(Refused):
                        moves.move(
                            self.activity, verb, parties[name], revision=self.revision(),
                            seen=signing.revision_hash(self.activity),
                        )  # fmt: skip

        @rule(title=st.sampled_from(["Hoạt động A", "Hoạt động B"]))
        def edit_the_promise(self, title):
            before, old = self.state(), self.fresh().title_vi
            if before not in ("draft", "proposed", "agreed", "in_progress"):
                return
            change(self.activity, parties["jp2"], title_vi=title)
            if title != old:
                assert self.state() == (before if before == "draft" else "proposed")
                assert not signing.signatures(self.fresh())

        @rule(done=st.booleans())
        def settle_the_milestone(self, done):
            if self.state() not in ("agreed", "in_progress"):
                return
            before = self.state()

            def write(held):
                Milestone.objects.filter(pk=self.milestone.pk).update(
                    done_on=date(2026, 3, 1) if done else None
                )

            moves.edit(self.activity, parties["vn1"], revision=self.revision(), change=write)
            assert self.state() == before

        def fresh(self):
            return Activity.objects.get(pk=self.activity.pk)

        def state(self):
            return self.fresh().state

        def revision(self):
            self.activity.refresh_from_db()
            return self.activity.revision

        @invariant()
        def every_step_on_record_is_an_arrow(self):
            if not hasattr(self, "activity"):
                return
            for row in Move.objects.about(self.activity):
                assert {**ARROWS, **REOPENED}[row.source, row.verb] == row.target

        @invariant()
        def agreed_means_signed_by_both(self):
            if not hasattr(self, "activity"):
                return
            activity = self.fresh()
            if activity.state in ("agreed", "in_progress", "completed"):
                assert set(signing.signatures(activity)) == {"VN", "JP"}
                assert activity.agreed_revision == signing.revision_hash(activity)
            else:
                assert activity.state in ("deferred", "cancelled") or activity.agreed_revision == ""

        @invariant()
        def nobody_completes_without_a_paper(self):
            if hasattr(self, "activity"):
                assert self.state() != "completed"

        @invariant()
        def an_end_waits_for_nobody(self):
            if hasattr(self, "activity") and self.state() in ("deferred", "cancelled"):
                assert not Waiting.objects.about(self.activity).exists()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=14, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.django_db
def test_one_signature_does_not_agree_and_the_other_side_is_waited_for(make_activity, parties):
    activity = moves.began(make_activity(state="proposed"))
    assert signs(activity, parties["vn1"]) is None
    activity.refresh_from_db()
    assert activity.state == "proposed"
    assert [row.side for row in Waiting.objects.about(activity)] == ["JP"]
    assert signs(activity, parties["jp1"]).target == "agreed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "edit",
    [
        {"title_ja": "別の題名"},
        {"due": date(2026, 7, 31)},
        {"start": date(2026, 2, 1)},
        {"lead_jp": None},
    ],
)
@pytest.mark.parametrize("state", ["proposed", "agreed", "in_progress"])
def test_an_edit_of_what_was_signed_takes_the_signatures_back(make_activity, parties, edit, state):
    activity = make_activity(state="proposed")
    signs(activity, parties["vn1"])
    if state != "proposed":
        signs(activity, parties["jp1"])
    if state == "in_progress":
        activity.refresh_from_db()
        moves.move(activity, "start", parties["vn2"], revision=activity.revision)
    change(activity, parties["jp2"], **edit)
    activity.refresh_from_db()
    assert activity.state == "proposed"
    assert activity.agreed_revision == ""
    assert signing.signatures(activity) == {}
    assert SignOff.objects.about(activity).last().voids


@pytest.mark.django_db
@pytest.mark.parametrize("edit", [{"source": "other minutes"}, {"description_vi": "Chi tiết"}])
def test_an_edit_of_anything_else_leaves_the_signatures(make_activity, parties, edit):
    activity = agree(make_activity(state="proposed"), parties)
    change(activity, parties["vn2"], **edit)
    activity.refresh_from_db()
    assert activity.state == "agreed"
    assert set(signing.signatures(activity)) == {"VN", "JP"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "add",
    [
        lambda activity: milestone(activity),
        lambda activity: Milestone.objects.filter(activity=activity).update(weight=Decimal(3)),
        lambda activity: Milestone.objects.filter(activity=activity).update(due=date(2026, 5, 1)),
        lambda activity: Budget.objects.create(
            activity=activity, currency="VND", amount=Decimal(10), stage="needed", source="letter"
        ),
    ],
)
def test_milestones_and_budgets_are_part_of_what_is_signed(make_activity, parties, add):
    activity = make_activity(state="proposed")
    milestone(activity)
    agree(activity, parties)
    moves.edit(activity, parties["vn2"], revision=activity.revision, change=add)
    activity.refresh_from_db()
    assert activity.state == "proposed"


@pytest.mark.django_db
def test_the_same_amount_written_otherwise_is_the_same_promise(make_activity, parties):
    activity = make_activity(state="proposed")
    row = milestone(activity, weight=Decimal("1.50"))
    before = signing.revision_hash(activity)
    Milestone.objects.filter(pk=row.pk).update(weight=Decimal("1.5"))
    assert signing.revision_hash(activity) == before


@pytest.mark.django_db
def test_a_signature_on_a_text_that_changed_meanwhile_is_refused(make_activity, parties):
    activity = make_activity(state="proposed")
    read = Activity.objects.get(pk=activity.pk)
    seen = signing.revision_hash(read)
    change(activity, parties["vn2"], title_vi="Tên khác")
    with pytest.raises(Stale):
        moves.move(read, "agree", parties["jp1"], revision=read.revision, seen=seen)
    now = Activity.objects.get(pk=activity.pk)
    with pytest.raises(Stale, match="Read it again before you sign"):
        moves.move(now, "agree", parties["jp1"], revision=now.revision, seen=seen)
    assert signing.signatures(now) == {}


@pytest.mark.django_db
def test_what_names_nobody_or_no_day_is_not_agreed(make_activity, parties):
    activity = make_activity(state="proposed", lead_jp=None, due=None)
    with pytest.raises(Refused, match="Lead, Japan, Due"):
        signs(activity, parties["vn1"])
    assert not SignOff.objects.about(activity).exists()


@pytest.fixture
def running(make_activity, parties):
    """In progress, begun by an officer of Viet Nam, with one milestone that another has marked as done."""
    activity = make_activity(state="proposed")
    step = milestone(activity)
    agree(activity, parties)
    moves.move(activity, "start", parties["vn1"], revision=activity.revision)
    step.done_on, step.settled_by = date(2026, 3, 1), parties["vn2"]
    step.save()
    activity.refresh_from_db()
    return activity


def completes(activity, user):
    return moves.move(activity, "complete", user, revision=activity.revision)


@pytest.mark.django_db
def test_completion_needs_settled_milestones_a_paper_and_another_person(running, parties, monkeypatch):
    with pytest.raises(Refused, match="accepted paper"):
        completes(running, parties["jp1"])
    accepted_paper(running, parties["vn1"], parties["jp2"], monkeypatch)
    with pytest.raises(Refused, match="same person"):
        completes(running, parties["vn1"])
    with pytest.raises(Refused, match="marked a milestone"):
        completes(running, parties["vn2"])
    late = milestone(running)
    with pytest.raises(Refused, match="Milestones are open"):
        completes(running, parties["jp1"])
    late.waived_reason = "The ministry took it over."
    late.save()
    assert completes(running, parties["jp1"]).target == "completed"


@pytest.mark.django_db
def test_a_paper_that_nobody_accepted_completes_nothing(running, parties):
    document = documents.store(
        b"%PDF-1.4 x", media_type="application/pdf", filename="x.pdf", by=parties["vn1"]
    )
    evidence.attach(running, document, by=parties["vn1"])
    with pytest.raises(Refused, match="accepted paper"):
        completes(running, parties["jp1"])


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2025, 2026])
def test_it_is_deferred_only_to_a_later_year(make_activity, parties, year):
    activity = make_activity(state="agreed")
    with pytest.raises(Refused, match="a year after that of its plan"):
        moves.move(activity, "defer", parties["vn1"], revision=1, inputs={"year": year, "reason": "Later."})
    moves.move(activity, "defer", parties["vn1"], revision=1, inputs={"year": 2028, "reason": "Later."})
    assert (activity.state, activity.deferred_to) == ("deferred", 2028)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["observer", "observer_vn", "researcher", "operator", "unit_jp", "unit_vn"])
def test_only_leads_and_officers_move_it(make_activity, parties, name):
    activity = make_activity(state="agreed")
    with pytest.raises(Refused, match="This move is for"):
        moves.move(activity, "start", parties[name], revision=1)


@pytest.mark.django_db
def test_the_successor_of_a_lead_that_was_dissolved_goes_on(make_activity, parties, organisations):
    old = organisations["ministry-jp"]
    activity = make_activity(state="agreed", lead_vn=organisations["unit-vn"], lead_jp=old)
    assert moves.move(activity, "start", parties["unit_vn"], revision=1).target == "in_progress"
    heir = organisations["unit-vn"]
    other = make_activity("A-02", state="agreed", lead_vn=organisations["ministry-vn"])
    ministry = organisations["ministry-vn"]
    ministry.successor, ministry.valid_to = heir, date(2026, 1, 1)
    ministry.save()
    fresh = Activity.objects.get(pk=other.pk)
    assert moves.move(fresh, "start", parties["unit_vn"], revision=1).target == "in_progress"
    assert [row.organisation for row in Waiting.objects.about(fresh) if row.organisation] == [heir, old]


@pytest.mark.django_db
def test_a_milestone_waits_for_the_lead_of_the_side_that_owes_it(running, organisations, parties):
    milestone(running, owing="JP", due=date(2026, 5, 1))
    milestone(running, owing="JP", due=date(2026, 4, 1))
    moves.await_next(running)
    (row,) = Waiting.objects.about(running)
    assert (row.organisation, row.due) == (organisations["ministry-jp"], date(2026, 4, 1))
    assert timezone.is_aware(row.since)

"""Whatever is tried in whatever order, a proposal only goes where its arrows lead."""

import itertools
from datetime import timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from trunghoa.portal.core.workflow import days, moves
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.core.workflow.models import Move, Waiting
from trunghoa.portal.systems.workplan.models import Proposal

ARROWS = {
    ("draft", "submit"): "submitted",
    ("submitted", "forward"): "forwarded",
    ("forwarded", "answer"): "answered",
    ("answered", "resubmit"): "submitted",
    ("answered", "close"): "closed",
}
VERDICTS = ("accepted", "accepted_with_changes", "declined", "more_information")
VERBS = ("submit", "forward", "answer", "resubmit", "close", "publish")


@pytest.mark.django_db
def test_only_declared_arrows_are_taken(make_proposal, organisations, parties):
    names = sorted(parties)

    class Life(RuleBasedStateMachine):
        @initialize(side=st.sampled_from(("VN", "JP")))
        def begin(self, side):
            self.proposal = make_proposal(side)
            self.asked_back = False
            self.loops = 0

        @rule(
            verb=st.sampled_from(VERBS),
            name=st.sampled_from(names),
            unit=st.sampled_from(sorted(organisations)),
            verdict=st.sampled_from(VERDICTS),
            said=st.booleans(),
        )
        def try_a_move(self, verb, name, unit, verdict, said):
            inputs = {"unit": organisations[unit], "verdict": verdict, "text_en": "Yes." if said else ""}
            self.attempt(verb, parties[name], inputs, said)

        # Without this one, chance alone seldom gets past the first states.
        @rule(verdict=st.sampled_from(VERDICTS))
        def go_on(self, verdict):
            mine, other = ("vn", "jp") if self.proposal.from_side == "VN" else ("jp", "vn")
            by, verb = {
                "draft": (f"{mine}2", "submit"),
                "submitted": (f"{other}1", "forward"),
                "forwarded": (f"unit_{other}", "answer"),
                "answered": (f"{mine}1", "resubmit" if self.asked_back else "close"),
                "closed": (f"{mine}1", "close"),
            }[self.proposal.state]
            inputs = {"unit": organisations[f"unit-{other}"], "verdict": verdict, "text_en": "Yes."}
            self.attempt(verb, parties[by], inputs, True)

        def attempt(self, verb, by, inputs, said):
            before = self.proposal.state
            try:
                moves.move(self.proposal, verb, by, revision=self.proposal.revision, inputs=inputs)
            except Refused:
                self.proposal.refresh_from_db()
                assert self.proposal.state == before
                return
            assert ARROWS[before, verb] == self.proposal.state
            assert by.side == (
                self.proposal.to_side if verb in ("forward", "answer") else self.proposal.from_side
            )
            assert said or verb not in ("answer", "resubmit")
            if verb == "answer":
                self.asked_back = inputs["verdict"] == "more_information"
            if verb in ("resubmit", "close"):
                assert self.asked_back == (verb == "resubmit")

        @invariant()
        def the_record_tells_the_state(self):
            if not hasattr(self, "proposal"):
                return
            path = ["draft", *(row.target for row in Move.objects.about(self.proposal))]
            assert path[-1] == self.proposal.state
            assert set(itertools.pairwise(path)) <= {(a, b) for (a, _), b in ARROWS.items()}

        @invariant()
        def it_is_overdue_only_while_an_answer_is_owed(self):
            if not hasattr(self, "proposal"):
                return
            much_later = days.timezone.now() + timedelta(days=4000)
            owed = self.proposal.state in ("submitted", "forwarded")
            assert self.proposal.overdue(much_later) == owed
            assert (self.proposal in Proposal.objects.overdue(much_later)) == owed
            assert not self.proposal.overdue()

        @invariant()
        def it_waits_for_somebody_until_it_is_closed(self):
            if hasattr(self, "proposal"):
                assert Waiting.objects.about(self.proposal).exists() == (self.proposal.state != "closed")

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )

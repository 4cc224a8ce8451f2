"""Two people answer the same proposal at the same moment: one answer stands, the other person is told."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.utils import translation

from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Refused, Stale
from trunghoa.portal.systems.workplan.models import Answer, Proposal
from trunghoa.portal.systems.workplan.models.proposals import draft


def together(*calls):
    """Run the calls in threads that start at once; what each gave or raised, in order."""
    gate, outcomes = Barrier(len(calls)), [None] * len(calls)

    def run(n, call):
        gate.wait()
        try:
            with translation.override("en"):  # a thread begins in the portal's own language
                outcomes[n] = call()
        except Exception as error:
            outcomes[n] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time anyway")
def test_two_answers_at_once(make_proposal, parties):
    proposal = make_proposal(state="forwarded")
    revision = proposal.revision

    def answer(verdict):
        mine = Proposal.objects.get(pk=proposal.pk)
        return moves.move(
            mine,
            "answer",
            parties["unit_jp"],
            revision=revision,
            inputs={"verdict": verdict, "text_en": "Yes."},
        )

    outcomes = together(lambda: answer("accepted"), lambda: answer("declined"))
    refused = [o for o in outcomes if isinstance(o, Stale | Refused)]
    assert len(refused) == 1, outcomes
    assert "changed this meanwhile" in str(refused[0])
    assert Answer.objects.filter(proposal=proposal).count() == 1
    assert Proposal.objects.get(pk=proposal.pk).state == "answered"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time anyway")
def test_two_drafts_at_once_get_two_numbers(systems10, parties):
    def write():
        return draft("VN", by=parties["vn1"], year=2026, system=systems10["S1"], title_vi="x").ref

    assert sorted(together(write, write)) == ["VN-2026-01", "VN-2026-02"]


def test_the_second_of_two_answers_is_refused(make_proposal, parties):
    proposal = make_proposal(state="forwarded")
    read = proposal.revision
    given = {"verdict": "accepted", "text_en": "Yes."}
    moves.move(proposal, "answer", parties["unit_jp"], revision=read, inputs=given)
    with pytest.raises(Stale, match="changed this meanwhile"):
        moves.move(proposal, "answer", parties["unit_jp"], revision=read, inputs=given)
    assert proposal.answers.count() == 1

"""The counts on record, and the part of the joint report on decisions, proposals and who owes what."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from trunghoa.portal.core.publication import guard, outline, rendering
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.publication.manifest import Frozen
from trunghoa.portal.core.record.models import Figure
from trunghoa.portal.core.workflow import days, moves, signing
from trunghoa.portal.systems.workplan import agenda, counting
from trunghoa.portal.systems.workplan.models import Decision, Meeting, Proposal
from trunghoa.quantities import format_date

TITLES = {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}


@pytest.fixture(autouse=True)
def documents_in(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def proposals(make_proposal, country):
    """Viet Nam: one overdue, one answered. Japan: one waiting. And a draft nobody else knows of."""
    late = make_proposal("VN", "forwarded", title_en="Open the model")
    Proposal.objects.filter(pk=late.pk).update(due=date(2020, 1, 1))
    return {
        "late": Proposal.objects.get(pk=late.pk),
        "answered": make_proposal("VN", "answered"),
        "waiting": make_proposal("JP", "submitted"),
        "draft": make_proposal("JP", title_vi="Bí mật"),
    }


def counts(side):
    rows = Figure.objects.current().filter(category=side, kind__startswith="workplan.proposals_")
    return {f.kind.removeprefix("workplan.proposals_"): f.amount for f in rows}


def html_of(publication, lang):
    frozen = Frozen(publication)
    outputs = {code: rendering.voiced(outline.build(frozen), frozen, code)[0] for code in ("vi", "ja", "en")}
    guard.check(outputs, frozen)
    return outputs[lang].html


def part(html):
    """The words of the shared part on decisions and proposals."""
    found = re.search(r'<section[^>]*data-section="decisions".*?</section>', html, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group()))


def test_the_counts_are_figures_by_side_and_year(proposals):
    counting.record()
    assert counts("VN") == {"opened": 2, "answered": 1, "waiting": 1, "overdue": 1}
    assert counts("JP") == {"opened": 1, "answered": 0, "waiting": 1, "overdue": 0}
    figure = Figure.objects.get(kind="workplan.proposals_overdue", category="VN")
    assert (figure.system_id, figure.unit, figure.amount) == ("S10", "1", Decimal(1))
    assert figure.quality == "unverified", "the usual number of days is a choice of our own"


def test_counting_again_writes_only_what_changed(proposals, parties):
    counting.record()
    before = Figure.objects.count()
    counting.record()
    assert Figure.objects.count() == before
    late = proposals["late"]
    given = {"verdict": "declined", "text_en": "No."}
    moves.move(late, "answer", parties["unit_jp"], revision=late.revision, inputs=given)
    counting.record()
    assert counts("VN") == {"opened": 2, "answered": 2, "waiting": 0, "overdue": 0}
    assert Figure.objects.count() == before + 3
    assert Figure.objects.filter(is_current=False).count() == 3


def test_a_move_is_counted_once_it_is_committed(proposals, parties, django_capture_on_commit_callbacks):
    counting.record()
    proposal = proposals["waiting"]
    with django_capture_on_commit_callbacks(execute=True):
        moves.move(
            proposals["draft"], "submit", parties["jp2"], revision=proposals["draft"].revision, inputs={}
        )
    assert counts("JP")["opened"] == 2
    assert proposal.state == "submitted"


def test_overdue_is_counted_on_the_owing_sides_calendar(make_proposal, country):
    for side in ("VN", "JP"):
        make_proposal(side, "forwarded")
    Proposal.objects.update(due=date(2026, 3, 1), submitted_on=date(2026, 1, 5))
    counting.record(datetime(2026, 3, 1, 15, 30, tzinfo=UTC))
    assert (counts("VN")["overdue"], counts("JP")["overdue"]) == (1, 0)


def test_the_report_tells_proposals_answers_and_who_owes_one(proposals):
    counting.record()
    publication = freeze("joint", TITLES, on=date(2026, 12, 1), systems=["S10"])
    words = part(html_of(publication, "en"))
    assert "Viet Nam Japan 2 1 0 1 1" in words
    assert "Japan Viet Nam 1 0 0 1 0" in words
    assert "Open the model" in words
    assert f"accepted, {format_date(days.today('JP'), 'en')} : Yes." in words
    late = proposals["late"]
    assert f"an answer to {late.ref} . Owed by: unit-jp en" in words
    assert proposals["draft"].ref not in words
    assert "Bí mật" not in words


def test_the_report_of_a_freeze_does_not_change_with_what_happens_later(proposals, parties):
    counting.record()
    publication = freeze("joint", TITLES, on=date(2026, 12, 1), systems=["S10"])
    before = html_of(publication, "vi")
    late = proposals["late"]
    given = {"verdict": "declined", "text_en": "No."}
    moves.move(late, "answer", parties["unit_jp"], revision=late.revision, inputs=given)
    counting.record()
    assert html_of(publication, "vi") == before


def test_the_report_tells_decisions_and_whether_both_sides_signed(proposals, plan, parties):
    meeting = Meeting.objects.create(number=5, held_on=date(2026, 12, 10), plan=plan)
    item = agenda.put_free(meeting, title_en="Access to the model")
    row = moves.began(
        Decision.objects.create(item=item, state="recorded", language="en", text_en="Opened on 1 April 2027.")
    )
    counting.record()
    first = freeze("first", TITLES, on=date(2026, 12, 1), systems=["S10"])
    assert "Access to the model Opened on 1 April 2027. recorded" in part(html_of(first, "en"))
    for name in ("vn1", "jp1"):
        moves.move(row, "agree", parties[name], revision=row.revision, seen=signing.revision_hash(row))
    second = freeze("second", TITLES, on=date(2026, 12, 2), systems=["S10"])
    assert "Opened on 1 April 2027. agreed by both sides" in part(html_of(second, "en"))

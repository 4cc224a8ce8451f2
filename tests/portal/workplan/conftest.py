"""Two ministries with two officers each, a unit on either side, a plan, and proposals in any state."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.systems.workplan.models import Activity, WorkPlan
from trunghoa.portal.systems.workplan.models.proposals import draft

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def systems10(db):
    rows = [
        System(
            code=f"S{n}", order=n, **{f"name_{lang}": f"System S{n} {lang}" for lang in ("vi", "ja", "en")}
        )
        for n in range(1, 11)
    ]
    return {row.code: row for row in System.objects.bulk_create(rows)}


@pytest.fixture
def organisations(db):
    rows = {
        "ministry-vn": ("VN", "ministry"), "ministry-jp": ("JP", "ministry"), "unit-jp": ("JP", "research"),
        "unit-vn": ("VN", "province"),
    }  # fmt: skip
    return {
        code: Organisation.objects.create(
            code=code,
            side=side,
            kind=kind,
            **{f"name_{lang}": f"{code} {lang}" for lang in ("vi", "ja", "en")},
        )
        for code, (side, kind) in rows.items()
    }


@pytest.fixture
def parties(organisations):
    """People by name: two officers of each side, one of each unit, and those who only read."""
    rows = {
        "vn1": ("officer", "ministry-vn"), "vn2": ("officer", "ministry-vn"),
        "jp1": ("officer", "ministry-jp"), "jp2": ("officer", "ministry-jp"),
        "unit_jp": ("researcher", "unit-jp"), "unit_vn": ("locality", "unit-vn"),
        "observer": ("observer", None), "observer_vn": ("observer", "ministry-vn"),
        "researcher": ("researcher", None), "operator": ("operator", None),
    }  # fmt: skip
    return {
        name: User.objects.create_user(
            name, password=PASSWORD, role=role, organisation=organisations[code] if code else None
        )
        for name, (role, code) in rows.items()
    }


@pytest.fixture
def plan(db):
    return WorkPlan.objects.create(year=2026, meeting_no=5)


@pytest.fixture
def make_proposal(systems10, organisations, parties, plan):
    """A draft of one side, moved as far as asked."""

    def make(side="VN", state="draft", **more):
        author = parties["vn1" if side == "VN" else "jp1"]
        attributes = {
            "title_vi": "Mở mô hình", "text_vi": "Đề nghị mở mô hình cho cơ quan khác.", "language": "vi",
            "system": systems10["S1"], "plan": plan, "organisation": author.organisation, **more,
        }  # fmt: skip
        return go(moves.began(draft(side, by=author, **attributes)), state, organisations, parties)

    return make


def go(proposal, state, organisations, parties):
    mine, other = ("vn", "jp") if proposal.from_side == "VN" else ("jp", "vn")
    steps = {
        "submitted": ("submit", parties[f"{mine}2"], {}),
        "forwarded": ("forward", parties[f"{other}1"], {"unit": organisations[f"unit-{other}"]}),
        "answered": ("answer", parties[f"unit_{other}"], {"verdict": "accepted", "text_en": "Yes."}),
        "closed": ("close", parties[f"{mine}1"], {}),
    }
    if state == "draft":
        return proposal
    for name, (verb, by, inputs) in steps.items():
        moves.move(proposal, verb, by, revision=proposal.revision, inputs=inputs)
        if name == state:
            break
    return proposal


@pytest.fixture
def make_activity(systems10, organisations, plan):
    def make(ref="A-01", state="agreed", **more):
        attributes = {
            "title_vi": f"Hoạt động {ref}", "system": systems10["S1"], "source": "minutes",
            "lead_vn": organisations["ministry-vn"], "lead_jp": organisations["ministry-jp"],
            "start": date(2026, 1, 1), "due": date(2026, 6, 30), "plan": plan, **more,
        }  # fmt: skip
        return Activity.objects.create(ref=ref, state=state, **attributes)

    return make


@pytest.fixture
def clock(monkeypatch):
    """Set the time: ``clock(2026, 3, 1, 16)`` is 16:00 UTC."""

    def set_to(*parts):
        moment = datetime(*parts, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return set_to

"""A small country of five sectors, an agency of either side, and scenarios in any state."""

from pathlib import Path

import pytest
from django.utils import translation

from trunghoa.pathways.enduse import read_folder, read_scenarios
from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Place, System
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.systems.scenarios import tasks
from trunghoa.portal.systems.scenarios.models import PathwayModel, Scenario

PASSWORD = "correct horse battery"
FOLDER = Path(__file__).parent / "model"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def system(db):
    return System.objects.create(
        code="S1", order=1, **{f"name_{lang}": f"Pathways {lang}" for lang in ("vi", "ja", "en")}
    )


@pytest.fixture
def country(db):
    return Place.objects.create(
        era="country", code="VN", kind="country", name_vi="Việt Nam", name_ja="ベトナム", name_en="Viet Nam"
    )


@pytest.fixture
def agencies(db):
    rows = {
        "ministry-vn": ("VN", "ministry"), "ministry-jp": ("JP", "ministry"),
        "institute": ("VN", "research"), "province": ("VN", "province"),
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
def people(agencies):
    """Officers of both sides, people of an institute and a province, and those who only read."""
    rows = {
        "vn1": ("officer", "ministry-vn"), "vn2": ("officer", "ministry-vn"),
        "jp1": ("officer", "ministry-jp"),
        "ann": ("researcher", "institute"), "ben": ("researcher", "institute"),
        "local": ("locality", "province"), "alone": ("researcher", None),
        "observer": ("observer", None), "watcher": ("observer", "institute"), "verifier": ("verifier", None),
    }  # fmt: skip
    return {
        name: User.objects.create_user(
            name, password=PASSWORD, role=role, organisation=agencies[code] if code else None
        )
        for name, (role, code) in rows.items()
    }


@pytest.fixture
def model(system, country):
    tables, book = read_folder(FOLDER), read_scenarios(FOLDER)
    document = documents.store(
        tasks.plain_model(tables, book.levers), media_type="application/json", filename="model.json"
    )
    return PathwayModel.objects.create(
        code="five",
        title_vi="Năm ngành",
        title_en="Five sectors",
        place=country,
        document=document,
        tables_sha256=tables.sha256,
        gwp_set="AR5",
        quality="illustrative",
        source="made for tests",
    )


@pytest.fixture
def make(model, people):
    """A scenario of somebody's, in a state."""

    def made(code="mine", by="ann", state="own", **more):
        user = people[by]
        attributes = {
            "title_vi": f"Kịch bản {code}", "title_en": f"Scenario {code}", "model": model, "state": state,
            "owner": user.organisation, "created_by": user, "changed_by": user, "source": "study",
            "quality": "illustrative", **more,
        }  # fmt: skip
        return moves.began(Scenario.objects.create(code=code, **attributes))

    return made


def run_now(scenario):
    """Run a scenario as a worker would, and look at it again."""
    found, needed = tasks.request_run(scenario)
    if needed:
        tasks.execute(found)
    scenario.refresh_from_db()
    found.refresh_from_db()
    return found


@pytest.fixture
def signed_in(client, people):
    def sign_in(name):
        client.force_login(people[name])
        return client

    return sign_in

"""The export to the CAD Trust: units under their issuance, what is not on record left out by name."""

import json
from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.models import Block
from trunghoa.portal.core.ledger.writing import Act
from trunghoa.portal.systems.registry import exporting
from trunghoa.portal.systems.registry.models import Order, series_for


@pytest.fixture
def issued(scene):
    """Two issuances of one project; some used, some blocked."""
    project = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    scene.issued(project, {2024: 100})
    scene.issued(project, {2025: 50}, start=date(2025, 1, 1), end=date(2025, 12, 31))
    path = f"/en/registry/accounts/{scene.accounts.owner.number}/order/"
    code = Block.objects.get(series__attributes__vintage=2024).series.code
    for given in (
        {"kind": "use", "serial": f"{code}-1-40", "purpose": "retirement_ndc", "year": 2025,
         "beneficiary": "Viet Nam", "reason": "NDC"},
        {"kind": "block", "serial": f"{code}-41-50", "reason": "court"},
    ):  # fmt: skip
        assert scene.client("owner").post(path, given).status_code == 302
        scene.move(Order.objects.latest("pk"), "approve", "vn1")
    return project


def units(made):
    return {
        (row["unit_start_block"], row["unit_end_block"], row["unit_vintage_year"]): row
        for row in made.tables["unit"]
    }


def test_every_block_stands_under_the_issuance_by_which_it_came(issued):
    made = exporting.export()
    assert (made.problems, made.left_out, made.units) == ((), [], 150)
    told = {key: (row["unit_status"], row["cad_trust_issuance_id"], row["unit_status_reason"])
            for key, row in units(made).items()}  # fmt: skip
    assert told == {
        ("1", "40", 2024): ("Retired", "VN001-1", "NDC"),
        ("41", "50", 2024): ("Held", "VN001-1", "blocked"),
        ("51", "100", 2024): ("Held", "VN001-1", None),
        ("1", "50", 2025): ("Held", "VN001-2", None),
    }
    used = units(made)["1", "40", 2024]
    assert used["unit_retirement_beneficiary"] == "Viet Nam"
    assert {row["unit_current_owner"] for key, row in units(made).items() if key != ("1", "40", 2024)} == {
        "owner"
    }
    assert [row["cad_trust_methodology_id"] for row in made.tables["issuance"]] == ["VN_AM007 1.0"] * 2
    assert [row["validation_body"] for row in made.tables["validation"]] == ["tpe"]


def test_what_is_not_on_record_is_left_out_and_named(issued, scene):
    series = series_for(issued, "VN", 0)
    act = Act(key=uuid4(), by=scene.people["vn1"], four_eyes=False)
    services.issue(act, series, scene.accounts.vn.account, 7)
    made = exporting.export()
    assert made.left_out == [(f"{series.code}-1-7", 7, "The vintage is not on record.")]
    assert made.units == 150
    issued.methodology = None
    issued.save()
    reasons = {why for _serial, _units, why in exporting.export().left_out}
    assert "No issuance of a project with a methodology on record covers them." in reasons
    assert exporting.export().units == 0


def test_an_administrator_takes_it_as_json_or_workbook(issued, scene):
    client = scene.client("vn1")
    page = client.get("/en/registry/cadt/").content.decode()
    assert "Units exported" in page
    assert "150 t" in page
    told = json.loads(client.get("/en/registry/cadt/json/").content)
    assert sum(row["unit_count"] for row in told["unit"]) == 150
    book = client.get("/en/registry/cadt/xlsx/")
    assert book.content[:2] == b"PK"
    assert book["Content-Disposition"].endswith('.xlsx"')
    for name in ("owner", "observer"):
        assert scene.client(name).get("/en/registry/cadt/json/").status_code == 403


def test_the_command_writes_it_and_says_what_is_left_out(issued, tmp_path):
    out = StringIO()
    call_command("registry", "cadt", "--out", tmp_path / "cadt.json", stdout=out)
    assert "2 issuance, 4 unit; 150 units" in out.getvalue()
    assert json.loads((tmp_path / "cadt.json").read_text())["program"][0]["program_name"] == (
        "Joint Crediting Mechanism"
    )
    with pytest.raises(CommandError, match=r"ends in \.json or \.xlsx"):
        call_command("registry", "cadt", "--out", tmp_path / "cadt.csv")
    with pytest.raises(CommandError, match="Name the year"):
        call_command("registry", "aef", "--out", tmp_path / "a.xlsx")

"""What sources tell of the JCM in Viet Nam stands in the registry, each with its source, and adds up."""

import json
from pathlib import Path

import pytest
from django.test import Client

from trunghoa.portal.core.ledger import reading
from trunghoa.portal.core.ledger.models import LedgerTransaction, Seal
from trunghoa.portal.core.ledger.verification import verify
from trunghoa.portal.loading import load
from trunghoa.portal.systems.registry import counting
from trunghoa.portal.systems.registry.models import Issuance, Methodology, Project, RegistryAccount

VIETNAM = Path(__file__).resolve().parents[3] / "src" / "trunghoa" / "data" / "vietnam"


@pytest.fixture
def loaded(db, settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path
    load(VIETNAM)


def shares(project):
    rows = Issuance.objects.get(project__code=project).allotments.select_related("account__account")
    return {row.account.account.party: row.amount for row in rows}


def test_known_issuances_stand_in_the_ledger(loaded, cases):
    known = {
        row["case"]: row for row in json.loads((cases / "crediting/jcm_allocations_visible.json").read_text())
    }
    for project, case in (
        ("vn001-eco-driving", "VN001 eco-driving"),
        ("southern-transformers", "VN amorphous transformers (south)"),
    ):
        row = known[case]
        assert shares(project) == {
            "JPN": row["gov_japan"], "VNM": row["gov_host"], "XXZ": row["to_participants"],
        }  # fmt: skip
        assert Issuance.objects.get(project__code=project).total == row["issued"]
    hotel = known["VN hotel inverter air conditioners"]
    assert shares("hotel-air-conditioners") == {"JPN": hotel["gov_japan"], "XXZ": hotel["issued"] - 95}
    assert -sum(n for n in reading.balances().values() if n < 0) == 288 + 151 + 189
    found = verify()
    assert found.whole
    assert (found.seals, found.unsealed) == (1, 0)


def test_loading_twice_changes_nothing(loaded):
    def count():
        models = (Project, Issuance, Methodology, RegistryAccount, LedgerTransaction)
        return [m.objects.count() for m in models], Project.objects.get(reference="VN001").revision

    before = count()
    load(VIETNAM)
    assert count() == before


def test_what_a_source_does_not_divide_is_not_divided_here(loaded):
    account = RegistryAccount.objects.filter(kind="pending", name_en__contains="Eco-driving").get()
    assert account.side == ""
    page = Client().get(account.get_absolute_url().replace("/vi/", "/en/")).content.decode()
    assert "Receiving side not stated" in page


def test_credits_become_figures_that_the_report_can_name(loaded):
    figures = counting.record()
    assert {
        (f.scenario, f.category): int(f.amount) for f in figures if f.scenario == "vn001-eco-driving"
    } == {
        ("vn001-eco-driving", "jp"): 201,
        ("vn001-eco-driving", "vn"): 29,
        ("vn001-eco-driving", "untold"): 58,
    }
    assert counting.record() == figures


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_public_sees_projects_credits_and_seals(loaded, lang):
    client = Client()
    for path, said in (
        ("", "628"),
        ("projects/", "VN001"),
        ("projects/vn001-eco-driving/", "201"),
        ("projects/vn001-eco-driving/issuances/1/", "58"),
        ("methodologies/", "VN_AM007"),
        ("accounts/", "JPN-national"),
        ("units/?q=JCM-JP-VN-VN001-0000-1-201", "JPN-national"),
        ("seals/", Seal.objects.get().root),
    ):
        answer = client.get(f"/{lang}/registry/{path}")
        assert answer.status_code == 200, path
        assert said in answer.content.decode(), path

"""Reports: completeness gates, annual information from the ledger, its checks, its workbook."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from tests.portal.registry import article6_scene as a6

from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import abroad, annual, submitting
from trunghoa.portal.systems.registry.models import AnnualReport, Handed, PartyReport, PartySettings
from trunghoa.portal.systems.registry.models.accounts import account_of_party
from trunghoa.portal.systems.registry.tasks import aef, article6

XLSX = submitting.XLSX


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"


class Clock:
    """The time that the ledger and the room read."""

    def __init__(self, monkeypatch):
        self.now = datetime(2024, 6, 1, 3, 0, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", self.read)

    def read(self):
        return self.now

    def at(self, *parts):
        self.now = datetime(*parts, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    # The host's law of 2026 is tested by itself; here things happened before it.
    monkeypatch.setattr(abroad, "_refusal", lambda order, **how: "")
    return Clock(monkeypatch)


@pytest.fixture
def world(scene, clock):
    """Authorised in 2024, a hundred units issued; sixty go to Japan in 2025, which uses forty of them."""
    a6.settings_of()
    a6.settings_of("JPN")
    project = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    clock.at(2024, 6, 2)
    a6.authorised(scene, project)
    clock.at(2024, 7, 1)
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90, days=2000)
    clock.at(2025, 3, 1)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 60)
    clock.at(2025, 4, 1)
    a6.order(
        scene, scene.accounts.buyer, account_of_party("JPN", "retirement_ndc"), 1, 40, kind="use",
        approver="jp1", year=2025,
    )  # fmt: skip
    clock.at(2026, 11, 26)
    scene.clients.clear()  # sessions of that time are over
    return project


def actions(party, year):
    rows = annual.report(party, year).rows(3)
    return [(row["ActionType"], row["ActionSubtype"], row["QuantityCO2"]) for row in rows]


def row(party="VNM", year=2025):
    made, _new = AnnualReport.objects.get_or_create(party=party, year=year)
    return made


def test_each_party_reports_what_is_its_own(world):
    assert actions("VNM", 2024) == [("Authorization", None, n) for n in (40, 20, 40)]
    transferred = ("First transfer", "First transfer to another Party")
    assert actions("VNM", 2025) == [(*transferred, 40), (*transferred, 20)]
    assert actions("JPN", 2025) == [("Acquisition", None, 40), ("Acquisition", None, 20), ("Use", None, 40)]
    [used] = [r for r in annual.report("JPN", 2025).rows(3) if r["ActionType"] == "Use"]
    assert used["YearITMOUsedTowardsNDC"] == 2025
    assert used["FirstID"] == 1


def test_holdings_are_a_balance_at_the_end_of_the_year(world):
    held = [(r["FirstID"], r["LastID"]) for r in annual.report("JPN", 2025).rows(4)]
    assert held == [(41, 60)]
    assert annual.report("VNM", 2025).rows(4) == ()


def test_both_parties_report_the_same_units(world):
    made = annual.report("VNM", 2025, on=date(2026, 3, 1))
    assert aef.mirrored(made, annual.report("JPN", 2025)).verdict == "passed"
    assert aef.mirrored(made, None).verdict == "unknown"


@pytest.mark.parametrize(
    ("moment", "year"),
    [((2025, 12, 31, 16, 30), 2025), ((2025, 12, 31, 19, 0), 2025), ((2026, 1, 1, 0, 0), 2026)],
)
def test_the_year_of_an_action_is_that_of_utc(scene, world, clock, moment, year):
    """Trap 11: 31 Dec 23:30 and 1 Jan 02:00 in Ha Noi are both 31 Dec in UTC."""
    clock.at(*moment)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 61, 70)
    assert [r["FirstID"] for r in annual.report("VNM", year).rows(3)][-1] == 61
    held = [r["FirstID"] for r in annual.report("JPN", 2025).rows(4)]
    assert (61 in held) is (year == 2025)


def test_every_check_is_passed_and_a_second_officer_submits(scene, world):
    for year in (2024, 2025):
        made = row(year=year)
        checked = submitting.checked(made)
        assert {f.check: f.verdict.value for f in checked.findings if f.verdict != "passed"} == {}
        scene.move(made, "propose", "vn1")
        given = {"on": date(year + 1, 3, 31), "checked": "Compared by vn2"}
        with pytest.raises(Refused, match="The same person may not do both"):
            scene.move(made, "submit", "vn1", **given)
        with pytest.raises(Refused, match="Who compared the format"):
            scene.move(made, "submit", "vn2", on=given["on"])
        scene.move(made, "submit", "vn2", **given)
    made.refresh_from_db()
    answer = scene.client("owner").get(f"/en/registry/article6/annual/{made.pk}/workbook/")
    again = aef.read(answer.content)
    assert again == annual.report("VNM", 2025, on=date(2026, 3, 31), version="1.0")
    for number, table in enumerate(again.template.tables, start=1):
        carp = [field.name for field in table.fields if field.carp]
        assert all(r[name] is None for r in again.rows(number) for name in carp)


def test_without_the_report_of_the_year_before_holdings_are_unknown(world):
    """Trap 7: missing data are unknown, and unknown does not pass."""
    found = {f.check: f.verdict.value for f in submitting.checked(row(year=2026)).findings}
    assert found["holdings"] == "unknown"
    assert any("holdings are those" in said for said in submitting.hindrances(row(year=2026)))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"itmo_registry": ""}, "every cell"),
        ({"quality": "unverified"}, "settings of the Party are not verified"),
    ],
)
def test_an_empty_cell_or_an_unverified_setting_stops_the_submission(world, spoil, said):
    PartySettings.objects.filter(party="VNM").update(**spoil)
    assert any(said in reason for reason in submitting.hindrances(row()))


def test_a_year_that_is_not_over_is_not_submitted(world):
    assert any("not over" in reason for reason in submitting.hindrances(row(year=2026)))


@pytest.mark.parametrize("version", aef.versions())
def test_the_other_version_of_the_format_writes_identifiers_in_full(world, version):
    made = annual.report("VNM", 2025, template=version, on=date(2026, 3, 31))
    assert aef.read(aef.workbook(made, draft=False), version) == made
    first = made.rows(3)[0]["FirstID"]
    assert first == ("CA0003-VNM01-VNM-1-2024" if version == "public-checker" else 1)


def test_a_reversed_transfer_is_no_action(scene, world, clock):
    from trunghoa.portal.core.ledger.models import LedgerTransaction
    from trunghoa.portal.systems.registry.models import Order

    clock.at(2025, 5, 1)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 61, 70)
    wrong = LedgerTransaction.objects.filter(kind="transfer").latest("pk")
    back = Order.objects.create(kind="reverse", side="VN", reverses=wrong, prepared_by=scene.people["vn1"])
    scene.move(back, "approve", "vn2")
    assert sum(amount for _t, _s, amount in actions("VNM", 2025)) == 60
    assert sum(r["QuantityCO2"] for r in annual.report("JPN", 2025).rows(4)) == 20


def test_units_authorised_after_they_left_are_transferred_by_the_authorisation(scene, clock):
    a6.settings_of()
    project = scene.registered(shares=[[scene.accounts.owner.number, "1"]])
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90, days=2000)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 60)
    clock.at(2025, 2, 1)
    a6.authorised(scene, project)
    assert actions("VNM", 2024) == []
    assert ("First transfer", "First transfer to another Party", 60) in actions("VNM", 2025)
    assert actions("JPN", 2025) == [("Acquisition", None, 60)]


@pytest.mark.parametrize("definition", ["Issuance", "Authorisation"])
def test_units_that_stand_with_the_other_party_are_transferred_on_at_once(scene, clock, definition):
    a6.settings_of()
    a6.settings_of("JPN")
    project = scene.registered(shares=[[scene.accounts.jp.number, "1"]])
    a6.authorised(scene, project, purpose="OIMP", definition=definition)
    clock.at(2024, 7, 1)
    scene.issued(project, {2024: 100})
    kinds = [kind for kind, _sub, _n in actions("VNM", 2024)]
    assert kinds == ["Authorization", "First transfer", "Transfer"]
    for party in ("VNM", "JPN"):
        found = {f.check: f.verdict.value for f in submitting.checked(row(party, 2024)).findings}
        assert found["holdings"] == "passed"


def test_the_other_partys_workbook_is_taken_and_mirrored(scene, world):
    content = aef.workbook(annual.report("JPN", 2025, on=date(2026, 3, 31)), draft=False)

    def handed(party):
        file = SimpleUploadedFile("aef.xlsx", content, content_type=XLSX)
        return scene.client("vn1").post(
            "/en/registry/article6/files/new/report/", {"file": file, "party": party}
        )

    assert handed("VNM").status_code == 422
    answer = handed("JPN")
    assert answer.status_code == 302, answer.content.decode()
    assert Handed.objects.get().year == 2025
    assert submitting.checked(row()).mirror.verdict == "passed"


def test_the_command_writes_the_workbook(world, tmp_path, capsys):
    out = tmp_path / "aef.xlsx"
    call_command("registry", "aef", "2025", "--out", str(out), "--json")
    assert '"actions": 2' in capsys.readouterr().out
    assert len(aef.read(out.read_bytes()).rows(3)) == 2
    call_command("registry", "aef", "2025", "--out", str(out))
    assert "passed" in capsys.readouterr().out


# Texts of reports.


def test_an_initial_report_is_submitted_only_when_every_item_says_something(scene):
    """Trap 7."""
    client = scene.client("vn1")
    assert client.post("/en/registry/article6/reports/begin/initial/").status_code == 302
    report = PartyReport.objects.get()
    with pytest.raises(Refused, match="Nothing is said yet of: 18a, 18b"):
        scene.move(report, "propose", "vn1")
    given = {item.code: "said" for item in article6.items("initial")}
    path = f"/en/registry/article6/reports/{report.pk}/edit/"
    client.post(path, {**given, "18c": "  ", "revision": report.revision})
    report.refresh_from_db()
    page = client.get(report.get_absolute_url()).content.decode()
    assert "8 of 9 items" in page
    with pytest.raises(Refused, match="Nothing is said yet of: 18c"):
        scene.move(report, "propose", "vn1")
    report.refresh_from_db()
    client.post(path, {**given, "18d-na": "on", "revision": report.revision})
    scene.move(report, "propose", "vn1")
    with pytest.raises(Refused, match="Who compared the parts"):
        scene.move(report, "submit", "vn2", on=date(2026, 1, 5))
    scene.move(report, "submit", "vn2", on=date(2026, 1, 5), checked="vn2 with the decision, 4 January")
    report.refresh_from_db()
    assert (report.state, report.submitted_on) == ("submitted", date(2026, 1, 5))
    assert client.post(path, {**given, "revision": report.revision}).status_code == 409


def test_regular_information_waits_for_a_whole_balance(scene, world):
    client = scene.client("vn1")
    client.post("/en/registry/article6/reports/begin/regular/", {"year": 2026})
    report = PartyReport.objects.get(kind="regular")
    report.answers = {item.code: {"text": "said"} for item in article6.items("regular")}
    report.save()
    PartySettings.objects.filter(party="VNM").update(quality="unverified")
    with pytest.raises(Refused, match="settings of the Party are not verified"):
        scene.move(report, "propose", "vn1")
    PartySettings.objects.filter(party="VNM").update(quality="verified")
    scene.move(report, "propose", "vn1")
    rows = client.get(f"{report.get_absolute_url()}?format=json&table=table-4").json()
    assert len(rows) == 12
    assert (rows[4]["2025"], rows[9]["2024"], rows[11]["2024"]) == ("60", "60", None)


# Contributions and double counting.


def test_contributions_are_really_moved(scene, world):
    """Trap 5."""
    path = f"/en/registry/article6/contribute/{scene.accounts.owner.number}/"
    given = {"serial": "JCM-VN-JP-VN001-2024-61-100", "mechanism": "A6.2", "reason": "OMGE"}
    assert scene.client("owner").post(path, given).status_code == 422
    assert scene.client("owner").post(path, {**given, "adaptation": 2, "omge": 1}).status_code == 302
    from trunghoa.portal.systems.registry.models import Order

    for order in Order.objects.filter(state="prepared"):
        scene.move(order, "approve", "vn1")
    marks = {(b.first, b.last): b.account.registry.kind for b in _blocks()}
    assert (marks[61, 62], marks[63, 63]) == ("adaptation", "cancel_omge")


def test_what_another_mechanism_asks_for_is_proposed(scene, world):
    path = f"/en/registry/article6/contribute/{scene.accounts.owner.number}/"
    given = {"serial": "JCM-VN-JP-VN001-2024-61-100", "mechanism": "A6.4", "reason": "levy"}
    assert scene.client("owner").post(path, given).status_code == 302
    from trunghoa.portal.systems.registry.models import Order

    orders = Order.objects.filter(state="prepared").order_by("pk").values_list("kind", "quantity")
    assert list(orders) == [("transfer", 2), ("cancel", 1)]


def _blocks():
    from trunghoa.portal.core.ledger.models import Block

    return Block.objects.select_related("account__registry")


def test_the_board_tells_each_way_of_counting_twice(scene, world):
    rows = scene.client("vn1").get("/en/registry/article6/double-counting/?format=json").json()
    told = {(r["check"], r["party"]): r["verdict"] for r in rows}
    assert told["double issuance", ""] == "unknown"
    assert told["double use", ""] == "passed"
    assert told["double claim", "VNM"] == "passed"
    assert told["double transfer", "VNM"] == "unknown"
    lines = (
        "programme,project,country,sector,start,end\nVCS,1,VNM,1,2024-01-01,2024-12-31\n"
        "VCS,2,VNM,9,2024-01-01,2024-12-31\n"
    )
    file = SimpleUploadedFile("list.csv", lines.encode(), content_type="text/csv")
    answer = scene.client("vn1").post("/en/registry/article6/files/new/issuances/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    rows = scene.client("vn1").get("/en/registry/article6/double-counting/?format=json").json()
    [found] = [r for r in rows if r["check"] == "double issuance"]
    assert (found["verdict"], "place is missing" in found["problems"]) == ("unknown", True)


def test_the_ledger_still_fits(world):
    from trunghoa.portal.core.ledger import verification

    assert verification.verify().whole

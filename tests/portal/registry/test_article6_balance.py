"""A Party's account: the sign, the keys of the years, what is unresolved, and what was made final."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.portal.registry import article6_scene as a6

from trunghoa.portal.core.ledger.models import LedgerTransaction
from trunghoa.portal.core.publication import live, sections
from trunghoa.portal.core.record.models import Figure, System
from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry import adjusting, counting_article6
from trunghoa.portal.systems.registry.models import FinalYear, Handed, InventoryYear, PartySettings, Terms
from trunghoa.portal.systems.registry.models.accounts import account_of_party
from trunghoa.portal.systems.registry.tasks import article6

PAGE = Path(__file__).parents[3] / "docs" / "methods" / "article6.md"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"


@pytest.fixture
def project(scene):
    return scene.registered(shares=[[scene.accounts.owner.number, "1"]])


def inventory(year, amount="1000000", party="VNM", **more):
    given = {"amount": Decimal(amount), "gwp_set": "AR5", "quality": "verified", "source": "BTR"}
    return InventoryYear.objects.create(party=party, year=year, **{**given, **more})


def balance(party="VNM"):
    found, problems = adjusting.balance_of(adjusting.book(PartySettings.objects.get(party=party)))
    assert problems == []
    return found


@pytest.fixture
def transferred(scene, project):
    """A hundred units of 2024, of which sixty went to Japan, which used forty in 2025."""
    a6.settings_of()
    a6.settings_of("JPN")
    a6.authorised(scene, project)
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 60)
    a6.order(
        scene, scene.accounts.buyer, account_of_party("JPN", "retirement_ndc"), 1, 40, kind="use",
        approver="jp1", year=2025,
    )  # fmt: skip
    return project


def test_the_host_adds_and_the_user_subtracts(transferred):
    """Trap 1: inventory + first transferred - used; what is acquired and held changes nothing."""
    inventory(2024)
    inventory(2025, party="JPN")
    assert balance().year(2024).balance == 1_000_060
    assert balance("JPN").year(2025).balance == 1_000_000 - 40
    assert balance("JPN").year(2024).adjustment == 0


def test_trajectory_counts_by_vintage_and_averaging_by_the_year_of_transfer(transferred):
    """Traps 2 and 3."""
    book = adjusting.book(PartySettings.objects.get(party="VNM"))
    year = LedgerTransaction.objects.get(kind="transfer").at.year
    ways = {(m, d): b for m, d, b in article6.side_by_side(book.account)}
    assert ways["trajectory", "elapsed"].year(2024).adjustment == 60
    assert ways["averaging", "elapsed"].year(2024).adjustment == 0
    assert ways["averaging", "elapsed"].year(year).adjustment == Decimal(60) / (year - 2020)
    assert ways["averaging", "period"].year(year).adjustment == 6


def test_what_is_not_first_transferred_waits_and_counts_nowhere(transferred):
    book = adjusting.book(PartySettings.objects.get(party="VNM"))
    assert book.waiting == 40
    assert balance().complete


def test_an_unresolved_definition_blocks_and_is_shown(scene, transferred):
    """Trap 6."""
    inventory(2024)
    Terms.objects.update(purpose="NDC and OIMP", definition="")
    found = balance()
    assert found.unresolved_quantity == 100
    assert found.year(2024).by_vintage == 0
    book = adjusting.book(PartySettings.objects.get(party="VNM"))
    assert "The first transfer of 100 t is unresolved" in " ".join(adjusting.hindrances(book, 2024))
    page = scene.client("vn1").get("/en/registry/article6/parties/VNM/").content.decode()
    assert "count nowhere" in page


def test_sets_of_gwp_values_do_not_mix(scene, transferred):
    """Trap 18."""
    inventory(2024, gwp_set="AR4")
    found, problems = adjusting.balance_of(adjusting.book(PartySettings.objects.get(party="VNM")))
    assert found is None
    assert "AR4, AR5" in problems[0]
    path = "/en/registry/article6/parties/VNM/inventory/"
    given = {"year": 2023, "amount": "5", "gwp_set": "AR4", "quality": "unverified"}
    answer = scene.client("vn1").post(path, given)
    assert answer.status_code == 422
    assert "do not add up" in answer.content.decode()


def test_a_year_is_final_by_two_officers_and_changes_by_reversal_only(scene, transferred):
    """Para 12."""
    inventory(2024)
    path = "/en/registry/article6/parties/VNM/final/2024/"
    assert scene.client("jp1").post(path).status_code == 403
    assert scene.client("vn1").post(path).status_code == 302
    final = FinalYear.objects.get()
    with pytest.raises(Refused, match="You proposed it"):
        scene.move(final, "confirm", "vn1")
    scene.move(final, "confirm", "vn2")
    # More of that vintage is transferred later: what is final stays.
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 61, 70)
    final.refresh_from_db()
    assert final.values["balance"] == "1000060"
    book = adjusting.book(PartySettings.objects.get(party="VNM"))
    assert not adjusting.is_as_kept(final, book)
    page = scene.client("owner").get(f"/en/registry/article6/final/{final.pk}/").content.decode()
    assert "says otherwise today" in page
    final.values = {**final.values, "balance": "0"}
    with pytest.raises(TypeError, match="never changed"):
        final.save()
    final.refresh_from_db()
    scene.client("vn1").post(path)
    assert FinalYear.objects.count() == 1
    scene.move(final, "propose_reversal", "vn1", reason="more was transferred")
    scene.move(final, "reverse", "vn2")
    scene.client("vn1").post(path)
    assert FinalYear.objects.latest("pk").values["balance"] == "1000070"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda: PartySettings.objects.update(quality="unverified"),
            "settings of the Party are not verified",
        ),
        (lambda: InventoryYear.objects.update(quality="unverified"), "inventory of 2024 is not verified"),
        (lambda: InventoryYear.objects.all().delete(), "inventory of 2024 is not known"),
    ],
)
def test_what_is_not_verified_is_not_made_final(transferred, spoil, said):
    inventory(2024)
    spoil()
    book = adjusting.book(PartySettings.objects.get(party="VNM"))
    assert said in " ".join(adjusting.hindrances(book, 2024))


def test_one_method_for_the_whole_period(scene, transferred):
    inventory(2024)
    scene.client("vn1").post("/en/registry/article6/parties/VNM/final/2024/")
    given = {
        "period_first": 2021, "period_last": 2030, "method": "averaging", "denominator": "elapsed",
        "gwp_set": "AR5", "quality": "verified", "source": "NDC", "itmo_registry": "VNM01",
    }  # fmt: skip
    path = "/en/registry/article6/parties/VNM/settings/"
    answer = scene.client("vn1").post(path, given)
    assert answer.status_code == 422
    assert "one method for the whole NDC period" in answer.content.decode()
    assert scene.client("vn1").post(path, {**given, "method": "trajectory"}).status_code == 302
    assert scene.client("jp1").post(path, given).status_code == 403


def test_each_number_opens_its_blocks(scene, transferred):
    page = scene.client("vn1").get("/en/registry/article6/parties/VNM/?cell=vintage&year=2024")
    assert "JCM-VN-JP-VN001-2024-1-40" in page.content.decode()
    rows = scene.client("vn1").get(
        "/en/registry/article6/parties/VNM/?cell=vintage&year=2024&format=json&table=blocks"
    ).json()  # fmt: skip
    assert sum(row["quantity"] for row in rows) == 60
    sheet = scene.client("vn1").get("/en/registry/article6/parties/VNM/?format=xlsx&table=balance")
    assert sheet.content[:2] == b"PK"


def test_use_without_authorisation_is_no_use_of_itmos(scene, project):
    a6.settings_of("JPN")
    scene.issued(project, {2024: 100})
    a6.approved(scene, project, 90)
    a6.order(scene, scene.accounts.owner, scene.accounts.buyer, 1, 60)
    a6.order(
        scene, scene.accounts.buyer, account_of_party("JPN", "retirement_ndc"), 1, 40, kind="use",
        approver="jp1", year=2025,
    )  # fmt: skip
    book = adjusting.book(PartySettings.objects.get(party="JPN"))
    assert (book.unauthorised_use, balance("JPN").year(2025).used) == (40, 0)


@pytest.fixture
def blocks_file(cases):
    return (cases / "crediting" / "article62_blocks_visible.csv").read_bytes()


def test_a_list_of_blocks_is_reckoned_party_by_party(scene, blocks_file):
    file = SimpleUploadedFile("blocks.csv", blocks_file, content_type="text/csv")
    answer = scene.client("vn1").post("/en/registry/article6/files/new/blocks/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    path = Handed.objects.get().get_absolute_url()
    rows = scene.client("vn1").get(f"{path}?party=Tanzania&format=json&table=balance").json()
    told = {row["year"]: (row["oimp"], row["vintage"]) for row in rows}
    assert (told[2025][0], told[2026][0]) == (180867, 142504)
    assert [told[year][1] for year in (2022, 2023, 2024)] == [67497, 230126, 25748]
    page = scene.client("vn1").get(f"{path}?party=Gambia").content.decode()
    assert "196,652" in page
    assert "count nowhere" in page


def test_every_wrong_cell_of_a_list_is_named(scene, blocks_file):
    rows = list(csv.reader(io.StringIO(blocks_file.decode())))
    rows[3][8] = "1,312,595"
    rows[5][9] = "2019"
    text = io.StringIO()
    csv.writer(text).writerows(rows[:9])
    file = SimpleUploadedFile("blocks.csv", text.getvalue().encode(), content_type="text/csv")
    answer = scene.client("vn1").post("/en/registry/article6/files/new/blocks/", {"file": file})
    assert answer.status_code == 422
    assert "1,312,595" in answer.content.decode()
    assert not Handed.objects.exists()


def test_the_page_of_the_method_says_what_the_portal_reckons(cases, blocks_file):
    known = json.loads((cases / "crediting" / "article62_expected_visible.json").read_text("utf-8"))
    text = PAGE.read_text("utf-8").split("<!-- compared: portal -->")[1].strip().split("\n\n")[0]
    blocks, _reported = article6.read_lists(blocks_file, None)
    told = set()
    for line in text.splitlines()[2:]:
        party, year, tool, ours, unresolved = (cell.strip() for cell in line.strip("|").split("|"))
        own = tuple(block for block in blocks if block.party == party)
        row = article6.balance(article6.Account(party, own, (), (2021, 2030))).year(int(year))
        theirs = known["published_tool_rows"][party]["row12_trajectory"][known["years"].index(int(year))]
        assert (tool, ours) == (f"−{theirs:,}", f"+{int(row.adjustment):,}")
        assert unresolved == f"{row.unresolved_by_vintage:,}"
        told.add(party)
    assert told == set(known["published_tool_rows"])


def test_figures_only_where_nothing_is_unresolved(transferred, country):
    System.objects.create(code="S2", order=2, name_vi="S2", name_ja="S2", name_en="S2")
    inventory(2024)
    section = sections.get("S2")
    counting_article6.record()
    figures = Figure.objects.current().filter(system="S2")
    kinds = ("article6.adjustment", "article6.emissions_balance")
    assert [figures.get(kind=k, period_start__year=2024).amount for k in kinds] == [60, 1_000_060]
    assert {f.status for f in figures} == {"adjusted"}
    assert live.inline(section.headline(figures), figures, "vi")
    assert len(section.report(figures)) == 4
    # A balance that must not be submitted is not cited either.
    Terms.objects.update(purpose="NDC and OIMP", definition="")
    counting_article6.record()
    assert not figures.all().exists()
    assert live.inline(section.headline(figures.all()), figures.all(), "ja")


def test_article_6_stands_in_the_navigation_beside_the_registry(scene):
    for path, current in (("registry/", "JCM registry"), ("registry/article6/", "Article 6")):
        page = scene.client("vn1").get(f"/en/{path}").content.decode()
        top = page.split("<main")[0]
        assert re.findall(r'aria-current="page">([^<]+)</a>', top) == [current]

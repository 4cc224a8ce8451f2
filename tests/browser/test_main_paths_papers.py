"""Papers, the joint report and a landfill's deposits by keyboard alone, at 320 px, in three languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Portal
from tests.browser.hands import SCREEN, Hands

pytestmark = pytest.mark.browser
PAPER = {"vi": "Danh sách người dự", "ja": "出席者名簿", "en": "List of participants"}
ANNOUNCEMENTS = {
    "vi": "Announcement in Vietnamese",
    "ja": "Announcement in Japanese",
    "en": "Announcement in English",
}
SITES = {"vi": "trang-cat", "ja": "xuan-son", "en": "thuy-phuong"}
Contexts = Callable[..., BrowserContext]


@pytest.fixture(params=("vi", "ja", "en"))
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def officers(lang: str, workshop: Portal, at_work: Contexts) -> tuple[Hands, Hands]:
    vn, jp = (Hands(at_work(name, **SCREEN), workshop.address, lang) for name in ("officer-vn", "officer-jp"))
    return vn, jp


def test_a_paper_is_handed_in_and_a_colleague_accepts_it(
    officers: tuple[Hands, Hands], tmp_path: Path
) -> None:
    vn, jp = officers
    paper = tmp_path / f"participants-{vn.lang}.csv"
    paper.write_text(f"name,side\n{PAPER[vn.lang]},VN\n", encoding="utf-8")
    vn.go("workplan/activities/JWG3-06/")
    vn.follow(vn.say("Attach a paper"))
    vn.hand_in(vn.say("or a new file"), paper)
    names = {"vi": "Title in Vietnamese", "ja": "Title in Japanese", "en": "Title in English"}
    for code, name in names.items():
        vn.write(vn.say(name), PAPER[code])
    vn.press(vn.say("Attach"))
    assert vn.say("The paper is attached; somebody else has to accept it.") in vn.main
    row = vn.page.locator("ul.evidence li", has_text=PAPER[vn.lang]).last
    assert vn.say("not yet accepted") in row.inner_text()
    assert row.locator("button", has_text=vn.say("Accept")).count() == 0  # who brings it does not accept it

    jp.go("workplan/activities/JWG3-06/")
    jp.press(jp.say("Accept"))
    assert jp.say("The paper is accepted.") in jp.main
    row = jp.page.locator("ul.evidence li", has_text=PAPER[jp.lang]).last
    assert jp.say("accepted") in row.inner_text()


def test_both_sides_sign_the_joint_report_and_its_hash_is_found(officers: tuple[Hands, Hands]) -> None:
    vn, jp = officers
    vn.go("publications/")
    link = vn.page.locator("tbody th a").last
    vn.follow(link.inner_text(), f"a[href='{link.get_attribute('href')}']")
    address = vn.path.removeprefix(f"/{vn.lang}/")
    # A change of what is said with it takes back what was signed before.
    vn.follow(vn.say("Write the announcement"))
    for code, name in ANNOUNCEMENTS.items():
        vn.write(vn.say(name), f"{PAPER[code]}, {vn.lang}")
    vn.press(vn.say("Save"))
    assert f"{vn.say('State')}: {vn.say('Draft')}" in vn.main
    assert vn.main.count(vn.say("has not signed this revision")) == 2
    moved(vn, "Propose for signature")

    moved(vn, "Sign")
    assert vn.say("Your side has signed. The other side is now asked to.") in vn.main
    jp.go("tasks/?list=jp")
    link = jp.page.locator(f"#tasks a[href$='/{address}']")
    jp.follow(link.inner_text(), f"a[href$='/{address}']")
    moved(jp, "Sign")
    assert f"{jp.say('State')}: {jp.say('Signed by both sides')}" in jp.main
    assert jp.say("has not signed this revision") not in jp.main

    sha256 = jp.page.locator("dl.facts code").first.inner_text()
    jp.follow(jp.say("Check a file or a hash"))
    jp.write(jp.say("or its SHA-256, or the manifest hash printed in the report"), sha256[:-1] + "g")
    jp.press(jp.say("Check"), status=422)
    jp.write(jp.say("or its SHA-256, or the manifest hash printed in the report"), sha256)
    jp.press(jp.say("Check"))
    assert jp.say("This is the manifest of a report of ours.") in jp.main
    assert f"sha256:{sha256}" in jp.main


def moved(hands: Hands, label: str) -> None:
    hands.follow(hands.say(label), ".offers a")
    hands.press(hands.say(label))


def test_deposits_come_from_a_workbook_once_every_cell_is_right(
    officers: tuple[Hands, Hands], tmp_path: Path
) -> None:
    vn, _jp = officers
    vn.go(f"landfills/{SITES[vn.lang]}/")
    vn.follow(vn.say("Deposits from a file"))
    vn.to(vn.say("Download the template"))
    with vn.page.expect_download() as download:
        vn.page.keyboard.press("Enter")
    template = tmp_path / "template.xlsx"
    download.value.save_as(template)
    vn.watch.heard.clear()  # a download ends the navigation that began it
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    total = sheet.max_column
    year, stood = sheet.cell(2, 1).value, sheet.cell(2, total).value
    wrong, right = tmp_path / "wrong.xlsx", tmp_path / "right.xlsx"
    sheet.cell(2, total).value = "a lot"
    book.save(wrong)
    sheet.cell(2, total).value = (stood or 0) + 1000
    book.save(right)

    handed_in(vn, wrong)
    problems = vn.page.locator("#problems tbody tr").all_inner_texts()
    letter = openpyxl.utils.get_column_letter(total)
    assert [row.split("\t")[:3] for row in problems] == [["2", letter, "a lot"]]
    vn.follow(vn.say("Hand in the mended file"))
    handed_in(vn, right)
    changes = vn.page.locator("#changes tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in changes] == [str(year)]
    vn.press(vn.say("Take over and compute anew"))
    assert vn.say("The deposits were taken over. The figures are computed anew.") in vn.main


def handed_in(hands: Hands, path: Path) -> None:
    hands.hand_in(hands.say("File (.xlsx or .csv)"), path)
    hands.write(hands.say("Source of these tonnes"), "Illustrative: written by a test of the platform")
    hands.press(hands.say("Check the file"))

"""The work plan's main paths by keyboard alone, at 320 px, in three languages, while axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import Portal
from tests.browser.hands import SCREEN, Hands
from trunghoa.portal import demonstration

pytestmark = pytest.mark.browser
LANGUAGES = ("vi", "ja", "en")
NAMES = {"vi": "Tiếng Việt", "ja": "日本語", "en": "English"}
TITLE = {
    "vi": "Tập huấn kiểm kê khí thải",
    "ja": "排出量算定の研修",
    "en": "Training in emission inventories",
}
STEP = {"vi": "Lớp học đầu tiên", "ja": "最初の講習", "en": "The first class"}
ASKED = {"vi": "Xin thêm số liệu", "ja": "追加データのお願い", "en": "We ask for more data"}
ANSWER = {"vi": "Đồng ý gửi số liệu", "ja": "データを送ります", "en": "We send the data"}
POINT = {"vi": "Đào tạo năm sau", "ja": "来年の研修", "en": "Training next year"}
TASK = {"vi": "Chuẩn bị lớp học", "ja": "講習を準備する", "en": "Prepare the class"}
# The list has been filtered in place: one row is in it, and every row bears a word.
FILTERED = """([one, word]) => {
  const rows = [...document.querySelectorAll("#activities tbody tr")].map(row => row.innerText);
  return rows.some(text => text.includes(one)) && rows.every(text => text.includes(word));
}"""
Contexts = Callable[..., BrowserContext]


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def officers(lang: str, workshop: Portal, at_work: Contexts) -> tuple[Hands, Hands]:
    """An officer of each side, each at a screen of their own."""
    vn, jp = (Hands(at_work(name, **SCREEN), workshop.address, lang) for name in ("officer-vn", "officer-jp"))
    return vn, jp


def titles(hands: Hands, words: dict[str, str], *langs: str) -> None:
    """Fill in the title in the languages asked for."""
    names = {"vi": "Title (Vietnamese)", "ja": "Title (Japanese)", "en": "Title (English)"}
    for lang in langs or LANGUAGES:
        hands.write(hands.say(names[lang]), words[lang])


def starts_with(text: str) -> Callable[[str], bool]:
    return lambda option: option.startswith(text)


def test_one_signs_in_finds_the_plan_filters_it_and_opens_an_activity(
    lang: str, chromium: Browser, workshop: Portal
) -> None:
    context = chromium.new_context(**SCREEN)
    hands = Hands(context, workshop.address, lang)
    hands.go("login/")
    hands.write(hands.say("User name or e-mail address"), "officer-vn")
    hands.write(hands.say("Password"), demonstration.PASSWORD)
    button, hands.lang = hands.say("Sign in"), "vi"  # one comes to the home page in one's own language
    hands.press(button)
    assert hands.path == "/vi/"
    hands.lang = lang
    if lang != "vi":
        hands.follow(NAMES[lang], "header a")
    hands.follow(hands.say("Work plan"), "header a")
    assert hands.path == f"/{lang}/workplan/"
    rows = hands.page.locator("#activities tbody tr")
    hands.choose(hands.say("State"), hands.say("in progress"))
    hands.page.wait_for_function(FILTERED, arg=["JWG3-08", hands.say("in progress")])
    hands.write(hands.say("Reference or title"), "JWG3-06")
    hands.page.wait_for_function(FILTERED, arg=["JWG3-06", "JWG3-06"])
    hands.look()
    hands.follow(rows.locator("a").first.inner_text())
    assert hands.path == f"/{lang}/workplan/activities/JWG3-06/"
    context.close()


def test_an_activity_is_drafted_proposed_and_signed_and_an_edit_takes_the_signatures_back(
    officers: tuple[Hands, Hands],
) -> None:
    vn, jp = officers
    address = drafted_activity(vn)
    assert f"{vn.say('State')}: {vn.say('draft')}" in vn.main
    milestone(vn)
    vn.follow(vn.say("Propose"), ".offers a")
    vn.press(vn.say("Propose"))
    assert f"{vn.say('State')}: {vn.say('proposed')}" in vn.main

    jp.go("tasks/?list=jp")
    opened_from_the_list(jp, TITLE[jp.lang])
    assert jp.path == address
    sign(jp, "Sign and agree")
    assert jp.say("Your side has signed. The other side is now asked to.") in jp.main
    vn.go(address.removeprefix(f"/{vn.lang}/"))
    sign(vn, "Sign and agree")
    assert f"{vn.say('State')}: {vn.say('agreed')}" in vn.main
    assert vn.say("has not signed this revision") not in vn.main

    vn.follow(vn.say("Edit the activity"))
    vn.day(vn.say("Due"), date(2024, 11, 30))
    vn.press(vn.say("Save"))
    assert f"{vn.say('State')}: {vn.say('proposed')}" in vn.main
    assert vn.main.count(vn.say("has not signed this revision")) == 2


def drafted_activity(vn: Hands) -> str:
    """A draft that names who keeps the promise and by when."""
    vn.go("workplan/")
    vn.follow(vn.say("Draft an activity"))
    titles(vn, TITLE)
    vn.choose(vn.say("System"), starts_with("S10 "))
    for label in ("Lead, Viet Nam", "Lead, Japan"):
        vn.choose(vn.say(label), lambda option: option.strip("-") != "")
    vn.day(vn.say("Start"), date(2024, 4, 1))
    vn.day(vn.say("Due"), date(2024, 12, 20))
    vn.write(vn.say("Source"), "Illustrative: written by a test of the platform")
    vn.press(vn.say("Save"))
    assert vn.say("The draft is kept. The other side does not see it before it is proposed.") in vn.main
    return vn.path


def milestone(vn: Hands) -> None:
    vn.follow(vn.say("Add a milestone"))
    titles(vn, STEP)
    vn.day(vn.say("Due"), date(2024, 9, 30))
    vn.choose(vn.say("Side that owes it"), vn.say("Viet Nam"))
    vn.write(vn.say("Weight"), "1")
    vn.press(vn.say("Save"))
    assert STEP[vn.lang] in vn.page.locator("#milestones").inner_text()


def sign(hands: Hands, label: str) -> None:
    hands.follow(hands.say(label), ".offers a")
    hands.press(hands.say(label))


def listed(hands: Hands, which: str) -> list[str]:
    """What waits, by the first words of each row."""
    hands.go(f"tasks/?list={which}")
    return hands.page.locator("#tasks tbody tr td:first-child").all_inner_texts()


def opened_from_the_list(hands: Hands, title: str) -> None:
    """Open the last row of the list that bears a title; what was made last stands last."""
    links = hands.page.locator("#tasks tbody a").all_inner_texts()
    hands.follow([text.strip() for text in links if title in text][-1])


def test_a_proposal_is_submitted_forwarded_answered_and_closed(
    officers: tuple[Hands, Hands], workshop: Portal, at_work: Contexts
) -> None:
    vn, jp = officers
    colleague = Hands(at_work("registrar-vn", **SCREEN), workshop.address, vn.lang)
    lang = vn.lang
    vn.go("workplan/proposals/")
    vn.follow(vn.say("Write a proposal"))
    vn.write(vn.say("Title (Vietnamese)"), ASKED["vi"])
    vn.write(vn.say("Text (Vietnamese)"), f"{ASKED['vi']}.")
    if lang != "vi":
        names = {"ja": "Title (Japanese)", "en": "Title (English)"}
        vn.write(vn.say(names[lang]), ASKED[lang])
    vn.choose(vn.say("System"), starts_with("S10 "))
    vn.press(vn.say("Keep the draft"))
    ref, address = vn.page.locator("h1 .ref").inner_text(), vn.path.removeprefix(f"/{lang}/")
    assert any(ref in row for row in listed(vn, "vn"))
    assert not any(ref in row for row in listed(jp, "jp"))  # the other side sees no draft

    vn.go(address)
    said = "You wrote this draft, and it cannot be taken back: ask a colleague to submit it."
    assert vn.say(said) in vn.main
    colleague.go(address)
    sign(colleague, "Submit to the other side")
    assert not any(ref in row for row in listed(vn, "vn"))
    assert any(ref in row for row in listed(jp, "jp"))
    opened_from_the_list(jp, ref)
    jp.follow(jp.say("Forward to the unit in charge"), ".offers a")
    jp.choose(jp.say("Unit in charge"), MINISTRY[lang])
    jp.press(jp.say("Forward to the unit in charge"))
    assert any(ref in row for row in listed(jp, "organisation"))
    opened_from_the_list(jp, ref)
    jp.follow(jp.say("Answer"), ".offers a")
    jp.choose(jp.say("Verdict"), jp.say("accepted"))
    names = {"vi": "Text (Vietnamese)", "ja": "Text (Japanese)", "en": "Text (English)"}
    jp.write(jp.say(names[lang]), ANSWER[lang])
    jp.press(jp.say("Answer"))
    assert ANSWER[lang] in jp.main

    assert any(ref in row for row in listed(vn, "vn"))
    opened_from_the_list(vn, ref)
    sign(vn, "Close")
    assert f"{vn.say('State')}: {vn.say('closed')}" in vn.main
    assert not any(ref in row for row in (*listed(vn, "vn"), *listed(jp, "jp")))


MINISTRY = {
    "vi": "Bộ Môi trường Nhật Bản",
    "ja": "環境省（日本）",
    "en": "Ministry of the Environment, Japan",
}


def test_a_meeting_decides_and_an_action_is_carried_into_the_next_plan(
    officers: tuple[Hands, Hands],
) -> None:
    vn, _jp = officers
    lang, number = vn.lang, 901 + LANGUAGES.index(vn.lang)
    vn.go("workplan/meetings/")
    vn.follow(vn.say("A new meeting"))
    vn.write(vn.say("Number"), str(number))
    vn.day(vn.say("Held on"), date(2024, 12, 2))
    vn.choose(vn.say("Plan it reviews"), "2024")
    vn.press(vn.say("Save"))
    assert vn.say("The meeting is on record. Now its agenda.") in vn.main
    titles(vn, POINT)
    vn.press(vn.say("Add the point"))
    vn.follow(vn.say("Meeting no. %(n)s", n=number))
    vn.follow(vn.say("Meeting mode"))
    assert POINT[lang] in vn.page.locator("h1").inner_text()

    for code in ("vi", *({lang} - {"vi"})):
        names = {"vi": "Text (Vietnamese)", "ja": "Text (Japanese)", "en": "Text (English)"}
        vn.write(vn.say(names[code]), POINT[code])
    for code in ("vi", *({lang} - {"vi"})):
        names = {
            "vi": "What is to be done (Vietnamese)",
            "ja": "What is to be done (Japanese)",
            "en": "What is to be done (English)",
        }
        vn.write(vn.say(names[code]), TASK[code])
    vn.choose(vn.say("Who"), MINISTRY[lang])
    vn.day(vn.say("Due"), date(2025, 6, 30))
    vn.press(vn.say("Write it down"))
    assert vn.say("The decision is written down. It stands when both sides have signed it.") in vn.main
    vn.follow(vn.say("Sign or edit"))
    vn.follow(vn.say("Carry into the plan of %(year)s", year=2025))
    vn.choose(vn.say("System"), starts_with("S10 "))
    vn.press(vn.say("Carry it over"))
    assert vn.say("The action stands in the plan as a draft activity.") in vn.main
    assert vn.page.locator("h1 .ref").inner_text().startswith("2025-S10-")
    assert TASK[lang] in vn.page.locator("h1").inner_text()
    vn.go("workplan/?year=2025")
    assert TASK[lang] in vn.page.locator("#activities").inner_text()

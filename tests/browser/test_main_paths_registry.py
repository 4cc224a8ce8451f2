"""The registry's main paths by keyboard alone, at 320 px, in three languages, while axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Portal
from tests.browser.hands import SCREEN, Hands

pytestmark = pytest.mark.browser
LANGUAGES = ("vi", "ja", "en")
TITLE = {"vi": "Điện mặt trời mái nhà", "ja": "屋根置き太陽光発電", "en": "Solar on roofs"}
# One unit each, so that the languages do not stand in each other's way.
SERIAL = {lang: f"JCM-VN-JP-VN001-0000-{n}-{n}" for n, lang in enumerate(LANGUAGES, start=1)}
Contexts = Callable[..., BrowserContext]


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def at_screen(lang: str, workshop: Portal, at_work: Contexts) -> Callable[[str], Hands]:
    return lambda name: Hands(at_work(name, **SCREEN), workshop.address, lang)


def test_an_idea_is_written_and_neither_side_objects(at_screen: Callable[[str], Hands], lang: str) -> None:
    owner = at_screen("participant")
    owner.go("registry/projects/")
    owner.follow(owner.say("Write a project idea"))
    owner.write(owner.say("Code"), f"roofs-{lang}")
    for name, code in (("Vietnamese", "vi"), ("Japanese", "ja"), ("English", "en")):
        owner.write(owner.say(f"Title ({name})"), TITLE[code])
    owner.press(owner.say("Save"))
    assert TITLE[lang] in owner.main
    address = owner.path.removeprefix(f"/{lang}/")
    owner.follow(owner.say("Submit the idea note (form 3.1)"), ".offers a")
    owner.press(owner.say("Submit the idea note (form 3.1)"))
    assert f"{owner.say('State')}: {owner.say('idea note (PIN) submitted')}" in owner.main

    for name in ("officer-jp", "officer-vn"):
        member = at_screen(name)
        member.go(address)
        member.follow(member.say("No objection"), ".offers a")
        member.press(member.say("No objection"))
    assert f"{member.say('State')}: {member.say('no objection to the idea note')}" in member.main


def test_units_are_cancelled_by_one_and_another_and_found_by_their_serial(
    at_screen: Callable[[str], Hands], lang: str
) -> None:
    maker = at_screen("officer-vn")
    maker.go("registry/accounts/")
    maker.follow(maker.page.locator("a:text('VNM-national')").first.inner_text())
    maker.follow(maker.say("Transfer, use or cancel units"))
    maker.choose(maker.say("What is to be done"), maker.say("Cancellation"))
    maker.write(maker.say("Serial"), SERIAL[lang])
    maker.press(maker.say("Save"), status=422)
    maker.choose(maker.say("For"), maker.say("Voluntary cancellation"))
    maker.write(maker.say("Beneficiary"), "trunghoa")
    maker.write(maker.say("Reason"), "Illustrative: written by a test of the platform")
    maker.press(maker.say("Save"))
    assert (
        maker.say("You prepared it: another registry administrator of your side approves it.") in maker.main
    )
    checker = at_screen("registrar-vn")
    checker.go(maker.path.removeprefix(f"/{lang}/"))
    checker.follow(checker.say("Approve and carry out"), ".offers a")
    checker.press(checker.say("Approve and carry out"))
    assert f"{checker.say('State')}: {checker.say('carried out')}" in checker.main

    checker.follow(checker.say("Certificate"))
    assert checker.say("This certificate holds.") in checker.main
    assert SERIAL[lang] in checker.main
    # A slip of the pen is told, on the page where it is asked again.
    number = checker.path.rstrip("/").rsplit("/", 1)[1]
    checker.follow(checker.say("Check a certificate"))
    checker.write(checker.say("Number of the certificate"), number + "0")
    checker.press(checker.say("Check"), "main button")
    assert number + "0" in checker.main
    checker.write(checker.say("Number of the certificate"), number)
    checker.press(checker.say("Check"), "main button")
    assert checker.say("This certificate holds.") in checker.main

    checker.follow(checker.say("Find units"))
    checker.write(checker.say("Serial"), SERIAL[lang])
    checker.press(checker.say("Find"), "main button")
    story = checker.page.locator("#story").inner_text()
    assert checker.say("Issuance") in story
    assert checker.say("Cancellation") in story

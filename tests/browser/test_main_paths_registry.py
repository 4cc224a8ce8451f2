"""The registry's main paths by keyboard alone, at 320 px, in three languages, while axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Portal
from tests.browser.hands import SCREEN, Hands
from trunghoa.portal.demonstration import INVENTED

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


def test_credits_are_sold_by_one_and_bought_by_another(at_screen: Callable[[str], Hands], lang: str) -> None:
    names = {code: dict(zip(LANGUAGES, said, strict=False)) for code, said in INVENTED.items()}
    seller = at_screen("participant")
    seller.go("registry/purchases/")
    seller.follow(seller.say("Write a purchase agreement"))
    seller.choose(seller.say("Seller"), names["demo-participant"][lang])
    seller.choose(seller.say("Buyer"), names["demo-buyer"][lang])
    project = seller.page.locator("select[name=project] option").nth(1).inner_text()
    seller.choose(seller.say("Project"), project)
    seller.write(seller.say("Vintages from"), "2028")
    seller.write(seller.say("Vintages to"), "2029")
    seller.write(seller.say("Volume (t)"), "1000")
    seller.write(seller.say("Price per credit"), "15")
    seller.choose(seller.say("Currency"), seller.say("US dollar (USD)"))
    seller.write(seller.say("Schedule of deliveries"), "2030-12-31 = 999")
    seller.choose(seller.say("On a shortfall"), seller.say("missing units are added to the next delivery"))
    seller.press(seller.say("Save"), status=422)
    assert (
        seller.say(
            "The schedule adds up to %(planned)s units, the agreement is on %(volume)s.",
            planned=999,
            volume=1000,
        )
        in seller.main
    )
    seller.write(seller.say("Schedule of deliveries"), "2030-12-31 = 1000")
    seller.press(seller.say("Save"))
    address = seller.path.removeprefix(f"/{lang}/")
    seller.follow(seller.say("Sign and propose"), ".offers a")
    seller.press(seller.say("Sign and propose"))
    assert f"{seller.say('State')}: {seller.say('proposed')}" in seller.main

    buyer = at_screen("buyer")
    buyer.go(address)
    buyer.follow(buyer.say("Sign"), ".offers a")
    buyer.press(buyer.say("Sign"))
    assert f"{buyer.say('State')}: {buyer.say('in force')}" in buyer.main
    buyer.follow(buyer.say("Record a payment"))
    buyer.choose(buyer.say("What it is for"), buyer.say("for credits delivered"))
    buyer.write(buyer.say("Amount"), "15000")
    buyer.write(buyer.say("Reference of the bank or the treasury"), "T/T 1")
    buyer.press(buyer.say("Save"))

    seller.go("registry/organisation/")
    assert seller.say("Confirm the payment or say that it did not come.") in seller.main
    seller.go(address)
    seller.follow(seller.page.locator("#payments a").first.inner_text(), "#payments a")
    seller.follow(seller.say("Confirm the payment"), ".offers a")
    seller.press(seller.say("Confirm the payment"))
    assert f"{seller.say('State')}: {seller.say('confirmed')}" in seller.main

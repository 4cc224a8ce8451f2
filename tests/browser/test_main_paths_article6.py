"""Article 6 by keyboard alone, at 320 px, in three languages, while axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Portal
from tests.browser.hands import SCREEN, Hands

pytestmark = pytest.mark.browser
LANGUAGES = ("vi", "ja", "en")
# Each language has an approach of its own.
APPROACH = {lang: f"CA900{n}" for n, lang in enumerate(LANGUAGES, start=1)}
Contexts = Callable[..., BrowserContext]


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def at_screen(lang: str, workshop: Portal, at_work: Contexts) -> Callable[[str], Hands]:
    return lambda name: Hands(at_work(name, **SCREEN), workshop.address, lang)


def test_an_authorisation_is_written_and_waits_for_the_initial_report(
    at_screen: Callable[[str], Hands], lang: str
) -> None:
    officer = at_screen("officer-vn")
    officer.go("registry/article6/")
    officer.follow(officer.say("Enter a cooperative approach"))
    officer.write(officer.say("Number of the cooperative approach"), "9001")
    officer.press(officer.say("Save"), status=422)
    officer.write(officer.say("Number of the cooperative approach"), APPROACH[lang])
    officer.write(officer.say("Parties"), "VNM JPN")
    officer.press(officer.say("Save"))
    assert APPROACH[lang] in officer.main

    officer.go("registry/article6/authorisations/")
    officer.follow(officer.say("Begin an authorisation"))
    officer.write(officer.say("Number of the authorisation"), f"VNM {APPROACH[lang]}")
    officer.choose(officer.say("Cooperative approach"), lambda text: text.startswith(APPROACH[lang]))
    officer.press(officer.say("Save"))
    officer.choose(officer.say("Purposes for authorization"), "NDC")
    officer.write(officer.say("Authorised quantity (t CO₂e)"), "1000")
    officer.write(officer.say("Mitigation occurs from the year"), "2019")
    officer.write(officer.say("Mitigation occurs until the year"), "2030")
    officer.press(officer.say("Save"), status=422)
    lowest = officer.say(
        "Mitigation before %(year)s gives no ITMOs (Decision 2/CMA.3 annex para 1).", year=2021
    )
    assert lowest in officer.main
    officer.write(officer.say("Mitigation occurs from the year"), "2021")
    officer.press(officer.say("Save"))
    assert "2021 – 2030" in officer.main
    # What stands in the way of the next move is said beside it.
    waits = officer.say(
        "The initial report of %(party)s is not on record as complete and submitted: no authorisation is "
        "issued before it (Decision 2/CMA.3 annex para 18).",
        party="VNM",
    )
    assert waits in officer.main

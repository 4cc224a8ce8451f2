"""An OSeMOSYS model by keyboard alone, at 320 px, in three languages: handed in, mended, run and read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Portal
from tests.browser.hands import SCREEN, Hands
from tests.pathways.osemosys_models import small_text

pytestmark = pytest.mark.browser
TITLE = {"vi": "Mô hình điện nhỏ", "ja": "小さな電力モデル", "en": "A small power model"}
Contexts = Callable[..., BrowserContext]


@pytest.fixture(params=("vi", "ja", "en"))
def hands(request: pytest.FixtureRequest, workshop: Portal, at_work: Contexts) -> Hands:
    return Hands(at_work("officer-vn", **SCREEN), workshop.address, request.param)


def test_a_model_is_handed_in_mended_run_and_read(hands: Hands, tmp_path: Path) -> None:
    # Of each language its own, for equal inputs are one run.
    rate = {"vi": 0.05, "ja": 0.06, "en": 0.07}[hands.lang]
    wrong, right = tmp_path / "wrong.txt", tmp_path / "right.txt"
    wrong.write_text(small_text("param CapitalCosts default 0 := ;", rate=rate))
    right.write_text(small_text(rate=rate))
    hands.go("scenarios/")
    hands.follow(hands.say("Hand in an OSeMOSYS model"))
    hands.hand_in(hands.say("File of the model"), wrong)
    hands.choose(hands.say("Country"), lambda option: "-" not in option)
    hands.write(hands.say("Title (Vietnamese)"), TITLE["vi"])
    hands.write(hands.say("Title (Japanese)"), TITLE["ja"])
    hands.write(hands.say("Title (English)"), TITLE["en"])
    hands.write(hands.say("Source"), "made for tests")
    hands.press(hands.say("Hand in the model"), status=422)
    assert "CapitalCosts" in hands.main
    assert hands.say("Faults of the model") in hands.main

    hands.hand_in(hands.say("File of the model"), right)
    hands.press(hands.say("Hand in the model"))
    assert TITLE[hands.lang] in hands.main
    hands.press(hands.say("Run"))
    hands.page.locator("#production").wait_for(state="attached")
    hands.go(hands.path.split("/", 2)[2])
    assert hands.say("Production of %(fuel)s, by technology", fuel="ELC") in hands.main
    hands.follow("AnnualEmissions")
    assert "CO2" in hands.main


def test_the_scheme_stands_on_the_money_page_with_its_rules(hands: Hands) -> None:
    hands.go("scenarios/net_zero/money/")
    assert hands.say("Emissions trading scheme: how obligations are met") in hands.main
    assert hands.page.locator("#h-market ~ figure.chart svg, section[aria-labelledby=h-market] svg").count()
    assert hands.say("Rules of the scheme and what is assumed") in hands.main

"""A passkey is set up and used with a virtual authenticator; an officer without one gets nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from trunghoa.portal import demonstration

from .audit import axe_violations, sideways_scroll
from .conftest import ROOT, Portal, free_port, wait_until_it_answers

pytestmark = pytest.mark.browser
NAME = "officer-vn"


def served(portal: Portal) -> dict[str, str]:
    """The environment of the portal that the tests look at."""
    found = {
        **os.environ,
        "TRUNGHOA_DEMO": "true",
        "TRUNGHOA_VAR": str(portal.folder / "var"),
        "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
        "PYTHONUTF8": "1",
    }
    found.pop("DATABASE_URL", None)
    return found


@pytest.fixture(scope="module")
def strict(portal: Portal) -> Iterator[str]:
    """The same portal served once more, with the second factor compulsory. Passkeys need a host name."""
    environment = {**served(portal), "MFA_COMPULSORY": "true"}
    port = free_port()
    command = [sys.executable, "-m", "trunghoa.portal.manage", "serve", "--port", str(port)]
    with (portal.folder / "strict.log").open("w") as log:
        server = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            running = Portal(f"http://127.0.0.1:{port}", portal.folder)
            wait_until_it_answers(running, server, portal.folder / "strict.log")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    found = chromium.new_context()
    yield found
    found.close()


def with_authenticator(page: Page) -> None:
    """A security key that answers by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, address: str) -> None:
    page.goto(address + "/en/login/")
    page.fill("input[name=username]", NAME)
    page.fill("input[name=password]", demonstration.PASSWORD)
    page.click("main form button[type=submit]")


def test_an_officer_sets_up_a_passkey_and_signs_in_with_it(strict: str, context: BrowserContext) -> None:
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    with_authenticator(page)
    sign_in(page, strict)
    assert page.url.endswith("/account/factors/")
    page.goto(strict + "/en/record/figures/")
    assert page.url.endswith("/en/account/factors/")

    page.goto(strict + "/en/account/factors/passkey/")
    page.fill("input[name=password]", demonstration.PASSWORD)
    page.fill("input[name=name]", "key of the office")
    page.click("button[data-passkey=create]")
    page.wait_for_selector(".recovery code")
    codes = page.locator(".recovery code").all_inner_texts()
    assert len(set(codes)) == 10
    page.goto(strict + "/en/account/factors/")
    assert page.get_by_text("key of the office").count() == 1
    page.goto(strict + "/en/record/figures/")
    assert page.url.endswith("/en/record/figures/")

    page.click("header form button[type=submit]")
    sign_in(page, strict)
    assert page.url.endswith("/login/second/")
    page.set_viewport_size({"width": 320, "height": 700})
    assert axe_violations(page) == []
    assert sideways_scroll(page) == []
    page.click("button[data-passkey=get]")
    page.wait_for_url("**/vi/")
    page.goto(strict + "/en/record/figures/")
    assert page.url.endswith("/en/record/figures/")

    page.click("header form button[type=submit]")
    sign_in(page, strict)
    page.fill("input[name=code]", codes[0])
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url("**/vi/")
    assert faults == []


def test_without_the_authenticator_the_page_says_what_to_do(strict: str, context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, strict)
    page.goto(strict + "/en/login/second/")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.click("button[data-passkey=get]")
    page.wait_for_selector("#passkey-failed:not([hidden])")
    assert "use a code" in page.inner_text("#passkey-failed")


@pytest.fixture(scope="module", autouse=True)
def as_before(portal: Portal) -> Iterator[None]:
    """The demonstration's officer has no second factor again when this module is done."""
    yield
    code = (
        "from allauth.mfa.models import Authenticator; "
        f"Authenticator.objects.filter(user__username='{NAME}').delete()"
    )
    environment = served(portal)
    subprocess.run(
        [sys.executable, "-m", "trunghoa.portal.manage", "shell", "-c", code],
        env=environment, cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip

"""Every page that the portal offers, in three languages: for any eyes, hands and screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.audit import Watch, axe_violations, sideways_scroll
from tests.browser.conftest import Portal
from tests.browser.crawl import MOST, Crawl, crawl

pytestmark = pytest.mark.browser
LANGUAGES = ("vi", "ja", "en")
# Records of the demonstration that have everything a page of their kind can show.
FULL = ("landfills/khanh-son/",)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 700}
Contexts = Callable[..., BrowserContext]


@dataclass
class Visit:
    """What was found on the pages that an officer reaches in one language."""

    lang: str
    pages: Crawl
    axe: list[str]
    heard: list[str]
    wide: list[str]


@pytest.fixture(scope="module", params=LANGUAGES)
def visit(
    request: pytest.FixtureRequest, portal: Portal, signed_in: Contexts, screenshots: Path
) -> Iterator[Visit]:
    """Walk through the portal once per language; the tests below each ask one thing of the walk."""
    lang = request.param
    context = signed_in("officer-vn", viewport=DESKTOP)
    found = Visit(lang, Crawl(portal.address), [], [], [])
    page = context.new_page()
    watch = Watch(page)
    page.set_viewport_size(PHONE)
    for path in crawl(page, found.pages, f"/{lang}/", *(f"/{lang}/{path}" for path in FULL)):
        found.wide += [f"{path}: {fault}" for fault in sideways_scroll(page)]
        found.axe += [f"{path} at 320 px: {fault}" for fault in axe_violations(page)]
        if lang == LANGUAGES[0]:
            # What a wide window changes is the layout, and that is one for all languages.
            page.screenshot(path=screenshots / f"{name_of(path)}-320.png", full_page=True)
            page.set_viewport_size(DESKTOP)
            found.axe += [f"{path} at 1280 px: {fault}" for fault in axe_violations(page)]
            page.screenshot(path=screenshots / f"{name_of(path)}.png", full_page=True)
            page.set_viewport_size(PHONE)
        found.heard += [f"{path}: {fault}" for fault in watch.faults()]
    yield found
    context.close()


def name_of(path: str) -> str:
    parts = urlsplit(path)
    text = parts.path.strip("/").replace("/", "_") + ("__" + parts.query if parts.query else "")
    return "".join(c if c.isalnum() or c in "-_=" else "-" for c in text)[:120]


def listed(faults: list[str]) -> str:
    return f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def test_the_walk_reaches_every_section_and_no_broken_link(visit: Visit, portal: Portal) -> None:
    assert visit.pages.broken == []
    sections = {path.split("/")[2] for path in visit.pages.paths if path.count("/") > 2}
    wanted = {
        "landfills",
        "registry",
        "record",
        "publications",
        "workplan",
        "workflow",
        "tasks",
        "organisations",
        "audit",
        "scenarios",
    }
    assert wanted <= sections, visit.pages.paths
    assert len(visit.pages.paths) < MOST, "the walk ended before it had seen every kind of page"


def test_axe_finds_nothing(visit: Visit) -> None:
    assert not visit.axe, listed(visit.axe)


def test_nothing_breaks_the_content_policy_and_no_script_fails(visit: Visit) -> None:
    assert not visit.heard, listed(visit.heard)


def test_no_page_scrolls_sideways_at_320_px(visit: Visit) -> None:
    assert not visit.wide, listed(visit.wide)


def test_the_language_switch_keeps_the_page(visit: Visit, portal: Portal, signed_in: Contexts) -> None:
    other = LANGUAGES[(LANGUAGES.index(visit.lang) + 1) % 3]
    context = signed_in("officer-vn")
    page = context.new_page()
    for path in visit.pages.paths[:25]:
        page.goto(portal.url(path))
        href = page.locator(f"a[hreflang={other}]").first.get_attribute("href")
        assert href == path.replace(f"/{visit.lang}/", f"/{other}/", 1), f"on {path}"
    page.goto(portal.url(str(href)))
    assert page.locator("html").get_attribute("lang") == other
    context.close()


def test_it_says_the_same_without_javascript(visit: Visit, portal: Portal, signed_in: Contexts) -> None:
    with_script, without = signed_in("officer-vn"), signed_in("officer-vn", java_script_enabled=False)
    pages = [context.new_page() for context in (with_script, without)]
    for path in visit.pages.paths[:25]:
        texts = []
        for page in pages:
            page.goto(portal.url(path), wait_until="load")
            texts.append(" ".join(page.locator("main").inner_text().split()))
        assert texts[0] == texts[1], f"on {path}"
        assert texts[1], f"{path} is empty"
    with_script.close()
    without.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_keyboard_skips_to_the_content(lang: str, portal: Portal, signed_in: Contexts) -> None:
    page = signed_in("officer-vn").new_page()
    page.goto(portal.url(f"/{lang}/"))
    page.keyboard.press("Tab")
    target = page.evaluate("() => document.activeElement.getAttribute('href')")
    assert target == "#main"
    assert page.locator("a[href='#main']").first.is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_the_keyboard_reaches_every_main_link(portal: Portal, signed_in: Contexts) -> None:
    page = signed_in("officer-vn").new_page()
    page.goto(portal.url("/vi/"))
    wanted = set(
        page.eval_on_selector_all("header a[href]", "links => links.map(a => a.getAttribute('href'))")
    )
    assert wanted
    reached = set(tabbed(page, 40))
    assert wanted <= reached


def tabbed(page: Page, times: int) -> Iterator[str | None]:
    """Press Tab so often; where the focus is then, and that it can be seen there."""
    for _ in range(times):
        page.keyboard.press("Tab")
        yield page.evaluate("() => document.activeElement.getAttribute('href')")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_visitor_sees_the_public_pages_and_is_asked_to_sign_in_for_the_rest(
    lang: str, portal: Portal, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE)
    found = Crawl(portal.address)
    page = context.new_page()
    watch = Watch(page)
    faults: list[str] = []
    for path in crawl(page, found, f"/{lang}/"):
        faults += [f"{path}: {f}" for f in (*axe_violations(page), *sideways_scroll(page), *watch.faults())]
    assert f"/{lang}/" in found.paths
    assert found.broken == []
    assert not faults, listed(faults)
    page.goto(portal.url(f"/{lang}/landfills/"))
    assert urlsplit(page.url).path == f"/{lang}/login/"
    context.close()


def test_the_policy_allows_only_the_site_itself(portal: Portal, chromium: Browser) -> None:
    response = chromium.new_context().request.get(portal.url("/vi/"))
    directives = [d.strip() for d in response.headers["content-security-policy"].split(";")]
    assert "default-src 'self'" in directives
    assert not any("unsafe" in d or "data:" in d or "*" in d for d in directives), directives

"""Drawings in a page under the portal's own content policy, looked at by a browser and by axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.audit import Watch, axe_violations, sideways_scroll
from tests.portal.charts import samples
from tests.portal.charts.test_map import LEGEND, values
from trunghoa.portal.core import charts

pytestmark = pytest.mark.browser
ADDRESS = "http://drawings.test/"
STYLES = Path(charts.__file__).parent / "static" / "charts" / "charts.css"
POLICY = {"Content-Security-Policy": "default-src 'self'; object-src 'none'"}


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    page = chromium.new_page()
    page.route(ADDRESS + "charts.css", lambda r: r.fulfill(path=STYLES, content_type="text/css"))
    page.route(ADDRESS + "favicon.ico", lambda r: r.fulfill(status=204))
    yield page
    page.close()


def document(lang: str) -> str:
    words = {"title": "Mêtan", "lang": lang}
    links = {key: f"/{lang}/{key.code}" for key in values("2025")}
    sites = [charts.SitePoint(105.85, 21.03, "Nam Sơn", "/s/1"), charts.SitePoint(106.6, 10.9, "Phước Hiệp")]
    drawn = [
        *(charts.draw(make(lang), description=kind, **words) for kind, make in samples.ALL.items()),
        charts.sparkline([1, 3, 2], title="Mêtan 2020–2022"),
        charts.province_map(values("2008"), era="2008", description="63", legend=LEGEND, **words),
        charts.province_map(
            values("2025"), era="2025", description="34", legend=LEGEND, links=links, points=sites, **words
        ),
    ]
    head = '<meta charset="utf-8"><title>x</title><link rel="stylesheet" href="/charts.css">'
    body = "<h1>x</h1>" + "".join(f"<p>{svg}</p>" for svg in drawn)
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body><main>{body}</main></body></html>'


def opened(page: Page, lang: str) -> Watch:
    watch, body = Watch(page), document(lang)
    page.route(ADDRESS, lambda r: r.fulfill(body=body, content_type="text/html", headers=POLICY))
    page.goto(ADDRESS)
    return watch


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_neither_the_policy_nor_axe_finds_anything_on_a_wide_or_a_narrow_screen(page: Page, lang: str):
    watch = opened(page, lang)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways_scroll(page) == []
        assert axe_violations(page) == []
    assert watch.faults() == []


def test_provinces_and_sites_are_reached_and_named_by_keyboard(page: Page):
    opened(page, "vi")
    page.keyboard.press("Tab")
    focused = "() => ['href', 'aria-label'].map(name => document.activeElement.getAttribute(name))"
    assert page.evaluate(focused) == ["/vi/04", "Cao Bằng: 100,0 t CH₄"]
    for _ in range(len(values("2025"))):
        page.keyboard.press("Tab")
    assert page.evaluate(focused) == ["/s/1", "Nam Sơn"]


def test_nothing_of_a_drawing_is_cut_off_at_its_edge(page: Page):
    opened(page, "vi")
    outside = page.evaluate(
        """() => [...document.querySelectorAll("svg")].flatMap(svg => {
          const box = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")].filter(t => {
            const b = t.getBoundingClientRect();
            return b.left < box.left - 1 || b.right > box.right + 1
              || b.top < box.top - 1 || b.bottom > box.bottom + 1;
          }).map(t => t.textContent);
        })"""
    )
    assert outside == []

"""The audit finds what is wrong and leaves alone what is right, under the portal's own content policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.browser.audit import Watch, axe_violations, sideways_scroll
from tests.browser.hands import SCREEN, Hands

pytestmark = pytest.mark.browser
HEAD = (
    '<!doctype html><html lang="en"><head><title>t</title><meta name="viewport" content="width=device-width">'
)
PAGES = {
    "/good": f"{HEAD}</head><body><main><h1>Good</h1><p>Nothing is wrong here.</p></main></body></html>",
    "/picture": f'{HEAD}</head><body><main><h1>P</h1><img src="/dot.svg"></main></body></html>',
    "/style": f'{HEAD}</head><body><main><h1 style="color:red">S</h1></main></body></html>',
    "/script": f"{HEAD}</head><body><main><h1>S</h1></main><script>let x = 1</script></body></html>",
    "/missing": f'{HEAD}</head><body><main><h1>M</h1><img alt="none" src="/no.svg"></main></body></html>',
    "/throws": f'{HEAD}<script src="/throws.js"></script></head><body><main><h1>T</h1></main></body></html>',
    "/unseen": f'{HEAD}<link rel="stylesheet" href="/unseen.css"></head><body><main><h1>U</h1>'
    '<a href="/good">Elsewhere</a> <a href="/wide">Away</a> <span>Nowhere</span></main></body></html>',
    "/wide": f"{HEAD}</head><body><main><h1>{'W' * 200}</h1></main></body></html>",
}
FILES = {
    "/unseen.css": ("text/css", "a:focus { outline: 2px solid } a[href='/wide'] { outline: none }"),
    "/throws.js": ("text/javascript", "throw new Error('broken on purpose')"),
    "/favicon.ico": ("image/x-icon", " "),
    "/dot.svg": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = FILES.get(self.path) or ("text/html; charset=utf-8", PAGES.get(self.path))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests say what matters."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def faults_of(browser: Browser, address: str, width: int = 1280) -> list[str]:
    page = browser.new_page(viewport={"width": width, "height": 800})
    watch = Watch(page)
    page.goto(address, wait_until="load")
    faults = [*axe_violations(page), *sideways_scroll(page), *watch.faults()]
    page.close()
    return faults


def test_it_finds_nothing_on_a_good_page(chromium: Browser, site: str) -> None:
    assert faults_of(chromium, f"{site}/good", width=320) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/picture", "axe image-alt"),
        ("/style", "content policy: style-src-attr blocked inline"),
        ("/script", "content policy: script-src-elem blocked inline"),
        ("/missing", "404 for"),
        ("/throws", "broken on purpose"),
        ("/wide", "scrolls sideways"),
    ],
)
def test_it_finds_what_is_wrong(chromium: Browser, site: str, path: str, words: str) -> None:
    assert any(words in fault for fault in faults_of(chromium, site + path, width=320))


def test_hands_find_what_tab_does_not_reach_and_a_focus_that_is_not_seen(
    chromium: Browser, site: str
) -> None:
    context = chromium.new_context(**SCREEN)
    hands = Hands(context, site, "en")
    hands.page.goto(f"{site}/unseen")
    hands.to("Elsewhere")
    with pytest.raises(AssertionError, match="the focus cannot be seen"):
        hands.to("Away")
    with pytest.raises(AssertionError, match="does not reach “Nowhere”"):
        hands.to("Nowhere")
    context.close()

"""What a browser finds wrong with a page: accessibility, content policy, scripts, requests, width."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

AXE = Path(__file__).with_name("axe.min.js")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Registered before the page's own content, so that no violation comes too early to be seen.
LISTEN = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", event =>
  window.policyViolations.push(`${event.violatedDirective} blocked ${event.blockedURI || "inline"}`));
"""


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


class Watch:
    """Listens to a page from its first byte and keeps what the page complains about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: list[str] = []
        page.add_init_script(LISTEN)
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("response", self._response)
        page.on("requestfailed", self._request_failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text}")

    def _page_error(self, error: Error) -> None:
        self.heard.append(f"script: {error}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.heard.append(f"{response.status} for {response.url}")

    def _request_failed(self, request: Request) -> None:
        # Who opened the page is told of that one; and a page that is left gives up what it still asked for.
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            self.heard.append(f"request failed: {request.url}")

    def faults(self) -> list[str]:
        """Everything heard since the last call."""
        # Evaluated through the debugger, which the page's own policy does not bind.
        violations = self.page.evaluate("() => (window.policyViolations || []).splice(0)")
        heard, self.heard = self.heard, []
        return [*heard, *(f"content policy: {v}" for v in violations)]


def axe_violations(page: Page) -> list[str]:
    """Run axe-core by the WCAG 2.2 AA rules; one line per element at fault."""
    if not page.evaluate("() => typeof window.axe === 'object'"):
        page.evaluate(axe_source() + "\n;void 0")
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"axe {violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def sideways_scroll(page: Page) -> list[str]:
    """At the present width: does the page as a whole scroll sideways, and because of what?"""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const scrolls = e => ["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX);
          const contained = e => {
            for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
              if (scrolls(p)) return true;
            return false;
          };
          const wide = [...document.body.querySelectorAll("*")]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !contained(e)).slice(0, 3);
          return [`scrolls sideways: ${document.documentElement.scrollWidth} px in ${width} px because of ` +
            (wide.map(e => e.outerHTML.slice(0, 100)).join(" | ") || "the page itself")];
        }"""
    )

"""Somebody who has a keyboard and no mouse, on a screen 320 px wide, and reads one language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext, trans_real
from playwright.sync_api import BrowserContext, Response

from tests.browser.audit import Watch, axe_violations, sideways_scroll
from tests.browser.crawl import kind_of

PHONE = {"width": 320, "height": 700}
# A day is typed into its field in the order of the browser's own language.
SCREEN: dict[str, Any] = {"viewport": PHONE, "locale": "en-US"}
# More steps than this from one thing to the next are no way to work.
MOST = 90
FOCUSED = """within => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const labels = e.labels && e.labels.length ? e.labels[0].innerText : e.innerText;
  const name = e.getAttribute("aria-label") || labels;
  return {
    name: (name || "").replace(/\\s+/g, " ").trim(),
    fits: e.matches(within),
    html: e.outerHTML.slice(0, 160),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0
      && box.left < innerWidth && box.right > 0,
  };
}"""
TEXTS = """lang => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); ) {
    const text = node.data.replace(/\\s+/g, " ").trim(), holder = node.parentElement.closest("[lang]");
    if (text && holder.lang === lang && node.parentElement.checkVisibility()) found.push(text);
  }
  return found;
}"""

SHAPE = """() => [...document.querySelectorAll("main *")].map(e => e.tagName + e.className).sort()
  .filter((name, i, all) => name !== all[i - 1]).join(" ")"""


def said(lang: str, message: str, **values: Any) -> str:
    """What a text of the portal is in a language; that it has one is part of the test."""
    with translation.override(lang):
        text = gettext(message)
    assert lang == "en" or text != message, f"“{message}” is not translated into {lang}"
    return text % values if values else text


@cache
def english(lang: str) -> frozenset[str]:
    """Texts of the portal as they stand in the code, and that read otherwise in a language."""
    pairs = trans_real.translation(lang)._catalog.items()
    return frozenset(key for key, text in pairs if isinstance(key, str) and text and text != key)


class Hands:
    """Works on one page with Tab, Enter, the arrows and letters; every page reached is looked at."""

    audited: ClassVar[set[tuple[str, str, str]]] = set()

    def __init__(self, context: BrowserContext, address: str, lang: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(120_000)  # a machine that several work on is slow, not wrong
        self.address, self.lang = address, lang
        self.watch = Watch(self.page)

    def say(self, message: str, **values: Any) -> str:
        return said(self.lang, message, **values)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def is_archived(self) -> bool:
        """A long text kept byte for byte, the same at every visit."""
        return self.page.locator("article.report").count() > 0

    @property
    def main(self) -> str:
        """What the page says, without its frame."""
        return " ".join(self.page.locator("main").inner_text().split())

    def go(self, path: str) -> None:
        """Type an address."""
        self._arrived(self.page.goto(self.address + f"/{self.lang}/{path}", wait_until="load"))

    def _arrived(self, response: Response | None, status: int = 200) -> None:
        assert response is None or response.status == status, f"{response.status} at {self.page.url}"
        if status >= 400:  # the browser complains about what was expected here
            self.watch.heard = [text for text in self.watch.heard if f"status of {status}" not in text]
        self.look()
        self.skip()

    def look(self) -> None:
        """What is wrong with the page, were it seen for the first time or after something happened in it."""
        faults = [*sideways_scroll(self.page), *self.watch.faults()]
        if self.lang != "en":
            texts = self.page.evaluate(TEXTS, self.lang)
            faults += [f"not in {self.lang}: {text}" for text in texts if text in english(self.lang)]
        # The same page with the same things in it would only be found right again.
        shape = (self.lang, kind_of(self.path), "" if self.is_archived else self.page.evaluate(SHAPE))
        if shape not in self.audited:
            faults += axe_violations(self.page)
            self.audited.add(shape)
        assert not faults, f"{self.page.url}: " + "\n".join(dict.fromkeys(faults))

    def skip(self) -> None:
        """Jump over the head of the page by the first link it offers, unless the address led further in."""
        self.page.keyboard.press("Tab")
        if self.focused()["name"] == self.say("Skip to the content"):
            self.page.keyboard.press("Enter")

    def focused(self, kind: str = "*") -> dict[str, Any]:
        return self.page.evaluate(FOCUSED, kind)

    def to(self, name: str, kind: str = "a, button") -> None:
        """Press Tab until the control of that name has the focus, which can be seen."""
        passed: list[str] = []
        for _ in range(MOST):
            now = self.focused(kind)
            if now["fits"] and (now["name"] == name or now["name"].startswith(f"{name} (")):
                assert now["outlined"], f"the focus cannot be seen on {now['html']}"
                assert now["inside"], f"the focus is outside the screen on {now['html']}"
                return
            passed.append(now["name"][:40])
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: the keyboard does not reach “{name}” ({kind}), but {passed}")

    def press(self, name: str, kind: str = "main button", status: int = 200) -> None:
        """Press a button, or follow a link, and look at the page to which it leads."""
        self.to(name, kind)
        with self.page.expect_navigation(wait_until="load") as reached:
            self.page.keyboard.press("Enter")
        self._arrived(reached.value, status)

    def follow(self, name: str, kind: str = "main a") -> None:
        self.press(name, kind)

    def write(self, name: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        self.to(name, "input, textarea")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        assert self.page.evaluate("() => document.activeElement.value") == text

    def day(self, name: str, day: date) -> None:
        self.to(name, "input[type=date]")
        self.page.keyboard.type(f"{day:%m%d%Y}")
        assert self.page.evaluate("() => document.activeElement.value") == day.isoformat()

    def choose(self, name: str, option: str | Callable[[str], bool]) -> str:
        """Walk through a list of choices to one of them."""
        wanted = option if callable(option) else option.__eq__
        self.to(name, "select")
        chosen = "() => document.activeElement.selectedOptions[0].text.trim()"
        self.page.keyboard.press("Home")
        seen = [self.page.evaluate(chosen)]
        while not wanted(seen[-1]):
            self.page.keyboard.press("ArrowDown")
            seen.append(self.page.evaluate(chosen))
            assert seen[-1] != seen[-2], f"“{name}” does not offer “{option}”, but {seen}"
        return seen[-1]

    def hand_in(self, name: str, path: Path) -> None:
        """Choose a file for the field that has the focus."""
        self.to(name, "input[type=file]")
        handle = self.page.evaluate_handle("() => document.activeElement").as_element()
        assert handle is not None
        handle.set_input_files(path)

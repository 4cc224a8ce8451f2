"""Finds the pages of the portal by following its own links, so that a new page is looked at by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import APIResponse, Error, Page, Response

# Of pages that differ only in which record or filter they show, so many are looked at.
ALIKE = 1
# A walk that comes to so many has lost its way: there are fewer kinds of pages.
MOST = 150


@dataclass
class Crawl:
    """The pages one visitor reaches in one language, in the order in which they were found."""

    address: str
    paths: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


# A link inside a drawing keeps its address as an object; both come out absolute.
ABSOLUTE = "links => links.map(link => new URL(link.getAttribute('href'), document.baseURI).href)"


def crawl(page: Page, found: Crawl, start: str, *also: str) -> Iterator[str]:
    """Follow links of the same site and language from ``start``, at most ``ALIKE`` of a kind.

    Each page is open in ``page`` while its path is given, so that it is looked at on the way. ``also`` are
    pages to look at besides: a record that shows more than the first of its kind.
    """
    waiting, seen, kinds = [start, *also], {start, *also}, dict[str, int]()
    while waiting and len(found.paths) < MOST:
        path = waiting.pop(0)
        response: Response | APIResponse | None
        try:
            response = page.goto(found.address + path, wait_until="load")
        except Error:
            # A file is not opened but handed over, which the browser tells as an error.
            response = page.context.request.get(found.address + path)
            if "attachment" not in response.headers.get("content-disposition", ""):
                raise
        if response is None or response.status >= 400:
            found.broken.append(f"{response and response.status} {path}")
            continue
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        found.paths.append(path)
        links = page.eval_on_selector_all("a[href]", ABSOLUTE)
        yield path
        for link in links:
            target = target_of(link, found.address, start)
            if target is None or target in seen:
                continue
            seen.add(target)
            kinds[kind_of(target)] = kinds.get(kind_of(target), 0) + 1
            if kinds[kind_of(target)] <= ALIKE:
                waiting.append(target)


def target_of(link: str, address: str, start: str) -> str | None:
    """The path and query of a link within the site and language, else nothing."""
    bare, _ = urldefrag(link)
    if not bare.startswith(address + start):
        return None
    parts = urlsplit(bare)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(path: str) -> str:
    """``/vi/landfills/nam-son/?year=2020`` and ``…/da-phuoc/?sort=name`` are one kind of page: one view's."""
    parts = urlsplit(path)
    with translation.override(parts.path.split("/")[1]):
        try:
            name = resolve(parts.path).view_name
        except Resolver404:
            name = parts.path
    return name + ("?" if parts.query else "")

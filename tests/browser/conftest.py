"""A browser, and a portal of its own to look at: loaded as a demonstration, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from sqlite3 import connect
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from trunghoa.portal import demonstration

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "out" / "screenshots"
MANAGE = [sys.executable, "-m", "trunghoa.portal.manage"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = next((path for path in map(shutil.which, NAMES) if path), None)
    if executable is None:
        pytest.skip("no Chromium on this machine (Debian, Ubuntu: apt-get install chromium)")
    # Chromium cannot build its sandbox as root, which is how tests run in a container.
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=flags)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    address: str
    folder: Path

    def url(self, path: str) -> str:
        return self.address + path


DATABASE, LOADED = "trunghoa.sqlite3", "loaded"


def environment_of(folder: Path) -> dict[str, str]:
    """A portal that keeps everything in a folder of its own."""
    environment = {
        **os.environ,
        "TRUNGHOA_DEMO": "true",
        "TRUNGHOA_VAR": str(folder / "var"),
        "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
        "PYTHONUTF8": "1",
    }
    environment.pop("DATABASE_URL", None)
    return environment


@pytest.fixture(scope="session")
def demonstration_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, loaded once for all the processes that run tests side by side."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demonstration"
    try:
        folder.mkdir()
    except FileExistsError:
        wait_for(folder / "outcome.txt")
    else:
        loaded = subprocess.run(
            [*MANAGE, "demo", "--out", str(folder / "out")],
            env=environment_of(folder), cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = "" if loaded.returncode == 0 else loaded.stdout[-2000:] + loaded.stderr[-4000:]
        (folder / "outcome.tmp").write_text(said or LOADED)
        (folder / "outcome.tmp").rename(folder / "outcome.txt")
    outcome = (folder / "outcome.txt").read_text()
    assert outcome == LOADED, outcome
    return folder


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 900
    while not path.exists():
        assert time.monotonic() < deadline, "the demonstration is not loaded after a quarter of an hour"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def portal(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal to look at: nobody changes anything in it."""
    with serving(copy_of(demonstration_folder, tmp_path_factory.mktemp("portal"))) as running:
        yield running


@pytest.fixture(scope="session")
def workshop(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Another to work in, so that what other tests look at stays as it was."""
    with serving(copy_of(demonstration_folder, tmp_path_factory.mktemp("workshop"))) as running:
        yield running


def copy_of(source: Path, folder: Path) -> Path:
    shutil.copytree(source / "var", folder / "var", ignore=shutil.ignore_patterns(f"{DATABASE}*"))
    original, copy = source / "var" / DATABASE, folder / "var" / DATABASE
    with closing(connect(original)) as live, closing(connect(copy)) as new:
        live.backup(new)
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[Portal]:
    """The portal of a folder, served with its worker."""
    port = free_port()
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*MANAGE, "serve", "--port", str(port)], env=environment_of(folder), cwd=ROOT, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            running = Portal(f"http://127.0.0.1:{port}", folder)
            wait_until_it_answers(running, server, folder / "server.log")
            yield running
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(portal: Portal, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300  # a machine that several work on starts two workers slowly
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(portal.url("/alive"), timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the portal does not answer:\n" + log.read_text()[-4000:])


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, portal: Portal) -> Iterator[Callable[..., BrowserContext]]:
    """A browser context in which one of the demonstration's people is signed in, once for the whole run."""
    yield from people_of(chromium, portal)


@pytest.fixture(scope="session")
def at_work(chromium: Browser, workshop: Portal) -> Iterator[Callable[..., BrowserContext]]:
    """The same in the workshop."""
    yield from people_of(chromium, workshop)


def people_of(chromium: Browser, portal: Portal) -> Iterator[Callable[..., BrowserContext]]:
    states: dict[str, Any] = {}
    contexts: list[BrowserContext] = []

    def context_of(username: str, **options: Any) -> BrowserContext:
        if username not in states:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(portal.url("/vi/login/"))
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", demonstration.PASSWORD)
            page.click("main form button[type=submit]")
            assert "/login/" not in page.url, f"{username} could not sign in"
            states[username] = context.storage_state()
            context.close()
        contexts.append(chromium.new_context(storage_state=states[username], **options))
        return contexts[-1]

    yield context_of
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS

"""Drawings are made once, found by what they show, and made anew when that changes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from trunghoa.portal.core.charts import DrawingError, beside, store, theme
from trunghoa.portal.core.charts.builders import status_bars
from trunghoa.portal.core.charts.models import Drawing

from . import samples

pytestmark = pytest.mark.once

WORDS = {"title": "T", "description": "D", "lang": "vi"}


@pytest.fixture
def made(monkeypatch):
    """Count what is drawn instead of drawing."""
    drawn: list[str] = []

    def draw(chart, *, title, description, lang):
        drawn.append(f"{title} {lang}")
        return f"<svg>{len(drawn)}</svg>"

    monkeypatch.setattr(beside, "draw", draw)
    monkeypatch.setattr(store, "draw", draw)
    return drawn


def bars(amount: object, *, group: str = "2024"):
    return partial(status_bars, [(group, "planned", amount)], statuses={"planned": "P"}, y="t", lang="vi")


@pytest.mark.django_db
def test_the_same_chart_is_drawn_once(made):
    first = store.cached(bars(1), **WORDS)
    assert store.cached(bars(1), **WORDS) == first == "<svg>1</svg>"
    assert made == ["T vi"]
    assert Drawing.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("change", [
    {"chart": bars(2)}, {"chart": bars(1, group="2025")}, {"title": "U"}, {"description": "E"},
    {"lang": "ja"},
])  # fmt: skip
def test_any_change_of_content_is_another_drawing(made, change):
    store.cached(bars(1), **WORDS)
    given = {"chart": bars(1), **WORDS} | change
    store.cached(given.pop("chart"), **given)
    assert len(made) == 2


def test_a_change_of_the_look_is_another_drawing(monkeypatch):
    before = store.content_key(bars(1), **WORDS)
    monkeypatch.setattr(theme, "version", lambda: "another")
    assert store.content_key(bars(1), **WORDS) != before


def test_the_key_depends_on_values_and_their_order_but_not_on_how_a_number_is_written():
    key = partial(store.content_key, **WORDS)
    assert key(bars(Decimal("1.50"))) == key(bars(Decimal("1.5")))
    assert key(bars(date(2024, 1, 2))) != key(bars(date(2024, 2, 1)))
    one = partial(status_bars, [], statuses={"planned": "P", "issued": "I"}, y="t", lang="vi")
    two = partial(status_bars, [], statuses={"issued": "I", "planned": "P"}, y="t", lang="vi")
    assert key(one) != key(two)


def test_a_function_without_a_name_cannot_be_kept():
    with pytest.raises(TypeError, match="partial of a builder"):
        store.content_key(partial(lambda: None), **WORDS)


@pytest.mark.django_db
def test_what_is_drawn_ahead_is_found_by_the_page_and_drawn_again_only_when_it_changes(made):
    views = [store.View(bars(1), "T", "D"), store.View(bars(2), "T", "D")]
    assert store.ahead(views, "vi") == 2
    assert store.ahead(views, "vi") == 0
    assert store.cached(bars(1), **WORDS) == "<svg>1</svg>"
    assert store.ahead([store.View(bars(3), "T", "D"), views[1]], "vi") == 1
    assert store.ahead(views, "ja") == 2
    assert made == ["T vi"] * 3 + ["T ja"] * 2


@pytest.mark.django_db
def test_old_drawings_are_forgotten_and_drawn_again_when_asked_for(made):
    store.cached(bars(7), **WORDS)
    Drawing.objects.update(made_on=timezone.now() - timezone.timedelta(days=91))
    store.cached(bars(8), **WORDS)
    assert store.forget(90) == 1
    assert store.cached(bars(8), **WORDS) == "<svg>2</svg>"
    assert store.cached(bars(7), **WORDS) == "<svg>3</svg>"


@pytest.mark.django_db
def test_it_is_drawn_beside_and_looks_as_if_drawn_here():
    chart = samples.statuses("vi")
    from trunghoa.portal.core.charts import draw

    assert store.cached(chart, **WORDS) == draw(chart, **WORDS)


@pytest.mark.django_db
def test_what_goes_wrong_beside_is_told_here_and_the_next_drawing_succeeds():
    bad = partial(status_bars, [("2024", "planned", -1)], statuses={"planned": "P"}, y="t", lang="vi")
    with pytest.raises(DrawingError, match="negative"):
        store.cached(bad, **WORDS)
    assert Drawing.objects.count() == 0
    process = beside._beside._process
    process.kill()
    process.wait()
    assert store.cached(bars(3), **WORDS).startswith("<svg")


def test_an_order_that_meets_a_process_just_ending_is_given_to_a_new_one(monkeypatch):
    ending = [sys.executable, "-c", "import sys; sys.stdin.buffer.read(1)"]
    process = subprocess.Popen(ending, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    monkeypatch.setattr(beside._beside, "_process", process)
    monkeypatch.setattr(beside._beside, "_owner", os.getpid())
    assert beside.draw(bars(4), **WORDS).startswith("<svg")
    assert process.wait() == 0


WEB = """
import sys, django
from functools import partial
from django.conf import settings
base = ["django.contrib.contenttypes", "django.contrib.auth"]
settings.INSTALLED_APPS = [*base, "trunghoa.portal.core.charts"]
settings.AUTH_USER_MODEL = "auth.User"
settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
django.setup()
from django.core.management import call_command
call_command("migrate", "charts", verbosity=0, skip_checks=True)
from trunghoa.portal.core.charts import store, sparkline, province_map
from trunghoa.portal.core.charts.builders import status_bars
from trunghoa.portal.core.charts.models import Drawing
chart = partial(status_bars, [("2024", "planned", 1)], statuses={"planned": "P"}, y="t", lang="vi")
words = {"title": "T", "description": "D", "lang": "vi"}
Drawing.objects.create(key=store.content_key(chart, **words), svg="<svg>kept</svg>")
assert store.cached(chart, **words) == "<svg>kept</svg>"
sparkline([1, 2], title="x")
print(sorted({"altair", "vl_convert", "pandas", "numpy", "narwhals"} & set(sys.modules)))
"""


def run(code: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
        "TRUNGHOA_DEMO": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_page_with_a_kept_drawing_imports_no_chart_engine():
    assert run(WEB) == "[]"


def test_the_web_process_starts_without_a_chart_engine():
    code = "import sys, django; django.setup(); print({'altair', 'vl_convert'} & set(sys.modules) or 'none')"
    assert run(code) == "none"

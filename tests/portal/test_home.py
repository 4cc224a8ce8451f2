"""The home page says what each system has, in the order of the systems."""

import re

import pytest

from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import System

from .record.test_figures import METHANE


@pytest.fixture
def ten(systems):
    for order in (1, 2, 3, 4, 5, 6, 7, 9, 10):
        System.objects.create(
            code=f"S{order}", order=order, name_vi=f"Hệ {order}", name_ja="系", name_en="System"
        )


def codes(page):
    return re.findall(r"<td>(S\d+)</td>", page.content.decode())


def test_ten_comes_after_nine(client, ten):
    assert codes(client.get("/vi/")) == [f"S{n}" for n in range(1, 11)]


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "Mười hệ thống"), ("ja", "十のシステム"), ("en", "The ten systems")]
)
def test_each_language_has_its_own_address_and_words(client, ten, lang, words):
    page = client.get(f"/{lang}/").content.decode()
    assert words in page
    assert f'<html lang="{lang}">' in page


def test_a_visitor_is_sent_to_vietnamese_first(client, db):
    assert client.get("/").headers["Location"] == "/vi/"


def test_the_language_switch_keeps_the_page_and_its_question(client, people):
    client.force_login(people["officer"])
    page = client.get("/vi/record/figures/?system=S8").content.decode()
    assert 'href="/ja/record/figures/?system=S8"' in page


def test_a_system_without_a_room_says_so(client, ten, people, sites):
    figures.put([METHANE])
    client.force_login(people["officer"])
    page = client.get("/en/").content.decode()
    assert page.count("not there yet") == 5
    assert "1 figure on record" in page


def test_pages_behind_the_sign_in_send_there_and_come_back(client, db):
    answer = client.get("/vi/record/figures/")
    assert answer.headers["Location"] == "/vi/login/?next=/vi/record/figures/"


@pytest.mark.parametrize("path", ["/vi/", "/vi/login/", "/vi/publications/", "/api/v1/openapi.json"])
def test_every_answer_carries_the_strict_policy(client, db, path):
    policy = client.get(path).headers["Content-Security-Policy"].split("; ")
    assert "default-src 'self'" in policy
    assert not any("unsafe" in directive or "data:" in directive for directive in policy)

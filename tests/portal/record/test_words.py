"""The page of a figure says in words what it is and where it is cited."""

import pytest
from django.urls import reverse
from django.utils import translation

from trunghoa.portal.core.record import words
from trunghoa.portal.core.record.models import Figure


@pytest.fixture
def figure(systems, country):
    from datetime import date
    from decimal import Decimal

    return Figure.objects.create(
        system=systems, kind="landfill.ch4_emitted", place=country, period_start=date(2025, 1, 1),
        period_end=date(2025, 12, 31), amount=Decimal("12.5"), unit="t", gas="CH4", status="projected",
        quality="illustrative", source="made up", identity="x",
    )  # fmt: skip


@pytest.mark.parametrize(("lang", "said"), [("vi", "phát thải"), ("ja", "メタン"), ("en", "methane emitted")])
def test_a_kind_is_named_in_the_readers_language(client, people, figure, lang, said):
    client.force_login(people["researcher"])
    with translation.override(lang):
        text = client.get(reverse("record:figure", args=[figure.pk])).content.decode()
    heading = text.partition("<h1>")[2].partition("</h1>")[0]
    assert said in heading
    assert "landfill.ch4_emitted" not in heading


def test_a_kind_that_nobody_named_keeps_its_code(figure):
    figure.kind = "unheard.of"
    assert words.kind(figure) == "unheard.of"


def test_what_cites_a_figure_is_linked_from_its_page(client, people, figure, monkeypatch):
    monkeypatch.setattr(words, "_citers", [lambda _request, _f: [("A report", "/vi/publications/r/")]])
    client.force_login(people["researcher"])
    text = client.get(reverse("record:figure", args=[figure.pk])).content.decode()
    assert '<a href="/vi/publications/r/">A report</a>' in text

"""The page of the API's operations says what the schema says."""

import pytest
from django.urls import reverse
from django.utils import translation

from trunghoa.portal import reference
from trunghoa.portal.api import api


def test_every_operation_of_the_schema_is_listed_with_its_refusals():
    listed = {(r["method"], r["path"]): r for r in reference.operations()}
    stated = {
        (method.upper(), path)
        for path, entry in api.get_openapi_schema()["paths"].items()
        for method in entry
        if method in reference.METHODS
    }
    assert set(listed) == stated
    assert "422" in listed[("GET", "/api/v1/figures")]["answers"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "Các thao tác của API"), ("ja", "APIの操作"), ("en", "Operations")]
)
def test_it_is_open_to_all_in_three_languages(client, lang, words):
    with translation.override(lang):
        text = client.get(reverse("api-reference")).content.decode()
    assert words in text
    assert "/api/v1/figures/{pk}" in text

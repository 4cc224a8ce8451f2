"""Forms 3.1 to 3.15 and guidance: declared, filled from the record, the same bytes for the same content."""

import io
import zipfile

import openpyxl
import pytest
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook

from trunghoa.portal.core.record.intake import inspect
from trunghoa.portal.core.workflow import machine as machines
from trunghoa.portal.systems.registry import guidance
from trunghoa.portal.systems.registry.papers import BY_NUMBER, PAPERS, filling, offered
from trunghoa.portal.systems.registry.papers.filling import SOURCES

from .books import fill
from .test_monitoring import papers, report, taken_over, template  # noqa: F401 - a fixture


@pytest.fixture
def issuance(scene):
    made = report(scene, title_en='=HYPERLINK("x") & <b>')
    taken_over(scene, made, fill(template(scene, made), {"EG_PJ": [100, 100]}))
    return made


def test_there_are_fifteen_forms_and_every_field_has_a_source():
    assert [p.number for p in PAPERS] == [f"3.{n}" for n in range(1, 16)]
    for paper in PAPERS:
        assert paper.fields
        for _label, name in paper.fields:
            assert callable(getattr(SOURCES[paper.about], name)), (paper.number, name)


@pytest.mark.parametrize("number", BY_NUMBER)
def test_every_form_is_shown_and_handed_out(scene, issuance, number):
    paper = BY_NUMBER[number]
    about = {"project": issuance.project, "issuance": issuance, "methodology": issuance.project.methodology}
    url = {n: u for n, _title, u in offered(about[paper.about])}[number]
    page = scene.client("owner").get(url)
    assert page.status_code == 200
    assert "compare it with the form in force" in page.content.decode()
    first = scene.client("owner").get(f"{url}?format=docx")
    assert first.content == scene.client("owner").get(f"{url}?format=docx").content
    assert inspect(first.content) == "docx"
    with zipfile.ZipFile(io.BytesIO(first.content)) as package:
        text = package.read("word/document.xml").decode()
    assert paper.title in text
    assert "<b>" not in text
    sheet = scene.client("owner").get(f"{url}?format=xlsx").content
    assert sheet == scene.client("owner").get(f"{url}?format=xlsx").content
    assert CalamineWorkbook.from_filelike(io.BytesIO(sheet)).sheet_names == [f"Form {number}"]
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    # A text stays a text, whatever it begins with.
    assert all(c.data_type != "f" for row in book.active.iter_rows() for c in row)


def test_a_form_names_what_is_missing(scene, issuance):
    form = filling.filled(BY_NUMBER["3.8"], issuance)
    assert "Opinion" in form.missing
    assert "Monitoring period" not in form.missing
    assert filling.UNOFFICIAL in form.notes
    page = scene.client("owner").get(f"{issuance.get_absolute_url()}forms/3-8/").content.decode()
    assert "No official statement is printed" in page


def test_the_verification_report_has_the_amounts(scene, issuance):
    scene.move(issuance, "hand_over", "owner")
    scene.move(issuance, "verify", "tpe", verdict="unqualified", text="all in order")
    form = filling.filled(BY_NUMBER["3.8"], issuance)
    said = {item.label: item for item in form.items}
    assert said["Emission reductions and credits by vintage"].rows[1] == (
        "2024",
        "86.6",
        "0",
        "86.6",
        "86",
        "86",
    )
    assert (
        said["Corrective action, clarification and forward action requests"].text == "No CAR or CL remaining"
    )
    assert form.missing == []


def test_forms_are_for_those_who_see_the_object(scene, issuance):
    url = f"{issuance.get_absolute_url()}forms/3-8/"
    assert scene.client("buyer").get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert scene.client("owner").get(url.replace("3-8", "3-1")).status_code == 404
    assert scene.client("owner").get(f"{url}?format=pdf").status_code == 404


MACHINES = ("jcm-project", "jcm-issuance", "jcm-methodology", "jcm-order", "jcm-change")


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_has_its_guidance_in_three_languages(name):
    states = {s.code for s in machines.get(name).states}
    texts = guidance.texts()[name]
    assert set(texts) == states
    for state, said in texts.items():
        assert all(number in BY_NUMBER for number in said["forms"]), state
        for lang in guidance.LANGUAGES:
            assert all(said[lang][text].strip() for text in guidance.TEXTS), (state, lang)
        assert len({said[lang]["means"] for lang in guidance.LANGUAGES}) == 3, state


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_every_state_that_goes_on_says_who_acts(scene, lang):
    project = scene.project()
    for state in machines.get("jcm-project").states:
        project.state = state.code
        with translation.override(lang):
            assert state.final or guidance.of(project)["who"], state.code


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_page_says_where_it_stands_who_acts_and_by_when(scene, lang):
    project = scene.project()
    type(project).objects.filter(pk=project.pk).update(state="design_submitted")
    page = scene.client("owner").get(f"/{lang}/registry/projects/{project.code}/").content.decode()
    said = guidance.texts()["jcm-project"]["design_submitted"][lang]
    for text in guidance.TEXTS:
        assert said[text] in page
    assert "7" in page

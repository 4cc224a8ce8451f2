"""Methodologies: a calculator with an address, and proposals that are read before anybody sees them."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from trunghoa.portal.systems.registry.models import Methodology, Project
from trunghoa.portal.systems.registry.monitoring import equations_of

from .books import example
from .test_monitoring import KNOWN

FOLDER = Path(__file__).resolve().parents[3] / "src/trunghoa/data/methodologies"
TEXT = (FOLDER / "VN_AM007.toml").read_text().replace('id = "VN_AM007"', 'id = "VN_PM900"')
NEW = "/en/registry/methodologies/new/"


def of(identifier):
    found = example(identifier)
    return Methodology.objects.get_or_create(
        code=found.id, version=found.version, defaults={"state": "approved"}
    )[0]


@pytest.mark.parametrize("name", KNOWN)
def test_the_calculator_gives_the_known_answers(scene, cases, name):
    known = next(
        m for m in json.loads((cases / "crediting/jcm_methodologies.json").read_text())["methodologies"]
        if m["id"].startswith(name)
    )["example"]  # fmt: skip
    row = of(KNOWN[name])
    typed = {s: "\n".join(map(str, v)) if isinstance(v, list) else str(v) for s, v in known["inputs"].items()}
    answer = Client().get(f"/en/registry/methodologies/{row.pk}/calculator/", typed)
    assert answer.status_code == 200
    found = dict(answer.context["outcome"])
    for key in ("RE", "PE", "ER"):
        shown = Fraction(found[key].replace(",", "").removeprefix("≈ "))
        assert abs(shown - Fraction(str(known[key]))) < Fraction(1, 10**5)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"EG_PJ": "10", "EF_RE": "-1"}, "is less than 0"),
        ({"EG_PJ": "10\n20", "EF_RE": "0.3"}, "different numbers of values"),
        ({"EG_PJ": "10"}, "EF_RE is missing"),
        ({"EG_PJ": "1,5", "EF_RE": "0.3"}, "could mark decimals"),
        ({"EG_PJ": "=1+1", "EF_RE": "0.3"}, "is not a number"),
    ],
)
def test_the_calculator_names_what_is_wrong(scene, typed, says):
    answer = Client().get(f"/en/registry/methodologies/{scene.methodology.pk}/calculator/", typed)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert answer.context["outcome"] == []


def test_an_address_means_the_same_numbers_in_every_language(scene):
    path = f"registry/methodologies/{scene.methodology.pk}/calculator/"
    typed = {"EG_PJ": "1.250", "EF_RE": "0,5", "marks": "vi"}
    for lang, said in (("vi", "625"), ("en", "625"), ("ja", "625")):
        answer = Client().get(f"/{lang}/{path}", typed)
        assert answer.context["outcome"][0] == ("RE", said)


def test_a_division_by_nought_is_told(scene):
    row = of("MN_AM001")
    typed = {"E_sent": "5", "E_received": "4", "R_RE": "1", "R_PJ": "0", "EF_grid": "1"}
    page = Client().get(f"/en/registry/methodologies/{row.pk}/calculator/", typed).content.decode()
    assert "divides by R_PJ" in page


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_illustrative_values_are_marked(scene, lang):
    page = Client().get(f"/{lang}/registry/methodologies/{scene.methodology.pk}/calculator/?example=1")
    assert page.context["illustrative"]
    assert page.context["outcome"]


def test_a_proposal_is_used_like_a_packaged_one(scene):
    handed = SimpleUploadedFile("new.toml", TEXT.encode())
    answer = scene.client("owner").post(NEW, {"file": handed, "title_vi": "Điện mặt trời"})
    assert answer.status_code == 302
    row = Methodology.objects.get(code="VN_PM900")
    assert (row.state, row.proponent, row.quality) == ("draft", scene.organisations["owner"], "unverified")
    assert equations_of(row).reference_text == "sum_i(EG_PJ[i]*EF_RE[i])"
    path = f"/en/registry/methodologies/{row.pk}/"
    # Only the proponent sees a draft.
    assert scene.client("buyer").get(path).status_code == 404
    assert Client().get(path).status_code == 404
    scene.move(row, "submit", "owner")
    assert scene.client("owner").get(f"{path}definition/").status_code == 403
    scene.move(row, "complete", "vn1")
    Methodology.objects.filter(pk=row.pk).update(input_until="2020-01-01")
    scene.move(row, "consider", "vn1")
    scene.both(row, "approve")
    assert Client().get(f"{path}calculator/?EG_PJ=10&EF_RE=0.5").context["outcome"][0] == ("RE", "5")
    project = scene.project(methodology=row, code="other")
    assert (
        scene.client("owner").get(f"/en/registry/projects/{project.code}/parameters/edit/").status_code == 200
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "MWh"', 'unit = "kWh"', "reference: "),
        ('unit = "MWh"', 'unit = "furlong"', "EG_PJ: "),
        ("EG_PJ[i]*EF_RE[i])", "EG_PJ[i]*EF_RE[i])*X", "X has no unit"),
        ("EG_PJ[i]*EF_RE[i])", "EG_PJ[i]*EF_RE[i])/0", "reference: The equation divides by 0"),
        ("EG_PJ[i]*EF_RE[i])", "EG_PJ[i]*EF_RE[i]", "reference: The equation cannot be read"),
        ("sum_i(EG_PJ[i]*EF_RE[i])", "__import__('os')", "reference: The equation cannot be read"),
        ("sum_i(EG_PJ[i]*EF_RE[i])", "EG_PJ[i]*EF_RE[i]", "stands outside sum_i"),
        ("sum_i(EG_PJ[i]*EF_RE[i])", "sum_k(EG_PJ[k]*EF_RE[k])", "The index k"),
        ('scope = "1"\n', "", "scope: The key scope is missing"),
        ('scope = "1"\n', "scope = 1\n", "scope: The key scope holds something of another kind"),
        ('status = "unverified"', 'status = "sure"', "status: “sure” is none of"),
        ('fixed = "monitored"', 'fixed = "perhaps"', "EG_PJ: fixed: “perhaps” is none of"),
        ('id = "VN_PM900"', "id = ", "The file is not TOML"),
        ('label = "PV system"', "", "indices 1: label: The key"),
        ("minimum = 0", 'minimum = "low"', "parameters 1: minimum: The key"),
        ('options = ["C"]', 'options = ["D"]', ""),
        ("[[criteria]]\nnumber = 1", "[[criteria]]\nnumber = []", "criteria 1: number: The key"),
        ("number = 2", "number = 1", "criteria: The number 1 stands twice"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_refused_with_its_place(scene, old, new, says):
    assert old in TEXT
    answer = scene.client("owner").post(NEW, {"text": TEXT.replace(old, new, 1)})
    assert answer.status_code == 422
    page = answer.content.decode().replace("&#x27;", "'")
    assert says in page
    assert not Methodology.objects.filter(code="VN_PM900").exists()


def test_a_number_is_given_once_and_a_revision_keeps_it(scene):
    approved = scene.methodology
    text = TEXT.replace("VN_PM900", "VN_AM007")
    assert scene.client("owner").post(NEW, {"text": text}).status_code == 422
    path = f"/en/registry/methodologies/{approved.pk}/revise/"
    later = text.replace('version = "1.0"', 'version = "2.0"')
    assert (
        scene.client("owner").post(path, {"text": later.replace("VN_AM007", "VN_AM099")}).status_code == 422
    )
    assert scene.client("owner").post(path, {"text": later}).status_code == 302
    row = Methodology.objects.get(code="VN_AM007", version="2.0")
    assert row.revises == approved
    # Whoever is registered under the first version stays there.
    project = scene.project()
    assert project.methodology == approved


@pytest.mark.parametrize("who", ["tpe", "observer", "vn1"])
def test_only_participants_propose(scene, who):
    assert scene.client(who).get(NEW).status_code == 403


def test_a_proposal_never_takes_the_place_of_what_is_registered(scene):
    """A draft of another version changes nothing for a project."""
    project = scene.registered()
    path = f"/en/registry/methodologies/{scene.methodology.pk}/revise/"
    later = TEXT.replace("VN_PM900", "VN_AM007").replace('version = "1.0"', 'version = "2.0"')
    scene.client("owner").post(path, {"text": later})
    found = Project.objects.get(pk=project.pk)
    assert equations_of(found.methodology).version == "1.0"

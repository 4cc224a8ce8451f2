"""What is fixed ex ante: by the methodology, with sources, frozen at registration, changed by both sides."""

import pytest

from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry.models import Change, Project

PATH = "/en/registry/projects/solar-roof/parameters/edit/"


def given(project, **more):
    return {
        "revision": project.revision, "elements_i": "Roof A\nRoof B", "value_EF_RE": "0.333\n0.533",
        "source_EF_RE": "read on the official page", "quality_EF_RE": "verified",
        "criterion_1": "yes", "criterion_2": "yes", "criterion_3": "yes", **more,
    }  # fmt: skip


def test_the_form_fills_what_is_frozen(scene):
    project = scene.project(registration={})
    assert scene.client("owner").post(PATH, given(project)).status_code == 302
    project.refresh_from_db()
    assert project.registration == {
        "methodology": "VN_AM007", "version": "1.0", "elements": {"i": ["Roof A", "Roof B"]},
        "fixed": {"EF_RE": ["0.333", "0.533"]}, "sources": {"EF_RE": "read on the official page"},
        "quality": {"EF_RE": "verified"}, "answers": {"1": True, "2": True, "3": True},
        "gwp_set": "", "gases": [],
    }  # fmt: skip
    page = scene.client("owner").get("/en/registry/projects/solar-roof/parameters/").content.decode()
    assert "Roof B" in page
    assert "read on the official page" in page


def test_values_on_record_are_offered_with_their_quality(scene):
    project = scene.project(registration={})
    page = scene.client("owner").get(PATH).content.decode()
    assert "0.333 for grid, unverified" in page
    # Taken without a source of its own, a value has the table's, and is no better than the table says.
    scene.client("owner").post(PATH, given(project, source_EF_RE=""))
    project.refresh_from_db()
    assert "from memory" in project.registration["sources"]["EF_RE"]
    assert project.registration["quality"] == {"EF_RE": "unverified"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"value_EF_RE": "0.333\nabc"}, "Line 2"),
        ({"value_EF_RE": "0.333\n-1"}, "is less than 0"),
        ({"value_EF_RE": "0.4", "source_EF_RE": ""}, "needs a source"),
        ({"value_EF_RE": "nan"}, "not a finite number"),
        ({"quality_EF_RE": "certain"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(scene, wrong, says):
    project = scene.project(registration={})
    answer = scene.client("owner").post(PATH, given(project, **wrong))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    project.refresh_from_db()
    assert project.registration == {}


@pytest.mark.parametrize(
    ("registration", "says"),
    [
        ({"fixed": {}, "sources": {}, "answers": {"1": True, "2": True, "3": True}}, "EF_RE is missing"),
        ({"fixed": {"EF_RE": ["0.3"]}, "sources": {"EF_RE": "x"}, "answers": {"1": True}}, "unknown"),
        (
            {"fixed": {"EF_RE": ["0.3"]}, "sources": {"EF_RE": "x"},
             "answers": {"1": True, "2": False, "3": True}},
            "failed",
        ),
        (
            {"fixed": {"EF_RE": ["0.3"]}, "sources": {"EF_RE": "x"}, "version": "0.9",
             "answers": {"1": True, "2": True, "3": True}},
            "registered under VN_AM007 0.9",
        ),
    ],
)  # fmt: skip
def test_a_design_that_is_not_whole_is_not_submitted(scene, registration, says):
    project = scene.project(registration=registration)
    Project.objects.filter(pk=project.pk).update(state="pin_no_objection")
    with pytest.raises(Refused, match=says):
        scene.move(project, "submit_design", "owner")


def test_after_registration_only_both_sides_change_what_is_fixed(scene):
    project = scene.registered()
    before = project.registration
    # The general form is closed too.
    assert scene.client("owner").get("/en/registry/projects/solar-roof/edit/").status_code == 403
    answer = scene.client("owner").post(
        PATH, given(project, value_EF_RE="0.3", elements_i="Roof A", reason="new value")
    )
    assert answer.status_code == 302
    project.refresh_from_db()
    assert project.registration == before
    change = Change.objects.get()
    assert scene.move(change, "approve", "vn1") is None
    project.refresh_from_db()
    assert project.registration == before
    scene.move(change, "approve", "jp1")
    project.refresh_from_db()
    assert project.registration["fixed"] == {"EF_RE": ["0.3"]}
    page = scene.client("vn1").get(change.get_absolute_url()).content.decode()
    assert "0.333" in page


def test_a_change_written_on_an_older_registration_is_refused(scene):
    project = scene.registered()
    for value in ("0.3", "0.2"):
        scene.client("owner").post(PATH, given(project, value_EF_RE=value, elements_i="A", reason="new"))
    second, first = Change.objects.all()
    scene.both(first, "approve")
    with pytest.raises(Refused, match="write the change again"):
        scene.move(second, "approve", "vn1")


def test_what_was_validated_is_not_edited(scene):
    project = scene.project()
    Project.objects.filter(pk=project.pk).update(state="validated")
    assert scene.client("owner").get(PATH).status_code == 403
    page = scene.client("owner").get("/en/registry/projects/solar-roof/edit/")
    assert "methodology" not in page.context["form"].fields


@pytest.mark.parametrize("who", ["tpe", "buyer", "vn1", "observer"])
def test_only_participants_write_parameters(scene, who):
    scene.registered()
    assert scene.client(who).get(PATH).status_code == 403

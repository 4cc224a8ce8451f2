"""Verification: the same calculation, requests opened and closed, never more than was computed."""

import pytest

from trunghoa.portal.core.workflow.errors import Refused
from trunghoa.portal.systems.registry.models import Correction, Opinion, Project

from .books import fill
from .test_monitoring import papers, report, taken_over, template  # noqa: F401 - a fixture


@pytest.fixture
def issuance(scene):
    """A report of 86 credits, handed over."""
    made = report(scene)
    taken_over(scene, made, fill(template(scene, made), {"EG_PJ": [100, 100]}))
    scene.move(made, "hand_over", "owner")
    made.refresh_from_db()
    return made


def ask(scene, obj, kind, who="tpe"):
    return scene.client(who).post(f"{obj.get_absolute_url()}requests/", {"kind": kind, "text": "why?"})


def settle(scene, row, who="tpe", what="close"):
    return scene.client(who).post(f"/en/registry/requests/{row.pk}/{what}/", {"text": "because"})


def test_the_entity_sees_the_calculation(scene, issuance):
    page = scene.client("tpe").get(issuance.get_absolute_url()).content.decode()
    for said in ("M-EG_PJ-1", "sum_i(EG_PJ[i]*EF_RE[i])", "86.6"):
        assert said in page


@pytest.mark.parametrize("kind", ["CAR", "CL"])
def test_a_positive_opinion_waits_for_corrections_and_clarifications(scene, issuance, kind):
    ask(scene, issuance, kind)
    with pytest.raises(Refused, match=f"Not closed yet: {kind} 1"):
        scene.move(issuance, "verify", "tpe", verdict="unqualified")
    row = Correction.objects.get()
    settle(scene, row, "owner", "answer")
    with pytest.raises(Refused, match="Not closed yet"):
        scene.move(issuance, "verify", "tpe", verdict="qualified")
    settle(scene, row)
    scene.move(issuance, "verify", "tpe", verdict="unqualified")
    opinion = Opinion.objects.about(issuance).get()
    assert opinion.amounts == {"2024": 86}
    assert [(r["kind"], r["answer"], r["closed"]) for r in opinion.requests] == [(kind, "because", True)]


def test_a_forward_action_hinders_nothing(scene, issuance):
    ask(scene, issuance, "FAR")
    scene.move(issuance, "verify", "tpe", verdict="unqualified")


def test_validation_knows_requests_too(scene):
    project = scene.project()
    Project.objects.filter(pk=project.pk).update(state="validation", input_until="2020-01-01")
    project.refresh_from_db()
    ask(scene, project, "CAR")
    with pytest.raises(Refused, match="Not closed yet: CAR 1"):
        scene.move(project, "validate", "tpe", verdict="unqualified")
    settle(scene, Correction.objects.get())
    scene.move(project, "validate", "tpe", verdict="unqualified")


@pytest.mark.parametrize("who", ["other-tpe", "observer", "buyer"])
def test_others_neither_ask_nor_see(scene, issuance, who):
    assert ask(scene, issuance, "CAR", who).status_code == 404
    ask(scene, issuance, "CAR")
    row = Correction.objects.get()
    assert settle(scene, row, who).status_code == 404


def test_participants_answer_and_do_not_close(scene, issuance):
    assert ask(scene, issuance, "CAR", "owner").status_code == 403
    ask(scene, issuance, "CAR")
    assert settle(scene, Correction.objects.get(), "owner").status_code == 403
    assert settle(scene, Correction.objects.get(), "tpe", "answer").status_code == 403


def test_fewer_credits_are_confirmed_with_a_reason_and_never_more(scene, issuance):
    path = f"{issuance.get_absolute_url()}verified/"
    client = scene.client("tpe")
    assert client.post(path, {"revision": issuance.revision, "v2024": 87, "reason": "x"}).status_code == 422
    assert client.post(path, {"revision": issuance.revision, "v2024": 80}).status_code == 422
    answer = client.post(path, {"revision": issuance.revision, "v2024": 80, "reason": "a meter stood still"})
    assert answer.status_code == 302
    issuance.refresh_from_db()
    assert issuance.requested == {"2024": 80}
    scene.move(issuance, "verify", "tpe", verdict="qualified")
    assert Opinion.objects.about(issuance).get().amounts == {"2024": 80}
    assert "a meter stood still" in scene.client("owner").get(issuance.get_absolute_url()).content.decode()
    assert scene.client("owner").get(path).status_code == 403


def test_more_than_was_verified_is_not_requested(scene, issuance):
    scene.move(issuance, "verify", "tpe", verdict="unqualified")
    type(issuance).objects.filter(pk=issuance.pk).update(requested={"2024": 87})
    with pytest.raises(Refused, match="87 credits of vintage 2024 are asked for; verified are 86"):
        scene.move(issuance, "request", "owner")


def test_a_second_report_of_the_same_period_is_refused(scene, issuance):
    project = issuance.project
    answer = scene.client("owner").post(
        f"/en/registry/projects/{project.code}/issuances/new/", {"start": "2024-06-01", "end": "2025-05-31"}
    )
    assert answer.status_code == 422
    assert "counted twice" in answer.content.decode()


def test_what_both_sides_change_later_makes_the_report_stale(scene, issuance):
    project = issuance.project
    project.registration = {**project.registration, "fixed": {"EF_RE": ["0.1", "0.1"]}}
    project.save()
    with pytest.raises(Refused, match="hand in the workbook again"):
        scene.move(issuance, "verify", "tpe", verdict="unqualified")

"""Papers of this room: who may bring them, by the page of what they back."""

import pytest
from django.urls import reverse

from trunghoa.portal.core.record import evidence


@pytest.mark.parametrize("model", ["Project", "Issuance", "Authorisation", "TransferApproval"])
def test_papers_may_back_it(model):
    assert evidence.backed(f"registry.{model}") is not None


def test_those_who_work_on_a_project_bring_papers_and_nobody_else(scene):
    project = scene.project(state="pin_submitted")
    bringing = {name for name, user in scene.people.items() if evidence.may_attach(user, project)}
    assert bringing == {"owner", "tpe", "vn1", "vn2", "jp1", "jp2"}
    page = scene.client("owner").get(f"/en/registry/projects/{project.code}/").content.decode()
    assert reverse("record:attach", args=[project._meta.label_lower, project.pk]) in page

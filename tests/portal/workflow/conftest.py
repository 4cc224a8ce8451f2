"""Errands, their machine, and officers of both sides."""

import pytest
from django.utils import translation

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.workflow import machine, moves

from .errands.machine import MACHINE
from .errands.models import Errand


@pytest.fixture(autouse=True)
def declared(settings):
    """The machine stands only while these tests run, and an errand has a page."""
    settings.ROOT_URLCONF = "tests.portal.workflow.errands.urls"
    machine.register(MACHINE)
    with translation.override("en"):
        yield MACHINE
    machine.unregister(MACHINE.name)


@pytest.fixture
def ministries(db):
    return {
        side: Organisation.objects.create(
            code=f"ministry-{side}", name_vi=f"Bộ {side}", name_ja=f"省 {side}", name_en=f"Ministry {side}",
            side=side, kind="ministry",
        )
        for side in ("VN", "JP")
    }  # fmt: skip


@pytest.fixture
def officers(ministries):
    """Two officers of each side."""
    return {
        f"{side.lower()}{n}": User.objects.create_user(
            f"{side.lower()}{n}", password="correct horse battery", role="officer", organisation=organisation
        )
        for side, organisation in ministries.items()
        for n in (1, 2)
    }


@pytest.fixture
def vn(officers):
    return officers["vn1"]


@pytest.fixture
def jp(officers):
    return officers["jp1"]


@pytest.fixture
def observer(db):
    return User.objects.create_user("observer", password="correct horse battery", role="observer")


@pytest.fixture
def errand(db):
    return make()


def make(state="draft", title="Báo cáo", **more):
    return moves.began(Errand.objects.create(state=state, title=title, **more))


def go(errand, verb, by, **inputs):
    """A move by somebody who has read the errand as it is now."""
    from trunghoa.portal.core.workflow import signing

    return moves.move(
        errand, verb, by, revision=errand.revision, inputs=inputs, seen=signing.revision_hash(errand)
    )


def change(errand, by, **values):
    """An edit by somebody who has read the errand as it is now."""

    def apply(held):
        for name, value in values.items():
            setattr(held, name, value)

    return moves.edit(errand, by, revision=errand.revision, change=apply)

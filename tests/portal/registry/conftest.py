"""A small JCM: officers of both sides with duties, a participant, an entity, an approved methodology."""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.portal.systems.registry.machines.issuance import sides_of
from trunghoa.portal.systems.registry.models import (
    Designation,
    Duty,
    Issuance,
    Methodology,
    Participant,
    Project,
)
from trunghoa.portal.systems.registry.models.accounts import account_of_party, open_account

PASSWORD = "correct horse battery"
# Invented values, which check the machinery and no official constant.
REGISTRATION = {
    "fixed": {"EF_RE": ["0.333"]},
    "sources": {"EF_RE": "invented for this test"},
    "answers": {"1": True, "2": True, "3": True},
    "gwp_set": "",
    "gases": [],
}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@dataclass
class Scene:
    """People, organisations and accounts of the test."""

    people: dict[str, User]
    organisations: dict[str, Organisation]
    accounts: SimpleNamespace
    methodology: Methodology
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = Client()
            self.clients[name].force_login(self.people[name])
        return self.clients[name]

    def move(self, obj, verb, by, **inputs):
        """One move by one person; where both sides sign, this person signs what stands."""
        obj.refresh_from_db()
        return moves.move(
            obj, verb, self.people[by], revision=obj.revision, inputs=inputs, seen=signing.revision_hash(obj)
        )

    def both(self, obj, verb, **inputs):
        """Both sides of the Joint Committee."""
        self.move(obj, verb, "vn1", **inputs)
        return self.move(obj, verb, "jp1", **inputs)

    def project(self, **more):
        given = {
            "code": "solar-roof", "title_en": "Solar roof", "methodology": self.methodology, "scope": "1",
            "crediting_from": date(2024, 1, 1), "crediting_to": date(2030, 12, 31), "expected": {"2024": 500},
            "registration": REGISTRATION, "third_party": self.organisations["tpe"],
            "focal_point": self.organisations["owner"], "created_by": self.people["owner"],
            "shares": [[self.accounts.jp.number, "0.5"], [self.accounts.vn.number, "0.1"],
                       [self.accounts.owner.number, "0.4"]],
            "cap_class": "priority", "cap_basis": "invented for this test",
        }  # fmt: skip
        made = moves.began(Project.objects.create(**{**given, **more}))
        Participant.objects.create(project=made, organisation=self.organisations["owner"])
        return made

    def registered(self, **more):
        """A project that has gone the whole way."""
        project = self.project(**more)
        self.move(project, "submit_pin", "owner")
        self.both(project, "no_objection")
        self.move(project, "submit_design", "owner")
        self.move(project, "complete", "vn1")
        Project.objects.filter(pk=project.pk).update(input_until=date(2020, 1, 1))
        self.move(project, "validate", "tpe", verdict="unqualified")
        self.move(project, "request_registration", "owner")
        self.both(project, "register")
        project.refresh_from_db()
        return project

    def decided(self, project, amounts, start=date(2024, 1, 1), end=date(2024, 12, 31)):
        """A monitoring period that both sides have decided on; its readings are not what is tested."""
        from trunghoa.portal.systems.registry import allotting

        number = project.issuances.count() + 1
        issuance = Issuance.objects.create(
            project=project, number=number, start=start, end=end,
            requested={str(year): n for year, n in amounts.items()},
            computed={str(year): {"reduction": str(n), "credits": n} for year, n in amounts.items()},
        )  # fmt: skip
        self.move(issuance, "hand_over", "owner")
        self.move(issuance, "verify", "tpe", verdict="unqualified")
        self.move(issuance, "request", "owner")
        self.move(issuance, "complete", "vn1")
        issuance.refresh_from_db()
        allotting.keep(issuance, allotting.proposed(issuance), self.people["owner"], issuance.revision)
        self.both(issuance, "decide")
        issuance.refresh_from_db()
        return issuance

    def issued(self, project, amounts, **more):
        """Both sides have issued."""
        issuance = self.decided(project, amounts, **more)
        for side in sides_of(issuance):
            maker, checker = f"{side.lower()}1", f"{side.lower()}2"
            path = f"/en/registry/projects/{project.code}/issuances/{issuance.number}/order/"
            assert self.client(maker).post(path).status_code == 302
            self.move(issuance.orders.get(side=side), "approve", checker)
        issuance.refresh_from_db()
        return issuance


def make_scene():
    kinds = {
        "mae": ("VN", "ministry"), "moej": ("JP", "ministry"), "owner": ("VN", "participant"),
        "buyer": ("JP", "participant"), "tpe": ("other", "third_party"),
        "other-tpe": ("other", "third_party"),
    }  # fmt: skip
    organisations = {
        code: Organisation.objects.create(code=code, name_vi=code, name_en=code, side=side, kind=kind)
        for code, (side, kind) in kinds.items()
    }
    roles = {
        "vn1": ("officer", "mae"), "vn2": ("officer", "mae"), "jp1": ("officer", "moej"),
        "jp2": ("officer", "moej"), "owner": ("participant", "owner"), "buyer": ("participant", "buyer"),
        "tpe": ("verifier", "tpe"), "other-tpe": ("verifier", "other-tpe"), "observer": ("observer", ""),
    }  # fmt: skip
    people = {
        name: User.objects.create_user(
            name, role=role, password=PASSWORD, organisation=organisations.get(home)
        )
        for name, (role, home) in roles.items()
    }
    for maker, giver in (("vn1", "vn2"), ("vn2", "vn1"), ("jp1", "jp2"), ("jp2", "jp1")):
        for duty in Duty.Name.values:
            Duty.objects.create(person=people[maker], name=duty, given_by=people[giver])
    Designation.objects.create(organisation=organisations["tpe"], scopes=["1"], valid_from=date(2020, 1, 1))
    methodology = Methodology.objects.create(
        code="VN_AM007",
        version="1.0",
        title_en="Solar",
        scope="1",
        state="approved",
        definition={"id": "VN_AM007"},
    )  # fmt: skip
    accounts = SimpleNamespace(
        vn=account_of_party("VNM", "national"),
        jp=account_of_party("JPN", "national"),
        owner=open_account("VNM", "entity", organisation=organisations["owner"]),
        buyer=open_account("JPN", "entity", organisation=organisations["buyer"]),
    )
    return Scene(people, organisations, accounts, methodology)


@pytest.fixture
def scene(db):
    return make_scene()

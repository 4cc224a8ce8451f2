"""What the tests of Article 6 begin with: an approach, an initial report, an authorisation, an approval."""

from datetime import timedelta

from django.utils import timezone

from trunghoa.portal.core.ledger.models import Block
from trunghoa.portal.core.record import documents, evidence
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.systems.registry.models import (
    Authorisation,
    CooperativeApproach,
    Order,
    PartyReport,
    PartySettings,
    Terms,
    TransferApproval,
)


def approach():
    found, _made = CooperativeApproach.objects.get_or_create(
        code="CA0003", defaults={"parties": "VNM JPN", "title_en": "JCM"}
    )
    return found


def initial_report(party="VNM"):
    PartyReport.objects.get_or_create(kind="initial", party=party, defaults={"state": "submitted"})


def settings_of(party="VNM", **more):
    given = {
        "period_first": 2021, "period_last": 2030, "method": "trajectory", "gwp_set": "AR5",
        "itmo_registry": f"{party}01", "quality": "verified", "source": "NDC",
    }  # fmt: skip
    found, _made = PartySettings.objects.update_or_create(party=party, defaults={**given, **more})
    return found


def letter(obj, by, checker):
    """The letter paper, brought by one officer and accepted by another."""
    paper = documents.store(
        f"letter of {obj}".encode(), media_type="text/csv", filename="letter.csv",
        classification="officers", by=by,
    )  # fmt: skip
    row = evidence.attach(obj, paper, by=by)
    evidence.accept(row, checker)


def drafted(scene, *projects, code="VNM 2026-1", party="VNM", **more):
    """A draft with its first version."""
    made = Authorisation.objects.create(code=code, approach=approach(), party=party)
    given = {
        "purpose": "NDC", "occurs_from": 2021, "occurs_to": 2030, "gwp_set": "AR5",
        "sectors": "Energy generation",
    }  # fmt: skip
    terms = Terms.objects.create(authorisation=made, version=1, **{**given, **more})
    terms.projects.set(projects)
    return moves.began(made)


def issue(scene, made):
    letter(made, scene.people["vn1"], scene.people["vn2"])
    scene.move(made, "propose", "vn1")
    scene.move(made, "issue", "vn2")
    made.refresh_from_db()
    return made


def authorised(scene, *projects, **more):
    """An authorisation in force, issued by two officers after the initial report."""
    initial_report()
    return issue(scene, drafted(scene, *projects, **more))


def changed(scene, made, **more):
    """A new version that differs in what is given, in force."""
    last = made.versions.order_by("version").last()
    projects = more.pop("projects", list(last.projects.all()))
    names = ("purpose", "definition", "occurs_from", "occurs_to", "gwp_set", "sectors", "quantity")
    terms = Terms.objects.create(
        authorisation=made, version=last.version + 1, **{**{n: getattr(last, n) for n in names}, **more}
    )
    terms.projects.set(projects)
    made.refresh_from_db()
    scene.move(made, "propose_change", "vn1", reason="new terms")
    scene.move(made, "issue_change", "vn2")
    made.refresh_from_db()
    return terms


def approved(scene, project, quantity, days=90):
    """An approval as two officers would have given it."""
    return TransferApproval.objects.create(
        project=project, quantity=quantity, until=timezone.localdate() + timedelta(days=days),
        state="approved", basis="invented for this test", approved_at=timezone.now(),
        created_by=scene.people["vn1"],
    )  # fmt: skip


def order(scene, source, target, first, last, kind="transfer", approver="vn1", code=None, **more):
    """An order on units of the only series there is, carried out."""
    from trunghoa.portal.core.ledger.models import Series

    series = Series.objects.get(code=code) if code else Series.objects.get()
    made = moves.began(
        Order.objects.create(
            kind=kind, side=source.side, source=source, target=target, units=[[series.pk, first, last]],
            quantity=last - first + 1, prepared_by=scene.people["owner"], **more,
        )
    )  # fmt: skip
    scene.move(made, "approve", approver)
    return made


def marks(**conditions):
    """First and last number of each block, and the names of its marks."""
    rows = Block.objects.filter(**conditions).exclude(account__kind="issuing").order_by("series", "first")
    return [(b.first, b.last, sorted(b.marks)) for b in rows]

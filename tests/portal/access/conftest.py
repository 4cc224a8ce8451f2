"""One record of every kind that an address can name, and people of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.portal.record.test_figures import METHANE

from trunghoa.pathways.enduse import read_folder, read_scenarios
from trunghoa.portal.core.accounts import tokens
from trunghoa.portal.core.accounts.models import Invitation, Organisation, User, UserSession
from trunghoa.portal.core.ledger import services as ledger
from trunghoa.portal.core.ledger.models import Series
from trunghoa.portal.core.ledger.spans import Span
from trunghoa.portal.core.ledger.writing import Act
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.record import documents, evidence, figures
from trunghoa.portal.core.record.models import Place, Run
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.systems.landfills.models import Conversion, Deposit, DepositImport, Landfill
from trunghoa.portal.systems.registry import certificates
from trunghoa.portal.systems.registry.models import (
    Agreement,
    AnnualReport,
    Authorisation,
    Change,
    CooperativeApproach,
    Correction,
    Duty,
    FinalYear,
    Handed,
    Issuance,
    Methodology,
    MonitoringImport,
    Offer,
    Order,
    PartnerRegistry,
    PartyReport,
    PartySettings,
    Project,
    StatedBlock,
    Statement,
    TransferApproval,
)
from trunghoa.portal.systems.registry.models.accounts import account_of_party, open_account
from trunghoa.portal.systems.scenarios import tasks
from trunghoa.portal.systems.scenarios.models import Edit, PathwayModel, Scenario, TablesImport
from trunghoa.portal.systems.workplan import agenda
from trunghoa.portal.systems.workplan.models import (
    Action,
    Activity,
    Answer,
    Decision,
    Meeting,
    Milestone,
    PlanImport,
    WorkPlan,
)
from trunghoa.portal.systems.workplan.models.proposals import draft

from .circles import PEOPLE

PASSWORD = "correct horse battery"
MODEL = Path(__file__).parents[1] / "scenarios" / "model"


@dataclass(frozen=True)
class World:
    """People by name, and what addresses are made of."""

    people: dict[str, User]
    keys: dict[str, Any]


@pytest.fixture
def population(operators):
    """One person each; the operator's site lies in the locality's city, the neighbour's does not."""
    given = {"operator": operators[0], "neighbour": operators[1]}
    found = {}
    for name, (role, kind, side) in PEOPLE.items():
        organisation = given.get(name) or Organisation.objects.create(
            code=name.replace("_", "-"), name_vi=name, name_ja=name, name_en=name, side=side, kind=kind,
            place_key="2025:01" if name == "locality" else "",
        )  # fmt: skip
        found[name] = User.objects.create_user(
            name, f"{name}@example.org", PASSWORD, role=role, organisation=organisation
        )
    return found


@pytest.fixture
def world(population, sites, systems, settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"
    keys = {**of_accounts(population), **of_the_record(population, sites), **of_landfills(population, sites)}
    keys |= {**of_the_plan(population, systems), **of_the_scenarios(population)}
    return World(population, {**keys, **of_the_registry(population)})


def of_accounts(people):
    operator = people["operator"]
    token, _text = tokens.create(
        operator.organisation, "meter", "read", timezone.now() + timedelta(days=9), operator
    )
    invitation = Invitation.objects.create(
        email="new@example.org", organisation=operator.organisation, role="operator",
        invited_by=people["officer_vn"], expires_on=timezone.now() + timedelta(days=2),
    )  # fmt: skip
    session = UserSession.objects.create(user=operator, session_key="a" * 32, seen_on=timezone.now())
    return {
        "organisation": operator.organisation.code, "token": token.pk, "invitation": invitation.pk,
        "person": operator.pk, "session": session.pk,
    }  # fmt: skip


def of_the_record(people, sites):
    run = Run.objects.create(
        kernel="landfill", version="1", parameters_version="p", inputs_sha256="a", place=sites[0]
    )
    [figure] = figures.put([METHANE])
    given = {
        "media_type": "text/csv", "by": people["operator"], "classification": "organisation",
    }  # fmt: skip
    paper = documents.store(b"year,tonnes\n", filename="log.csv", **given)
    public = documents.store(
        b"a,b\n", media_type="text/csv", filename="open.csv", classification="public",
        by=people["officer_vn"],
    )  # fmt: skip
    row = evidence.attach(figure, paper, by=people["operator"])
    publication = freeze(
        "first", dict.fromkeys(("vi", "ja", "en"), "Joint report"), on=date(2026, 3, 1), systems=["S8"]
    )
    return {
        "figure": figure.pk, "run": run.pk, "paper": paper.pk, "public": public.pk, "evidence": row.pk,
        "slug": publication.slug,
    }  # fmt: skip


def of_landfills(people, sites):
    landfill = Landfill.objects.create(
        place=sites[0], opened=2015, mat=Decimal(24), map=Decimal(1700), managed=True, source="a test"
    )
    Deposit.objects.create(landfill=landfill, year=2020, waste="food", tonnes=Decimal(10), source="log")
    conversion = Conversion.objects.create(
        landfill=landfill, on="2022-01-01", to="semi_aerobic", source="certificate"
    )
    handed_in = DepositImport.objects.create(
        landfill=landfill, filename="x.xlsx", by=people["operator"], outcome="refused", revision=1
    )
    return {"site": sites[0].code, "conversion": conversion.pk, "deposit_import": handed_in.pk}


def of_the_plan(people, system):
    vn, jp = people["officer_vn"], people["officer_jp"]
    plan = WorkPlan.objects.create(year=2026, meeting_no=5)
    activity = moves.began(
        Activity.objects.create(
            ref="A-01", plan=plan, system=system, title_vi="Hoạt động", source="minutes", state="in_progress",
            lead_vn=people["operator"].organisation, lead_jp=jp.organisation,
            start=date(2026, 1, 1), due=date(2026, 12, 31),
        )
    )  # fmt: skip
    milestone = Milestone.objects.create(
        activity=activity, title_vi="Mốc", due=date(2026, 6, 30), owing="VN", weight=Decimal(1)
    )
    proposal = draft("VN", by=vn, year=2026, system=system, title_vi="Đề nghị", text_vi="Đề nghị mở.")
    proposal = moves.began(proposal)
    type(proposal).objects.filter(pk=proposal.pk).update(state="answered")
    answer = Answer.objects.create(
        proposal=proposal, verdict="accepted", by=jp, organisation=jp.organisation, on=date(2026, 2, 1),
        revision=1, text_en="Yes.", language="en",
    )  # fmt: skip
    written = moves.began(draft("VN", by=vn, year=2026, system=system, title_vi="Nháp"))
    meeting = Meeting.objects.create(number=5, held_on=date(2026, 12, 10), plan=plan)
    item = agenda.put_free(meeting, title_en="Point")
    decision = moves.began(
        Decision.objects.create(item=item, state="recorded", language="en", text_en="Yes.", recorded_by=vn)
    )
    action = Action.objects.create(decision=decision, title_en="Open it", organisation=jp.organisation)
    handed_in = PlanImport.objects.create(plan=plan, filename="x.xlsx", by=vn, outcome="refused")
    return {
        "activity": activity.ref, "activity_pk": activity.pk, "milestone": milestone.pk,
        "proposal": proposal.ref, "draft": written.ref, "answer": answer.pk, "meeting": meeting.number,
        "item": item.pk, "decision": decision.pk, "action": action.pk, "plan_import": handed_in.pk,
        "year": plan.year,
    }  # fmt: skip


def of_the_scenarios(people):
    """A scenario that the operator shares with the locality, with a run that waits for a worker."""
    tables, book = read_folder(MODEL), read_scenarios(MODEL)
    paper = documents.store(
        tasks.plain_model(tables, book.levers), media_type="application/json", filename="model.json"
    )
    model = PathwayModel.objects.create(
        code="five", title_vi="Năm ngành", place=Place.objects.get(kind="country"), document=paper,
        tables_sha256=tables.sha256, gwp_set="AR5", source="made for tests",
    )  # fmt: skip
    by = people["operator"]
    scenario = moves.began(
        Scenario.objects.create(
            code="shared", title_vi="Kịch bản", model=model, state="shared", owner=by.organisation,
            created_by=by, changed_by=by, source="study",
        )
    )  # fmt: skip
    scenario.shared_with.add(people["locality"].organisation)
    edit = Edit.objects.create(
        scenario=scenario, table="demand", keys=["VN", "industry", "steel"], year=2050, value="70", by=by
    )
    handed_in = TablesImport.objects.create(
        scenario=scenario, filename="x.xlsx", by=by, outcome="refused", revision=1
    )
    tasks.request_run(scenario, by)
    return {"scenario": scenario.code, "edit": edit.pk, "tables_import": handed_in.pk}


def cancelled_unit(people):
    """An order that was carried out: one unit cancelled, and one left."""
    held, gone = account_of_party("JPN", "national"), account_of_party("JPN", "cancel_voluntary")
    series = Series.objects.create(code="JCM-JP-VN-X-2024", unit="tCO2e",
                                   issuer=account_of_party("JPN", "issuing").account)  # fmt: skip
    by, checker = people["officer_jp"], people["officer_vn"]
    ledger.issue(Act(key=uuid4(), by=by, approved_by=checker), series, held.account, 2)
    order = Order.objects.create(kind="cancel", side="JP", source=held, target=gone, quantity=1,
                                 prepared_by=by, state="executed")  # fmt: skip
    act = Act(key=order.key, by=by, approved_by=checker)
    order.transactions.add(ledger.cancel(act, held.account, gone.account, [Span(series.pk, 1, 1)]))
    return order


def of_the_registry(people):
    """A registered project of the participant, decided and not yet issued; an account, an order from it."""
    owner, colleague = (
        people["participant"],
        User.objects.create_user("colleague", role="officer", organisation=people["officer_vn"].organisation),
    )
    for name in ("officer_vn", "officer_jp"):
        for duty in Duty.Name.values:
            Duty.objects.create(person=people[name], name=duty, given_by=colleague)
    account = open_account("JPN", "entity", organisation=owner.organisation)
    project = Project.objects.create(
        code="roof", reference="VN001", title_en="Roof", state="registered", focal_point=owner.organisation
    )
    idea = Project.objects.create(code="idea", title_en="Idea", focal_point=owner.organisation)
    for number, state in ((1, "decided"), (2, "verified")):
        made = Issuance.objects.create(project=project, number=number, state=state, requested={"2024": 10})
        for place in (account_of_party("VNM", "national"), account):
            made.allotments.create(account=place, vintage=2024, amount=5)
    approach = CooperativeApproach.objects.create(code="CA0003", parties="VNM JPN")
    PartySettings.objects.create(
        party="VNM", period_first=2021, period_last=2030, method="trajectory", gwp_set="AR5"
    )
    by = people["officer_vn"]
    given = {"party": "VNM", "made_by": by}
    paper = documents.store(b"programme\n", media_type="text/csv", filename="a.csv", by=by)
    values = {"balance": "1"}
    order = Order.objects.create(kind="block", side="JP", source=account, quantity=1, prepared_by=owner)
    used = cancelled_unit(people)
    methodology = Methodology.objects.create(code="VN_AM007", version="1.0", state="approved")
    kept = {"fixed": {"EF_RE": ["0.3"]}, "sources": {"EF_RE": "x"}}
    Project.objects.filter(pk=project.pk).update(methodology=methodology, registration=kept)
    Issuance.objects.filter(number=2).update(start=date(2024, 1, 1), end=date(2024, 12, 31))
    asked = Issuance.objects.get(number=2)
    open_report = Issuance.objects.create(project=project, number=3, state="verification")
    correction = Correction.objects.create(object=open_report, number=1, kind="CL", text="why?", by=owner)
    paper = documents.store(b"PK", media_type="application/zip", filename="x.xlsx", by=owner)
    handed_in = MonitoringImport.objects.create(
        issuance=asked, document=paper, filename="x.xlsx", by=owner, outcome="refused", revision=1
    )
    partner = PartnerRegistry.objects.create(side="VN", party="JPN", name_en="JCM registry", source="x")
    statement = Statement.objects.create(
        registry=partner, document=paper, filename="a.csv", day=date(2025, 1, 1), by=by
    )
    StatedBlock.objects.create(
        statement=statement, row=2, serial="JCM-VN-JP-X-2024-1-9", series="JCM-VN-JP-X-2024", first=1, last=9,
        place="held",
    )  # fmt: skip
    draft = Methodology.objects.create(code="VN_PM900", state="draft", proponent=owner.organisation)
    change = Change.objects.create(
        project=project, registration=kept, before=kept, reason="x", created_by=owner, state="approved"
    )
    return {
        "correction": correction.pk,
        "partner": partner.pk,
        "statement": statement.pk,
        "monitoring_import": handed_in.pk,
        "change": change.pk,
        "draft_methodology": draft.pk,
        "project": project.code,
        "methodology": methodology.pk,
        "idea": idea.code,
        "account": account.number,
        "order": order.pk,
        "unit": "JCM-JP-VN-X-2024-1-1",
        "held": used.source.number,
        "transaction": used.transactions.get().pk,
        "certificate": certificates.of(used).number,
        "approach": approach.code,
        "authorisation": Authorisation.objects.create(code="VNM 1", party="VNM", approach=approach).pk,
        "approval": TransferApproval.objects.create(
            project=project, quantity=1, until=date(2030, 1, 1), basis="x", created_by=by
        ).pk,
        "final": FinalYear.objects.create(year=2022, values=values, sha256="a", **given).pk,
        "report": PartyReport.objects.create(kind="initial", **given).pk,
        "annual": AnnualReport.objects.create(year=2024, **given).pk,
        "handed": Handed.objects.create(kind="issuances", filename="a.csv", document=paper, by=by).pk,
        "duty": Duty.objects.create(person=colleague, name="registrar", given_by=people["officer_vn"]).pk,
        **of_purchases(people, project, order),
    }


def of_purchases(people, project, order):
    """Drafts of the participant, and what it sells to an officer's ministry."""
    seller, buyer = people["participant"], people["officer_vn"].organisation
    bargain = {
        "project": project, "vintage_from": 2024, "vintage_to": 2024, "volume": 10, "price": Decimal(1),
        "currency": "USD", "seller": seller.organisation, "created_by": seller,
    }  # fmt: skip
    offer = Offer.objects.create(**bargain, valid_until=date(2030, 1, 1))
    draft, live = (
        Agreement.objects.create(**bargain, buyer=buyer, shortfall="carry", state=state)
        for state in ("draft", "in_force")
    )
    for agreement in (draft, live):
        agreement.schedule.create(due=date(2030, 1, 1), volume=10)
    delivery = live.deliveries.create(order=order, recorded_by=seller)
    payment = live.payments.create(
        purpose="price", paid_on=date(2025, 1, 1), amount=Decimal(1), reference="x", recorded_by=seller
    )
    return {
        "offer": offer.pk, "agreement": live.pk, "agreement_draft": draft.pk, "delivery": delivery.pk,
        "payment": payment.pk,
    }  # fmt: skip

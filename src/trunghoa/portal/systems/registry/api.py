"""The registry over HTTP: projects, the life of units, certificates, seals, and preparing orders."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema, Status
from pydantic import ConfigDict

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.ledger import reading
from trunghoa.portal.core.ledger.models import Seal, Series
from trunghoa.portal.core.record.api import (
    ERRORS,
    LISTS,
    FigureNumber,
    PageQuery,
    Problem,
    cut,
    faults_of,
    three,
)
from trunghoa.portal.core.workflow import moves

from . import certificates
from .api_partners import router as partners
from .forms_accounts import OrderForm
from .machines.project import PROJECT
from .models import Issuance, Order, Project, RegistryAccount
from .serials import spelled, written
from .views import access

router = Router(tags=["registry"])
router.add_router("/partners", partners)
STATES = [state.code for state in PROJECT.states]
Serial = Annotated[str, Path(min_length=3, max_length=120, pattern=r"^[^\x00/]+$")]
Number = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[-0-9A-Za-z]+$")]
Account = Annotated[str, Path(min_length=1, max_length=30, pattern=r"^[-0-9A-Za-z_]+$")]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class ProjectQuery(PageQuery):
    q: str = Field(
        "", max_length=100, description="part of code, reference or title, with or without accents"
    )
    state: str = Field("", pattern=f"^(|{'|'.join(STATES)})$")


class ProjectOut(Schema):
    code: str
    reference: str
    title: dict[str, str]
    methodology: str
    scope: str
    state: str
    third_party: str | None
    crediting_from: date | None
    crediting_to: date | None
    registered_on: date | None
    credits_issued_t: int
    quality: str
    source: str


class ProjectPage(Schema):
    count: int
    page: int
    items: list[ProjectOut]


class AllotmentOut(Schema):
    account: str
    vintage: int | None = Field(description="none where a source does not tell it")
    credits_t: int


class IssuanceOut(Schema):
    number: int
    state: str
    monitored_from: date | None
    monitored_until: date | None
    allotments: list[AllotmentOut]
    quality: str
    source: str


class ProjectDetail(ProjectOut):
    issuances: list[IssuanceOut]


class EventOut(Schema):
    at: datetime
    transaction: int
    kind: str
    first: int
    last: int
    source: str | None = Field(description="number of the account that the units left")
    target: str | None = Field(description="number of the account in which they stand then")


class UnitsOut(Schema):
    series: str
    first: int
    last: int
    unit: str
    vintage: int | None
    gwp_set: str
    project: str | None
    issued: bool
    events: list[EventOut]


class CertificateOut(Schema):
    number: str
    kind: str
    holds: bool
    faults: list[str] = Field(description="why it does not hold, in the language asked for")
    credits_t: int
    serials: list[str]
    beneficiary: str
    year: int | None
    reason: str
    entered_at: datetime
    transactions: list[str] = Field(description="sha256 of each")
    seals: list[int]


class SealOut(Schema):
    number: int
    at: datetime
    first: int
    last: int
    count: int
    root: str
    previous: str
    sha256: str


class SealPage(Schema):
    count: int
    page: int
    items: list[SealOut]


class OrderIn(Schema):
    key: UUID = Field(
        description="drawn by you; the same key again gives the same order, and prepares no other"
    )
    kind: str = Field(pattern="^(transfer|use|cancel|block|unblock)$")
    serial: str = Field(min_length=3, max_length=120, pattern=r"^[^\x00]*$")
    target: str = Field("", max_length=30, pattern=r"^[^\x00]*$", description="number of an account")
    purpose: str = Field("", max_length=20, pattern=r"^[a-z_]*$")
    year: int | None = Field(None, ge=2000, le=2100)
    beneficiary: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    reason: Text = Field(min_length=1)

    model_config = ConfigDict(extra="forbid")


class OrderOut(Schema):
    id: int
    key: UUID
    kind: str
    state: str
    side: str
    source: str | None
    target: str | None
    serials: list[str]
    quantity: int
    transactions: list[int]
    certificate: str | None


def _project(row: Project) -> dict[str, Any]:
    return {
        "code": row.code,
        "reference": row.reference,
        "title": three(row, "title"),
        "methodology": str(row.methodology or row.methodology_said),
        "scope": row.scope,
        "state": row.state,
        "third_party": row.third_party.code if row.third_party else None,
        "crediting_from": row.crediting_from,
        "crediting_to": row.crediting_to,
        "registered_on": row.registered_on,
        "credits_issued_t": sum(i.total for i in row.issuances.all() if i.state == "issued"),
        "quality": row.quality,
        "source": row.source,
    }


def _issuance(row: Issuance) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "monitored_from": row.start,
        "monitored_until": row.end,
        "allotments": [
            {"account": a.account.number, "vintage": a.vintage or None, "credits_t": a.amount}
            for a in row.allotments.select_related("account")
        ],
        "quality": row.quality,
        "source": row.source,
    }


@router.get("/projects", response={200: ProjectPage, **LISTS})
def projects(request: HttpRequest, query: Query[ProjectQuery]) -> Any:
    """JCM projects that you may see."""
    rows = access.projects(request).order_by("reference", "code").prefetch_related("issuances__allotments")
    if query.state:
        rows = rows.filter(state=query.state)
    return cut(access.named(rows, query.q), query, _project)


@router.get("/projects/{slug:code}", response={200: ProjectDetail, **ERRORS})
def project(request: HttpRequest, code: str) -> Any:
    """One project with the issuances that you may see."""
    row = get_object_or_404(access.projects(request), code=code)
    seen = access.issuances(request).filter(project=row).order_by("number")
    return {**_project(row), "issuances": [_issuance(i) for i in seen]}


@router.get("/units/{serial}", response={200: UnitsOut, **ERRORS})
def units(request: HttpRequest, serial: Serial) -> Any:
    """Everything that happened to the units of a serial."""
    found = spelled(serial)
    if found is None:
        return Status(404, {"detail": "No units of this registry have this serial."})
    series, first, last = found
    accounts = dict(RegistryAccount.objects.values_list("account", "number"))
    at = series.attributes
    known = Project.objects.filter(pk=at.get("project")).first()
    return {
        "series": series.code,
        "first": first,
        "last": last,
        "unit": series.unit,
        "vintage": at.get("vintage") or None,
        "gwp_set": at.get("gwp_set", ""),
        "project": known.code if known else None,
        "issued": reading.block_of(series, first) is not None,
        "events": [
            {
                "at": event.transaction.at,
                "transaction": event.transaction.pk,
                "kind": event.transaction.kind,
                "first": event.first,
                "last": event.last,
                "source": accounts.get(event.source) if event.source else None,
                "target": accounts.get(event.target),
            }
            for event in reading.story(series, first, last)
        ],
    }


@router.get("/certificates/{number}", response={200: CertificateOut, **ERRORS})
def certificate(request: HttpRequest, number: Number) -> Any:
    """Whether a certificate of use or cancellation holds, as the ledger has it now."""
    found = certificates.find(number)
    if found is None:
        return Status(404, {"detail": "The ledger knows no certificate of this number."})
    faults = found.faults
    return {
        "number": found.number,
        "kind": found.order.kind,
        "holds": not faults,
        "faults": faults,
        "credits_t": found.units,
        "serials": [line.serial for line in found.lines],
        "beneficiary": found.order.beneficiary,
        "year": found.order.year,
        "reason": found.order.reason,
        "entered_at": found.at,
        "transactions": [row.sha256 for row in found.transactions],
        "seals": [seal.number for seal in found.seals],
    }


@router.get("/seals", response={200: SealPage, **LISTS})
def seals(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """The seals of the ledger, the latest first."""
    return cut(Seal.objects.order_by("-number").values(), query, dict)


@router.get("/orders/{pk}", response={200: OrderOut, **ERRORS})
def order(request: HttpRequest, pk: FigureNumber) -> Any:
    """An order of an account of yours, or of your side."""
    return _order(get_object_or_404(access.orders(request), pk=pk))


@router.post(
    "/accounts/{number}/orders",
    response={200: OrderOut, 201: OrderOut, 400: Problem, 409: Problem, **ERRORS},
)
def prepare(request: HttpRequest, number: Account, body: OrderIn) -> Any:
    """Prepare an order on exact units; an administrator of the registry approves it before anything moves.

    The same request again is answered with the order that it made. Another request under the same key is
    refused (409).
    """
    account = access.account(number)
    if not request.user.has_perm("registry.order", account):
        return Status(403, {"detail": "Your role or organisation does not allow orders from this account."})
    if (known := _known(body.key)) is not None:
        return _again(known, account, body)
    target = RegistryAccount.objects.filter(number=body.target).first() if body.target else None
    if body.target and target is None:
        return Status(422, {"detail": [{"field": "target", "msg": "There is no account of this number."}]})
    given = {name: getattr(body, name) for name in ("kind", "serial", "purpose", "beneficiary", "reason")}
    form = OrderForm(account, {**given, "target": target.pk if target else "", "year": body.year or ""})
    if not form.is_valid():
        return Status(422, {"detail": faults_of(form)})
    try:
        with transaction.atomic():
            made = form.make(person(request), key=body.key)
            moves.began(made)
    except IntegrityError:
        # The same key at the same moment: whoever came first made it.
        if (known := _known(body.key)) is None:
            raise
        return _again(known, account, body)
    return Status(201, _order(made))


def _known(key: UUID) -> Order | None:
    rows = Order.objects.select_related("source", "target")
    return rows.filter(key=key).first()


def _again(known: Order, account: RegistryAccount, body: OrderIn) -> Any:
    if known.source_id != account.pk or len(known.units) != 1 or _asked(known) != _meant(body):
        return Status(409, {"detail": "This key was used for another order: draw a new one."})
    return Status(200, _order(known))


def _asked(row: Order) -> dict[str, Any]:
    """What an order was asked with."""
    [(series, first, last)] = row.units
    number, purpose = "", ""
    if row.target is not None:
        number, purpose = (row.target.number, "") if row.kind == "transfer" else ("", row.target.kind)
    return {
        "kind": row.kind,
        "units": (series, first, last),
        "target": number,
        "purpose": purpose,
        "year": row.year,
        "beneficiary": row.beneficiary,
        "reason": row.reason,
    }


def _meant(body: OrderIn) -> dict[str, Any]:
    """What a request asks for, read as the form reads it."""
    found = spelled(" ".join(body.serial.split()))
    goes, ends = body.kind == "transfer", body.kind in ("use", "cancel")
    return {
        "kind": body.kind,
        "units": (found[0].pk, *found[1:]) if found else None,
        "target": body.target if goes else "",
        "purpose": body.purpose if ends else "",
        "year": body.year,
        "beneficiary": body.beneficiary.strip(),
        "reason": body.reason.strip(),
    }


def _order(row: Order) -> dict[str, Any]:
    series = Series.objects.in_bulk([pk for pk, _first, _last in row.units])
    found = certificates.of(row)
    return {
        "id": row.pk,
        "key": row.key,
        "kind": row.kind,
        "state": row.state,
        "side": row.side,
        "source": row.source.number if row.source else None,
        "target": row.target.number if row.target else None,
        "serials": [written(series[pk], first, last) for pk, first, last in row.units if pk in series],
        "quantity": row.quantity,
        "transactions": list(row.transactions.order_by("pk").values_list("pk", flat=True)),
        "certificate": found.number if found else None,
    }

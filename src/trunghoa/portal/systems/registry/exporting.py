"""What the Climate Action Data Trust asks of a registry, from projects, issuances and the ledger's blocks.

Nothing is made up to fill a cell: a unit whose vintage, issuance or methodology is not on record is left out
and named.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.ledger.models import Block, LedgerTransaction, Posting
from trunghoa.quantities import InputError

from .itmos import pieces
from .models import Issuance, Opinion, Order, PartySettings, Project, RegistryAccount
from .models.accounts import UNIT
from .serials import serial
from .tasks import cadt
from .words import PARTY

PROGRAMME, REGISTRY = "JCM", "JCM registry"
STATUS = {"holding": "Held", "retirement": "Retired", "cancellation": "Cancelled"}


@dataclass
class Export:
    """Rows by table, what was left out, and what the model finds wrong with the rest."""

    tables: cadt.Tables
    left_out: list[tuple[str, int, str]] = field(default_factory=list)
    problems: tuple[Any, ...] = ()

    @property
    def units(self) -> int:
        return sum(int(row["unit_count"]) for row in self.tables["unit"])


def export() -> Export:
    """Everything that can be told."""
    made = Export({})
    projects = list(Project.objects.exclude(reference="").select_related("methodology", "third_party"))
    issuances = [row for row in _issuances() if row.project.methodology_id]
    tables = {
        "program": [_programme()],
        "project": [_project(row) for row in projects],
        "methodology": list(_methodologies(projects)),
        "validation": [_validation(row) for row in _opinions(projects)],
        "verification": [_verification(row) for row in issuances],
        "issuance": [_issuance(row) for row in issuances],
        "unit": list(_units(made, {str(row): row for row in issuances})),
    }
    try:
        made.tables = cadt.checked(tables)
    except InputError as error:
        made.tables = {**tables}
        made.problems = tuple(error.problems)
    return made


def _programme() -> dict[str, Any]:
    return {
        "cad_trust_program_id": PROGRAMME,
        "program_name": "Joint Crediting Mechanism",
        "program_registry": REGISTRY,
        "program_registry_program_id": PROGRAMME,
    }


def _project(row: Project) -> dict[str, Any]:
    return {
        "cad_trust_project_id": row.code,
        "project_registry_name": REGISTRY,
        "project_id": row.reference,
        "project_crediting_program": PROGRAMME,
        "project_name": row.title("en"),
        "project_description": row.summary_en or None,
        "project_sector": row.scope or None,
        "project_status": row.state,
        "project_status_date": row.registered_on or row.known_on,
        "project_unit_metric": UNIT,
        "cad_trust_program_id": PROGRAMME,
    }


def _methodologies(projects: list[Project]) -> Iterator[dict[str, Any]]:
    found = {row.methodology.pk: row.methodology for row in projects if row.methodology}
    for row in found.values():
        yield {
            "cad_trust_methodology_id": f"{row.code} {row.version}",
            "methodology_code": row.code,
            "methodology_name": row.title("en"),
            "methodology_version": row.version,
            "methodology_date": row.approved_on,
        }


def _opinions(projects: list[Project]) -> list[Opinion]:
    return [
        opinion for row in projects for opinion in Opinion.objects.about(row).select_related("organisation")
    ]


def _validation(row: Opinion) -> dict[str, Any]:
    project: Any = row.object
    return {
        "cad_trust_validation_id": f"{project.code}-validation-{row.pk}",
        "validation_id": str(row.pk),
        "validation_type": row.verdict,
        "validation_body": row.organisation.name("en"),
        "validation_date": row.on,
        "validation_credit_period_start_date": project.crediting_from,
        "validation_credit_period_end_date": project.crediting_to,
        "cad_trust_project_id": project.code,
    }


def _issuances() -> list[Issuance]:
    rows = Issuance.objects.filter(state__in=("approved", "issued", "decided")).exclude(project__reference="")
    return list(
        rows.select_related("project__methodology", "project__third_party").order_by("project", "number")
    )


def _verification(row: Issuance) -> dict[str, Any]:
    body = row.project.third_party
    return {
        "cad_trust_verification_id": f"{row}-verification",
        "verification_id": str(row),
        "verification_start_date": row.start,
        "verification_end_date": row.end,
        "verification_body": body.name("en") if body else None,
        "cad_trust_project_id": row.project.code,
    }


def _issuance(row: Issuance) -> dict[str, Any]:
    moments = [moment for moment in (row.issued_vn_on, row.issued_jp_on) if moment]
    method = row.project.methodology
    return {
        "cad_trust_issuance_id": str(row),
        "issuance_id": str(row),
        "issuance_date": timezone.localtime(max(moments)).date() if moments else row.known_on,
        "cad_trust_verification_id": f"{row}-verification",
        "cad_trust_methodology_id": f"{method.code} {method.version}" if method else None,
    }


def _units(made: Export, issuances: dict[str, Issuance]) -> Iterator[dict[str, Any]]:
    rows = Block.objects.filter(series__unit=UNIT).exclude(account__kind="issuing")
    origin, owners, ends, itmos = _Origin(), _owners(), _Ends(), _itmos()
    for block in rows.select_related("series", "account").order_by("series__code", "first"):
        vintage, issuance = block.series.attributes.get("vintage"), origin.of(block)
        if not vintage:
            made.left_out.append((serial(block), block.size, _("The vintage is not on record.")))
        elif issuance not in issuances:
            why = _("No issuance of a project with a methodology on record covers them.")
            made.left_out.append((serial(block), block.size, why))
        else:
            yield {
                **_unit(block, vintage, issuance),
                **ends.of(block),
                "unit_current_owner": owners.get(block.account_id),
                "unit_itmos_reference_id": itmos.get(block.pk),
            }


def _unit(block: Block, vintage: int, issuance: str) -> dict[str, Any]:
    return {
        "cad_trust_unit_id": serial(block),
        "unit_serial_id": serial(block),
        "unit_start_block": str(block.first),
        "unit_end_block": str(block.last),
        "unit_count": block.size,
        "unit_vintage_year": vintage,
        "unit_status": STATUS[block.account.kind],
        "unit_status_reason": "blocked" if block.state == Block.State.BLOCKED else None,
        "unit_metric": UNIT,
        "cad_trust_issuance_id": issuance,
    }


class _Origin:
    """By which issuance each number of a series came."""

    def __init__(self) -> None:
        orders = Order.objects.filter(kind=Order.Kind.ISSUE, state="executed", issuance__isnull=False)
        told = {
            number: str(order.issuance)
            for order in orders.select_related("issuance__project").prefetch_related("transactions")
            for number in (row.pk for row in order.transactions.all())
        }
        issued = Posting.objects.filter(transaction__kind=LedgerTransaction.Kind.ISSUE, delta__gt=0)
        rows = (
            issued.filter(series__unit=UNIT)
            .order_by("series", "first")
            .values_list("series", "first", "transaction", "transaction__body")
        )
        self.spans: dict[int, list[tuple[int, str]]] = {}
        for series, first, number, body in rows:
            name = told.get(number) or body.get("details", {}).get("issuance", "")
            self.spans.setdefault(series, []).append((first, name))

    def of(self, block: Block) -> str:
        spans = self.spans.get(block.series_id, [])
        at = bisect_right(spans, (block.first, "\U0010ffff")) - 1
        return spans[at][1] if at >= 0 else ""


def _owners() -> dict[int, str]:
    rows = RegistryAccount.objects.select_related("account__organisation")
    return {row.account_id: row.name("en") for row in rows}


class _Ends:
    """Day, reason and beneficiary of what was used or cancelled, by where it stands."""

    def __init__(self) -> None:
        orders = Order.objects.filter(kind__in=(Order.Kind.USE, Order.Kind.CANCEL), state="executed")
        self.spans: dict[tuple[int, int], list[tuple[int, int, dict[str, Any]]]] = {}
        for order in orders.prefetch_related("transactions__postings"):
            for row in order.transactions.all():
                said = {
                    "unit_status_date": timezone.localtime(row.at).date(),
                    "unit_status_reason": order.reason or None,
                    "unit_retirement_beneficiary": order.beneficiary or None,
                }
                for p in row.postings.all():
                    if p.delta > 0:
                        self.spans.setdefault((p.series_id, p.account_id), []).append((p.first, p.last, said))

    def of(self, block: Block) -> dict[str, Any]:
        """The latest that covers a block; a reversed one left this place and covers nothing here."""
        spans = self.spans.get((block.series_id, block.account_id), [])
        return next((said for first, last, said in reversed(spans) if first <= block.first <= last), {})


def _itmos() -> dict[int, str]:
    """Identifiers of the units that are ITMOs, by block."""
    registries = dict(PartySettings.objects.values_list("party", "itmo_registry"))
    found = {}
    for piece in pieces():
        registry = registries.get(PARTY.get(piece.block.series.attributes.get("side", ""), ""), "")
        if piece.itmo and registry:
            parts = (piece.authorisation.approach.code, registry, piece.host)
            found[piece.block.pk] = f"{'-'.join(parts)}-{piece.itmo_text}-{piece.vintage}"
    return found


def as_file(made: Export, form: str, day: date) -> bytes:
    """JSON, or a workbook with a sheet for each table.

    Raises
    ------
    InputError
        where the model finds something wrong.
    """
    if made.problems:
        raise InputError(made.problems)
    return cadt.as_json(made.tables) if form == "json" else cadt.as_workbook(made.tables, day)

"""Small reports of two invented Parties, AAA and BBB."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from trunghoa.crediting.aef import Report, Row, Template, Value, blank_row, load_template

TEMPLATE = load_template()
UNITS: dict[str, Value] = {
    "CooperativeApproachID": "CA0001",
    "AuthorizationID": "AAA 2025-1",
    "FirstTransferringPartyID": "AAA",
    "PartyITMORegistryID": "AAA01",
    "Metric": "GHG",
    "GWPValues": "AR5",
    "MitigationType": "Emission reductions",
    "Vintage": 2024,
}


def submission(party: str = "AAA", year: int = 2025, template: Template = TEMPLATE) -> Row:
    return blank_row(
        template.table(1),
        ParticipatingParty=party,
        SubmissionVersion="1.0",
        ReportedYear=year,
        DateOfSubmission=date(year + 1, 3, 31),
        FirstYearOfNDCPeriod=2021,
        LastYearOfNDCPeriod=2030,
    )


def authorization(template: Template = TEMPLATE, **given: Value) -> Row:
    default: dict[str, Value] = {
        "AuthorizationID": "AAA 2025-1",
        "DateOfAuthorization": date(2025, 1, 10),
        "CooperativeApproachID": "CA0001",
        "AuthorizationVersion": 1,
        "Metric": "GHG",
        "GWPValues": "AR5",
        "Sectors": "Waste management",
        "PurposeForAuthorization": "NDC and OIMP",
        "AuthorizedTimeframe": "2021 - 2030",
        "FirstTransferDefnForOIMP": "Issuance",
    }
    return blank_row(template.table(2), **{**default, **given})


def units(first: int, last: int, **given: Value) -> dict[str, Value]:
    return {**UNITS, "FirstID": first, "LastID": last, "QuantityCO2": last - first + 1, **given}


def action(kind: str, first: int, last: int, template: Template = TEMPLATE, **given: Value) -> Row:
    when = {"ActionDateTime": datetime(2025, 6, 1, 3, 0, tzinfo=UTC), "ActionType": kind}
    if kind == "First transfer":
        when |= {"ActionSubtype": "First transfer to another Party", "AcquiringPartyID": "BBB"}
    if kind == "Acquisition":
        when |= {"TransferringPartyID": "AAA"}
    return blank_row(template.table(3), **{**when, **units(first, last, **given)})


def held(first: int, last: int, template: Template = TEMPLATE, **given: Value) -> Row:
    return blank_row(template.table(4), **units(first, last, **given))


def entity(**given: Value) -> Row:
    default: dict[str, Value] = {
        "DateOfAuthorization": date(2025, 1, 10),
        "AuthorizedEntityName": "Công ty Ánh Dương 株式会社",
        "AuthorizedEntityCountryOfIncorporation": "AAA",
        "AuthorizedEntityID": "0101234567",
        "CooperativeApproachID": "CA0001",
    }
    return blank_row(TEMPLATE.table(5), **{**default, **given})


def report(
    *,
    party: str = "AAA",
    year: int = 2025,
    authorizations: Any = None,
    actions: Any = (),
    holdings: Any = (),
    entities: Any = (),
    template: Template = TEMPLATE,
) -> Report:
    first = authorization(template) if authorizations is None else None
    rows = (
        (submission(party, year, template),),
        (first,) if first is not None else tuple(authorizations),
        tuple(actions),
        tuple(holdings),
        tuple(entities),
    )
    return Report(template, {t.sheet: r for t, r in zip(template.tables, rows, strict=True)})

"""Export to the Climate Action Data Trust."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from trunghoa.crediting import cadt_export, cadt_json, cadt_workbook, load_cadt_model
from trunghoa.quantities import InputError

from .aef_reports import action, authorization, entity, held, report

MODEL = load_cadt_model()
TABLES: dict[str, list[dict[str, Any]]] = {
    "program": [
        {
            "cad_trust_program_id": "JCM",
            "program_name": "Joint Crediting Mechanism",
            "program_registry": "JCM registry",
            "program_registry_program_id": "JCM",
        }
    ],
    "project": [
        {
            "cad_trust_project_id": "p1",
            "project_registry_name": "JCM registry",
            "project_id": "VN001",
            "project_name": "=Lái xe sinh thái",
            "project_status_date": date(2015, 8, 4),
            "cad_trust_program_id": "JCM",
        }
    ],
    "methodology": [
        {
            "cad_trust_methodology_id": "m1",
            "methodology_code": "VN_AM001",
            "methodology_name": "Digital tachograph",
        }
    ],
    "verification": [
        {"cad_trust_verification_id": "v1", "verification_id": "1", "cad_trust_project_id": "p1"}
    ],
    "issuance": [
        {
            "cad_trust_issuance_id": "i1",
            "issuance_id": "1",
            "cad_trust_verification_id": "v1",
            "cad_trust_methodology_id": "m1",
        }
    ],
    "unit": [
        {
            "cad_trust_unit_id": "u1",
            "unit_serial_id": "JCM-VN-JP-VN001-2016-1-288",
            "unit_start_block": "1",
            "unit_end_block": "288",
            "unit_count": 288,
            "unit_vintage_year": 2016,
            "unit_status": "Held",
            "cad_trust_issuance_id": "i1",
        }
    ],
}


def test_every_table_comes_out_with_its_keys_in_order() -> None:
    found = cadt_export(TABLES, MODEL)
    assert list(found) == [t.name for t in MODEL.tables]
    assert list(found["unit"][0]) == [f.key for f in next(t for t in MODEL.tables if t.name == "unit").fields]
    assert found["project"][0]["project_status_date"] == "2015-08-04"
    assert json.loads(cadt_json(found)) == found


def test_annual_information_goes_along_under_the_models_own_keys() -> None:
    given = report(actions=[action("First transfer", 1, 10)], holdings=[held(11, 20)], entities=[entity()])
    found = cadt_export(TABLES, MODEL, given)
    assert found["aef_t1_submission"][0]["aefT1SubmissionReportYear"] == 2025
    assert "aefT2AuthorizationsAuthoziedEntityId" in found["aef_t2_authorizations"][0]
    assert found["aef_t3_actions"][0]["aef_t3_actions_date"] == "2025-06-01T03:00:00Z"
    assert found["aef_t3_actions"][0]["aef_t3_actions_quantity_t_co2"] == 10
    assert found["aef_t4_holdings"][0]["aef_t4_holdings_itmo_first_id"] == 11
    assert found["aef_t5_authorized_entities"][0]["aefT5AuthorizedEntitiesId"] == "0101234567"


def test_it_can_be_saved_as_a_workbook_in_which_a_name_stays_a_text() -> None:
    made = cadt_workbook(cadt_export(TABLES, MODEL), MODEL, date(2026, 1, 1))
    assert made == cadt_workbook(cadt_export(TABLES, MODEL), MODEL, date(2026, 1, 1))
    book = CalamineWorkbook.from_filelike(BytesIO(made))
    rows = book.get_sheet_by_name("project").to_python()
    assert dict(zip(rows[0], rows[1], strict=True))["project_name"] == "=Lái xe sinh thái"


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        (
            "unit",
            {"unit_status": "Sold"},
            "unit, row 1, field unit_status: “Sold” is not one of: Held, Retired",
        ),
        ("unit", {"unit_serial_id": None}, "unit, row 1, field unit_serial_id: The cell is empty"),
        ("unit", {"cad_trust_issuance_id": "i9"}, "The table issuance has no row i9"),
        ("unit", {"unitCount": 5}, "The table has no key unitCount"),
        ("project", {"cad_trust_program_id": "X"}, "The table program has no row X"),
    ],
)
def test_what_the_model_does_not_take_is_named(table: str, change: dict[str, Any], says: str) -> None:
    wrong = {**TABLES, table: [{**TABLES[table][0], **change}]}
    with pytest.raises(InputError) as caught:
        cadt_export(wrong, MODEL)
    assert says in str(caught.value)


def test_a_row_stands_once_and_a_table_is_one_of_the_models() -> None:
    with pytest.raises(InputError, match="unit, row 2, field cad_trust_unit_id: The key u1 stands twice"):
        cadt_export({**TABLES, "unit": TABLES["unit"] * 2}, MODEL)
    with pytest.raises(InputError, match="has no table “units”"):
        cadt_export({**TABLES, "units": []}, MODEL)


def test_two_versions_of_an_authorization_are_two_rows() -> None:
    two = [authorization(), authorization(AuthorizationVersion=2, DateOfAuthorization=date(2025, 7, 1))]
    assert len(cadt_export(TABLES, MODEL, report(authorizations=two))["aef_t2_authorizations"]) == 2

"""The agreed electronic format: 79 fields as laid down, there and back, checked cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from trunghoa.crediting.aef import (
    Field,
    Kind,
    Report,
    Row,
    Value,
    check,
    load_template,
    read_workbook,
    template_versions,
    write_workbook,
)
from trunghoa.quantities import InputError, ParameterError

from .aef_reports import TEMPLATE, action, authorization, entity, held, report, submission

SHEETS = ["Table 1 Submission", "Table 2 Authorizations", "Table 3 Actions", "Table 4 Holdings"]
SHEETS += ["Table 5 Auth. entities", "Summary information"]


def whole() -> Report:
    actions = [action("First transfer", 1, 60), action("First transfer", 61, 100)]
    return report(actions=actions, holdings=[held(101, 120)], entities=[entity()])


def saved(given: Report, folder: Path, *, draft: bool = False) -> Path:
    path = folder / "aef.xlsx"
    path.write_bytes(write_workbook(given, draft=draft))
    return path


def test_the_template_is_the_official_list(case_json: Callable[[str], Any]) -> None:
    official = case_json("aef_fields.json")
    assert [t.sheet for t in TEMPLATE.tables] == list(official["tables"])
    assert [len(t.fields) for t in TEMPLATE.tables] == [9, 19, 27, 16, 8]
    picklists = official["controlled_values"]
    for table in TEMPLATE.tables:
        for field, known in zip(table.fields, official["tables"][table.sheet], strict=True):
            assert (field.name, field.label, field.kind.value) == (
                known["technical_name"],
                known["label"],
                known["type"],
            )
            assert field.required is known["required"], field.name
            assert field.carp is known.get("carp", False), field.name
            assert field.pattern == known.get("pattern", ""), field.name
            values = known.get("values", [])
            assert list(field.values) == (picklists[values] if isinstance(values, str) else values), (
                field.name
            )
            assert bool(field.when_field) is ("applies_when" in known), field.name
    assert sum(f.carp for t in TEMPLATE.tables for f in t.fields) == 5
    assert TEMPLATE.itmo_id == official["itmo_id_pattern"]


def test_the_workbook_has_the_official_sheets_and_every_column(tmp_path: Path) -> None:
    book = CalamineWorkbook.from_path(str(saved(whole(), tmp_path)))
    assert book.sheet_names == SHEETS
    for table in TEMPLATE.tables:
        labels, names = book.get_sheet_by_name(table.sheet).to_python()[:2]
        assert labels == [f.label for f in table.fields]
        assert names == [f.name for f in table.fields]
    summary = dict(book.get_sheet_by_name(SHEETS[-1]).to_python())
    assert summary["First transfer (t CO2 eq)"] == 100
    assert summary["Rows of Table 3 Actions"] == 2


def test_what_is_written_is_read_back_equal(tmp_path: Path) -> None:
    assert read_workbook(saved(whole(), tmp_path)) == whole()


def test_the_same_report_gives_the_same_bytes() -> None:
    assert write_workbook(whole()) == write_workbook(whole())


def test_a_field_that_does_not_apply_says_so_and_reads_back_blank(tmp_path: Path) -> None:
    path = saved(whole(), tmp_path)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Table 3 Actions").to_python()
    column = rows[1].index("TransferringPartyID")
    assert rows[2][column] == "NA"
    assert read_workbook(path).rows(3)[0]["TransferringPartyID"] is None


def test_the_platforms_own_text_reads_back_blank(tmp_path: Path) -> None:
    filled = dict(submission(), ReviewStatusOfInitialReport=TEMPLATE.carp_text)
    given = Report(TEMPLATE, {**whole().tables, "Table 1 Submission": (filled,)})
    assert "field ReviewStatusOfInitialReport: Only the platform fills" in str(check(given)[0])
    assert read_workbook(saved(given, tmp_path, draft=True)) == whole()


SIGNS = "aZ09 ,;.:-_=+@'\"<&>%/\\\n#x̂ăđếộỹ年度会社株ー１é€🙂"


def strings(field: Field) -> st.SearchStrategy[Value]:
    if field.values:
        return st.sampled_from(field.values)
    if field.pattern:
        ascii_only = st.characters(min_codepoint=32, max_codepoint=126)
        return st.from_regex(field.pattern, fullmatch=True, alphabet=ascii_only).filter(
            lambda t: t == t.strip()
        )
    free = st.text(SIGNS, min_size=1, max_size=30)
    return free.map(str.strip).filter(lambda t: t not in ("", "NA"))


def values(field: Field) -> st.SearchStrategy[Value]:
    least = field.minimum if field.minimum is not None else 0
    found: dict[Kind, st.SearchStrategy[Value]] = {
        Kind.STRING: strings(field),
        Kind.INTEGER: st.integers(least, 10**18),
        Kind.NUMBER: st.integers(least, 10**18) | st.decimals(least, 10**12, places=8).map(exact),
        Kind.DATE: st.dates(date(2021, 1, 1), date(2099, 12, 31)),
        Kind.MOMENT: st.datetimes(datetime(2021, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001
            lambda t: t.replace(tzinfo=UTC, microsecond=t.microsecond // 1000 * 1000)
        ),
    }
    return found[field.kind]


def exact(number: Decimal) -> Value:
    return int(number) if number == number.to_integral_value() else number


@st.composite
def rows(draw: st.DrawFn, number: int) -> Row:
    row: dict[str, Value] = {}
    for field in TEMPLATE.table(number).fields:
        row[field.name] = None if field.carp else draw(st.none() | values(field))
        if field.required or field.needed:
            row[field.name] = draw(values(field))
    return {f.name: row[f.name] if f.applies(row) else None for f in TEMPLATE.table(number).fields}


@st.composite
def reports(draw: st.DrawFn) -> Report:
    found = {TEMPLATE.table(1).sheet: (draw(rows(1)),)}
    found |= {TEMPLATE.table(n).sheet: tuple(draw(st.lists(rows(n), max_size=3))) for n in (2, 3, 4, 5)}
    return Report(TEMPLATE, found)


# A workbook is written for each example: shrinking one would take minutes.
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(reports())
def test_any_report_comes_back_as_it_went(tmp_path_factory: pytest.TempPathFactory, given: Report) -> None:
    assert check(given) == ()
    assert read_workbook(saved(given, tmp_path_factory.mktemp("aef"))) == given


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("CooperativeApproachID", "CA1", "“CA1” is not written as the format asks"),
        ("CooperativeApproachID", None, "The cell is empty"),
        ("CooperativeApproachID", "CA００01", "is not written as the format asks"),
        ("ActionSubtype", "Sale", "“Sale” is not one of"),
        ("FirstID", "1", "“1” is not a whole number"),
        ("FirstID", 0, "0 is less than 1"),
        ("FirstID", True, "“True” is not a whole number"),
        ("QuantityCO2", 1.5, "“1.5” is not an exact number"),
        ("QuantityCO2", Decimal("NaN"), "“NaN” is not an exact number"),
        ("QuantityCO2", Decimal("-1"), "-1 is less than 0"),
        ("ActionDateTime", datetime(2025, 1, 1), "is not a moment with its zone"),  # noqa: DTZ001
        ("ActionDateTime", date(2025, 1, 1), "is not a moment with its zone"),
        ("ResultOfConsistencyChecks", "fine", "Only the platform fills this field"),
        ("TransferringPartyID", "AAA", "stands where the field does not apply"),
        ("Non-GHGMetric", "MWh", "stands where the field does not apply"),
        ("AdditionalExplanatoryInformation", " x", "begins or ends with a blank"),
        ("AdditionalExplanatoryInformation", "", "is empty, too long"),
        ("AdditionalExplanatoryInformation", "a\x07b", "holds control signs"),
        ("FirstTransferringPartyID", "Viet Nam", "is not written as the format asks"),
    ],
)
def test_each_wrong_cell_is_named(field: str, value: Any, says: str) -> None:
    wrong = {**action("First transfer", 1, 10), field: value}
    found = [str(p) for p in check(report(actions=[action("First transfer", 11, 20), wrong]))]
    assert len(found) == 1, found
    assert found[0].startswith(f"Table 3 Actions, row 4, field {field}: ")
    assert says in found[0]
    with pytest.raises(InputError):
        write_workbook(report(actions=[wrong]))


def test_an_undefined_first_transfer_blocks_the_submission() -> None:
    found = check(report(authorizations=[authorization(FirstTransferDefnForOIMP=None)]))
    assert [p.field for p in found] == ["FirstTransferDefnForOIMP"]
    only_ndc = authorization(FirstTransferDefnForOIMP=None, PurposeForAuthorization="NDC")
    assert check(report(authorizations=[only_ndc])) == ()


def test_several_sectors_may_stand_in_one_cell() -> None:
    assert check(report(authorizations=[authorization(Sectors="Waste management; Transportation")])) == ()
    assert check(report(authorizations=[authorization(Sectors="Waste management; Cheese")]))


def test_a_moment_is_written_in_utc(tmp_path: Path) -> None:
    ha_noi = datetime(2025, 6, 1, 1, 30, tzinfo=timezone(timedelta(hours=7)))
    path = saved(report(actions=[action("First transfer", 1, 5, ActionDateTime=ha_noi)]), tmp_path)
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Table 3 Actions").to_python()
    assert cells[2][0] == "2025-05-31T18:30:00.000Z"


def test_trap_19_a_name_that_begins_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    for name in ("=1+1", "+84 24", "@SUM(A1)", "-2", "https://example.org", "0012", "_x0041_", "a\nb"):
        given = report(entities=[entity(AuthorizedEntityName=name)])
        path = saved(given, tmp_path)
        assert read_workbook(path).rows(5)[0]["AuthorizedEntityName"] == name
        import zipfile

        with zipfile.ZipFile(path) as archive:
            sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
            assert not any(b"<f>" in archive.read(n) for n in sheets)


def test_trap_9_an_identifier_too_long_for_a_spreadsheets_number_keeps_its_digits(tmp_path: Path) -> None:
    given = report(actions=[action("First transfer", 2**60 + 1, 2**60 + 1)])
    assert read_workbook(saved(given, tmp_path)) == given


def test_a_quantity_with_more_digits_than_a_spreadsheet_has_keeps_them(tmp_path: Path) -> None:
    given = report(actions=[action("First transfer", 1, 1, QuantityCO2=Decimal("123456789.12345678"))])
    assert read_workbook(saved(given, tmp_path)) == given


def test_a_workbook_is_refused_cell_by_cell(tmp_path: Path) -> None:
    import openpyxl

    path = saved(whole(), tmp_path)
    book = openpyxl.load_workbook(path)
    actions = book["Table 3 Actions"]
    names = [c.value for c in actions[2]]
    for field, value in [
        ("FirstID", "1,312"),
        ("Vintage", 2024.5),
        ("ActionDateTime", "2025-06-01T03:00:00"),
    ]:
        actions.cell(4, names.index(field) + 1).value = value
    book.save(path)
    with pytest.raises(InputError) as caught:
        read_workbook(path)
    found = [str(p) for p in caught.value.problems]
    assert len(found) == 3
    assert all(line.startswith("aef.xlsx, Table 3 Actions, row 4, field ") for line in found)
    assert "does not say its time zone" in " ".join(found)


def test_a_workbook_without_a_sheet_or_column_is_refused(tmp_path: Path) -> None:
    import openpyxl

    path = saved(whole(), tmp_path)
    book = openpyxl.load_workbook(path)
    del book["Table 4 Holdings"]
    book["Table 5 Auth. entities"]["B2"].value = "Nom"
    book.save(path)
    with pytest.raises(InputError, match="Table 4 Holdings: The sheet is missing") as caught:
        read_workbook(path)
    assert "AuthorizedEntityName is missing" in str(caught.value)
    path.write_text("Party,Version\n", encoding="utf-8")
    with pytest.raises(InputError, match="no workbook"):
        read_workbook(path)


def test_the_version_of_the_template_is_a_setting(tmp_path: Path) -> None:
    assert set(template_versions()) == {"2026-02-17", "public-checker"}
    other = load_template("public-checker")
    identifier = "CA0001-AAA01-AAA-{}-2024".format
    given = action(
        "First transfer",
        1,
        10,
        other,
        FirstID=identifier(1),
        LastID=identifier(10),
        ActionDateTime=date(2025, 6, 1),
    )
    one = report(template=other, actions=[given])
    assert check(one) == ()
    assert read_workbook(saved(one, tmp_path), other) == one
    assert {p.field for p in check(report(actions=[given]))} == {"FirstID", "LastID", "ActionDateTime"}
    with pytest.raises(ParameterError, match="Known: 2026-02-17, public-checker"):
        load_template("1999")

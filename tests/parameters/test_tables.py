from datetime import date
from decimal import Decimal

import pytest

from trunghoa.parameters import Parameters, read_table
from trunghoa.quantities import InputError, ParameterError, Quality

HEADER = "waste,value,unit,lower,upper,valid_from,valid_to,status,source,note\n"
OLD = "food,0.15,1,0.08,0.2,,2019-12-31,verified,2006,\n"
NEW = "food,0.16,1,,,2020-01-01,,unverified,2019,of note\n"


@pytest.fixture
def table(tmp_path):
    def write(*rows, header=HEADER, name="doc", encoding="utf-8", folder=""):
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / f"{name}.csv"
        path.write_bytes((header + "".join(rows)).encode(encoding))
        return path

    return write


def problems_of(path):
    with pytest.raises(InputError) as caught:
        read_table(path)
    return [(p.file, p.row, p.field, str(p)) for p in caught.value.problems]


def test_a_value_holds_on_both_of_its_boundary_dates(table):
    parameters = Parameters(read_table(table(OLD, NEW)))
    for day, value in (
        ("1990-01-01", "0.15"),
        ("2019-12-31", "0.15"),
        ("2020-01-01", "0.16"),
        ("2199-01-01", "0.16"),
    ):
        assert parameters.get("doc", as_of=date.fromisoformat(day), waste="food").value == Decimal(value)


def test_a_lookup_returns_the_value_with_source_bounds_and_quality(table):
    found = Parameters(read_table(table(OLD, NEW))).get("doc", as_of=date(2010, 1, 1), waste="food")
    assert (found.lower, found.upper, found.source, found.quality, found.label) == (
        Decimal("0.08"), Decimal("0.2"), "2006", Quality.VERIFIED, "doc[waste=food]",
    )  # fmt: skip
    assert float(found) == 0.15


def test_what_is_not_there_is_said_with_what_is(table):
    gap = "food,1,1,,,2021-01-01,,verified,s,\n"
    parameters = Parameters(read_table(table(OLD, gap, "paper,0.4,1,,,,,verified,s,\n")))
    with pytest.raises(
        ParameterError, match="no value on 2020-06-01; it is known for … to 2019-12-31; 2021-01-01"
    ):
        parameters.get("doc", as_of=date(2020, 6, 1), waste="food")
    with pytest.raises(ParameterError, match=r"no row waste=glass\. It knows: food, paper"):
        parameters.get("doc", as_of=date(2020, 6, 1), waste="glass")
    with pytest.raises(ParameterError, match=r"No parameter table “dox”\. Known: doc"):
        parameters.get("dox", as_of=date(2020, 6, 1))


def test_two_values_on_one_day_are_refused_with_both_rows(table):
    found = problems_of(table(OLD, "food,0.2,1,,,2019-12-31,2020-05-01,verified,s,\n", NEW))
    assert [(row, field) for _, row, field, _ in found] == [(3, "valid_from"), (4, "valid_from")]
    assert "row 2" in found[0][3]


def test_two_folders_with_a_value_for_one_day_are_refused(table):
    table(OLD, folder="a")
    second = table(OLD.replace("0.15", "0.17"), folder="b")
    with pytest.raises(ParameterError, match=r"0.15 \[2006\] and 0.17 \[2006\]"):
        Parameters.load(second.parent.parent / "a", second.parent)


def test_a_later_folder_adds_to_an_earlier_one(table):
    table(OLD, folder="a")
    second = table(NEW, folder="b")
    parameters = Parameters.load(second.parent.parent / "a", second.parent)
    assert [r.value for r in parameters.rows("doc")] == [Decimal("0.15"), Decimal("0.16")]
    assert [r.value for r in parameters.rows("doc", as_of=date(2020, 1, 1), waste="food")] == [
        Decimal("0.16")
    ]


def test_all_faults_of_a_file_are_said_at_once_with_row_and_field(table):
    found = problems_of(
        table(
            "food,,1,,,,,verified,s,\n",
            "food,x,lit,,,2020-13-01,,checked,,\n",
            "\n",
            "garden,0.2,1,0.3,0.4,2021-01-01,2020-01-01,verified,s,\n",
            "paper,0.4,1,0.3,,,,verified,s,\n",
            "wood,0.4,1\n",
            'textiles,"0,4",1,,,,,verified,s,\n',
        )
    )
    assert [(file, row, field) for file, row, field, _ in found] == [
        ("doc.csv", 2, "value"),
        ("doc.csv", 3, "value"),
        ("doc.csv", 3, "unit"),
        ("doc.csv", 3, "valid_from"),
        ("doc.csv", 3, "status"),
        ("doc.csv", 3, "source"),
        ("doc.csv", 5, "value"),
        ("doc.csv", 5, "valid_to"),
        ("doc.csv", 6, "upper"),
        ("doc.csv", 7, ""),
        ("doc.csv", 8, "value"),
    ]
    texts = [text for *_, text in found]
    assert "Unknown unit “lit”" in texts[2]
    assert "“2020-13-01” is not a date" in texts[3]
    assert "“checked” is not one of: verified, unverified, illustrative" in texts[4]
    assert "0.2 lies outside its own bounds 0.3 to 0.4" in texts[6]
    assert "could mark decimals or thousands" in texts[10]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "The file is empty"),
        (HEADER.replace("source", "sauce"), "The column source is missing"),
        (HEADER.replace("note", "remark"), "The column “remark” is not known"),
        (HEADER.replace("waste", "value"), "The column value stands twice"),
    ],
)
def test_a_header_that_is_not_a_tables_is_refused(table, header, message):
    found = problems_of(table(header=header))
    assert any(message in text for *_, text in found)


def test_files_that_are_not_utf8_csv_are_refused(table, tmp_path):
    assert "not UTF-8" in problems_of(table("thực phẩm,1,1,,,,,verified,s,\n", encoding="utf-16"))[0][3]
    assert "not CSV" in problems_of(table('food,"1,1,,,,,verified,s,\n'))[0][3]
    assert "file is missing" in problems_of(tmp_path / "none.csv")[0][3]


def test_a_spreadsheets_byte_order_mark_is_read_over(table):
    path = table(OLD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_table(path)[0].keys == (("waste", "food"),)


def version(*rows):
    return Parameters(rows).version


def test_the_version_changes_with_any_value_or_source_and_not_with_row_order(table):
    rows = read_table(table(OLD, NEW, "paper,0.4,1,,,,,verified,s,\n"))
    same = version(*rows)
    assert version(*reversed(rows)) == same
    assert version(*rows[:-1]) != same
    for old, new in (
        ("0.16", "0.17"),
        ("2019,", "2020,"),
        ("unverified", "verified"),
        ("2020-01-01", "2020-01-02"),
    ):
        changed = NEW.replace(old, new)
        assert changed != NEW
        assert version(*read_table(table(OLD, changed, "paper,0.4,1,,,,,verified,s,\n"))) != same


def test_every_table_of_the_package_reads_and_names_its_sources():
    parameters = Parameters.load()
    assert {"gwp", "blends", "facility_thresholds"} <= set(parameters.names())
    rows = list(parameters)
    assert all(row.source for row in rows)
    assert all(row.quality is not Quality.VERIFIED for row in rows if "memory" in row.source)

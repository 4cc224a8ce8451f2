"""Bad inputs: each is refused with a message that names file, row, field, value and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.landfill import Inputs, located, read_folder, resolve
from trunghoa.parameters import Parameters
from trunghoa.quantities import InputError, Problem

Write = Callable[..., Path]
TABLES = Parameters.load()


def taken(folder: Path) -> Inputs:
    landfill, as_of = read_folder(folder)
    return resolve(landfill, TABLES, as_of or date(2026, 1, 1))


def refused(folder: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        taken(folder)
    return list(located(caught.value).problems)


def only(folder: Path) -> str:
    problems = refused(folder)
    assert len(problems) == 1, problems
    return str(problems[0])


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("-5", "-5 t cannot be a deposit"),
        ("NaN", "not a finite number"),
        ("inf", "not a finite number"),
        ("1e400", "too large"),
        ('"1,5"', "that could mark decimals or thousands"),
        ('"1.000,5"', "that could mark decimals or thousands"),
        ("１２３", "full-width"),
        ("", "The cell is empty"),
        ("many", "not a number"),
    ],
)
def test_it_refuses_a_cell_that_is_not_a_deposit(cell: str, says: str, folder: Write) -> None:
    message = only(folder(deposits=f"year,food,paper\n2020,1000,200\n2021,{cell},210\n"))
    assert message.startswith("deposits.csv, row 3, field food: ")
    assert says in message


@pytest.mark.parametrize("year", ["0", "9999", "２０２０", "20.5", "1E+9", "next"])
def test_it_refuses_a_year_that_no_record_can_be_of(year: str, folder: Write) -> None:
    message = only(folder(deposits=f"year,food\n{year},1000\n"))
    assert message.startswith("deposits.csv, row 2, field year: ")
    assert year in message


@pytest.mark.parametrize("year", ["0", "9999"])
def test_it_refuses_a_year_of_opening_that_cannot_be(year: str, folder: Write) -> None:
    message = str(refused(folder(opened=year))[0])
    assert message.startswith("site.toml, field site.opened: ")
    assert year in message


def test_it_refuses_a_deposit_after_closure(folder: Write) -> None:
    message = only(folder(site="closed = 2020"))
    assert message.startswith(
        "deposits.csv, row 3, field year: A deposit in 2021, but the site closed after 2020."
    )


def test_it_refuses_a_deposit_before_the_site_opened(folder: Write) -> None:
    assert "row 2, field year: A deposit in 2020, but the site opened in 2021." in only(folder(opened=2021))


def test_a_row_of_zero_after_closure_is_no_deposit(folder: Write) -> None:
    assert taken(folder(site="closed = 2020", deposits="year,food\n2020,10\n2021,0\n")).years[0] == 2020


def test_it_refuses_two_rows_of_one_year_and_names_both(folder: Write) -> None:
    message = only(folder(deposits="year,food\n2020,10\n2021,11\n2020,12\n"))
    assert "row 4, field year: The year 2020 stands twice (first in row 2)." in message


def test_it_refuses_years_without_a_row_unless_they_are_declared(folder: Write) -> None:
    deposits = "year,food\n2018,10\n2021,11\n"
    assert "Years without a row: 2019, 2020." in only(folder(deposits=deposits))
    inputs = taken(folder(deposits=deposits, top="gap_years = [2019, 2020]"))
    assert inputs.deposited[:4].tolist() == [10, 0, 0, 11]
    assert "Years declared without deposits count 0: 2019, 2020." in str(inputs.notices[0])


def test_it_refuses_a_declared_gap_that_has_a_row(folder: Write) -> None:
    assert "they have a row: 2021" in only(folder(top="gap_years = [2021]"))


def test_a_file_of_excel_with_bom_crlf_and_ten_thousand_rows_is_read_to_the_end(folder: Write) -> None:
    lines = ["year,food"] + [f"{1901 + i % 125},{i}" for i in range(10_000)]
    problems = refused(folder(deposits=b"\xef\xbb\xbf" + "\r\n".join(lines).encode(), opened=1901))
    assert len(problems) == 10_000 - 125
    assert problems[-1].row == 10_001
    inputs = taken(folder(deposits=b"\xef\xbb\xbf" + "\r\n".join(lines[:126]).encode(), opened=1901))
    assert inputs.deposited[124] == 124


def test_names_in_nfd_are_the_same_site_and_the_same_waste_type(folder: Write) -> None:
    def nfd(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    path = folder(deposits="năm,thực phẩm,giấy,gỗ\n2020,10,5,1\n")
    composed = taken(path)
    toml = path / "site.toml"
    toml.write_text(nfd(toml.read_text(encoding="utf-8")), encoding="utf-8")
    (path / "deposits.csv").write_text(nfd("năm,thực phẩm,giấy,gỗ\n2020,10,5,1\n"), encoding="utf-8")
    decomposed = taken(path)
    assert decomposed.site == composed.site
    assert decomposed.site.key.code == "nam-son"
    assert decomposed.waste_types == composed.waste_types == ("food", "paper", "wood")
    assert decomposed.tonnes.tolist() == composed.tonnes.tolist()


def test_it_refuses_two_columns_of_one_waste_type(folder: Write) -> None:
    assert any(
        "Two columns mean food" in str(p) for p in refused(folder(deposits="year,food,thực phẩm\n2020,1,2\n"))
    )


def test_it_refuses_a_column_it_does_not_know(folder: Write) -> None:
    assert "field rubbish: The column “rubbish” is not known here." in only(
        folder(deposits="year,food,rubbish\n2020,1,2\n")
    )


SHARES = """
[composition]
source = "illustrative"
unit = "{unit}"
[composition.shares]
food = {food}
paper = 20
plastic = 30
"""


@pytest.mark.parametrize(
    ("food", "notice"),
    [
        ("50", ""),
        ("50.4", "adds up to 100.4 %; it was scaled to 100 %."),
        ("49", "adds up to 99 %; it was scaled to 100 %."),
        ("51.5", "adds up to 101.5 %, more than rounding explains"),
        ("52", "adds up to 102 %, more than rounding explains"),
    ],
)
def test_it_scales_a_composition_that_rounding_took_off_100(food: str, notice: str, folder: Write) -> None:
    inputs = taken(folder(deposits="year,total_t\n2020,1000\n", rest=SHARES.format(food=food, unit="%")))
    share = Decimal(food) / (Decimal(food) + 50)
    assert inputs.tonnes[0].tolist() == pytest.approx([1000 * float(share), 20_000 / (50 + float(food))])
    assert inputs.deposited[0] == 1000
    assert [str(n) for n in inputs.notices if notice in str(n)] if notice else not inputs.notices


@pytest.mark.parametrize("food", ["53", "47.9"])
def test_it_refuses_a_composition_beyond_two_per_cent(food: str, folder: Write) -> None:
    message = only(folder(deposits="year,total_t\n2020,1000\n", rest=SHARES.format(food=food, unit="%")))
    assert f"The composition adds up to {Decimal(food) + 50:f} %, further from 100 % than 2 %." in message


def test_it_sees_that_shares_are_per_cent(folder: Write) -> None:
    message = only(folder(deposits="year,total_t\n2020,1000\n", rest=SHARES.format(food="50", unit="1")))
    assert 'These look like per cent: write unit = "%".' in message


def test_it_refuses_a_total_without_a_composition(folder: Write) -> None:
    assert "there is no composition to divide it" in only(folder(deposits="year,total_t\n2020,1000\n"))


def test_it_refuses_types_that_exceed_the_total(folder: Write) -> None:
    message = only(folder(deposits="year,total_t,food,paper\n2020,1000,900,200\n"))
    assert "row 2, field total_t: The waste types add up to 1100 t, more than the total of 1000 t." in message


def test_what_the_types_leave_of_the_total_is_inert_and_said(folder: Write) -> None:
    inputs = taken(folder(deposits="year,total_t,food\n2020,1000,600\n"))
    assert inputs.deposited[0] == 1000
    assert "40.0 % of the total is in no waste type and counts as inert." in str(inputs.notices[0])


@pytest.mark.parametrize(
    ("unit", "amount"), [("kg", "1000000"), ("kt", "1"), ("Gg", "1"), ("t", "1000"), ("", "1000")]
)
def test_a_unit_column_converts_exactly(unit: str, amount: str, folder: Write) -> None:
    assert taken(folder(deposits=f"year,food,unit\n2020,{amount},{unit}\n")).tonnes[0, 0] == 1000.0
    whole = taken(folder(deposits=f"year,food,total_t,unit\n2020,{amount},{amount},{unit}\n"))
    assert whole.deposited[0] == 1000.0


@pytest.mark.parametrize("unit", ["tonnes", "m3", "kT"])
def test_it_refuses_a_unit_that_is_no_mass(unit: str, folder: Write) -> None:
    message = only(folder(deposits=f"year,food,unit\n2020,1,{unit}\n"))
    assert "deposits.csv, row 2, field unit: " in message
    assert unit in message


CONVERSION = '[[conversions]]\non = {on}\nto = "{to}"\n'


def test_it_refuses_a_conversion_before_opening(folder: Write) -> None:
    message = only(folder(rest=CONVERSION.format(on="1999-06-30", to="semi_aerobic")))
    assert (
        "field conversions[1].on: The conversion of 1999-06-30 comes before the site opens in 2000."
        in message
    )


def test_it_refuses_a_conversion_after_the_last_deposit(folder: Write) -> None:
    path = folder(site="closed = 2021", rest=CONVERSION.format(on="2025-01-01", to="semi_aerobic"))
    assert "comes after the last deposit in 2021" in only(path)


def test_it_refuses_conversions_out_of_order(folder: Write) -> None:
    rest = CONVERSION.format(on="2021-01-01", to="semi_aerobic") + CONVERSION.format(
        on="2020-01-01", to="active_aeration"
    )
    assert "not in order" in only(folder(rest=rest))


def test_it_refuses_a_conversion_to_something_unknown(folder: Write) -> None:
    assert "“paradise” is not something a site can be converted to." in only(
        folder(rest=CONVERSION.format(on="2020-01-01", to="paradise"))
    )


RECOVERY = '[recovery]\nsource = "illustrative"\nmetered = true\n{more}\n[recovery.tonnes]\n2021 = {tonnes}\n'


def test_it_refuses_more_recovered_than_generated_and_says_how_much_there_was(folder: Write) -> None:
    message = only(folder(rest=RECOVERY.format(tonnes="500", more="")))
    generated = (
        16
        / 12
        * 0.5
        * 0.5
        * (1000 * 0.15 * (1 - 2.718281828459045**-0.4) + 200 * 0.4 * (1 - 2.718281828459045**-0.07))
    )
    assert (
        f"field recovery.tonnes.2021: 500 t CH4 recovered, but only {generated:.3f} t generated." in message
    )
    assert taken(folder(rest=RECOVERY.format(tonnes="10", more=""))).recovered[1] == 10


@pytest.mark.parametrize("amount", ["-1", "nan", "inf"])
def test_it_refuses_recovery_that_is_no_amount(amount: str, folder: Write) -> None:
    assert "recovery.tonnes.2021" in only(folder(rest=RECOVERY.format(tonnes=amount, more="")))


def test_it_refuses_recovery_from_a_semi_aerobic_site_unless_a_reason_is_given(folder: Write) -> None:
    turned = CONVERSION.format(on="2021-07-01", to="managed_well_semi_aerobic")
    message = only(folder(rest=turned + RECOVERY.format(tonnes="5", more="")))
    assert "Methane is recovered while the site is semi-aerobic (2021)" in message
    reason = 'semi_aerobic_reason = "old cells stay under suction"'
    assert taken(folder(rest=turned + RECOVERY.format(tonnes="5", more=reason))).recovered[1] == 5
    earlier = turned.replace("2021-07-01", "2022-01-01")
    assert taken(folder(rest=earlier + RECOVERY.format(tonnes="5", more=""))).recovered[1] == 5


def test_it_refuses_recovery_outside_the_run_or_given_twice(folder: Write) -> None:
    rest = RECOVERY.format(tonnes="5", more="[recovery.fraction]\n2021 = 0.1\n2019 = 0.1\n")
    messages = [str(p) for p in refused(folder(rest=rest))]
    assert any("Recovery in 2019, outside the run" in m for m in messages)
    assert any("Recovery in 2021 is given in tonnes and as a share." in m for m in messages)


def test_recovery_may_be_a_share_of_what_is_generated(folder: Write) -> None:
    rest = '[recovery]\nsource = "illustrative"\n[recovery.fraction]\n2021 = 0.25\n'
    inputs = taken(folder(rest=rest, deposits="year,food\n2020,1000\n2021,0\n"))
    generated = 1000 * 0.15 * 0.5 * 0.5 * 16 / 12 * (1 - 2.718281828459045**-0.4)
    assert inputs.recovered[1] == pytest.approx(generated / 4)


OVERRIDE = '[[overrides]]\nparameter = "{key}"\nvalue = {value}\nsource = "survey"\n{more}\n'


def test_doc_of_dry_matter_is_not_taken_for_doc_of_wet_waste(folder: Write) -> None:
    message = only(folder(rest=OVERRIDE.format(key="doc.food", value="0.38", more="")))
    assert "DOC 0.38 is above the range of wet waste (0.08 to 0.20): is it of dry matter?" in message
    assert "IPCC 2006 V5 ch2 table 2.4" in message


def test_doc_of_dry_matter_becomes_wet_with_its_dry_matter_content(folder: Write) -> None:
    dry = OVERRIDE.format(key="doc.food", value="0.38", more='basis = "dry"\ndry_matter = 0.4')
    assert taken(folder(rest=dry)).doc[0] == pytest.approx(0.152)
    bare = OVERRIDE.format(key="doc.food", value="0.38", more='basis = "dry"')
    assert "needs the dry-matter content" in only(folder(rest=bare))


def test_a_wet_doc_outside_the_range_is_taken_with_a_notice(folder: Write) -> None:
    inputs = taken(folder(rest=OVERRIDE.format(key="doc.food", value="0.25", more='basis = "wet"')))
    assert inputs.doc[0] == 0.25
    assert "doc.food 0.25 lies outside the guideline's range 0.08 to 0.20." in str(inputs.notices[0])
    assert (inputs.used["doc.food"].source, inputs.used["doc.food"].quality.value) == ("survey", "unverified")


def test_it_refuses_an_override_that_nothing_uses(folder: Write) -> None:
    message = only(folder(rest=OVERRIDE.format(key="k.fod", value="0.5", more="")))
    assert "Nothing in this run uses the parameter “k.fod”." in message
    assert "k.food" in message


@pytest.mark.parametrize(("key", "value"), [("docf.food", "1.2"), ("k.food", "-0.1"), ("f", "2")])
def test_it_refuses_an_override_that_cannot_be(key: str, value: str, folder: Write) -> None:
    assert any(key in str(p) for p in refused(folder(rest=OVERRIDE.format(key=key, value=value, more=""))))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ('guideline = "IPCC1996"', "“IPCC1996” is not a known choice. Use one of: IPCC2006, IPCC2019."),
        ('methods = ["fod", "magic"]', "“magic” is not a known choice."),
        ("horizon = 2019", "The horizon 2019 is outside 2021 to 2200."),
        ("reaction_start_month = 6", "The reaction start month 6 is outside 7 to 25."),
        ("reaction_start_month = 26", "The reaction start month 26 is outside 7 to 25."),
        ('gwp_set = "AR9"', "No GWP set “AR9”."),
        ("oxidation = 0.1", "The oxidation factor is set by hand without a reason."),
        ('oxidation = 1.5\noxidation_reason = "x"', "1.5 is outside 0 to 1."),
        ('guidelines = "IPCC2006"', "model.guidelines is not known here."),
        ('guideline = 2006', "“2006” must be text."),
    ],
)  # fmt: skip
def test_it_refuses_a_choice_that_does_not_exist(model: str, says: str, folder: Write) -> None:
    message = only(folder(model=model))
    assert message.startswith("site.toml, field model.")
    assert says in message


def test_a_late_reaction_start_is_taken_with_a_notice(folder: Write) -> None:
    inputs = taken(folder(model="reaction_start_month = 19"))
    assert inputs.reaction_start_month == 19
    assert "later than the guideline's 13" in str(inputs.notices[0])


def test_ipcc_2006_has_no_poorly_managed_semi_aerobic_class(folder: Write) -> None:
    message = only(folder(rest=CONVERSION.format(on="2021-01-01", to="semi_aerobic")))
    assert "mcf_class=managed_poorly_semi_aerobic" in message
    assert "choose IPCC2019" in message


@pytest.mark.parametrize(
    ("climate", "says"),
    [
        ("map_mm = 1700", "field climate.mat_c: A value is missing"),
        ("mat_c = 18\nmap_mm = 1700", "field climate.pet_mm: A value is missing"),
        ("mat_c = 297\nmap_mm = 1700", "field climate.mat_c: 297 is outside -60 to 60."),
        ("mat_c = 24\nmap_mm = -1", "field climate.map_mm: -1 is outside 0 to 20000."),
        ('class = "tropical_wet"', "The climate class is given without a reason."),
        ('class = "hot"\nreason = "x"', "“hot” is not a climate class."),
    ],
)
def test_it_refuses_a_climate_without_a_class(climate: str, says: str, folder: Write) -> None:
    message = only(folder(climate=climate))
    assert message.startswith("site.toml, field climate.")
    assert says in message


def test_it_refuses_an_mcf_set_by_hand_without_a_reason(folder: Write) -> None:
    assert "field site.mcf_reason: The MCF is set by hand without a reason." in only(folder(site="mcf = 0.7"))


def test_all_problems_of_both_files_are_reported_at_once_one_line_each(folder: Write) -> None:
    path = folder(
        opened=0, climate='mat_c = "1,5"', model='guideline = "IPCC2006"\nspeed = 3',
        deposits="year,food\n2020,-1\n2021,NaN\n",
    )  # fmt: skip
    answer = CliRunner().invoke(app, ["landfill", "run", str(path), "--json"])
    assert answer.exit_code == 1
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    for start in (
        "site.toml, field climate.mat_c:",
        "site.toml, field model.speed:",
        "deposits.csv, row 3, field food:",
    ):
        assert any(line.startswith(start) for line in lines), (start, lines)


@pytest.mark.parametrize("missing", ["site.toml", "deposits.csv"])
def test_it_names_the_file_that_is_missing(missing: str, folder: Write) -> None:
    path = folder()
    (path / missing).unlink()
    assert str(refused(path)[0]) == f"{missing}: The file is missing."


def test_it_names_the_line_where_the_toml_breaks(folder: Write) -> None:
    path = folder()
    (path / "site.toml").write_text("[site\nname = 3", encoding="utf-8")
    message = only(path)
    assert message.startswith("site.toml: The file is not TOML: ")
    assert "line 1" in message


def test_a_mistyped_command_leaves_with_2() -> None:
    assert CliRunner().invoke(app, ["landfill", "run", "/no/such/folder"]).exit_code == 2


@pytest.mark.parametrize("value", ["nan", "inf", '"1,5"', "true"])
def test_it_refuses_an_override_that_is_no_number(value: str, folder: Write) -> None:
    message = only(folder(rest=OVERRIDE.format(key="k.food", value=value, more="")))
    assert message.startswith("site.toml, field overrides[1].value: ")


def test_it_refuses_data_without_a_source(folder: Write) -> None:
    path = folder()
    text = (path / "site.toml").read_text(encoding="utf-8").replace('source = "illustrative"', "")
    (path / "site.toml").write_text(text, encoding="utf-8")
    assert only(path) == "site.toml, field site.source: site.source is missing."


@pytest.mark.parametrize(
    ("site", "says"),
    [
        ("latitude = 300\nlongitude = 105", "site.latitude: 300 is outside -90 to 90."),
        ("latitude = 21\nlongitude = -181", "site.longitude: -181 is outside -180 to 180."),
        ("latitude = 21", "site.longitude: One coordinate is given without the other."),
        ("depth_m = -3", "site.depth_m: -3.0 m cannot be a depth."),
        (
            "depth_m = 3\nwater_table_m = 5",
            "site.water_table_m: The water stands 5 m high in waste that is 3 m deep.",
        ),
    ],
)
def test_it_refuses_a_site_that_cannot_be_and_names_the_key_of_the_file(
    site: str, says: str, folder: Write
) -> None:
    assert only(folder(site=site)).startswith(f"site.toml, field {says}")


def test_it_refuses_money_without_a_project_even_where_no_first_year_is_given(folder: Write) -> None:
    money = "[finance]\ndiscount_rate = 0.08\nprice = 15\nshare = 0.5\ncapex = 1\n"
    assert only(folder(rest=money)).startswith(
        "site.toml, field finance: There are costs, but no project that they belong to."
    )


@pytest.mark.parametrize("captured", ["2", "-0.1"])
def test_it_refuses_a_captured_share_that_would_turn_emissions_negative(captured: str, folder: Write) -> None:
    path = folder(model='methods = ["tool04_yearly"]', rest=f"[tool04]\ncaptured = {captured}")
    assert only(path).startswith(f"site.toml, field tool04.captured: {captured} is outside 0 to 1.")


@pytest.mark.parametrize(
    ("table", "says"), [("tool04", "tool04_yearly / tool04_monthly"), ("landgem", "landgem to model.methods")]
)
def test_it_refuses_a_table_of_a_method_that_is_not_asked_for(table: str, says: str, folder: Write) -> None:
    message = only(folder(rest=f"[{table}]\n"))
    assert f"field {table}: The method that this table is for is not asked for." in message
    assert says in message


@pytest.mark.parametrize("key", ["gwp", "climate.mat_tropical", "project.grid_ef"])
def test_it_refuses_an_override_of_what_is_chosen_elsewhere_instead_of_forgetting_it(
    key: str, folder: Write
) -> None:
    message = only(folder(rest=OVERRIDE.format(key=key, value="0.5", more="")))
    assert f"Nothing in this run uses the parameter “{key}”." in message
    assert "k.food" in message


def test_it_refuses_an_override_beside_a_choice_of_the_same_factor(folder: Write) -> None:
    path = folder(
        model='oxidation = 0.2\noxidation_reason = "measured"',
        rest=OVERRIDE.format(key="oxidation", value="0.1", more=""),
    )
    assert "Nothing in this run uses the parameter “oxidation”." in only(path)


def test_a_name_without_latin_letters_asks_for_a_slug(folder: Write) -> None:
    path = folder()
    toml = path / "site.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("Nam Sơn", "埋立地"), encoding="utf-8")
    assert "field site.slug: No slug can be made from the name “埋立地”. Give one" in only(path)
    toml.write_text(toml.read_text(encoding="utf-8").replace("[site]", '[site]\nslug = "umetate"'), "utf-8")
    assert taken(path).site.key.code == "umetate"


@pytest.mark.parametrize(("mark", "name"), [(";", "“;”"), ("\t", "TAB")])
def test_a_spreadsheet_saved_with_another_separator_is_told_so(mark: str, name: str, folder: Write) -> None:
    message = only(folder(deposits=f"year{mark}food\n2020{mark}1,5\n"))
    assert message.startswith(
        f"deposits.csv, row 1: The cells are separated by {name}, not by commas. Save the file as CSV"
    )


def test_faults_of_cells_hide_neither_those_of_other_rows_nor_missing_years(folder: Write) -> None:
    deposits = "year,food,paper\n2020,many,-1\n2021,-5,210\n2024,few,1\n2024,1,1\n2019,1,1\n"
    found = refused(folder(opened=2020, deposits=deposits))
    assert [(p.row, p.field, p.value) for p in found] == [
        (None, "year", "2022, 2023"),
        (2, "food", "many"),
        (2, "paper", "-1"),
        (3, "food", "-5"),
        (4, "food", "few"),
        (5, "year", "2024"),
        (6, "year", "2019"),
    ]


def test_missing_years_are_not_judged_while_a_year_cannot_be_read(folder: Write) -> None:
    deposits = "year,food,paper\n2020,1,1\nnext,-5,210\n2022,1,1\n"
    assert [(p.row, p.field) for p in refused(folder(deposits=deposits))] == [(3, "year"), (3, "food")]


def test_faults_of_rows_do_not_hide_missing_years(folder: Write) -> None:
    deposits = "year,food,paper,total_t\n2020,10,10,5\n2022,1,1,2\n"
    found = refused(folder(deposits=deposits))
    assert {(p.row, p.field) for p in found} == {(2, "total_t"), (None, "year")}

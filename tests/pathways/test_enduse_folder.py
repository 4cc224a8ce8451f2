"""Model folders: read whole or refused whole, with file, row and field; scenarios and levers as data."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from trunghoa.pathways import enduse
from trunghoa.pathways.enduse.write import write_folder, write_result
from trunghoa.quantities import InputError, ModelError, Quality

VIETNAM = Path(enduse.__file__).resolve().parents[2] / "data" / "vietnam" / "pathways"

FILES = {
    "settings": "item,value\nyears,2020 2025 2030\nfirst_interval,1\ndiscount_rate,0.05\n",
    "regions": "region,name_vi\nVN,Việt Nam\n",
    "sectors": "sector,category\nsteel,energy\n",
    "devices": "device,unit,activity_unit\nBF,Mt,Mt\nEAF,Mt,Mt\n",
    "services": "service,unit,commodity\nsteel,Mt,\n",
    "energies": "energy,unit,commodity\ncoal,PJ,\nele,PJ,\n",
    "gases": "gas,unit,of\nCO2,Mt,CO2\nCH4,Mt,CH4\n",
    "gas_groups": "group,gas,gwp_set,weight\nghg,CO2,AR5,\nghg,CH4,AR5,\n",
    "life": "device,value\nBF,30\nEAF,25\n",
    "hurdle_rate": "region,sector,device,value\n*,*,*,0.1\n",
    "capital_cost": "region,sector,device,year,value\nVN,steel,BF,,500\nVN,steel,EAF,2020,300\n"
    "VN,steel,EAF,2030,200\n",
    "output": "region,sector,device,service,value\nVN,steel,BF,steel,1\nVN,steel,EAF,steel,1\n",
    "input": "region,sector,device,energy,value\nVN,steel,BF,coal,18\nVN,steel,EAF,ele,2.5\n",
    "energy_price": "region,sector,energy,value\n*,*,coal,3\n*,*,ele,20\n",
    "emission_factor": "region,sector,energy,gas,value\n*,*,coal,CO2,0.0983\n*,*,coal,CH4,0.00001\n",
    "demand": "region,sector,service,year,value\nVN,steel,steel,2020,20\nVN,steel,steel,2030,30\n",
    "stock": "region,sector,device,vintage,value\nVN,steel,BF,2010,12\nVN,steel,EAF,2015,8\n",
    "device_share": "region,sector,device,service,bound,value\nVN,steel,EAF,steel,max,0.6\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    for name, text in FILES.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def put(folder, name, text):
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def problems(folder, **options):
    with pytest.raises(InputError) as caught:
        enduse.compile_model(enduse.read_folder(folder, **options))
    return caught.value.problems


def test_a_folder_is_read_and_solved(folder):
    result = enduse.solve_model(enduse.compile_model(enduse.read_folder(folder)))
    assert result.optimal
    assert result.service[:, 0].tolist() == pytest.approx([20.0, 25.0, 30.0])


def test_the_weights_of_a_named_gwp_set_are_looked_up(folder):
    tables = enduse.read_folder(folder)
    weights = {row.cells[0]: row.weight for row in tables.groups["gas_groups"]["ghg"]}
    assert weights == {"CO2": 1.0, "CH4": 28.0}


@pytest.mark.parametrize(
    ("name", "text", "where", "message"),
    [
        ("life", "device,value\nBF,-3\nEAF,25\n", ("life.csv", 2, "value"), "-3 is outside 1"),
        ("life", "device,value\nBF,\nEAF,25\n", ("life.csv", 2, "value"), "The cell is empty"),
        ("life", "device,value\nBF,NaN\nEAF,25\n", ("life.csv", 2, "value"), "not a finite number"),
        ("life", "device,value\nBF,1e308\nEAF,25\n", ("life.csv", 2, "value"), "too large"),
        ("life", 'device,value\nBF,"30,5"\nEAF,25\n', ("life.csv", 2, "value"), "decimals or thousands"),
        ("life", "device,value\nBF,30\n", ("life.csv", None, "device"), "no row for “VN steel EAF”"),
        ("life", "device,value\nBF,30\nEAF,25\nEAF,26\n", ("life.csv", 4, "year"), "beside another"),
        ("life", "device,years\nBF,30\n", ("life.csv", 1, "value"), "The column value is missing"),
        ("life", "device,value\nBF,30\nEAF,25\nXX,9\n", ("life.csv", 4, "device"), "“XX” does not stand in"),
        (
            "demand",
            "region,sector,service,year,value\nVN,steel,steel,1800,5\n",
            ("demand.csv", 2, "year"),
            "not a year",
        ),
        (
            "demand",
            "region,sector,service,year,value\nVN,steel,steel,2020,5\nVN,steel,steel,2020,6\n",
            ("demand.csv", 3, "year"),
            "The year 2020 stands twice",
        ),
        (
            "demand",
            "region,sector,service,value\nVN,steel,steel,-5\n",
            ("demand.csv", 2, "value"),
            "-5 is outside",
        ),
        (
            "stock",
            "region,sector,device,vintage,value\nVN,steel,BF,2024,12\n",
            ("stock.csv", 2, "vintage"),
            "after the year",
        ),
        (
            "stock",
            "region,sector,device,vintage,value\nVN,steel,BF,2010,1\nVN,steel,BF,2010,2\n",
            ("stock.csv", 3, "vintage"),
            "stands twice",
        ),
        (
            "input",
            "region,sector,device,energy,value\nVN,steel,BF,coal,18\nVN,steel,EAF,wood,2.5\n",
            ("input.csv", 3, "energy"),
            "“wood” does not stand in energies.csv",
        ),
        (
            "capital_cost",
            "region,sector,device,value\nVN,steel,BF,500\n",
            ("capital_cost.csv", None, "device"),
            "write 0 if a unit costs nothing",
        ),
        (
            "emission_factor",
            "region,sector,energy,gas,value\nVN,steel,coal,CO2,0.1\nVN,steel,ele,SF6,0.1\n",
            ("emission_factor.csv", 3, "gas"),
            "“SF6” does not stand in gases.csv",
        ),
        (
            "device_share",
            "region,sector,device,service,bound,value\nVN,steel,EAF,steel,most,0.6\n",
            ("device_share.csv", 2, "bound"),
            "“most” is not one of: min, max",
        ),
        (
            "device_share",
            "region,sector,device,service,bound,value\nVN,steel,EAF,steel,max,1.6\n",
            ("device_share.csv", 2, "value"),
            "1.6 is outside 0 to 1",
        ),
        (
            "device_share",
            "region,sector,device,service,bound,value\n"
            "VN,steel,EAF,steel,max,0.3\nVN,steel,EAF,steel,min,0.4\n",
            ("device_share.csv", 3, "value"),
            "The least value 0.4 (2020) is above the greatest 0.3",
        ),
        (
            "energy_price",
            "region,sector,energy,value\n*,*,coal,3\n*,steel,ele,20\nVN,*,ele,21\n",
            ("energy_price.csv", 4, "region"),
            "both hold for the same thing",
        ),
        ("settings", "item,value\nyears,2030 2020\n", ("settings.csv", None, "years"), "in rising order"),
        (
            "settings",
            "item,value\nyears,2020\nforesight,psychic\n",
            ("settings.csv", None, "foresight"),
            "is not one of",
        ),
        ("settings", "item,value\nyears,2020\ncolour,red\n", ("settings.csv", 3, "item"), "is not one of"),
        (
            "settings",
            "item,value\nyears,2020\ndiscount_rate,7 %\n",
            ("settings.csv", None, "discount_rate"),
            "not a rate",
        ),
        (
            "settings",
            "item,value\nyears,2020\nwindow,2\nstep,3\n",
            ("settings.csv", None, "step"),
            "more than the window",
        ),
        (
            "gas_groups",
            "group,gas,gwp_set,weight\nghg,CO2,AR9,\n",
            ("gas_groups.csv", 2, "gwp_set"),
            "No GWP set “AR9”",
        ),
        (
            "gas_groups",
            "group,gas,weight\nCO2,CO2,1\n",
            ("gas_groups.csv", 2, "group"),
            "a group and a member too",
        ),
        ("devices", "device,unit,activity_unit\n", ("devices.csv", None, ""), "The table is empty"),
        ("devices", "device,unit\nBF,Mt\nBF,Mt\nEAF,Mt\n", ("devices.csv", 3, "device"), "stands twice"),
        (
            "emission_limit",
            "places,gases,bound,value\nmoon,ghg,max,10\n",
            ("emission_limit.csv", 2, "places"),
            "“moon” does not",
        ),
        (
            "retrofit_cost",
            "region,sector,device,to,value\nVN,steel,BF,BF,10\n",
            ("retrofit_cost.csv", 2, "to"),
            "cannot be turned",
        ),
    ],
)
def test_a_wrong_table_is_refused_where_it_is_wrong(folder, name, text, where, message):
    put(folder, name, text)
    found = [p for p in problems(folder) if (p.file, p.row, p.field) == where]
    assert found, [str(p) for p in problems(folder)]
    assert message in str(found[0])


def test_everything_wrong_is_said_at_once(folder):
    put(folder, "life", "device,value\nBF,x\nEAF,25\n")
    put(folder, "demand", "region,sector,service,year,value\nVN,steel,steel,soon,5\n")
    put(folder, "couples", "a,b\n")
    assert {(p.file, p.row) for p in problems(folder)} == {
        ("life.csv", 2),
        ("demand.csv", 2),
        ("couples.csv", None),
    }


def test_a_file_in_another_encoding_is_refused_with_what_to_do(folder):
    (folder / "regions.csv").write_bytes("region,name_vi\nVN,Việt Nam\n".encode("utf-16"))
    assert any(p.file == "regions.csv" and "CSV UTF-8" in str(p) for p in problems(folder))


def test_a_demand_nobody_can_give_is_refused(folder):
    put(folder, "services", "service,unit,commodity\nsteel,Mt,\nglass,Mt,\n")
    put(folder, "demand", "region,sector,service,value\nVN,steel,steel,20\nVN,steel,glass,1\n")
    assert "No device gives “VN steel glass”" in str(problems(folder)[0])


def test_a_folder_that_lacks_its_main_table_is_refused(folder):
    (folder / "output.csv").unlink()
    assert not enduse.is_enduse_folder(folder)
    assert "output.csv" in {p.file for p in problems(folder)}


def test_numbers_without_a_source_are_refused_where_sources_are_asked_for(folder):
    assert {p.field for p in problems(folder, sourced=True)} == {"quality", "source"}


def test_vietnamese_names_with_and_without_composed_accents_are_one(folder):
    assert enduse.read_folder(folder).members["regions"]["VN"].name("vi") == "Việt Nam"


def test_a_folder_is_written_and_read_back_to_the_same(tmp_path):
    for number, path in enumerate((VIETNAM, _made(tmp_path))):
        tables = enduse.read_folder(path)
        write_folder(tables, tmp_path / f"copy{number}")
        assert enduse.read_folder(tmp_path / f"copy{number}").sha256 == tables.sha256
        with pytest.raises(InputError, match="is not empty"):
            write_folder(tables, tmp_path / f"copy{number}")


def _made(tmp_path):
    path = tmp_path / "made"
    path.mkdir()
    for name, text in FILES.items():
        put(path, name, text)
    return path


def test_the_hash_sees_what_is_said_and_not_the_order_of_rows(folder):
    one = enduse.read_folder(folder).sha256
    header, *lines = FILES["life"].splitlines()
    put(folder, "life", "\n".join([header, *reversed(lines)]))
    assert enduse.read_folder(folder).sha256 == one
    put(folder, "life", "device,value\nBF,31\nEAF,25\n")
    assert enduse.read_folder(folder).sha256 != one


def test_result_tables_are_long_and_name_units(folder, tmp_path):
    result = enduse.solve_model(enduse.compile_model(enduse.read_folder(folder)))
    write_result(result, tmp_path / "out")
    rows = list(csv.DictReader((tmp_path / "out" / "service.csv").open(encoding="utf-8")))
    assert [(r["service"], r["unit"], r["year"], float(r["value"])) for r in rows] == [
        ("steel", "Mt", "2020", pytest.approx(20.0)),
        ("steel", "Mt", "2025", pytest.approx(25.0)),
        ("steel", "Mt", "2030", pytest.approx(30.0)),
    ]


# Scenarios

LEVERS = "lever,name_en,unit\nprice,Carbon price,USD/t\nwood,Less coal,share\ncap,Cap,\n"
LEVER_ROWS = (
    "lever,table,action,region,sector,device,service,energy,places,gases,bound,year,value,quality,source\n"
    "price,emission_tax,set,,,,,,*,ghg,,2025,1,illustrative,a guess\n"
    "wood,input,multiply,,,BF,,coal,,,,2030,0.5,unverified,a study\n"
    "cap,emission_limit,set,,,,,,*,ghg,max,,20,verified,a law\n"
)
SCENARIOS = "scenario,name_en,base,foresight\nbau,As it is,,\npriced,A price,bau,perfect\nboth,Both,priced,\n"
SCENARIO_LEVERS = "scenario,lever,strength\npriced,price,40\nboth,wood,0.5\n"


@pytest.fixture
def book(folder):
    for name, text in (("levers", LEVERS), ("lever_rows", LEVER_ROWS), ("scenarios", SCENARIOS),
                       ("scenario_levers", SCENARIO_LEVERS)):  # fmt: skip
        put(folder, name, text)
    return enduse.read_scenarios(folder)


def test_a_scenario_pulls_its_levers_and_those_of_its_base(folder, book):
    tables = enduse.read_folder(folder)
    assert [(lever.code, strength) for lever, strength in book.pulled("both")] == [
        ("price", 40.0),
        ("wood", 0.5),
    ]
    priced = enduse.apply_scenario(tables, book, "priced")
    assert [(r.keys, r.year, r.value) for r in priced.records("emission_tax")] == [(("*", "ghg"), 2025, 40.0)]
    assert priced.settings["foresight"] == "perfect"
    both = enduse.compile_model(enduse.apply_scenario(tables, book, "both"))
    # Half strength of a factor that goes from 1 in 2020 to 0.5 in 2030.
    assert both.inputs.values[:, 0].tolist() == pytest.approx([18.0, 18.0, 13.5])


def test_what_a_lever_changed_keeps_both_sources_and_the_worse_quality(folder, book):
    tables = enduse.apply_scenario(enduse.read_folder(folder), book, "both")
    changed = [r for r in tables.records("input") if r.keys[2] == "BF"]
    assert {(r.quality, r.source) for r in changed} == {(Quality.UNVERIFIED, "a study")}
    assert enduse.apply_scenario(enduse.read_folder(folder), book, "bau").records("input")[0].source == ""


def test_an_unknown_scenario_is_refused_with_the_known_ones(folder, book):
    with pytest.raises(ModelError, match=r"No scenario “net_zero”\. Known: bau, priced, both"):
        enduse.apply_scenario(enduse.read_folder(folder), book, "net_zero")


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("scenarios", "scenario,base\na,b\n", ("scenarios.csv", 2, "base")),
        ("scenarios", "scenario\na\na\n", ("scenarios.csv", 3, "scenario")),
        ("scenarios", "scenario,foresight\nbau,dim\npriced,\nboth,\n", ("scenarios.csv", 2, "foresight")),
        ("scenario_levers", "scenario,lever\npriced,wind\n", ("scenario_levers.csv", 2, "lever")),
        ("scenario_levers", "scenario,lever\nnobody,price\n", ("scenario_levers.csv", 2, "scenario")),
        ("scenario_levers", "scenario,lever\nbau,price\nbau,price\n", ("scenario_levers.csv", 3, "lever")),
        ("lever_rows", "lever,table,action,value\nprice,stocks,set,1\n", ("lever_rows.csv", 2, "table")),
        (
            "lever_rows",
            "lever,table,action,device,value\nprice,life,double,BF,1\n",
            ("lever_rows.csv", 2, "action"),
        ),
        (
            "lever_rows",
            "lever,table,action,device,value\nprice,life,set,,1\n",
            ("lever_rows.csv", 2, "device"),
        ),
        (
            "lever_rows",
            "lever,table,action,device,gas,value\nprice,life,set,BF,CO2,9\n",
            ("lever_rows.csv", 2, "gas"),
        ),
        (
            "lever_rows",
            "lever,table,action,device,value\nprice,life,set,BF,0\n",
            ("lever_rows.csv", 2, "value"),
        ),
        ("levers", "lever\nprice\nprice\n", ("levers.csv", 3, "lever")),
    ],
)
def test_a_wrong_scenario_table_is_refused_where_it_is_wrong(folder, book, name, text, where):
    put(folder, name, text)
    with pytest.raises(InputError) as caught:
        enduse.read_scenarios(folder)
    assert where in {(p.file, p.row, p.field) for p in caught.value.problems}


def test_a_folder_without_scenarios_has_none(folder):
    assert enduse.read_scenarios(folder).scenarios == {}


# The base year

BALANCE = "item,member,gases,service,year,value,unit,tolerance,quality,source\n"


def test_the_base_year_is_held_against_figures(folder):
    put(
        folder,
        "balance",
        BALANCE + "output,BF EAF,,steel,2020,20,Mt,0.01,verified,a yearbook\n"
        "stock,BF,,,2020,15,Mt,0.01,verified,a yearbook\n"
        "category,energy,CO2,,2020,21,Mt,0.3,unverified,a guess\n",
    )
    result = enduse.solve_model(enduse.compile_model(enduse.read_folder(folder)))
    steel, furnaces, co2 = enduse.close(result, enduse.read_balance(folder))
    assert steel.closes
    assert steel.relative == pytest.approx(0.0)
    assert not furnaces.closes
    assert furnaces.relative == pytest.approx((12 - 15) / 15)
    assert co2.model == pytest.approx(result.emissions[0, 0])
    (problem,) = enduse.open_items([steel, furnaces])
    assert (problem.file, problem.row) == ("balance.csv", 3)
    assert "closure error -20.00%" in str(problem)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("category,space,CO2,,2020,1,Mt,0.1,verified,x\n", "no category “space”"),
        ("output,KILN,,steel,2020,1,Mt,0.1,verified,x\n", "no device “KILN”"),
        ("total,,SF6,,2020,1,Mt,0.1,verified,x\n", "no gas or gas group “SF6”"),
        ("total,,CO2,,2021,1,Mt,0.1,verified,x\n", "the year 2021 is not solved"),
        ("sector,glass,CO2,,2020,1,Mt,0.1,verified,x\n", "no emissions of a sector “glass”"),
    ],
)
def test_a_figure_about_nothing_is_refused(folder, line, message):
    put(folder, "balance", BALANCE + line)
    result = enduse.solve_model(enduse.compile_model(enduse.read_folder(folder)))
    with pytest.raises(ModelError, match=message):
        enduse.close(result, enduse.read_balance(folder))


@pytest.mark.parametrize(
    "cells",
    [
        "heat,,,,2020,1,Mt,0.1,verified,x",
        "total,,CO2,,2020,0,Mt,0.1,verified,x",
        "total,,CO2,,2020,1,Mt,2,verified,x",
        "total,,CO2,,2020,1,Mt,0.1,,x",
    ],
)
def test_a_wrong_balance_row_is_refused(folder, cells):
    put(folder, "balance", BALANCE + cells + "\n")
    with pytest.raises(InputError, match=r"balance\.csv, row 2"):
        enduse.read_balance(folder)


# The command line


def trunghoa(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from trunghoa.cli import main; main()", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_line_solves_a_folder_and_its_scenarios(folder, book, tmp_path):
    done = trunghoa("pathways", "solve", str(folder), "--json")
    found = json.loads(done.stdout)
    assert (found["status"], found["foresight"], found["method"]) == ("optimal", "recursive", "simplex")
    assert {"objective", "unmet", "rows", "cols", "nnz"} < set(found)
    assert set(found["seconds"]) == {"read", "build", "solve", "results"}
    every = json.loads(
        trunghoa(
            "pathways", "solve", str(folder), "--json", "--scenario", "all", "--out", str(tmp_path)
        ).stdout
    )
    assert set(every["cases"]) == {"bau", "priced", "both"}
    assert every["cases"]["priced"]["objective"] > 0
    assert (tmp_path / "both" / "co2e.csv").is_file()
    rolling = json.loads(
        trunghoa("pathways", "solve", str(folder), "--json", "--foresight", "rolling:2:1").stdout
    )
    assert rolling["foresight"] == "rolling"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--foresight", "rolling:1:2"], "cannot keep 2"),
        (["--foresight", "rolling:x"], "rolling:WINDOW:STEP"),
        (["--scenario", "moon"], "No scenario “moon”"),
    ],
)
def test_the_command_line_says_what_is_wrong_in_one_line(folder, book, arguments, message):
    done = trunghoa("pathways", "solve", str(folder), *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr

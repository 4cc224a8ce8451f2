"""A workspace that is wrong is refused whole, with file, row and field of everything that is wrong."""

import unicodedata

import pytest

from trunghoa import workspace
from trunghoa.quantities import InputError, TrungHoaError


def places_of(problems):
    return [(p.file, p.row, p.field) for p in problems]


def test_everything_wrong_is_said_at_once(spoil, problems):
    spoil("systems", {2: {"code": "X1"}, 3: {"name_ja": ""}})
    spoil("commitments", {4: {"due": "soon", "side": "both sides"}})
    spoil("landfill_deposits", {9: {"tonnes": "1,000"}})
    spoil("pairs", {3: {"partner": "atlantis"}})
    found = problems()
    assert set(places_of(found)) == {
        ("systems.csv", 2, "code"),
        ("systems.csv", 3, "name_ja"),
        ("commitments.csv", 4, "due"),
        ("commitments.csv", 4, "side"),
        ("landfill_deposits.csv", 9, "tonnes"),
        ("pairs.csv", 3, "partner"),
    }
    assert any("“atlantis” does not stand in organisations.csv" in str(p) for p in found)


@pytest.mark.parametrize(
    ("table", "row", "cells", "field", "message"),
    [
        ("places", 3, {"valid_to": "2001-01-01"}, "valid_to", "2001-01-01 lies before 2008-08-01"),
        ("places", 3, {"successor": "2025:99"}, "successor", "“2025:99” does not stand in places.csv"),
        ("places", 3, {"successor": "99"}, "successor", "is not a place key"),
        ("places", 4, {"code": "01"}, "era", "“2008:01” stands already in row 3"),
        ("organisations", 2, {"successor": "nobody"}, "successor", "does not stand in organisations.csv"),
        ("organisations", 2, {"valid_to": "2025-02-30"}, "valid_to", "is not a date"),
        ("report_figures", 2, {"unit": "kt CO2e"}, "", "Did you mean ktCO2e"),
        ("report_figures", 2, {"gwp_set": ""}, "", "a CO2e figure names its GWP set"),
        ("report_figures", 2, {"gwp_set": "AR7"}, "gwp_set", "“AR7” is not one of: AR4, AR5"),
        ("report_figures", 2, {"period": "FY24"}, "period", "is not a period"),
        ("report_figures", 2, {"status": "true"}, "status", "is not one of: projected, planned"),
        ("report_figures", 2, {"amount": "NaN"}, "amount", "not a finite number"),
        ("report_figures", 2, {"amount": "141.100,0"}, "amount", "decimals or thousands"),
        ("report_figures", 2, {"quality": ""}, "quality", "The cell is empty"),
        ("report_figures", 2, {"source": " "}, "source", "The cell is empty"),
        ("commitments", 8, {"due": "2023-01-01"}, "due", "2023-01-01 lies before 2024-01-11"),
        ("compositions", 2, {"waste": "moon dust"}, "waste", "not a known waste type"),
        ("compositions", 2, {"share": "0.9"}, "share", "add up to 1.474"),
        ("landfills", 2, {"place": "2008:98"}, "place", "does not stand in places.csv"),
        ("landfills", 2, {"place": "country:VN"}, "place", "lies in no administrative unit"),
        ("landfills", 2, {"opened": "1999.5"}, "opened", "is not a whole number"),
        ("landfills", 2, {"opened": ""}, "opened", "has deposits but no year of opening"),
        ("landfills", 2, {"managed": "perhaps"}, "managed", "neither yes nor no"),
        ("landfills", 2, {"mcf_class": "deep"}, "mcf_class", "is not an MCF class"),
        ("landfills", 2, {"composition": "VN-1999"}, "composition", "does not stand in compositions.csv"),
        ("landfills", 2, {"closed": "1990"}, "closed", "before it opens in 1999"),
        ("landfill_deposits", 2, {"tonnes": "-5"}, "tonnes", "cannot be a deposit"),
        ("landfill_deposits", 2, {"waste": "moon dust"}, "waste", "not a known waste type"),
        ("landfill_deposits", 2, {"year": "1900"}, "year", "The year 1900 is outside 1901 to 2200"),
        ("landfill_deposits", 2, {"site": "atlantis"}, "site", "does not stand in landfills.csv"),
        ("landfill_projects", 3, {"site": "khanh-son"}, "site", "has a project already, in row 2"),
    ],
)
def test_a_wrong_cell_is_refused_where_it_stands(spoil, problems, table, row, cells, field, message):
    spoil(table, {row: cells})
    found = [p for p in problems() if (p.file, p.row, p.field) == (f"{table}.csv", row, field)]
    assert found
    assert message in str(found[0])


def test_an_unknown_column_is_refused(folder, problems):
    path = folder / "systems.csv"
    path.write_text(path.read_text().replace("name_ja", "name_jp"))
    assert {(p.file, p.row, p.field) for p in problems()} >= {
        ("systems.csv", 1, "name_ja"),
        ("systems.csv", 1, "name_jp"),
    }


def test_a_broken_table_does_not_drag_those_that_refer_to_it_along(spoil, problems):
    spoil("organisations", {2: {"side": "?"}})
    assert places_of(problems()) == [("organisations.csv", 2, "side")]


def test_a_missing_table_and_one_that_is_not_listed_are_refused(folder, problems):
    (folder / "pairs.csv").rename(folder / "couples.csv")
    assert places_of(problems()) == [("pairs.csv", None, ""), ("couples.csv", None, "")]


def test_two_units_with_one_code_on_one_day_are_refused(spoil, problems):
    spoil("places", {66: {"valid_from": "2025-06-30"}})
    assert "both bear the code 01 on 2025-06-30" in str(problems()[0])


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("format = 1", "format = 2", "format"),
        ('country = "country:VN"', 'country = "VN"', "country"),
        ('country = "country:VN"', 'country = "country:XX"', "country"),
        ("as_of = 2026-01-01", 'as_of = "today"', "as_of"),
        ('language = "vi"', 'language = "fr"', "language"),
        ('gwp_set = "AR5"', 'gwp_set = "AR9"', "gwp_set"),
        ('"places",', '"places", "planets",', "tables"),
        ('ja = "ベトナム"', "", "title.ja"),
        ('name = "vietnam"', 'name = "vietnam"\nflag = "red"', "flag"),
    ],
)
def test_a_wrong_setting_is_refused(folder, problems, old, new, field):
    path = folder / "workspace.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert ("workspace.toml", None, field) in places_of(problems())


def test_a_folder_that_is_no_workspace_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"workspace.toml: The file is missing"):
        workspace.load(tmp_path)
    (tmp_path / "workspace.toml").write_text("= nonsense")
    with pytest.raises(InputError, match="not TOML"):
        workspace.load(tmp_path)
    with pytest.raises(InputError, match=r"no folder “nowhere”.*vietnam"):
        workspace.load("nowhere")


def test_names_are_kept_in_one_unicode_form(folder, vietnam):
    path = folder / "landfills.csv"
    path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert workspace.load(folder).sha256 == vietnam.sha256


def test_a_conversion_before_the_site_opens_is_refused_in_its_own_row(folder, problems):
    header = (
        "site,on,to,permeable_cover,leachate_drainage_not_sunk,regulated_pondage,gas_vents,quality,source\n"
    )
    (folder / "landfill_conversions.csv").write_text(
        header + "nam-son,2020-01-01,semi_aerobic,yes,yes,yes,yes,verified,report\n"
        "nam-son,1990-01-01,semi_aerobic,,,,,verified,report\n"
    )
    path = folder / "workspace.toml"
    path.write_text(path.read_text().replace('"landfills",', '"landfills", "landfill_conversions",'))
    assert ("landfill_conversions.csv", 3, "on") in places_of(problems())


def test_all_sites_that_cannot_be_resolved_are_named_before_anything_runs(spoil, folder):
    spoil("landfill_climate", {2: {"given": "polar"}, 4: {"given": "", "map": ""}})
    with pytest.raises(TrungHoaError, match="nam-son") as caught:
        workspace.run(workspace.load(folder))
    assert "da-phuoc" in str(caught.value)


def test_deposits_before_the_opening_and_gaps_are_refused(spoil, problems):
    spoil("landfills", {2: {"opened": "2001"}})
    found = problems()
    assert places_of(found) == [("landfill_deposits.csv", 2, "year"), ("landfill_deposits.csv", 3, "year")]
    assert "A deposit in 2000, but the site opened in 2001" in str(found[1])


def test_a_year_left_out_is_refused_and_not_read_as_zero(folder, problems):
    path = folder / "landfill_deposits.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *rows[:5], *rows[6:]]), encoding="utf-8")
    assert "Years without a row: 2004" in str(problems()[0])


def test_a_waste_type_under_two_names_is_refused_and_not_overwritten(folder, problems):
    path = folder / "landfill_deposits.csv"
    extra = 'nam-son,1999,{waste},10,verified,"weighbridge"\n'
    path.write_text(
        path.read_text(encoding="utf-8") + extra.format(waste="food") + extra.format(waste="thực phẩm"),
        encoding="utf-8",
    )
    assert places_of(problems()) == [("landfill_deposits.csv", 212, "waste")]


def test_a_fault_of_one_waste_type_is_placed_in_its_own_row(folder, problems):
    path = folder / "landfill_deposits.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "nam-son,1999,paper,-1,verified,log\n", encoding="utf-8"
    )
    assert places_of(problems()) == [("landfill_deposits.csv", 211, "tonnes")]

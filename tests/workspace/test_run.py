import csv
import json
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal

import pytest

from trunghoa import workspace
from trunghoa.quantities import InputError, PlaceKey, Quality, Status

FIXED = "value,unit,lower,upper,valid_from,valid_to,status,source,note"
COUNTRY = PlaceKey("country", "VN")


def by_place(outcome, kind, year, era):
    return {
        f.place: f
        for f in outcome.figures
        if (f.kind, f.period.code(), f.place.era, f.category, f.scenario) == (kind, year, era, "", "as_is")
    }


def test_no_two_figures_are_about_the_same_thing(outcome):
    assert len({f.key for f in outcome.figures}) == len(outcome.figures) > 5000


def test_a_tonne_is_counted_once_because_statuses_stand_apart(outcome):
    statuses = defaultdict(set)
    for figure in outcome.figures:
        statuses[figure.kind].add(figure.status)
    assert statuses["inventory.sector_emissions"] == {Status.REPORTED}
    assert statuses["landfill.ch4_emitted"] == {Status.PROJECTED}
    assert statuses["landfill.emission_reduction"] == {Status.PLANNED}
    # What was issued is credits that a source counts, never tonnes that a kernel computed.
    later = {f.kind for f in outcome.figures if f.status in (Status.VERIFIED, Status.ISSUED, Status.ADJUSTED)}
    assert later == {"jcm.credits_stated"}


@pytest.mark.parametrize("kind", ["landfill.deposited", "landfill.ch4_generated", "landfill.ch4_emitted"])
@pytest.mark.parametrize(
    ("year", "era"), [("2001", "2008"), ("2024", "2008"), ("2025", "2025"), ("2030", "2025")]
)
def test_sites_provinces_and_the_country_add_up_to_the_same(outcome, kind, year, era):
    sites, units = by_place(outcome, kind, year, "site"), by_place(outcome, kind, year, era)
    total = by_place(outcome, kind, year, "country")[COUNTRY]
    assert sites
    assert sum(f.amount for f in sites.values()) == sum(f.amount for f in units.values()) == total.amount
    assert by_place(outcome, kind, year, "2025" if era == "2008" else "2008") == {}


def test_the_country_total_names_its_sites_and_the_quality_of_the_worst(outcome):
    total = by_place(outcome, "landfill.ch4_emitted", "2030", "country")[COUNTRY]
    assert total.source.startswith("Sum over the modelled landfills: da-phuoc, khanh-son, nam-son")
    assert total.quality is Quality.ILLUSTRATIVE
    assert total.lower < total.amount < total.upper


def test_national_factors_make_the_errors_of_sites_add_up(outcome):
    sites = by_place(outcome, "landfill.ch4_emitted", "2030", "site").values()
    total = by_place(outcome, "landfill.ch4_emitted", "2030", "country")[COUNTRY]
    independent = sum((f.upper - f.lower) ** 2 for f in sites).sqrt()
    assert total.upper - total.lower > Decimal("1.1") * independent


def test_a_deposit_figure_carries_the_source_of_its_own_year(outcome):
    found = {
        f.period.code(): f.source
        for f in outcome.figures
        if f.kind == "landfill.deposited" and f.place.code == "nam-son"
    }
    assert "5 % a year back to the opening in 1999" in found["2005"]
    assert "beyond 2025 as if the site went on" in found["2030"]


def test_project_figures_rest_on_the_illustrative_project_and_say_so(outcome):
    found = [f for f in outcome.figures if f.kind in ("landfill.npv", "landfill.emission_reduction")]
    assert {f.place.code for f in found} == {"khanh-son", "nam-son", "thuy-phuong", "trang-cat", "xuan-son"}
    assert {f.quality for f in found} == {Quality.ILLUSTRATIVE}
    assert all("North Kolaka" in f.source for f in found)


def test_running_twice_gives_the_same_figures(vietnam, outcome):
    assert workspace.run(vietnam).figures == outcome.figures


def test_progress_is_told_for_every_step(vietnam):
    told = []
    workspace.run(vietnam, lambda done, of, what: told.append((done, of, what)))
    assert [done for done, _, _ in told] == list(range(told[0][1] + 1))
    assert told[1][2] == "Bãi chôn lấp Nam Sơn"


def test_the_files_hold_every_figure_and_the_same_bytes_each_time(outcome, vietnam, tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    workspace.write(outcome, first)
    workspace.write(workspace.run(vietnam), second)
    names = sorted(str(p.relative_to(first)) for p in first.rglob("*.*"))
    assert {"figures.csv", "figures.json", "run.json", "pathways/net_zero.json"} < set(names)
    assert len(names) == 3 + len(outcome.sites) + len(outcome.pathways) == 19
    for name in set(names) - {"run.json"}:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    with (first / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [Decimal(row["amount"]) for row in rows] == [f.amount for f in outcome.figures]
    assert len(json.loads((first / "figures.json").read_text())) == len(rows)
    record = json.loads((first / "run.json").read_text())
    assert record["workspace_sha256"] == vietnam.sha256
    assert record["parameters_version"] == vietnam.parameters.version
    assert (record["figures"], record["seed"]) == (len(rows), workspace.SEED)
    site = json.loads((first / "sites" / "nam-son.json").read_text())
    assert {p["status"] if "status" in p else p["quality"] for p in site["parameters"]} >= {"unverified"}


def test_an_export_is_read_back_to_the_same_workspace(vietnam, tmp_path):
    workspace.export(vietnam, tmp_path / "copy")
    back = workspace.load(tmp_path / "copy")
    assert (back.settings, back.tables, back.sha256) == (vietnam.settings, vietnam.tables, vietnam.sha256)
    assert back.reports == vietnam.reports
    workspace.export(back, tmp_path / "again")
    for path in (tmp_path / "copy").rglob("*.*"):
        again = tmp_path / "again" / path.relative_to(tmp_path / "copy")
        assert path.read_bytes() == again.read_bytes()
    with pytest.raises(InputError, match="is not empty"):
        workspace.export(vietnam, tmp_path / "copy")


def test_parameters_of_the_country_add_to_the_packages_and_are_exported(folder, tmp_path, vietnam):
    (folder / "parameters").mkdir()
    table = f"waste,{FIXED}\nfood,0.2,1,0.1,0.3,2020-01-01,,unverified,a study,\n"
    (folder / "parameters" / "own_table.csv").write_text(table)
    ws = workspace.load(folder)
    assert [str(p.value) for p in ws.parameters.rows("own_table")] == ["0.2"]
    assert ws.sha256 != vietnam.sha256
    workspace.export(ws, tmp_path / "copy")
    assert (tmp_path / "copy" / "parameters" / "own_table.csv").read_text() == table
    assert workspace.load(tmp_path / "copy").sha256 == ws.sha256


def test_a_fault_in_the_countrys_parameters_is_refused_with_its_file(folder, problems):
    (folder / "parameters").mkdir()
    (folder / "parameters" / "gwp.csv").write_text(
        f"gwp_set,gas,{FIXED}\nAR5,CH4,34,tCO2e/t,,,,,verified,x,\n"
    )
    assert any("gwp[gas=CH4, gwp_set=AR5] has two values" in str(p) for p in problems())


def test_the_hash_sees_what_is_said_and_not_how_it_is_written(folder, spoil, vietnam):
    assert workspace.load(folder).sha256 == vietnam.sha256
    for path in folder.glob("*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        if '"' not in "".join(rows):
            path.write_text("\r\n".join([header, *reversed(rows)]) + "\r\n", encoding="utf-8-sig", newline="")
    assert workspace.load(folder).sha256 == vietnam.sha256
    spoil("systems", {2: {"sentence_en": "Another sentence."}})
    assert workspace.load(folder).sha256 != vietnam.sha256


def trunghoa(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from trunghoa.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_writes_the_same_figures_and_tells_progress_in_json(outcome, tmp_path):
    done = trunghoa("run", "vietnam", "--out", str(tmp_path))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0] == {"done": 0, "of": len(outcome.sites) + len(outcome.pathways) + 2, "what": "vietnam"}
    assert lines[-1]["figures"] == len(outcome.figures)
    workspace.write(outcome, tmp_path / "here")
    assert (tmp_path / "figures.csv").read_bytes() == (tmp_path / "here" / "figures.csv").read_bytes()


def test_the_command_line_refuses_with_one_line_for_each_fault(folder, spoil, tmp_path):
    spoil("systems", {2: {"name_ja": ""}, 3: {"quality": "sure"}})
    done = trunghoa("run", str(folder), "--out", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "systems.csv, row 2, field name_ja",
        "systems.csv, row 3, field quality",
    ]
    assert not (tmp_path / "out").exists()


def test_a_command_line_without_out_is_mistyped():
    assert trunghoa("run", "vietnam").returncode == 2


def test_an_illustrative_project_makes_its_own_figures_illustrative_and_no_others(folder, spoil, vietnam):
    deposits = vietnam.tables["landfill_deposits"]
    rows = [number for number, row in enumerate(deposits, start=2) if row.site == "khanh-son"]
    spoil("landfill_deposits", {number: {"quality": "unverified"} for number in rows})
    found = workspace.run(workspace.load(folder)).figures
    quality = {f.scenario: f.quality for f in found if f.place.code == "khanh-son"}
    assert quality["as_is"] is Quality.UNVERIFIED
    assert quality["project"] is quality["reference"] is Quality.ILLUSTRATIVE

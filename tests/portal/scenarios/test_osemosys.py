"""An OSeMOSYS model from the file somebody hands in to its tables, and all that is refused on the way."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from tests.pathways.osemosys_models import small, small_text
from tests.pathways.test_osemosys_formats import to_folder, to_workbook
from tests.portal.record.papers import png

from trunghoa.pathways.osemosys import RESULTS, price_sweep, solve_model
from trunghoa.portal.core.record.models import Document, Figure, Run
from trunghoa.portal.systems.scenarios import reading, running, tasks
from trunghoa.portal.systems.scenarios.models import PathwayModel, Scenario

from .conftest import run_now
from .test_pages import no_drawings, text_of  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
NEW = "/en/scenarios/models/new/"
UNITS = "units: {energy: PJ, capacity: GW, money: million USD2020, emission: Mt}\n"


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return stream.getvalue()


def folder_of(path):
    return {f"data/{p.name}": p.read_bytes() for p in path.glob("*.csv")} | {
        "config.yaml": (path / "config.yaml").read_bytes()
    }


def written_out(model):
    """The model without defaults, which a workbook by itself cannot say."""
    for name in model.tables:
        model = model.with_table(name, model.dense(name))
    return model


@pytest.fixture
def hand_in(signed_in, country, system):
    def handed(content, name="small.txt", by="ann", **more):
        data = {
            "file": SimpleUploadedFile(name, content), "title_vi": "Mô hình nhỏ", "title_en": "Small",
            "place": country.pk, "quality": "illustrative", "source": "made for tests", **more,
        }  # fmt: skip
        return signed_in(by).post(NEW, data)

    return handed


@pytest.fixture
def small_scenario(hand_in, people):
    assert hand_in(small_text().encode()).status_code == 302
    return Scenario.objects.get(model__kind="osemosys")


def test_a_data_file_becomes_a_private_model_with_one_scenario(hand_in, people, signed_in):
    answer = hand_in(small_text().encode())
    scenario = Scenario.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, scenario.get_absolute_url())
    assert (scenario.state, scenario.owner, scenario.code) == ("own", people["ann"].organisation, "small")
    assert scenario.model.kind == "osemosys"
    assert scenario.model.document.owner == people["ann"].organisation
    for name, status in (("ben", 200), ("vn1", 404), ("local", 404)):
        assert signed_in(name).get("/en/scenarios/small/").status_code == status
        seen = signed_in(name).get(f"/en/record/documents/{scenario.model.document_id}/").status_code
        assert seen == status
        assert ("Mô hình nhỏ" in signed_in(name).get("/vi/scenarios/").content.decode()) == (status == 200)


@pytest.mark.parametrize("kind", ["folder", "workbook", "packed data file"])
def test_folders_workbooks_and_packed_data_files_are_the_same_model(kind, hand_in, people, tmp_path):
    hand_in(small_text().encode())
    model = small(tmp_path)
    content, name = {
        "folder": lambda: (zipped(folder_of(to_folder(model, tmp_path / "csv"))), "small.zip"),
        "workbook": lambda: (
            to_workbook(written_out(model), tmp_path / "a.xlsx", wide=True).read_bytes(),
            "a.xlsx",
        ),
        "packed data file": lambda: (zipped({"res/a/data.txt": small_text()}), "muio.zip"),
    }[kind]()
    answer = hand_in(content, name)
    assert answer.status_code == 302, text_of(answer)
    objectives = {run_now(s).solve.summary["objective"] for s in Scenario.objects.all()}
    direct = solve_model(model).solution.objective
    assert [pytest.approx(direct, rel=1e-9)] * len(objectives) == sorted(objectives)
    assert PathwayModel.objects.count() == 2


def test_a_run_leaves_every_table_charts_and_files(small_scenario, signed_in):
    run = run_now(small_scenario)
    assert (run.kernel, run.state) == ("pathways.osemosys", Run.State.DONE)
    client = signed_in("ann")
    page = text_of(client.get("/en/scenarios/small/"))
    for words in ("Production of ELC, by technology", "Capacity of what makes ELC", "illustrative",
                  "Emissions, as the model names them", "The unit is not stated"):  # fmt: skip
        assert words in page
    index = client.get("/en/scenarios/small/?format=json&table=index").json()
    assert {row["name"] for row in index} >= set(RESULTS)
    made = client.get("/en/scenarios/small/?format=json&table=production").json()
    assert sum(float(row["2025"]) for row in made) == pytest.approx(16)
    for row in index:
        address = f"/en/scenarios/small/results/{row['name']}/"
        listed = client.get(f"{address}?format=json").json()
        assert len(listed) == row["rows"]
    wind = client.get("/en/scenarios/small/results/TotalCapacityAnnual/?format=json&q=wind").json()
    assert {row["technology"] for row in wind} == {"WIND"}
    book = client.get("/en/scenarios/small/files/xlsx/").content
    assert len(load_workbook(io.BytesIO(book)).sheetnames) == len(index)
    tables = client.get("/en/scenarios/small/files/zip/").content
    assert len(zipfile.ZipFile(io.BytesIO(tables)).namelist()) == len(index)
    assert client.get("/en/scenarios/small/files/iamc-wide/").status_code == 404
    assert "Not written:" in page
    assert "files/iamc" not in client.get("/en/scenarios/small/").content.decode()
    for path in ("", "results/Demand/", "files/zip/", "files/xlsx/"):
        assert signed_in("vn1").get(f"/en/scenarios/small/{path}").status_code == 404
    for paper in run.outputs.all():
        assert signed_in("vn1").get(f"/en/record/documents/{paper.pk}/").status_code == 404


def test_units_in_the_configuration_reach_pages_and_iamc_files(hand_in, signed_in, tmp_path, people):
    folder = to_folder(small(tmp_path), tmp_path / "csv")
    with (folder / "config.yaml").open("a") as config:
        config.write(UNITS)
    hand_in(zipped(folder_of(folder)), "small.zip")
    run_now(Scenario.objects.get())
    client = signed_in("ann")
    wide = client.get("/en/scenarios/small/files/iamc-wide/").content.decode().splitlines()
    assert wide[0] == "model,scenario,region,variable,unit,2025,2026"
    assert any(line.startswith("small,small,R,Emissions|CO2,Mt/yr,") for line in wide)
    assert "million USD2020" in text_of(client.get("/en/scenarios/small/"))


def test_units_that_are_stated_by_hand_do_too(hand_in, signed_in, people):
    units = {"unit_energy": "TWh", "unit_capacity": "GW", "unit_money": "MUSD2015"}
    hand_in(small_text().encode(), **units)
    scenario = Scenario.objects.get()
    client = signed_in("ann")
    run_now(scenario)
    assert client.get("/en/scenarios/small/files/iamc-long/").status_code == 404
    page = client.get("/en/scenarios/small/edit/").content.decode()
    assert 'value="TWh"' in page
    given = {
        "title_vi": "Nhỏ", "analysis": "single",
        "quality": "unverified", "source": "study", "method": "simplex", **units,
        "unit_emission": "kt", "revision": scenario.revision,
    }  # fmt: skip
    assert client.post("/en/scenarios/small/edit/", given).status_code == 302
    scenario.refresh_from_db()
    run_now(scenario)
    rows = client.get("/en/scenarios/small/files/iamc-long/").content.decode()
    assert "R,Emissions|CO2,kt/yr,2025," in rows
    assert "R,Production|ELC|GAS,TWh/yr,2025," in rows


def test_every_fault_of_a_model_is_named_and_nothing_is_kept(hand_in, people):
    text = small_text("param CapitalCosts default 0 := ;\nparam OperationalLife := R COAL 20 ;")
    answer = hand_in(text.encode())
    assert answer.status_code == 422
    page = text_of(answer)
    assert "“CapitalCosts” is not a parameter of OSeMOSYS." in page
    assert "COAL" in page
    line = text.splitlines().index("param CapitalCosts default 0 := ;") + 1
    assert re.search(rf"model\.txt {line} ", page)
    assert not Scenario.objects.exists()
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (png(), "a.png", "A file of the kind png is no model"),
        (b"\x1f\x8b\x08 packed", "a.txt.gz", "packed file"),
        (zipped({"../up.csv": "a"}), "a.zip", "leads out of it"),
        (zipped({"readme.md": "a"}), "a.zip", "holds 0 data files"),
        (zipped({"a.txt": "a", "b.txt": "b"}), "a.zip", "holds 2 data files"),
        (zipped({"a/YEAR.csv": "VALUE\n", "b/YEAR.csv": "VALUE\n"}), "a.zip", "stands twice"),
        (zipped({"YEAR.csv": b"\x7fELF"}), "a.zip", "is no text"),
        (zipped({"YEAR.csv": "0" * 20_000_000}), "a.zip", "unpacks to more than"),
        (b"plain words", "a.txt", "not an OSeMOSYS model"),
        (b"", "a.txt", "empty"),
    ],
)
def test_what_is_no_model_or_harmful_is_refused(content, name, words, hand_in, people):
    answer = hand_in(content, name)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not PathwayModel.objects.exists()


def test_a_model_that_takes_too_long_to_read_is_refused(hand_in, people, settings):
    settings.SCENARIO_READ_SECONDS = 0
    answer = hand_in(small_text().encode())
    assert answer.status_code == 422
    assert "more time or memory than it may" in text_of(answer)


def test_a_run_keeps_to_the_limit_of_time(small_scenario, settings):
    settings.SCENARIO_SECONDS = 0
    run = run_now(small_scenario)
    assert (run.state, run.solve.ending) == (Run.State.FAILED, "time")


def test_a_model_without_a_solution_says_what_lacks(hand_in, signed_in, people):
    hand_in(small_text("param TotalAnnualMaxCapacity default 0 := ;").encode())
    run = run_now(Scenario.objects.get())
    assert run.solve.summary["status"] == "infeasible"
    page = text_of(signed_in("ann").get("/en/scenarios/small/"))
    assert "The last run found no solution" in page
    assert "ELC" in page


def test_pages_of_tables_and_levers_are_not_there(small_scenario, make, signed_in):
    run_now(small_scenario)
    run_now(make("tabled"))
    client = signed_in("ann")
    for path in ("energy/", "money/", "levers/", "tables/", "tables/demand/", "workbook/", "import/"):
        assert client.get(f"/en/scenarios/small/{path}").status_code == 404, path
    assert client.get("/en/scenarios/small/results/Nothing/").status_code == 404
    offered = client.get("/en/scenarios/compare/").content.decode()
    assert ('value="tabled"' in offered, 'value="small"' in offered) == (True, False)
    page = client.get("/en/scenarios/small/").content.decode()
    for name in ("levers", "tables", "energy", "money"):
        assert f"/small/{name}/" not in page


def test_titles_and_foresight_can_be_corrected(small_scenario, signed_in):
    client = signed_in("ann")
    page = client.get("/en/scenarios/small/edit/").content.decode()
    assert "Number of draws" not in page
    given = {
        "title_vi": "Tên khác", "analysis": "single",
        "foresight": "recursive", "method": "simplex", "quality": "unverified",
        "source": "study", "revision": small_scenario.revision,
    }  # fmt: skip
    assert client.post("/en/scenarios/small/edit/", given).status_code == 302
    small_scenario.refresh_from_db()
    run = run_now(small_scenario)
    assert (small_scenario.title_vi, run.solve.summary["foresight"]) == ("Tên khác", "recursive")


def test_a_sweep_of_prices_gives_the_steps_of_abatement_cost(small_scenario, signed_in, tmp_path):
    client = signed_in("ann")
    given = {
        "title_vi": "Quét giá", "analysis": "sweep", "prices": "0:40:10", "method": "simplex",
        "quality": "unverified", "source": "study", "revision": small_scenario.revision,
    }  # fmt: skip
    refused = client.post("/en/scenarios/small/edit/", {**given, "prices": "dear"})
    assert (refused.status_code, "is not a list of prices" in refused.content.decode()) == (422, True)
    assert client.post("/en/scenarios/small/edit/", given).status_code == 302
    small_scenario.refresh_from_db()
    run_now(small_scenario)
    rows = client.get("/en/scenarios/small/?format=json&table=abatement").json()
    direct = price_sweep(small(tmp_path), [0, 10, 20, 30, 40], warm=False)
    assert [float(r["emissions"]) for r in rows] == pytest.approx([s.emission for s in direct.steps])
    assert [float(r["cost"]) for r in rows] == pytest.approx([s.cost for s in direct.steps])
    assert float(rows[-1]["avoided"]) > 0
    assert "from a sweep of prices" in text_of(client.get("/en/scenarios/small/"))


def test_a_copy_of_a_shared_scenario_runs_on_the_same_model(small_scenario, signed_in, agencies):
    run = run_now(small_scenario)
    Scenario.objects.filter(pk=small_scenario.pk).update(state="shared")
    small_scenario.shared_with.add(agencies["province"])
    assert signed_in("local").post("/en/scenarios/small/fork/").status_code == 302
    Scenario.objects.filter(pk=small_scenario.pk).update(state="own")
    copy = Scenario.objects.exclude(pk=small_scenario.pk).get()
    client = signed_in("local")
    assert client.get(f"/en/scenarios/{copy.code}/results/Demand/").status_code == 200
    assert client.get(f"/en/record/runs/{run.pk}/").status_code == 200
    assert client.get("/en/scenarios/small/").status_code == 404


def test_what_is_published_puts_no_figure_on_record(small_scenario):
    Scenario.objects.filter(pk=small_scenario.pk).update(state="published")
    run_now(small_scenario)
    assert not Figure.objects.exists()
    tasks.run_all(lambda per_cent, text: None)


def test_the_result_over_http_holds_the_yearly_tables(small_scenario, signed_in):
    run_now(small_scenario)
    found = signed_in("ann").get("/api/v1/scenarios/small/result?table=AnnualEmissions").json()
    assert found["years"] == [2025, 2026]
    assert found["quality"] == "illustrative"
    assert found["tables"]["AnnualEmissions"]["keys"] == ["region", "emission"]
    assert reading.of_scenario(small_scenario).optimal
    assert running.JOBS["osemosys"].endswith("osemosys.job")


def test_who_only_reads_hands_no_model_in(signed_in, country):
    for name in ("observer", "watcher", "verifier"):
        assert signed_in(name).get(NEW).status_code == 403
        assert signed_in(name).post(NEW, {}).status_code == 403
    assert signed_in("ann").get(NEW).status_code == 200

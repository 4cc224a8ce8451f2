"""What a site's run was computed from can be downloaded, and the command line computes it again."""

import io
import json
import zipfile

import pytest
from typer.testing import CliRunner

from trunghoa.cli import app
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Run
from trunghoa.quantities import from_float

from .conftest import run_now


@pytest.fixture
def recalculated(client, people, tmp_path):
    """Download a site's folder, unpack it and run it as the guide says."""

    def compute(landfill):
        client.force_login(people["verifier"])
        answer = client.get(f"/en/landfills/{landfill.place.code}/folder/")
        assert answer["Content-Type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            package.extractall(tmp_path)
        folder = tmp_path / landfill.place.code
        assert sorted(p.name for p in folder.iterdir()) == ["deposits.csv", "site.toml"]
        found = CliRunner().invoke(app, ["landfill", "run", str(folder), "--json"])
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    return compute


def test_the_folder_gives_the_numbers_of_the_record(recalculated, landfill, converted, project):
    run = run_now(landfill)
    assert run.state == Run.State.DONE
    kept = json.loads(documents.read(run.outputs.get(media_type="application/json")))
    again = recalculated(landfill)
    differing = [key for key in again if key != "problems" and again[key] != kept[key]]
    assert differing == []
    amounts = {
        f.period_start.year: f.amount
        for f in run.figures.filter(kind="landfill.ch4_emitted", scenario="as_is", category="")
    }
    assert len(amounts) > 20
    emitted = again["ch4_emitted_t"]["total"]
    assert [amounts[year] for year in again["years"]] == [from_float(amount) for amount in emitted]
    assert {"without_conversions", "project", "finance"} <= set(again)


def test_a_site_without_a_run_has_no_folder(client, people, landfill):
    client.force_login(people["verifier"])
    assert client.get(f"/en/landfills/{landfill.place.code}/folder/").status_code == 404


def test_who_does_not_see_the_site_does_not_get_its_folder(client, people, other):
    run_now(other)
    client.force_login(people["operator"])
    assert client.get(f"/en/landfills/{other.place.code}/folder/").status_code == 404


@pytest.mark.parametrize("who", ["verifier", "operator", "officer"])
def test_who_sees_the_site_reads_what_its_run_gave(client, people, landfill, who):
    run = run_now(landfill)
    client.force_login(people[who])
    page = client.get(f"/en/record/runs/{run.pk}/").content.decode()
    assert "a paper you may not read" not in page
    for document in run.outputs.all():
        assert document.filename in page
        answer = client.get(f"/en/record/runs/{run.pk}/outputs/{document.pk}/")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == documents.read(document)


def test_a_run_opens_no_papers_but_its_own_and_only_to_who_sees_the_site(client, people, landfill, other):
    runs = [run_now(landfill), run_now(other)]
    output, foreign = (run.outputs.first() for run in runs)
    client.force_login(people["verifier"])
    assert client.get(f"/en/record/runs/{runs[0].pk}/outputs/{foreign.pk}/").status_code == 404
    client.force_login(people["operator"])
    assert client.get(f"/en/record/runs/{runs[0].pk}/outputs/{output.pk}/").status_code == 200
    assert client.get(f"/en/record/runs/{runs[1].pk}/outputs/{foreign.pk}/").status_code == 404

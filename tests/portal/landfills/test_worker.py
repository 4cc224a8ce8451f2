"""A worker that dies in the middle of its work: no figure twice, none lost."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.first
ROOT = Path(__file__).resolve().parents[3]
SITES = 3
PREPARE = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from trunghoa.portal.core.record.models import Place, System
from trunghoa.portal.systems.landfills import tasks
from trunghoa.portal.systems.landfills.models import Landfill
System.objects.create(code="S8", order=8, name_vi="S8", name_ja="S8", name_en="S8")
country = Place.objects.create(era="country", code="VN", kind="country", name_vi="Việt Nam")
province = Place.objects.create(era="2025", code="01", kind="province", name_vi="Hà Nội", parent=country)
tasks.DRAWS = 20_000
for n in range({SITES}):
    name = f"bai-{{n}}"
    place = Place.objects.create(era="site", code=name, kind="site", name_vi=name, parent=province)
    landfill = Landfill.objects.create(
        place=place, opened=2000, mat=24, map=1700, managed=True, source="test", as_of="2026-01-01"
    )
    for year in range(2000, 2030):
        landfill.deposits.create(year=year, waste="food", tonnes=1000 + n)
    landfill.refresh_from_db()
    tasks.enqueue(landfill)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "var"


@pytest.fixture
def environment(folder):
    folder.mkdir()
    found = {
        **os.environ, "TRUNGHOA_DEMO": "true", "TRUNGHOA_VAR": str(folder), "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
    }  # fmt: skip
    found.pop("DATABASE_URL", None)
    return found


def states(folder):
    with sqlite3.connect(folder / "trunghoa.sqlite3", timeout=20) as database:
        rows = database.execute(
            "select state, count(*) from record_run where kernel='landfill.site' group by state"
        )
        return dict(rows.fetchall())


def test_a_killed_worker_leaves_no_figure_twice_and_none_lost(folder, environment):
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, cwd=ROOT, check=True, timeout=120)
    assert states(folder) == {"queued": SITES}
    command = [sys.executable, "-m", "trunghoa.portal.manage", "worker"]
    worker = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        now = states(folder)
        if now.get("running") and now.get("done"):
            break
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=20)
    before = states(folder)
    assert before.get("running") == 1, before
    assert 0 < before["done"] < SITES

    ended = subprocess.run(
        [*command, "--until-empty"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "took back 1 interrupted jobs" in ended.stdout + ended.stderr
    assert states(folder) == {"done": SITES}
    with sqlite3.connect(folder / "trunghoa.sqlite3") as database:
        twice = database.execute(
            "select identity from record_figure where is_current group by identity having count(*) > 1"
        )
        assert twice.fetchall() == []
        per_site = database.execute(
            "select p.code, count(*), count(distinct f.identity) from record_figure f join record_place p "
            "on p.id = f.place_id where p.kind = 'site' group by p.code"
        ).fetchall()
        # Each site has the same years, types and kinds; one that was half written would differ.
        assert len(per_site) == SITES
        assert len({tuple(counts) for _, *counts in per_site}) == 1
        laid = (
            "select {} from record_figure f join record_place p on p.id = f.place_id where p.kind = '{}' and "
            "f.kind = 'landfill.deposited' and f.is_current and f.period_start = '2010-01-01'"
        )
        [(total,)] = database.execute(laid.format("f.amount", "country")).fetchall()
        [(parts,)] = database.execute(laid.format("sum(f.amount)", "site")).fetchall()
        assert float(total) == parts == sum(1000 + n for n in range(SITES))

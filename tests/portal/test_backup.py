"""A backup taken while others write is of one moment, and what comes back is what was there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = pytest.mark.first
SERVER = os.environ.get("DATABASE_URL", "")
# Writes figures, documents and organisations until it is stopped, as a busy portal does.
WRITER = """
import itertools
from django.db import transaction
from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record import documents, figures
from trunghoa.portal.core.record.models import Place, System
from trunghoa.quantities import Figure, Period, Quality, Status
from decimal import Decimal

System.objects.create(code="S8", order=8, name_vi="x", name_ja="x", name_en="x")
place = Place.objects.create(era="country", code="VN", kind="country", name_vi="VN")
for n in itertools.count():
    with transaction.atomic():
        Organisation.objects.create(code=f"o{n}", name_vi=f"{n}", side="VN", kind="city")
        documents.store(f"document {n}".encode(), media_type="text/plain", filename=f"{n}.txt")
        figures.put([
            Figure(system="S8", kind=f"test.k{n}x{m}", place=place.key, period=Period.years(2024, 2024),
                   unit="t", amount=Decimal(n), status=Status.REPORTED,
                   quality=Quality.VERIFIED, source="a test")
            for m in range(20)
        ])
    print(n, flush=True)
"""


class Portal:
    """A portal of its own: folder, database and commands in processes of their own."""

    def __init__(self, folder, database):
        folder.mkdir()
        self.environment = {
            **os.environ,
            "TRUNGHOA_DEMO": "true",
            "TRUNGHOA_VAR": str(folder),
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
        }

    def start(self, *arguments):
        command = [sys.executable, "-m", "trunghoa.portal.manage", *arguments]
        return subprocess.Popen(
            command, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=180)
        return process.returncode, out, err

    def must(self, *arguments):
        code, out, err = self.run(*arguments)
        assert code == 0, err
        return out


def databases_of_sqlite():
    yield "sqlite:///trunghoa.sqlite3"
    yield "sqlite:///trunghoa.sqlite3"


def databases_of_postgresql():
    if not SERVER.startswith("postgres"):
        pytest.skip("no PostgreSQL server: name one in DATABASE_URL")
    if not shutil.which("pg_dump") or not shutil.which("pg_restore"):
        pytest.skip("pg_dump and pg_restore are not on the PATH")
    import psycopg

    names = [f"trunghoa_backup_{os.getpid()}_{n}" for n in (1, 2)]
    with psycopg.connect(urlunsplit(urlsplit(SERVER)._replace(path="/postgres")), autocommit=True) as admin:
        for name in names:
            admin.execute(f"CREATE DATABASE {name}")
            yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
        yield
        for name in names:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(
    params=[
        databases_of_sqlite,
        pytest.param(databases_of_postgresql, marks=[pytest.mark.postgres, pytest.mark.database]),
    ],
    ids=["sqlite", "postgresql"],
)
def portals(request, tmp_path):
    made = request.param()
    yield [Portal(tmp_path / name, next(made)) for name in ("busy", "fresh")]
    for _ in made:
        pass


def numbers(text):
    return {what: int(n) for n, what in re.findall(r"(\d+) (figures|documents|audit entries)", text)}


def test_a_backup_during_writes_comes_back_whole_into_an_empty_database(portals, tmp_path):
    busy, fresh = portals
    busy.must("migrate", "-v0", "--skip-checks")
    writer = busy.start("shell", "-v0", "-c", WRITER)
    try:
        while int(writer.stdout.readline() or 99) < 5:
            pass
        assert writer.poll() is None, writer.stderr.read()
        file = tmp_path / "portal.tar"
        taken = numbers(busy.must("backup", str(file)))
        time.sleep(0.3)
        assert writer.poll() is None, "it was to write all the while"
    finally:
        writer.terminate()
        writer.wait(20)
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
    assert (taken["figures"], taken["audit entries"]) == (manifest["figures"], manifest["audit"]["entries"])
    # Twenty figures are written with each organisation, all or none.
    assert manifest["figures"] >= 100
    assert manifest["figures"] % 20 == 0

    restored = numbers(fresh.must("restore", str(file)))
    assert restored["figures"] == manifest["figures"]
    assert restored["documents"] == manifest["figures"] // 20
    verdict = json.loads(fresh.must("audit", "verify", "--json"))
    assert verdict["whole"]
    assert verdict["refuses_changes"]
    assert (verdict["entries"], verdict["head"]) == (manifest["audit"]["entries"], manifest["audit"]["head"])
    # The restored portal goes on where the backup stood.
    fresh.must("migrate", "-v0", "--skip-checks", "--check")
    later = "from trunghoa.portal.core.accounts.models import Organisation as O; O.objects.create(code='new')"
    fresh.must("shell", "-v0", "-c", later)
    assert json.loads(fresh.must("audit", "verify", "--json"))["entries"] == verdict["entries"] + 1

    code, _, err = fresh.run("restore", str(file))
    assert code == 1
    assert "not empty" in err


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("backed_up")
    portal = Portal(tmp_path / "portal", "sqlite:///trunghoa.sqlite3")
    portal.must("migrate", "-v0", "--skip-checks")
    store = (
        "from trunghoa.portal.core.record import documents; "
        "documents.store(b'content', media_type='text/plain', filename='a.txt')"
    )
    portal.must("shell", "-v0", "-c", store)
    portal.must("backup", str(tmp_path / "portal.tar"))
    return portal, tmp_path / "portal.tar"


def repacked(file, into, change):
    """The backup with ``change(folder)`` done to what it holds."""
    folder = into / "unpacked"
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    change(folder)
    other = into / "altered.tar"
    with tarfile.open(other, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
    return other


def test_an_altered_backup_is_refused_and_nothing_is_restored(backed_up, tmp_path):
    _, file = backed_up
    altered = repacked(
        file, tmp_path, lambda folder: next(folder.glob("documents/*/*")).write_bytes(b"other")
    )
    fresh = Portal(tmp_path / "fresh", "sqlite:///trunghoa.sqlite3")
    code, _, err = fresh.run("restore", str(altered))
    assert code == 1
    assert "missing or altered" in err
    assert not list((tmp_path / "fresh").rglob("documents/*/*"))


def test_a_file_that_is_no_backup_is_refused(tmp_path):
    (tmp_path / "notes.tar").write_text("these are notes")
    code, _, err = Portal(tmp_path / "fresh", "sqlite:///trunghoa.sqlite3").run(
        "restore", str(tmp_path / "notes.tar")
    )
    assert code == 1
    assert "not a backup" in err


def test_a_backup_overwrites_no_file(backed_up):
    portal, file = backed_up
    before = file.read_bytes()
    code, _, err = portal.run("backup", str(file))
    assert code == 1
    assert "is there already" in err
    assert file.read_bytes() == before

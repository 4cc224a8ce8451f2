"""The registry's public pages, and the recomputing of the whole ledger, over a million blocks.

    python benchmarks/registry.py [BLOCKS]

On PostgreSQL where a server answers (TRUNGHOA_TEST_POSTGRES, else 127.0.0.1:5432), and on SQLite. The ledger
is filled through its own tables, with rows as the services would have written them; how they write is
measured in ``ledger.py``. The portal is served as ``trunghoa serve`` serves it, and asked over one
connection: another serial each time, and the page of totals, which nothing keeps. Beside it stands how long
it takes to add up all blocks, as that page did before sums were carried forward.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
BLOCKS, SERIES, ACCOUNTS, SIZE, SPANS = 1_000_000, 200, 500, 10, 100
ASKED = 300
MAX_SERIAL_MS, MAX_TOTALS_MS, MAX_VERIFY_S = 60.0, 100.0, 30.0


def django(url: str, folder: str) -> None:
    os.environ.update(TRUNGHOA_DEMO="true", TRUNGHOA_VAR=folder, DATABASE_URL=url)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trunghoa.portal.settings"
    import django

    django.setup()


def rows_of(
    series: list[int], holders: list[int], issuer: int, people: tuple[int, int], blocks: int
) -> Iterator[Any]:
    """Transactions, their postings and the blocks that they leave: issued to one, then spread by spans."""
    from django.utils import timezone

    from trunghoa.portal.core.ledger.spans import digest, plain

    each, key = blocks // len(series), 0
    now = timezone.now()

    def row(kind: str, **asked: Any) -> tuple[Any, ...]:
        body = plain(
            {"kind": kind, "by": people[0], "approved_by": people[1], "mark": "", **asked, "details": {}}
        )
        return key, uuid4(), kind, now, body, digest(body)

    for number in series:
        first = holders[number % len(holders)]
        key += 1
        asked = {"series": number, "target": first, "amount": each * SIZE}
        issued = [
            (key, issuer, number, 1, each * SIZE, -each * SIZE),
            (key, first, number, 1, each * SIZE, each * SIZE),
        ]
        yield row("issue", **asked), issued, []
        steps = each // SPANS
        for step in range(steps):
            target = holders[(number * steps + step) % len(holders)]
            if target == first:
                target = holders[(number + 1) % len(holders)]
            spans = [(SIZE * n + 1, SIZE * (n + 1)) for n in range(step, each, steps)]
            key += 1
            what = [{"series": number, "first": a, "last": b} for a, b in spans]
            postings = [
                (key, account, number, a, b, sign * SIZE)
                for a, b in spans
                for account, sign in ((first, -1), (target, 1))
            ]
            held = [(number, a, b, target) for a, b in spans]
            yield row("transfer", source=first, target=target, what=what), postings, held


def fill(blocks: int) -> None:
    from django.core.management import call_command
    from django.db import connection, transaction

    from trunghoa.portal.core.accounts.models import Organisation, User
    from trunghoa.portal.core.ledger import sealing
    from trunghoa.portal.systems.registry.models import Project, series_for
    from trunghoa.portal.systems.registry.models.accounts import open_account

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    people = (User.objects.create_user("maker").pk, User.objects.create_user("checker").pk)
    series = []
    for n in range(SERIES // 2):
        project = Project.objects.create(code=f"p{n:03d}", reference=f"VN{n + 1:03d}", state="registered")
        series += [series_for(project, side, 2024) for side in ("VN", "JP")]
    issuers = {row.issuer_id for row in series}
    holders = []
    for n in range(ACCOUNTS):
        holder = Organisation.objects.create(code=f"h{n}", name_vi=f"H{n}", side="VN", kind="participant")
        holders.append(open_account("VNM", "entity", organisation=holder).account_id)
    tables: dict[str, list[Any]] = {"ledgertransaction": [], "posting": [], "block": []}
    made = 0
    with transaction.atomic():
        for issuer in sorted(issuers):
            own = [row.pk for row in series if row.issuer_id == issuer]
            part = blocks * len(own) // len(series)
            for row, postings, held in rows_of(own, holders, issuer, people, part):
                key, uuid, kind, at, body, sha256 = row
                shift = made
                tables["ledgertransaction"].append(
                    (key + shift, uuid, kind, at, "", json.dumps(body), sha256, *people)
                )
                tables["posting"] += [(posting[0] + shift, *posting[1:]) for posting in postings]
                tables["block"] += [(*block, "held", "{}") for block in held]
                last = key + shift
                if len(tables["posting"]) > 50_000:
                    write(tables)
            made = last
        write(tables)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('ledger_ledgertransaction', 'id'), %s)", [made]
            )
    began = time.perf_counter()
    sealing.seal()
    print(f"  sealed {made:,} transactions and carried their sums in {time.perf_counter() - began:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


COLUMNS = {
    "ledgertransaction": "id key kind at mark body sha256 actor_id approver_id",
    "posting": "transaction_id account_id series_id first last delta",
    "block": "series_id first last account_id state marks",
}


def write(tables: dict[str, list[Any]]) -> None:
    from django.db import connection

    for table, rows in tables.items():
        columns = COLUMNS[table].split()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY ledger_{table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                slots = ", ".join(["%s"] * len(columns))
                plain = [tuple(v.hex if isinstance(v, UUID) else v for v in row) for row in rows]
                cursor.executemany(
                    f"INSERT INTO ledger_{table} ({', '.join(columns)}) VALUES ({slots})", plain
                )
        rows.clear()


def measure(url: str, folder: str, blocks: int) -> bool:
    """Fill, verify, serve and ask; in a process of its own, since settings are read once."""
    import load

    django(url, folder)
    began = time.perf_counter()
    fill(blocks)
    from django.db import connection

    from trunghoa.portal.core.ledger.models import Block, Series
    from trunghoa.portal.core.ledger.verification import verify

    print(f"  filled in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    verdict = verify()
    took = time.perf_counter() - began
    print(
        f"  verify: {took:.1f} s (bound {MAX_VERIFY_S:g}); {verdict.transactions:,} transactions, "
        f"{verdict.postings:,} postings, {verdict.blocks:,} blocks, {len(verdict.faults)} faults"
    )
    adding = adding_up()
    draw = random.Random(1)
    codes = list(Series.objects.values_list("code", flat=True))
    number = Block.objects.count() // len(codes) * SIZE
    serials = [
        f"{draw.choice(codes)}-{first}-{first}" for first in (draw.randint(1, number) for _ in range(ASKED))
    ]
    connection.close()
    port = load.free_port()
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--log-level", "error", "_plain_wsgi:application",
        ],
        cwd=HERE,
    )  # fmt: skip
    try:
        load.wait(port)
        serial = ask(port, [f"/vi/registry/units/?q={text}" for text in serials], "registry/units")
        totals = ask(port, ["/vi/registry/"] * ASKED, "registry")
    finally:
        server.terminate()
        server.wait(timeout=20)
    print(
        f"  life of a unit by its serial, over HTTP: p50 {serial[0]:.1f}, p95 {serial[1]:.1f} ms "
        f"(bound {MAX_SERIAL_MS:g})"
    )
    print(
        f"  page of totals, over HTTP: p50 {totals[0]:.1f}, p95 {totals[1]:.1f} ms "
        f"(bound {MAX_TOTALS_MS:g}); "
        f"adding up all blocks alone {adding:.0f} ms, {adding / totals[0]:.1f} times as long"
    )
    good = verdict.whole and took <= MAX_VERIFY_S
    return good and serial[1] <= MAX_SERIAL_MS and totals[1] <= MAX_TOTALS_MS


def adding_up() -> float:
    from django.db.models import F, Sum

    from trunghoa.portal.core.ledger.models import Block

    began = time.perf_counter()
    rows = Block.objects.order_by().values_list("account", "series", "state")
    list(rows.annotate(units=Sum(F("last") - F("first") + 1)))
    return 1000 * (time.perf_counter() - began)


def ask(port: int, paths: list[str], told: str) -> tuple[float, float]:
    """Milliseconds of the answers: median and 95th percentile."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for path in [paths[0], *paths]:
        began = time.perf_counter()
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
        times.append(1000 * (time.perf_counter() - began))
        assert answer.status == 200, (path, answer.status)
        assert told.encode() in body, path
    times = sorted(times[1:])
    return times[len(times) // 2], times[len(times) * 95 // 100]


def on(name: str, url: str, blocks: int) -> bool:
    print(f"{name}, {blocks:,} blocks:", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--on", url, folder, str(blocks)]
        return subprocess.run(command, check=False).returncode == 0


def main(blocks: int) -> int:
    import psycopg

    good = []
    server = (os.environ.get("TRUNGHOA_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432").rstrip("/")
    try:
        admin = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        print(f"PostgreSQL: left out, no server answers ({str(error).splitlines()[0]})")
    else:
        name = f"trunghoa_bench_{uuid4().hex[:8]}"
        admin.execute(f"CREATE DATABASE {name}")
        try:
            good.append(on("PostgreSQL", f"{server}/{name}", blocks))
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.close()
    good.append(on("SQLite", "sqlite:///bench.sqlite3", blocks))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    return 0 if all(good) else 1


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--on", url, folder, blocks]:
            sys.exit(0 if measure(url, folder, int(blocks)) else 1)
        case given:
            sys.exit(main(int(given[0]) if given else BLOCKS))

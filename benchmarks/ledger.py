"""Transfers of the ledger through its services, beside databases doing bare work of the same size.

    python benchmarks/ledger.py [SECONDS]

PostgreSQL (server in TRUNGHOA_TEST_POSTGRES, else 127.0.0.1:5432): four processes transfer between random
accounts, most of them splitting a block, every commit durable, by turns with pgbench TPC-B and four clients.
SQLite with synchronous=FULL: one process, by turns with a loop of the statements that such a transfer needs,
typed by hand, on the same rows. Where there is no server or no pgbench, that part says so and is left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

CLIENTS, ACCOUNTS, BLOCKS, SCALE, ROUNDS = 4, 200, 2_000, 10, 5
MIN_OF_PGBENCH, MIN_OF_BARE = 0.40, 0.80
BLOCK = 1_000


def django(url: str, folder: str) -> None:
    os.environ.update(TRUNGHOA_DEMO="true", TRUNGHOA_VAR=folder, DATABASE_URL=url)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trunghoa.portal.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    if url.startswith("sqlite"):
        options = settings.DATABASES["default"]["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=NORMAL", "synchronous=FULL")
    django.setup()


def fill() -> None:
    """Accounts, one series, and its blocks spread over them."""
    from django.core.management import call_command

    from trunghoa.portal.core.accounts.models import User
    from trunghoa.portal.core.ledger import services
    from trunghoa.portal.core.ledger.models import Account, Series
    from trunghoa.portal.core.ledger.writing import Act

    call_command("migrate", verbosity=0)
    maker, checker = User.objects.create_user("maker"), User.objects.create_user("checker")
    issuer = Account.objects.create(party="VNM", kind="issuing")
    accounts = [Account.objects.create(party="VNM", kind="holding") for _ in range(ACCOUNTS)]
    series = Series.objects.create(code="S", unit="t CO2e", issuer=issuer)
    for n in range(BLOCKS):
        act = Act(key=uuid4(), by=maker, approved_by=checker)
        services.issue(act, series, accounts[n % ACCOUNTS], BLOCK)


def child(url: str, folder: str, seconds: float, seed: int) -> None:
    """Make ready, wait for the word, transfer until the time is over; tell the milliseconds of each."""
    django(url, folder)
    from trunghoa.portal.core.accounts.models import User
    from trunghoa.portal.core.ledger import services
    from trunghoa.portal.core.ledger.models import Account, Block, Series
    from trunghoa.portal.core.ledger.spans import Span
    from trunghoa.portal.core.ledger.writing import Act

    draw = random.Random(seed)
    maker, checker = (User.objects.get(username=name) for name in ("maker", "checker"))
    accounts, series = Account.objects.in_bulk(), Series.objects.get()
    holding = [pk for pk, row in accounts.items() if row.kind == "holding"]
    # Blocks of its own, accounts of everybody's: as on the page of an order, exact units are named.
    blocks = list(Block.objects.order_by("pk").values_list("account", "first", "last"))[seed::CLIENTS]
    print("ready", flush=True)
    sys.stdin.readline()
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        at = draw.randrange(len(blocks))
        source, first, last = blocks[at]
        upto = min(last, first + draw.randint(0, 19))
        target = next(pk for pk in draw.sample(holding, 2) if pk != source)
        act = Act(key=uuid4(), by=maker, approved_by=checker)
        services.transfer(act, accounts[source], accounts[target], [Span(series.pk, first, upto)])
        taken.append(1000 * (time.perf_counter() - start))
        blocks[at] = (target, first, upto)
        if upto < last:
            blocks.append((source, upto + 1, last))
    print(json.dumps(taken), flush=True)


def clients(url: str, folder: str, seconds: float, count: int) -> tuple[float, float]:
    """Transfers per second of so many processes, and the 95th percentile in milliseconds."""
    command = [sys.executable, __file__, "--child", url, folder, str(seconds)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen([*command, str(n)], **pipes) for n in range(count)]  # type: ignore[call-overload]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [json.loads(process.communicate()[0]) for process in running]
    taken = sorted(ms for each in found for ms in each)
    return len(taken) / seconds, taken[int(0.95 * len(taken))]


def pgbench(server: str, name: str, seconds: float) -> float:
    command = ["pgbench", "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))), "-n"]
    told = subprocess.run([*command, f"{server}/{name}"], capture_output=True, text=True, check=True).stdout
    return next(float(line.split()[2]) for line in told.splitlines() if line.startswith("tps"))


def on_postgresql(seconds: float, folder: str) -> bool:
    import psycopg

    server = (os.environ.get("TRUNGHOA_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432").rstrip("/")
    try:
        admin = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        print(f"PostgreSQL: left out, no server answers ({str(error).splitlines()[0]})")
        return True
    ours, theirs = (f"trunghoa_bench_{uuid4().hex[:8]}" for _ in range(2))
    try:
        admin.execute(f"CREATE DATABASE {ours}")
        url = f"{server}/{ours}"
        subprocess.run([sys.executable, __file__, "--fill", url, folder], check=True)
        peer = shutil.which("pgbench") is not None
        if not peer:
            rate, _ = clients(url, folder, seconds, CLIENTS)
            print(f"PostgreSQL, {CLIENTS} clients: {rate:.0f} transfers/s; there is no pgbench")
            return verified(url, folder)
        admin.execute(f"CREATE DATABASE {theirs}")
        quiet = {"check": True, "capture_output": True}
        fill_peer = ["pgbench", "-i", "-q", "-s", str(SCALE), f"{server}/{theirs}"]
        subprocess.run(fill_peer, **quiet)  # type: ignore[call-overload]
        print(f"PostgreSQL, {CLIENTS} clients, by turns: transfers/s | p95 ms | pgbench | ratio")
        ratios = []
        for _ in range(ROUNDS):
            rate, p95 = clients(url, folder, seconds / ROUNDS, CLIENTS)
            tps = pgbench(server, theirs, seconds / ROUNDS)
            ratios.append(rate / tps)
            print(f"  {rate:6.0f} | {p95:6.1f} | {tps:6.0f} | {ratios[-1]:.2f}")
        ratio = sorted(ratios)[ROUNDS // 2]
        print(f"  median ratio {ratio:.2f} (bound {MIN_OF_PGBENCH:.2f})")
        return verified(url, folder) and ratio >= MIN_OF_PGBENCH
    finally:
        for name in (ours, theirs):
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.close()


def verified(url: str, folder: str) -> bool:
    """What was written is whole; says how long that took to see."""
    environment = {**os.environ, "DATABASE_URL": url, "TRUNGHOA_VAR": folder, "TRUNGHOA_DEMO": "true"}
    start = time.perf_counter()
    manage = [sys.executable, "-m", "trunghoa.portal.manage", "ledger", "verify"]
    told = subprocess.run(manage, env=environment, capture_output=True, text=True, check=False)
    print(f"  verify in {time.perf_counter() - start:.1f} s: {(told.stdout or told.stderr).strip()[:160]}")
    return told.returncode == 0


def bare(path: Path, seconds: float) -> float:
    """The statements of a splitting transfer, by hand and without a service, in the ledger's own file."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        db.execute(f"PRAGMA {pragma}")
    accounts = [row[0] for row in db.execute("SELECT id FROM ledger_account WHERE kind = 'holding'")]
    people = [row[0] for row in db.execute("SELECT id FROM accounts_user ORDER BY id LIMIT 2")]
    draw, done = random.Random(1), 0
    insert = (
        "INSERT INTO ledger_ledgertransaction (key, kind, actor_id, approver_id, at, mark, body, sha256) "
        "VALUES (?, 'transfer', ?, ?, datetime(), '', ?, ?)"
    )
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        source, target = draw.sample(accounts, 2)
        db.execute("BEGIN IMMEDIATE")
        body = json.dumps({"kind": "transfer", "by": people[0], "source": source, "target": target})
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        row = db.execute(insert, (uuid4().hex, *people, body, sha256)).lastrowid
        db.execute("SELECT * FROM ledger_account WHERE id IN (?, ?) ORDER BY id", (source, target)).fetchall()
        block = db.execute(
            "SELECT id, series_id, first, last FROM ledger_block WHERE account_id = ? AND last > first "
            "ORDER BY series_id, first LIMIT 1", (source,),
        ).fetchone()  # fmt: skip
        pk, series, first, last = block
        upto = min(last - 1, first + draw.randint(0, 19))
        db.execute("UPDATE ledger_block SET first = ? WHERE id = ?", (upto + 1, pk))
        db.execute(
            "INSERT INTO ledger_block (series_id, first, last, account_id, state, marks) "
            "VALUES (?, ?, ?, ?, 'held', '{}')", (series, first, upto, target),
        )  # fmt: skip
        for account, sign in ((source, -1), (target, 1)):
            db.execute(
                "INSERT INTO ledger_posting (transaction_id, account_id, series_id, first, last, delta) "
                "VALUES (?, ?, ?, ?, ?, ?)", (row, account, series, first, upto, sign * (upto - first + 1)),
            )  # fmt: skip
        db.execute("COMMIT")
        done += 1
    db.close()
    return done / seconds


def on_sqlite(seconds: float, folder: str) -> bool:
    url = "sqlite:///bench.sqlite3"
    subprocess.run([sys.executable, __file__, "--fill", url, folder], check=True)
    path = Path(folder) / "bench.sqlite3"
    copy = Path(folder) / "bare.sqlite3"
    shutil.copy(path, copy)
    print(f"SQLite FULL, 1 client, {ROUNDS} rounds by turns: transfers/s | p95 ms | bare loop | ratio")
    ratios = []
    for _ in range(ROUNDS):
        rate, p95 = clients(url, folder, seconds / ROUNDS, 1)
        loop = bare(copy, seconds / ROUNDS)
        ratios.append(rate / loop)
        print(f"  {rate:6.0f} | {p95:6.1f} | {loop:6.0f} | {ratios[-1]:.2f}")
    ratio = sorted(ratios)[ROUNDS // 2]
    print(f"  median ratio {ratio:.2f} (bound {MIN_OF_BARE:.2f})")
    return verified(url, folder) and ratio >= MIN_OF_BARE


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        good = [on_postgresql(seconds, folder), on_sqlite(seconds, folder)]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    return 0 if all(good) else 1


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--child", url, folder, seconds, seed]:
            child(url, folder, float(seconds), int(seed))
        case ["--fill", url, folder]:
            django(url, folder)
            fill()
        case given:
            sys.exit(main(float(given[0]) if given else 10))

"""Requests a second on list pages of a served portal, beside a plain Django page of the same server.

    python benchmarks/load.py [SECONDS]

The portal runs as `trunghoa serve` runs it (granian, two workers). Sixteen connections that stay open ask
one page as fast as they are answered, from one other process that takes part of the same cores. CPU is that
of the server's processes alone, so it holds on a busy machine too. Rows are made up.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
LANDFILLS, FIGURES, ACTIVITIES = 10_000, 100_000, 10_000
CONNECTIONS = 16
MIN_RPS, MAX_P95_MS, MAX_CPU_MS = 300.0, 150.0, 6.0
PAGES = ("/vi/landfills/", "/vi/record/figures/", "/vi/workplan/")
MOST_QUERIES = 6


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            TRUNGHOA_DEMO="true", TRUNGHOA_VAR=folder, DJANGO_SETTINGS_MODULE="trunghoa.portal.settings"
        )
        os.environ.pop("DATABASE_URL", None)
        cookie = fill()
        port = free_port()
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--workers",
                "2",
                "--log-level",
                "error",
                "_plain_wsgi:application",
            ],
            cwd=HERE,
        )
        try:
            wait(port)
            return report(port, cookie, server.pid, seconds)
        finally:
            server.terminate()
            server.wait(timeout=20)


def fill() -> str:
    """Rows in a fresh database, and the cookie of an officer who is signed in."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    import landfill_list
    from trunghoa.portal.core.accounts.models import User

    landfill_list.fill(LANDFILLS)
    more_figures(FIGURES - 2 * LANDFILLS)
    activities(ACTIVITIES)
    call_command("collectstatic", interactive=False, verbosity=0)
    user = User.objects.create_user("officer", role="officer")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    return f"sessionid={client.cookies['sessionid'].value}"


def more_figures(count: int) -> None:
    from datetime import date
    from decimal import Decimal

    from trunghoa.portal.core.record.models import Figure, Place

    places = list(Place.objects.filter(kind="site")[:1000])
    Figure.objects.bulk_create(
        (
            Figure(
                system_id="S8", kind="landfill.ch4_emitted", place=places[n % 1000], amount=Decimal(n) / 7,
                period_start=date(1930 + n // 1000, 1, 1), period_end=date(1930 + n // 1000, 12, 31),
                unit="t",
                status="projected", quality="illustrative", source="made up", identity=f"more{n}",
            )
            for n in range(count)
        ),
        batch_size=500,
    )  # fmt: skip


def activities(count: int) -> None:
    """Activities of all systems in one year's plan, agreed, with three milestones each."""
    from datetime import date, timedelta
    from decimal import Decimal

    from trunghoa.portal.core.accounts.models import Organisation
    from trunghoa.portal.core.record.models import System
    from trunghoa.portal.systems.workplan.models import Activity, Milestone, WorkPlan

    plan = WorkPlan.objects.create(year=2026, meeting_no=5)
    for n in range(1, 11):
        System.objects.get_or_create(code=f"S{n}", defaults={"order": n, "name_vi": f"Hệ thống {n}"})
    leads = [
        Organisation.objects.create(code=f"lead-{side}", name_vi=f"Bộ {side}", side=side, kind="ministry")
        for side in ("VN", "JP")
    ]
    rows = []
    for n in range(count):
        row = Activity(
            plan=plan, ref=f"2026-S{n % 10 + 1}-{n:05d}", system_id=f"S{n % 10 + 1}", source="made up",
            title_vi=f"Hoạt động số {n}", state=("proposed", "agreed", "in_progress")[n % 3],
            lead_vn=leads[0], lead_jp=leads[1], start=date(2026, 1, 1), due=date(2026, 12, 31),
            quality="illustrative",
        )  # fmt: skip
        row.rank, row.search = row.ref, f"{row.ref} hoat dong so {n}".lower()
        rows.append(row)
    made = Activity.objects.bulk_create(rows, batch_size=500)
    Milestone.objects.bulk_create(
        (
            Milestone(
                activity=row, title_vi=f"Mốc {n}", due=date(2026, 2, 1) + timedelta(days=120 * n),
                owing="VN", weight=Decimal(1),
            )
            for row in made
            for n in range(3)
        ),
        batch_size=500,
    )  # fmt: skip


def queries(path: str) -> int:
    """How often a page asks the database when nothing of it is kept."""
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from trunghoa.portal.core.accounts.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        User.objects.get(username="officer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.get(path)
    caches["standing"].clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def report(port: int, cookie: str, pid: int, seconds: float) -> int:
    print(
        f"{CONNECTIONS} connections, {seconds:g} s a page; {ACTIVITIES:,} activities, "
        f"{LANDFILLS:,} landfills, {FIGURES:,} figures"
    )
    print(
        f"{'page':<28}{'requests/s':>11}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'x plain':>9}{'queries':>9}"
    )
    plain = measure(port, cookie, pid, "/plain/", seconds)
    show("plain Django", plain, plain)
    good = True
    for path in PAGES:
        found = measure(port, cookie, pid, path, seconds)
        asked = queries(path)
        show(path, found, plain, asked)
        good = good and found[0] >= MIN_RPS and found[2] <= MAX_P95_MS and found[3] <= MAX_CPU_MS
        good = good and asked <= MOST_QUERIES
    print(
        f"wanted on two idle cores: {MIN_RPS:g} requests/s, p95 {MAX_P95_MS:g} ms, {MAX_CPU_MS:g} ms CPU; "
        f"at most {MOST_QUERIES} queries where nothing is kept. Load now: {os.getloadavg()[0]:.1f}"
    )
    return 0 if good else 1


def show(name: str, found: tuple[float, ...], plain: tuple[float, ...], asked: int | None = None) -> None:
    rps, p50, p95, cpu = found
    count = f"{asked:9d}" if asked is not None else ""
    print(f"{name:<28}{rps:11.0f}{p50:8.1f}{p95:8.1f}{cpu:8.2f}{plain[3] / cpu:9.1f}{count}")


def measure(port: int, cookie: str, pid: int, path: str, seconds: float) -> tuple[float, float, float, float]:
    asyncio.run(load(port, cookie, path, 1.0))
    before = cpu_of(pid)
    times, spent = asyncio.run(load(port, cookie, path, seconds))
    used = cpu_of(pid) - before
    times.sort()
    return (
        len(times) / spent,
        1000 * times[len(times) // 2],
        1000 * times[len(times) * 95 // 100],
        1000 * used / len(times),
    )


async def load(port: int, cookie: str, path: str, seconds: float) -> tuple[list[float], float]:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    times: list[float] = []
    began = time.perf_counter()
    await asyncio.gather(*(ask(port, request, began + seconds, times) for _ in range(CONNECTIONS)))
    return times, time.perf_counter() - began


async def ask(port: int, request: bytes, end: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (start := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - start)
    writer.close()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    ticks = os.sysconf("SC_CLK_TCK")
    family, total = {pid}, 0
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda p: int(p.parent.name)):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        if number in family or int(fields[1]) in family:
            family.add(number)
            total += int(fields[11]) + int(fields[12])
    return total / ticks


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(port: int) -> None:
    for _ in range(3000):  # two workers start slowly where others work too
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server does not answer")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0))

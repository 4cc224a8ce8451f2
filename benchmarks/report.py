"""The joint report: three languages, about forty pages each, HTML, PDF and xlsx, from one freeze.

Bound: 30 s of CPU for all three languages. Peer: WeasyPrint 70.0 takes about 0.01 s of CPU per table row
(measured by the project on 5, 100 and 400 rows), so the peer's time is reckoned from the rows printed.
The figures are made up for the measurement and marked illustrative.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

TARGET = 30.0
PEER_SECONDS_PER_ROW = 0.01
SITES, FIRST_YEAR, YEARS, CHARTS = 34, 2000, 31, 8


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "TRUNGHOA_DEMO": "true",
            "TRUNGHOA_VAR": folder,
            "DATABASE_URL": "sqlite:///report.sqlite3",
            "DJANGO_SETTINGS_MODULE": "trunghoa.portal.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return measure()


def measure() -> int:
    from trunghoa.portal.core.publication import freezing, rendering, sections

    seed()
    sections.unregister("S8")
    sections.register(sections.Section("S8", "home", print, print, headline, report))
    titles = {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}
    began, wall = cpu(), time.perf_counter()
    publication = freezing.freeze("benchmark", titles, on=date(2026, 3, 1), systems=["S8"])
    frozen = cpu() - began
    files = rendering.render(publication)
    used, waited = cpu() - began, time.perf_counter() - wall
    pages = {f.lang: pages_of(f.content) for f in files if f.format == "pdf"}
    rows = sum(f.content.count(b"<tr>") for f in files if f.format == "html")
    print(f"pages: {pages}; table rows in all: {rows}; figures frozen: {SITES * YEARS}")
    print(f"freezing: {frozen:.2f} s CPU")
    print(f"freezing and three languages, HTML + PDF + xlsx: {used:.2f} s CPU, {waited:.2f} s elapsed")
    print(f"to the bound of {TARGET:.0f} s: ratio {used / TARGET:.2f}")
    peer = rows * PEER_SECONDS_PER_ROW
    print(
        f"to WeasyPrint at {PEER_SECONDS_PER_ROW} s a row, PDF alone ({peer:.1f} s): ratio {used / peer:.2f}"
    )
    return 0 if used <= TARGET else 1


def pages_of(pdf: bytes) -> int | str:
    try:
        import pypdf
    except ImportError:
        return "not counted (pypdf comes with the test requirements)"
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def cpu() -> float:
    """CPU seconds of this process and its children, all threads."""
    return sum(os.times()[:4])


def seed() -> None:
    from trunghoa.portal.core.record import figures
    from trunghoa.portal.core.record.models import Place, System
    from trunghoa.quantities import Figure, Period, Quality, Status

    for n in range(1, 11):
        System.objects.create(
            code=f"S{n}", order=n, name_vi=f"Hệ thống {n}", name_ja=f"分野{n}", name_en=f"System {n}"
        )
    for n in range(SITES):
        site = Place.objects.create(
            era="site",
            code=f"bench-{n}",
            kind="site",
            name_vi=f"Bãi {n}",
            name_ja=f"処分場{n}",
            name_en=f"Site {n}",
        )
        figures.put(
            Figure(
                system="S8", kind="landfill.ch4_emitted", place=site.key, period=Period.year(FIRST_YEAR + y),
                amount=Decimal(1000 * n + 7 * y) / 3, unit="t", gas="CH4", status=Status.PROJECTED,
                quality=Quality.ILLUSTRATIVE, source="made up for this measurement", method="IPCC 2019 V5",
            )
            for y in range(YEARS)
        )  # fmt: skip


def headline(rows: Any) -> Any:
    from trunghoa.portal.core.publication.blocks import Number, Paragraph

    return Paragraph("Methane: {x}", x=Number(rows.last(), 1))


def report(rows: Any) -> list[Any]:
    from trunghoa.portal.core.publication.blocks import (
        ChartBlock,
        Column,
        Heading,
        Name,
        Number,
        Paragraph,
        PeriodValue,
        Table,
        Text,
        UnitName,
    )

    by_site: dict[int, list[Any]] = {}
    for figure in rows:
        by_site.setdefault(figure.place_id, []).append(figure)
    blocks: list[Any] = []
    for n, found in enumerate(by_site.values()):
        columns = (
            Column(Text("Year")),
            Column(Text("Methane emitted, {gas}", gas=UnitName("CH4")), unit="t", numeric=True),
            Column(Text("In kilotonnes"), unit="kt", numeric=True),
        )
        cells = tuple(
            (PeriodValue(f.period), Number(f, 1, unit="none"), Number(f, 3, unit="none", shown_in="kt"))
            for f in found
        )
        table = Table(Text("Methane by year"), columns, cells)
        blocks.append(Heading("{site}", site=Name.of(found[0].place)))
        blocks.append(Paragraph("In {year}: {x}", year=PeriodValue(found[0].period), x=Number(found[0], 1)))
        if n < CHARTS:
            blocks.append(ChartBlock(partial(chart, tuple(found)), Text("Methane"), Text("Methane"), table))
        else:
            blocks.append(table)
    return blocks


def chart(found: Any, lang: str) -> Any:
    import altair

    values = [{"x": f.period_start.year, "y": float(f.amount)} for f in found]
    drawing = altair.Chart(altair.Data(values=values), width=420, height=180).mark_line(aria=False)
    return drawing.encode(x=altair.X("x:Q", axis=altair.Axis(format="d")), y="y:Q")


if __name__ == "__main__":
    sys.exit(main())

"""A made-up report of one system, with every kind of block in it. Its figures are marked illustrative."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from trunghoa import quantities
from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.publication import rendering, sections, tasks, words
from trunghoa.portal.core.publication.blocks import (
    ChartBlock,
    Column,
    Count,
    DateValue,
    Heading,
    List,
    Missing,
    Name,
    Note,
    Number,
    Paragraph,
    PeriodValue,
    Reference,
    Table,
    Text,
    UnitName,
)
from trunghoa.portal.core.publication.freezing import freeze
from trunghoa.portal.core.record import figures as record_figures
from trunghoa.portal.core.record.models import Place, Run, System
from trunghoa.portal.core.workflow import moves, signing
from trunghoa.quantities import Period, PlaceKey, Quality, Status, format_number

ON = date(2026, 3, 1)
TITLES = {"vi": "Báo cáo chung", "ja": "共同報告書", "en": "Joint report"}
COVER = {
    "meeting": {"vi": "Phiên họp Nhóm công tác chung lần thứ 4", "ja": "第4回合同作業部会", "en": "4th JWG"},
    "held_on": "2026-03-20",
    "co_chairs": [{"vi": "Ông A (Việt Nam)", "ja": "A氏（ベトナム）", "en": "Mr A (Viet Nam)"}],
}
PARAMETERS = [
    {
        "label": "landfill_k[waste=food]",
        "value": "0.40",
        "unit": "1/yr",
        "quality": "unverified",
        "source": "V5 T3.3",
    },
    {"label": "gwp[gas=CH4]", "value": "28", "unit": "1", "quality": "verified", "source": "AR5 WG1 T8.A.1"},
]


@pytest.fixture(autouse=True)
def documents_in(settings, tmp_path):
    settings.DOCUMENT_ROOT = tmp_path / "documents"
    translate = words.translate
    translate.cache_clear()
    yield
    translate.cache_clear()


@pytest.fixture(autouse=True)
def registry():
    """Each test registers the sections it needs."""
    before = dict(sections._REGISTERED)
    sections._REGISTERED.clear()
    yield sections._REGISTERED
    sections._REGISTERED.clear()
    sections._REGISTERED.update(before)


@pytest.fixture
def ten(db):
    return [
        System.objects.create(
            code=f"S{n}", order=n, name_vi=f"Hệ thống {n}", name_ja=f"分野{n}", name_en=f"System {n}"
        )
        for n in range(1, 11)
    ]


def value(place: PlaceKey, amount: str, year: int = 2024, **more) -> quantities.Figure:
    given = {
        "system": "S8", "kind": "landfill.ch4_emitted", "place": place, "period": Period.year(year),
        "amount": Decimal(amount), "unit": "t", "gas": "CH4", "status": Status.PROJECTED,
        "quality": Quality.VERIFIED, "source": "IPCC 2019 V5 ch3", "method": "FOD 1.0",
    } | more  # fmt: skip
    return quantities.Figure(**given)


@pytest.fixture
def place(db):
    return Place.objects.create(
        era="site",
        code="nam-son",
        kind="site",
        name_vi="Bãi Nam Sơn 1",
        name_ja="ナムソン第1処分場",
        name_en="Nam Son 1",
    )


@pytest.fixture
def run(db):
    return Run.objects.create(
        pk=UUID(int=1),
        kernel="landfill",
        version="1",
        parameters_version="p1",
        inputs_sha256="0" * 64,
        parameters=PARAMETERS,
    )


@pytest.fixture
def figures(ten, place, run):
    """Ten years of methane, one of them with bounds, two qualities, and a reduction in CO2e."""
    key = place.key
    rows = [value(key, f"{12345 + 67 * i}.678", 2015 + i) for i in range(10)]
    rows.append(
        value(
            key, "1999.5", 2025, lower=Decimal("1500.25"), upper=Decimal("2600"), quality=Quality.UNVERIFIED
        )
    )
    rows.append(
        value(
            key, "-54321.0987", 2026, kind="landfill.emission_reduction", unit="tCO2e", gas="", gwp_set="AR5",
            status=Status.PLANNED, quality=Quality.ILLUSTRATIVE,
        )
    )  # fmt: skip
    return record_figures.put(rows, run=run)


def headline(rows):
    latest = rows.filter(kind="landfill.ch4_emitted").last()
    if latest is None:
        return Missing(Text("the methane of the landfills"), Text("the landfill operators"))
    return Paragraph(
        "Methane in {period}: {amount}", period=PeriodValue(latest.period), amount=Number(latest, 1)
    )


def table(rows, limit=60):
    cells = tuple(
        (PeriodValue(f.period), Number(f, 1, unit="none"), Number(f, 3, shown_in="kt"))
        for f in rows
        if f.unit == "t"
    )
    columns = (
        Column(Text("Year")),
        Column(Text("Methane emitted, {gas}", gas=UnitName("CH4")), unit="t", numeric=True),
        Column(Text("Methane emitted"), numeric=True),
    )
    return Table(Text("Methane by year"), columns, cells, limit=limit)


def chart(figures, lang):
    """Bars of the figures, each telling its year and amount in the reader's writing."""
    import altair

    rows = [
        {
            "x": str(f.period_start.year),
            "y": float(f.amount),
            "told": f"{f.period_start.year}: {format_number(f.amount, lang, 1)}",
        }
        for f in figures
    ]
    return altair.Chart(altair.Data(values=rows)).mark_bar().encode(x="x:O", y="y:Q", description="told:N")


def report(rows):
    found = list(rows)
    if not found:
        return ()
    bounded = next((f for f in found if f.lower is not None), None)
    saved = next((f for f in found if f.unit == "tCO2e"), None)
    if bounded is None or saved is None:
        return (table(found),)
    return (
        Paragraph(
            "From {first} to {last}, {ref}: {low} to {high} at {site} on {day}.",
            first=PeriodValue(found[0].period),
            last=PeriodValue(Period.japan_fiscal_year(2024)),
            ref=Reference("Decision 896/QĐ-TTg"),
            low=Number(bounded, 0, part="lower"),
            high=Number(bounded, 0, part="upper"),
            site=Name.of(bounded.place),
            day=DateValue(date(2025, 7, 1)),
        ),
        Paragraph("{n} figure", plural="{n} figures", by="n", n=Count.over(found)),
        Heading("Reductions"),
        List((Text("Saved: {x}", x=Number(saved, 2)), Text("In {gas}", gas=UnitName("CO2")))),
        Note("Read the annexes."),
        table(found),
        ChartBlock(
            partial(chart, [f for f in found if f.unit == "t"][-3:]),
            Text("Methane in two years"),
            Text("Bars of methane for each year"),
            table(found[-3:]),
        ),
        Missing(Text("monitored tonnes"), Reference("URENCO 8")),
    )


def section(report=report, headline=headline) -> sections.Section:
    return sections.Section("S8", "landfills:list", lambda w: None, lambda p: None, headline, report)


@pytest.fixture
def publication(figures):
    sections.register(section())
    return freeze("jwg-2026", TITLES, on=ON, cover=COVER)


RENDERED: dict[str, list[rendering.RenderedFile]] = {}


@pytest.fixture
def rendered_once(monkeypatch):
    """For what is done with files: each freeze is rendered once. That bytes are the same is tested apart."""

    def render(publication, progress=rendering.quiet):
        found = RENDERED.get(publication.manifest_sha256) or rendering.render(publication, progress)
        return RENDERED.setdefault(publication.manifest_sha256, found)

    monkeypatch.setattr(tasks, "render", render)


@pytest.fixture
def officers(db):
    """An officer of each side."""
    found = {}
    for side, code in (("VN", "east"), ("JP", "west")):
        names = {f"name_{lang}": f"Bộ {code} {lang}" for lang in ("vi", "ja", "en")}
        organisation = Organisation.objects.create(code=code, side=side, kind="ministry", **names)
        found[side] = User.objects.create_user(
            f"officer-{side}",
            password="correct horse battery",
            role=User.Role.OFFICER,
            organisation=organisation,
        )
    return found


def step(publication, verb, by, **inputs):
    """One move, made by who has just read the page."""
    publication.refresh_from_db()
    return moves.move(
        publication, verb, by, revision=publication.revision, inputs=inputs,
        seen=signing.revision_hash(publication),
    )  # fmt: skip


def publish(publication, officers):
    """Render, propose, sign for both sides, publish."""
    tasks.produce(publication)
    step(publication, "propose", officers["VN"])
    step(publication, "sign", officers["VN"])
    step(publication, "sign", officers["JP"])
    step(publication, "publish", officers["JP"])
    return publication

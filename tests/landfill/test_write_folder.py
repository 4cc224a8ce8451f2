"""A landfill written as a folder is read back as the same landfill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from trunghoa.landfill import (
    Checklist,
    Choices,
    Climate,
    Conversion,
    Departure,
    DepositRow,
    Deposits,
    Fuel,
    Landfill,
    LandgemChoice,
    Override,
    Project,
    Recovery,
    Site,
    Tool04Choice,
    folder_files,
    read_folder,
    resolve,
    run,
)
from trunghoa.landfill.finance import Terms
from trunghoa.parameters import Parameters
from trunghoa.quantities import PlaceKey, Quality

DAY = date(2026, 1, 1)
WELL = Checklist(True, True, True, True)
SITE = Site(
    PlaceKey("site", "nam-son-2"),
    'Bãi rác "Nam Sơn" \\ 第一 \t\x7f',
    2015,
    2020,
    place=PlaceKey("2025", "01"),
    latitude=21.3,
    longitude=105.8,
    climate=Climate(mat=23.456789, map=1700.0, source="station\nHà Nội"),
    managed=False,
    depth=12.5,
    water_table=1e-05,
    high_water_table=True,
    cover="soil",
    checklist=Checklist(True, None, False),
    conversions=(
        Conversion(date(2018, 7, 1), "semi_aerobic", WELL, "certificate"),
        Conversion(date(2019, 7, 1), "semi_aerobic", Checklist()),
    ),
    source="records",
    quality=Quality.ILLUSTRATIVE,
)
DEPOSITS = Deposits(
    (
        DepositRow(2015, {}, Decimal("1000.125")),
        DepositRow(2017, {"food": Decimal("0.1"), "plastic": Decimal(2), "paper": Decimal(0)}, Decimal(7)),
        DepositRow(2018, {"food": Decimal(10**21), "plastic": Decimal(0), "paper": Decimal(0)}),
    ),
    {"food": Decimal("0.6"), "other": Decimal("0.4")},
    (2016,),
    "weighbridge",
)


def again(landfill: Landfill, tmp_path: Path) -> tuple[Landfill, date | None]:
    for name, text in folder_files(landfill, DAY).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return read_folder(tmp_path)


def plain(landfill: Landfill) -> Landfill:
    rows = tuple(DepositRow(r.year, r.tonnes, r.total) for r in landfill.deposits.rows)
    given = landfill.deposits
    deposits = Deposits(rows, dict(given.composition), given.gap_years, given.source)
    return Landfill(landfill.site, deposits, landfill.choices, landfill.project, landfill.finance)


def test_everything_a_landfill_may_say_comes_back(tmp_path: Path) -> None:
    choices = Choices(
        guideline="IPCC2006",
        reaction_start_month=7.5,
        oxidation=Decimal("0.1"),
        oxidation_reason="measured",
        horizon=2060,
        gwp_set="AR6",
        methods=("fod", "tool04_yearly", "landgem"),
        recovery=Recovery({2018: Decimal("1.5")}, {2019: Decimal("0.2")}, True, "flare kept", "meter"),
        tool04=Tool04Choice("08.1", "A", "humid", Decimal("0.3")),
        landgem=LandgemChoice("inventory", "density_0C"),
        overrides={
            "k.food": Override(Decimal("0.4"), "trial", Quality.VERIFIED, Decimal("0.3"), Decimal("0.5")),
            "doc.food": Override(Decimal("0.2"), "lab", basis="dry", dry_matter=Decimal("0.4")),
        },
    )
    project = Project(
        start_year=2021,
        end_year=2030,
        to="",
        checklist=WELL,
        electricity={2021: Decimal(20)},
        grid_ef=Decimal("0.66"),
        grid_ef_source="ministry",
        fuels=(Fuel("diesel", {2022: Decimal("3.5")}, Decimal(43), Decimal("74.1"), "IPCC"),),
        departure=Departure("template", Decimal("0.1"), {"food": Decimal("0.7")}),
    )
    finance = Terms(
        2020, Decimal("0.08"), Decimal(15), Decimal("0.5"), {2020: Decimal(10**6)},
        {2021: Decimal(90000)}, {2020: Decimal(400000)}, {2022: Decimal("7.25")},
    )  # fmt: skip
    given = Landfill(SITE, DEPOSITS, choices, project, finance)
    found, as_of = again(given, tmp_path)
    assert as_of == DAY
    assert plain(found) == plain(given)


def test_a_year_of_which_only_the_total_is_known_gives_the_same_digits(tmp_path: Path) -> None:
    site = Site(
        PlaceKey("site", "a"), "A", 2015, climate=Climate(mat=24.0, map=1700.0), managed=True, source="x"
    )
    given = Landfill(site, DEPOSITS)
    found, as_of = again(given, tmp_path)
    tables = Parameters.load()
    assert as_of is not None
    assert run(resolve(found, tables, as_of)).as_dict() == run(resolve(given, tables, DAY)).as_dict()

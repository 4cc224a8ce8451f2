"""Two landfills: one of operator alpha in Hà Nội with a project, one of beta in Cần Thơ."""

from decimal import Decimal

import pytest

from trunghoa.portal.systems.landfills import tasks
from trunghoa.portal.systems.landfills.models import Conversion, Deposit, Fund, Landfill, Project

YEARS = range(2015, 2031)


def make_landfill(place, tonnes="100000", **more):
    attributes = {
        "opened": 2015, "mat": Decimal("24"), "map": Decimal("1700"), "managed": True,
        "source": "records of the operator", "quality": "verified", "as_of": "2026-01-01", **more,
    }  # fmt: skip
    landfill = Landfill.objects.create(place=place, **attributes)
    Deposit.objects.bulk_create(
        Deposit(
            landfill=landfill,
            year=y,
            waste=w,
            tonnes=Decimal(tonnes) * s,
            quality="verified",
            source=f"log {y}",
        )
        for y in YEARS
        for w, s in (("food", Decimal("0.5")), ("paper", Decimal("0.1")), ("plastic", Decimal("0.4")))
    )
    landfill.refresh_from_db()
    return landfill


def run_now(landfill):
    """Run a landfill as a worker would."""
    landfill.refresh_from_db()
    found, _needed = tasks.request_run(landfill)
    tasks.execute(found)
    found.refresh_from_db()
    landfill.refresh_from_db()
    return found


@pytest.fixture
def landfill(sites, systems):
    return make_landfill(sites[0])


@pytest.fixture
def other(sites, systems):
    return make_landfill(sites[1], tonnes="40000")


@pytest.fixture
def fund(db):
    return Fund.objects.create(
        code="fund", name_vi="Quỹ", cap=Decimal("3000000"), source="minutes of the meeting"
    )


def make_project(landfill, grant="1200000", **more):
    attributes = {
        "works_year": 2026, "start_year": 2027, "end_year": 2030, "capex": {"2026": "3000000"},
        "opex": {"every": "250000"}, "grants": {"2026": grant}, "price": Decimal(15), "share": Decimal("0.5"),
        "discount_rate": Decimal("0.08"), "permeable_cover": True, "leachate_drainage_not_sunk": True,
        "regulated_pondage": True, "gas_vents": True, "source": "study", "quality": "verified", **more,
    }  # fmt: skip
    return Project.objects.create(landfill=landfill, **attributes)


@pytest.fixture
def project(landfill, fund):
    return make_project(landfill, fund=fund)


@pytest.fixture
def converted(landfill):
    Conversion.objects.create(
        landfill=landfill, on="2022-01-01", to="semi_aerobic", source="acceptance certificate"
    )
    return landfill

"""A trading scheme along a pathway: what the law lays down, what is assumed, and how sectors settle."""

from datetime import date
from decimal import Decimal

import pytest

from trunghoa.parameters import Parameters
from trunghoa.pathways import ets, scheme
from trunghoa.quantities import InputError, ParameterError, Quality

YEARS = (2020, 2025, 2030, 2050)


def sector(name="steel", emissions=(900, 1000, 1200, 600), output=(9, 10, 15, 20)):
    def course(amounts):
        return {year: Decimal(amount) for year, amount in zip(YEARS, amounts, strict=True)}

    return scheme.Sector(name, course(emissions), course(output))


@pytest.fixture(scope="module")
def parameters():
    return Parameters.load()


@pytest.fixture(scope="module")
def course(parameters):
    return scheme.along(parameters, "VN", [sector(), sector("cement")], YEARS)


def test_a_scheme_begins_in_the_first_year_of_its_pilot(course):
    assert [row.year for row in course.years] == [2025, 2030, 2050]


def test_in_the_first_year_each_sector_has_what_it_emits(course):
    first = course.years[0]
    assert {(s.obligation, s.free, s.bought, s.offsets) for s in first.settlements} == {(1000, 1000, 0, 0)}
    assert first.laid_down.value == 243082392
    assert first.rules.quality is Quality.VERIFIED


def test_later_a_sector_gets_the_benchmark_of_its_first_intensity(course):
    # 1000 t for 10 units at first: 0.9 × 100 × 15 = 1350 allowances, a tenth of them auctioned.
    later = course.years[1].settlements[0]
    assert (later.obligation, later.free) == (1200, 1215)
    assert (later.surplus, later.bought) == (15, 0)
    last = course.years[2].settlements[0]
    # 0.2 × 100 × 20 = 400, half of them auctioned; credits, which are cheaper, cover three tenths of 600.
    assert (last.free, last.offsets, last.auctioned, last.bought) == (200, 180, 200, 20)
    assert last.cost == 180 * 2000000 + 220 * 2500000


def test_credits_stay_within_the_share_of_the_law(course):
    for row in course.years:
        assert (
            row.market.offsets <= row.most_credits == 2 * int(Decimal("0.3") * row.settlements[0].obligation)
        )


def test_prices_lie_on_the_line_between_dated_points(parameters):
    halfway = scheme.along(parameters, "VN", [sector()], (2025, 2030)).years
    assert [row.price for row in halfway] == [133000, 260000]
    assert halfway[1].credit_price == 100000 + (2000000 - 100000) * Decimal(5) / 25


def test_what_the_law_leaves_open_is_assumed_and_said_to_be(course, parameters):
    assert course.quality is Quality.ILLUSTRATIVE
    share = course.years[1].rules.used[1]
    assert (share.name, share.quality) == ("ets_assumptions", Quality.ILLUSTRATIVE)
    assert course.years[0].rules.used[1].name == "ets"
    with pytest.raises(ParameterError):
        ets.rules(parameters, "VN", date(2030, 1, 1))
    assert all(p.source for p in course.used)


def test_a_sector_that_makes_nothing_at_first_is_refused_by_name(parameters):
    with pytest.raises(InputError, match="idle makes nothing in 2025"):
        scheme.along(parameters, "VN", [sector("idle", output=(0, 0, 1, 1))], YEARS)


def test_an_unknown_scheme_is_named(parameters):
    with pytest.raises(ParameterError, match="XX"):
        scheme.along(parameters, "XX", [sector()], YEARS)

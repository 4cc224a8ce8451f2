from dataclasses import replace
from decimal import Decimal

import pytest

from trunghoa.quantities import Figure, Period, PlaceKey, Quality, Status, TrungHoaError, UnitError, worst

METHANE = Figure(
    system="S8",
    kind="landfill.ch4_emitted",
    place=PlaceKey("site", "nam-son"),
    period=Period.year(2024),
    amount=Decimal("11.5"),
    unit="t",
    status=Status.PROJECTED,
    quality=Quality.UNVERIFIED,
    source="a run",
    gas="CH4",
    lower=Decimal(9),
    upper=Decimal(14),
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "tCO2e"}, "a CO2e figure names its GWP set"),
        ({"unit": "USD/tCO2e"}, "a CO2e figure names its GWP set"),
        ({"gwp_set": "AR5"}, "and no other figure does"),
        ({"source": "  "}, "without a source"),
        ({"amount": Decimal("NaN")}, "not a finite number"),
        ({"amount": Decimal("Infinity")}, "not a finite number"),
        ({"lower": Decimal("NaN")}, "not a finite number"),
        ({"amount": 11.5}, "are Decimals"),
        ({"lower": None}, "both bounds or none"),
        ({"lower": Decimal(15)}, "15 to 14 are reversed"),
        ({"gas": "ch4"}, "is written CH4"),
        ({"system": "8"}, "is not a system"),
        ({"kind": "methane"}, "dotted name"),
    ],
)
def test_a_figure_that_breaks_a_rule_cannot_be_made(change, message):
    with pytest.raises(TrungHoaError, match=message):
        replace(METHANE, **change)


def test_a_figure_in_an_unknown_unit_cannot_be_made():
    with pytest.raises(UnitError):
        replace(METHANE, unit="tonnes")


def test_statuses_stand_apart():
    keys = {replace(METHANE, status=status).key for status in Status}
    assert len(keys) == len(Status) == 6


def test_a_correction_keeps_the_key():
    assert replace(METHANE, amount=Decimal(12), source="another run").key == METHANE.key
    assert replace(METHANE, scenario="reference").key != METHANE.key
    assert replace(METHANE, period=Period.japan_fiscal_year(2024)).key != METHANE.key


def test_a_result_is_as_good_as_its_worst_input():
    assert worst([]) is Quality.VERIFIED
    assert worst([Quality.VERIFIED, Quality.UNVERIFIED]) is Quality.UNVERIFIED
    assert worst([Quality.ILLUSTRATIVE, Quality.VERIFIED]) is Quality.ILLUSTRATIVE

"""What first-order decay must do whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from trunghoa.landfill import first_order_decay, tool04
from trunghoa.landfill.fod import CH4_PER_CARBON, Methane, decompose
from trunghoa.landfill.landgem import methane_volume

Array = NDArray[np.float64]
TYPES = 3
tonnes = st.lists(st.lists(st.floats(0, 1e6), min_size=TYPES, max_size=TYPES), min_size=2, max_size=25).map(
    np.array
)
rates = st.lists(st.floats(0.01, 1.0), min_size=TYPES, max_size=TYPES).map(np.array)
months = st.floats(7.0, 25.0)
mcfs = st.floats(0.0, 1.0)
DOC = np.array([0.15, 0.40, 0.43])
DOCF = np.array([0.7, 0.5, 0.1])


def decay(
    waste: Array, k: Array, *, mcf: Array | float = 1.0, month: float = 13.0, oxidation: float = 0.0
) -> Methane:
    none = np.zeros(len(waste))
    level = np.broadcast_to(np.asarray(mcf, float), (len(waste),))
    return first_order_decay(
        waste, level, DOC, DOCF, k,
        f=0.5, oxidation=none + oxidation, recovered=none, reaction_start_month=month,
    )  # fmt: skip


def padded(waste: Array, *, before: int = 0, after: int = 0) -> Array:
    return np.pad(waste, ((before, after), (0, 0)))


@settings(max_examples=40, deadline=None)
@given(tonnes, rates, months)
def test_all_methane_ever_generated_is_the_carbon_put_in(waste: Array, k: Array, month: float) -> None:
    # 5,000 years at k ≥ 0.01 leave e^-50 of the carbon.
    found = decay(padded(waste, after=5000), k, month=month)
    assert found.generated.sum(axis=0) == pytest.approx(
        waste.sum(axis=0) * DOC * DOCF * 0.5 * CH4_PER_CARBON, rel=1e-9, abs=1e-9
    )


@given(tonnes, rates, months)
def test_what_decomposed_and_what_is_left_are_what_was_put_in_at_any_time(
    waste: Array, k: Array, month: float
) -> None:
    decomposed, accumulated = decompose(waste, k, month)
    assert np.cumsum(decomposed, axis=0) + accumulated == pytest.approx(
        np.cumsum(waste, axis=0), rel=1e-9, abs=1e-6
    )


@given(tonnes, tonnes, rates, st.floats(0, 10))
def test_it_is_linear_in_the_waste(one: Array, two: Array, k: Array, factor: float) -> None:
    years = max(len(one), len(two))
    one, two = padded(one, after=years - len(one)), padded(two, after=years - len(two))
    together = decay(one + factor * two, k).emitted
    assert together == pytest.approx(
        decay(one, k).emitted + factor * decay(two, k).emitted, rel=1e-9, abs=1e-6
    )


@given(tonnes, rates, mcfs, mcfs, st.data())
def test_a_conversion_leaves_the_waste_that_lies_already_alone(
    waste: Array, k: Array, before: float, after: float, data: st.DataObject
) -> None:
    year = data.draw(st.integers(0, len(waste)))
    mcf = np.where(np.arange(len(waste)) < year, before, after)
    old, new = waste.copy(), waste.copy()
    old[year:], new[:year] = 0.0, 0.0
    expected = decay(old, k, mcf=before).generated + decay(new, k, mcf=after).generated
    assert decay(waste, k, mcf=mcf).generated == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(tonnes, rates, months, st.integers(1, 20))
def test_shifting_all_years_shifts_the_output(waste: Array, k: Array, month: float, shift: int) -> None:
    later = decay(padded(waste, before=shift), k, month=month).emitted
    assert np.array_equal(later[shift:], decay(waste, k, month=month).emitted)
    assert not later[:shift].any()


@given(tonnes)
def test_waste_that_does_not_decay_gives_nothing(waste: Array) -> None:
    found = decay(waste, np.zeros(TYPES), month=7.0)
    assert not found.generated.any()
    nearly = decay(waste, np.full(TYPES, 1e-12), month=13.0).generated
    carbon = np.cumsum(waste, axis=0)[:-1] * DOC * DOCF
    # expm1 keeps what 1 - exp(-k) would lose to rounding.
    assert nearly[1:] == pytest.approx(carbon * 1e-12 * 0.5 * CH4_PER_CARBON, rel=1e-9, abs=1e-30)


@given(tonnes)
def test_waste_that_decays_at_once_is_gone_the_year_after(waste: Array) -> None:
    found = decay(padded(waste, after=1), np.full(TYPES, 800.0)).generated
    assert found[1:] == pytest.approx(waste * DOC * DOCF * 0.5 * CH4_PER_CARBON, rel=1e-12, abs=1e-12)
    assert not found[0].any()


@given(tonnes, rates, months, st.data())
def test_closing_a_site_never_raises_later_emissions(
    waste: Array, k: Array, month: float, data: st.DataObject
) -> None:
    closed = waste.copy()
    closed[data.draw(st.integers(0, len(waste))) :] = 0.0
    assert (decay(closed, k, month=month).emitted <= decay(waste, k, month=month).emitted * (1 + 1e-12)).all()


@given(tonnes, rates, st.permutations(range(TYPES)))
def test_the_order_of_waste_types_does_not_matter(waste: Array, k: Array, order: list[int]) -> None:
    none = np.zeros(len(waste))
    mixed = first_order_decay(
        waste[:, order], none + 1, DOC[order], DOCF[order], k[order], f=0.5, oxidation=none, recovered=none
    )
    assert np.array_equal(mixed.generated, decay(waste, k).generated[:, order])


@given(tonnes, rates)
def test_kilotonnes_in_are_kilotonnes_out(waste: Array, k: Array) -> None:
    assert decay(waste / 1000, k).emitted * 1000 == pytest.approx(decay(waste, k).emitted, rel=1e-9, abs=1e-9)


@given(tonnes, rates, st.floats(7, 13), st.floats(7, 13))
def test_a_longer_delay_never_leaves_less_carbon(waste: Array, k: Array, one: float, two: float) -> None:
    early, late = sorted((one, two))
    assert (
        decay(waste, k, month=late).accumulated >= decay(waste, k, month=early).accumulated * (1 - 1e-12)
    ).all()


@given(tonnes, rates)
def test_a_delay_of_one_more_year_is_the_default_one_year_later(waste: Array, k: Array) -> None:
    assert decay(waste, k, month=25.0).generated[1:] == pytest.approx(
        decay(waste, k, month=13.0).generated[:-1], rel=1e-12, abs=1e-12
    )


@given(tonnes, rates)
def test_tool04_decay_is_one_year_ahead_of_the_default(waste: Array, k: Array) -> None:
    found = tool04.yearly(
        waste, DOC, k, docf=0.5, mcf=1.0, f=0.5, oxidation=0.0, phi=1.0, captured=0.0, gwp=1.0
    )
    none = np.zeros(len(waste) + 1)
    default = first_order_decay(
        padded(waste, after=1), none + 1, DOC, np.full(TYPES, 0.5), k, f=0.5, oxidation=none, recovered=none
    ).generated.sum(axis=1)
    assert found == pytest.approx(default[1:], rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(tonnes, rates)
def test_tool04_monthly_and_yearly_agree_in_the_long_run(waste: Array, k: Array) -> None:
    arguments = {
        "docf": 0.5,
        "mcf": 1.0,
        "f": 0.5,
        "oxidation": 0.1,
        "phi": 0.85,
        "captured": 0.0,
        "gwp": 28.0,
    }
    long = padded(waste, after=4000)
    months = tool04.monthly(tool04.spread_over_months(long), DOC, k, **arguments)
    years = tool04.yearly(long, DOC, k, **arguments)
    assert months.sum() == pytest.approx(years.sum(), rel=1e-9, abs=1e-9)
    # Spread over the year, the waste has had less time to decay than if all of it came on 1 January.
    assert (np.cumsum(tool04.sum_of_years(months)) <= np.cumsum(years) * (1 + 1e-9) + 1e-9).all()


def test_the_tool04_month_form_is_the_double_sum_of_the_tool() -> None:
    waste = np.array([[120.0], [60.0]])
    k, doc = np.array([0.4]), np.array([0.15])
    found = tool04.monthly(
        tool04.spread_over_months(waste), doc, k,
        docf=0.5, mcf=0.8, f=0.5, oxidation=0.1, phi=0.75, captured=0.2, gwp=28.0,
    )  # fmt: skip
    month_of = [10.0] * 12 + [5.0] * 12
    factor = 0.75 * 0.8 * 28 * 0.9 * 16 / 12 * 0.5 * 0.5 * 0.8
    step = 0.4 / 12
    for m in (0, 11, 12, 23):
        by_hand = sum(
            month_of[i] * 0.15 * np.exp(-step * (m - i)) * (1 - np.exp(-step)) for i in range(m + 1)
        )
        assert found[m] == pytest.approx(factor * by_hand, rel=1e-12)


@pytest.mark.parametrize(("depth", "water", "mcf"), [(10.0, 2.0, 0.8), (4.0, 3.0, 0.75), (3.0, 5.0, 1.0)])
def test_the_mcf_under_a_high_water_table(depth: float, water: float, mcf: float) -> None:
    assert tool04.high_water_table_mcf(depth, water) == pytest.approx(mcf)


def test_landgem_is_the_double_sum_of_epa_whatever_the_number_of_parts() -> None:
    accepted = np.array([100.0, 50.0, 0.0, 70.0, 0.0])
    for parts in (1, 10, 20):
        found = methane_volume(accepted, 0.05, 170.0, parts=parts)
        by_hand = [
            sum(
                0.05 * 170 * accepted[i] / parts * np.exp(-0.05 * ((n - 1 - i) + j / parts))
                for i in range(n)
                for j in range(1, parts + 1)
            )
            for n in range(len(accepted))
        ]
        assert found == pytest.approx(by_hand, rel=1e-12)


def test_one_function_serves_one_site_and_many_draws() -> None:
    waste = np.array([[100.0, 50, 20], [80, 40, 10], [0, 0, 0], [5, 0, 0]])
    k = np.array([[0.4, 0.3], [0.07, 0.06], [0.03, 0.05]])
    many = first_order_decay(
        waste[:, :, None], np.ones((4, 1)), DOC[:, None], DOCF[:, None], k,
        f=0.5, oxidation=np.full((4, 1), 0.1), recovered=np.zeros((4, 1)),
    )  # fmt: skip
    assert many.emitted.shape == (4, 3, 2)
    for draw in range(2):
        one = decay(waste, k[:, draw], oxidation=0.1).emitted
        assert np.allclose(many.emitted[:, :, draw], one, rtol=1e-14)


def test_recovery_comes_off_before_oxidation() -> None:
    waste, none = np.array([[1000.0, 0, 0], [0, 0, 0]]), np.zeros(2)
    full = decay(waste, np.array([0.4, 0.07, 0.03])).generated.sum(axis=1)
    found = first_order_decay(
        waste, none + 1, DOC, DOCF, np.array([0.4, 0.07, 0.03]),
        f=0.5, oxidation=none + 0.1, recovered=np.array([0.0, 5.0]),
    )  # fmt: skip
    assert found.emitted.sum(axis=1)[1] == pytest.approx((full[1] - 5.0) * 0.9, rel=1e-12)


def test_the_carbon_stored_is_what_does_not_decompose() -> None:
    found = decay(np.array([[1000.0, 100.0, 10.0]]), np.full(3, 0.1), mcf=0.8)
    assert found.stored[0] == pytest.approx(
        [1000 * 0.15 * 0.3 * 0.8, 100 * 0.4 * 0.5 * 0.8, 10 * 0.43 * 0.9 * 0.8]
    )

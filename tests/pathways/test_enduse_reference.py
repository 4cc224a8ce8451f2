"""The kernel against AIM/Enduse written down a second time, on cases that use every kind of row at once."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from trunghoa.pathways import enduse

from .enduse_cases import tables_of
from .enduse_reference import Case, Device, recursive

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
QUICK = settings(
    max_examples=25, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    step = draw(st.sampled_from([1, 1, 2, 5]))
    count = draw(st.integers(2, 5))
    years = [2020 + step * n for n in range(count)]

    def number(low, high):
        return float(rng.uniform(low, high))

    def device(service, fuels, **more):
        return Device(
            life=int(rng.integers(4, 22)), rate=number(0.0, 0.2), capital=number(50, 400),
            operating=number(0, 8), service=service, output=number(0.5, 2),
            inputs={k: number(1, 9) for k in fuels},
            shape=number(1.2, 4) if draw(st.booleans()) else None, **more,
        )  # fmt: skip

    devices = {
        "OLD": device("heat", ["coal"]),
        "NEW": device("heat", ["coal"]),
        "GAS": device("heat", ["gas"]),
        "ELE": device("heat", ["ele"]),
        "PLANT": device("ele", ["coal"]),
        "WIND": device("ele", []),
    }
    demand = 1000.0
    case = Case(
        years=years,
        devices=devices,
        price={"coal": number(1, 4), "gas": number(4, 9), "ele": 0.0},
        factor={"coal": number(0.08, 0.11), "gas": number(0.05, 0.06), "ele": 0.0},
        demand={"heat": {y: demand * number(1.0, 1.05) ** (y - 2020) for y in years}},
        internal={"ele"},
        stock={("OLD", v): demand / 15 / devices["OLD"].output * number(0.3, 1.2) for v in range(2005, 2020)},
    )
    if draw(st.booleans()):
        case.tax = {y: number(0, 120) for y in years}
    if draw(st.booleans()):
        case.cap = {years[-1]: number(200, 900)}
    if draw(st.booleans()):
        case.recruit_max = {"ELE": number(5, 200), "GAS": number(5, 300)}
    if draw(st.booleans()):
        case.share_max = {"NEW": number(0.1, 0.6)}
    if draw(st.booleans()):
        case.share_min = {"GAS": number(0.02, 0.1)}
    if draw(st.booleans()):
        case.stock_max = {"WIND": number(10, 800)}
    if draw(st.booleans()):
        case.exhaustible = {"gas": number(2_000, 40_000)}
    if draw(st.booleans()):
        case.retrofit = {("OLD", "NEW"): number(5, 80), ("OLD", "GAS"): number(20, 150)}
        # Units past their life cost the same to retrofit, so which of them is taken would be open.
        devices["OLD"].shape = None
    if draw(st.booleans()):
        case.replacement = {"OLD": number(30, 200)}
    return case


@QUICK
@given(cases())
def test_every_year_costs_what_the_written_out_equations_give(case):
    expected = recursive(case)
    result = enduse.solve_model(enduse.compile_model(tables_of(case)), enduse.Options(foresight="recursive"))
    assert result.optimal == (expected is not None)
    if expected is None:
        assert result.lacks
        return
    assert result.yearly_cost() == pytest.approx([y["cost"] for y in expected], rel=1e-6)
    assert result.objective == pytest.approx(sum(y["cost"] for y in expected), rel=1e-6)
    emissions = result.emissions.sum(axis=1)
    assert emissions == pytest.approx([y["emissions"] for y in expected], rel=1e-4, abs=1e-4)

"""Monte Carlo and tornado of landfill methane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trunghoa.landfill.fod import first_order_decay
from trunghoa.landfill.spread import SHAPES, Spread, stream
from trunghoa.landfill.tornado import at_defaults, tornado
from trunghoa.landfill.uncertainty import Band, UncertainSite, band, monte_carlo, simulate
from trunghoa.quantities import InputError

YEARS = tuple(range(2000, 2040))
TYPES = ("food", "paper")
FLAT = Spread.fixed


def a_site(key: str = "site:a", **changes: object) -> UncertainSite:
    """Twenty years of food and paper; every parameter fixed unless the test changes it."""
    tonnes = np.zeros((len(YEARS), 2))
    tonnes[:20] = [50_000.0, 10_000.0]
    given: dict[str, object] = {
        "key": key,
        "years": YEARS,
        "waste_types": TYPES,
        "tonnes": tonnes,
        "k": (FLAT(0.4), FLAT(0.07)),
        "doc": (FLAT(0.15), FLAT(0.4)),
        "docf": (FLAT(0.7), FLAT(0.5)),
        "mcf_classes": ("managed_anaerobic",),
        "mcf": (FLAT(1.0),),
        "mcf_shares": np.ones((len(YEARS), 1)),
        "f": FLAT(0.5),
        "oxidation": np.full(len(YEARS), 0.1),
        "recovered": np.zeros(len(YEARS)),
        "recovery": FLAT(1.0),
    }
    return UncertainSite(**{**given, **changes})  # type: ignore[arg-type]


def spread_out(key: str = "site:a", width: float = 1.0, **changes: object) -> UncertainSite:
    """The same site with ranges around the defaults, ``width`` 1 being those of the guidelines."""

    def around(default: float, low: float, high: float, shape: str) -> Spread:
        return Spread(
            default,
            default + width * (low - default),
            default + width * (high - default),
            shape,
            shape != "lognormal",
        )

    ranges: dict[str, object] = {
        "k": (around(0.4, 0.17, 0.7, "lognormal"), around(0.07, 0.06, 0.085, "lognormal")),
        "doc": (around(0.15, 0.08, 0.2, "triangular"), around(0.4, 0.36, 0.45, "triangular")),
        "docf": (around(0.7, 0.49, 0.91, "triangular"), around(0.5, 0.15, 0.85, "triangular")),
        "mcf": (around(1.0, 0.9, 1.0, "triangular"),),
        "f": around(0.5, 0.475, 0.525, "triangular"),
    }
    return a_site(key, **{**ranges, **changes})


def reference(site: UncertainSite) -> np.ndarray:
    """The deterministic kernel on the same site."""
    mcf = site.mcf_shares @ np.array([s.default for s in site.mcf])
    methane = first_order_decay(
        site.tonnes,
        mcf,
        np.array([s.default for s in site.doc]),
        np.array([s.default for s in site.docf]),
        np.array([s.default for s in site.k]),
        f=site.f.default,
        oxidation=site.oxidation,
        recovered=site.recovered,
        reaction_start_month=site.reaction_start_month,
    )
    return methane.emitted.sum(axis=1)


def same(a: Band, b: Band) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("mean", "sd", "lower", "median", "upper")
    )


def converted(**changes: object) -> UncertainSite:
    shares = np.zeros((len(YEARS), 2))
    shares[:10, 0], shares[11:, 1], shares[10] = 1.0, 1.0, [0.25, 0.75]
    return spread_out(
        mcf_classes=("managed_anaerobic", "managed_well_semi_aerobic"),
        mcf=(FLAT(1.0), Spread(0.5, 0.4, 0.6, "triangular", True)),
        mcf_shares=shares,
        **changes,
    )


@pytest.mark.parametrize("month", [7.0, 10.0, 13.0, 19.0, 25.0])
def test_at_the_defaults_it_is_the_deterministic_kernel(month: float) -> None:
    for site in (spread_out(), converted(), converted(recovered=np.full(len(YEARS), 300.0))):
        late = replace(site, reaction_start_month=month)
        bare = replace(late, recovered=np.zeros(len(YEARS)), oxidation=np.zeros(len(YEARS)))
        recovered = np.minimum(late.recovered, reference(bare))
        expected = reference(replace(late, recovered=recovered))
        np.testing.assert_allclose(at_defaults(late), expected, rtol=1e-12, atol=1e-9)


def test_as_the_ranges_shrink_the_mean_becomes_the_deterministic_result() -> None:
    gaps = []
    for width in (1.0, 0.1, 0.001):
        total = monte_carlo([spread_out(width=width)], draws=400, seed=3).total
        expected = reference(spread_out())
        gaps.append(float(np.max(np.abs(total.mean[1:] / expected[1:] - 1.0))))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-4


def test_with_k_fixed_the_spread_of_emissions_is_that_of_doc() -> None:
    # one waste type, DOC normal with a coefficient of variation of 10 %
    site = a_site(doc=(Spread(0.15, 0.15 - 0.0294, 0.15 + 0.0294, "normal"), FLAT(0.4)))
    site.tonnes[:, 1] = 0.0
    draws = simulate(site, draws=20_000, seed=8)[1:]
    doc = site.doc[0].draw(stream(8, "site:a"), 20_000)
    cv = doc.std() / doc.mean()
    np.testing.assert_allclose(draws.std(axis=1) / draws.mean(axis=1), cv, rtol=1e-9)
    assert cv == pytest.approx(0.0294 / 1.959963984540054 / 0.15, rel=0.02)


@pytest.mark.parametrize("shared", [True, False])
def test_any_number_of_workers_gives_the_same_bits(shared: bool) -> None:
    sites = [spread_out(f"site:{i}") for i in range(70)]
    one, two, four = (
        monte_carlo(sites, draws=64, seed=5, shared=shared, workers=workers) for workers in (1, 2, 4)
    )
    for other in (two, four):
        assert same(one.total, other.total)
        assert all(same(one.sites[key], other.sites[key]) for key in one.sites)
    assert not same(one.total, monte_carlo(sites, draws=64, seed=6, shared=shared).total)


def test_a_site_has_the_same_draws_whoever_else_takes_part() -> None:
    alone = monte_carlo([spread_out("site:b")], draws=100, seed=1, shared=False)
    among = monte_carlo([spread_out(f"site:{c}") for c in "abc"], draws=100, seed=1, shared=False)
    assert same(alone.sites["site:b"], among.sites["site:b"])
    assert not same(among.sites["site:a"], among.sites["site:b"])
    drawn = band(YEARS, simulate(spread_out("site:b"), draws=100, seed=1))
    assert same(alone.sites["site:b"], drawn)


def test_shared_factors_widen_the_national_interval_by_the_root_of_the_number_of_sites() -> None:
    sites = [replace(spread_out(f"site:{i}"), mcf=(FLAT(1.0),), f=FLAT(0.5)) for i in range(100)]
    together = monte_carlo(sites, draws=4000, seed=2, shared=True).total
    apart = monte_carlo(sites, draws=4000, seed=2, shared=False).total
    ratio = (together.upper - together.lower)[5:] / (apart.upper - apart.lower)[5:]
    np.testing.assert_allclose(ratio, 10.0, rtol=0.12)


def test_sites_of_different_climate_share_the_rank_not_the_value() -> None:
    dry = (Spread(0.085, 0.07, 0.10, "lognormal"), Spread(0.045, 0.04, 0.06, "lognormal"))
    food = np.full((len(YEARS), 2), [1000.0, 0.0])
    wet_draws = simulate(a_site(k=spread_out().k, tonnes=food), draws=500, seed=4, shared=True)[1]
    dry_draws = simulate(a_site("site:dry", k=dry, tonnes=food), draws=500, seed=4, shared=True)[1]
    assert np.array_equal(wet_draws.argsort(), dry_draws.argsort())
    assert not np.allclose(wet_draws, dry_draws)


def test_reference_and_project_have_the_same_factors_draw_by_draw() -> None:
    whole = spread_out(mcf=(FLAT(1.0),))
    half = spread_out(mcf=(FLAT(0.5),))
    reduction = simulate(whole, draws=200, seed=9) - simulate(half, draws=200, seed=9)
    np.testing.assert_allclose(reduction, simulate(half, draws=200, seed=9), rtol=1e-12)


def test_the_total_is_the_sum_over_sites_with_different_years() -> None:
    early = a_site("site:early")
    late = a_site("site:late", years=tuple(range(2010, 2050)))
    result = monte_carlo([early, late], draws=4, seed=0)
    assert result.total.years == tuple(range(2000, 2050))
    expected = np.zeros(50)
    expected[:40] += reference(early)
    expected[10:] += reference(late)
    np.testing.assert_allclose(result.total.mean, expected, rtol=1e-12)
    np.testing.assert_allclose(result.total.sd, 0.0, atol=1e-9)


@given(st.integers(2, 50), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_quantiles_are_in_order_and_agree_with_numpy(draws: int, seed: int) -> None:
    sample = np.random.default_rng(seed).lognormal(size=(3, draws))
    low, middle, high = np.quantile(sample, [0.025, 0.5, 0.975], axis=1)
    found = band((1, 2, 3), sample.copy())
    assert (found.lower <= found.median).all()
    assert (found.median <= found.upper).all()
    np.testing.assert_allclose([found.lower, found.median, found.upper], [low, middle, high], rtol=1e-12)


def test_recovery_is_taken_off_before_oxidation_and_never_exceeds_what_is_generated() -> None:
    site = a_site(recovered=np.full(len(YEARS), 500.0), recovery=Spread(1.0, 0.5, 1.5, "uniform"))
    bare = simulate(a_site(oxidation=np.zeros(len(YEARS))), draws=300, seed=1)
    draws = simulate(site, draws=300, seed=1)
    assert (draws >= 0).all()
    assert draws[0].max() == 0.0
    factor = (bare[10] - draws[10] / 0.9) / 500.0
    assert factor.min() >= 0.5
    assert factor.max() <= 1.5
    assert factor.std() == pytest.approx(1 / np.sqrt(12), rel=0.1)


def test_a_cohort_keeps_the_methane_correction_factor_of_its_year() -> None:
    site = converted()
    before = simulate(replace(site, mcf=(FLAT(1.0), FLAT(0.5))), draws=3, seed=1)
    after = simulate(replace(site, mcf=(FLAT(1.0), FLAT(0.0))), draws=3, seed=1)
    assert np.array_equal(before[:11], after[:11])  # old waste goes on as it was laid down
    assert (before[11:] > after[11:]).all()


@pytest.mark.parametrize("shape", [s for s in SHAPES if s != "fixed"])
def test_draws_have_the_shape_they_claim(shape: str) -> None:
    spread = Spread(0.4, 0.17, 0.7, shape)
    draws = spread.draw(stream(0, "x"), 200_000)
    low, median, high = np.quantile(draws, [0.025, 0.5, 0.975])
    if shape == "lognormal":
        assert (low, median, high) == pytest.approx((0.17, 0.4, 0.7), rel=0.01)
    elif shape == "normal":
        assert draws.mean() == pytest.approx(0.4, rel=0.01)
        assert high - low == pytest.approx(0.53, rel=0.01)
    else:
        mean = {"triangular": (0.17 + 0.4 + 0.7) / 3, "pert": (0.17 + 1.6 + 0.7) / 6, "uniform": 0.435}
        assert draws.mean() == pytest.approx(mean[shape], rel=0.005)
        assert draws.min() >= 0.17
        assert draws.max() <= 0.7


def test_fractions_are_cut_to_one() -> None:
    draws = Spread(0.95, 0.7, 1.2, "normal", True).draw(stream(0, "x"), 10_000)
    assert draws.max() == 1.0
    assert (draws == 1.0).mean() > 0.2


def test_the_tornado_is_in_order_of_effect_and_names_only_what_varies() -> None:
    site = spread_out()
    bars = tornado(site)
    assert {b.parameter for b in bars} == {
        "k.food", "k.paper", "doc.food", "doc.paper", "docf.food", "docf.paper", "f", "mcf.managed_anaerobic",
    }  # fmt: skip
    swings = [b.swing for b in bars]
    assert swings == sorted(swings, reverse=True)
    base = float(reference(site).sum())
    by_name = {b.parameter: b for b in bars}
    assert by_name["f"].base == pytest.approx(base, rel=1e-12)
    assert by_name["f"].at_lower == pytest.approx(base * 0.95, rel=1e-12)
    low = replace(site, docf=(FLAT(0.7), FLAT(0.15)))
    assert by_name["docf.paper"].at_lower == pytest.approx(float(reference(low).sum()), rel=1e-12)


def test_the_tornado_looks_at_the_years_asked_for_and_leaves_out_waste_never_deposited() -> None:
    site = spread_out()
    site.tonnes[:, 1] = 0.0
    bars = tornado(site, years=range(2030, 2031))
    assert all("paper" not in b.parameter for b in bars)
    assert bars[0].base == pytest.approx(reference(site)[30], rel=1e-12)


def test_progress_ends_at_one() -> None:
    told: list[float] = []
    monte_carlo([spread_out(f"site:{i}") for i in range(40)], draws=4, seed=0, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("sites", "options", "said"),
    [
        ([], {}, "at least one site"),
        ([a_site(), a_site()], {}, "a key of its own"),
        ([a_site()], {"draws": 1}, "draws must be at least 2, not 1"),
        ([a_site()], {"seed": -1}, "seed must be at least 0"),
        ([a_site()], {"workers": 0}, "workers must be at least 1"),
    ],
)
def test_it_refuses_a_run_without_meaning(
    sites: list[UncertainSite], options: dict[str, int], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        monte_carlo(sites, **{"draws": 10, "seed": 0, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bounds", "shape", "said"),
    [
        ((0.4, 0.5, 0.7), "triangular", "does not fit the default 0.4"),
        ((0.4, 0.0, 0.7), "lognormal", "does not fit the default 0.4"),
        ((0.4, 0.1, 0.7), "cauchy", "not a shape of uncertainty"),
        ((float("nan"), 0.1, 0.7), "triangular", "does not fit"),
    ],
)
def test_it_refuses_a_range_that_does_not_hold_its_default(
    bounds: tuple[float, float, float], shape: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        Spread(*bounds, shape)

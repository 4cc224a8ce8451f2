"""The landfill kernel against named peers and against the bound, same work in the same run.

    python benchmarks/landfill.py [--quick]

``--quick`` runs a tenth of the Monte Carlo and installs no peer. Peers live in a throw-away environment that
is removed at the end; none is a requirement of the project. Inputs are made up and illustrative.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from math import exp
from pathlib import Path

import numpy as np

from trunghoa.landfill.fod import FloatArray, first_order_decay
from trunghoa.landfill.landgem import methane_volume
from trunghoa.landfill.spread import LOGNORMAL, TRIANGULAR, UNIFORM, Spread
from trunghoa.landfill.uncertainty import UncertainSite, monte_carlo

YEARS, DRAWS, SITES, WORKERS = 60, 1000, 1000, 2
SECONDS, MEGABYTES, MICROSECONDS = 8.0, 300.0, 200.0
TYPES = ("food", "garden", "paper", "wood", "textiles", "nappies")
K = ((0.40, 0.17, 0.70), (0.17, 0.15, 0.20), (0.07, 0.06, 0.085), (0.035, 0.03, 0.05), (0.07, 0.06, 0.085),
     (0.17, 0.15, 0.20))  # fmt: skip
DOC = ((0.15, 0.08, 0.20), (0.20, 0.18, 0.22), (0.40, 0.36, 0.45), (0.43, 0.39, 0.46), (0.24, 0.20, 0.40),
       (0.24, 0.18, 0.32))  # fmt: skip
DOCF = ((0.7, 0.49, 0.91), (0.7, 0.49, 0.91), (0.5, 0.15, 0.85), (0.1, 0.01, 0.19), (0.5, 0.15, 0.85),
        (0.5, 0.15, 0.85))  # fmt: skip
SWEET_L0 = (70.0, 93.0, 186.0, 200.0, 112.0, 112.0)  # m³/t
PEER = "bonsai-ipcc==0.5.3"


def line(what: str, ours: float, other: float, *, other_name: str, unit: str, places: int = 2) -> None:
    """One comparison; the ratio is other / ours, so above 1 ours is ahead."""
    ratio = other / ours if ours else float("inf")
    print(f"  {what}: ours {ours:,.{places}f} {unit}; {other_name} {other:,.{places}f} {unit}; x{ratio:,.2f}")


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[repeats // 2]


def tonnes(types: int, seed: int) -> FloatArray:
    found = np.zeros((YEARS, types))
    found[:40] = np.random.default_rng(seed).uniform(1e3, 1e5, (40, types))
    return found


def uncertain_site(number: int, types: int = 5) -> UncertainSite:
    def spreads(table: tuple[tuple[float, float, float], ...], shape: str) -> tuple[Spread, ...]:
        return tuple(Spread(*row, shape, fraction=shape != LOGNORMAL) for row in table[:types])

    return UncertainSite(
        key=f"site:{number}",
        years=tuple(range(2000, 2000 + YEARS)),
        waste_types=TYPES[:types],
        tonnes=tonnes(types, number),
        k=spreads(K, LOGNORMAL),
        doc=spreads(DOC, TRIANGULAR),
        docf=spreads(DOCF, TRIANGULAR),
        mcf_classes=("managed_anaerobic",),
        mcf=(Spread(1.0, 0.9, 1.0, TRIANGULAR, fraction=True),),
        mcf_shares=np.ones((YEARS, 1)),
        f=Spread(0.5, 0.475, 0.525, TRIANGULAR, fraction=True),
        oxidation=np.full(YEARS, 0.1),
        recovered=np.zeros(YEARS),
        recovery=Spread(1.0, 0.9, 1.1, UNIFORM),
    )


def child(count: int, shared: bool) -> None:
    """The Monte Carlo job alone in a process, so that its peak memory is its own."""
    sites = [uncertain_site(n) for n in range(count)]
    began = time.perf_counter()
    result = monte_carlo(sites, draws=DRAWS, seed=1, shared=shared, workers=WORKERS)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    width = float(result.total.upper[30] - result.total.lower[30])
    print(json.dumps({"seconds": seconds, "megabytes": peak, "width": width}))


def measure_monte_carlo(count: int) -> bool:
    print(
        f"(a) Monte Carlo: {count:,} sites x {YEARS} years x {DRAWS:,} draws x 5 types, 3 quantiles, mean, sd"
    )
    good = True
    for shared in (True, False):
        found = json.loads(run([sys.executable, __file__, "--child", str(count), str(int(shared))]))
        bound = SECONDS * count / SITES
        name = "shared national factors" if shared else "independent factors"
        line(f"{name}, {WORKERS} threads", found["seconds"], bound, other_name="bound", unit="s")
        line(f"{name}, peak RSS", found["megabytes"], MEGABYTES, other_name="bound", unit="MB", places=0)
        good = good and found["seconds"] <= bound and found["megabytes"] <= MEGABYTES
    return good


def measure_recurrence(count: int) -> None:
    """What the recurrence costs with nothing around it: no draws, no sums by year, no quantiles."""
    print("(d) raw bound: two passes over (types, draws) per year, arrays in cache, one thread")
    state, keep = np.zeros((5, DRAWS)), np.full((5, DRAWS), 0.8)
    began = time.perf_counter()
    for _ in range(count):
        state.fill(0.0)
        for _ in range(YEARS):
            np.multiply(state, keep, out=state)
            np.add(state, 1.0, out=state)
    raw = time.perf_counter() - began
    steps = count * YEARS * DRAWS * 5
    began = time.perf_counter()
    monte_carlo([uncertain_site(n) for n in range(count)], draws=DRAWS, seed=1)
    whole = time.perf_counter() - began
    print(f"  bare recurrence {steps / raw:.3e} steps/s; whole Monte Carlo {steps / whole:.3e} steps/s")
    line(f"{count:,} sites", whole, raw, other_name="bare recurrence", unit="s")


def measure_site() -> bool:
    print(f"(b) one deterministic site, {YEARS} years x {len(TYPES)} types, every year at once")
    _, seconds = deterministic(len(TYPES))
    line("first-order decay", seconds * 1e6, MICROSECONDS, other_name="bound", unit="µs", places=1)
    return seconds * 1e6 <= MICROSECONDS


def deterministic(types: int) -> tuple[Callable[[], object], float]:
    waste, none, level = tonnes(types, 0), np.zeros(YEARS), np.ones(YEARS)
    doc, docf, k = (np.array([row[0] for row in table[:types]]) for table in (DOC, DOCF, K))

    def work() -> object:
        return first_order_decay(waste, level, doc, docf, k, f=0.5, oxidation=0.1 * level, recovered=none)

    return work, median_seconds(work, 500)


def landgem_loop(accepted: list[float], k: float, l0: float) -> list[float]:
    """The equation of EPA LandGEM as a user's script loops it: every year, every cohort, every tenth."""
    found = []
    for n in range(len(accepted)):
        volume = 0.0
        for i in range(n):
            for j in range(1, 11):
                volume += k * l0 * accepted[i] / 10.0 * exp(-k * (n - 1 - i + j / 10.0))
        found.append(volume)
    return found


def sweet_loop(waste: list[list[float]], k: list[float], l0: list[float]) -> list[float]:
    """The equation of EPA SWEET, mid-year, looped over years, cohorts and types; m³ CH4."""
    found = []
    for n in range(len(waste)):
        volume = 0.0
        for i in range(n):
            for j in range(len(k)):
                volume += k[j] * l0[j] * waste[i][j] * exp(-k[j] * (n - i - 0.5))
        found.append(volume)
    return found


def measure_loops() -> None:
    print("(c2) published equations as a plain-Python loop (not anybody's package), all years, same size")
    accepted = tonnes(1, 0)[:, 0]
    ours = median_seconds(lambda: methane_volume(accepted, 0.05, 170.0), 50)
    listed = accepted.tolist()
    loop = median_seconds(lambda: landgem_loop(listed, 0.05, 170.0), 3)
    gap = np.max(
        np.abs(methane_volume(accepted, 0.05, 170.0)[1:] / landgem_loop(listed, 0.05, 170.0)[1:] - 1)
    )
    line("LandGEM equation", ours * 1e6, loop * 1e6, other_name="plain-Python loop", unit="µs", places=0)
    print(f"    same numbers to {gap:.1e}")
    _, ours = deterministic(5)
    waste, k = tonnes(5, 0).tolist(), [row[0] for row in K[:5]]
    loop = median_seconds(lambda: sweet_loop(waste, k, list(SWEET_L0[:5])), 3)
    line(
        "5 types, against SWEET's equation",
        ours * 1e6,
        loop * 1e6,
        other_name="plain-Python loop",
        unit="µs",
        places=0,
    )
    print("    ours is the IPCC recurrence; SWEET's mid-year form is another approximation of the same decay")


def measure_bonsai(folder: Path) -> None:
    print(f"(c1) {PEER}, tier 1 CH4: one type, one target year, 60 past years, measured per call")
    python = folder / "peer" / "bin" / "python"
    try:
        venv.create(folder / "peer", with_pip=True)
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER])
        answer = run([str(python), str(Path(__file__).with_name("_bonsai.py"))])
    except subprocess.CalledProcessError as error:
        print(f"  not measured: the peer does not install or run ({error.stderr.strip().splitlines()[-1:]})")
        return
    peer = json.loads(answer.strip().splitlines()[-1])
    _, ours = deterministic(1)
    line(
        "one call (ours gives all 60 years)",
        ours * 1e6,
        peer["call"] * 1e6,
        other_name="bonsai",
        unit="µs",
        places=0,
    )
    whole, site = peer["call"] * YEARS * 5, deterministic(5)[1]
    print(f"    a series, {YEARS} years x 5 types: {whole:.1f} s, reckoned as {YEARS * 5} x one call")
    line("that series", site * 1e3, whole * 1e3, other_name="bonsai, reckoned", unit="ms", places=3)
    print(f"    import and tables: {peer['load']:.1f} s")
    pulse(peer)
    empty_wheel(folder, python)


def pulse(peer: dict[str, float]) -> None:
    """1 Mt of food once: what is left to decay in 2020 depends on when it came, unless time is reversed."""
    answers = {}
    for year in (2011, 2019):
        waste = np.zeros((11, 1))
        waste[year - 2010] = 1e6
        level, none = np.ones(11), np.zeros(11)
        dry = first_order_decay(
            waste,
            level,
            np.array([0.15]),
            np.array([0.7]),
            np.array([0.085]),
            f=0.5,
            oxidation=none,
            recovered=none,
        )
        answers[year] = float(dry.emitted[-1, 0])
    print("    correctness, 1 Mt of food deposited in one year, CH4 of 2020 (k 0.085, DOCf 0.7):")
    for year in (2011, 2019):
        print(
            f"      deposited in {year}: ours {answers[year]:,.4f} t; bonsai {peer[f'pulse_{year}']:,.4f} t"
        )
    swapped = (
        abs(peer["pulse_2011"] / answers[2019] - 1) < 1e-9
        and abs(peer["pulse_2019"] / answers[2011] - 1) < 1e-9
    )
    print(f"      bonsai's answers are each other's: its waste series runs backwards: {swapped}")


def empty_wheel(folder: Path, python: Path) -> None:
    target = folder / "landgempy"
    try:
        run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check",
             "--target", str(target), "landgempy==0.1.0"])  # fmt: skip
    except subprocess.CalledProcessError:
        print("    landgempy 0.1.0 could not be installed")
        return
    modules = len(list(target.rglob("*.py")))
    print(f"    landgempy 0.1.0 from the package index holds {modules} module(s): nothing to run, see (c2)")


def run(command: list[str]) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=600, env=environment
    ).stdout


def main() -> int:
    parser = argparse.ArgumentParser(description="Landfill kernel against peers and bounds.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the Monte Carlo, no peer installed")
    parser.add_argument("--child", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], bool(options.child[1]))
        return 0
    print("x = ratio of other to ours: above 1 ours is ahead")
    count = SITES // 10 if options.quick else SITES
    good = measure_monte_carlo(count)
    good = measure_site() and good
    if options.quick:
        print("(c1) left out: --quick installs no peer")
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure_bonsai(Path(folder))
    measure_loops()
    measure_recurrence(count)
    print("bounds kept" if good else "A BOUND IS MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""Many solves on a cluster of processes: the same numbers as one after another, to the last bit."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trunghoa.pathways import Mapper, dask_mapper, ensembles
from trunghoa.pathways.osemosys import Model, Uncertain, monte_carlo, price_sweep, read_model
from trunghoa.quantities import ModelError

from .osemosys_models import small, with_values

UNCERTAIN = (
    Uncertain("CapitalCost", 0.8, 1.3, each=("TECHNOLOGY",)),
    Uncertain("VariableCost", 0.7, 1.5),
    Uncertain("SpecifiedAnnualDemand", 0.9, 1.1),
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Mapper]:
    with dask_mapper(2) as mapper:
        yield mapper


@pytest.fixture(scope="module")
def utopia(cases: Path) -> Model:
    return read_model(cases / "pathways" / "utopia" / "utopia.txt")


def same(one: Any, two: Any) -> bool:
    """Equal to the last bit, draws without a solution included."""
    return all(
        np.array_equal(getattr(one, k), getattr(two, k), equal_nan=True)
        for k in ("objective", "emissions", "unmet")
    )


def test_the_items_go_to_other_processes_and_come_back_in_order(cluster: Mapper) -> None:
    assert list(cluster(str, range(40))) == [str(i) for i in range(40)]
    processes = set(cluster(_process, range(40)))
    assert os.getpid() not in processes
    assert len(processes) == 2


def test_draws_on_a_cluster_are_those_of_one_process_to_the_last_bit(utopia: Model, cluster: Mapper) -> None:
    serial = monte_carlo(utopia, UNCERTAIN, 12, seed=5)
    spread = monte_carlo(utopia, UNCERTAIN, 12, seed=5, mapper=cluster)
    assert same(spread, serial)
    assert np.unique(serial.objective).size == 12


def test_a_draw_does_not_depend_on_the_draws_before_it(utopia: Model, cluster: Mapper) -> None:
    """A warm start handed on from draw to draw would show where each worker began."""

    def backwards(function: Any, items: Any) -> list[Any]:
        return list(cluster(function, list(items)[::-1]))[::-1]

    few, many = (monte_carlo(utopia, UNCERTAIN, n, seed=5, mapper=backwards) for n in (3, 9))
    assert np.array_equal(few.objective, many.objective[:3])
    assert same(many, monte_carlo(utopia, UNCERTAIN, 9, seed=5))


def test_a_draw_without_a_solution_has_none_on_a_cluster_either(tmp_path: Path, cluster: Mapper) -> None:
    model = small(tmp_path, "param TotalAnnualMaxCapacity default -1 := R GAS 2025 20 R WIND 2025 0 ;")
    uncertain = [Uncertain("SpecifiedAnnualDemand", 0.5, 1.9)]
    serial = monte_carlo(model, uncertain, 16, seed=2)
    assert 0 < np.isnan(serial.objective).sum() < 16
    assert same(monte_carlo(model, uncertain, 16, seed=2, mapper=cluster), serial)


def test_scenarios_run_on_a_cluster_too(tmp_path: Path, cluster: Mapper) -> None:
    model = small(tmp_path)
    years = model.sets["YEAR"]
    scenarios = [
        with_values(model, "VariableCost", {("R", "GAS", "1", y): fuel for y in years})
        for fuel in (1.0, 2.0, 4.0)
    ]
    sweep = partial(price_sweep, prices=[0.0, 20.0, 40.0])
    assert list(cluster(sweep, scenarios)) == [sweep(s) for s in scenarios]


def test_what_a_solve_raises_arrives(cluster: Mapper) -> None:
    with pytest.raises(ModelError, match="item 3"):
        cluster(_fails_at_three, range(5))


def test_a_worker_with_other_versions_is_refused() -> None:
    client = _Client(
        {"tcp://w:1": ensembles.versions(), "tcp://w:2": {**ensembles.versions(), "highspy": "1.0"}}
    )
    with pytest.raises(ModelError, match=r"tcp://w:2.*highspy"):
        ensembles._on(client, 1.0)


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModelError, match="pip install distributed"), dask_mapper(1):
        pass


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with pytest.raises(ModelError, match=r"127\.0\.0\.1:9"), dask_mapper("tcp://127.0.0.1:9", wait=1.0):
        pass


def _process(_: int) -> int:
    time.sleep(0.02)  # long enough that one worker cannot have done all before the other is asked
    return os.getpid()


def _fails_at_three(item: int) -> int:
    if item == 3:
        raise ModelError("item 3")
    return item


class _Client:
    """Answers as a client of a cluster whose workers report these versions."""

    def __init__(self, answers: dict[str, dict[str, str]]) -> None:
        self.answers = answers

    def wait_for_workers(self, count: int, timeout: float) -> None:
        pass

    def run(self, _: Any) -> dict[str, dict[str, str]]:
        return self.answers

"""Many solves on many machines: the same code with another ``map``.

What runs many independent solves takes a *mapper*: ``map``, an executor's ``map``, or the one given here,
which hands the work to a dask cluster. Each item is a task of its own that starts from nothing but itself
and what is common to all, so neither the number of workers nor the order in which they finish can change
a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from trunghoa.quantities import ModelError

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

# What a result's last digits depend on; a cluster with others would give other digits without a word.
_DECIDING = ("trunghoa", "highspy", "numpy")


@contextmanager
def dask_mapper(cluster: str | int, *, wait: float = 60.0) -> Iterator[Mapper]:
    """Give a mapper that runs on dask.distributed; results come back in the order of the items.

    Parameters
    ----------
    cluster : the address of a scheduler, such as ``tcp://10.0.0.5:8786``, or a number of processes to start
        on this machine, which end with the block and listen on its loopback address only
    wait : seconds to wait for the first worker

    Raises
    ------
    ModelError
        dask.distributed is not installed; no worker answers in time; a worker has other versions of what
        decides the last digits. What an item raises is raised again here.

    Notes
    -----
    Results equal those of ``map`` to the last bit on machines with the same instruction set; libraries pick
    their arithmetic by processor. A script that starts processes needs ``if __name__ == "__main__":``.

    Examples
    --------
    >>> with dask_mapper("tcp://10.0.0.5:8786") as mapper:  # doctest: +SKIP
    ...     found = monte_carlo(model, uncertain, 10_000, seed=1, mapper=mapper)
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ModelError(
            "dask.distributed is not installed: pip install distributed, here and on every worker."
        ) from None
    if isinstance(cluster, int):
        local = LocalCluster(
            n_workers=cluster, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        )
        with local, Client(local) as client:
            yield _on(client, wait)
        return
    try:
        client = Client(cluster, timeout=wait)
    except (OSError, ValueError) as error:
        raise ModelError(f"No dask scheduler answers at {cluster}: {error}") from error
    with client:
        yield _on(client, wait)


def _on(client: Any, wait: float) -> Mapper:
    try:
        client.wait_for_workers(1, timeout=wait)
    except TimeoutError:
        raise ModelError(f"The cluster has had no worker for {wait:g} seconds.") from None
    here = versions()
    for worker, there in client.run(versions).items():
        if there != here:
            raise ModelError(f"Worker {worker} has {there}, this program {here}: results could differ.")

    def mapper(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        # What all items share (a model, say) travels to each worker once, not with each item.
        shared = client.scatter(function, broadcast=True, hash=False)
        tasks = client.map(_applied, list(items), function=shared, pure=False)
        return list(client.gather(tasks))

    return mapper


def versions() -> dict[str, str]:
    """Versions of the packages that decide the last digits of a result."""
    from importlib.metadata import version  # here, for it is slow to load and few need it

    return {name: version(name) for name in _DECIDING}


def _applied(item: Any, function: Callable[[Any], Any]) -> Any:
    return function(item)

"""Writing figures: atomic, append-only, nothing twice."""

from collections.abc import Iterable

from django.db import transaction

from trunghoa import quantities
from trunghoa.portal.core.audit import bulk

from .models import Figure, Place, Report, Run, identity_of

CHUNK = 500


@transaction.atomic
def put(
    figures: Iterable[quantities.Figure],
    *,
    run: Run | None = None,
    report: Report | None = None,
    withdraw_from: Place | None = None,
) -> list[Figure]:
    """Record figures; the current row of each comes back, in order.

    A figure equal to the one that stands is not written again. A different one supersedes it. With
    ``withdraw_from``, figures an earlier run of the same kernel gave at that place and this one does not
    are withdrawn: they stay on record and are no longer current.
    """
    wanted = {identity_of(f): f for f in figures}
    places = _places({f.place for f in wanted.values()})
    standing = _standing(list(wanted))
    fresh: list[Figure] = []
    replaced: list[int] = []
    for identity, figure in wanted.items():
        old = standing.get(identity)
        if old is not None and _says_the_same(old, figure):
            continue
        if old is not None:
            replaced.append(old.pk)
        fresh.append(_row(figure, identity, places[figure.place], run, report, old))
    if withdraw_from is not None and run is not None:
        _withdraw(run, withdraw_from, set(wanted))
    bulk.update_keys(Figure, replaced, is_current=False)
    bulk.create(Figure.objects, fresh, batch_size=CHUNK)
    standing.update({f.identity: f for f in fresh})
    return [standing[identity] for identity in wanted]


def _withdraw(run: Run, place: Place, kept: set[str]) -> None:
    earlier = Figure.objects.current().filter(place=place, run__kernel=run.kernel).exclude(run=run)
    gone = [pk for pk, identity in earlier.values_list("pk", "identity") if identity not in kept]
    bulk.update_keys(Figure, gone, is_current=False, withdrawn_by=run)


def _places(keys: set[quantities.PlaceKey]) -> dict[quantities.PlaceKey, Place]:
    found = {p.key: p for p in Place.objects.filter(code__in={k.code for k in keys})}
    for key in keys:
        if key not in found:
            raise quantities.PlaceError(f"No place {key} in the record: load it before its figures.")
    return found


def _standing(identities: list[str]) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for start in range(0, len(identities), CHUNK):
        rows = Figure.objects.current().filter(identity__in=identities[start : start + CHUNK])
        found.update({f.identity: f for f in rows})
    return found


def _says_the_same(row: Figure, figure: quantities.Figure) -> bool:
    return (row.amount, row.lower, row.upper, row.quality, row.source, row.method) == (
        figure.amount,
        figure.lower,
        figure.upper,
        figure.quality.value,
        figure.source,
        figure.method,
    )


def _row(
    figure: quantities.Figure,
    identity: str,
    place: Place,
    run: Run | None,
    report: Report | None,
    old: Figure | None,
) -> Figure:
    return Figure(
        system_id=figure.system,
        kind=figure.kind,
        place=place,
        period_start=figure.period.start,
        period_end=figure.period.end,
        amount=figure.amount,
        unit=figure.unit,
        gas=figure.gas,
        gwp_set=figure.gwp_set,
        status=figure.status.value,
        quality=figure.quality.value,
        scenario=figure.scenario,
        category=figure.category,
        lower=figure.lower,
        upper=figure.upper,
        source=figure.source,
        method=figure.method,
        run=run,
        report=report,
        supersedes=old,
        identity=identity,
    )

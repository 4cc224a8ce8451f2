"""Writes of many rows at once, which no signal announces: one entry says how many, which, what they held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction

from .chain import record
from .values import HIDDEN, digest, is_secret, plain, shown
from .watching import changed, key_of, unheard, values_of, watched

# Up to so many rows an update makes one entry each, and a creation or deletion shows what they held.
FEW = 20
# Keys in one condition; databases limit how many they take.
CHUNK = 500
MOST_RANGES = 200


def create(
    rows: models.QuerySet | models.Manager,
    objects: Iterable[models.Model],
    *,
    about: models.Model | None = None,
    **options: Any,
) -> list[Any]:
    """``bulk_create`` with one entry, under ``about`` where the rows belong to something."""
    with transaction.atomic():
        made = list(rows.bulk_create(objects, **options))
        if made and watched(rows.model):
            values = [values_of(row) for row in made]
            record("rows_created", **_of(rows.model, about), after=_summary(rows.model, values))
    return made


def update(rows: models.QuerySet, **values: Any) -> int:
    """``QuerySet.update``: an entry per row where they are few, one for all where they are many."""
    model = rows.model
    if not watched(model):
        return rows.update(**values)
    names = [model._meta.get_field(name).attname for name in values]
    with transaction.atomic():
        held = model._base_manager.select_for_update().filter(pk__in=rows.order_by().values("pk"))
        before = {row["pk"]: row for row in held.values("pk", *names)}
        count = rows.update(**values)
        if len(before) <= FEW:
            for key, row in model._base_manager.in_bulk(list(before)).items():
                changed(row, before[key], {name: getattr(row, name) for name in names})
        else:
            _enter_many(model, before, _again(model, list(before), names))
    return count


def update_keys(model: type[models.Model], keys: Sequence[Any], **values: Any) -> int:
    """``update`` of rows by key, however many, with one entry for all of them."""
    count = 0
    with transaction.atomic():
        for start in range(0, len(keys), CHUNK):
            count += model._default_manager.filter(pk__in=keys[start : start + CHUNK]).update(**values)
        if count and watched(model):
            given = {name: _given(model._meta.get_field(name), value) for name, value in values.items()}
            record("rows_changed", **_of(model, None), after={**_listed(model, list(keys)), "values": given})
    return count


def delete(rows: models.QuerySet, *, about: models.Model | None = None) -> int:
    """``QuerySet.delete`` with one entry for the rows; what goes with them by cascade is entered as usual."""
    model = rows.model
    with transaction.atomic():
        gone = list(rows.order_by("pk").values(*[f.attname for f in model._meta.concrete_fields]))
        if not gone:
            return 0
        with unheard(model):
            rows.delete()
        record("rows_deleted", **_of(model, about), before=_summary(model, gone))
    return len(gone)


def _again(model: type[models.Model], keys: list[Any], names: list[str]) -> dict[Any, dict[str, Any]]:
    found = {}
    for start in range(0, len(keys), CHUNK):
        rows = model._base_manager.filter(pk__in=keys[start : start + CHUNK])
        found.update({row["pk"]: row for row in rows.values("pk", *names)})
    return found


def _enter_many(
    model: type[models.Model], before: dict[Any, dict[str, Any]], after: dict[Any, dict[str, Any]]
) -> None:
    keys = list(before)
    old = digest(model, (before[k] for k in keys))
    new = digest(model, (after[k] for k in keys))
    if old != new:
        listed = _listed(model, keys)
        record(
            "rows_changed",
            **_of(model, None),
            before={**listed, "sha256": old},
            after={**listed, "sha256": new},
        )


def _of(model: type[models.Model], about: models.Model | None) -> dict[str, Any]:
    """The rows' model, and what they belong to."""
    name = model._meta.label_lower
    return {"object_type": name, "label": name, "parent": key_of(about) if about is not None else ""}


def _given(field: Any, value: Any) -> Any:
    if is_secret(field):
        return HIDDEN
    if hasattr(value, "resolve_expression"):
        return str(value)
    return plain(field, value.pk if isinstance(value, models.Model) else value)


def _summary(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    key = model._meta.pk.attname
    found = {**_listed(model, [row[key] for row in rows]), "sha256": digest(model, rows)}
    if len(rows) <= FEW:
        found["rows"] = [shown(model, row) for row in rows]
    return found


def _listed(model: type[models.Model], keys: Sequence[Any]) -> dict[str, Any]:
    """How many rows and which: whole numbers as ranges, so that a thousand neighbours take one."""
    found: dict[str, Any] = {"model": model._meta.label_lower, "count": len(keys)}
    if keys and all(isinstance(key, int) for key in keys):
        ranges = _ranges(sorted(keys))
        found |= {"first": ranges[0][0], "last": ranges[-1][1]}
        if len(ranges) <= MOST_RANGES:
            found["ranges"] = ranges
    elif keys:
        found["keys"] = sorted(str(key) for key in keys)[:FEW]
    return found


def _ranges(keys: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for key in keys:
        if found and key == found[-1][1] + 1:
            found[-1][1] = key
        else:
            found.append([key, key])
    return found

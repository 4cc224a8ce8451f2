"""Blocks as plain data and back, so that a freeze keeps what the report says and not only its figures.

A figure is kept by its number, a chart by the name of the function that draws it and what it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from functools import partial
from importlib import import_module
from typing import Any

from trunghoa.portal.core.record.models import Figure
from trunghoa.quantities import Period

from . import blocks as b
from .errors import UnbackedNumber

Json = Any

TEXTS = {t.__name__: t for t in (b.Text, b.Paragraph, b.Heading, b.Note)}
PLAIN = {
    c.__name__: c
    for c in (
        b.Number, b.Count, b.Total, b.Tally, b.Age, b.ParameterValue, b.DateValue, b.PeriodValue, b.Reference,
        b.Name, b.UnitName, b.List, b.Missing, b.Column, b.Table, b.ChartBlock,
    )
}  # fmt: skip


def encode(value: Any) -> Json:
    """As what JSON can say.

    Raises
    ------
    BlockError
        for what cannot be kept, such as a chart drawn by a nameless function.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return {"is": "decimal", "text": str(value)}
        case date():
            return {"is": "date", "iso": value.isoformat()}
        case Period():
            return {"is": "period", "code": value.code()}
        case Figure():
            return {"is": "figure", "id": value.pk}
        case b.Text():
            return _text(value)
        case list() | tuple():
            return [encode(x) for x in value]
        case Mapping():
            return {"is": "mapping", "pairs": [[encode(k), encode(v)] for k, v in value.items()]}
        case partial():
            return {**_function(value.func), "args": encode(value.args), "named": encode(value.keywords)}
    if type(value).__name__ in PLAIN:
        return {"is": type(value).__name__, **_fields(value)}
    if callable(value):
        return _function(value)
    raise b.BlockError(f"A {type(value).__name__} cannot be frozen: give figures and plain values.")


def _text(text: b.Text) -> Json:
    kept: dict[str, Json] = {"is": type(text).__name__, "msgid": text.msgid}
    if text.plural:
        kept |= {"plural": text.plural, "by": text.by}
    if isinstance(text, b.Heading):
        kept["level"] = text.level
    if text.slots:
        kept["slots"] = {name: encode(slot) for name, slot in text.slots.items()}
    return kept


def _fields(value: Any) -> dict[str, Json]:
    """Fields that are not what they would be anyway."""
    kept = {f.name: getattr(value, f.name) for f in fields(value)}
    usual = {f.name: f.default for f in fields(value) if f.default is not MISSING}
    return {name: encode(x) for name, x in kept.items() if name not in usual or usual[name] != x}


def _function(function: Any) -> dict[str, Json]:
    name = getattr(function, "__qualname__", "<")
    if "<" in name:
        raise b.BlockError(f"{function!r} cannot be frozen: a chart is drawn by a function of a module.")
    return {"is": "function", "name": f"{function.__module__}:{name}"}


def decode(kept: Json, figures: Mapping[int, Figure]) -> Any:
    """What ``encode`` was given; sequences come back as tuples.

    Raises
    ------
    UnbackedNumber
        when a figure is named that is not among ``figures``.
    """
    if isinstance(kept, list):
        return tuple(decode(x, figures) for x in kept)
    if not isinstance(kept, dict):
        return kept
    kind = kept["is"]
    if kind in TEXTS:
        return _text_again(kept, figures)
    if kind in PLAIN:
        return PLAIN[kind](**{k: decode(v, figures) for k, v in kept.items() if k != "is"})
    match kind:
        case "decimal":
            return Decimal(kept["text"])
        case "date":
            return date.fromisoformat(kept["iso"])
        case "period":
            return Period.parse(kept["code"])
        case "mapping":
            return {decode(k, figures): decode(v, figures) for k, v in kept["pairs"]}
        case "function":
            return _function_again(kept, figures)
        case "figure" if kept["id"] in figures:
            return figures[kept["id"]]
    raise UnbackedNumber(f"The report names {kind} {kept.get('id', '')}, which is not in the freeze.")


def _text_again(kept: Mapping[str, Json], figures: Mapping[int, Figure]) -> b.Text:
    slots = {name: decode(slot, figures) for name, slot in kept.get("slots", {}).items()}
    if kept["is"] == "Heading":
        return b.Heading(kept["msgid"], level=kept["level"], **slots)
    return TEXTS[kept["is"]](kept["msgid"], plural=kept.get("plural", ""), by=kept.get("by", ""), **slots)


def _function_again(kept: Mapping[str, Json], figures: Mapping[int, Figure]) -> Any:
    module, _, name = kept["name"].partition(":")
    function: Any = import_module(module)
    for part in name.split("."):
        function = getattr(function, part)
    if "args" not in kept:
        return function
    return partial(function, *decode(kept["args"], figures), **decode(kept["named"], figures))


def figures_named(kept: Json) -> list[int]:
    """Numbers of the figures that something encoded names, in order."""
    if isinstance(kept, list):
        return [pk for x in kept for pk in figures_named(x)]
    if not isinstance(kept, dict):
        return []
    if kept.get("is") == "figure":
        return [kept["id"]]
    if kept.get("is") == "Count":
        return [pk for pk in kept["figures"] if isinstance(pk, int)]
    return [pk for x in kept.values() for pk in figures_named(x)]

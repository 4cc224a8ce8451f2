"""Reading the small JSON form of an AIM/Enduse case: one region, one sector, one service.

The file has a ``spec`` with ``devices`` and ``fuels``, a ``service`` demand and an ``initial_stock``, each
either as numbers or in the words the form uses, and cases either under ``spec.cases`` or, with their answers,
under ``expected``; a case named ``tax50_cap700`` has a price of 50 and a cap of 700 on
emissions.
"""

from __future__ import annotations

import ast
import gzip
import json
import operator
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trunghoa.quantities import N_, InputError, Problem, Quality

from .schema import Bound
from .tables import Member, Record, Tables

REGION, SECTOR, SERVICE, GAS = "R", "I", "J", "CO2"
_ACTS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_CASE_KEYS = {"tax", "cap", "cap_from", "recruit_max", "discount"}


def is_enduse_json(path: Path) -> bool:
    """Whether a file is this form."""
    if not path.is_file() or ".json" not in path.suffixes:
        return False
    try:
        data = _load(path)
    except InputError:
        return False
    return isinstance(data, dict) and isinstance(data.get("spec"), dict) and "devices" in data["spec"]


def read_json(path: Path) -> dict[str, Tables]:
    """Read a file into one model per case.

    Raises
    ------
    InputError
        naming the field that is missing or cannot be read.
    """
    data = _load(path)
    spec = data.get("spec") if isinstance(data, dict) else None
    if not isinstance(spec, dict):
        raise _problem(path, "spec", N_("%(field)s is missing."))
    base = _base(path, spec)
    cases = spec.get("cases") or {name: {} for name in data.get("expected", {})} or {"base": {}}
    return {name: _case(path, base, spec, name, case) for name, case in cases.items()}


def _load(path: Path) -> Any:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return json.loads(raw.decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(N_("The file is not JSON: %(value)s."), file=path.name, value=str(error))
        ) from None


def _problem(path: Path, field: str, message: str, value: object = "", limit: str = "") -> InputError:
    return InputError(Problem(message, file=path.name, field=field, value=str(value), limit=limit))


def _number(
    path: Path, field: str, holder: Mapping[str, Any], key: str, default: float | None = None
) -> float:
    value = holder.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _problem(path, f"{field}.{key}", N_("“%(value)s” is not a number."), value)
    return float(value)


def _base(path: Path, spec: Mapping[str, Any]) -> Tables:
    years = _years(path, spec)
    source = str(spec.get("description", "")) or path.name
    values: dict[str, list[Record]] = {}

    def put(table: str, *keys: str, value: float, year: int | None = None) -> None:
        values.setdefault(table, []).append(
            Record(keys, value, year, None, Quality.ILLUSTRATIVE, source, "", path.name)
        )

    devices, fuels = spec.get("devices"), spec.get("fuels")
    if not isinstance(devices, dict) or not devices or not isinstance(fuels, dict):
        raise _problem(path, "spec", N_("%(field)s needs devices and fuels."))
    for name, device in devices.items():
        place = (REGION, SECTOR, name)
        where = f"spec.devices.{name}"
        put("life", name, value=_number(path, where, device, "life"))
        if "weibull_shape" in device:
            put("weibull_shape", name, value=_number(path, where, device, "weibull_shape"))
        put("hurdle_rate", *place, value=_number(path, where, device, "discount"))
        put("capital_cost", *place, value=_number(path, where, device, "capital_USD"))
        put("operating_cost", *place, value=_number(path, where, device, "om_USD", 0.0))
        put("output", *place, SERVICE, value=_number(path, where, device, "service_per_activity", 1.0))
        for fuel in device.get("energy_per_activity_GJ", {}):
            use = _number(path, where, device["energy_per_activity_GJ"], fuel)
            put("input", *place, fuel, value=use)
    for fuel, told in fuels.items():
        where = f"spec.fuels.{fuel}"
        place = (REGION, SECTOR, fuel)
        put("energy_price", *place, value=_number(path, where, told, "price_USD_per_GJ"))
        put("emission_factor", *place, GAS, value=_number(path, where, told, "tCO2_per_GJ", 0.0))
    for year in years:
        put("demand", REGION, SECTOR, SERVICE, value=_demand(path, spec.get("service"), year), year=year)
    for (device, vintage), units in _stock(path, spec.get("initial_stock"), devices).items():
        put("stock", REGION, SECTOR, device, str(vintage), value=units)
    used = {r.keys[3] for r in values.get("input", ())}
    for table in ("energy_price", "emission_factor"):
        values[table] = [r for r in values.get(table, ()) if r.keys[2] in used]
    members = {
        "regions": {REGION: Member(REGION)},
        "sectors": {SECTOR: Member(SECTOR)},
        "devices": {name: Member(name) for name in devices},
        "services": {SERVICE: Member(SERVICE)},
        "energies": {name: Member(name, {}, {"unit": "GJ"}) for name in fuels},
        "gases": {GAS: Member(GAS, {}, {"unit": "t", "of": "CO2"})},
    }
    settings = {"years": " ".join(map(str, years)), "foresight": "recursive", "currency": "USD"}
    return Tables(settings, members, {}, {t: tuple(rows) for t, rows in values.items()}, path.name)


def _years(path: Path, spec: Mapping[str, Any]) -> list[int]:
    given = spec.get("years")
    if isinstance(given, list) and given and all(isinstance(y, int) for y in given):
        return sorted(given)
    span = re.search(r"\b(\d{4})\s*[-–]\s*(\d{4})\b", str(spec.get("description", "")))
    if not span:
        raise _problem(path, "spec.years", N_("%(field)s is missing."))
    return list(range(int(span[1]), int(span[2]) + 1))


def _demand(path: Path, told: Any, year: int) -> float:
    """A number, numbers by year, or an expression in t."""
    if isinstance(told, dict):
        told = told.get(str(year))
    if isinstance(told, int | float) and not isinstance(told, bool):
        return float(told)
    try:
        return _evaluate(ast.parse(str(told).replace("^", "**"), mode="eval").body, year)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError):
        raise _problem(path, "spec.service", N_("“%(value)s” is not a demand."), told) from None


def _evaluate(node: ast.expr, year: int) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id == "t":
        return float(year)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand, year)
    if isinstance(node, ast.BinOp) and type(node.op) in _ACTS:
        return _ACTS[type(node.op)](_evaluate(node.left, year), _evaluate(node.right, year))
    raise ValueError(ast.dump(node))


_STOCK = re.compile(
    r"(\w+)\s*:\s*([\d.]+)(?:\s*/\s*([\d.]+))?\s+units in each vintage\s+(\d{4})\s*\.\.\s*(\d{4})"
)


def _stock(path: Path, told: Any, devices: Mapping[str, Any]) -> dict[tuple[str, int], float]:
    """Units by device and vintage, or ``NAME: 1000/15 units in each vintage 2005..2019``."""
    found: dict[tuple[str, int], float] = {}
    if isinstance(told, dict):
        for device, by_vintage in told.items():
            for vintage in by_vintage:
                found[device, int(vintage)] = _number(
                    path, f"spec.initial_stock.{device}", by_vintage, vintage
                )
    elif told:
        for name, units, parts, first, last in _STOCK.findall(str(told)):
            for vintage in range(int(first), int(last) + 1):
                found[name, vintage] = float(units) / float(parts or 1)
        if not found:
            raise _problem(path, "spec.initial_stock", N_("“%(value)s” is not a stock."), told)
    for device, _ in found:
        if device not in devices:
            raise _problem(path, "spec.initial_stock", N_("“%(value)s” is not a device."), device)
    return found


def _said_by_name(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the name of a case says: ``tax50``, ``cap700``, ``recruit20`` (of the device the form names)."""
    said: dict[str, Any] = {}
    amounts = dict(re.findall(r"(tax|cap|recruit)_?(\d+(?:\.\d+)?)", name))
    for key in ("tax", "cap"):
        if key in amounts:
            said[key] = float(amounts[key])
    limited = re.search(r"R_(\w+) <= recruit limit", str(spec.get("constraints", "")))
    if "recruit" in amounts and limited:
        said["recruit_max"] = {limited[1]: float(amounts["recruit"])}
    return said


def _case(path: Path, base: Tables, spec: Mapping[str, Any], name: str, case: Mapping[str, Any]) -> Tables:
    told = dict(case)
    if unknown := set(told) - _CASE_KEYS:
        raise _problem(path, f"spec.cases.{name}", N_("“%(value)s” is not known here."), min(unknown))
    if not told:
        told = _said_by_name(name, spec)
    if not told and name != "base":
        raise _problem(path, f"expected.{name}", N_("What the case “%(value)s” changes is not said."), name)
    source = f"{path.name}: {name}"
    changed: dict[str, list[Record]] = {}

    def put(
        table: str, *keys: str, value: float, year: int | None = None, bound: Bound | None = None
    ) -> None:
        record = Record(keys, value, year, bound, Quality.ILLUSTRATIVE, source, "", path.name)
        changed.setdefault(table, []).append(record)

    def by_year(key: str) -> dict[int | None, float]:
        value = told[key]
        if isinstance(value, dict):
            return {int(year): _number(path, f"spec.cases.{name}.{key}", value, year) for year in value}
        return {None: _number(path, f"spec.cases.{name}", told, key)}

    for year, value in (by_year("tax") if "tax" in told else {}).items():
        put("emission_tax", REGION, GAS, value=value, year=year)
    for year, value in (by_year("cap") if "cap" in told else {}).items():
        since = re.search(r"cap from (\d{4})", str(spec.get("constraints", "")))
        first = int(told["cap_from"]) if "cap_from" in told else int(since[1]) if since else None
        put("emission_limit", REGION, GAS, value=value, year=first if year is None else year, bound=Bound.MAX)
    for device, value in told.get("recruit_max", {}).items():
        put("recruitment", REGION, SECTOR, device, value=float(value), bound=Bound.MAX)
    return base.with_values(changed)

"""A landfill as the two files of a folder: what :func:`trunghoa.landfill.read_folder` reads back equal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from .choices import Choices, Project
from .deposits import Deposits
from .finance import Terms
from .inputs import Landfill
from .read import DEPOSITS_FILE, KEYS, SITE_FILE
from .site import Site
from .waste import WASTE_TYPES

# What a source says where nobody gave one: the reader asks for one.
UNSTATED = "not stated"
Table = Mapping[str, Any]


def folder_files(landfill: Landfill, as_of: date) -> dict[str, str]:
    """``site.toml`` and ``deposits.csv`` of a landfill, by name; ``as_of`` is the date of the parameters."""
    return {SITE_FILE: _toml(_tables(landfill, as_of)), DEPOSITS_FILE: _csv(landfill.deposits)}


def _tables(landfill: Landfill, as_of: date) -> dict[str, Any]:
    site, deposits, choices = landfill.site, landfill.deposits, landfill.choices
    found: dict[str, Any] = {
        "gap_years": list(deposits.gap_years),
        "site": _site(site),
        "climate": _climate(site),
        "deposits": {"source": deposits.source},
        "model": _model(choices, as_of),
        "conversions": [
            {"on": c.on, "to": c.to, "source": c.source, "checklist": asdict(c.checklist)}
            for c in site.conversions
        ],
        "recovery": _recovery(choices),
        "overrides": [_override(key, given) for key, given in choices.overrides.items()],
    }
    if deposits.composition:
        source = deposits.source or site.source
        found["composition"] = {"unit": "1", "source": source, "shares": deposits.composition}
    if any(method.startswith("tool04") for method in choices.methods):
        found["tool04"] = asdict(choices.tool04)
    if "landgem" in choices.methods:
        landgem = choices.landgem
        found["landgem"] = {"set": landgem.parameter_set, "density": landgem.density}
    if landfill.project is not None:
        found["project"] = _project(landfill.project)
    if landfill.finance is not None:
        found["finance"] = _finance(landfill.finance)
    return found


def _site(site: Site) -> Table:
    names = (
        "closed", "latitude", "longitude", "managed", "depth", "water_table", "high_water_table", "cover",
        "mcf_class", "mcf", "mcf_reason",
    )  # fmt: skip
    return {
        "name": site.name,
        "slug": site.slug,
        "opened": site.opened,
        "place": str(site.place) if site.place else None,
        **{KEYS.get(name, name): getattr(site, name) for name in names},
        "source": site.source or UNSTATED,
        "status": site.quality.value,
        "checklist": asdict(site.checklist),
    }


def _climate(site: Site) -> Table:
    climate = site.climate
    return {
        "mat_c": climate.mat,
        "map_mm": climate.map,
        "pet_mm": climate.pet,
        "class": climate.given,
        "reason": climate.reason,
        "source": climate.source,
    }


def _model(choices: Choices, as_of: date) -> Table:
    return {
        "as_of": as_of,
        "guideline": choices.guideline,
        "methods": list(choices.methods),
        "gwp_set": choices.gwp_set,
        "horizon": choices.horizon,
        "reaction_start_month": choices.reaction_start_month,
        "oxidation": choices.oxidation if choices.oxidation is not None else choices.oxidation_class,
        "oxidation_reason": choices.oxidation_reason,
    }


def _recovery(choices: Choices) -> Table:
    recovery = choices.recovery
    recovers = recovery.tonnes or recovery.fraction
    return {
        "tonnes": recovery.tonnes,
        "fraction": recovery.fraction,
        "metered": recovery.metered or None,
        "semi_aerobic_reason": recovery.semi_aerobic_reason,
        "source": recovery.source or (UNSTATED if recovers else ""),
    }


def _override(key: str, given: Any) -> Table:
    return {
        "parameter": key,
        "value": given.value,
        "source": given.source or UNSTATED,
        "status": given.quality.value,
        "lower": given.lower,
        "upper": given.upper,
        "basis": given.basis,
        "dry_matter": given.dry_matter,
    }


def _project(project: Project) -> Table:
    departure = project.departure
    return {
        "start_year": project.start_year,
        "end_year": project.end_year,
        "template": project.template,
        "version": project.version,
        # Empty says that the site's own conversions are the project; left out, it would be the default.
        "to": Written(project.to),
        "electricity_mwh": project.electricity,
        "grid_ef": project.grid_ef or None,
        "grid_ef_source": project.grid_ef_source,
        "checklist": asdict(project.checklist),
        "departure": {
            "reason": departure.reason or UNSTATED,
            "oxidation_reference": departure.oxidation_reference,
            "docf_reference": departure.docf_reference,
        }
        if departure
        else {},
        "fuels": [
            {
                "name": fuel.name or UNSTATED,
                "ncv_tj_per_gg": fuel.ncv,
                "ef_tco2_per_tj": fuel.ef,
                "source": fuel.source or UNSTATED,
                "tonnes": fuel.tonnes,
            }
            for fuel in project.fuels
        ],
    }


def _finance(terms: Terms) -> Table:
    names = ("first_year", "discount_rate", "price", "share", "capex", "opex", "grants", "other_income")
    return {name: getattr(terms, name) for name in names}


class Written(str):
    """A text that stands in the file also when it is empty."""


def _toml(tables: Table) -> str:
    return "\n".join(_lines(tables, "")).lstrip("\n") + "\n"


def _lines(table: Table, path: str) -> Iterator[str]:
    """Plain keys first, then sub-tables, then arrays of tables; what is not known is left out."""
    later: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, Mapping) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            later.append((key, value))
        elif isinstance(value, Written) or value not in (None, "", []):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in later:
        inner = f"{path}.{_key(key)}" if path else _key(key)
        if isinstance(value, list):
            for row in value:
                yield from ("", f"[[{inner}]]", *_lines(row, inner))
        else:
            lines = list(_lines(value, inner))
            # An own checklist without a mark is one: without the table, the site's would hold.
            if lines or key == "checklist":
                yield from ("", f"[{inner}]", *lines)


def _key(key: object) -> str:
    text = str(key)
    return text if text and all(c.isascii() and (c.isalnum() or c in "_-") for c in text) else _text(text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return repr(value)


def _decimal(amount: Decimal) -> str:
    """All digits, and a point: TOML has no integers over 64 bits."""
    text = f"{amount:f}"
    return text if "." in text else f"{text}.0"


def _csv(deposits: Deposits) -> str:
    """One row per year; a type that a year lacks is 0, save in years of which only the total is known."""
    rows = sorted(deposits.rows, key=lambda row: row.year)
    types = [waste for waste in WASTE_TYPES if any(waste in row.tonnes for row in rows)]
    totals = any(row.total is not None for row in rows)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["year", *types, *(["total_t"] if totals else [])])
    for row in rows:
        parts = [f"{row.tonnes.get(waste, Decimal(0)):f}" if row.tonnes else "" for waste in types]
        total = [f"{row.total:f}" if row.total is not None else ""] if totals else []
        writer.writerow([row.year, *parts, *total])
    return stream.getvalue()

"""``workspace.toml``: which country, which day, which tables."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trunghoa.quantities import N_, PlaceError, PlaceKey, Problem

from .rows import TABLES

FILE = "workspace.toml"
FORMAT = 1
LANGUAGES = ("vi", "ja", "en")


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the whole workspace.

    ``as_of`` is the day whose parameters, laws and administrative units are used, so that the same folder
    gives the same figures on any day.
    """

    name: str
    titles: Mapping[str, str]
    country: PlaceKey
    currency: str
    language: str
    as_of: date
    gwp_set: str
    tables: tuple[str, ...]


def read_settings(folder: Path) -> tuple[Settings | None, list[Problem]]:
    try:
        raw = tomllib.loads((folder / FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        hint = N_("A workspace is a folder with this file and its CSV tables.")
        return None, [Problem(N_("The file is missing."), hint, FILE)]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [Problem(N_("The file is not TOML: %(value)s."), file=FILE, value=str(error))]
    problems = [
        Problem(N_("“%(field)s” is not a setting."), file=FILE, field=name)
        for name in raw
        if name not in {"format", "title", *Settings.__dataclass_fields__} - {"titles"}
    ]
    problems += _problems(raw)
    if problems:
        return None, problems
    return (
        Settings(
            name=raw["name"],
            titles={lang: raw["title"][lang] for lang in LANGUAGES},
            country=PlaceKey.parse(raw["country"]),
            currency=raw["currency"],
            language=raw["language"],
            as_of=raw["as_of"],
            gwp_set=raw["gwp_set"],
            tables=tuple(raw["tables"]),
        ),
        [],
    )


def _problems(raw: Mapping[str, Any]) -> list[Problem]:
    found: list[Problem] = []

    def refuse(field: str, message: str, value: object = "", limit: str = "") -> None:
        found.append(Problem(message, file=FILE, field=field, value=str(value), limit=limit))

    if raw.get("format") != FORMAT:
        refuse("format", N_("The format %(value)s is not %(limit)s."), raw.get("format", ""), str(FORMAT))
    for name in ("name", "country", "currency", "language", "gwp_set"):
        if not isinstance(raw.get(name), str) or not raw[name]:
            refuse(name, N_("%(field)s must be a text."))
    titles = raw.get("title")
    for lang in LANGUAGES:
        if not isinstance(titles, dict) or not isinstance(titles.get(lang), str) or not titles[lang]:
            refuse(f"title.{lang}", N_("%(field)s must be a text."))
    if type(raw.get("as_of")) is not date:
        refuse("as_of", N_("%(field)s must be a date, written without quotes."), raw.get("as_of", ""))
    if raw.get("language") not in LANGUAGES:
        refuse(
            "language", N_("“%(value)s” is not one of: %(limit)s."), raw.get("language"), ", ".join(LANGUAGES)
        )
    try:
        PlaceKey.parse(str(raw.get("country")))
    except PlaceError as error:
        refuse("country", str(error).replace("%", "%%"))
    tables = raw.get("tables")
    if not isinstance(tables, list) or not tables:
        refuse("tables", N_("%(field)s must be a list of tables."))
        return found
    for table in dict.fromkeys(tables):
        if table not in TABLES:
            refuse("tables", N_("“%(value)s” is not one of: %(limit)s."), table, ", ".join(TABLES))
        elif tables.count(table) > 1:
            refuse("tables", N_("“%(value)s” stands twice."), table)
    return found


def to_toml(settings: Settings) -> str:
    """The settings as text that ``read_settings`` reads back to the same."""

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [f"format = {FORMAT}"]
    lines += [
        f"{name} = {quoted(str(getattr(settings, name)))}"
        for name in ("name", "country", "currency", "language", "gwp_set")
    ]
    lines.append(f"as_of = {settings.as_of.isoformat()}")
    lines.append(f"tables = [{', '.join(quoted(t) for t in settings.tables)}]")
    lines += ["", "[title]", *(f"{lang} = {quoted(settings.titles[lang])}" for lang in LANGUAGES)]
    return "\n".join(lines) + "\n"

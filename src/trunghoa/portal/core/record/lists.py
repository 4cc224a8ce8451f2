"""Declared lists with dates: what files are accepted, and of what class a piece of evidence is."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import trunghoa

FOLDER = Path(trunghoa.__file__).resolve().parent / "data" / "portal"


@dataclass(frozen=True)
class Listed:
    """One entry of a list, with the days on which it holds."""

    code: str
    names: dict[str, str]
    valid_from: date | None
    valid_to: date | None
    source: str
    check: str = ""
    extensions: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@cache
def read(path: Path) -> tuple[Listed, ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Listed(
                code=row.get("media_type") or row["code"],
                names={lang: row[f"name_{lang}"] for lang in ("vi", "ja", "en")},
                valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                source=row["source"],
                check=row.get("check", ""),
                extensions=tuple(f".{x}" for x in row.get("extensions", "").split()),
            )
            for row in csv.DictReader(stream)
        )


def document_types(day: date) -> list[Listed]:
    return [row for row in read(FOLDER / "document_types.csv") if row.holds_on(day)]


def evidence_classes(day: date) -> list[Listed]:
    return [row for row in read(FOLDER / "evidence_classes.csv") if row.holds_on(day)]


def name_of(file: str, code: str, lang: str) -> str:
    """The name of an entry, also of one that no longer holds; what is not listed keeps its code."""
    names = {row.code: row.names for row in read(FOLDER / file)}
    return names.get(code, {}).get(lang) or code

"""All figures and parameters of a freeze as xlsx, for whoever wants to compute with them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from trunghoa.quantities import N_, PlaceKey

from .blocks import Text
from .manifest import Frozen
from .outline import Kept
from .phrases import LEGEND, NOT_A_STATEMENT, RESTS_ON_UNVERIFIED
from .words import QUALITY, STATUS, Voice, translate

# Spreadsheets hold binary floats; the text column keeps the amount as it was frozen.
FIGURE_COLUMNS: tuple[tuple[str, str], ...] = (
    (N_("No."), "id"), (N_("System"), "system"), (N_("Figure"), "words"), (N_("Scenario"), "scenario_words"),
    (N_("Category"), "category_words"), (N_("Kind code"), "kind"), (N_("Scenario code"), "scenario"),
    (N_("Category code"), "category"), (N_("Place code"), "place_key"), (N_("Place"), "place"),
    (N_("Period"), "period"),
    (N_("Amount"), "amount"), (N_("Amount, exact"), "exact"), (N_("Unit"), "unit"), (N_("Gas"), "gas"),
    (N_("GWP set"), "gwp_set"), (N_("Lower bound"), "lower"), (N_("Upper bound"), "upper"),
    (N_("Status"), "status"),
    (N_("Checked"), "quality"), (N_("Source"), "source"), (N_("Method"), "method"), (N_("Run"), "run"),
    (N_("Report"), "report"),
)  # fmt: skip
PARAMETER_COLUMNS = (
    (N_("Run"), "run"), (N_("Parameter"), "label"), (N_("Value"), "value"), (N_("Unit"), "unit"),
    (N_("Checked"), "quality"), (N_("Source"), "source"),
)  # fmt: skip
CHANGE_COLUMNS = (
    (N_("Change"), "change"), (N_("System"), "system"), (N_("Figure"), "words"), (N_("Place"), "place"),
    (N_("Period"), "period"), (N_("Number before"), "old_id"), (N_("Amount before"), "old_amount"),
    (N_("Number now"), "id"), (N_("Amount now"), "amount"), (N_("Unit"), "unit"), (N_("Source"), "source"),
)  # fmt: skip
NUMERIC = frozenset(("id", "amount", "lower", "upper", "value", "old_id", "old_amount"))


def workbook(frozen: Frozen, lang: str) -> bytes:
    """The same freeze gives the same bytes."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    # XlsxWriter would stamp the clock.
    created = datetime.fromisoformat(frozen.manifest["frozen_on"])
    book.set_properties({"title": frozen.manifest["title"][lang], "created": created})
    _about(book, frozen, lang)
    _sheet(book, translate(N_("Figures"), lang), FIGURE_COLUMNS, _figures(frozen, lang), lang)
    _sheet(book, translate(N_("Changes"), lang), CHANGE_COLUMNS, _changes(frozen, lang), lang)
    _sheet(book, translate(N_("Parameters"), lang), PARAMETER_COLUMNS, _parameters(frozen, lang), lang)
    book.close()
    return stream.getvalue()


def _about(book: Any, frozen: Frozen, lang: str) -> None:
    sheet = book.add_worksheet(translate(N_("About"), lang)[:31])
    lines = [
        (N_("Title"), frozen.manifest["title"][lang]),
        (N_("Figures frozen on"), frozen.manifest["frozen_on"]),
        (N_("Hash of the manifest"), frozen.publication.manifest_sha256),
    ]
    for y, (label, value) in enumerate(lines):
        sheet.write_string(y, 0, translate(label, lang))
        sheet.write_string(y, 1, value)
    if not frozen.is_official:
        voice = Voice(lang, frozen)
        weak = any(e["quality"] != "verified" for e in frozen.entries.values())
        for y, remark in enumerate(
            (RESTS_ON_UNVERIFIED, LEGEND) if weak else (NOT_A_STATEMENT,), start=len(lines) + 1
        ):
            sheet.write_string(y, 0, voice.plain(Text(remark)))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 70)


def _sheet(
    book: Any, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[dict[str, Any]], lang: str
) -> None:
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F2"})
    sheet.write_row(0, 0, [translate(label, lang) for label, _ in columns], head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for x, (_, key) in enumerate(columns):
            value = row.get(key)
            if value is None or value == "":
                continue
            # Only ever numbers and strings: text from outside cannot become a formula.
            if key in NUMERIC:
                sheet.write_number(last, x, float(Decimal(str(value))))
            else:
                sheet.write_string(last, x, str(value))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    for x, (_, key) in enumerate(columns):
        sheet.set_column(
            x,
            x,
            {
                "source": 60,
                "place": 26,
                "words": 30,
                "scenario_words": 18,
                "category_words": 18,
                "kind": 26,
                "label": 40,
                "method": 28,
            }.get(key, 13),
        )


class Words:
    """What a manifest's entry is about, in one language."""

    def __init__(self, frozen: Frozen, lang: str) -> None:
        self.naming = Kept(frozen).naming
        self.voice = Voice(lang, frozen)

    def __call__(self, entry: Mapping[str, Any]) -> dict[str, str]:
        system = entry["system"]
        said = {f"{key}_words": entry[key] for key in ("scenario", "category")}
        return {
            "words": self.voice.plain(self.naming.kind(system, entry["kind"])),
            **{key: self.voice.plain(self.naming.code(system, code)) for key, code in said.items() if code},
        }


def _figures(frozen: Frozen, lang: str) -> Iterable[dict[str, Any]]:
    words = Words(frozen, lang)
    for entry in frozen.manifest["figures"]:
        yield {
            **entry,
            **words(entry),
            "place_key": str(PlaceKey.parse(entry["place"]["key"])),
            "place": entry["place"][lang],
            "exact": entry["amount"],
            "status": translate(STATUS[entry["status"]], lang),
            "quality": translate(QUALITY[entry["quality"]], lang),
        }


def _changes(frozen: Frozen, lang: str) -> Iterable[dict[str, Any]]:
    """Every change since the freeze before; nothing at the first."""
    words, kept = Words(frozen, lang), frozen.outline["changes"] or {}
    pairs = [(N_("corrected"), old, now) for old, now in kept.get("corrected", ())]
    pairs += [(N_("withdrawn"), old, None) for old in kept.get("withdrawn", ())]
    pairs += [(N_("new"), None, now) for now in kept.get("new", ())]
    for change, old, now in pairs:
        before, after = frozen.known.get(old, {}), frozen.known.get(now, {})
        about = after or before
        yield {
            **about,
            **words(about),
            "change": translate(change, lang),
            "place": about["place"][lang],
            "old_id": old,
            "old_amount": before.get("amount"),
            "id": now,
            "amount": after.get("amount"),
        }


def _parameters(frozen: Frozen, lang: str) -> Iterable[dict[str, Any]]:
    for run, stated in sorted(frozen.manifest["runs"].items()):
        for entry in stated["parameters"]:
            label = entry.get("label") or entry.get("name", "")
            quality = translate(QUALITY[entry.get("quality", "unverified")], lang)
            yield {**entry, "run": run, "label": label, "quality": quality}

"""A workbook of the plan handed in again: what would change, or every wrong cell by name."""

import io
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.form_fields import full_text, written
from trunghoa.portal.core.record.grids import (
    Value,
    cells_without_value,
    column_letter,
    plain_cell,
    sheet_paths,
)
from trunghoa.quantities import InputError, parse_number

from .forms_plan import ActivityForm, BudgetForm, IndicatorForm, MilestoneForm, PlanForm
from .models import Activity, WorkPlan
from .sheets import FIRST, KEYS, NEW, PARTS, REMOVE, SHEETS, Content, Field, Row, content_of, plain

FORMS: dict[str, type[PlanForm]] = {
    "activities": ActivityForm,
    "milestones": MilestoneForm,
    "indicators": IndicatorForm,
    "budgets": BudgetForm,
}
ORGANISATIONS = {"lead_vn", "lead_jp", "payer"}
MOST_ROWS = 20_000


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with a cell, in the reader's language."""

    sheet: str
    row: int
    column: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Change:
    """A row that is new, other than on record, or to be taken out."""

    sheet: str
    line: int
    ref: str
    key: str
    before: Row
    after: Row
    removes: bool = False
    form: PlanForm | None = None

    def cells(self) -> list[dict[str, str]]:
        """What changes, cell by cell."""
        if self.removes:
            return [{"sheet": self.sheet, "ref": self.ref, "field": REMOVE, "before": self.key, "after": ""}]
        return [
            {"sheet": self.sheet, "ref": self.ref, "field": c.key, "before": self.before.get(c.key, ""),
             "after": self.after[c.key]}
            for c in SHEETS[self.sheet]
            if c.open and c.key in self.after and c.key != "ref"
            and self.after[c.key] != self.before.get(c.key, "")
        ]  # fmt: skip


@dataclass
class Reading:
    """What a file says: changes, or what is wrong with it."""

    plan: WorkPlan
    user: User
    content: Content
    changes: list[Change] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)
    _codes: dict[str, int] | None = None

    def refuse(self, sheet: str, row: int, column: int, text: str) -> None:
        self.problems.append(CellProblem(sheet, row, column_letter(column), text))

    def organisation(self, code: str) -> int | None:
        if self._codes is None:
            self._codes = dict(Organisation.objects.values_list("code", "pk"))
        return self._codes.get(code)


@dataclass(frozen=True)
class Sheet:
    """A sheet's cells by row number, which column holds which key, and cells without a value."""

    name: str
    at: dict[str, int]
    rows: dict[int, list[Value]]
    faults: dict[tuple[int, int], str]


def read(content: bytes, plan: WorkPlan, user: User, lang: str) -> Reading:
    """Everything that a workbook would change, and everything that is wrong with it, at once."""
    reading = Reading(plan, user, content_of(plan, user))
    sheets = _sheets(content, reading)
    if not sheets and not reading.problems:
        reading.refuse(
            "–",
            1,
            0,
            _("No sheet is named as in the plan's workbook: %(names)s.") % {"names": ", ".join(SHEETS)},
        )
    for name in SHEETS:
        if name in sheets:
            _read_sheet(sheets[name], reading, lang)
    _check_each(reading)
    reading.problems.sort(key=lambda p: (list(SHEETS).index(p.sheet) if p.sheet in SHEETS else -1, p.row))
    return reading


def _sheets(content: bytes, reading: Reading) -> dict[str, Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            paths = sheet_paths(package)
            faults = {name: cells_without_value(package, paths[name]) for name in SHEETS if name in paths}
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in faults}
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError, OSError, LookupError):
        reading.refuse(
            "–", 1, 0, _("This is no workbook that can be read. Export the plan and change that file.")
        )
        return {}
    return {
        name: sheet
        for name in faults
        if (
            sheet := _sheet(
                name, [[plain_cell(c) for c in row] for row in cells[name]], faults[name], reading
            )
        )
    }


def _sheet(
    name: str, grid: list[list[Value]], faults: dict[tuple[int, int], str], reading: Reading
) -> Sheet | None:
    keys = [str(cell or "") for cell in grid[KEYS - 1]] if grid else []
    known = [column.key for column in SHEETS[name]]
    for x, key in enumerate(keys, start=1):
        if key and (key not in known or keys.index(key) != x - 1):
            reading.refuse(
                name, KEYS, x, _("“%(key)s” is no column of this sheet, or stands twice.") % {"key": key}
            )
    if "ref" not in keys or "id" not in keys:
        reading.refuse(name, KEYS, 1, _("The first row names the columns; “id” and “ref” are needed."))
        return None
    if len(grid) > MOST_ROWS:
        reading.refuse(
            name, MOST_ROWS, 1, _("More rows than are read (%(n)s): hand in fewer.") % {"n": MOST_ROWS}
        )
        return None
    at = {key: x for x, key in enumerate(keys) if key}
    rows = {
        y: cells
        for y, cells in enumerate(grid[KEYS:], start=KEYS + 1)
        if any(cell is not None for cell in cells) or any(line == y for line, _x in faults)
    }
    # The names below the keys are for people; without them the data begin at once.
    if _is_names(rows.get(FIRST - 1), at["id"]):
        del rows[FIRST - 1]
    return Sheet(name, at, rows, faults)


def _is_names(cells: list[Value] | None, at: int) -> bool:
    return cells is not None and isinstance(cells[at], str) and not str(cells[at]).strip().isdecimal()


def _read_sheet(sheet: Sheet, reading: Reading, lang: str) -> None:
    seen: set[str] = set()
    for line, cells in sheet.rows.items():
        found = _row(sheet, line, cells, reading, lang)
        if found is None:
            continue
        key = found.get("id", "")
        if key and key in seen:
            reading.refuse(sheet.name, line, sheet.at["id"] + 1, _("This number stands in another row too."))
            continue
        seen.add(key)
        _compare(sheet, line, found, reading)


def _row(sheet: Sheet, line: int, cells: list[Value], reading: Reading, lang: str) -> Row | None:
    """The row as plain text, or nothing when a cell of it cannot be read."""
    found: Row = {}
    wrong = len(reading.problems)
    for column in SHEETS[sheet.name]:
        if column.key not in sheet.at:
            continue
        x = sheet.at[column.key]
        fault = sheet.faults.get((line, x + 1))
        cell = cells[x] if x < len(cells) else None
        try:
            found[column.key] = _text(column, cell, fault, lang)
        except InputError as error:
            for problem in error.problems:
                reading.refuse(sheet.name, line, x + 1, full_text(problem))
        except ValueError as error:
            reading.refuse(sheet.name, line, x + 1, str(error))
    return found if len(reading.problems) == wrong else None


def _text(column: Field, cell: Value, fault: str | None, lang: str) -> str:
    if fault == "formula":
        raise ValueError(
            _("The formula in this cell was never computed. Open the file, let it compute, save it.")
        )
    if fault == "error":
        raise ValueError(_("The cell holds an error instead of a value. Mend the formula."))
    if cell is None:
        return ""
    match column.kind:
        case "amount":
            return plain(_amount(cell, lang))
        case "number":
            return _whole(cell)
        case "date":
            return _day(cell)
    return _whole(cell) if isinstance(cell, float) and cell.is_integer() else plain(cell)


def _amount(cell: Value, lang: str) -> Decimal:
    if isinstance(cell, str):
        return parse_number(cell, lang=lang)
    if isinstance(cell, float) and not isinstance(cell, bool):
        return parse_number(cell)
    raise ValueError(_("“%(value)s” is not an amount. Format the cell as a number.") % {"value": cell})


def _whole(cell: Value) -> str:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15 else str(cell)
    if not text.isdecimal():
        raise ValueError(_("“%(value)s” is not a whole number.") % {"value": text[:60]})
    return text


def _day(cell: Value) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    for pattern, order in (
        (r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", (0, 1, 2)),
        (r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日", (0, 1, 2)),
        (r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", (2, 1, 0)),
    ):
        if found := re.fullmatch(pattern, text):
            # A month that is none, or a day that its month has not, is said below in the reader's language.
            with suppress(ValueError):
                return date(*(int(found.groups()[n]) for n in order)).isoformat()
    raise ValueError(_("“%(value)s” is not a date. Write it as 2026-12-31.") % {"value": text[:60]})


def _compare(sheet: Sheet, line: int, found: Row, reading: Reading) -> None:
    """Put a row among the changes if it says something else than the record."""
    key, ref = found.get("id", ""), found.get("ref", "")
    removes = found.get(REMOVE, "").casefold() == "x"
    before = reading.content.rows[sheet.name].get(key, {})
    if key and not before:
        reading.refuse(
            sheet.name,
            line,
            sheet.at["id"] + 1,
            _("There is no row with this number in the plan that you may see."),
        )
        return
    if sheet.name == "activities" and before and found.get("revision"):
        reading.revisions[ref] = int(found["revision"])
    if removes and not key:
        reading.refuse(
            sheet.name, line, sheet.at[REMOVE] + 1, _("A row that is not on record cannot be taken out.")
        )
        return
    after = {**{c.key: "" for c in SHEETS[sheet.name]}, **before, **found, REMOVE: ""}
    change = Change(sheet.name, line, ref, key, before, after, removes=removes)
    if key and ref != before["ref"]:
        reading.refuse(
            sheet.name, line, sheet.at["ref"] + 1, _("The reference of a row on record stays as it is.")
        )
    elif closed := _closed(sheet, change):
        reading.refuse(
            sheet.name,
            line,
            sheet.at[closed] + 1,
            _("This column is for reading: it is changed on the page."),
        )
    elif removes or change.cells() or not key:
        reading.changes.append(change)


def _closed(sheet: Sheet, change: Change) -> str:
    """A column for reading that says something else than the record; a new row leaves them empty."""
    for column in SHEETS[sheet.name]:
        # An activity on record stays with its system: its reference is made of it.
        settled = column.key == "system" and bool(change.key)
        if (column.open and not settled) or column.key not in sheet.at or column.key in ("id", "revision"):
            continue
        if change.after[column.key] != change.before.get(column.key, ""):
            return column.key
    return ""


def _check_each(reading: Reading) -> None:
    """May it be changed, is it the revision that was exported, and does each form accept it?"""
    fresh = {c.ref for c in reading.changes if c.sheet == "activities" and not c.key}
    for change in reading.changes:
        activity = reading.content.activities.get(change.ref)
        if activity is None and change.ref not in fresh:
            text = _("There is no activity “%(ref)s” in this plan; a new one begins with “new”.")
            _at(reading, change, "ref", text % {"ref": change.ref})
        elif activity is None and not re.fullmatch(rf"{NEW}[-\w]*", change.ref):
            _at(reading, change, "ref", _("A new activity has a reference that begins with “new”."))
        elif activity is not None and not change.key and change.sheet == "activities":
            _at(reading, change, "ref", _("This reference is on record; its row needs its number."))
        elif activity is not None and not reading.user.has_perm("workplan.change_activity", activity):
            _at(reading, change, "ref", _("You may not change this activity in its present state."))
        elif activity is not None and change.ref not in reading.revisions:
            text = _("The sheet “activities” must hold this activity with its revision.")
            _at(reading, change, "ref", text)
        elif activity is not None and reading.revisions[change.ref] != activity.revision:
            text = _("Somebody changed this activity after the file was made. Export the plan again.")
            _at(reading, change, "ref", text)
        elif not change.removes:
            _check_form(reading, change, activity)


def _at(reading: Reading, change: Change, key: str, text: str) -> None:
    keys = [column.key for column in SHEETS[change.sheet]]
    reading.refuse(change.sheet, change.line, keys.index(key) + 1 if key in keys else 1, text)


def _check_form(reading: Reading, change: Change, activity: Activity | None) -> None:
    """The same checks as on the page, each fault at its cell."""
    model = PARTS.get(change.sheet, Activity)
    instance = reading.content.objects[change.sheet].get(change.key)
    data = _as_typed(reading, change)
    if change.sheet == "activities":
        data |= {"plan": str(reading.plan.pk)}
    form = FORMS[change.sheet](reading.user, data, instance=_copy(instance) if instance else model())
    change.form = form
    if not form.is_valid():
        for name, errors in form.errors.items():
            for error in errors:
                _at(reading, change, name, str(error))


def _copy(row: Any) -> Any:
    """Validation writes onto the instance, and what stands must not be changed by it."""
    return type(row)._base_manager.get(pk=row.pk)


def _as_typed(reading: Reading, change: Change) -> dict[str, str]:
    """The row as a person would have typed it into the form."""
    activity = reading.content.activities.get(change.ref)
    data = {"revision": str(activity.revision if activity else 0)}
    for column in SHEETS[change.sheet]:
        text = change.after.get(column.key, "")
        if column.key in ORGANISATIONS and text:
            found = reading.organisation(text)
            data[column.key] = str(found) if found else text
        elif column.kind == "amount" and text:
            data[column.key] = written(Decimal(text))
        else:
            data[column.key] = text
    return data

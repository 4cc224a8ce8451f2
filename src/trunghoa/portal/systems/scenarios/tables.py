"""The model's tables as an officer edits them: what stands, what was changed, and who changed it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.tables import Column, Table
from trunghoa.portal.core.record.templatetags import numbers

from . import tasks
from .description import describe, standing_edits
from .models import Edit, Scenario
from .words import BOUNDS, COLUMNS, TABLE_GROUPS


@dataclass(frozen=True)
class Line:
    """A record as it stands in the scenario; ``before`` is the model's value, ``edit`` what changed it."""

    keys: tuple[str, ...]
    bound: str
    year: int | None
    value: float | None
    quality: str
    source: str
    before: float | None = None
    edit: Edit | None = None

    @property
    def target(self) -> tuple[tuple[str, ...], str, int | None]:
        return self.keys, self.bound, self.year


class Sheet:
    """One table of a scenario: its lines, and the words of its keys."""

    def __init__(self, scenario: Scenario, name: str, lang: str) -> None:
        self.scenario, self.table, self.lang = scenario, tasks.VALUES[name], lang
        told = describe(scenario)
        self.tables = tasks.described_tables({**told, "edits": [], "settings": {}})
        self.edits = {e.target[1:]: e for e in standing_edits(scenario) if e.table == name}

    def lines(self) -> list[Line]:
        """Every record, those taken out too, in the model's order, new ones last."""
        found = []
        left = dict(self.edits)
        for record in self.tables.records(self.table.name):
            target = tasks.target_of(record)
            edit = left.pop(target, None)
            if edit is None:
                found.append(Line(*target, record.value, record.quality.value, record.source))
            else:
                found.append(self._edited(edit, record.value))
        return [*found, *(self._edited(edit, None) for edit in left.values())]

    def _edited(self, edit: Edit, before: float | None) -> Line:
        value = tasks.number(edit.value) if edit.value else None
        return Line(tuple(edit.keys), edit.bound, edit.year, value, edit.quality, edit.source, before, edit)

    def line(self, target: tuple[Any, ...]) -> Line | None:
        return next((line for line in self.lines() if line.target == target), None)

    def name(self, key: str, code: str) -> str:
        """A key cell in words: the member's name, a group's code, * for all."""
        if code == "*":
            return _("all")
        member = self.tables.members.get(tasks.REFERS.get(key, ""), {}).get(code)
        for table in ("devices", "sectors", "regions", "energies", "gases") if member is None else ():
            member = member or self.tables.members.get(table, {}).get(code)
        return member.name(self.lang) if member else code

    def known(self) -> dict[str, list[tuple[str, str]]]:
        """For each key the codes that may stand there, with their names."""
        found: dict[str, list[tuple[str, str]]] = {}
        for key in self.table.keys:
            table = tasks.REFERS.get(key, "")
            members = list(self.tables.members.get(table, {})) + list(self.tables.groups.get(table, {}))
            held = [r.keys[self.table.keys.index(key)] for r in self.tables.records(self.table.name)]
            codes = list(dict.fromkeys([*members, *held]))
            if key not in ("vintage", "commodity") and codes:
                found[key] = [(code, f"{code} – {self.name(key, code)}") for code in codes]
        return found

    def listing(self, lines: list[Line], may_change: bool) -> Table:
        address = reverse("scenarios:row", args=[self.scenario.code, self.table.name])
        columns: list[Column] = []
        for n, key in enumerate(self.table.keys):
            columns.append(Column(key, COLUMNS.get(key, key), _key(n), self._key_cell(n, key)))
        if self.table.bounds:
            columns.append(
                Column("bound", COLUMNS["bound"], lambda r: r.bound, lambda r: str(BOUNDS.get(r.bound, "–")))
            )
        if self.table.yearly:
            columns.append(
                Column("year", COLUMNS["year"], lambda r: r.year, lambda r: str(r.year or _("every")), True)
            )
        columns += [
            Column("value", COLUMNS["value"], lambda r: r.value, value_cell, True),
            Column("before", gettext_lazy("In the model"), lambda r: r.before, before_cell, True),
            Column("quality", COLUMNS["quality"], lambda r: r.quality, lambda r: numbers.quality(r.quality)),
            Column("source", COLUMNS["source"], lambda r: r.source),
        ]
        if may_change:
            columns.append(
                Column("edit", gettext_lazy("Change"), lambda r: "", lambda r: self._link(address, r))
            )
        title = _("%(about)s (%(symbol)s)") % {"about": _(self.table.about), "symbol": self.table.symbol}
        return Table(self.table.name, columns, lines, caption=title)

    def _key_cell(self, n: int, key: str) -> Any:
        return lambda r: format_html("{} <small>{}</small>", self.name(key, r.keys[n]), r.keys[n])

    def _link(self, address: str, line: Line) -> str:
        asked = [("k", key) for key in line.keys]
        asked += [("bound", line.bound)] if line.bound else []
        asked += [("year", str(line.year))] if line.year is not None else []
        label = " ".join([*line.keys, line.bound, str(line.year or "")]).strip()
        return format_html(
            '<a href="{}?{}" aria-label="{}: {}">{}</a>', address, urlencode(asked), _("Change"), label,
            _("Change"),
        )  # fmt: skip


def _key(n: int) -> Any:
    return lambda line: line.keys[n]


def value_cell(line: Line) -> str:
    if line.value is None:
        return format_html('<span class="missing">{}</span>', _("taken out"))
    text = amount(line.value)
    if line.edit is not None:
        return format_html('<strong>{}</strong> <span class="mark">{}</span>', text, _("changed"))
    return format_html("{}{}", text, numbers.mark(line.quality))


def before_cell(line: Line) -> str:
    if line.edit is None:
        return "–"
    return amount(line.before) if line.before is not None else _("not there")


def amount(value: float) -> str:
    return "∞" if value == float("inf") else numbers.number(value)


def overview(scenario: Scenario) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The tables in groups, each with how many records and edits it has."""
    tables = tasks.described_tables({**describe(scenario), "edits": [], "settings": {}})
    counts: dict[str, int] = {}
    for edit in standing_edits(scenario):
        counts[edit.table] = counts.get(edit.table, 0) + 1
    return [
        (
            heading,
            [
                {
                    "name": name,
                    "about": _(tasks.VALUES[name].about),
                    "records": len(tables.records(name)),
                    "edits": counts.get(name, 0),
                }
                for name in names
                if name in tasks.VALUES and (tables.records(name) or counts.get(name))
            ],
        )
        for heading, names in [*TABLE_GROUPS, (gettext_lazy("Other tables"), others())]
    ]


def others() -> tuple[str, ...]:
    """Tables that the model may have and that no group above names."""
    named = {name for _heading, names in TABLE_GROUPS for name in names}
    return tuple(name for name in tasks.VALUES if name not in named)


def edit_table(scenario: Scenario, may_change: bool) -> Table:
    """Who changed which number when, the latest first; what was undone stays in the list."""
    rows = list(scenario.edits.select_related("by", "undone_by").order_by("-pk")[:500])
    columns = [
        Column("on", gettext_lazy("When"), lambda e: e.on, lambda e: numbers.day(e.on.date())),
        Column("by", gettext_lazy("Who"), lambda e: e.by.shown_name if e.by else ""),
        Column("table", gettext_lazy("Table"), lambda e: e.table),
        Column("keys", gettext_lazy("Row"), lambda e: " ".join(e.keys)),
        Column("bound", COLUMNS["bound"], lambda e: e.bound),
        Column("year", COLUMNS["year"], lambda e: e.year, lambda e: str(e.year or _("every"))),
        Column("value", COLUMNS["value"], lambda e: e.value, edit_value, True),
        Column("source", COLUMNS["source"], lambda e: e.source),
        Column("undone", gettext_lazy("Undone"), lambda e: e.undone_on, undone_cell),
    ]
    if may_change:
        address = reverse("scenarios:undo", args=[scenario.code, 0])
        columns.append(Column("undo", gettext_lazy("Undo"), lambda e: "", lambda e: undo_link(address, e)))
    return Table("edits", columns, rows, caption=_("Changes of numbers"))


def edit_value(edit: Edit) -> str:
    return amount(tasks.number(edit.value)) if edit.value else str(_("taken out"))


def undone_cell(edit: Edit) -> str:
    if edit.undone_on is None:
        return "–"
    who = edit.undone_by.shown_name if edit.undone_by else ""
    return format_html("{} {}", numbers.day(edit.undone_on.date()), who)


def undo_link(address: str, edit: Edit) -> str:
    if edit.undone_on is not None:
        return "–"
    target = address.replace("/0/", f"/{edit.pk}/")
    return format_html('<a href="{}" aria-label="{}: {}">{}</a>', target, _("Undo"), str(edit), _("Undo"))

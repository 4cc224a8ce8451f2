"""The table of proposals and the summary by side, with what the address filters."""

from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.record.tables import Column, Table, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import search_key

from .counting import Tally, by_side
from .machines.proposals import PROPOSAL, visible
from .models.plan import PARTIES
from .models.proposals import Proposal, ProposalQuerySet, Verdict

FILTERS = ("from", "state", "system", "overdue", "q")


def seen(user: User) -> ProposalQuerySet:
    return cast(ProposalQuerySet, Proposal.objects.filter(visible(user)))


def filtered(rows: ProposalQuerySet, asked: QueryDict) -> ProposalQuerySet:
    if asked.get("from") in dict(PARTIES):
        rows = rows.filter(from_side=asked["from"])
    if asked.get("state") in {s.code for s in PROPOSAL.states}:
        rows = rows.filter(state=asked["state"])
    if system := asked.get("system"):
        rows = rows.filter(system=system)
    if asked.get("overdue"):
        rows = rows.overdue()
    if words := asked.get("q", "").strip()[:100]:
        rows = rows.filter(search__contains=search_key(words))
    return rows


def listing(request: HttpRequest, rows: ProposalQuerySet) -> Table:
    rows = rows.with_verdict().select_related("unit")
    return paged(request, rows, columns(), "proposals", caption=_("Proposals"))


def columns() -> list[Column]:
    lang = numbers.language()
    states = {s.code: _(s.label) for s in PROPOSAL.states}
    sides = {code: str(name) for code, name in PARTIES}
    verdicts = {code: str(name) for code, name in Verdict.choices}
    base = reverse("workplan:proposals")

    def title(row: Proposal) -> str:
        code, text, _original = (row.versions(lang, "title") or [(lang, "", True)])[0]
        mark = "" if code == lang else format_html(' lang="{}"', code)
        return format_html('<a href="{}{}/"{}>{}</a>', base, row.ref, mark, text)

    def due(row: Proposal) -> str:
        late = row.days_late()
        if not late:
            return format_html("{}", numbers.day(row.due))
        words = ngettext("%(n)s day late", "%(n)s days late", late) % {"n": numbers.number(late)}
        return format_html('{} <strong class="late">{}</strong>', numbers.day(row.due), words)

    return [
        Column("ref", gettext_lazy("Reference"), lambda r: r.ref, None, False, "ref"),
        Column("title", gettext_lazy("Title"), lambda r: r.title(lang), title),
        Column("system", gettext_lazy("System"), lambda r: r.system_id, None, False, "system__order"),
        Column("from", gettext_lazy("Proposed by"), lambda r: sides[r.from_side]),
        Column(
            "submitted_on", gettext_lazy("Submitted on"), lambda r: r.submitted_on,
            lambda r: numbers.day(r.submitted_on), False, "submitted_on",
        ),
        Column("due", gettext_lazy("Due"), lambda r: r.due, due, False, "due"),
        Column("late", gettext_lazy("Days late"), lambda r: r.days_late(), None, True),
        Column("state", gettext_lazy("State"), lambda r: states[r.state], None, False, "state"),
        Column("unit", gettext_lazy("Unit in charge"), lambda r: r.unit.name(lang) if r.unit else ""),
        Column("verdict", gettext_lazy("Latest answer"), lambda r: verdicts.get(r.verdict or "", "")),
    ]  # fmt: skip


def summary(rows: ProposalQuerySet) -> Table:
    """Opened, answered, overdue by side; each number leads to the proposals behind it."""
    sides = {code: str(name) for code, name in PARTIES}
    base = reverse("workplan:proposals")

    def linked(name: str, extra: str) -> Any:
        def cell(row: Tally) -> str:
            return format_html(
                '<a href="{}?from={}{}">{}</a>',
                base,
                row.from_side,
                extra,
                numbers.number(getattr(row, name)),
            )

        return cell

    def value(name: str) -> Any:
        return lambda row: getattr(row, name)

    table_columns = [
        Column("from", gettext_lazy("Proposed by"), lambda r: sides[r.from_side]),
        Column("to", gettext_lazy("Answer owed by"), lambda r: sides[r.to_side]),
        Column("opened", gettext_lazy("Submitted"), value("opened"), linked("opened", ""), True),
        Column("answered", gettext_lazy("Answered"), value("answered"), None, True),
        Column("asked_back", gettext_lazy("More information asked for"), value("asked_back"), None, True),
        Column("waiting", gettext_lazy("Waiting for an answer"), value("waiting"), None, True),
        Column("overdue", gettext_lazy("Overdue"), value("overdue"), linked("overdue", "&overdue=1"), True),
    ]
    return Table("summary", table_columns, by_side(rows), caption=_("Proposals by side"))


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    lang = numbers.language()
    return {
        "sides": [(code, str(name)) for code, name in PARTIES],
        "states": [(s.code, _(s.label)) for s in PROPOSAL.states],
        "systems": [(s.code, f"{s.code} {getattr(s, f'name_{lang}')}") for s in System.objects.all()],
    }

"""What stands in a form, taken from the record; what is missing is named and not made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from trunghoa.portal.core.workflow.models import Move

from .. import monitoring
from ..models import Change, Issuance, Methodology, Opinion, Project, PublicInput, RegistryAccount
from ..tasks.methods import exact
from ..workbook import elements, index_of
from .declared import Paper

Rows = list[list[str]]
NOTE = (
    "Filled from the record of the platform. The layout and wording of the official form are not on record "
    "here: compare it with the form in force before it is handed in (unverified)."
)
UNOFFICIAL = (
    "Not an official statement: the equations, a value fixed ex ante or the rule of rounding was not checked "
    "against its official source (unverified)."
)


@dataclass(frozen=True)
class Item:
    """One field: its label, and a text or a table; without either it is missing."""

    label: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def missing(self) -> bool:
        return not self.text and not self.rows


@dataclass(frozen=True)
class Filled:
    """A form with what the record says."""

    paper: Paper
    about: str
    notes: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def missing(self) -> list[str]:
        return [item.label for item in self.items if item.missing]


def filled(paper: Paper, obj: Project | Issuance | Methodology) -> Filled:
    sources = SOURCES[paper.about](obj)
    items = tuple(_item(label, getattr(sources, name)()) for label, name in paper.fields)
    notes = (NOTE, UNOFFICIAL) if unverified(paper, obj) else (NOTE,)
    return Filled(paper, str(obj), notes, items)


def unverified(paper: Paper, obj: Any) -> bool:
    """Whether a form about amounts rests on something that was not checked."""
    if isinstance(obj, Issuance) and paper.number in ("3.7", "3.8", "3.9"):
        return obj.basis.get("quality") != "verified"
    return False


def _item(label: str, value: str | Rows) -> Item:
    if isinstance(value, str):
        return Item(label, text=value)
    # A table of which only the header is there says nothing.
    return Item(label, rows=tuple(tuple(row) for row in value) if len(value) > 1 else ())


class OfProject:
    """What a project's record says, under the names that the forms use."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.subject: Any = project

    def title(self) -> str:
        return self.project.title("en")

    def reference(self) -> str:
        return self.project.reference

    def participants(self) -> str:
        rows = self.project.participants.select_related("organisation").order_by("pk")
        return "; ".join(f"{row.organisation.name('en')} ({row.part})" for row in rows)

    def focal_point(self) -> str:
        return self.project.focal_point.name("en") if self.project.focal_point else ""

    def third_party(self) -> str:
        return self.project.third_party.name("en") if self.project.third_party else ""

    def methodology(self) -> str:
        return str(self.project.methodology or self.project.methodology_said or "")

    def scope(self) -> str:
        return self.project.scope

    def place(self) -> str:
        return self.project.place.name("en") if self.project.place else ""

    def summary(self) -> str:
        return self.project.summary("en")

    def crediting(self) -> str:
        start, end = self.project.crediting_from, self.project.crediting_to
        return f"{start.isoformat()} – {end.isoformat()}" if start and end else ""

    def expected(self) -> Rows:
        return [["Year", "t CO2e"], *([year, str(n)] for year, n in sorted(self.project.expected.items()))]

    def shares(self) -> Rows:
        names = {
            a.number: a.name("en")
            for a in RegistryAccount.objects.filter(number__in=dict(self.project.shares))
        }
        rows = [[number, names.get(number, ""), share] for number, share in self.project.shares]
        return [["Account", "Holder", "Share"], *rows]

    def rounding(self) -> str:
        return self.project.rounding

    def by_hand(self) -> str:
        """Signatures are never on record here."""
        return ""

    def _equations(self) -> Any:
        return monitoring.equations(self.project)

    def reference_equation(self) -> str:
        return f"RE = {found.reference_text}" if (found := self._equations()) else ""

    def project_equation(self) -> str:
        return f"PE = {found.project_text}" if (found := self._equations()) else ""

    def fixed(self) -> Rows:
        return self._values(self.project.registration)

    def _values(self, kept: Mapping[str, Any]) -> Rows:
        found = self._equations()
        if found is None or not kept:
            return []
        named = elements(found, kept)
        rows: Rows = [["Symbol", "Element", "Value", "Unit", "Source", "Quality"]]
        for symbol, value in kept.get("fixed", {}).items():
            index = index_of(found, symbol)
            for at, one in enumerate(value if isinstance(value, list) else [value]):
                rows.append([symbol, named[index][at] if index else "", one, found.parameter(symbol).unit,
                             kept.get("sources", {}).get(symbol, ""),
                             kept.get("quality", {}).get(symbol, "unverified")])  # fmt: skip
        return rows

    def checklist(self) -> Rows:
        found = self._equations()
        answers = self.project.registration.get("answers", {})
        said = {True: "yes", False: "no", None: "not answered"}
        rows = [
            [str(c.number), c.text, said[answers.get(str(c.number))]]
            for c in (found.criteria if found else ())
        ]
        return [["No.", "Criterion", "Met"], *rows]

    def inputs(self) -> str:
        """How many there were, once the window is over."""
        if self.project.input_until is None:
            return ""
        count = PublicInput.objects.about(self.project).count()
        return f"{count} received, {self.project.input_from} – {self.project.input_until}"

    def _opinion(self) -> Opinion | None:
        return Opinion.objects.about(self.subject).select_related("organisation").last()

    def opinion(self) -> str:
        row = self._opinion()
        return f"{row.verdict} ({row.organisation.name('en')})" if row else ""

    def opinion_on(self) -> str:
        row = self._opinion()
        return row.on.isoformat() if row else ""

    def opinion_text(self) -> str:
        row = self._opinion()
        return row.text if row else ""

    def requests(self) -> str | Rows:
        row = self._opinion()
        if row is None:
            return ""
        if not row.requests:
            return "No CAR or CL remaining"
        rows = [[f"{r['kind']} {r.get('number', '')}", r["text"], r.get("answer", ""), r.get("closing", "")]
                for r in row.requests]  # fmt: skip
        return [["Request", "Text", "Answer", "Closed because"], *rows]

    def _moved(self, verb: str) -> Move | None:
        return Move.objects.about(self.subject).filter(verb=verb).last()

    def withdrawal(self) -> str:
        move = self._moved("withdraw")
        return str(move.inputs.get("reason", "")) if move else ""

    def withdrawn_on(self) -> str:
        move = self._moved("withdraw")
        return timezone.localdate(move.at).isoformat() if move else ""

    def renewal(self) -> str:
        move = self._moved("renew")
        return str(move.inputs.get("until", "")) if move else ""

    def _change(self) -> Change | None:
        return self.project.changes.first()

    def change_reason(self) -> str:
        found = self._change()
        return found.reason if found else ""

    def change_before(self) -> Rows:
        found = self._change()
        return self._values(found.before) if found else []

    def change_after(self) -> Rows:
        found = self._change()
        return self._values(found.registration) if found else []


class OfIssuance(OfProject):
    """The same of a monitoring period, beside what its project says."""

    def __init__(self, issuance: Issuance) -> None:
        super().__init__(issuance.project)
        self.issuance = self.subject = issuance

    def fixed(self) -> Rows:
        return self._values(self.issuance.basis.get("registration", self.project.registration))

    def period(self) -> str:
        start, end = self.issuance.start, self.issuance.end
        return f"{start.isoformat()} – {end.isoformat()}" if start and end else ""

    def readings(self) -> Rows:
        rows = [["Part", "Symbol", "Element", "Value", "Unit", "Option", "Meter", "Calibrated", "Evidence"]]
        found = self._equations()
        return [*rows, *self._readings(found)] if found else []

    def _readings(self, found: Any) -> Iterator[list[str]]:
        kept = self.issuance.basis.get("registration", self.project.registration)
        named = elements(found, kept)
        for number, part in enumerate(self.issuance.monitoring, start=1):
            for symbol, reading in part["readings"].items():
                index = index_of(found, symbol)
                values = reading["value"] if isinstance(reading["value"], list) else [reading["value"]]
                said = reading.get("elements") or [reading] * len(values)
                for at, (value, one) in enumerate(zip(values, said, strict=True)):
                    yield [str(number), symbol, named[index][at] if index else "", value,
                           found.parameter(symbol).unit, one["option"], one["meter"], one["calibrated"],
                           one["evidence"]]  # fmt: skip

    def calculation(self) -> Rows:
        whole = {"RE": self.reference_equation(), "PE": self.project_equation()}
        rows = [
            [str(t.part), t.text or whole[t.side], exact(t.amount)] for t in monitoring.lines(self.issuance)
        ]
        return [["Part", "Equation", "t CO2e"], *rows]

    def vintages(self) -> Rows:
        rows = [
            [year, row.get("reference", ""), row.get("project", ""), row.get("reduction", ""),
             str(row.get("credits", "")), str(self.issuance.requested.get(year, ""))]
            for year, row in sorted(self.issuance.computed.items())
        ]  # fmt: skip
        return [["Vintage", "RE", "PE", "ER", "Credits computed", "Credits confirmed"], *rows]

    def lowered(self) -> str:
        said = self.issuance.lowered.get("reason", "")
        same = all(
            n == self.issuance.computed.get(y, {}).get("credits") for y, n in self.issuance.requested.items()
        )
        return said or ("as many as were computed" if self.issuance.requested and same else "")

    def allotments(self) -> Rows:
        rows = self.issuance.allotments.select_related("account__account__organisation")
        listed = [
            [str(r.vintage or "not stated"), r.account.number, r.account.name("en"), str(r.amount)]
            for r in rows
        ]
        return [["Vintage", "Account", "Holder", "Credits"], *listed]


class OfMethodology:
    """What is on record of a methodology."""

    def __init__(self, row: Methodology) -> None:
        self.row = row
        self.found = monitoring.equations_of(row)

    def number(self) -> str:
        return str(self.row)

    def title(self) -> str:
        return self.row.title("en")

    def revises(self) -> str:
        return str(self.row.revises) if self.row.revises else ""

    def proponent(self) -> str:
        return self.row.proponent.name("en") if self.row.proponent else ""

    def reference_equation(self) -> str:
        return f"RE = {self.found.reference_text}" if self.found else ""

    def project_equation(self) -> str:
        return f"PE = {self.found.project_text}" if self.found else ""

    def parameters(self) -> Rows:
        rows = [
            [p.symbol, p.label, p.unit, "monitored" if p.monitored else "fixed ex ante", ", ".join(p.options)]
            for p in (self.found.parameters if self.found else ())
        ]
        return [["Symbol", "Parameter", "Unit", "When fixed", "Options"], *rows]

    def criteria(self) -> Rows:
        rows = [[str(c.number), c.text] for c in (self.found.criteria if self.found else ())]
        return [["No.", "Criterion"], *rows]


SOURCES: dict[str, Callable[[Any], Any]] = {
    "project": OfProject, "issuance": OfIssuance, "methodology": OfMethodology,
}  # fmt: skip

"""What a project fixes ex ante, as a form made from its methodology."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.form_fields import full_text, written
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import InputError, Problem, parse_number

from .tasks import calculation
from .workbook import elements, index_of

ANSWERS = [("", gettext_lazy("not answered")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
QUALITIES = [("unverified", gettext_lazy("unverified")), ("verified", gettext_lazy("verified"))]
MOST = 20_000


class ValuesField(forms.CharField):
    """One value, or one on each line, as the reader writes numbers; kept exactly."""

    def __init__(self, *, many: bool, **more: Any) -> None:
        self.many = many
        widget = (
            forms.Textarea(attrs={"rows": 4, "cols": 24}) if many else forms.TextInput(attrs={"size": 16})
        )
        super().__init__(required=False, widget=widget, **more)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        lines = [line for line in text.splitlines() if line.strip()] if self.many else [text] if text else []
        if len(lines) > MOST:
            raise forms.ValidationError(_("At most %(limit)s lines are taken.") % {"limit": MOST})
        found, wrong = [], []
        for number, line in enumerate(lines, start=1):
            try:
                found.append(f"{parse_number(line, lang=numbers.language()):f}")
            except InputError as error:
                place = _("Line %(n)s: ") % {"n": number} if self.many else ""
                wrong += [place + full_text(p) for p in error.problems]
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class ParametersForm(forms.Form):
    """Elements, values with source and quality, checklist, GWP set."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, methodology: Any, kept: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.methodology = methodology
        self.offered: dict[str, list[Any]] = {}
        for row in calculation.offered(methodology, days.today("VN")):
            self.offered.setdefault(dict(row.keys)["symbol"], []).append(row)
        self.groups_of: list[tuple[str, list[str]]] = []
        self._elements(kept)
        self._values(kept)
        self._checklist(kept)
        if methodology.gwp_symbol:
            self._potentials(kept)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(label, [self[name] for name in names]) for label, names in self.groups_of]

    def _elements(self, kept: Mapping[str, Any]) -> None:
        named = elements(self.methodology, kept) if kept else {}
        for index, label in self.methodology.indices.items():
            self.fields[f"elements_{index}"] = forms.CharField(
                label=f"{index}: {label}",
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
                initial="\n".join(named.get(index, ())),
                help_text=_("One name on each line; the values below follow in the same order."),
            )
        if self.methodology.indices:
            names = [f"elements_{index}" for index in self.methodology.indices]
            self.groups_of.append((_("Elements of the project"), names))

    def _values(self, kept: Mapping[str, Any]) -> None:
        for p in (p for p in self.methodology.parameters if not p.monitored):
            value = kept.get("fixed", {}).get(p.symbol)
            listed = value if isinstance(value, list) else [value] if value is not None else []
            many = p.symbol in self.methodology.indexed
            self.fields[f"value_{p.symbol}"] = ValuesField(
                many=many,
                label=f"{p.symbol} ({numbers.unit(p.unit) or '–'})",
                initial="\n".join(written(Decimal(v)) for v in listed),
                help_text=self._help(p, many),
            )
            self.fields[f"source_{p.symbol}"] = forms.CharField(
                label=_("Source of %(symbol)s") % {"symbol": p.symbol},
                required=False,
                max_length=500,
                initial=kept.get("sources", {}).get(p.symbol, ""),
                widget=forms.TextInput(attrs={"size": 60}),
            )
            self.fields[f"quality_{p.symbol}"] = forms.ChoiceField(
                label=_("How far %(symbol)s was checked against its source") % {"symbol": p.symbol},
                choices=QUALITIES,
                initial=kept.get("quality", {}).get(p.symbol, "unverified"),
            )
            names = [f"{stem}_{p.symbol}" for stem in ("value", "source", "quality")]
            self.groups_of.append((f"{p.symbol}: {p.label}", names))

    def _help(self, p: Any, many: bool) -> str:
        """Bounds, and values on offer with how far they were checked."""
        said = []
        if many:
            index = index_of(self.methodology, p.symbol)
            said.append(
                _("One value on each line, for each %(index)s.") % {"index": self.methodology.indices[index]}
            )
        if p.minimum is not None or p.maximum is not None:
            bounds = {"low": written(p.minimum) or "…", "high": written(p.maximum) or "…"}
            said.append(_("From %(low)s to %(high)s.") % bounds)
        said += [
            _("On record: %(value)s for %(case)s, %(quality)s (%(source)s).")
            % {
                "value": written(row.value),
                "case": dict(row.keys).get("case", ""),
                "quality": numbers.quality(row.quality.value),
                "source": row.source,
            }
            for row in self.offered.get(p.symbol, ())
        ]
        return " ".join(said)

    def _checklist(self, kept: Mapping[str, Any]) -> None:
        names = []
        for criterion in self.methodology.criteria:
            answer = kept.get("answers", {}).get(str(criterion.number))
            name = f"criterion_{criterion.number}"
            self.fields[name] = forms.ChoiceField(
                label=f"{criterion.number}. {criterion.text}",
                choices=ANSWERS,
                required=False,
                initial="" if answer is None else "yes" if answer else "no",
            )
            names.append(name)
        if names:
            self.groups_of.append((_("Eligibility checklist"), names))

    def _potentials(self, kept: Mapping[str, Any]) -> None:
        self.fields["gwp_set"] = forms.ChoiceField(
            label=_("Set of global warming potentials"),
            choices=[("", "–"), *((name, name) for name in calculation.gwp_sets())],
            required=False,
            initial=kept.get("gwp_set", ""),
        )
        self.fields["gases"] = forms.CharField(
            label=_("Gas of each potential"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "cols": 24}),
            initial="\n".join(kept.get("gases", ())),
            help_text=_("One gas on each line, in the order of the values of %(symbol)s.")
            % {"symbol": self.methodology.gwp_symbol},
        )
        self.groups_of.append((_("Global warming potentials"), ["gwp_set", "gases"]))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            self.registration = self._registration(given)
            # What is only missing is told on the page of the project; what is wrong is not kept.
            for problem in calculation.wrong(self.methodology, self.registration, days.today("VN")):
                if problem.value or not _is_missing(problem):
                    self._refuse(problem)
        return given

    def _refuse(self, problem: Problem) -> None:
        if problem.field == "eligibility":
            return
        name = next((n for n in (f"value_{problem.field}", problem.field) if n in self.fields), None)
        if "source" in problem.message and f"source_{problem.field}" in self.fields:
            name = f"source_{problem.field}"
        self.add_error(name, full_text(problem))

    def _registration(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """As the project keeps it; frozen with the version of the methodology."""
        fixed, sources, quality = {}, {}, {}
        for p in self.methodology.parameters:
            values = given.get(f"value_{p.symbol}")
            if p.monitored or not values:
                continue
            fixed[p.symbol] = values if p.symbol in self.methodology.indexed else values[0]
            match = [r for r in self.offered.get(p.symbol, ()) if str(r.value) in {*values}]
            source = given[f"source_{p.symbol}"] or (match[0].source if match else "")
            sources[p.symbol] = source
            doubted = any(r.source == source and r.quality.value != "verified" for r in match)
            # A value taken from a table is no better than the table says.
            quality[p.symbol] = "unverified" if doubted else given[f"quality_{p.symbol}"]
        answers = {
            str(c.number): given[f"criterion_{c.number}"] == "yes"
            for c in self.methodology.criteria
            if given.get(f"criterion_{c.number}")
        }
        return {
            "methodology": self.methodology.id,
            "version": self.methodology.version,
            "elements": {i: _lines(given.get(f"elements_{i}", "")) for i in self.methodology.indices},
            "fixed": fixed,
            "sources": sources,
            "quality": quality,
            "answers": answers,
            "gwp_set": given.get("gwp_set", ""),
            "gases": _lines(given.get("gases", "")),
        }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:MOST]


def _is_missing(problem: Problem) -> bool:
    return "missing" in problem.message or "not named" in problem.message or "Nothing of" in problem.message


class ChangeForm(ParametersForm):
    """The same after registration: a change that both sides have to approve."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("Reason of the change"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
        )
        self.groups_of.append((_("Post-registration change (form 3.12)"), ["reason"]))

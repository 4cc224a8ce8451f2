"""Forms of scenarios, levers and single numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.record.form_fields import AmountField, full_text, refused
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.quantities import InputError, Problem, parse_number

from . import tasks
from .models import PathwayModel, Scenario
from .words import BOUNDS, COLUMNS, FORESIGHTS, METHODS, UNITS

Groups = Sequence[tuple[Any, Sequence[str]]]


class RecordForm(forms.Form):
    """A form that carries the revision its writer saw, in groups of fields."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    GROUPS: Groups = ()

    def groups(self) -> Iterator[tuple[Any, list[Any]]]:
        for heading, names in self.GROUPS:
            if fields := [self[name] for name in names if name in self.fields]:
                yield heading, fields

    def refuse(self, problems: Iterable[Problem]) -> None:
        """What the kernel says, at the field it names or at the head of the form."""
        for problem in problems:
            text = f"{problem.where}: {full_text(problem)}" if problem.where else full_text(problem)
            self.add_error(problem.field if problem.field in self.fields else None, text)


def _text(label: Any, *, rows: int = 0, required: bool = False, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label, required=required, widget=widget, max_length=2000 if rows else 200, **more
    )


class ScenarioForm(RecordForm):
    """What a scenario is called, how it is solved and what is run."""

    title_vi = _text(gettext_lazy("Title (Vietnamese)"), required=True)
    title_ja = _text(gettext_lazy("Title (Japanese)"))
    title_en = _text(gettext_lazy("Title (English)"))
    description_vi = _text(gettext_lazy("Description (Vietnamese)"), rows=3)
    description_ja = _text(gettext_lazy("Description (Japanese)"), rows=3)
    description_en = _text(gettext_lazy("Description (English)"), rows=3)
    foresight = forms.ChoiceField(label=gettext_lazy("Foresight"), required=False)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS, required=False)
    years = _text(
        gettext_lazy("Solved years"),
        help_text=gettext_lazy("Years in rising order, with spaces between. Empty: as in the model."),
    )
    analysis = forms.ChoiceField(label=gettext_lazy("What is run"), choices=Scenario.Analysis.choices)
    prices = _text(
        gettext_lazy("Prices of the sweep"),
        help_text=gettext_lazy("In the model's money per unit of gas, as 0:200:25 (first:last:step)."),
    )
    draws = forms.IntegerField(
        label=gettext_lazy("Number of draws"), required=False, min_value=2, max_value=500, localize=False
    )
    spread = AmountField(
        label=gettext_lazy("Spread of the draws"), required=False, low="0.01", high="0.9",
        help_text=gettext_lazy("0.2 moves prices, costs and demands by up to a fifth either way."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=gettext_lazy("Random seed"), required=False, min_value=0, max_value=2**31 - 1, localize=False
    )
    quality = forms.ChoiceField(label=gettext_lazy("Quality"), choices=Quality.choices)
    source = _text(gettext_lazy("Source"), rows=2, required=True)
    GROUPS = (
        (gettext_lazy("Titles"), ("model", "title_vi", "title_ja", "title_en")),
        (gettext_lazy("Descriptions"), ("description_vi", "description_ja", "description_en")),
        (gettext_lazy("How it is solved"), ("foresight", "method", "years")),
        (gettext_lazy("Units of the data"), tuple(f"unit_{measure}" for measure in UNITS)),
        (gettext_lazy("What is run"), ("analysis", "prices", "draws", "spread", "seed")),
        (gettext_lazy("Where it comes from"), ("quality", "source")),
    )

    def __init__(self, *args: Any, kind: str = "enduse", **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["foresight"].choices = [("", _("as in the model")), *FORESIGHTS]
        if kind != "enduse":  # a model that was handed in is solved as it is
            for name in ("years", "draws", "spread", "seed"):
                del self.fields[name]
            kinds = (Scenario.Analysis.SINGLE, Scenario.Analysis.SWEEP)
            self.fields["analysis"].choices = [(kind.value, kind.label) for kind in kinds]
            self.fields |= unit_fields()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        analysis = given.get("analysis")
        if analysis == Scenario.Analysis.SWEEP and "prices" not in self.errors:
            try:
                tasks.price_list(given.get("prices", ""))
            except InputError as error:
                self.add_error("prices", refused(error))
        if analysis == Scenario.Analysis.DRAWS:
            for name in ("draws", "spread"):
                if name not in self.errors and given.get(name) is None:
                    self.add_error(name, _("Write a number."))
        return given

    def apply(self, scenario: Scenario) -> None:
        """Put on the scenario what the form says."""
        given = self.cleaned_data
        for stem in ("title", "description"):
            for lang in ("vi", "ja", "en"):
                setattr(scenario, f"{stem}_{lang}", given[f"{stem}_{lang}"])
        kept = {k: v for k, v in scenario.settings.items() if k not in ("foresight", "years", "units")}
        chosen = {name: given[name] for name in ("foresight", "years") if given.get(name)}
        if units := units_of(given):
            chosen["units"] = units
        scenario.settings = {**kept, **chosen}
        scenario.analysis = given.get("analysis") or Scenario.Analysis.SINGLE
        scenario.choices = choices_of(given)
        scenario.quality, scenario.source = given["quality"], given["source"]


def unit_fields() -> dict[str, forms.Field]:
    """A field for the unit of each measure; what the data state holds where nothing is written."""
    return {
        f"unit_{measure}": forms.CharField(label=label, max_length=40, required=False)
        for measure, label in UNITS.items()
    }


def units_of(given: Mapping[str, Any]) -> dict[str, str]:
    return {measure: given[f"unit_{measure}"] for measure in UNITS if given.get(f"unit_{measure}")}


def choices_of(given: Mapping[str, Any]) -> dict[str, str]:
    """What the analysis asks for, as exact text, and the method."""
    found = {"method": given.get("method") or "simplex"}
    if given.get("analysis") == Scenario.Analysis.SWEEP:
        found["prices"] = given["prices"]
    elif given.get("analysis") == Scenario.Analysis.DRAWS:
        found |= {
            "draws": str(given["draws"]),
            "spread": f"{given['spread']:f}",
            "seed": str(given["seed"] or 0),
        }
    return found


def initial_of(scenario: Scenario) -> dict[str, Any]:
    """What a form of a scenario begins with."""
    from decimal import Decimal

    found = {
        f"{stem}_{lang}": getattr(scenario, f"{stem}_{lang}")
        for stem in ("title", "description")
        for lang in ("vi", "ja", "en")
    }
    spread = scenario.choices.get("spread")
    return {
        **found,
        "foresight": scenario.settings.get("foresight", ""),
        **{f"unit_{measure}": unit for measure, unit in scenario.settings.get("units", {}).items()},
        "years": scenario.settings.get("years", ""),
        "analysis": scenario.analysis,
        "method": scenario.choices.get("method", "simplex"),
        "prices": scenario.choices.get("prices", "0:200:25"),
        "draws": scenario.choices.get("draws"),
        "spread": Decimal(spread) if spread else None,
        "seed": scenario.choices.get("seed"),
        "quality": scenario.quality,
        "source": scenario.source,
        "revision": scenario.revision,
    }


class NewForm(ScenarioForm):
    """A new scenario of a model."""

    model = forms.ModelChoiceField(PathwayModel.objects.filter(kind="enduse"), label=gettext_lazy("Model"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        lang = language()
        self.fields["model"].label_from_instance = lambda row: row.title(lang)


class LeversForm(RecordForm):
    """How far each lever is pulled: 1 as it was made or an amount in its unit; empty is not at all."""

    def __init__(self, *args: Any, levers: Mapping[str, Any], **more: Any) -> None:
        super().__init__(*args, **more)
        lang = language()
        self.levers = levers
        for code, lever in levers.items():
            name = lever.names.get(lang) or next(iter(lever.names.values()), code)
            self.fields[f"lever-{code}"] = AmountField(
                label=f"{name} ({lever.unit})" if lever.unit else name,
                required=False,
                low="-1000000",
                high="1000000",
            )

    def rows(self) -> Iterator[tuple[Any, Any]]:
        for code, lever in self.levers.items():
            yield self[f"lever-{code}"], lever

    def pulled(self, before: Sequence[Sequence[str]]) -> list[list[str]]:
        """The pulled levers: those that were keep their place, new ones follow in the model's order."""
        given = {code: self.cleaned_data.get(f"lever-{code}") for code in self.levers}
        order = [code for code, _strength in before if code in given]
        order += [code for code in given if code not in order]
        return [[code, f"{given[code].normalize():f}"] for code in order if given[code] is not None]


class RowForm(RecordForm):
    """One number of a table: its keys, value, quality and source; with ``remove`` it is taken out."""

    def __init__(
        self,
        *args: Any,
        table: Any,
        known: Mapping[str, Sequence[tuple[str, str]]],
        fixed: bool,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.table, self.fixed = table, fixed
        for key in table.keys:
            self.fields[key] = self._key(key, known.get(key, ()))
        if table.bounds:
            choices = [(b.value, BOUNDS[b.value]) for b in table.bounds]
            self.fields["bound"] = forms.ChoiceField(label=COLUMNS["bound"], choices=choices)
        if table.yearly:
            self.fields["year"] = _text(
                COLUMNS["year"], help_text=gettext_lazy("Empty: holds for every year.")
            )
        if fixed:
            for name in (*table.keys, "bound", "year"):
                if name in self.fields:
                    self.fields[name].widget = forms.HiddenInput()
        self.fields["value"] = _text(
            COLUMNS["value"],
            required=True,
            help_text=_("A number, or inf for no limit.") if table.infinite else "",
        )
        self.fields["value"].widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})
        self.fields["quality"] = forms.ChoiceField(label=COLUMNS["quality"], choices=Quality.choices)
        self.fields["source"] = _text(COLUMNS["source"], rows=2, required=True)

    @staticmethod
    def _key(key: str, known: Sequence[tuple[str, str]]) -> forms.Field:
        label = COLUMNS.get(key, key)
        if known:
            return forms.ChoiceField(label=label, choices=[*known])
        return _text(label, required=True)

    def groups(self) -> Iterator[tuple[Any, list[Any]]]:
        yield None, [field for field in self.visible_fields() if field.name != "revision"]

    def hidden(self) -> list[Any]:
        return [field for field in self.hidden_fields() if field.name != "revision"]

    def clean_year(self) -> int | None:
        text = self.cleaned_data["year"].strip()
        if not text:
            return None
        try:
            return tasks.parse_year(text)
        except InputError as error:
            raise refused(error) from error

    def clean_value(self) -> str:
        try:
            return cell_value(self.cleaned_data["value"], self.table, language())
        except InputError as error:
            raise refused(error) from error

    def row(self) -> dict[str, Any]:
        """The edit that the form asks for."""
        given = self.cleaned_data
        return {
            "table": self.table.name,
            "keys": [given[key] for key in self.table.keys],
            "bound": given.get("bound", ""),
            "year": given.get("year"),
            "value": given["value"],
            "quality": given["quality"],
            "source": given["source"],
        }


def cell_value(text: str, table: Any, lang: str) -> str:
    """A value of a table as exact text.

    Raises
    ------
    InputError
        for what is no number, or lies outside the table's limits.
    """
    if text.strip().lower() in ("inf", "+inf"):
        plain = "inf"
    else:
        plain = f"{parse_number(text, lang=lang).normalize():f}"
    tasks.parse_value(plain, table)
    return plain

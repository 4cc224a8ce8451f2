"""Forms of a meeting, of a free point of its agenda, and of a decision with its actions."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.portal.core.workflow import days

from .models.meetings import Action, AgendaItem, Decision, Meeting
from .models.proposals import OTHER_SIDE

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LANGUAGES = ("vi", "ja", "en")


class MeetingForm(forms.ModelForm):
    """What is known of a meeting; what is not known stays empty."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Meeting
        fields = (
            "number", "held_on", "plan", "place_vi", "place_ja", "place_en", "chair_vn", "chair_jp", "source",
        )  # fmt: skip
        widgets = {"held_on": DAY, "source": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "chair_vn": _("Name as the source writes it."),
            "chair_jp": _("Name as the source writes it."),
            "source": _("Where place and names are taken from."),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        named = [given.get(k) for k in ("place_vi", "place_ja", "place_en", "chair_vn", "chair_jp")]
        if any(named) and not given.get("source"):
            self.add_error("source", _("A place or a name needs its source."))
        return given


class ItemForm(forms.ModelForm):
    """A point that is about nothing on record but what its title says."""

    class Meta:
        model = AgendaItem
        fields = ("title_vi", "title_ja", "title_en")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(name) for name in self.Meta.fields):
            self.add_error("title_vi", _("A title is needed in at least one language."))
        return given


class DecisionForm(forms.ModelForm):
    """The words of a decision in at least one language."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Decision
        fields = ("language", "text_vi", "text_ja", "text_en")
        widgets = {f"text_{lang}": forms.Textarea(attrs={"rows": 3, "lang": lang}) for lang in LANGUAGES}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        lang = given.get("language")
        if lang and not given.get(f"text_{lang}"):
            self.add_error(f"text_{lang}", _("The text is needed in the original language."))
        return given


class ActionForm(forms.Form):
    """One action: what, who, by when. A row without a text is left out."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title_vi = forms.CharField(label=_("What is to be done (Vietnamese)"), max_length=300, required=False)
    title_ja = forms.CharField(label=_("What is to be done (Japanese)"), max_length=300, required=False)
    title_en = forms.CharField(label=_("What is to be done (English)"), max_length=300, required=False)
    organisation = forms.ModelChoiceField(
        label=_("Who"), queryset=Organisation.objects.none(), required=False
    )
    due = forms.DateField(label=_("Due"), widget=DAY, required=False)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations
        self.fields["organisation"].label_from_instance = lambda row: row.name(language())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.is_said(given) and not given.get("organisation"):
            self.add_error("organisation", _("Who does it? Choose an organisation."))
        if not self.is_said(given) and (given.get("organisation") or given.get("due")):
            self.add_error("title_vi", _("What is to be done? Write it in at least one language."))
        return given

    @staticmethod
    def is_said(given: dict[str, Any]) -> bool:
        return any(given.get(f"title_{lang}") for lang in LANGUAGES)

    def attributes(self) -> dict[str, Any]:
        names = (*(f"title_{lang}" for lang in LANGUAGES), "organisation", "due")
        return {name: self.cleaned_data[name] for name in names}


class CarryForm(forms.Form):
    """Of which system the activity is that an action becomes."""

    system = forms.ModelChoiceField(label=_("System"), queryset=System.objects.all())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].label_from_instance = lambda row: (
            f"{row.code} {getattr(row, f'name_{language()}')}"
        )


def organisations() -> Any:
    """Those of both sides that stand today."""
    rows = Organisation.objects.filter(side__in=OTHER_SIDE)
    return rows.filter(pk__in=[o.pk for o in rows if o.exists_on(days.today(o.side))])


def action_forms(data: Any = None, actions: Any = (), extra: int = 1) -> BaseFormSet:
    """Rows of actions, those on record first."""
    made = formset_factory(ActionForm, extra=extra, max_num=len(actions) + 20, absolute_max=200)
    names = ("pk", "title_vi", "title_ja", "title_en", "due")
    initial = [{**{n: getattr(a, n) for n in names}, "organisation": a.organisation_id} for a in actions]
    return made(data, prefix="action", initial=initial, form_kwargs={"organisations": organisations()})


def write_actions(decision: Decision, forms_given: BaseFormSet) -> None:
    """Keep what the rows say; a row emptied takes its action away unless it is in a plan already."""
    standing = {a.pk: a for a in decision.actions.all()}
    for form in forms_given:
        given = form.cleaned_data
        action = standing.get(given.get("pk") or 0)
        if not ActionForm.is_said(given):
            if action is not None and action.activity_id is None:
                action.delete()
            continue
        action = action or Action(decision=decision)
        for name, value in form.attributes().items():
            setattr(action, name, value)
        action.save()

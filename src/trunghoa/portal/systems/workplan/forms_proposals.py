"""Forms of a proposal, and of the activity that follows from an answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.workflow import days

from .models.plan import Activity, WorkPlan
from .models.proposals import SIDE_LANGUAGE, Proposal

TEXT = forms.Textarea(attrs={"rows": 6})


class ProposalForm(forms.ModelForm):
    """What a side writes down before it submits it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Proposal
        fields = (
            "language", "title_vi", "text_vi", "title_ja", "text_ja", "title_en", "text_en",
            "system", "plan", "organisation",
        )  # fmt: skip
        widgets = {"text_vi": TEXT, "text_ja": TEXT, "text_en": TEXT}

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        side = user.side
        standing = [o.pk for o in Organisation.objects.filter(side=side) if o.exists_on(days.today(side))]
        own = self.instance.organisation_id or user.organisation_id
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in={*standing, own})
        self.fields["organisation"].required = True
        self.fields["system"].label_from_instance = _named
        self.fields["organisation"].label_from_instance = _named
        if self.instance.pk is None:
            self.initial.setdefault("language", SIDE_LANGUAGE.get(side, "vi"))
            self.initial.setdefault("organisation", user.organisation_id)
            self.initial.setdefault("plan", WorkPlan.objects.order_by("-year").first())
        for lang in ("vi", "ja", "en"):
            for stem in ("title", "text"):
                self.fields[f"{stem}_{lang}"].widget.attrs["lang"] = lang

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        rest = ("system", "plan", "organisation")
        texts = [self[name] for name in self.Meta.fields if name not in rest]
        return [(_("Text"), texts), (_("What it belongs to"), [self[name] for name in rest])]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        lang = given.get("language")
        if lang and not given.get(f"title_{lang}"):
            self.add_error(f"title_{lang}", _("The title is needed in the original language."))
        return given

    def attributes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _named(row: Any) -> str:
    from trunghoa.portal.core.record.templatetags.numbers import language

    lang = language()
    return row.name(lang) if hasattr(row, "name") else f"{row.pk} {getattr(row, f'name_{lang}')}"


class ActivityChoice(forms.Form):
    """Which activity of the plans follows from an accepted answer."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    activity = forms.ModelChoiceField(label=_("Activity"), queryset=Activity.objects.none())

    def __init__(self, seen: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = seen
        self.fields["activity"].label_from_instance = _labelled


def _labelled(row: Activity) -> str:
    from trunghoa.portal.core.record.templatetags.numbers import language

    return f"{row.plan.year} · {row.label(language())}"

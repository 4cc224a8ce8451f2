"""Forms of Article 6: approaches, entities, authorisations and their versions, transfer approvals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves

from .forms import Dated
from .models import (
    Authorisation,
    AuthorisedEntity,
    CooperativeApproach,
    Project,
    Terms,
    TransferApproval,
)
from .rules_article6 import party_of
from .tasks import aef


def choices_of(field: str, several: bool = False) -> list[tuple[str, str]]:
    """The words that the nomenclature has for a field of table 2."""
    return [(word, word) for word in aef.words(2, field)]


class ApproachForm(forms.ModelForm):
    class Meta:
        model = CooperativeApproach
        fields = (
            "code",
            "title_vi",
            "title_ja",
            "title_en",
            "parties",
            "description",
            "started_on",
            "source",
        )
        widgets = {"started_on": Dated(), "source": forms.Textarea(attrs={"rows": 2})}

    def clean_parties(self) -> str:
        given = self.cleaned_data["parties"].split()
        if len(set(given)) != len(given):
            raise forms.ValidationError(_("A Party stands twice."))
        return " ".join(given)


class EntityForm(forms.ModelForm):
    class Meta:
        model = AuthorisedEntity
        fields = (
            "name", "identifier", "country", "organisation", "authorised_on", "conditions",
            "change_conditions",
        )  # fmt: skip
        widgets = {"authorised_on": Dated()}

    def __init__(self, approach: CooperativeApproach, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.approach, self.instance.party = approach, party_of(user)
        self.fields["organisation"].label = _("Organisation on this platform")
        self.fields["organisation"].label_from_instance = lambda row: row.name(numbers.language())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = AuthorisedEntity.objects.filter(
            approach=self.instance.approach,
            party=self.instance.party,
            identifier=given.get("identifier", ""),
        )
        if known.exists():
            self.add_error("identifier", _("The entity is authorised in this approach already."))
        return given


class AuthorisationForm(forms.ModelForm):
    class Meta:
        model = Authorisation
        fields = ("code", "approach")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        own = [row.pk for row in CooperativeApproach.objects.all() if party_of(user) in row.parties.split()]
        self.fields["approach"].queryset = CooperativeApproach.objects.filter(pk__in=own)
        if not own:
            self.fields["approach"].help_text = _("No approach names your Party yet: enter one first.")

    @transaction.atomic
    def make(self) -> Authorisation:
        made = self.save(commit=False)
        made.party, made.created_by = party_of(self.user), self.user
        made.save()
        Terms.objects.create(authorisation=made, version=1)
        moves.began(made)
        return made


class TermsForm(forms.ModelForm):
    """One version; where it is not issued yet it may still be written anew."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Sectors"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Terms
        fields = (
            "purpose", "definition", "oimp", "quantity", "projects", "entities", "parties", "occurs_from",
            "occurs_to", "use_from", "use_to", "metric", "other_metric", "gwp_set", "sectors",
            "activity_type", "mitigation", "conditions", "information",
        )  # fmt: skip

    GROUPS = (
        (gettext_lazy("Purpose and first transfer"), ("purpose", "definition", "oimp")),
        (gettext_lazy("What is authorised"), ("quantity", "projects", "occurs_from", "occurs_to")),
        (gettext_lazy("Use"), ("entities", "parties", "use_from", "use_to")),
        (
            gettext_lazy("Metric and sector"),
            ("metric", "other_metric", "gwp_set", "mitigation", "sectors", "activity_type"),
        ),
        (gettext_lazy("Texts"), ("conditions", "information")),
    )

    def __init__(self, authorisation: Authorisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authorisation = authorisation
        lang = numbers.language()
        self.initial["revision"] = authorisation.revision
        self.fields["sectors"].choices = choices_of("Sectors")
        if self.instance.pk or self.initial.get("sectors"):
            given = self.initial.get("sectors") or ""
            self.initial["sectors"] = given.split("; ") if isinstance(given, str) and given else given
        self.fields["activity_type"] = forms.ChoiceField(
            label=self.fields["activity_type"].label,
            choices=[("", "–"), *choices_of("ActivityType")],
            required=False,
        )
        self.fields["projects"].queryset = Project.objects.exclude(reference="")
        self.fields["projects"].label_from_instance = lambda row: row.label(lang)
        self.fields["entities"].queryset = authorisation.approach.entities.filter(party=authorisation.party)
        for name in ("occurs_from", "occurs_to"):
            self.fields[name].required = False
            self.fields[name].localize = False

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    def clean_sectors(self) -> str:
        return "; ".join(self.cleaned_data["sectors"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for first, last in (("occurs_from", "occurs_to"), ("use_from", "use_to")):
            if given.get(first) and given.get(last) and given[last] < given[first]:
                self.add_error(last, _("It ends before it begins."))
        if given.get("purpose") == "NDC" and given.get("definition"):
            self.add_error("definition", _("It applies only where the purpose is more than the NDC."))
        start, lowest = given.get("occurs_from"), aef.first_vintage()
        if start and start < lowest:
            self.add_error(
                "occurs_from",
                _("Mitigation before %(year)s gives no ITMOs (Decision 2/CMA.3 annex para 1).")
                % {"year": lowest},
            )
        return given

    def keep(self, by: User) -> Terms:
        """Write the version; who holds an older page is told that it changed."""
        made: list[Terms] = []

        def change(held: Any) -> None:
            terms = self.save(commit=False)
            terms.authorisation = held
            if not terms.version:
                last = held.versions.order_by("version").last()
                terms.version = last.version + 1 if last else 1
            terms.save()
            self.save_m2m()
            made.append(terms)

        moves.edit(self.authorisation, by, revision=self.cleaned_data["revision"] or 0, change=change)
        return made[0]


class ApprovalForm(forms.ModelForm):
    class Meta:
        model = TransferApproval
        fields = ("project", "quantity", "until", "basis")
        widgets = {"until": Dated()}

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.created_by = user
        self.fields["project"].queryset = Project.objects.exclude(reference="")
        self.fields["project"].label_from_instance = lambda row: row.label(numbers.language())
        self.fields["quantity"].min_value = 1

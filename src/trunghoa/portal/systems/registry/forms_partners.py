"""Forms of partner registries: the registry, a statement, a note on a mismatch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.document_forms import DocumentField
from trunghoa.portal.core.workflow import days

from .forms import Dated
from .forms_parties import XLSX
from .models import PartnerRegistry
from .rules_article6 import party_of
from .words import SIDE_OF


class PartnerForm(forms.ModelForm):
    class Meta:
        model = PartnerRegistry
        fields = ("party", "name_vi", "name_ja", "name_en", "source", "quality")
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.side, self.own = user.side, party_of(user)
        self.fields["source"].required = True

    def clean_party(self) -> str:
        given = str(self.cleaned_data["party"])
        if given == self.own:
            raise forms.ValidationError(_("This is your own Party: name the partner's."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = PartnerRegistry.objects.filter(
            side=self.instance.side, party=given.get("party", ""), name_en=given.get("name_en", "")
        )
        if known.exists():
            self.add_error("name_en", _("This registry of the Party is on record already."))
        return given


class StatementForm(forms.Form):
    """A partner's statement as at a day that is over or today."""

    file = DocumentField(label=gettext_lazy("Statement (.csv, .xlsx)"), types=("text/csv", XLSX))
    day = forms.DateField(label=gettext_lazy("As at the end of"), widget=Dated())
    illustrative = forms.BooleanField(
        label=gettext_lazy("An illustration, and no statement of the partner"), required=False
    )

    def __init__(self, partner: PartnerRegistry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The day is the partner's, as in its books.
        self.side = SIDE_OF.get(partner.party, partner.side)

    def clean_day(self) -> Any:
        given, today = self.cleaned_data["day"], days.today(self.side)
        if given > today:
            raise forms.ValidationError(_("The day lies ahead: the latest is today."))
        return given


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("How it is settled"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

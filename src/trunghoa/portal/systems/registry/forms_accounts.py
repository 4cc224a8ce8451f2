"""Forms of accounts, orders and duties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.ledger.models import Block, Series
from trunghoa.portal.core.record.templatetags import numbers

from .forms import named
from .models import Duty, Order, RegistryAccount
from .models.accounts import account_of_party
from .serials import spelled
from .words import ACCOUNT_KINDS, SUB_ACCOUNTS


class AccountForm(forms.Form):
    """An account of an organisation of the own side; one registration account, typed sub-accounts."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none()
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of account"),
        choices=[k for k in ACCOUNT_KINDS if k[0] in ("entity", "external")],
    )
    sub = forms.ChoiceField(
        label=gettext_lazy("Sub-account"),
        choices=SUB_ACCOUNTS,
        required=False,
        help_text=gettext_lazy("Sub-accounts after Circular 11/2026/TT-BNNMT"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(side=user.side)
        self.fields["organisation"].label_from_instance = named

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        same = RegistryAccount.objects.filter(
            account__organisation=given.get("organisation"),
            kind=given.get("kind"),
            sub=given.get("sub") or "",
            closed_on=None,
        )
        if given.get("organisation") and same.exists():
            raise forms.ValidationError(_("The organisation has an open account of this kind already."))
        return given


class OrderForm(forms.Form):
    """An order on exact units: a serial, or so many of a series, the lowest numbers first."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is to be done"),
        choices=[c for c in Order.Kind.choices if c[0] in ("transfer", "use", "cancel", "block", "unblock")],
    )
    serial = forms.CharField(
        label=gettext_lazy("Serial"),
        max_length=120,
        help_text=gettext_lazy("As it stands among the holdings; shorten the numbers to move a part of it."),
    )
    target = forms.ModelChoiceField(
        label=gettext_lazy("To the account"),
        queryset=RegistryAccount.objects.none(),
        required=False,
        help_text=gettext_lazy("For a transfer; use and cancellation have accounts of their own."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("For"),
        required=False,
        choices=[("", "–"), *(k for k in ACCOUNT_KINDS if k[0].startswith(("retirement", "cancel")))],
        help_text=gettext_lazy("For use and cancellation"),
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year of use"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=gettext_lazy("The calendar year of the NDC towards which units are used"),
    )
    beneficiary = forms.CharField(label=gettext_lazy("Beneficiary"), required=False, max_length=200)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, account: RegistryAccount, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        others = RegistryAccount.objects.filter(closed_on=None, account__kind="holding").exclude(
            pk=account.pk
        )
        self.fields["target"].queryset = others.select_related("account__organisation")
        self.fields["target"].label_from_instance = lambda row: row.label(numbers.language())

    def clean_serial(self) -> tuple[Series, int, int]:
        text = " ".join(self.cleaned_data["serial"].split())
        found = spelled(text)
        if found is None:
            raise forms.ValidationError(_("“%(value)s” is no serial of this registry.") % {"value": text})
        series, first, last = found
        held = Block.objects.filter(
            account=self.account.account, series=series, last__gte=first, first__lte=last
        )
        covered = sum(min(b.last, last) - max(b.first, first) + 1 for b in held)
        if covered != last - first + 1:
            raise forms.ValidationError(
                _("The account holds %(value)s of these %(limit)s units.")
                % {"value": covered, "limit": last - first + 1}
            )
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind, purpose = given.get("kind"), given.get("purpose") or ""
        if kind == "transfer" and not given.get("target"):
            self.add_error("target", _("Name the account to which the units go."))
        if kind == "use" and not purpose.startswith("retirement"):
            self.add_error("purpose", _("Say what the units are used for."))
        if kind == "use" and purpose == "retirement_ndc" and not given.get("year"):
            self.add_error("year", _("Give the year of the NDC towards which the units are used."))
        if kind == "cancel" and not purpose.startswith("cancel"):
            self.add_error("purpose", _("Say which kind of cancellation it is."))
        return given

    def make(self, by: User, **more: Any) -> Order:
        given = self.cleaned_data
        series, first, last = given["serial"]
        target = given["target"] if given["kind"] == "transfer" else None
        if given["kind"] in ("use", "cancel"):
            target = account_of_party(self.account.account.party, given["purpose"])
        order: Order = Order.objects.create(
            kind=given["kind"],
            side=self.account.side or by.side,
            source=self.account,
            target=target,
            units=[[series.pk, first, last]],
            quantity=last - first + 1,
            beneficiary=given["beneficiary"],
            year=given["year"],
            reason=given["reason"],
            prepared_by=by,
            **more,
        )
        return order


class ReasonForm(forms.Form):
    """Why something is undone."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class DutyForm(forms.Form):
    """Give an officer of the own side a duty; nobody gives one to themselves."""

    person = forms.ModelChoiceField(label=gettext_lazy("Person"), queryset=User.objects.none())
    name = forms.ChoiceField(label=gettext_lazy("Duty"), choices=Duty.Name.choices)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officers = User.objects.filter(
            organisation__side=user.side, role=User.Role.OFFICER, is_active=True, is_service=False
        )
        self.fields["person"].queryset = officers.exclude(pk=user.pk)
        self.fields["person"].label_from_instance = lambda row: row.shown_name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("person")
            and Duty.objects.filter(
                person=given["person"], name=given.get("name"), ended_on__isnull=True
            ).exists()
        ):
            raise forms.ValidationError(_("The person has this duty already."))
        return given

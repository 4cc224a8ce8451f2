"""Forms of purchases: offers, agreements with their schedule, deliveries, payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.form_fields import AmountField
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days, moves

from .forms import Dated, lines_of
from .models import Agreement, Delivery, Instalment, Offer, Payment, Project
from .purchasing import candidates
from .rules import visible_projects

GONE = ("withdrawn", "rejected")
BARGAIN = ("project", "vintage_from", "vintage_to", "volume", "price", "currency", "conditions")


class BargainForm(forms.ModelForm):
    """What offers and agreements both say."""

    price = AmountField(label=gettext_lazy("Price per credit"), low="0")
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        lang = numbers.language()
        self.initial["revision"] = self.instance.revision
        # Also one that is not registered yet: credits of the future are sold too.
        open_to_user = Project.objects.filter(visible_projects(user)).exclude(state__in=GONE)
        self.fields["project"].queryset = open_to_user.distinct()
        self.fields["project"].label_from_instance = lambda row: row.label(lang)
        for name in ("vintage_from", "vintage_to"):
            self.fields[name].localize = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("vintage_from"), given.get("vintage_to")
        if first and last and last < first:
            self.add_error("vintage_to", _("The last vintage is before the first."))
        return given

    def apply(self, held: Any) -> None:
        """Put what was given on the locked row."""
        for name in self.Meta.fields:
            setattr(held, name, self.cleaned_data[name])


class OfferForm(BargainForm):
    class Meta:
        model = Offer
        fields = (*BARGAIN, "valid_until")
        widgets = {"valid_until": Dated(), "conditions": forms.Textarea(attrs={"rows": 4})}

    def make(self) -> Offer:
        offer: Offer = self.save(commit=False)
        offer.seller, offer.created_by = self.user.organisation, self.user
        offer.quality = graded(offer.project)
        offer.save()
        return moves.began(offer)


class AgreementForm(BargainForm):
    schedule_lines = forms.CharField(
        label=gettext_lazy("Schedule of deliveries"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One line for each day: day = units, such as 2027-12-31 = 10000"),
    )
    damages = AmountField(label=gettext_lazy("Damages per missing credit"), low="0", required=False)
    grant = AmountField(label=gettext_lazy("Grant"), low="0.01", required=False)

    class Meta:
        model = Agreement
        fields = ("seller", "buyer", *BARGAIN, "shortfall", "damages", "fund", "grant")
        widgets = {"conditions": forms.Textarea(attrs={"rows": 4})}

    GROUPS = (
        (gettext_lazy("Parties"), ("seller", "buyer")),
        (gettext_lazy("Credits"), ("project", "vintage_from", "vintage_to", "volume")),
        (gettext_lazy("Price"), ("price", "currency")),
        (gettext_lazy("Delivery"), ("schedule_lines", "shortfall", "damages")),
        (gettext_lazy("Grant tied to it"), ("fund", "grant")),
        (gettext_lazy("Texts"), ("conditions",)),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        for name in ("seller", "buyer"):
            self.fields[name].queryset = Organisation.objects.order_by("code")
            self.fields[name].label_from_instance = lambda row: row.name(numbers.language())
        self.fields["fund"].label_from_instance = lambda row: row.title(numbers.language()) or row.code
        if self.instance.pk and "schedule_lines" not in self.initial:
            rows = self.instance.schedule.all()
            self.initial["schedule_lines"] = "\n".join(
                f"{row.due.isoformat()} = {row.volume}" for row in rows
            )

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    def clean_schedule_lines(self) -> dict[date, int]:
        found: dict[date, int] = {}
        for number, day, units in lines_of(self.cleaned_data["schedule_lines"]):
            try:
                due = date.fromisoformat(day)
            except ValueError:
                raise forms.ValidationError(
                    _("Line %(n)s: “%(value)s” is no day, such as 2027-12-31.") % {"n": number, "value": day}
                ) from None
            if not (units.isascii() and units.isdigit()) or not 0 < int(units) < 10**15:
                raise forms.ValidationError(
                    _("Line %(n)s: “%(value)s” is no whole number of units from 1 on, without separators.")
                    % {"n": number, "value": units}
                )
            if due in found:
                raise forms.ValidationError(_("Line %(n)s: the day stands twice.") % {"n": number})
            found[due] = int(units)
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        parties = (given.get("seller"), given.get("buyer"))
        if None not in parties:
            if parties[0] == parties[1]:
                self.add_error("buyer", _("Seller and buyer are two organisations."))
            elif self.user.organisation not in parties:
                self.add_error("seller", _("Your own organisation has to be seller or buyer."))
        lines, volume = given.get("schedule_lines"), given.get("volume")
        if lines and volume and sum(lines.values()) != volume:
            self.add_error(
                "schedule_lines",
                _("The schedule adds up to %(planned)s units, the agreement is on %(volume)s.")
                % {"planned": sum(lines.values()), "volume": volume},
            )
        if given.get("shortfall") == Agreement.Shortfall.DAMAGES and given.get("damages") is None:
            self.add_error("damages", _("Say how much is paid for each missing credit."))
        self._check_grant(given)
        return given

    def _check_grant(self, given: dict[str, Any]) -> None:
        fund, grant = given.get("fund"), given.get("grant")
        if (fund is None) != (grant is None):
            self.add_error("grant", _("Name the fund and the amount, or neither."))
        elif fund is not None and grant is not None:
            if fund.currency != given.get("currency"):
                self.add_error(
                    "fund",
                    _("The fund is in %(fund)s, the agreement in %(currency)s: currencies are never mixed.")
                    % {"fund": fund.currency, "currency": given.get("currency")},
                )
            if grant * 100 != (grant * 100).to_integral_value():
                self.add_error("grant", _("Write at most two decimals."))

    def make(self, offer: Offer | None) -> Agreement:
        agreement: Agreement = self.save(commit=False)
        agreement.created_by, agreement.offer = self.user, offer
        agreement.quality = graded(agreement.project)
        agreement.save()
        self._schedule(agreement)
        return moves.began(agreement)

    def apply(self, held: Agreement) -> None:
        super().apply(held)
        held.quality = graded(held.project)
        self._schedule(held)

    def _schedule(self, agreement: Agreement) -> None:
        wanted = self.cleaned_data["schedule_lines"]
        for row in agreement.schedule.all():
            if wanted.get(row.due) != row.volume:
                row.delete()
        kept = set(agreement.schedule.values_list("due", flat=True))
        for due, volume in wanted.items():
            if due not in kept:
                Instalment.objects.create(agreement=agreement, due=due, volume=volume)


def graded(project: Project) -> str:
    """What is agreed on an illustrative project is illustrative too; people vouch for the rest."""
    illustrative = Quality.ILLUSTRATIVE.value
    return illustrative if project.quality == illustrative else Quality.VERIFIED.value


class DeliveryForm(forms.Form):
    """One of the orders that could be a delivery."""

    order = forms.ChoiceField(label=gettext_lazy("Order"))

    def __init__(self, agreement: Agreement, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement = agreement
        self.orders = {str(row.pk): row for row in candidates(agreement)}
        self.fields["order"].choices = [
            (key, f"{row.label('')} · {numbers.number(row.quantity)} t · {row.source} → {row.target}")
            for key, row in self.orders.items()
        ]

    def make(self, by: User) -> Delivery:
        order = self.orders[self.cleaned_data["order"]]
        return Delivery.objects.create(agreement=self.agreement, order=order, recorded_by=by)


class PaymentForm(forms.ModelForm):
    amount = AmountField(label=gettext_lazy("Amount"), low="0.01")

    class Meta:
        model = Payment
        fields = ("purpose", "paid_on", "amount", "reference")
        widgets = {"paid_on": Dated()}

    def __init__(self, agreement: Agreement, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement, self.user = agreement, user
        self.instance.agreement, self.instance.recorded_by = agreement, user
        self.fields["amount"].help_text = agreement.currency
        if agreement.fund is None:
            self.fields["purpose"].choices = [c for c in Payment.Purpose.choices if c[0] != "grant"]

    def clean_paid_on(self) -> date:
        given: date = self.cleaned_data["paid_on"]
        if given > (today := days.today(self.user.side)):
            raise forms.ValidationError(
                _("%(value)s is after today, %(limit)s.")
                % {"value": numbers.day(given), "limit": numbers.day(today)}
            )
        return given

    def make(self) -> Payment:
        return moves.began(self.save())

"""Forms of a Party's settings, inventories, reports, and of files that are handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.ledger.models import Block
from trunghoa.portal.core.record.document_forms import DocumentField
from trunghoa.portal.core.record.form_fields import AmountField
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves

from . import adjusting
from .models import AnnualReport, Handed, InventoryYear, Order, PartyReport, PartySettings, RegistryAccount
from .models.accounts import account_of_party
from .rules_article6 import party_of
from .serials import spelled
from .submitting import XLSX
from .tasks import aef, article6
from .words_article6 import PARTY_NAMES

RESTS = ("period_first", "period_last", "method", "denominator", "gwp_set")


class SettingsForm(forms.ModelForm):
    """One method for the whole period: once something rests on it, it stays."""

    class Meta:
        model = PartySettings
        fields = (
            "period_first", "period_last", "method", "denominator", "gwp_set", "itmo_registry", "template",
            "source", "quality",
        )  # fmt: skip
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = [("", _("the latest"))] + [(v, v) for v in aef.versions()]
        self.fields["template"] = forms.ChoiceField(
            label=self.fields["template"].label, choices=given, required=False
        )
        for name in ("period_first", "period_last"):
            self.fields[name].localize = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("period_first"), given.get("period_last")
        if first and last and last < first:
            self.add_error("period_last", _("It ends before it begins."))
        if given.get("quality") == "verified" and not given.get("source"):
            self.add_error("source", _("What is verified has a source: name it."))
        changed = [name for name in RESTS if name in self.changed_data]
        if self.instance.pk and changed and adjusting.is_settled(self.instance.party):
            for name in changed:
                self.add_error(
                    name,
                    _("A final year or a submitted report rests on it: one method for the whole NDC period."),
                )
        return given


class InventoryForm(forms.ModelForm):
    amount = AmountField(label=gettext_lazy("Emissions and removals (t CO₂e)"))
    target = AmountField(label=gettext_lazy("Trajectory or budget (t CO₂e)"), required=False)

    class Meta:
        model = InventoryYear
        fields = ("year", "amount", "target", "gwp_set", "source", "quality")
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, settings: PartySettings, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = settings
        self.instance.party = settings.party
        self.fields["year"].localize = False
        self.initial.setdefault("gwp_set", settings.gwp_set)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("gwp_set") and given["gwp_set"] != self.settings.gwp_set:
            self.add_error(
                "gwp_set",
                _("The Party's account is in %(set)s: tonnes of two sets do not add up.")
                % {"set": self.settings.gwp_set},
            )
        year = given.get("year")
        if year and not self.settings.period_first <= year <= self.settings.period_last:
            self.add_error("year", _("The year lies outside the NDC period."))
        if given.get("quality") == "verified" and not given.get("source"):
            self.add_error("source", _("What is verified has a source: name it."))
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "year"}

    def keep(self) -> InventoryYear:
        """The value of the year; an earlier one is replaced, and the chain of changes keeps it."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields if name != "year"}
        made, _new = InventoryYear.objects.update_or_create(
            party=self.settings.party, year=self.cleaned_data["year"], defaults=given
        )
        return made


class ReportForm(forms.Form):
    """The items of a report; each says something, or why it does not apply."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, report: PartyReport, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report, lang = report, numbers.language()
        self.initial["revision"] = report.revision
        for item in article6.items(report.kind):
            answer = report.answers.get(item.code, {})
            self.fields[item.code] = forms.CharField(
                label=f"{item.code}. {item.text[lang]}",
                required=False,
                max_length=20000,
                initial=answer.get("text", ""),
                widget=forms.Textarea(attrs={"rows": 4}),
            )
            if item.if_applicable:
                self.fields[f"{item.code}-na"] = forms.BooleanField(
                    label=_("%(item)s does not apply; the text says why") % {"item": item.code},
                    required=False,
                    initial=answer.get("not_applicable", False),
                )

    def keep(self, by: User) -> PartyReport:
        given = self.cleaned_data
        answers = {
            item.code: {
                "text": given[item.code].strip(),
                "not_applicable": bool(given.get(f"{item.code}-na")),
            }
            for item in article6.items(self.report.kind)
            if given[item.code].strip()
        }

        def change(held: Any) -> None:
            held.answers = answers
            held.made_by = by

        return moves.edit(self.report, by, revision=given["revision"], change=change)


class YearForm(forms.Form):
    """Begin a report of a year."""

    year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=2021, max_value=2100, localize=False, required=True
    )

    def annual(self, by: User) -> AnnualReport:
        party, year = party_of(by), self.cleaned_data["year"]
        last = AnnualReport.objects.filter(party=party, year=year).first()
        if last is not None and last.state != "submitted":
            return last
        made = AnnualReport.objects.create(
            party=party, year=year, version=last.version + 1 if last else 1, made_by=by
        )
        return moves.began(made)

    def regular(self, by: User) -> PartyReport:
        made, new = PartyReport.objects.get_or_create(
            kind="regular", party=party_of(by), year=self.cleaned_data["year"], defaults={"made_by": by}
        )
        return moves.began(made) if new else made


class BlocksForm(forms.Form):
    """Blocks of Parties outside the ledger, with their inventories where these are known."""

    file = DocumentField(label=gettext_lazy("Blocks (.csv)"), types=("text/csv",))
    inventory = DocumentField(
        label=gettext_lazy("Inventories and use (.csv)"), types=("text/csv",), required=False
    )


class PartnerForm(forms.Form):
    """Another Party's annual information."""

    file = DocumentField(label=gettext_lazy("Workbook (.xlsx)"), types=(XLSX,))
    party = forms.ChoiceField(label=gettext_lazy("Party"), choices=list(PARTY_NAMES.items()))


class IssuancesForm(forms.Form):
    """What other programmes issued."""

    file = DocumentField(label=gettext_lazy("Issuances (.csv)"), types=("text/csv",))


HANDED = {
    Handed.Kind.BLOCKS: BlocksForm,
    Handed.Kind.REPORT: PartnerForm,
    Handed.Kind.ISSUANCES: IssuancesForm,
}


class ContributionForm(forms.Form):
    """Contribute units of an account: really moved, by orders that a registry administrator approves."""

    serial = forms.CharField(label=gettext_lazy("Serial"), max_length=120)
    mechanism = forms.ChoiceField(
        label=gettext_lazy("Mechanism"),
        choices=[("A6.2", gettext_lazy("Article 6.2: nothing is required")), ("A6.4", "A6.4")],
    )
    adaptation = forms.IntegerField(
        label=gettext_lazy("For adaptation (units)"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Empty: what the mechanism asks for"),
    )
    omge = forms.IntegerField(
        label=gettext_lazy("For overall mitigation, OMGE (units)"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Empty: what the mechanism asks for"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, account: RegistryAccount, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        found = spelled(" ".join(str(given.get("serial", "")).split()))
        if found is None:
            text = given.get("serial", "")
            self.add_error("serial", _("“%(value)s” is no serial of this registry.") % {"value": text})
            return given
        series, first, last = found
        rows = Block.objects.filter(
            account=self.account.account, series=series, last__gte=first, first__lte=last
        )
        held = sum(min(b.last, last) - max(b.first, first) + 1 for b in rows)
        quantity = last - first + 1
        if held != quantity:
            self.add_error(
                "serial",
                _("The account holds %(value)s of these %(limit)s units.")
                % {"value": held, "limit": quantity},
            )
        adaptation, omge, _shares = article6.levies(quantity, given.get("mechanism") or "A6.2")
        given["adaptation"] = adaptation if given.get("adaptation") is None else given["adaptation"]
        given["omge"] = omge if given.get("omge") is None else given["omge"]
        if not given["adaptation"] + given["omge"]:
            self.add_error("adaptation", _("Under Article 6.2 nothing is required: say how much is given."))
        elif given["adaptation"] + given["omge"] > quantity:
            self.add_error("adaptation", _("That is more than the %(limit)s units.") % {"limit": quantity})
        given["units"] = found
        return given

    @transaction.atomic
    def make(self, by: User) -> list[Order]:
        """One order for each contribution of something: the lowest numbers for adaptation, then for OMGE."""
        given = self.cleaned_data
        series, at, _last = given["units"]
        made = []
        wanted = (("transfer", "adaptation", given["adaptation"]), ("cancel", "cancel_omge", given["omge"]))
        for kind, place, amount in wanted:
            if not amount:
                continue
            order = Order.objects.create(
                kind=kind,
                side=self.account.side or by.side,
                source=self.account,
                target=account_of_party(self.account.account.party, place),
                units=[[series.pk, at, at + amount - 1]],
                quantity=amount,
                reason=given["reason"],
                prepared_by=by,
            )
            made.append(moves.began(order))
            at += amount
        return made

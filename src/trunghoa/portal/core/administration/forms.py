"""Forms with which officers look after organisations, people and tokens."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import ApiToken, Organisation, Side, User
from trunghoa.portal.core.accounts.organisations import roles
from trunghoa.portal.core.record.models import Place
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.quantities import PlaceKey

LONGEST = 366  # days that a token works at most


def day_field(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **more)


def by_name(rows: Any) -> list[tuple[str, str]]:
    lang = language()
    return sorted(((row.code, row.name(lang)) for row in rows), key=lambda pair: pair[1])


class OrganisationForm(forms.ModelForm):
    """Names in three languages, side, kind, place, and the days on which the organisation exists."""

    code = forms.SlugField(
        label=_("Code"), max_length=50, help_text=_("Letters, digits and hyphens; it stays for good.")
    )
    name_vi = forms.CharField(label=_("Name (Vietnamese)"), max_length=200)
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=200)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200)
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    place_key = forms.CharField(
        label=_("Place it governs"),
        max_length=70,
        required=False,
        help_text=_("Era and code, as on the page of places; empty where it governs none."),
    )
    valid_from = day_field(_("Exists since"), required=False)

    class Meta:
        model = Organisation
        fields = ("code", "name_vi", "name_ja", "name_en", "side", "kind", "place_key", "valid_from")

    def __init__(self, by: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by
        if self.instance.pk:
            del self.fields["code"]
        if not by.is_superuser:
            self.fields["side"].choices = [c for c in Side.choices if c[0] in (by.side, Side.OTHER)]

    def clean_place_key(self) -> str:
        text = str(self.cleaned_data["place_key"]).strip()
        if not text:
            return ""
        era, _colon, code = text.partition(":")
        if not code or not Place.objects.filter(era=era, code=code).exists():
            raise ValidationError(gettext("There is no such place. Write era and code with a colon between."))
        return str(PlaceKey(era, code))


class ClosingForm(forms.Form):
    """The last day of an organisation and who takes its work over."""

    valid_to = day_field(_("Last day"))
    successor = forms.ChoiceField(label=_("Successor"), required=False)

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.organisation = organisation
        others = Organisation.objects.exclude(pk=organisation.pk).filter(side=organisation.side)
        self.fields["successor"].choices = [("", gettext("nobody")), *by_name(others)]

    def clean_valid_to(self) -> date:
        day: date = self.cleaned_data["valid_to"]
        if self.organisation.valid_from and day < self.organisation.valid_from:
            raise ValidationError(gettext("It did not exist yet on that day."))
        return day

    def clean_successor(self) -> Organisation | None:
        """The successor; one that in turn ends in this organisation would make a circle."""
        row = found = Organisation.objects.filter(code=self.cleaned_data["successor"]).first()
        while row is not None:
            if row.pk == self.organisation.pk:
                raise ValidationError(gettext("That organisation's work came to this one; choose another."))
            row = row.successor
        return found


class OfOrganisations(forms.Form):
    """A form that names one of the organisations which the writer looks after."""

    def __init__(self, organisations: Iterable[Organisation], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.rows = {row.code: row for row in organisations}
        self.fields["organisation"].choices = by_name(self.rows.values())

    def clean_organisation(self) -> Organisation:
        return self.rows[self.cleaned_data["organisation"]]


class RoleForm(OfOrganisations):
    """A role has to fit the kind of organisation: an importer's people decide nothing for a ministry."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    role = forms.ChoiceField(label=_("Role"), choices=User.Role.choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        organisation, role = data.get("organisation"), data.get("role")
        if organisation and role and role not in (fitting := roles(organisation)):
            labels = ", ".join(str(r.label) for r in fitting)
            text = gettext("In this organisation people can be: %(roles)s.") % {"roles": labels}
            self.add_error("role", ValidationError(text))
        return data


class InvitationForm(RoleForm):
    """Whom to invite, for which organisation, in which role."""

    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
    field_order = ("email", "organisation", "role", "language")


class PersonForm(RoleForm):
    """Where a person works, in which role, and whether they may sign in."""

    is_active = forms.BooleanField(label=_("May sign in"), required=False)


class TokenForm(OfOrganisations):
    """What a token is called, what it may do and until when."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    organisation = forms.ChoiceField(label=_("Organisation"))
    scope = forms.ChoiceField(label=_("It may"), choices=ApiToken.Scope.choices)
    last_day = day_field(_("Last day"))

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if not today < day <= today + timedelta(days=LONGEST):
            raise ValidationError(gettext("Choose a day after today and within a year."))
        return day

    def expires_on(self) -> datetime:
        """The end of the last day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["last_day"], time.max))

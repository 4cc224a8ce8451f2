"""Forms of the registry: projects, periods, allocation, accounts, orders, duties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.models import Place
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days

from . import allotting
from .models import Issuance, Methodology, Participant, Project, RegistryAccount
from .tasks import limits

LINE = re.compile(r"\s*([^=:]+?)\s*[=:]\s*(\S+)\s*")
LINES = forms.Textarea(attrs={"rows": 4})


def lines_of(text: str) -> Iterator[tuple[int, str, str]]:
    """Lines “name = value” with their numbers; anything else is refused by its line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise forms.ValidationError(
                _("Line %(n)s: “%(value)s” is not of the form “name = value”.")
                % {"n": number, "value": line.strip()}
            )
        yield number, found[1], found[2]


def named(row: Any) -> str:
    return str(row.name(numbers.language()))


class Dated(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ProjectForm(forms.ModelForm):
    """What participants say of a project. Its parameters fixed ex ante have a page of their own."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    participants = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Participants"), queryset=Organisation.objects.none(), required=False
    )
    consultants = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Consultants"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=gettext_lazy("Who consults for a project may not validate or verify it."),
    )
    expected_lines = forms.CharField(
        label=gettext_lazy("Expected reductions"),
        required=False,
        widget=LINES,
        help_text=gettext_lazy("One line for each calendar year: 2026 = 1200 (whole t CO₂e)"),
    )
    share_lines = forms.CharField(
        label=gettext_lazy("Allocation of credits (form 3.5)"),
        required=False,
        widget=LINES,
        help_text=gettext_lazy("One line for each account: number = share; the shares add up to 1"),
    )

    class Meta:
        model = Project
        fields = (
            "code",
            "title_vi",
            "title_ja",
            "title_en",
            "summary_vi",
            "summary_ja",
            "summary_en",
            "methodology",
            "scope",
            "place",
            "third_party",
            "focal_point",
            "crediting_from",
            "crediting_to",
            "rounding",
        )
        widgets = {"crediting_from": Dated(), "crediting_to": Dated()}

    GROUPS = (
        (gettext_lazy("Title"), ("code", "title_vi", "title_ja", "title_en")),
        (gettext_lazy("Summary"), ("summary_vi", "summary_ja", "summary_en")),
        (gettext_lazy("Who takes part"), ("participants", "consultants", "focal_point", "third_party")),
        (
            gettext_lazy("Design"),
            ("methodology", "scope", "place", "crediting_from", "crediting_to", "expected_lines"),
        ),
        (gettext_lazy("Allocation of credits"), ("share_lines", "rounding")),
    )

    # What may still be changed where the design was validated: who speaks for it and who gets what.
    AFTER_VALIDATION = ("focal_point", "share_lines", "rounding", "revision")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = self.instance.pk is not None
        self.fields["methodology"].queryset = Methodology.objects.filter(state="approved")
        entities = Organisation.objects.filter(kind=Organisation.Kind.THIRD_PARTY)
        self.fields["third_party"].queryset = entities
        self.fields["place"].queryset = Place.objects.filter(kind__in=("province", "municipality", "site"))
        others = Organisation.objects.exclude(kind=Organisation.Kind.THIRD_PARTY)
        for name in ("participants", "consultants", "focal_point"):
            self.fields[name].queryset = others
        for name in ("participants", "consultants", "focal_point", "third_party", "place"):
            self.fields[name].label_from_instance = named
        if made:
            del self.fields["code"]
            self.initial["revision"] = self.instance.revision
            for name, part in (("participants", "participant"), ("consultants", "consultant")):
                self.initial[name] = [
                    p.organisation_id for p in self.instance.participants.all() if p.part == part
                ]
            self.initial["expected_lines"] = _written(self.instance.expected)
            self.initial["share_lines"] = _written(self.instance.shares)
        elif user.organisation_id:
            self.initial["participants"] = [user.organisation_id]
        for lang in ("vi", "ja", "en"):
            for stem in ("title", "summary"):
                self.fields[f"{stem}_{lang}"].widget.attrs["lang"] = lang
        if self.instance.state == "validated":
            self.fields = {name: self.fields[name] for name in self.AFTER_VALIDATION}

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        groups = [
            (label, [self[name] for name in names if name in self.fields]) for label, names in self.GROUPS
        ]
        return [group for group in groups if group[1]]

    def clean_expected_lines(self) -> dict[str, int]:
        found = {}
        for number, year, amount in lines_of(self.cleaned_data["expected_lines"]):
            if not (re.fullmatch(r"\d{4}", year) and re.fullmatch(r"\d{1,12}", amount)):
                raise forms.ValidationError(
                    _("Line %(n)s: write a year of four digits and whole tonnes.") % {"n": number}
                )
            found[year] = int(amount)
        return found

    def clean_share_lines(self) -> dict[str, str]:
        found: dict[str, str] = {}
        known = set(RegistryAccount.objects.filter(closed_on=None).values_list("number", flat=True))
        for number, account, share in lines_of(self.cleaned_data["share_lines"]):
            if account not in known:
                raise forms.ValidationError(
                    _("Line %(n)s: there is no open account “%(value)s”.") % {"n": number, "value": account}
                )
            try:
                found[account] = f"{Decimal(share.replace(',', '.')):f}"
            except InvalidOperation:
                raise forms.ValidationError(
                    _("Line %(n)s: “%(value)s” is no share, such as 0.5.") % {"n": number, "value": share}
                ) from None
        if found and sum(map(Decimal, found.values())) != 1:
            raise forms.ValidationError(_("The shares do not add up to 1."))
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        titled = any(given.get(f"title_{lang}") for lang in ("vi", "ja", "en"))
        if "title_vi" in self.fields and not titled:
            self.add_error("title_vi", _("The title is needed in at least one language."))
        start, end = given.get("crediting_from"), given.get("crediting_to")
        if start and end and end < start:
            self.add_error("crediting_to", _("The crediting period ends before it begins."))
        return given

    def make(self, by: User) -> Project:
        project: Project = self.save(commit=False)
        project.created_by = by
        self._take_lines(project)
        project.save()
        self._parts(project)
        return project

    def apply(self, held: Project) -> None:
        """Put what was given on the locked row."""
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                setattr(held, name, self.cleaned_data[name])
        self._take_lines(held)
        self._parts(held)

    def _take_lines(self, project: Project) -> None:
        project.shares = self.cleaned_data["share_lines"]
        if "expected_lines" in self.fields:
            project.expected = self.cleaned_data["expected_lines"]

    def _parts(self, project: Project) -> None:
        if "participants" not in self.fields:
            return
        wanted = {
            (organisation.pk, part)
            for name, part in (("participants", "participant"), ("consultants", "consultant"))
            for organisation in self.cleaned_data[name]
        }
        for row in project.participants.exclude(part="proponent"):
            if (row.organisation_id, row.part) in wanted:
                wanted.discard((row.organisation_id, row.part))
            else:
                row.delete()
        for organisation, part in sorted(wanted):
            Participant.objects.create(project=project, organisation_id=organisation, part=part)


def _written(lines: dict[str, Any]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in lines.items())


class CapForm(forms.ModelForm):
    """The class of the transfer cap, and by which provision the project belongs to it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Project
        fields = ("cap_class", "cap_basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        self.fields["cap_class"] = forms.ChoiceField(
            label=self.fields["cap_class"].label, choices=[("", "–"), *_classes()]
        )
        self.fields["cap_basis"].required = True

    def apply(self, held: Project) -> None:
        """Put what was given on the locked row."""
        for name in self.Meta.fields:
            setattr(held, name, self.cleaned_data[name])


def _classes() -> Iterator[tuple[str, str]]:
    """The classes that the law knows today, each with its share, its source and how far that was checked."""
    for code, row in limits.classes("VN", days.today("VN")):
        share = numbers.number(row.value * 100)
        yield code, f"{code}: {share} % · {row.source} · {numbers.quality(row.quality)}"


class InputForm(forms.Form):
    """A public input."""

    text = forms.CharField(
        label=gettext_lazy("Your input"), widget=forms.Textarea(attrs={"rows": 5}), max_length=8000
    )


class PeriodForm(forms.Form):
    """A monitoring period, within the crediting period and beside all earlier ones."""

    start = forms.DateField(label=gettext_lazy("Monitored from"), widget=Dated())
    end = forms.DateField(label=gettext_lazy("Monitored until"), widget=Dated())

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project

    def clean(self) -> dict[str, Any]:
        from .machines.issuance import outside, overlaps

        given = super().clean() or {}
        start, end = given.get("start"), given.get("end")
        if not (start and end):
            return given
        if end < start:
            self.add_error("end", _("The period ends before it begins."))
            return given
        tried = Issuance(project=self.project, start=start, end=end)
        for said in (outside(tried), overlaps(tried)):
            if said:
                self.add_error("start", said)
        return given


class AllotmentForm(forms.Form):
    """Whole credits by vintage and account; every vintage adds up to what was verified."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, issuance: Issuance, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issuance = issuance
        self.initial["revision"] = issuance.revision
        self.table = allotting.kept(issuance) or allotting.proposed(issuance)
        self.verified = {int(year): int(n) for year, n in issuance.requested.items() if int(n)}
        for vintage, amount in sorted(self.verified.items()):
            self.fields[f"v{vintage}"] = forms.CharField(
                label=_("Vintage %(year)s: %(amount)s credits")
                % {"year": vintage, "amount": numbers.number(amount)},
                widget=LINES,
                initial=_written(dict(self.table.get(vintage, {}))),
                help_text=_("One line for each account: number = whole credits"),
            )

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(_("Credits by account"), [self[f"v{vintage}"] for vintage in sorted(self.verified)])]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = set(RegistryAccount.objects.filter(closed_on=None).values_list("number", flat=True))
        self.table = {}
        for vintage, wanted in self.verified.items():
            try:
                self.table[vintage] = _amounts(given.get(f"v{vintage}", ""), known, wanted)
            except forms.ValidationError as error:
                self.add_error(f"v{vintage}", error)
        return given


def _amounts(text: str, known: set[str], wanted: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, account, amount in lines_of(text):
        if account not in known:
            raise forms.ValidationError(
                _("Line %(n)s: there is no open account “%(value)s”.") % {"n": number, "value": account}
            )
        if not re.fullmatch(r"\d{1,15}", amount):
            raise forms.ValidationError(
                _("Line %(n)s: “%(value)s” is no whole number of credits.") % {"n": number, "value": amount}
            )
        if account in found:
            raise forms.ValidationError(_("Line %(n)s: the account stands twice.") % {"n": number})
        found[account] = int(amount)
    if sum(found.values()) != wanted:
        raise forms.ValidationError(
            _("The lines add up to %(value)s; verified are %(limit)s.")
            % {"value": sum(found.values()), "limit": wanted}
        )
    return found

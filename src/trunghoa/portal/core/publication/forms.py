"""What a person says of a report: its cover when it is frozen, its announcement when it is published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Publication

LANGUAGES = Publication.LANGUAGES


class AnnouncementForm(forms.ModelForm):
    """The three texts and the revision that the person read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Publication
        fields = ("announcement_vi", "announcement_ja", "announcement_en")
        widgets = {name: forms.Textarea(attrs={"rows": 4, "lang": name[-2:]}) for name in fields}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def put(self, publication: Publication) -> None:
        for name in self.Meta.fields:
            setattr(publication, name, self.cleaned_data[name])


class FreezeForm(forms.Form):
    """The cover of a new report, all of which may stay empty, and the report it is to take the place of."""

    meeting_vi = forms.CharField(label=_("Meeting, in Vietnamese"), max_length=200, required=False)
    meeting_ja = forms.CharField(label=_("Meeting, in Japanese"), max_length=200, required=False)
    meeting_en = forms.CharField(label=_("Meeting, in English"), max_length=200, required=False)
    held_on = forms.DateField(
        label=_("Held on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    chair_vn = forms.CharField(label=_("Co-chair of Viet Nam"), max_length=200, required=False)
    chair_jp = forms.CharField(label=_("Co-chair of Japan"), max_length=200, required=False)
    supersedes = forms.ModelChoiceField(
        Publication.objects.none(),
        label=_("Takes the place of"),
        required=False,
        empty_label=_("no earlier report"),
        help_text=_("The earlier report stays as it is; it is marked superseded when this one is published."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Publication.objects.filter(state=Publication.State.PUBLISHED, superseded_by=None)
        self.fields["supersedes"].queryset = standing

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        missing = [lang for lang in LANGUAGES if not given.get(f"meeting_{lang}")]
        if 0 < len(missing) < len(LANGUAGES):
            for lang in missing:
                self.add_error(
                    f"meeting_{lang}", _("Name the meeting in all three languages, or in none of them.")
                )
        return given

    def cover(self) -> dict[str, Any]:
        given, cover = self.cleaned_data, dict[str, Any]()
        if given["meeting_vi"]:
            cover["meeting"] = {lang: given[f"meeting_{lang}"] for lang in LANGUAGES}
        if given["held_on"]:
            cover["held_on"] = given["held_on"].isoformat()
        if chairs := [given[name] for name in ("chair_vn", "chair_jp") if given[name]]:
            cover["co_chairs"] = [dict.fromkeys(LANGUAGES, name) for name in chairs]
        return cover

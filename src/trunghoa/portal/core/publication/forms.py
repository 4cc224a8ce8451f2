"""The announcement that goes with a published report."""

from __future__ import annotations

from typing import Any

from django import forms

from .models import Publication


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

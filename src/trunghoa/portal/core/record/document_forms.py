"""Forms of documents: the one field through which every room takes a file, and what is said of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.quantities import N_, InputError

from . import documents, evidence, intake, lists
from .form_fields import full_text
from .models import Document
from .templatetags.numbers import language

# So many papers are offered to choose from, the latest.
OFFERED = 200
TITLES = {"vi": _("Title in Vietnamese"), "ja": _("Title in Japanese"), "en": _("Title in English")}


def told(error: InputError) -> list[str]:
    """Each problem in the reader's language, after the name of the file."""
    return [f"{p.file}: {full_text(p)}" if p.file else full_text(p) for p in error.problems]


class DocumentField(forms.FileField):
    """A file that has been looked into; its value is what may be kept. ``types`` narrows the kinds."""

    def __init__(self, *, types: tuple[str, ...] = (), **more: Any) -> None:
        self.types = types
        super().__init__(allow_empty_file=True, **more)
        wanted = [row for row in lists.document_types(timezone.localdate()) if not types or row.code in types]
        self.widget.attrs["accept"] = ",".join(x for row in wanted for x in row.extensions)

    def clean(self, data: Any, initial: Any = None) -> Any:
        handed = super().clean(data, initial)
        if not handed:
            return None
        try:
            accepted = intake.check(intake.content_of(handed), handed.name)
            if self.types and accepted.media_type not in self.types:
                raise intake.refuse(
                    N_("A file of the kind “%(value)s” is not what is asked for here."),
                    N_("These are taken: %(limit)s."),
                    value=lists.name_of("document_types.csv", accepted.media_type, language()),
                    limit=self.widget.attrs["accept"],
                )
        except InputError as error:
            raise ValidationError(told(error)) from error
        return accepted


class UploadForm(forms.Form):
    """A file, its titles, and who may read it."""

    file = DocumentField(label=_("File"))
    title_vi = forms.CharField(label=TITLES["vi"], max_length=300, required=False)
    title_ja = forms.CharField(label=TITLES["ja"], max_length=300, required=False)
    title_en = forms.CharField(label=TITLES["en"], max_length=300, required=False)
    classification = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Document.Classification.choices,
        initial=Document.Classification.ORGANISATION,
        help_text=_(
            "Public: everyone. Organisation: yours and the officers. Officers: only they, and not you."
        ),
    )

    def titles(self) -> dict[str, str]:
        return {lang: self.cleaned_data[f"title_{lang}"] for lang in TITLES}


class ClassifyForm(forms.Form):
    """A new classification of a paper."""

    classification = forms.ChoiceField(label=_("Who may read it"), choices=Document.Classification.choices)


class AttachForm(UploadForm):
    """A paper for an object: a new file, or one that is on record."""

    field_order = ("document", "file", "evidence_class", "page", "note")
    document = forms.ModelChoiceField(Document.objects.none(), label=_("A paper on record"), required=False)
    file = DocumentField(label=_("or a new file"), required=False)
    evidence_class = forms.ChoiceField(label=_("Class of evidence"))
    page = forms.CharField(label=_("Page"), max_length=20, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2, "cols": 40})
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = language()
        choice = self.fields["document"]
        papers = documents.readable(user).filter(added_by__isnull=False).order_by("-added_on")
        latest = list(papers.values_list("pk", flat=True)[:OFFERED])
        choice.queryset = papers.filter(pk__in=latest).prefetch_related("registrations")
        choice.label_from_instance = lambda row: documents.seen_title(user, row, lang)
        listed = lists.evidence_classes(timezone.localdate())
        self.fields["evidence_class"].choices = [(row.code, row.names[lang]) for row in listed]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("document")) == bool(given.get("file")):
            raise ValidationError(_("Choose a paper on record or hand in a new file, one of the two."))
        return given

    def attach(self, obj: Any, by: User) -> None:
        """Keep the file if there is one, and attach the paper; both or neither."""
        given = self.cleaned_data
        how = {"page": given["page"], "note": given["note"], "evidence_class": given["evidence_class"]}
        if given["document"]:
            evidence.attach(obj, given["document"], by=by, **how)
            return
        titles = {"titles": self.titles(), "classification": given["classification"]}
        with documents.uploaded(given["file"], by=by, **titles) as kept:
            evidence.attach(obj, kept.document, by=by, **how)

"""Publications: frozen figures and the files that were rendered from them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record.models import Document, Figure, System
from trunghoa.portal.core.workflow.models import Moving

from .errors import FrozenError


class FrozenQuerySet(models.QuerySet):
    """Bulk changes go past ``save``; they must not go past the freeze."""

    def update(self, **values: Any) -> int:
        frozen = set(getattr(self.model, "FROZEN", values))
        _refuse({v for v in values if v in frozen or f"{v}_id" in frozen}, self.model.__name__)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise FrozenError(f"{self.model.__name__} rows are frozen: they are not deleted.")


def _refuse(fields: set[str], what: str) -> None:
    if fields:
        raise FrozenError(f"{what}: {', '.join(sorted(fields))} was frozen and does not change; freeze anew.")


class Publication(Moving):
    """One freeze of figures and the joint report made of it in three languages; machine.py moves it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        SIGNED = "signed", _("Signed by both sides")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    LANGUAGES = ("vi", "ja", "en")
    PUBLIC = (State.PUBLISHED, State.SUPERSEDED)

    FROZEN = (
        "slug", "title_vi", "title_ja", "title_en", "frozen_on", "systems", "cover", "official",
        "manifest_id", "manifest_sha256", "version", "supersedes_id", "compared_with_id",
    )  # fmt: skip

    slug = models.SlugField(unique=True, max_length=80)
    title_vi = models.CharField(max_length=300)
    title_ja = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    frozen_on = models.DateField()
    systems = models.JSONField(default=list, help_text="codes of the systems whose figures were frozen")
    cover = models.JSONField(default=dict, blank=True, help_text="meeting, held_on, co_chairs")
    official = models.BooleanField(default=False, help_text="a statement of both sides, not a working draft")
    manifest = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    manifest_sha256 = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=40, help_text="version of this program at the freeze")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    compared_with = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    figures = models.ManyToManyField(Figure, through="FrozenFigure", related_name="publications")
    # What both sides say when they publish it; it is signed with the files, so an edit takes signatures back.
    announcement_vi = models.TextField(_("Announcement in Vietnamese"), blank=True, max_length=2000)
    announcement_ja = models.TextField(_("Announcement in Japanese"), blank=True, max_length=2000)
    announcement_en = models.TextField(_("Announcement in English"), blank=True, max_length=2000)
    withdrawn_because = models.TextField(blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="per cent rendered")
    message = models.JSONField(default=dict, blank=True, help_text="what is being rendered, or why it failed")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    frozen_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_on", "slug"]
        permissions = [("publish", "May freeze, see drafts and publish")]

    def __str__(self) -> str:
        return self.slug

    def title(self, lang: str) -> str:
        return getattr(self, f"title_{lang}")

    # The name by which the workflow's pages call it.
    label = title

    def announcement(self, lang: str) -> str:
        return getattr(self, f"announcement_{lang}")

    def get_state_display(self) -> str:
        return str(self.State(self.state).label)

    def get_absolute_url(self) -> str:
        return reverse("publication:page", args=[self.slug])

    @property
    def is_public(self) -> bool:
        return self.state in self.PUBLIC

    @property
    def is_rendered(self) -> bool:
        return self.files.count() == len(self.LANGUAGES) * len(PublicationFile.Format.values)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            stands = Publication.objects.filter(pk=self.pk).values(*self.FROZEN).get()
            _refuse({f for f, value in stands.items() if getattr(self, f) != value}, self.slug)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenError(f"{self.slug} is frozen: it is superseded by a later one, never deleted.")


class FrozenFigure(models.Model):
    """One figure's place in a freeze."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="frozen")
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="frozen_in")
    order = models.PositiveIntegerField()

    objects = FrozenQuerySet.as_manager()

    class Meta:
        ordering = ["publication", "order"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "figure"], name="a_figure_is_frozen_once"),
            models.UniqueConstraint(fields=["publication", "order"], name="one_figure_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.figure_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise FrozenError("A freeze is made whole, by freeze(); no figure is added or changed afterwards.")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise FrozenError("A frozen figure does not leave its publication.")


class PublicationFile(models.Model):
    """A rendered file of a publication, kept byte for byte."""

    class Format(models.TextChoices):
        HTML = "html", "HTML"
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "xlsx"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    lang = models.CharField(max_length=2)
    format = models.CharField(max_length=10, choices=Format)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["publication", "format", "lang"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "lang", "format"], name="one_file_per_lang_and_format"
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.lang} {self.format}"


class Lead(models.Model):
    """An organisation that leads a system for its side over some time, and so answers for what is missing."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="leads")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="leads")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    quality = models.CharField(max_length=12, default="unverified")
    source = models.TextField()

    class Meta:
        ordering = ["system", "organisation"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "organisation"], name="one_lead_per_system_and_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system_id} {self.organisation_id}"

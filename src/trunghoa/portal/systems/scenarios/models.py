"""Models and scenarios. A scenario is a model with levers, edits and settings; it copies no table."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record.models import Document, Place, Run
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.workflow.models import Moving


class Named(models.Model):
    """Title and description in three languages."""

    title_vi = models.CharField(_("Title (Vietnamese)"), max_length=200)
    title_ja = models.CharField(_("Title (Japanese)"), max_length=200, blank=True)
    title_en = models.CharField(_("Title (English)"), max_length=200, blank=True)
    description_vi = models.TextField(_("Description (Vietnamese)"), blank=True)
    description_ja = models.TextField(_("Description (Japanese)"), blank=True)
    description_en = models.TextField(_("Description (English)"), blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title_vi

    def title(self, lang: str) -> str:
        return self._in("title", lang)

    def description(self, lang: str) -> str:
        return self._in("description", lang)

    def _in(self, stem: str, lang: str) -> str:
        found = [getattr(self, f"{stem}_{code}") for code in (lang, "vi", "en", "ja")]
        return next(filter(None, found), "")


class PathwayModel(Named):
    """The tables that scenarios change: regions, devices, services, prices, limits. Kept as a document."""

    class Kind(models.TextChoices):
        ENDUSE = "enduse", "AIM/Enduse"
        # Handed in by somebody, as the file came; seen by those who see a scenario of it.
        OSEMOSYS = "osemosys", "OSeMOSYS"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ENDUSE)
    code = models.SlugField(unique=True, max_length=60)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    # Tables, levers and names as one JSON file; a changed model is another file, so runs keep theirs.
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    # Decides what a run computes; the document also holds names and texts.
    tables_sha256 = models.CharField(max_length=64)
    gwp_set = models.CharField(max_length=20, blank=True)
    quality = models.CharField(max_length=12, choices=Quality, default=Quality.ILLUSTRATIVE)
    source = models.TextField()
    loaded_on = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["code"]


class Scenario(Moving, Named):
    """One course of the future: which model, which levers, which numbers were changed, how it is solved."""

    class Analysis(models.TextChoices):
        SINGLE = "single", _("one course")
        SWEEP = "sweep", _("carbon price sweep")
        DRAWS = "draws", _("uncertainty (Monte Carlo)")

    code = models.SlugField(unique=True, max_length=60)
    model = models.ForeignKey(
        PathwayModel, verbose_name=_("Model"), on_delete=models.PROTECT, related_name="scenarios"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="forks"
    )
    owner = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="scenarios",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_on = models.DateTimeField(auto_now_add=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    changed_on = models.DateTimeField(auto_now=True)
    shared_with = models.ManyToManyField(Organisation, blank=True, related_name="+")
    # Which levers are pulled, one after another, and how far: [["more_solar", "0.5"], …].
    levers = models.JSONField(default=list, blank=True)
    # Items of the model's settings that this scenario sets otherwise: foresight, years …
    settings = models.JSONField(default=dict, blank=True)
    analysis = models.CharField(_("What is run"), max_length=10, choices=Analysis, default=Analysis.SINGLE)
    # What the analysis asks for: {"prices": "0:200:25"} or {"draws": "40", "spread": "0.2", "seed": "1"}.
    choices = models.JSONField(default=dict, blank=True)
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.ILLUSTRATIVE)
    source = models.TextField(_("Source"))
    # Came with a workspace and was changed by nobody here.
    from_workspace = models.BooleanField(default=False, editable=False)
    last_run = models.ForeignKey(
        Run, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    # Every run it ever asked for: who sees the scenario sees these.
    runs = models.ManyToManyField(Run, blank=True, editable=False, related_name="scenarios")
    # The latest run that ended well; what the pages show until a newer one has.
    shown_run = models.ForeignKey(
        Run, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["state", "owner"])]

    def label(self, lang: str) -> str:
        return self.title(lang)

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("scenarios:scenario", args=[self.code])


class Edit(models.Model):
    """One number put in place of the model's, or a row taken out. Rows stay; undoing marks them."""

    AUDITED_WITH = "scenario"

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="edits")
    table = models.CharField(max_length=40)
    keys = models.JSONField(default=list)
    bound = models.CharField(max_length=5, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    # Exact text, or inf; empty where the row is taken out.
    value = models.CharField(max_length=60, blank=True)
    quality = models.CharField(max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    source = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_on = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        year = f" {self.year}" if self.year else ""
        return f"{self.table} {' '.join(self.keys)} {self.bound}{year}".strip()

    @property
    def target(self) -> tuple[Any, ...]:
        """Which record it is about."""
        return (self.table, tuple(self.keys), self.bound, self.year)


class Solve(models.Model):
    """What a run did beside its figures: log, cancelling, the tables it left."""

    AUDITED_WITH = "run"

    run = models.OneToOneField(Run, primary_key=True, on_delete=models.PROTECT, related_name="solve")
    log = models.TextField(blank=True)
    ending = models.CharField(max_length=12, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_on = models.DateTimeField(null=True, blank=True)
    # objective, objective_kind, status, method, solver, foresight, rows, cols, nnz, unmet …
    summary = models.JSONField(default=dict, blank=True)
    result = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cancelled_on__isnull=True) | models.Q(cancelled_by__isnull=False),
                name="who_cancelled_a_solve_is_known",
            )
        ]


class TablesImport(models.Model):
    """A workbook of a scenario somebody handed in: kept as it came, with what was found and what was done."""

    AUDITED_WITH = "scenario"

    class Outcome(models.TextChoices):
        REFUSED = "refused", _("refused")
        CHECKED = "checked", _("checked, waits for confirmation")
        APPLIED = "applied", _("taken over")
        CANCELLED = "cancelled", _("put aside")

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="imports")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT)
    filename = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    on = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    problems = models.JSONField(default=list)
    # {"edits": [...], "cells": [...]}
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(help_text="of the scenario when the file was checked")

    class Meta:
        ordering = ["-on"]

"""The record: figures and everything they rest on. Rows of Figure, Run and Document never change."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trunghoa import quantities
from trunghoa.portal.core.accounts.models import Organisation

from .about import About
from .fields import ExactDecimalField


class System(models.Model):
    """One of the systems the Joint Working Group reviews."""

    code = models.CharField(max_length=4, primary_key=True)
    order = models.PositiveSmallIntegerField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    sentence_vi = models.TextField(blank=True)
    sentence_ja = models.TextField(blank=True)
    sentence_en = models.TextField(blank=True)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.code} {self.name_en}"


class Place(models.Model):
    """A place with its life span: a country, an administrative unit, or a site (landfill, factory)."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Country")
        MUNICIPALITY = "municipality", _("Centrally run city")
        PROVINCE = "province", _("Province")
        SITE = "site", _("Site")

    era = models.CharField(max_length=10)
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind)
    name_vi = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    search = models.CharField(max_length=400, db_index=True, editable=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    iso3166_2 = models.CharField(max_length=10, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    operator = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="sites"
    )
    quality = models.CharField(max_length=12, default="verified")
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["era", "code"]
        constraints = [models.UniqueConstraint(fields=["era", "code"], name="place_key")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        names = (self.name_vi, self.name_ja, self.name_en)
        self.search = " ".join(dict.fromkeys(quantities.search_key(n) for n in names if n))
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name_vi

    @property
    def key(self) -> quantities.PlaceKey:
        return quantities.PlaceKey(self.era, self.code)

    def name(self, lang: str) -> str:
        return getattr(self, f"name_{lang}", "") or self.name_vi


class Registered(models.Model):
    """What an organisation says of a file when it brings it: name, titles, and who may read it."""

    class Classification(models.TextChoices):
        PUBLIC = "public", _("Public")
        ORGANISATION = "organisation", _("Organisation")
        OFFICERS = "officers", _("Officers")

    filename = models.CharField(max_length=200)
    title_vi = models.CharField(max_length=300, blank=True)
    title_ja = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    search = models.CharField(max_length=1200, blank=True, editable=False)
    classification = models.CharField(max_length=20, choices=Classification, default=Classification.OFFICERS)
    owner = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    added_on = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename

    def save(self, *args: Any, **kwargs: Any) -> None:
        names = (self.filename, self.title_vi, self.title_ja, self.title_en)
        self.search = " ".join(dict.fromkeys(quantities.search_key(n) for n in names if n))
        super().save(*args, **kwargs)

    def title(self, lang: str) -> str:
        found = [getattr(self, f"title_{code}") for code in (lang, "vi", "ja", "en")]
        return next((text for text in found if text), self.filename)


class Document(Registered):
    """A file by its content, as first brought. The bytes live outside the web root under their sha256."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()


class Registration(Registered):
    """The same bytes, brought by another organisation: its own name, titles and classification of them."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="registrations")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "owner"], name="one_registration_per_owner"),
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(owner__isnull=True),
                name="one_registration_without_owner",
            ),
        ]


class Run(models.Model):
    """One execution of a kernel. The same inputs, parameters and version are the same run."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kernel = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    parameters_version = models.CharField(max_length=16)
    inputs_sha256 = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
    parameters = models.JSONField(default=list, help_text="every parameter used, with value, unit and source")
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    seed = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="per cent")
    message = models.JSONField(default=dict, blank=True, help_text="what it is doing or why it failed")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    requested_on = models.DateTimeField(auto_now_add=True)
    started_on = models.DateTimeField(null=True, blank=True)
    finished_on = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    outputs = models.ManyToManyField(Document, blank=True, related_name="runs")

    class Meta:
        ordering = ["-requested_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["kernel", "version", "parameters_version", "inputs_sha256"], name="one_run_per_input"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kernel} {self.inputs_sha256[:8]}"


class Report(models.Model):
    """A statement somebody made: a locality's report, a national inventory, a decision."""

    code = models.SlugField(unique=True, max_length=80)
    title_vi = models.CharField(max_length=300)
    title_ja = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    issued_on = models.DateField(null=True, blank=True)
    source = models.TextField()
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.code

    def title(self, lang: str) -> str:
        return getattr(self, f"title_{lang}", "") or self.title_vi


class FigureQuerySet(models.QuerySet):
    def current(self) -> "FigureQuerySet":
        """Without the ones a later figure corrects."""
        return self.filter(is_current=True)


class Figure(models.Model):
    """One number. Never updated: a correction is a new row that supersedes the old one."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="figures")
    kind = models.CharField(max_length=60)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="figures")
    period_start = models.DateField()
    period_end = models.DateField()
    amount = ExactDecimalField()
    unit = models.CharField(max_length=12)
    gas = models.CharField(max_length=20, blank=True)
    gwp_set = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=10, choices=[(s.value, s.value) for s in quantities.Status])
    quality = models.CharField(max_length=12, choices=[(q.value, q.value) for q in quantities.Quality])
    scenario = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=60, blank=True)
    lower = ExactDecimalField(null=True, blank=True)
    upper = ExactDecimalField(null=True, blank=True)
    source = models.TextField()
    method = models.CharField(max_length=200, blank=True)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="figures")
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    # The hash of what the figure is about; among current figures it is unique, so no figure stands twice.
    identity = models.CharField(max_length=64, editable=False)
    is_current = models.BooleanField(default=True, editable=False)
    # A later run of the same kernel at the same place no longer gives this figure.
    withdrawn_by = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawn"
    )
    recorded_on = models.DateTimeField(auto_now_add=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity"], condition=models.Q(is_current=True), name="one_current_figure"
            )
        ]
        indexes = [
            models.Index(fields=["system", "kind", "is_current"]),
            models.Index(fields=["place", "kind", "period_start"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount.normalize():f} {self.unit}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A figure is never updated: record a new one that supersedes it.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A figure is never deleted: record a new one that supersedes it.")

    @property
    def period(self) -> quantities.Period:
        return quantities.Period(self.period_start, self.period_end)


def identity_of(figure: quantities.Figure) -> str:
    return hashlib.sha256("\x1f".join(figure.key).encode()).hexdigest()


class Evidence(About):
    """A paper that backs a figure, a milestone, an activity; it counts once a named person accepts it."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="backs")
    page = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    evidence_class = models.CharField(max_length=30, default="document")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence_added",
    )
    added_on = models.DateTimeField(default=timezone.now, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence_accepted",
    )
    accepted_on = models.DateTimeField(null=True, blank=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence_rejected",
    )
    rejected_on = models.DateTimeField(null=True, blank=True)
    rejected_reason = models.TextField(blank=True)

    class Meta(About.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(accepted_by=models.F("added_by")), name="evidence_four_eyes"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_on__isnull=True) | models.Q(rejected_on__isnull=True),
                name="evidence_one_decision",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "document", "page", "evidence_class"],
                condition=models.Q(rejected_on__isnull=True),
                name="evidence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_class} {self.pk}"


class WorkerLease(models.Model):
    """A worker says here that it is alive; what it held is taken back when it stops saying so."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    alive_on = models.DateTimeField()

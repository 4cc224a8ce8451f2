"""JCM projects: who takes part, what was fixed at registration, what was said of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record.models import Place
from trunghoa.portal.core.workflow.models import Moving, Unchanging

from ..words import PARTS
from .governance import Methodology
from .texts import Backed, Titled


class Project(Moving, Titled, Backed):
    """A project from its idea to the end of its crediting period."""

    # The address, which stays; the reference is given at registration.
    code = models.SlugField(_("Code"), max_length=60, unique=True)
    reference = models.CharField(_("Reference"), max_length=10, blank=True)
    methodology = models.ForeignKey(
        Methodology,
        verbose_name=_("Methodology"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="projects",
    )
    # As a source calls it, where that methodology is not on record here.
    methodology_said = models.CharField(max_length=60, blank=True)
    scope = models.CharField(_("Sectoral scope"), max_length=20, blank=True)
    place = models.ForeignKey(
        Place,
        verbose_name=_("Place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="jcm_projects",
    )
    focal_point = models.ForeignKey(
        Organisation,
        verbose_name=_("Focal point (modalities of communication)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    third_party = models.ForeignKey(
        Organisation,
        verbose_name=_("Third-party entity"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="validates",
    )
    summary_vi = models.TextField(_("Summary (Vietnamese)"), blank=True, max_length=4000)
    summary_ja = models.TextField(_("Summary (Japanese)"), blank=True, max_length=4000)
    summary_en = models.TextField(_("Summary (English)"), blank=True, max_length=4000)
    crediting_from = models.DateField(_("Crediting period from"), null=True, blank=True)
    crediting_to = models.DateField(_("Crediting period to"), null=True, blank=True)
    # Whole tonnes by calendar year, before the fact.
    expected = models.JSONField(_("Expected reductions"), default=dict, blank=True)
    # Fixed ex ante: {"fixed": {symbol: …}, "sources": {…}, "answers": {…}, "gwp_set": …, "gases": […]}
    registration = models.JSONField(default=dict, blank=True)
    # Accounts by number with their shares as exact text, and the rule by which they are rounded. A list,
    # for they are rounded in its order, and PostgreSQL keeps none of the keys of a table.
    shares = models.JSONField(_("Allocation"), default=list, blank=True)
    rounding = models.CharField(
        _("Rounding of the allocation"),
        max_length=20,
        default="rounded_up",
        choices=[
            ("rounded_up", _("up, in the order of the accounts; the last gets the rest")),
            ("largest_remainder", _("by the largest remainders")),
        ],
    )
    cap_class = models.CharField(_("Class of the transfer cap"), max_length=20, blank=True)
    cap_basis = models.TextField(_("Why this class"), blank=True)
    input_from = models.DateField(null=True, blank=True, editable=False)
    input_until = models.DateField(null=True, blank=True, editable=False)
    registered_on = models.DateField(_("Registered on"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["reference", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="registry_project_reference"
            )
        ]

    def __str__(self) -> str:
        return self.reference or self.code

    def label(self, lang: str) -> str:
        return f"{self} {self.title(lang)}"

    def summary(self, lang: str) -> str:
        found = (getattr(self, f"summary_{code}") for code in (lang, "vi", "en", "ja"))
        return next((text for text in found if text), "")

    def get_absolute_url(self) -> str:
        return reverse("registry:project", args=[self.code])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)


class Participant(models.Model):
    """An organisation's part in a project; who consults for it may not verify it either."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Organisation"), on_delete=models.PROTECT, related_name="takes_part"
    )
    part = models.CharField(_("Part"), max_length=20, choices=PARTS, default="participant")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "organisation", "part"], name="registry_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.part}"


class Opinion(Unchanging):
    """What a third-party entity found: a validation opinion on a project, a verification of an issuance."""

    class Verdict(models.TextChoices):
        UNQUALIFIED = "unqualified", _("positive (unqualified)")
        QUALIFIED = "qualified", _("qualified")
        ADVERSE = "adverse", _("adverse")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="opinions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    verdict = models.CharField(max_length=12, choices=Verdict)
    text = models.TextField(max_length=8000, blank=True)
    # Corrective action, clarification and forward action requests: [{"kind", "text", "closed"}].
    requests = models.JSONField(default=list, blank=True)
    # Whole credits by vintage that the verifier confirms.
    amounts = models.JSONField(default=dict, blank=True)

    class Meta(Unchanging.Meta):
        ordering = ["pk"]
        verbose_name = _("Opinion")


class PublicInput(Unchanging):
    """What anybody who is signed in said while the window was open."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateTimeField(auto_now_add=True)
    text = models.TextField(max_length=8000)

    class Meta(Unchanging.Meta):
        ordering = ["pk"]
        verbose_name = _("Public input")

"""Who holds which duty in the JCM, who is designated to validate and verify, and the methodologies."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.workflow.models import Moving

from .texts import Backed, Titled


class Duty(models.Model):
    """An officer's duty for one side; a second officer of that side gives it."""

    class Name(models.TextChoices):
        SECRETARIAT = "secretariat", _("secretariat of the Joint Committee")
        COMMITTEE = "committee", _("member of the Joint Committee")
        REGISTRAR = "registrar", _("registry administrator")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duties")
    name = models.CharField(_("Duty"), max_length=20, choices=Name)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    given_on = models.DateTimeField(auto_now_add=True)
    ended_on = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["person", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(ended_on__isnull=True), name="registry_one_duty"
            ),
            models.CheckConstraint(condition=~Q(given_by=models.F("person")), name="registry_duty_given"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.name}"


class Designation(Backed):
    """A third-party entity may validate and verify projects of these sectoral scopes, from when to when."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("Third-party entity"),
        on_delete=models.PROTECT,
        related_name="designations",
    )
    # Sectoral scopes by number, as text. Without any it may do nothing yet.
    scopes = models.JSONField(_("Sectoral scopes"), default=list, blank=True)
    valid_from = models.DateField(_("From"), null=True, blank=True)
    valid_to = models.DateField(_("Until"), null=True, blank=True)

    class Meta:
        ordering = ["organisation", "valid_from"]

    def __str__(self) -> str:
        return f"{self.organisation} {', '.join(self.scopes)}"


class Methodology(Moving, Titled, Backed):
    """One version of a methodology: its equations as data, and its way through the Joint Committee."""

    code = models.CharField(_("Number"), max_length=30)
    proposed_code = models.CharField(_("Number as proposed"), max_length=30, blank=True)
    version = models.CharField(_("Version"), max_length=10, default="1.0")
    scope = models.CharField(_("Sectoral scope"), max_length=20, blank=True)
    # The same content as the files that come with the program; empty where the equations are not on record.
    definition = models.JSONField(default=dict, blank=True)
    checked = models.TextField(blank=True)
    proponent = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="methodologies"
    )
    approved_on = models.DateField(_("Approved on"), null=True, blank=True)
    input_from = models.DateField(null=True, blank=True, editable=False)
    input_until = models.DateField(null=True, blank=True, editable=False)
    created_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="registry_methodology_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} ver{self.version}"

    def label(self, lang: str) -> str:
        return f"{self} {self.title(lang)}"

    def get_absolute_url(self) -> str:
        return reverse("registry:methodology", args=[self.pk])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.state = self.state or "draft"
        super().save(*args, **kwargs)

"""Who acts: people, the organisations they act for, and the role they have there."""

from datetime import date

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    VN = "VN", _("Viet Nam")
    JP = "JP", _("Japan")
    OTHER = "other", _("Other")


class Organisation(models.Model):
    """An organisation with its life span; ministries merge, so it may have a successor."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Ministry")
        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        FACILITY = "facility", _("Facility operator")
        THIRD_PARTY = "third_party", _("Third-party entity")
        RESEARCH = "research", _("Research institute")
        OBSERVER = "observer", _("Observer")

    code = models.SlugField(unique=True)
    name_vi = models.CharField(max_length=200)
    name_ja = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    side = models.CharField(max_length=5, choices=Side)
    kind = models.CharField(max_length=20, choices=Kind)
    # era:code of the unit a province or city governs
    place_key = models.CharField(max_length=70, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_vi

    def name(self, lang: str) -> str:
        return getattr(self, f"name_{lang}", "") or self.name_vi

    def exists_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class PeopleManager(UserManager):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.select_related("organisation").get(username=username)

    def get_queryset(self) -> models.QuerySet:
        # Every permission asks for the organisation, so it comes with the user in one query.
        return super().get_queryset().select_related("organisation")


class User(AbstractUser):
    """A person with one role in one organisation."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("Ministry officer")
        LOCALITY = "locality", _("Locality officer")
        OPERATOR = "operator", _("Facility operator")
        VERIFIER = "verifier", _("Verifier")
        RESEARCHER = "researcher", _("Researcher")
        OBSERVER = "observer", _("Observer")

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.OBSERVER)
    language = models.CharField(max_length=2, default="vi")

    objects = PeopleManager()

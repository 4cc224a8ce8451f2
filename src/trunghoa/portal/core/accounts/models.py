"""Who acts: people, the organisations they act for, and the role they have there."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone
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
        PARTICIPANT = "participant", _("Project participant")
        THIRD_PARTY = "third_party", _("Third-party entity")
        IMPORTER = "importer", _("Importer")
        FORECASTER = "forecaster", _("Forecaster")
        SUBSCRIBER = "subscriber", _("Subscriber")
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
        PARTICIPANT = "participant", _("Project participant")
        VERIFIER = "verifier", _("Verifier")
        IMPORTER = "importer", _("Importer")
        FORECASTER = "forecaster", _("Forecaster")
        SUBSCRIBER = "subscriber", _("Subscriber")
        RESEARCHER = "researcher", _("Researcher")
        OBSERVER = "observer", _("Observer")

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.OBSERVER)
    language = models.CharField(max_length=2, default="vi")
    # The user that an API token acts as; it never signs in.
    is_service = models.BooleanField(default=False, editable=False)

    objects = PeopleManager()

    @property
    def shown_name(self) -> str:
        """The family name comes first where the person's language has it so."""
        names = [self.first_name, self.last_name]
        if self.language != "en":
            names.reverse()
        return " ".join(n for n in names if n) or self.username

    @property
    def side(self) -> str:
        return self.organisation.side if self.organisation else ""


class Invitation(models.Model):
    """An e-mail that lets one person in once; the secret in it is kept only as a hash."""

    email = models.EmailField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=User.Role)
    language = models.CharField(max_length=2, default="vi")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_on = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateTimeField()
    secret_hash = models.CharField(max_length=64, blank=True)
    accepted_on = models.DateTimeField(null=True, blank=True)
    revoked_on = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_on", "-pk"]

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REVOKED = "revoked", _("revoked")
        EXPIRED = "expired", _("expired")

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.pk}"

    @property
    def state(self) -> "Invitation.State":
        if self.accepted_on:
            return self.State.ACCEPTED
        if self.revoked_on:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_on <= timezone.now() else self.State.OPEN


class ApiToken(models.Model):
    """A key with which an organisation's programs use the API; its secret is shown once, kept as a hash."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("read and write")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="token")
    key = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_on = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateTimeField()
    last_used_on = models.DateTimeField(null=True, blank=True)
    revoked_on = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_on", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_usable(self) -> bool:
        return self.revoked_on is None and self.expires_on > timezone.now()


class UserSession(models.Model):
    """One sign-in: where from and when last seen. Ending it deletes the session itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    browser = models.CharField(max_length=300, blank=True)
    began_on = models.DateTimeField(auto_now_add=True)
    seen_on = models.DateTimeField()

    class Meta:
        ordering = ["-seen_on"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.began_on:%Y-%m-%d}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        from django.contrib.sessions.models import Session

        Session.objects.filter(session_key=self.session_key).delete()
        return super().delete(*args, **kwargs)

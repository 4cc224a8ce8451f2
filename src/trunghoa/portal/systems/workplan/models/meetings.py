"""Meetings of the Joint Working Group: agenda, decisions that both sides sign, actions and who does them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation
from trunghoa.portal.core.record.models import Document, System
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.workflow.models import Moving

from .plan import Activity, WorkPlan
from .proposals import Headed, Proposal, Spoken


class Meeting(models.Model):
    """One meeting. What a source does not say of it stays empty."""

    number = models.PositiveSmallIntegerField(_("Number"), unique=True)
    held_on = models.DateField(_("Held on"))
    place_vi = models.CharField(_("Place (Vietnamese)"), max_length=200, blank=True)
    place_ja = models.CharField(_("Place (Japanese)"), max_length=200, blank=True)
    place_en = models.CharField(_("Place (English)"), max_length=200, blank=True)
    plan = models.ForeignKey(
        WorkPlan,
        verbose_name=_("Plan it reviews"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
    )
    chair_vn = models.CharField(_("Co-chair, Viet Nam"), max_length=200, blank=True)
    chair_jp = models.CharField(_("Co-chair, Japan"), max_length=200, blank=True)
    minutes = models.ForeignKey(
        Document,
        verbose_name=_("Minutes"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="minutes_of",
    )
    source = models.TextField(_("Source"), blank=True)
    quality = models.CharField(_("Quality"), max_length=12, choices=Quality, default=Quality.UNVERIFIED)
    # Grows with every change of the meeting or its agenda.
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    def place(self, lang: str) -> str:
        return getattr(self, f"place_{lang}") or self.place_vi or self.place_ja or self.place_en

    def get_absolute_url(self) -> str:
        return reverse("workplan:meeting", args=[self.number])


class AgendaItem(Headed):
    """One point: about an activity, a proposal, a whole system, or something that only its title says."""

    AUDITED_WITH = "meeting"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    order = models.PositiveSmallIntegerField()
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    system = models.ForeignKey(
        System, null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    source = models.TextField(_("Source"), blank=True)

    class Meta:
        ordering = ["meeting", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "activity"],
                condition=Q(activity__isnull=False),
                name="activity_once_a_meeting",
            ),
            models.UniqueConstraint(
                fields=["meeting", "proposal"],
                condition=Q(proposal__isnull=False),
                name="proposal_once_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(activity__isnull=True) | Q(proposal__isnull=True),
                name="agenda_item_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}.{self.order}"

    @property
    def subject(self) -> Activity | Proposal | None:
        return self.activity or self.proposal

    def title(self, lang: str) -> str:
        """Its own title, else that of what it is about."""
        if own := super().title(lang):
            return own
        if self.subject is not None:
            return self.subject.label(lang)
        return getattr(self.system, f"name_{lang}") if self.system else ""


class Decision(Moving, Spoken):
    """What the meeting decided on a point; it stands when both sides have signed the same words."""

    AUDITED_WITH = "item"

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_on = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.pk}"

    def label(self, lang: str) -> str:
        found = self.versions(lang)
        text = found[0][1] if found else ""
        return text if len(text) <= 80 else f"{text[:80]}…"

    def get_absolute_url(self) -> str:
        return reverse("workplan:decision", args=[self.pk])


class Action(Headed):
    """What somebody is to do after the meeting, until it is carried into a plan."""

    AUDITED_WITH = "decision"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Who"), on_delete=models.PROTECT, related_name="actions"
    )
    due = models.DateField(_("Due"), null=True, blank=True)
    activity = models.ForeignKey(
        Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title("vi")

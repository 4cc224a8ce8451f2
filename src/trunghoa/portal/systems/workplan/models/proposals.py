"""Proposals of one side to the other, and the answers to them."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation, Side, User
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.models import Moving
from trunghoa.quantities import search_key

from .plan import PARTIES, Activity, WorkPlan

OTHER_SIDE = {Side.VN.value: Side.JP.value, Side.JP.value: Side.VN.value}
# The language in which a side writes, unless it says otherwise.
SIDE_LANGUAGE = {Side.VN.value: "vi", Side.JP.value: "ja"}
DRAFT = "draft"
OPEN = ("submitted", "forwarded")


class Verdict(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    WITH_CHANGES = "accepted_with_changes", _("accepted with changes")
    DECLINED = "declined", _("declined")
    MORE_INFORMATION = "more_information", _("more information is asked for")


class Spoken(models.Model):
    """A text given in one, two or three languages, one of them the original."""

    text_vi = models.TextField(_("Text (Vietnamese)"), max_length=4000, blank=True)
    text_ja = models.TextField(_("Text (Japanese)"), max_length=4000, blank=True)
    text_en = models.TextField(_("Text (English)"), max_length=4000, blank=True)
    language = models.CharField(
        _("Original language"), max_length=2, choices=settings.LANGUAGES, default="vi"
    )

    class Meta:
        abstract = True

    def versions(self, lang: str, stem: str = "text") -> list[tuple[str, str, bool]]:
        """``(language, text, is it the original)``, the reader's own first, then the original."""
        order = dict.fromkeys((lang, self.language, "vi", "ja", "en"))
        found = [(code, getattr(self, f"{stem}_{code}")) for code in order]
        return [(code, text, code == self.language) for code, text in found if text]


class Headed(models.Model):
    """A title given in any of the languages."""

    title_vi = models.CharField(_("Title (Vietnamese)"), max_length=400, blank=True)
    title_ja = models.CharField(_("Title (Japanese)"), max_length=400, blank=True)
    title_en = models.CharField(_("Title (English)"), max_length=400, blank=True)

    class Meta:
        abstract = True

    def title(self, lang: str) -> str:
        return getattr(self, f"title_{lang}") or self.title_vi or self.title_ja or self.title_en


class ProposalQuerySet(models.QuerySet):
    def unanswered(self) -> Self:
        return self.filter(state__in=OPEN)

    def told(self) -> Self:
        """Without drafts, which the other side does not know of."""
        return self.exclude(state=DRAFT)

    def with_verdict(self) -> Self:
        """Each with the verdict of its latest answer, if it has one."""
        latest = Answer.objects.filter(proposal=OuterRef("pk")).order_by("-pk")
        return self.annotate(verdict=Subquery(latest.values("verdict")[:1]))

    def overdue(self, now: datetime | None = None) -> Self:
        """Not answered although the day it was due is over where the answer is owed."""
        late = Q(pk__in=[])
        for side in OTHER_SIDE:
            late |= Q(to_side=side, due__lt=days.today(side, now))
        return self.unanswered().filter(late)


class Proposal(Moving, Headed, Spoken):
    """What one side proposes to the other, from its draft to the answer and the end."""

    year = models.PositiveSmallIntegerField(editable=False)
    number = models.PositiveIntegerField(editable=False)
    ref = models.CharField(_("Reference"), max_length=20, unique=True, editable=False)
    from_side = models.CharField(_("Proposed by"), max_length=5, choices=PARTIES, editable=False)
    to_side = models.CharField(_("Answer owed by"), max_length=5, choices=PARTIES, editable=False)
    system = models.ForeignKey(
        System, verbose_name=_("System"), on_delete=models.PROTECT, related_name="proposals"
    )
    plan = models.ForeignKey(
        WorkPlan,
        verbose_name=_("Plan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("Proposing organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals_made",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="proposals_drafted",
    )
    # The unit to which the owing side forwarded it, and which answers.
    unit = models.ForeignKey(
        Organisation,
        verbose_name=_("Unit in charge"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="proposals_to_answer",
    )
    submitted_on = models.DateField(_("Submitted on"), null=True, blank=True, editable=False)
    due = models.DateField(_("Due"), null=True, blank=True, editable=False)
    due_by_default = models.BooleanField(default=False, editable=False)
    created_on = models.DateTimeField(auto_now_add=True)
    # What was known from elsewhere when it was loaded: its state, on which day, and from which source.
    origin = models.CharField(max_length=40, blank=True, editable=False)
    known_state = models.CharField(max_length=30, blank=True, editable=False)
    known_on = models.DateField(null=True, blank=True, editable=False)
    source = models.TextField(blank=True, editable=False)
    quality = models.CharField(max_length=12, choices=Quality, default=Quality.VERIFIED, editable=False)

    # Reference and titles without accents and case, which both databases find alike.
    search = models.TextField(editable=False, default="")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "from_side", "number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "from_side", "number"], name="proposal_number"),
            models.UniqueConstraint(fields=["origin"], condition=~Q(origin=""), name="proposal_origin"),
            models.CheckConstraint(
                condition=Q(from_side="VN", to_side="JP") | Q(from_side="JP", to_side="VN"),
                name="proposal_between_the_sides",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "to_side", "due"]),
            models.Index(fields=["from_side", "year", "number"]),
        ]

    def __str__(self) -> str:
        return self.ref

    def save(self, *args: Any, **kwargs: Any) -> None:
        texts = (self.ref, self.title_vi, self.title_ja, self.title_en)
        self.search = " ".join(dict.fromkeys(search_key(text) for text in texts if text))
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("workplan:proposal", args=[self.ref])

    def title(self, lang: str) -> str:
        """The title in the reader's language, else in the original."""
        found = self.versions(lang, "title")
        return found[0][1] if found else ""

    def label(self, lang: str) -> str:
        return f"{self.ref} {self.title(lang)}".strip()

    @property
    def is_unanswered(self) -> bool:
        return self.state in OPEN

    def overdue(self, now: datetime | None = None) -> bool:
        """Past its due date on the calendar of the side that owes the answer, and not answered."""
        return self.is_unanswered and days.is_overdue(self.due, self.to_side, now)

    def days_late(self, now: datetime | None = None) -> int:
        if self.due is None or not self.overdue(now):
            return 0
        return (days.today(self.to_side, now) - self.due).days

    def latest_answer(self) -> "Answer | None":
        return self.answers.order_by("-pk").first()


@transaction.atomic
def draft(from_side: str, *, by: User | None, year: int | None = None, **attributes: Any) -> Proposal:
    """A new proposal with the next number of its side and year; two at once get two numbers."""
    year = year or days.today(from_side).year
    # Whoever comes second waits here until the first has its number.
    list(System.objects.select_for_update().filter(pk=attributes["system"].pk))
    taken = Proposal.objects.filter(year=year, from_side=from_side).aggregate(last=Max("number"))["last"]
    number = (taken or 0) + 1
    return Proposal.objects.create(
        year=year,
        number=number,
        ref=f"{from_side}-{year}-{number:02d}",
        from_side=from_side,
        to_side=OTHER_SIDE[from_side],
        person=by,
        **{"state": DRAFT, **attributes},
    )


class Answer(Spoken):
    """One answer to a proposal. It is never changed; only the activity that follows from it is added."""

    AUDITED_WITH = "proposal"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers")
    verdict = models.CharField(_("Verdict"), max_length=30, choices=Verdict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    on = models.DateField(_("Answered on"))
    # The day it was due when it came, and the proposal's revision that the answer made.
    due = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    activity = models.ForeignKey(
        Activity,
        verbose_name=_("Activity that follows"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.verdict}"

    @property
    def is_acceptance(self) -> bool:
        return self.verdict in (Verdict.ACCEPTED, Verdict.WITH_CHANGES)

    @property
    def settles(self) -> bool:
        """Whether it answers; a question back does not."""
        return self.verdict != Verdict.MORE_INFORMATION

    @property
    def in_time(self) -> bool:
        return self.due is None or self.on <= self.due

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None and set(kwargs.get("update_fields") or ("everything",)) - {"activity"}:
            raise TypeError("An answer is never changed: give another one after a new question.")
        super().save(*args, **kwargs)

"""Moves, signatures, comments and what waits for whom; rows of moves and signatures never change."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trunghoa.portal.core.accounts.models import Organisation, Side
from trunghoa.portal.core.record.about import About


class Moving(models.Model):
    """Something with a state and a revision that grows with every change."""

    state = models.CharField(max_length=30, verbose_name=_("State"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Unchanging(About):
    """Written once."""

    class Meta(About.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError(f"A {self._meta.verbose_name} is never updated.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"A {self._meta.verbose_name} is never deleted.")


class Move(Unchanging):
    """One transition that took place."""

    machine = models.CharField(max_length=40)
    verb = models.CharField(max_length=30)
    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="moves")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)
    revision = models.PositiveIntegerField()
    inputs = models.JSONField(default=dict, blank=True)

    class Meta(Unchanging.Meta):
        ordering = ["pk"]


class SignOff(Unchanging):
    """One side signed one revision. It counts only while the object still has that hash and no void row."""

    side = models.CharField(max_length=5, choices=Side)
    # What was signed for, and the object's revision then: a signature serves one move, and only until the
    # next one.
    verb = models.CharField(max_length=30, blank=True)
    revision = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    on = models.DateTimeField(auto_now_add=True)
    # A row with voids set takes back every earlier signature of the object (its content was edited).
    voids = models.BooleanField(default=False)

    class Meta(Unchanging.Meta):
        ordering = ["pk"]


class Comment(Unchanging):
    """What somebody said about an object."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(max_length=4000)

    class Meta(Unchanging.Meta):
        ordering = ["pk"]


class Waiting(About):
    """An object waits for somebody. Made anew after each move; a page of tasks is a query over these."""

    machine = models.CharField(max_length=40)
    state = models.CharField(max_length=30)
    side = models.CharField(max_length=5, choices=Side, blank=True)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    what = models.CharField(max_length=200, blank=True)
    due = models.DateField(null=True, blank=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta(About.Meta):
        indexes = [
            *About.Meta.indexes,
            models.Index(fields=["side", "due"]),
            models.Index(fields=["organisation", "due"]),
            models.Index(fields=["person", "due"]),
        ]

    @property
    def owing_side(self) -> str:
        """The side on whose calendar the due date is over."""
        organisation = self.organisation or (self.person.organisation if self.person else None)
        return organisation.side if organisation else self.side

    def who(self, lang: str) -> str:
        """For whom the object waits, in the reader's language."""
        if self.person:
            return self.person.get_full_name() or self.person.get_username()
        return self.organisation.name(lang) if self.organisation else self.get_side_display()


class Reminder(models.Model):
    """The last day, on a person's own calendar, for which a digest went to them: one a day, no second."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    sent_for = models.DateField(null=True)

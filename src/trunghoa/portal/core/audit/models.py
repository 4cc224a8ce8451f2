"""The chain of entries and its head. Rows of AuditEntry never change; the database itself refuses it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One change, bound to the entry before it by that entry's hash."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="audited"
    )
    # Where it came from: web, api, a command, a background job.
    origin = models.CharField(max_length=80, blank=True)
    verb = models.CharField(max_length=30)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=200, blank=True)
    # "app.model:pk" of what the object belongs to, so that a site's page also shows its deposits.
    parent = models.CharField(max_length=160, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]
        verbose_name = _("Audit entry")
        permissions = [("read_log", "May read every entry")]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["parent"]),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("An audit entry is written by the chain alone and never changed.")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An audit entry is never deleted.")


class Head(models.Model):
    """The last entry; its one row is the lock under which entries are numbered."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

"""Inviting people: one mail, one person, once."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from trunghoa.portal.core.audit import bulk

from . import secret, tasks
from .models import Invitation, Organisation, User


def invite(
    request: HttpRequest, email: str, organisation: Organisation, role: str, language: str, by: User
) -> Invitation:
    """Put an invitation on record and its mail in the queue; an open one to the same address ends."""
    with transaction.atomic():
        standing = Invitation.objects.filter(
            email=email.lower(), organisation=organisation, accepted_on=None, revoked_on=None
        )
        bulk.update(standing, revoked_on=timezone.now())
        row = Invitation.objects.create(
            email=email.lower(),
            organisation=organisation,
            role=role,
            language=language,
            invited_by=by,
            expires_on=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
        )
        tasks.send_invitation.enqueue(row.pk, request.build_absolute_uri("/"))
    return row


def found(pk: int, text: str) -> Invitation | None:
    """The open invitation that this secret belongs to."""
    row = Invitation.objects.select_related("organisation").filter(pk=pk).first()
    if not secret.same(text, row.secret_hash if row else "") or row is None:
        return None
    return row if row.state == Invitation.State.OPEN else None


def accept(pk: int, text: str, first: str, last: str, language: str, password: str) -> User | None:
    """Make the person; a second acceptance finds the invitation used."""
    with transaction.atomic():
        Invitation.objects.select_for_update().filter(pk=pk).first()
        row = found(pk, text)
        if row is None or User.objects.filter(username__iexact=row.email).exists():
            return None
        user = User(
            username=row.email,
            email=row.email,
            first_name=first,
            last_name=last,
            language=language,
            organisation=row.organisation,
            role=row.role,
        )
        user.set_password(password)
        user.save()
        row.accepted_on = timezone.now()
        row.secret_hash = ""
        row.save(update_fields=["accepted_on", "secret_hash"])
    return user

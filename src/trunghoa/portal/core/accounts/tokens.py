"""API tokens: made, checked, rotated, revoked. ``th_<key>_<secret>``: the key finds the row."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import secret
from .models import ApiToken, Organisation, User
from .organisations import roles

COARSE = timedelta(minutes=1)


def written(key: str, text: str) -> str:
    return f"th_{key}_{text}"


@transaction.atomic
def create(
    organisation: Organisation, name: str, scope: str, expires_on: datetime, by: User
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown once. It may never do more than who made it."""
    key = secrets.token_hex(8)
    user = User(
        username=f"api:{key}",
        first_name=name,
        organisation=organisation,
        role=by.role if by.organisation_id == organisation.pk else roles(organisation)[0],
        language=by.language,
        is_service=True,
    )
    user.set_unusable_password()
    user.save()
    text = secret.new()
    token = ApiToken.objects.create(
        organisation=organisation,
        name=name,
        scope=scope,
        user=user,
        key=key,
        secret_hash=secret.hashed(text),
        created_by=by,
        expires_on=expires_on,
    )
    return token, written(key, text)


@transaction.atomic
def rotate(pk: int) -> str:
    """A new secret; the old one still works for some hours, so that programs can be changed over."""
    token = ApiToken.objects.select_for_update().get(pk=pk)
    text = secret.new()
    token.previous_hash = token.secret_hash
    token.previous_until = timezone.now() + timedelta(hours=settings.API_TOKEN_GRACE_HOURS)
    token.secret_hash = secret.hashed(text)
    token.save(update_fields=["previous_hash", "previous_until", "secret_hash"])
    return written(token.key, text)


@transaction.atomic
def revoke(token: ApiToken) -> None:
    """At once and for good; the user it acted as is kept, because records name it."""
    token.revoked_on = timezone.now()
    token.save(update_fields=["revoked_on"])
    token.user.is_active = False
    token.user.save(update_fields=["is_active"])


def check(text: str) -> ApiToken | None:
    """The usable token that this text belongs to."""
    prefix, _, rest = text.partition("_")
    key, _, given = rest.partition("_")
    token = (
        ApiToken.objects.select_related("user__organisation").filter(key=key).first()
        if prefix == "th"
        else None
    )
    good = secret.same(given, token.secret_hash if token else "")
    if token is not None and not good and token.previous_until and token.previous_until > timezone.now():
        good = secret.same(given, token.previous_hash)
    if token is None or not good or not token.is_usable or not token.user.is_active:
        return None
    now = timezone.now()
    if token.last_used_on is None or now - token.last_used_on > COARSE:
        # Another process may have written it meanwhile; once a minute is enough.
        ApiToken.objects.filter(
            Q(last_used_on__isnull=True) | Q(last_used_on__lte=now - COARSE), pk=token.pk
        ).update(last_used_on=now)
    return token

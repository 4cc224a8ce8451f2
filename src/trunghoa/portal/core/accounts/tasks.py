"""Mails are sent by the worker: the page answers alike, and as fast, whether an address is known or not."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

from . import mail, secret
from .models import Invitation, User


def address(origin: str, lang: str, name: str, *args: object) -> str:
    with translation.override(lang):
        return origin.rstrip("/") + reverse(name, args=args)


@task()
def send_reset(email: str, origin: str) -> int:
    """A link to a new password for everyone who signs in with this address; returns how many there were."""
    people = User.objects.filter(email__iexact=email, is_active=True, is_service=False)
    count = 0
    for user in people:
        if not user.has_usable_password():
            continue
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        link = address(origin, user.language, "password_reset_confirm", uid, token)
        mail.write("reset", user.email, user.language, user=user, link=link)
        count += 1
    return count


@task()
def send_invitation(pk: int, origin: str) -> bool:
    """The invitation with its secret, which exists from here on only in the mail and as a hash."""
    row = Invitation.objects.select_related("organisation", "invited_by__organisation").get(pk=pk)
    if row.state != Invitation.State.OPEN:
        return False
    known = User.objects.filter(username__iexact=row.email) | User.objects.filter(email__iexact=row.email)
    context = {"invitation": row, "organisation": row.organisation.name(row.language)}
    if known.exists():
        mail.write("known", row.email, row.language, link=address(origin, row.language, "login"), **context)
        return False
    text = secret.new()
    row.secret_hash = secret.hashed(text)
    row.save(update_fields=["secret_hash"])
    link = address(origin, row.language, "invitation", row.pk, text)
    mail.write("invitation", row.email, row.language, link=link, **context)
    return True

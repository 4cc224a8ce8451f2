"""Mails that are written in the reader's language, from templates of one shape."""

from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation


def write(template: str, to: str, lang: str, **context: Any) -> None:
    """Send ``accounts/mail/<template>.txt``; its first line is the subject."""
    with translation.override(lang):
        text = render_to_string(f"accounts/mail/{template}.txt", context).strip()
    subject, _, body = text.partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [to])

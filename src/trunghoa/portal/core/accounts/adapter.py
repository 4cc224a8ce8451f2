"""What allauth's second factors are told about this portal: keys are encrypted, the issuer has its name."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def _cipher() -> MultiFernet:
    """A key of its own derived from each secret key, the present one first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"trunghoa.second-factor" + key.encode()).digest()))
        for key in keys
    )


class Adapter(DefaultMFAAdapter):
    """Secrets of second factors never lie in the database in the clear."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "A second factor was stored under another SECRET_KEY. Add the old to SECRET_KEY_FALLBACKS."
            ) from error

    def _get_site_name(self) -> str:
        return "Trung hòa"

"""Secrets that are shown once: long random text, of which only the hash is kept."""

import hashlib
import hmac
import secrets


def new() -> str:
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Random text of 256 bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(secret: str, stored: str) -> bool:
    """Compared in the same time whether a hash is stored or not."""
    return hmac.compare_digest(hashed(secret), stored or "0" * 64) and bool(stored)

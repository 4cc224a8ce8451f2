"""Settings from the environment, failing loudly; ``NAME_FILE`` reads a secret from a file."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name} (or {name}_FILE).")
    return value


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() not in ("1", "0", "true", "false", "yes", "no"):
        raise ImproperlyConfigured(f"{name}={value}: write true or false.")
    return value.lower() in ("1", "true", "yes")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value}: write a whole number.")
    return int(value)


def database(url: str, base: Path) -> dict[str, object]:
    """``sqlite:///path`` or ``postgresql://user:password@host:port/name``."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = parts.path if parts.path.startswith("//") else str(base / parts.path.lstrip("/"))
        return {
            "ENGINE": "trunghoa.portal.core.audit.sqlite",
            "NAME": name.replace("//", "/", 1),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "trunghoa.portal.core.audit.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": {"pool": True, "prepare_threshold": 5},
        }
    raise ImproperlyConfigured(f"DATABASE_URL={url}: write sqlite:///file or postgresql://…")


def email(url: str, base: Path) -> dict[str, object]:
    """``smtp://user:password@host:port``, ``smtps://``, ``smtp+tls://``, ``console:`` or ``file:folder``."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    backends = "django.core.mail.backends"
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{backends}.console.EmailBackend"}
    if parts.scheme == "file":
        folder = base / (parts.path or "mail")
        return {"EMAIL_BACKEND": f"{backends}.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    if parts.scheme in ("smtp", "smtps", "smtp+tls") and parts.hostname:
        return {
            "EMAIL_BACKEND": f"{backends}.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_TIMEOUT": 20,
        }
    raise ImproperlyConfigured("EMAIL_URL: write smtp://user:password@host:port, console: or file:folder.")

"""Values of fields as an entry keeps them: exact, the same from both databases, and without secrets."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from .chain import clean

# Of a secret only that it is there, and that it changed, is entered.
HIDDEN = "***"
SECRET = re.compile(
    r"password|secret|token|seed|session_key|private|otp|recovery_code|credential|(^|_)(hash|digest)$"
)
# Longer texts are entered by their hash.
LONGEST = 4000


def is_secret(field: models.Field) -> bool:
    """By its name, or because its model says so in ``AUDIT_SECRETS``."""
    named = getattr(field.model, "AUDIT_SECRETS", ())
    return field.name in named or bool(SECRET.search(field.name))


def plain(field: models.Field, value: Any) -> Any:
    """A value as JSON that reads back as the same."""
    if value is None or value == "":
        return None
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    try:
        value = field.to_python(value)
    except (ValidationError, TypeError, ValueError):
        value = str(value)
    return _short(_exact(value))


def _exact(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {clean(str(key)): _exact(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(part) for part in value]
    return clean(str(value))


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else canonical(value) if isinstance(value, dict | list) else ""
    if len(text) <= LONGEST:
        return value
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "length": len(text)}


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def shown(model: type[models.Model], row: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a row holds, by field; what is empty is left out."""
    found = {}
    for field in model._meta.concrete_fields:
        if field.attname not in row:
            continue
        value = plain(field, row[field.attname])
        if value not in (None, {}, []):
            found[field.name] = HIDDEN if is_secret(field) else value
    return found


def differences(
    model: type[models.Model], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two states of a row, by field."""
    old, new = {}, {}
    for field in model._meta.concrete_fields:
        if field.attname not in before or field.attname not in after:
            continue
        was, now = plain(field, before[field.attname]), plain(field, after[field.attname])
        if was != now:
            hidden = is_secret(field)
            old[field.name], new[field.name] = (HIDDEN, HIDDEN) if hidden else (was, now)
    return old, new


def digest(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the content of many rows, secrets left out."""
    sha = hashlib.sha256()
    for row in rows:
        sha.update(canonical(shown(model, row)).encode() + b"\n")
    return sha.hexdigest()

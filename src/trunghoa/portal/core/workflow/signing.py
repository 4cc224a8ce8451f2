"""Both sides sign one revision; an edit takes the signatures back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from trunghoa.portal.core.accounts.models import Side, User

from . import machine as machines
from .models import Move, SignOff

SIDES = (Side.VN.value, Side.JP.value)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of plain data, the same for the same content in any order of keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def revision_hash(obj: Any) -> str:
    """The hash that both sides sign."""
    signed = machines.of(obj).signed
    return content_hash(signed(obj)) if signed else ""


def signatures(obj: Any) -> dict[str, SignOff]:
    """The signatures that count now, by side."""
    now = revision_hash(obj)
    found: dict[str, SignOff] = {}
    for row in SignOff.objects.about(obj).select_related("by"):
        if row.voids:
            found.clear()
        elif row.sha256 == now:
            found[row.side] = row
    return found


def pending(obj: Any, verb: str) -> dict[str, SignOff]:
    """The signatures that count toward one move: given for it, and after the object came to where it is."""
    last = Move.objects.about(obj).last()
    since = last.revision if last else 0
    return {s: row for s, row in signatures(obj).items() if row.verb == verb and row.revision >= since}


def missing_sides(obj: Any) -> list[str]:
    have = signatures(obj)
    return [side for side in SIDES if side not in have]


def sign(obj: Any, by: User, side: str, sha256: str, verb: str = "") -> SignOff:
    return SignOff.objects.create(
        object=obj, side=side, verb=verb, revision=obj.revision, sha256=sha256, by=by
    )


def void(obj: Any, by: User) -> bool:
    """Take back what was signed, if anything was."""
    rows = list(SignOff.objects.about(obj))
    if not rows or rows[-1].voids:
        return False
    side = by.organisation.side if by.organisation else Side.OTHER
    SignOff.objects.create(object=obj, side=side, sha256="", by=by, voids=True)
    return True

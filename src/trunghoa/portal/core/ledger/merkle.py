"""Merkle trees over byte strings, as RFC 6962 (Certificate Transparency), section 2.1, defines them.

Leaves and inner nodes are hashed apart (0x00, 0x01), so that no leaf passes for a node.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

# Which side the other hash stands on, and the hash.
Step = tuple[str, str]


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level; one left over goes up as it is."""
    pairs = [node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return pairs + list(level[len(pairs) * 2 :])


def root(leaves: Sequence[bytes]) -> str:
    """The root over hashed leaves, as hexadecimal digits."""
    level = list(leaves) or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def path(leaves: Sequence[bytes], at: int) -> list[Step]:
    """The hashes that lead from one leaf to the root."""
    steps, level = [], list(leaves)
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            steps.append(("left" if beside < at else "right", level[beside].hex()))
        level, at = _above(level), at // 2
    return steps


def leads_to(content: bytes, steps: Sequence[Step], wanted: str) -> bool:
    """Whether a content and its path give the root."""
    found = leaf(content)
    for side, other in steps:
        beside = bytes.fromhex(other)
        found = node(beside, found) if side == "left" else node(found, beside)
    return found.hex() == wanted

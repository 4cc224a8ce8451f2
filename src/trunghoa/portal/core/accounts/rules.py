"""Predicates by role, which the rules of every part are made of; nothing is allowed by default."""

import rules

from .models import User


@rules.predicate
def is_officer(user: User) -> bool:
    return user.role == User.Role.OFFICER


@rules.predicate
def is_locality(user: User) -> bool:
    return user.role == User.Role.LOCALITY


@rules.predicate
def is_operator(user: User) -> bool:
    return user.role == User.Role.OPERATOR


@rules.predicate
def reads_everything(user: User) -> bool:
    """Officers of either side, verifiers and researchers read all working records; others what is theirs."""
    return user.role in (User.Role.OFFICER, User.Role.VERIFIER, User.Role.RESEARCHER)


active = rules.is_authenticated & rules.is_active

"""Predicates by role, which the rules of every part are made of; nothing is allowed by default."""

from datetime import datetime
from zoneinfo import ZoneInfo

import rules
from django.conf import settings
from django.utils import timezone

from .models import Organisation, Side, User


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
def is_participant(user: User) -> bool:
    return user.role == User.Role.PARTICIPANT


@rules.predicate
def is_verifier(user: User) -> bool:
    return user.role == User.Role.VERIFIER


@rules.predicate
def is_importer(user: User) -> bool:
    return user.role == User.Role.IMPORTER


@rules.predicate
def is_forecaster(user: User) -> bool:
    return user.role == User.Role.FORECASTER


@rules.predicate
def only_reads(user: User) -> bool:
    return user.role in (User.Role.OBSERVER, User.Role.SUBSCRIBER)


@rules.predicate
def reads_everything(user: User) -> bool:
    """Officers of either side, verifiers and researchers read all working records; others what is theirs."""
    return user.role in (User.Role.OFFICER, User.Role.VERIFIER, User.Role.RESEARCHER)


def stands(organisation: Organisation | None, now: datetime | None = None) -> bool:
    """Does the organisation exist today, on its own side's calendar?"""
    if organisation is None:
        return True
    zone = ZoneInfo(settings.SIDE_TIME_ZONES.get(organisation.side, settings.TIME_ZONE))
    return organisation.exists_on((now or timezone.now()).astimezone(zone).date())


@rules.predicate
def organisation_stands(user: User) -> bool:
    """People of an organisation that was dissolved keep reading; writing is its successor's."""
    return stands(user.organisation)


@rules.predicate
def administers(user: User, organisation: Organisation | None) -> bool:
    """Each side looks after its own organisations, and both after those of neither side."""
    if organisation is None:
        return bool(user.side)
    return bool(user.side) and organisation.side in (user.side, Side.OTHER)


@rules.predicate
def belongs(user: User, organisation: Organisation | None) -> bool:
    if organisation is None:
        return user.organisation_id is not None
    return user.organisation_id == organisation.pk


active = rules.is_authenticated & rules.is_active
may_write = active & organisation_stands

rules.add_perm("accounts.change_organisation", may_write & is_officer & administers)
rules.add_perm("accounts.invite", may_write & is_officer & administers)
rules.add_perm("accounts.manage_tokens", may_write & ((is_officer & administers) | (belongs & ~only_reads)))


def needs_second_factor(user: User) -> bool:
    """Who decides for others must prove who they are twice."""
    return is_officer(user) or user.is_superuser

"""Who may see and do what: by duty, by part in a project, by account. Nothing is allowed by default."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Exists, OuterRef, Q

from trunghoa.portal.core.accounts.models import Side, User
from trunghoa.portal.core.accounts.rules import (
    is_officer,
    is_participant,
    is_verifier,
    may_write,
    only_reads,
    reads_everything,
)

from .models import Duty, Issuance, Order, Participant, Project, RegistryAccount

# What the public sees of a project: from public inputs on.
PUBLIC_PROJECT = (
    "validation",
    "validated",
    "registration_requested",
    "registered",
    "rejected",
    "ended",
    "withdrawn",
)
PUBLIC_ISSUANCE = ("decided", "approved", "issued")
PUBLIC_METHODOLOGY = ("public_input", "consideration", "approved", "rejected", "suspended", "withdrawn")
SIDES = (Side.VN.value, Side.JP.value)


def duties(user: User) -> frozenset[str]:
    """The duties that a person has now; asked of the database once for a person at hand."""
    known = getattr(user, "_registry_duties", None)
    if known is None:
        rows = Duty.objects.filter(person=user.pk, ended_on__isnull=True) if user.pk else Duty.objects.none()
        known = frozenset(rows.values_list("name", flat=True))
        user._registry_duties = known
    return known


def holds(name: str) -> Any:
    @rules.predicate(f"holds:{name}")
    def predicate(user: User) -> bool:
        return user.side in SIDES and name in duties(user)

    return predicate


@rules.predicate
def is_party(user: User) -> bool:
    return user.side in SIDES


def project_of(obj: Project | Issuance | Order) -> Project | None:
    if isinstance(obj, Order):
        return obj.issuance.project if obj.issuance else None
    return obj if isinstance(obj, Project) else obj.project


@rules.predicate
def takes_part(user: User, obj: Project | Issuance) -> bool:
    """Of a participant, of the focal point, or who wrote it where nobody is named yet."""
    project = project_of(obj)
    if project is None:
        return False
    if user.organisation_id is None:
        return project.created_by_id is not None and project.created_by_id == user.pk
    if user.organisation_id == project.focal_point_id:
        return True
    return project.participants.filter(organisation=user.organisation_id).exists()


@rules.predicate
def speaks_for(user: User, obj: Project | Issuance) -> bool:
    """Of the focal point named in the modalities of communication."""
    project = project_of(obj)
    return (
        project is not None
        and user.organisation_id is not None
        and (user.organisation_id == project.focal_point_id)
    )


@rules.predicate
def validates(user: User, obj: Project | Issuance) -> bool:
    project = project_of(obj)
    return (
        project is not None
        and user.organisation_id is not None
        and (user.organisation_id == project.third_party_id)
    )


@rules.predicate
def keeps_side(user: User, order: Order) -> bool:
    """Of the side whose registry is asked."""
    return user.side == order.side


@rules.predicate
def holds_account(user: User, account: RegistryAccount) -> bool:
    return user.organisation_id is not None and user.organisation_id == account.account.organisation_id


@rules.predicate
def of_accounts_side(user: User, account: RegistryAccount) -> bool:
    return bool(account.side) and user.side == account.side


@rules.predicate
def prepared(user: User, order: Order) -> bool:
    return user.pk == order.prepared_by_id


@rules.predicate
def belongs_somewhere(user: User) -> bool:
    return user.organisation_id is not None


@rules.predicate
def of_host(user: User) -> bool:
    """Of Viet Nam, whose law limits what goes abroad."""
    return bool(user.side == Side.VN)


is_secretariat = may_write & is_officer & holds(Duty.Name.SECRETARIAT)
in_committee = may_write & is_officer & holds(Duty.Name.COMMITTEE)
is_registrar = may_write & is_officer & holds(Duty.Name.REGISTRAR)
officer_of_a_side = may_write & is_officer & is_party
writes = may_write & ~only_reads & takes_part
works = may_write & ~only_reads & (takes_part | validates | is_secretariat)
requests = may_write & ~only_reads & speaks_for
gives_opinion = may_write & is_verifier & validates
may_order = may_write & ((~only_reads & holds_account) | (is_registrar & of_accounts_side))
approves_order = is_registrar & keeps_side
takes_back_order = may_write & prepared

rules.add_perm("registry.add_project", may_write & (is_participant | is_officer))
rules.add_perm("registry.change_project", writes)
rules.add_perm("registry.add_issuance", writes)
rules.add_perm("registry.order", may_order)
rules.add_perm("registry.approve_order", approves_order)
rules.add_perm("registry.keep_accounts", is_registrar)
rules.add_perm("registry.set_cap", is_registrar & of_host)
rules.add_perm("registry.give_duties", officer_of_a_side)
rules.add_perm("registry.comment_in_window", may_write)
rules.add_perm("registry.verify", gives_opinion)
rules.add_perm("registry.add_methodology", may_write & is_participant & belongs_somewhere)


def visible_projects(user: Any, prefix: str = "") -> Q:
    """Condition on projects: the public ones for everybody, drafts for those who write and decide."""

    def on(**conditions: object) -> Q:
        return Q(**{prefix + key: value for key, value in conditions.items()})

    seen = on(state__in=PUBLIC_PROJECT)
    if not user.is_authenticated:
        return seen
    if reads_everything(user) and not is_verifier(user):
        seen |= ~on(state="draft")
    if user.organisation_id:
        own = Participant.objects.filter(
            project=OuterRef(f"{prefix}pk" if not prefix else f"{prefix.removesuffix('__')}"),
            organisation=user.organisation_id,
        )
        seen |= Q(Exists(own)) | on(focal_point=user.organisation_id)
        seen |= on(third_party=user.organisation_id) & ~on(state="draft")
    return seen | on(created_by=user.pk)


def visible_issuances(user: Any) -> Q:
    """Those decided for everybody; those under way for whoever has a part in them."""
    public = Q(state__in=PUBLIC_ISSUANCE) & visible_projects(user, "project__")
    if not user.is_authenticated:
        return public
    if is_officer(user):
        return visible_projects(user, "project__")
    parts = Participant.objects.filter(project=OuterRef("project"), organisation=user.organisation_id)
    own = Q(project__created_by=user.pk)
    if user.organisation_id:
        own |= Q(Exists(parts)) | Q(project__focal_point=user.organisation_id)
        own |= Q(project__third_party=user.organisation_id) & ~Q(state="monitoring")
    return public | own


def visible_orders(user: User) -> Q:
    """Officers of a side see the orders to its registry, holders those of their accounts."""
    seen = Q(prepared_by=user.pk)
    if is_officer(user) and user.side in SIDES:
        seen |= Q(side=user.side)
    if user.organisation_id:
        seen |= Q(source__account__organisation=user.organisation_id)
        seen |= Q(target__account__organisation=user.organisation_id, state="executed")
    return seen


def sees_holdings(user: Any, account: RegistryAccount) -> bool:
    """Units in an account of an entity are its own and its registry's affair; those of parties are public."""
    if account.account.organisation_id is None:
        return True
    if not user.is_authenticated:
        return False
    if is_officer(user) and user.side in (account.side, *(SIDES if not account.side else ())):
        return True
    return bool(user.organisation_id == account.account.organisation_id)

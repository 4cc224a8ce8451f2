"""Who may see and change a place, by role, organisation and province."""

import rules

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import (
    active,
    is_locality,
    is_officer,
    is_operator,
    is_verifier,
    may_write,
    only_reads,
    reads_everything,
)

from . import access
from .models import Figure, Place, Registered


@rules.predicate
def operates(user: User, place: Place) -> bool:
    return place.operator_id is not None and place.operator_id == user.organisation_id


@rules.predicate
def governs(user: User, place: Place) -> bool:
    home = access.governed(user)
    return place.pk in home or place.parent_id in home


rules.add_perm("record.view_place", active & (reads_everything | operates | (is_locality & governs)))
rules.add_perm(
    "record.change_place", may_write & (is_officer | (is_operator & operates) | (is_locality & governs))
)
rules.add_perm("record.add_place", may_write & is_officer)
rules.add_perm("publication.publish", may_write & is_officer)


@rules.predicate
def has_organisation(user: User) -> bool:
    return user.organisation_id is not None


@rules.predicate
def keeps(user: User, registered: Registered) -> bool:
    """The paper is one's own organisation's."""
    return registered.owner_id is not None and registered.owner_id == user.organisation_id


@rules.predicate
def backs_place(user: User, figure: Figure) -> bool:
    return user.has_perm("record.change_place", figure.place)


rules.add_perm("audit.read_log", active & is_officer)
rules.add_perm("record.add_document", may_write & ~only_reads & (is_officer | has_organisation))
rules.add_perm("record.tighten_document", may_write & ~only_reads & (is_officer | keeps))
rules.add_perm("record.loosen_document", may_write & is_officer)
rules.add_perm("record.attach_evidence", may_write & (is_officer | is_verifier | backs_place))
rules.add_perm("record.accept_evidence", may_write & (is_officer | is_verifier))

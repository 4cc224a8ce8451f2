"""Who may see and change a place, by role, organisation and province."""

import rules

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import (
    active,
    is_locality,
    is_officer,
    is_operator,
    may_write,
    reads_everything,
)

from . import access
from .models import Place


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

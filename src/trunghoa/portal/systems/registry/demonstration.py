"""What the registry's part of the demonstration needs: duties, an entity's designation, an account."""

from __future__ import annotations

from collections.abc import Mapping

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.quality import Quality

from .models import Designation, Duty, RegistryAccount
from .models.accounts import open_account

PAIRS = (("officer-vn", "registrar-vn"), ("officer-jp", "registrar-jp"))
SCOPES = [str(number) for number in range(1, 17)]


def furnish(people: Mapping[str, User]) -> None:
    """Officers of each side give each other every duty; doing it twice changes nothing."""
    for one, other in PAIRS:
        for person, giver in ((one, other), (other, one)):
            for duty in Duty.Name.values:
                Duty.objects.get_or_create(
                    person=people[person], name=duty, ended_on=None, defaults={"given_by": people[giver]}
                )
    entity, owner = people["entity"].organisation, people["participant"].organisation
    Designation.objects.get_or_create(
        organisation=entity,
        defaults={"scopes": SCOPES, "quality": Quality.ILLUSTRATIVE, "source": "Demonstration"},
    )
    if not RegistryAccount.objects.filter(account__organisation=owner).exists():
        said = {"quality": Quality.ILLUSTRATIVE, "source": "Demonstration"}
        open_account("VNM", "entity", organisation=owner, **said)

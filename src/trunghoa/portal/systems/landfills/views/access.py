"""Who may see and change a landfill: not seen is not found, not to be changed is refused."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.access import visible_sites

from ..models import Landfill

CHANGE = "record.change_place"


def seen(request: HttpRequest, code: str) -> Landfill:
    """The landfill, if the reader may see it."""
    rows = Landfill.objects.filter(visible_sites(person(request), "place__"))
    return get_object_or_404(
        rows.select_related("place__parent", "place__operator", "last_run", "changed_by"), place__code=code
    )


def may_change(request: HttpRequest, landfill: Landfill) -> bool:
    return bool(request.user.has_perm(CHANGE, landfill.place))


def changeable(request: HttpRequest, code: str) -> Landfill:
    """The landfill, if the reader may change it."""
    landfill = seen(request, code)
    if not may_change(request, landfill):
        raise PermissionDenied
    return landfill

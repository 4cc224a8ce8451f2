"""Which records a person may see, as a condition on the query: what is not visible is not found."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.rules import reads_everything
from trunghoa.quantities import PlaceKey

from .models import Place, Registered

Reader = User | AnonymousUser
Condition = Callable[[User], Q]

# What a system shows to some only: by kernel the runs a reader may see, and the papers one may not.
_runs: dict[str, Condition] = {}
_papers: list[Callable[[User, str], Q]] = []


def keep_runs(kernel: str, seen: Condition) -> None:
    """Of this kernel's runs a reader sees those that the condition holds for, wherever runs are shown."""
    _runs[kernel] = seen


def keep_papers(hidden: Callable[[User, str], Q]) -> None:
    """Papers that the condition holds for are closed to officers, who else read every paper.

    It is asked with what leads from the queried table to the document's key; the same bytes that somebody
    else brought are another row.
    """
    _papers.append(hidden)


def governed(user: User) -> frozenset[int]:
    """The units of a locality: its own, what that became when units merged, and what merged into it."""
    if user.organisation is None or not user.organisation.place_key:
        return frozenset()
    key = PlaceKey.parse(user.organisation.place_key)
    home = Place.objects.filter(era=key.era, code=key.code).first()
    if home is None:
        return frozenset()
    heir = home.successor_id or home.pk
    merged = Place.objects.filter(successor_id=heir).values_list("pk", flat=True)
    return frozenset({home.pk, heir, *merged})


def visible_sites(user: User, prefix: str = "") -> Q:
    """Condition on sites: everything, those of one's organisation, or those in one's province.

    Agrees with the permission ``record.view_place``; ``prefix`` leads from the queried table to the place.
    """
    if reads_everything(user):
        return Q(**{f"{prefix}pk__isnull": False})  # an empty Q would vanish when joined by "or"
    own = Q(pk__in=[])
    if user.organisation_id:
        own |= Q(**{f"{prefix}operator_id": user.organisation_id})
    if user.role == User.Role.LOCALITY:
        own |= Q(**{f"{prefix}parent_id__in": governed(user)})
    return own


def visible_figures(user: User) -> Q:
    """Figures of countries and provinces are open to all who sign in; a site's to those who see the site."""
    if reads_everything(user):
        return Q(pk__isnull=False)  # asks no other table
    return ~Q(place__kind=Place.Kind.SITE) | visible_sites(user, "place__")


def visible_runs(user: User) -> Q:
    """Runs at countries and provinces, or at no place, are open; a site's and what a system keeps are not."""
    seen = Q(place__isnull=True) | ~Q(place__kind=Place.Kind.SITE) | visible_sites(user, "place__")
    for kernel, condition in _runs.items():
        seen &= ~Q(kernel=kernel) | condition(user)
    return seen


def visible_papers(user: Reader, document: str = "pk") -> Q:
    """What is said of documents: public to all, an organisation's to it and officers, else officers.

    ``document`` leads from the queried table to the document's key.
    """
    public = Q(classification=Registered.Classification.PUBLIC)
    if not isinstance(user, User) or not user.is_active:
        return public
    if user.role == User.Role.OFFICER:
        return public | _unless_kept(user, document)
    if user.organisation_id is None:
        return public
    own = Q(classification=Registered.Classification.ORGANISATION, owner_id=user.organisation_id)
    return public | own


def _unless_kept(user: User, document: str) -> Q:
    open_to_officers = Q(pk__isnull=False)
    for hidden in _papers:
        open_to_officers &= ~hidden(user, document)
    return open_to_officers

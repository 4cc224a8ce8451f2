"""Accounts of the demonstration. They exist only where TRUNGHOA_DEMO is set."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record.models import Place

PASSWORD = "trung-hoa-demo"  # noqa: S105 - printed on the screen, refused outside the demonstration

OPERATOR = "demo-operator"

ACCOUNTS = (
    # user name, role, organisation code, language
    ("officer-vn", User.Role.OFFICER, "mae", "vi"),
    ("officer-jp", User.Role.OFFICER, "moej", "ja"),
    ("locality", User.Role.LOCALITY, "hanoi", "vi"),
    ("operator", User.Role.OPERATOR, OPERATOR, "vi"),
    ("verifier", User.Role.VERIFIER, "", "ja"),
    ("researcher", User.Role.RESEARCHER, "", "en"),
    ("observer", User.Role.OBSERVER, "", "en"),
)


def make_accounts() -> list[User]:
    """The demonstration's people; making them twice changes nothing."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Demonstration accounts exist only with TRUNGHOA_DEMO=true.")
    _operator()
    people = []
    for username, role, code, language in ACCOUNTS:
        organisation = Organisation.objects.filter(code=code).first() if code else None
        user, fresh = User.objects.get_or_create(
            username=username, defaults={"role": role, "organisation": organisation, "language": language}
        )
        if fresh:
            user.set_password(PASSWORD)
            user.save()
        people.append(user)
    return people


def _operator() -> None:
    """An invented operator for one site, so that an operator's view can be tried; its name says so."""
    operator, _ = Organisation.objects.get_or_create(
        code=OPERATOR,
        defaults={
            "name_vi": "Đơn vị vận hành (minh họa)",
            "name_ja": "運営事業者（例示）",
            "name_en": "Operator (illustrative)",
            "side": "VN",
            "kind": "facility",
        },
    )
    site = Place.objects.filter(kind=Place.Kind.SITE).order_by("code").first()
    if site is not None and site.operator_id is None:
        bulk.update(Place.objects.filter(pk=site.pk), operator=operator)

"""Accounts of the demonstration. They exist only where TRUNGHOA_DEMO is set."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record.models import Place
from trunghoa.portal.systems.registry import demonstration as registry
from trunghoa.portal.systems.registry import example

PASSWORD = "trung-hoa-demo"  # noqa: S105 - printed on the screen, refused outside the demonstration

OPERATOR = "demo-operator"
# Invented organisations, so that an operator's, a participant's and an entity's view can be tried.
INVENTED = {
    OPERATOR: (
        "Đơn vị vận hành (minh họa)", "運営事業者（例示）", "Operator (illustrative)", "VN", "facility",
    ),
    "demo-participant": (
        "Bên tham gia dự án (minh họa)", "プロジェクト参加者（例示）", "Project participant (illustrative)",
        "VN", "participant",
    ),
    "demo-buyer": (
        "Bên mua tín chỉ (minh họa)", "クレジット購入者（例示）", "Buyer of credits (illustrative)",
        "JP", "participant",
    ),
    "demo-entity": (
        "Bên thứ ba thẩm định (minh họa)", "第三者機関（例示）", "Third-party entity (illustrative)",
        "other", "third_party",
    ),
}  # fmt: skip

ACCOUNTS = (
    # user name, role, organisation code, language
    ("officer-vn", User.Role.OFFICER, "mae", "vi"),
    ("officer-jp", User.Role.OFFICER, "moej", "ja"),
    ("locality", User.Role.LOCALITY, "hanoi", "vi"),
    ("operator", User.Role.OPERATOR, OPERATOR, "vi"),
    ("verifier", User.Role.VERIFIER, "", "ja"),
    ("researcher", User.Role.RESEARCHER, "", "en"),
    ("observer", User.Role.OBSERVER, "", "en"),
    # A second pair of eyes on each side, and who else acts in the JCM cycle.
    ("registrar-vn", User.Role.OFFICER, "mae", "vi"),
    ("registrar-jp", User.Role.OFFICER, "moej", "ja"),
    ("participant", User.Role.PARTICIPANT, "demo-participant", "vi"),
    ("buyer", User.Role.PARTICIPANT, "demo-buyer", "ja"),
    ("entity", User.Role.VERIFIER, "demo-entity", "en"),
)


def make_accounts() -> list[User]:
    """The demonstration's people; making them twice changes nothing."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Demonstration accounts exist only with TRUNGHOA_DEMO=true.")
    _organisations()
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
    registry.furnish({user.username: user for user in people})
    return people


def make_example(people: Sequence[User]) -> None:
    """What needs figures that runs give: the worked example of a purchase of credits."""
    example.furnish({user.username: user for user in people})


def _organisations() -> None:
    """Their names say that they are invented."""
    for code, (vi, ja, en, side, kind) in INVENTED.items():
        Organisation.objects.get_or_create(
            code=code,
            defaults={"name_vi": vi, "name_ja": ja, "name_en": en, "side": side, "kind": kind},
        )
    site = Place.objects.filter(kind=Place.Kind.SITE).order_by("code").first()
    if site is not None and site.operator_id is None:
        operator = Organisation.objects.get(code=OPERATOR)
        bulk.update(Place.objects.filter(pk=site.pk), operator=operator)

"""Second factors: codes of an app, passkeys, recovery codes. The cryptography is allauth's."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from .models import User

Type = Authenticator.Type
# In the session: with which factor this sign-in was proved.
PROVED = "second_factor"
# The key that a person is about to set up.
SECRET = "totp_secret"  # noqa: S105
FIRST = (Type.TOTP, Type.WEBAUTHN)


def of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user).order_by("created_at"))


def has(user: User) -> bool:
    """Has the person a second factor? Recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=FIRST).exists()


def new_secret(request: HttpRequest) -> str:
    """The key shown on the set-up page; it stays the same until it is confirmed."""
    if SECRET not in request.session:
        request.session[SECRET] = totp.generate_totp_secret()
    return str(request.session[SECRET])


def confirm(request: HttpRequest, user: User, code: str) -> list[str] | None:
    """Set the app up if its code is right; returns the recovery codes, None when it is wrong."""
    secret = new_secret(request)
    if not totp.validate_totp_code(secret, code):
        return None
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
        totp.TOTP.activate(user, secret)
        codes = recovery_codes(user)
    del request.session[SECRET]
    request.session[PROVED] = Type.TOTP.value
    return codes


def recovery_codes(user: User, anew: bool = False) -> list[str]:
    """The codes that are not yet used; asked anew, the old ones stop working."""
    if anew:
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    return RecoveryCodes.activate(user).get_unused_codes()


@transaction.atomic
def check_code(user: User, code: str) -> str:
    """The factor whose code it is, or nothing. A code of the app works once, a recovery code too."""
    code = "".join(code.split())
    rows = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Type.WEBAUTHN)
    for row in sorted(rows, key=lambda r: r.type != Type.TOTP):
        good = _app_code(row, code) if row.type == Type.TOTP else RecoveryCodes(row).validate_code(code)
        if good:
            row.refresh_from_db()
            row.record_usage()
            return str(row.type)
    return ""


def _app_code(row: Authenticator, code: str) -> bool:
    """Each step of time counts once, whichever process sees it."""
    secret = decrypt(row.data["secret"])
    for counter in totp.yield_hotp_counters_from_time():
        value = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if totp.compare_user_code(actual=code, expected=value):
            if counter <= row.data.get("last", 0):
                return False
            row.data["last"] = counter
            row.save(update_fields=["data"])
            return True
    return False


def passkey_options(user: User) -> dict[str, Any]:
    """What the browser is asked to make a passkey from."""
    return dict(webauthn.begin_registration(user, passwordless=False))


def add_passkey(request: HttpRequest, user: User, name: str, credential: dict[str, Any]) -> bool:
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        return False
    with transaction.atomic():
        webauthn.WebAuthn.add(user, name, credential)
        recovery_codes(user)
    request.session[PROVED] = Type.WEBAUTHN.value
    return True


def challenge(user: User) -> dict[str, Any] | None:
    """What the browser is asked to sign, when the person has a passkey."""
    if not Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).exists():
        return None
    return dict(webauthn.begin_authentication(user))


def check_passkey(user: User, credential: dict[str, Any]) -> str:
    try:
        webauthn.parse_authentication_response(credential)
        row = webauthn.complete_authentication(user, credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        return ""
    row.record_usage()
    return str(row.type)


def remove(user: User, pk: int, keep_one: bool) -> bool:
    """Take a factor away; the last one stays where one is compulsory."""
    with transaction.atomic():
        rows = list(Authenticator.objects.select_for_update().filter(user=user))
        firsts = [row for row in rows if row.type in FIRST]
        chosen = next((row for row in firsts if row.pk == pk), None)
        if chosen is None or (keep_one and len(firsts) == 1):
            return False
        chosen.delete()
        if len(firsts) == 1:
            Authenticator.objects.filter(user=user).delete()
    return True


def forget(user: User) -> None:
    """Take all factors away, for a person who lost them."""
    Authenticator.objects.filter(user=user).delete()


def qr_code(user: User, secret: str) -> str:
    """The key as a drawing for the camera of a telephone."""
    adapter = get_adapter()
    return str(adapter.build_totp_svg(adapter.build_totp_url(user, secret)))

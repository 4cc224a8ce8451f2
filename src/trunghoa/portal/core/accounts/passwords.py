"""How long a password is at least, said in all three languages."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import User

LEAST = 12


class LengthValidator:
    """Refuses short passwords."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < LEAST:
            raise ValidationError(
                ngettext(
                    "Too short: take at least %(least)d character.",
                    "Too short: take at least %(least)d characters.",
                    LEAST,
                )
                % {"least": LEAST},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("At least %(least)s characters; several words are easy to keep in mind.") % {"least": LEAST}

"""Forms of signing in and of one's own account, with texts of our own in all three languages."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import User


def password_field(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, widget=widget, **more)


class ResetForm(forms.Form):
    """Where a link to a new password is sent."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class OfUser(forms.Form):
    """A form about one person."""

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.user = user


class NewPassword(OfUser):
    """A password, twice, by the rules."""

    new_password1 = password_field(
        _("New password"),
        "new-password",
        help_text=_("At least twelve characters; several words are easy to keep in mind."),
    )
    new_password2 = password_field(_("The same password again"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("new_password1"), data.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", ValidationError(_("The two passwords differ. Type them again.")))
        elif first:
            try:
                password_validation.validate_password(first, self.user)
            except ValidationError as error:
                self.add_error("new_password1", error)
        return data

    def save(self, commit: bool = True) -> User:
        self.user.set_password(self.cleaned_data["new_password1"])
        if commit:
            self.user.save()
        return self.user


class Confirmed(OfUser):
    """An act that asks for the present password."""

    password = password_field(_("Present password"), "current-password")

    def clean_password(self) -> str:
        given = str(self.cleaned_data["password"])
        if not self.user.check_password(given):
            raise ValidationError(_("This is not your present password."))
        return given


class PasswordForm(Confirmed, NewPassword):
    field_order = ("password", "new_password1", "new_password2")


class ProfileForm(forms.ModelForm):
    """How a person is called and in which language the portal speaks to them."""

    first_name = forms.CharField(label=_("Given name"), max_length=150)
    last_name = forms.CharField(label=_("Family name"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language")


class AcceptForm(NewPassword):
    """What an invited person sets."""

    first_name = forms.CharField(label=_("Given name"), max_length=150)
    last_name = forms.CharField(label=_("Family name"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("first_name", "last_name", "language", "new_password1", "new_password2")


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    """What the browser made or signed."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=100, required=False)
    credential = forms.JSONField(widget=forms.HiddenInput)

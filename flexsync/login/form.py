"""The log-in form of the admin: name, password, and the code of the second factor where the user has one."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django_otp import devices_for_user, user_has_device
from django_otp.forms import OTPAuthenticationFormMixin
from django_otp.models import Device
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES


class LoginForm(OTPAuthenticationFormMixin, AuthenticationForm):  # type: ignore[misc]  # they have no types
    """Accepts a user without a second factor by password, and one with it by password and code."""

    otp_token = forms.CharField(
        label="Code",
        required=False,
        max_length=12,
        help_text="Of your authenticator app, if you have set one up.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    otp_error_messages = OTPAuthenticationFormMixin.otp_error_messages | {
        "token_required": "Type the code that your authenticator app shows, and the password once more.",
        "invalid_token": "This code is not right, or was used already. Type the one that the app shows now.",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        # Django tells browsers only; longer ones find no place among the failures that are counted.
        name: Any = self.fields["username"]
        name.validators.append(MaxLengthValidator(name.max_length))
        self.fields["otp_token"].widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where password or code is wrong."""
        cleaned: dict[str, Any] = super().clean()
        user = self.get_user()
        if user and user_has_device(user):
            self.clean_otp(user)
        return cleaned

    def _chosen_device(self, user: User) -> Device | None:
        """Nobody has several to choose from."""
        return next(devices_for_user(user, for_verify=True), None)

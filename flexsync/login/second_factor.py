"""The page on which people set up a second factor for themselves, or take it away."""

from base64 import b32encode
from typing import Any

import django_otp
import qrcode
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage
from unfold.widgets import UnfoldAdminTextInputWidget

DEVICE = "authenticator app"


class CodeForm(forms.Form):
    """The code that the device shows, checked with it; a device refuses more tries for a while by itself."""

    code = forms.CharField(
        label="Code that the app shows",
        max_length=12,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, device: TOTPDevice, data: Any = None) -> None:
        super().__init__(data)
        self._device = device

    def clean_code(self) -> str:
        """Raises ValidationError for another one, and for one that was used already."""
        code: str = self.cleaned_data["code"]
        if not self._device.verify_is_allowed()[0]:
            raise ValidationError("There were too many wrong codes. Wait a minute, and type the next one.")
        if not self._device.verify_token(code.replace(" ", "")):
            raise ValidationError("This code is not right. Type the one that the app shows now.")
        return code


def second_factor(request: HttpRequest) -> HttpResponse:
    """Sets the second factor of whoever is logged in up, or takes it away, once a right code is typed.

    What is to be set up gets its key by a POST of "begin": looking at the page changes nothing.
    """
    user: Any = request.user
    device = TOTPDevice.objects.filter(user=user).order_by("-confirmed").first()
    if request.method == "POST" and "begin" in request.POST:
        TOTPDevice.objects.get_or_create(user=user, defaults={"name": DEVICE, "confirmed": False})
        return redirect("second_factor")
    form = CodeForm(device, request.POST or None) if device else None
    if device and form and request.method == "POST" and form.is_valid():
        _change(request, device)
        return redirect("second_factor")
    context = {**admin.site.each_context(request), "title": "Second factor", "device": device, "form": form}
    return TemplateResponse(request, "admin/second_factor.html", context | _shown(device))


def _shown(device: TOTPDevice | None) -> dict[str, Any]:
    """The key of a device that is to be set up, which nobody sees later."""
    if device is None or device.confirmed:
        return {}
    return {"picture": _picture(device.config_url), "key": b32encode(device.bin_key).decode()}


def _change(request: HttpRequest, device: TOTPDevice) -> None:
    if not device.confirmed:
        _confirm(request, device)
        return
    device.delete()
    _note(device.user, messages.WARNING, request, "Took the second factor away.")


def _confirm(request: HttpRequest, device: TOTPDevice) -> None:
    device.confirmed = True
    device.save()
    django_otp.login(request, device)
    _note(device.user, messages.SUCCESS, request, "Set up a second factor.")


def _note(user: User, level: int, request: HttpRequest, sentence: str) -> None:
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, sentence, single_object=True)
    messages.add_message(request, level, sentence)


def _picture(address: str) -> SafeString:
    """A QR code of the address, as SVG."""
    drawn = qrcode.make(address, image_factory=SvgPathImage, box_size=12, border=2)
    return SafeString(drawn.to_string(encoding="unicode"))


view = admin.site.admin_view(second_factor, cacheable=False)

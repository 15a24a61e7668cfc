"""The form in which an operator says why a finding is accepted, and until when."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from integrations.reconcile.repairing.accepting import Acceptance


class AcceptForm(forms.Form):
    """Why, and until when."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        help_text="For your own people: it is kept with your name.",
        widget=UnfoldAdminTextInputWidget,
    )
    until = forms.DateField(
        label="Until",
        required=False,
        help_text="On that day it is open again. Leave it empty to accept it for ever.",
        widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}),
    )

    def acceptance(self, by: str) -> Acceptance:
        """Returns who accepts it, why, and until when; raises Invalid."""
        until = self.cleaned_data["until"]
        at = timezone.make_aware(datetime.combine(until, datetime.min.time())) if until else None
        return Acceptance(by, self.cleaned_data["reason"], at, timezone.now())

    def refuse(self, refusal: Any) -> None:
        """Shows why it is refused, at the field that the refusal names."""
        field = next((name for name in getattr(refusal, "details", {}) if name in self.fields), None)
        self.add_error(field, getattr(refusal, "message", str(refusal)))

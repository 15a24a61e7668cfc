"""What is sent to make an archived row active again."""

from rest_framework import serializers

from billing.api.strict import StrictInput


class RestoreInput(StrictInput):
    """Whether another object is made where a provider has the row's object no more."""

    create_anew = serializers.BooleanField(
        default=False, help_text="Have another object made at a provider that has deleted the row's own."
    )
    reason = serializers.CharField(
        max_length=500, default="Restored.", help_text="Why; kept with who had it made anew."
    )

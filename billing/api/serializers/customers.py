"""Customers as JSON."""

from rest_framework import serializers

from billing.api.fields import CurrencyInput, MetadataInput
from billing.api.serializers.base import ALWAYS, Output
from billing.api.strict import StrictModelInput
from billing.models import Customer

COLUMNS = (
    "external_id", "name", "email", "phone", "address_line1", "address_line2", "address_city", "address_state",
    "address_postal_code", "address_country", "currency",
)  # fmt: skip


class CustomerSerializer(Output):
    """Who owes."""

    class Meta:
        model = Customer
        fields = (*ALWAYS, *COLUMNS, "status")
        read_only_fields = fields


class CustomerInput(StrictModelInput):
    """What may be said of a customer."""

    example = {
        "external_id": "crm-77",
        "name": "Ada Ltd",
        "email": "ada@example.com",
        "address_country": "GB",
        "metadata": {"segment": "smb"},
    }

    email = serializers.EmailField(max_length=512, required=False, allow_blank=True)
    address_country = serializers.RegexField(
        "^[A-Z]{2}$", required=False, allow_blank=True, help_text="ISO 3166-1 alpha-2, such as NL."
    )
    currency = CurrencyInput(required=False, allow_blank=True, help_text="ISO 4217, such as EUR.")
    metadata = MetadataInput(required=False, help_text="Replaces what was there.")

    class Meta:
        model = Customer
        fields = (*COLUMNS, "metadata")

"""Customers as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing import texts
from billing.api.fields import (
    METADATA,
    CountryInput,
    CurrencyInput,
    EmailInput,
    MetadataInput,
    PartsInput,
    TextInput,
)
from billing.api.serializers.base import ALWAYS, Output
from billing.api.strict import StrictInput, StrictModelInput
from billing.models import Customer
from billing.services.customers import default_methods, tax_ids

COLUMNS = (
    "external_id", "name", "email", "phone", "address_line1", "address_line2", "address_city", "address_state",
    "address_postal_code", "address_country", "currency", "preferred_locale", "connection_id",
)  # fmt: skip


class TaxIdSerializer(serializers.Serializer[Any]):
    """A tax id, as responses show it."""

    type = serializers.CharField()
    value = serializers.CharField()


class TaxIdInput(StrictInput):
    """A tax id of a customer."""

    type = serializers.CharField(help_text="The kind, such as eu_vat, gb_vat or us_ein.")
    value = serializers.CharField(max_length=tax_ids.LONGEST_VALUE)


@extend_schema_field(serializers.ListSerializer(child=TaxIdInput(), max_length=tax_ids.MOST))
class TaxIdsInput(PartsInput):
    """The tax ids of a customer."""

    read = staticmethod(tax_ids.parse)


class BalanceSerializer(serializers.Serializer[Any]):
    """What one connection's provider keeps for a customer."""

    connection_id = serializers.CharField()
    amount = serializers.CharField(help_text="Negative is credit, positive is debt.")
    currency = serializers.CharField()


class CustomerSerializer(Output):
    """Who owes."""

    tax_ids = TaxIdSerializer(many=True, read_only=True)
    balances = serializers.SerializerMethodField(
        help_text="Credit or debt at providers, which their next invoice takes off or adds."
    )
    default_payment_methods = serializers.SerializerMethodField(
        help_text="The saved method that is charged unless another is named, by connection."
    )

    class Meta:
        model = Customer
        fields = (*ALWAYS, *COLUMNS, "tax_ids", "default_payment_methods", "balances", "status")
        read_only_fields = fields

    @extend_schema_field(BalanceSerializer(many=True))
    def get_balances(self, customer: Customer) -> list[dict[str, str]]:
        """By the ids of the connections."""
        return [
            {"connection_id": connection, "amount": amount, "currency": currency}
            for connection in sorted(customer.balances)
            for currency, amount in sorted(customer.balances[connection].items())
        ]

    def get_default_payment_methods(self, customer: Customer) -> dict[str, str]:
        """The gateways' ids, by the ids of their connections."""
        return default_methods.known(customer)


class CustomerInput(StrictModelInput):
    """The fields of a customer that a caller may send."""

    example = {
        "external_id": "crm-77",
        "name": "Ada Ltd",
        "email": "ada@example.com",
        "address_country": "GB",
        "metadata": {"segment": "smb"},
    }
    # FlexPrice's name.
    aliases = {"contact": "phone"}

    email = EmailInput(max_length=texts.LONGEST_EMAIL, required=False, allow_blank=True)
    address_country = CountryInput(
        required=False, allow_blank=True, help_text="ISO 3166-1 alpha-2, such as NL."
    )
    currency = CurrencyInput(required=False, allow_blank=True, help_text="ISO 4217, such as EUR.")
    preferred_locale = TextInput(
        required=False, allow_blank=True, help_text="A language tag, such as fr or pt-BR."
    )
    connection_id = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="The connection that collects the customer's invoices; empty where the connections' options choose.",
    )
    tax_ids = TaxIdsInput(required=False, help_text="Replaces what was there.")
    metadata = MetadataInput(required=False, help_text=METADATA)

    class Meta:
        model = Customer
        fields = (*COLUMNS, "tax_ids", "metadata")

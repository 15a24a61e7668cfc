"""A connection's switches in requests and responses: what is brought here, and what is sent."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.api.strict import StrictInput

SWITCHES = {
    "customer_inbound_enabled": "The provider's customers come here.",
    "customer_outbound_enabled": "Customers are sent to the provider.",
    "plan_inbound_enabled": "The provider's products and prices come here, as plans with their prices.",
    "plan_outbound_enabled": "Plans are sent to the provider, with their prices.",
    "subscription_inbound_enabled": "The provider's subscriptions come here.",
    "subscription_outbound_enabled": "Subscriptions are sent to the provider, which then bills them.",
    "invoice_inbound_enabled": "Invoices that were made at the provider come here.",
    "invoice_outbound_enabled": "Finalized invoices are sent to the provider.",
    "payment_inbound_enabled": "Payments that began at the provider come here, though they are for no invoice here.",
}
FLEXPRICE = "As FlexPrice spells it."


class SyncConfigSerializer(serializers.Serializer[Any]):
    """What a connection syncs."""

    def get_fields(self) -> dict[str, Any]:
        """Returns all switches."""
        return {name: serializers.BooleanField(help_text=text) for name, text in SWITCHES.items()}


class InboundInput(StrictInput):
    """One kind in the one direction that it has."""

    inbound = serializers.BooleanField(required=False)


class DirectionsInput(InboundInput):
    """One kind in both directions."""

    outbound = serializers.BooleanField(required=False)


class SyncConfigInput(StrictInput):
    """What a connection is to sync; switches that are left out stay as they are, and are off at first."""

    customer = DirectionsInput(required=False, help_text=FLEXPRICE)
    plan = DirectionsInput(required=False, help_text=FLEXPRICE)
    subscription = DirectionsInput(required=False, help_text=FLEXPRICE)
    invoice = DirectionsInput(required=False, help_text=FLEXPRICE)
    payment = InboundInput(required=False, help_text=FLEXPRICE)

    def get_fields(self) -> dict[str, Any]:
        """Returns the switches, and FlexPrice's names."""
        switches = {
            name: serializers.BooleanField(required=False, help_text=text) for name, text in SWITCHES.items()
        }
        return {**switches, **super().get_fields()}


@extend_schema_field(SyncConfigInput)
class SyncConfigField(serializers.DictField):
    """Takes both forms; what is wrong in it is said by switch, not by field."""

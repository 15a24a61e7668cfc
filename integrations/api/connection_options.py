"""A connection's options in requests and responses: how it treats money, and conflicts."""

from rest_framework import serializers

from billing.api.strict import StrictInput
from integrations.models import Connection
from integrations.models.connections import OPTIONS, Owner

OWNER = "Whose value stays where both sides changed a field; empty for the side that the switches make the source."
TEXTS = {
    "collects_currencies": "Collects invoices in these currencies (ISO 4217); all where there are none.",
    "collects_countries": "Collects invoices of customers in these countries (ISO 3166); all where there are none.",
    "auto_refund_duplicates": "Refunds money that came twice without asking.",
    "rounds_three_decimals": "Rounds lines in currencies with three decimals to 0.010 when an invoice is finalized.",
    "keeps_guest_payments": "Payments at the provider that name no customer come here, too.",
}


def _owner() -> serializers.ChoiceField:
    return serializers.ChoiceField(Owner.choices, required=False, allow_blank=True, help_text=OWNER)


def _codes(name: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), required=False, help_text=TEXTS[name])


def _flag(name: str) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, help_text=TEXTS[name])


class OptionsInput(StrictInput):
    """How the connection treats money, and conflicts; options that are left out stay as they are."""

    collects_currencies = _codes("collects_currencies")
    collects_countries = _codes("collects_countries")
    auto_refund_duplicates = _flag("auto_refund_duplicates")
    rounds_three_decimals = _flag("rounds_three_decimals")
    keeps_guest_payments = _flag("keeps_guest_payments")
    customer_owner = _owner()
    plan_owner = _owner()
    subscription_owner = _owner()
    invoice_owner = _owner()


class OptionsSerializer(serializers.ModelSerializer[Connection]):
    """How a connection treats money, and conflicts."""

    class Meta:
        model = Connection
        fields = read_only_fields = OPTIONS
        extra_kwargs = {name: {"help_text": TEXTS.get(name, OWNER)} for name in OPTIONS}

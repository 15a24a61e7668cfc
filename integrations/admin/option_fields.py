"""The form fields of a connection's options: which invoices it collects, and what it does by itself."""

from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.models.connections import Owner

_OWNERS = {
    "customer_owner": "customers",
    "plan_owner": "plans and prices",
    "subscription_owner": "subscriptions",
    "invoice_owner": "invoices",
}
_WINNERS = [
    (Owner.FLEXSYNC.value, "FlexSync's value"),
    (Owner.PROVIDER.value, "The provider's value"),
    (Owner.NEWEST.value, "The newest value"),
]


def option_fields() -> dict[str, forms.Field]:
    """Returns the fields by the names of the options."""
    return {
        "collects_currencies": _codes(
            "Collects currencies",
            "Codes such as USD, EUR. Empty for all. Needed only with several connections.",
        ),
        "collects_countries": _codes(
            "Collects countries", "Of the customer's address: codes such as DE, FR. Empty for all."
        ),
        "auto_refund_duplicates": _switch(
            "Refund duplicates",
            "Money that came twice for an invoice is refunded without asking: also what the overview lists now.",
        ),
        "rounds_three_decimals": _switch(
            "Round three decimals",
            "Lines in currencies such as KWD are rounded to 0.010 when an invoice is finalized; each rounded line"
            " says so.",
        ),
        "keeps_guest_payments": _switch(
            "Keep guests' payments",
            "Payments at the provider that name no customer come here without one; otherwise they are ignored, with"
            " their refunds and disputes.",
            initial=True,
        ),
        **{name: _owner(label) for name, label in _OWNERS.items()},
    }


def _owner(what: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False,
        label=f"Conflicts of {what}",
        choices=[("", "The side that alone is the source, else the newest value"), *_WINNERS],
        help_text="Whose value stays where both sides changed a field before they knew of each other.",
        widget=UnfoldAdminSelectWidget(),
    )


def _codes(label: str, help_text: str) -> Any:
    widget = UnfoldAdminTextInputWidget()
    return SimpleArrayField(
        forms.CharField(), required=False, label=label, help_text=help_text, widget=widget
    )


def _switch(label: str, help_text: str, *, initial: bool = False) -> forms.BooleanField:
    return forms.BooleanField(
        required=False, label=label, help_text=help_text, widget=UnfoldBooleanSwitchWidget(), initial=initial
    )

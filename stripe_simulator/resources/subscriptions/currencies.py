"""The one currency in which a customer can subscribe.

Sources: Stripe docs, "Multi-currency customers" (invoices and invoice items may be in any currency, active
subscriptions may not differ); Stripe support, "Set or change the currency for an invoice or customer"; the
message is as reported by users of Stripe.
"""

from collections.abc import Iterator

from ...errors import InvalidRequest
from ...state.account import Account, Object
from ..customers.balance import take_currency

_ENDED = ("canceled", "incomplete_expired")


def refuse_other_currency(account: Account, customer: str, currency: str) -> None:
    """Refuse a subscription while another one, or a pending invoice item, is in another currency."""
    for held in _currencies(account, customer):
        if held != currency:
            raise InvalidRequest(
                "You cannot combine currencies on a single customer. This customer has an active subscription,"
                f" subscription schedule, discount, quote, or invoice item with currency {held}"
            )


def _currencies(account: Account, customer: str) -> Iterator[str]:
    """Return the currencies of what is under way. Discounts are those of a subscription."""
    for subscription in account.all("subscription"):
        if subscription["customer"] == customer and subscription["status"] not in _ENDED:
            yield subscription["currency"]
    for item in account.all("invoiceitem"):
        if item["customer"] == customer and item["invoice"] is None:
            yield item["currency"]


def move_to_currency(account: Account, customer: Object, currency: str) -> None:
    """Change the customer's currency to that of a new subscription; the balance in the former one is kept."""
    if customer["currency"] not in (None, currency):
        with account.changing(customer, "customer.updated"):
            take_currency(customer, currency)

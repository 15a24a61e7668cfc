"""Customers, with what Stripe keeps for them."""

from django.db.models import Q

from billing.events import Kind
from billing.models import Customer
from billing.models.base import Status
from billing.services.customers import balances
from billing.services.find import find
from integrations.provider_api import EMAIL, Comparable, Facts, Json, Place
from integrations.providers.stripe.comparing.amounts import difference, texts
from integrations.providers.stripe.comparing.lists import own, whole
from integrations.providers.stripe.listings.labels import of_any
from integrations.providers.stripe.translate.fields import read_whole, text_of
from integrations.providers.stripe.translate.money import from_minor, is_supported

_BALANCE = "balance"


def _there(customer: Json) -> Facts:
    """The balance in the customer's currency, none of one that has none; and who it is."""
    facts, currency = _named(text_of(customer, "email")), text_of(customer, "currency").upper()
    if not is_supported(currency):
        return facts
    return facts | texts(currency, balance=from_minor(read_whole(customer, "balance", 0), currency))


def _here(place: Place, customer_id: str, there: Facts) -> Facts | None:
    customer = find(Customer, place.environment_id, [customer_id])[customer_id]
    if customer.status == Status.ARCHIVED:
        return None
    facts = _named(customer.email)
    if _BALANCE not in there:
        return facts
    currency = there["currency"]
    return facts | texts(currency, balance=balances.known(customer, place.connection_id, currency))


def _named(email: str) -> dict[str, str]:
    return {EMAIL: email} if email else {}


CUSTOMERS = Comparable(
    name="customers",
    kind=Kind.CUSTOMER,
    inbound="customer_inbound_enabled",
    outbound="customer_outbound_enabled",
    read=whole("customers.list"),
    label=of_any,
    there=_there,
    here=_here,
    compared=(_BALANCE,),
    wanted=own,
    sent=lambda _connection_id: Q(status=Status.ACTIVE),
    at_stake=lambda field, here, there: difference(field, here, there) if field == _BALANCE else None,
    # Only Stripe moves a balance.
    repair=lambda _field, _here, _there: "take",
)

"""Customers, with what Stripe keeps for them."""

from typing import Any

from django.db.models import Q

from billing.events import Kind
from billing.facts import TaxIdFacts
from billing.models import Customer
from billing.models.base import Status
from billing.services.customers import balances, customers
from billing.services.find import find
from integrations.models import EntityMapping
from integrations.provider_api import Comparable, Facts, Json, Place
from integrations.providers.stripe.comparing.amounts import difference, texts
from integrations.providers.stripe.comparing.lists import own, whole
from integrations.providers.stripe.comparing.names import of_any
from integrations.providers.stripe.push import tax_ids
from integrations.providers.stripe.translate import tax_ids as translate
from integrations.providers.stripe.translate.fields import read_whole, text_of
from integrations.providers.stripe.translate.money import from_minor, is_supported

_BALANCE, _TAX_IDS = "balance", "tax_ids"
# Of the tax ids here: those that both sides had.
_SHARED = "tax_ids_shared"


def _there(customer: Json) -> Facts:
    """The balance in the customer's currency, none of one that has none; tax ids; and who it is."""
    facts, currency = _named(text_of(customer, "email")), text_of(customer, "currency").upper()
    if (shown := translate.shown(customer)) is not None:
        facts[_TAX_IDS] = sorted(map(translate.name, shown.values()))
    if not is_supported(currency):
        return facts
    return facts | texts(currency, balance=from_minor(read_whole(customer, "balance", 0), currency))


def _here(place: Place, customer_id: str, there: Facts) -> Facts | None:
    customer = find(Customer, place.environment_id, [customer_id])[customer_id]
    if customer.status == Status.ARCHIVED:
        return None
    facts = _named(customer.email) | _tax_ids(place, customer, there)
    if _BALANCE not in there:
        return facts
    currency = there["currency"]
    return facts | texts(currency, balance=balances.known(customer, place.connection_id, currency))


def _tax_ids(place: Place, customer: Customer, there: Facts) -> dict[str, Any]:
    """As they are spelled at Stripe, where it has them; with those that both sides had, where they differ."""
    spelled = {translate.plain(_of(one)): one for one in there.get(_TAX_IDS, ())}
    known = customers.facts(customer).tax_ids
    here = sorted(spelled.get(translate.plain(one), translate.name(one)) for one in known)
    if not there:
        return {_TAX_IDS: here} if here else {}
    if here == there.get(_TAX_IDS):
        return {_TAX_IDS: here}
    notes = EntityMapping.objects.filter(connection=place.connection_id, entity_id=customer.pk)
    noted = notes.values_list(f"metadata__{tax_ids.NOTED}", flat=True).first() or {}
    shared = [spelled.get(translate.plain(_of(one)), one) for one in noted]
    return {_TAX_IDS: here, _SHARED: shared}


def _of(name: str) -> TaxIdFacts:
    kind, _, value = name.partition(" ")
    return TaxIdFacts(kind, value)


def _repair(field: str, here: Facts, there: Facts) -> str:
    """Only Stripe moves a balance; of tax ids, what was added or deleted there comes first."""
    if field != _TAX_IDS:
        return "take"
    ours, theirs, shared = set(here[_TAX_IDS]), set(there[_TAX_IDS]), set(here[_SHARED])
    return "take" if shared - theirs or theirs - ours - shared else "push"


def _named(email: str) -> dict[str, Any]:
    return {"email": email} if email else {}


CUSTOMERS = Comparable(
    name="customers",
    kind=Kind.CUSTOMER,
    inbound="customer_inbound_enabled",
    outbound="customer_outbound_enabled",
    read=whole("customers.list", expand=["data.tax_ids"]),
    label=of_any,
    there=_there,
    here=_here,
    compared=(_BALANCE, _TAX_IDS),
    wanted=own,
    sent=lambda _connection_id: Q(status=Status.ACTIVE),
    at_stake=lambda field, here, there: difference(field, here, there) if field == _BALANCE else None,
    repair=_repair,
)

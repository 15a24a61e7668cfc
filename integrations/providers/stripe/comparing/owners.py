"""Whose an invoice, a subscription or a payment is: compared by the mapping of Stripe's customer."""

from collections.abc import Sequence

from billing.events import Kind
from billing.models import Customer
from billing.models.base import Status
from billing.services.find import find
from integrations.provider_api import Facts, Json, Place
from integrations.providers.stripe.translate.fields import read_id

CUSTOMER = "customer"


def refers(stripe_object: Json) -> Sequence[str]:
    """Whose mapping is looked up."""
    return [found] if (found := read_id(stripe_object, CUSTOMER)) else []


def there(stripe_object: Json) -> Facts:
    """Stripe's customer of it, where it has one."""
    return {CUSTOMER: found} if (found := read_id(stripe_object, CUSTOMER)) else {}


def here(place: Place, customer_id: str | None, there: Facts) -> Facts:
    """Stripe's customer, where it is known to be the row's; else the row's customer.

    One who is no row here proves nothing, nor does one who was archived on this side.
    """
    stripe_id = there.get(CUSTOMER)
    other = place.entity_id_of(Kind.CUSTOMER, stripe_id) if stripe_id else None
    if not stripe_id:
        return {}
    if other in (None, customer_id) or not customer_id:
        return {CUSTOMER: stripe_id}
    both = find(Customer, place.environment_id, [customer_id, other or ""])
    is_other = len(both) == 2 and all(one.status == Status.ACTIVE for one in both.values())
    return {CUSTOMER: customer_id if is_other else stripe_id}


def named(place: Place, stripe_object: Json) -> str:
    """The name of its customer here, or Stripe's id of who is none."""
    stripe_id = read_id(stripe_object, CUSTOMER)
    customer_id = place.entity_id_of(Kind.CUSTOMER, stripe_id) if stripe_id else None
    found = find(Customer, place.environment_id, [customer_id]) if customer_id else {}
    return next(map(str, found.values()), stripe_id)

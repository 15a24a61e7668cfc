"""Which saved method a customer is charged by, unless another is named."""

from datetime import datetime

from billing.events import Kind
from billing.models import Customer
from billing.services import rows
from billing.services.together import atomic

_COLUMNS = frozenset({"default_payment_method", "default_payment_method_at"})


@atomic
def choose(
    *, environment_id: str, customer_id: str, method: str, at: datetime, origin: str | None = None
) -> Customer:
    """The customer with the gateway's ``method`` as its default, chosen ``at``; a later choice is not undone.

    Raises NotFound or Invalid.
    """
    customer = rows.locked(Customer, environment_id, customer_id)
    if customer.default_payment_method_at and at < customer.default_payment_method_at:
        return customer
    wanted = {"default_payment_method": method, "default_payment_method_at": at}
    changed = rows.change(customer, wanted, allowed=_COLUMNS)
    rows.save(customer, changed, Kind.CUSTOMER, origin)
    return customer

"""Which saved method of a customer is charged at a connection, unless another is named."""

from datetime import datetime

from billing.events import Kind
from billing.models import Customer
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic


@atomic
def choose(
    *,
    environment_id: str,
    customer_id: str,
    connection_id: str,
    method: str,
    at: datetime,
    origin: str | None = None,
) -> Customer:
    """The customer whose default at that connection is the gateway's ``method`` ("": none) since ``at``.

    A choice that was made later stays. Raises NotFound.
    """
    customer = rows.locked(Customer, environment_id, customer_id)
    known = customer.default_payment_methods.get(connection_id, {})
    if known and at < datetime.fromisoformat(known["at"]):
        return customer
    if known.get("method", "") != method:
        chosen = {connection_id: {"method": method, "at": at.isoformat()}}
        wanted = {"default_payment_methods": customer.default_payment_methods | chosen}
        rows.save(customer, rows.change(customer, wanted, allowed=frozenset(wanted)), Kind.CUSTOMER, origin)
    return customer


def method_of(customer: Customer, connection_id: str) -> str:
    """The default method at that connection, "" when none is known."""
    return str(customer.default_payment_methods.get(connection_id, {}).get("method", ""))


def known(customer: Customer) -> dict[str, str]:
    """The default methods that there are, by connection."""
    found = {
        connection: method_of(customer, connection) for connection in sorted(customer.default_payment_methods)
    }
    return {connection: method for connection, method in found.items() if method}

"""Creates or changes the customer that has an external_id, whoever else does the same at that moment."""

from collections.abc import Mapping
from typing import Any

from billing.errors import Code, Conflict, Invalid, NotFound
from billing.facts import CustomerFacts
from billing.metadata_changes import applied
from billing.models import Customer
from billing.models.base import Status
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.customers import customers

# How often another may archive or make one between a look and the write that follows it.
ATTEMPTS = 5


def put(
    *, environment_id: str, external_id: str, changes: Mapping[str, Any], seen: str = ""
) -> tuple[Customer, bool]:
    """The active customer of that external_id with ``changes``, and whether it is new; raises Invalid.

    ``seen``: the id of the only customer that may be changed, "" for any. Raises NotFound where another, or
    none, has the external_id.

    That there is only one is the database's to say: who loses the race to create it changes the winner's.
    """
    if changes.get("external_id", external_id) != external_id:
        raise Invalid.of(
            {"external_id": f"It is {external_id!r}, as the address says: send that, or leave it out."}
        )
    for attempt in range(ATTEMPTS):
        known = customers.of_external_id(environment_id, external_id)
        if seen and known != seen:
            raise NotFound(f"The customer {seen} has the external_id {external_id} no more.")
        try:
            if not known:
                return _create(environment_id, external_id, changes), True
            if customer := _change(environment_id, known, external_id, changes):
                return customer, False
        except Conflict as conflict:
            if known or conflict.code != Code.ALREADY_TAKEN or attempt == ATTEMPTS - 1:
                raise
    raise Conflict(f"The customer of {external_id!r} changes all the time. Send it again.")


def _create(environment_id: str, external_id: str, changes: Mapping[str, Any]) -> Customer:
    sent = applied({**changes, "external_id": external_id}, CustomerFacts())
    return customers.create(environment_id=environment_id, facts=CustomerFacts(**sent))


@atomic
def _change(
    environment_id: str, customer_id: str, external_id: str, changes: Mapping[str, Any]
) -> Customer | None:
    """The customer with the changes, None where it has the external_id no more."""
    customer = rows.locked(Customer, environment_id, customer_id)
    if (customer.external_id, customer.status) != (external_id, Status.ACTIVE):
        return None
    return customers.update(environment_id=environment_id, customer_id=customer_id, changes=changes)

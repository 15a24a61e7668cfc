"""Makes archived rows active again, unless a counterpart that is gone would come back with them unasked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Customer, Plan, Price
from billing.models.base import Status
from billing.persistence import expected_versions, rows
from billing.persistence.unit_of_work import atomic
from billing.services import counterparts
from billing.services.catalog import plans, prices
from billing.services.customers import customers

# By kind: how a row is restored.
_RESTORES: Mapping[Kind, tuple[Any, Callable[[str, str], Any]]] = {
    Kind.CUSTOMER: (Customer, lambda where, id: customers.restore(environment_id=where, customer_id=id)),
    Kind.PLAN: (Plan, lambda where, id: plans.restore(environment_id=where, plan_id=id)),
    Kind.PRICE: (Price, lambda where, id: prices.restore_price(environment_id=where, price_id=id)),
}


class Gone(Conflict):
    """The row has lost its object at a provider; ``description`` says since when."""

    def __init__(self, description: str, advice: str = 'Send "create_anew": true') -> None:
        message = f"{description} It cannot come back there. {advice} to have another one made for it."
        super().__init__(message, code="gone_at_provider")
        self.description = description

    def on_its_page(self) -> "Gone":
        """The same for whoever reads it in a list of the admin."""
        return Gone(self.description, 'Use "Restore" on its own page')


@dataclass(frozen=True)
class Anew:
    """Who has another counterpart made in place of one that is gone, and why."""

    done_by: str
    reason: str


@atomic
def restore(kind: Kind, *, environment_id: str, row_id: str, anew: Anew | None = None) -> Any:
    """The customer, plan or price, active again; one that is active stays as it is.

    Raises NotFound, Conflict where its external_id or lookup_key was taken meanwhile, and Gone where a
    counterpart of it is gone and ``anew`` is not given: it does not come back, and another has to be wanted.
    """
    model, restored = _RESTORES[kind]
    # Before the row is locked, as whoever links it does.
    gone = counterparts.registered().gone(kind, row_id)
    if rows.locked(model, environment_id, row_id).status == Status.ACTIVE:
        return restored(environment_id, row_id)
    if gone and anew is None:
        raise Gone(gone)
    # The caller's version was that of the archived row.
    with expected_versions.scope():
        row = restored(environment_id, row_id)
        if gone and anew is not None:
            counterparts.registered().make_anew(kind, row_id, done_by=anew.done_by, reason=anew.reason)
            row.refresh_from_db()
    return row

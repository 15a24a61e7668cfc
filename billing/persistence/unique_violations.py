"""Turns the database's "there is one already" into a refusal that says which field to change."""

from collections.abc import Generator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from billing.errors import Code, Conflict

# Unique constraint: the field to change, and what is wrong with it.
TAKEN = {
    "customer_external_id_once": ("external_id", "Another active customer has this external_id."),
    "plan_lookup_key_once": ("lookup_key", "Another active plan has this lookup_key."),
    "price_lookup_key_once": ("lookup_key", "Another active price has this lookup_key."),
    "invoice_number_once": ("number", "Another invoice has this number."),
    "payment_gateway_payment_once": ("gateway_payment_id", "Another payment is this gateway payment."),
    "payment_idempotency_key_once": ("idempotency_key", "A payment was created under this key already."),
    "billing_environment_name_key": ("name", "Another environment has this name."),
}


@contextmanager
def unique_violation_as_conflict(*, savepoint: bool = True) -> Generator[None]:
    """Raises Conflict for a unique value that is taken; with a ``savepoint`` the transaction around stays usable."""
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        field, said = TAKEN.get(getattr(diagnosis, "constraint_name", None) or "", ("", ""))
        if not field:
            raise
        raise Conflict(said, code=Code.ALREADY_TAKEN, details={field: said}) from None

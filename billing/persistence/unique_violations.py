"""Turns a unique violation of the database into a Conflict that names the field to change."""

from collections.abc import Generator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from billing.errors import Code, Conflict

# By unique constraint: the field to change, and what is wrong with it.
TAKEN = {
    "customer_external_id_once": (
        "external_id",
        "Another active customer has this external_id. Send another one, or archive that customer.",
    ),
    "plan_lookup_key_once": (
        "lookup_key",
        "Another active plan has this lookup_key. Send another one, or archive that plan.",
    ),
    "price_lookup_key_once": (
        "lookup_key",
        "Another active price has this lookup_key. Send another one, or archive that price.",
    ),
    "invoice_external_number_once": (
        "number",
        "Another invoice of this account has this number. Send another one.",
    ),
    "invoice_number_once": ("number", "Another invoice has this number. Send another one."),
    "payment_gateway_payment_once": (
        "gateway_payment_id",
        "Another payment already has this gateway_payment_id.",
    ),
    "payment_idempotency_key_once": (
        "idempotency_key",
        "A payment with this idempotency_key already exists.",
    ),
    "billing_environment_name_key": ("name", "Another environment has this name. Choose another one."),
}


@contextmanager
def unique_violation_as_conflict(*, savepoint: bool = True) -> Generator[None]:
    """Raises Conflict for a unique value that is taken.

    With a ``savepoint`` the transaction around stays usable.
    """
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        field, message = TAKEN.get(getattr(diagnosis, "constraint_name", None) or "", ("", ""))
        if not field:
            raise
        raise Conflict(message, code=Code.ALREADY_TAKEN, details={field: message}) from None

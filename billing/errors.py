"""Why billing refuses a call: no such row, invalid values, or a state that does not allow it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self


class Code(StrEnum):
    """What callers branch on; docs/errors.md gives each one's cause and fix."""

    NOT_FOUND = "not_found"
    INVALID = "invalid"
    CONFLICT = "conflict"
    OUTDATED = "outdated"
    ALREADY_TAKEN = "already_taken"
    INVOICE_NOT_DRAFT = "invoice_not_draft"
    INVOICE_NOT_OPEN = "invoice_not_open"
    INVOICE_EMPTY = "invoice_empty"
    INVOICE_PAID = "invoice_paid"
    INVOICE_CREDITED = "invoice_credited"
    INVOICE_NOT_ACCEPTED = "invoice_not_accepted"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"
    PAYMENT_TRANSITION = "payment_transition"
    PAYMENT_OF_GATEWAY = "payment_of_gateway"
    PAYMENT_NOT_RECEIVED = "payment_not_received"
    PAYMENT_NOT_AT_GATEWAY = "payment_not_at_gateway"
    PAYMENT_ASSIGNED = "payment_assigned"
    INVOICE_OF_GATEWAY = "invoice_of_gateway"
    PAYMENT_IN_PROGRESS = "payment_in_progress"
    AMOUNTS_DIFFER = "amounts_differ"
    CUSTOMER_DIFFERS = "customer_differs"
    AMOUNT_TOO_SMALL = "amount_too_small"
    AMOUNT_CHANGED = "amount_changed"
    PART_NOT_COUNTED = "part_not_counted"
    REFUND_TOO_MUCH = "refund_too_much"
    PAYMENT_DISPUTED = "payment_disputed"
    NOTHING_IN_EXCESS = "nothing_in_excess"
    CREDIT_NOTE_TOO_MUCH = "credit_note_too_much"
    CREDIT_NOTE_ALLOCATION = "credit_note_allocation"
    CREDIT_NOTE_FINAL = "credit_note_final"


class BillingError(Exception):
    """The call cannot be carried out.

    ``code`` is for programs, ``message`` for people, ``details`` for both.
    """

    code: str = Code.CONFLICT

    def __init__(
        self, message: str, *, code: str | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})
        if code is not None:
            self.code = code


class NotFound(BillingError):
    """There is no such row in this environment."""

    code = Code.NOT_FOUND


class Invalid(BillingError):
    """Values that are not valid; ``details`` is {field: message}, nested fields are ``lines[0].amount``."""

    code = Code.INVALID

    @classmethod
    def of(cls, details: Mapping[str, str]) -> Self:
        """The error that names each wrong field and says what to send instead."""
        return cls("; ".join(f"{field}: {message}" for field, message in details.items()), details=details)


class Conflict(BillingError):
    """The present state does not allow it: a name is taken, an invoice is final, ..."""

    code = Code.CONFLICT


class Unavailable(BillingError):
    """Nobody can say for now, and nothing was done: the same call may work later."""

"""Records payments and settles them on evidence; the invoice follows under its row lock."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.errors import Code, Conflict, Invalid
from billing.events import Kind
from billing.facts import PaymentEvidence, PaymentFacts
from billing.models import Customer, Invoice, Payment
from billing.models.payments import RECEIVED, TRANSITIONS, PaymentState
from billing.money import rounded
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.currencies import check_currency
from billing.services.invoices import collection
from billing.services.invoices.amounts_paid import locked
from billing.services.invoices.amounts_paid import recompute as recompute_columns
from billing.services.payments.checks import (
    checked_amount,
    checked_invoice,
    checked_receipt,
    refuse_uncounted,
)
from billing.services.payments.closing import close_outdated
from billing.services.payments.evidence import apply_evidence, follow_action

CREATABLE = frozenset(TRANSITIONS) - {"partially_refunded", "refunded"}


@atomic
def create(
    *,
    environment_id: str,
    facts: PaymentFacts,
    idempotency_key: str = "",
    received_at: datetime | None = None,
    now: datetime,
    origin: str | None = None,
) -> Payment:
    """A new payment in any state but refunded; its invoice is recomputed. ``amount`` is in major units.

    ``received_at``: when received money came, None for ``now``. Raises Invalid, or Conflict when the invoice
    is not open, or the gateway payment or idempotency key is known.
    """
    check_currency(facts.currency)
    if facts.status not in CREATABLE:
        raise Invalid.of({"status": f"Send one of {', '.join(sorted(CREATABLE))}."})
    if facts.customer_id is not None:
        rows.referred(Customer, environment_id, facts.customer_id, field="customer_id", origin=origin)
    invoice = checked_invoice(environment_id, facts, origin) if facts.invoice_id else None
    columns = rows.values(facts) | {"amount": checked_amount(facts.amount, facts.currency)}
    payment = Payment(environment_id=environment_id, idempotency_key=idempotency_key, **columns)
    payment.succeeded_at = checked_receipt(facts.status, received_at, now)
    if invoice is not None and origin is None:
        refuse_uncounted(invoice, payment)
    rows.insert(payment, Kind.PAYMENT, origin)
    if invoice is not None:
        recompute(invoice, origin=origin, after=payment)
    return payment


@atomic
def settle(
    *,
    environment_id: str,
    payment_id: str,
    evidence: PaymentEvidence,
    now: datetime,
    origin: str | None = None,
) -> Payment:
    """The payment after the evidence; a move that TRANSITIONS does not allow changes nothing.

    Raises NotFound, Invalid or Conflict.
    """
    payment = locked(environment_id, payment_id)
    changed = apply_evidence(payment, evidence, now)
    changed += follow_action(payment, evidence.next_action)
    _save(payment, changed, origin)
    return payment


@atomic
def update(
    *,
    environment_id: str,
    payment_id: str,
    changes: Mapping[str, Any],
    now: datetime,
    origin: str | None = None,
) -> Payment:
    """The payment with ``changes`` by a person: metadata, status, received_at, amount_refunded (major units).

    Raises NotFound, Invalid, or Conflict when its gateway decides, or the state cannot follow on its present
    one.
    """
    payment = locked(environment_id, payment_id)
    unknown = changes.keys() - {"metadata", "status", "received_at", "amount_refunded"}
    if unknown:
        raise Invalid.of(dict.fromkeys(sorted(unknown), "This field cannot be changed."))
    metadata = {name: value for name, value in changes.items() if name == "metadata"}
    changed = rows.change(payment, metadata, allowed=frozenset({"metadata"}))
    if changes.keys() - {"metadata"}:
        changed += _moved_by_hand(payment, changes, now)
    _save(payment, changed, origin)
    return payment


@atomic
def discount(*, environment_id: str, payment_id: str, amount: Decimal, origin: str | None = None) -> Payment:
    """The payment, lowered to the ``amount``, in major units, that its gateway charges; raises NotFound."""
    payment = locked(environment_id, payment_id)
    payment.amount = amount
    _save(payment, ["amount"], origin)
    return payment


@atomic
def assign(*, environment_id: str, payment_id: str, invoice_id: str, origin: str | None = None) -> Payment:
    """The payment, assigned to that invoice; assigning it again changes nothing. A guest's gets its customer.

    Raises NotFound, Invalid when customer or currency differ, or Conflict when it is for another invoice.
    """
    payment = locked(environment_id, payment_id, for_invoice=invoice_id)
    if payment.invoice_id == invoice_id:
        return payment
    if payment.invoice_id is not None:
        message = f"The payment {payment.pk} already pays the invoice {payment.invoice_id}, so it cannot pay {invoice_id}."
        raise Conflict(message, code=Code.PAYMENT_ASSIGNED, details={"invoice_id": message})
    invoice = rows.referred(Invoice, environment_id, invoice_id, field="invoice_id")
    payer = payment.customer_id or invoice.customer_id
    wanted = dataclasses.replace(facts(payment), invoice_id=invoice_id, customer_id=payer)
    payment.invoice = checked_invoice(environment_id, wanted, origin)
    payment.customer_id = payer
    _save(payment, ["invoice", "customer"], origin)
    return payment


@atomic
def name_payer(*, environment_id: str, payment_id: str, customer_id: str, origin: str | None = None) -> None:
    """Gives a guest's payment its customer, once the gateway names one; another payment keeps its own.

    Raises NotFound, or Invalid for an unknown customer.
    """
    payment = locked(environment_id, payment_id)
    if payment.customer_id is None:
        payment.customer = rows.referred(
            Customer, environment_id, customer_id, field="customer_id", origin=origin
        )
        _save(payment, ["customer"], origin)


@atomic
def announce(*, environment_id: str, payment_id: str) -> None:
    """Announces the payment as changed to its gateway too, which has to follow; raises NotFound."""
    rows.announce_change(locked(environment_id, payment_id), Kind.PAYMENT, None)


@atomic
def retract(*, environment_id: str, payment_id: str, origin: str | None = None) -> None:
    """Deletes a placeholder payment once the real payments are known.

    Raises NotFound, or Conflict once it has refunds.
    """
    payment = locked(environment_id, payment_id)
    if payment.refunds.exists():
        message = f"The payment {payment.pk} has refunds, so it cannot be replaced by another payment."
        raise Conflict(message, code=Code.PAYMENT_TRANSITION)
    invoice = payment.invoice_id and rows.locked(Invoice, environment_id, payment.invoice_id)
    rows.delete(payment)
    if invoice:
        recompute(invoice, origin=origin)


def recompute(
    invoice: Invoice,
    *,
    origin: str | None = None,
    changed: Sequence[str] = (),
    after: Payment | None = None,
) -> None:
    """Brings the invoice's money in line with its payments; the caller holds its row lock.

    ``changed``: columns that the caller has set, and that are stored with it; ``after``: the payment that
    has just changed.
    """
    changed = [*changed, *recompute_columns(invoice), *collection.follow(invoice, after)]
    if close_outdated(invoice):
        changed += recompute_columns(invoice)
    rows.save(invoice, changed, Kind.INVOICE, origin)


def facts(payment: Payment) -> PaymentFacts:
    """What is known of the payment; ``amount`` in major units with the currency's decimals."""
    return rows.read(PaymentFacts, payment, amount=rounded(payment.amount, payment.currency))


def _moved_by_hand(payment: Payment, changes: Mapping[str, Any], now: datetime) -> list[str]:
    status = changes.get("status", payment.status)
    if payment.gateway and not _was_never_asked_for(payment, status):
        message = f"The payment {payment.pk} was made through {payment.gateway}, which alone decides its status. Change it there."
        raise Conflict(message, code=Code.PAYMENT_OF_GATEWAY)
    if status != payment.status and status not in TRANSITIONS[payment.status]:
        message = f"A payment that is {payment.status} cannot become {status}."
        raise Conflict(message, code=Code.PAYMENT_TRANSITION, details={"status": message})
    evidence = PaymentEvidence(status=status, amount_refunded=changes.get("amount_refunded"))
    received = checked_receipt(status, changes.get("received_at"), now)
    arrives = payment.status not in RECEIVED
    changed = apply_evidence(payment, evidence, received or now)
    if arrives and payment.invoice is not None:
        refuse_uncounted(payment.invoice, payment)
    return changed


def _was_never_asked_for(payment: Payment, status: str) -> bool:
    """Whether it is to be cancelled before its gateway heard of it, as while its connection is paused."""
    waits = payment.status == PaymentState.PENDING and payment.asked_at is None
    return waits and status == PaymentState.CANCELLED and not payment.is_external


def _save(payment: Payment, changed: list[str], origin: str | None) -> None:
    rows.save(payment, changed, Kind.PAYMENT, origin)
    if changed and payment.invoice_id:
        invoice = rows.locked(Invoice, payment.environment_id, payment.invoice_id)
        recompute(invoice, origin=origin, after=payment)

"""Counts each payment once, whichever of its events comes first: all lead to the row of its PaymentIntent."""

from datetime import datetime

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from billing.money import text
from billing.services.find import find
from billing.services.payments import payments
from integrations.errors import Rejected, Retry
from integrations.provider_api import Ignored, Inbound
from integrations.providers.stripe.handlers import customers, placeholder_payments, promotions
from integrations.providers.stripe.handlers.waiting import wait_for
from integrations.providers.stripe.push import collection
from integrations.providers.stripe.translate.metadata import PAYMENT_ID
from integrations.providers.stripe.translate.payments import StripeEvidence

GATEWAY = "stripe"
THROUGH_STRIPE = ("pi_", "ch_", "py_")
REPORTED = Ignored("FlexSync itself reported this payment to Stripe.", is_echo=True)
CHARGE_UNDER_WAY = Ignored(
    "A saved payment method is being charged through the invoice; the response to that says how it ends."
)
# What an earlier attempt by the invoice's PaymentIntent may have ended with.
_NOT_TAKEN = (PaymentState.FAILED, PaymentState.REQUIRES_ACTION, PaymentState.CANCELLED)
GUEST = Ignored(
    "The payment names no customer, and keeps_guest_payments is off for this connection. To have guests' payments here,"
    " turn it on, then replay the event."
)


class Misnamed(Rejected):
    """The evidence cannot be of the payment that its metadata names."""


def apply(inbound: Inbound, evidence: StripeEvidence) -> Ignored | None:
    """Settles the payment that the evidence is about; creates those that began at Stripe.

    Raises Misnamed where its metadata names a payment that it cannot be of.
    """
    if payment_id := _reported(inbound, evidence):
        _note_attached(inbound, payment_id, evidence)
        return REPORTED
    payment = named(inbound, evidence) or by_intent(inbound, evidence.gateway_payment_id)
    if payment is None:
        return _unknown(evidence) if _is_unknown(inbound, evidence) else _began_at_stripe(inbound, evidence)
    if evidence.status in _NOT_TAKEN and _is_being_charged(payment):
        return CHARGE_UNDER_WAY
    _settle(inbound, payment, evidence)
    return None


def named(inbound: Inbound, evidence: StripeEvidence) -> Payment | None:
    """The payment here that FlexSync's metadata names."""
    payment_id = evidence.payment_id
    return find(Payment, inbound.environment_id, [payment_id]).get(payment_id) if payment_id else None


def _is_unknown(inbound: Inbound, evidence: StripeEvidence) -> bool:
    """Whether another environment began it; a restored backup has forgotten its own payments."""
    return bool(evidence.payment_id) and not inbound.is_recovering


def _unknown(evidence: StripeEvidence) -> Ignored:
    return Ignored(f"This environment has no payment {evidence.payment_id}, which Stripe's metadata names.")


def _reported(inbound: Inbound, evidence: StripeEvidence) -> str | None:
    """The payment that FlexSync itself has told Stripe of, by a record of it."""
    record = evidence.gateway_payment_id
    if not record or record.startswith(THROUGH_STRIPE):
        return None
    return inbound.entity_id_of(Kind.PAYMENT, record)


def _note_attached(inbound: Inbound, payment_id: str, evidence: StripeEvidence) -> None:
    """The call that attached it may still wait for its answer; until it is noted, a placeholder counts it."""
    invoice_id = inbound.entity_id_of(Kind.INVOICE, evidence.invoice) if evidence.invoice else None
    if invoice_id is not None:
        inbound.annotate(
            Kind.INVOICE, invoice_id, {collection.note_name(payment_id): evidence.gateway_payment_id}
        )
        _update_placeholder(inbound, invoice_id)


def by_intent(inbound: Inbound, intent_id: str) -> Payment | None:
    """The payment of a PaymentIntent, None when it is not here."""
    environment = inbound.environment_id
    if payment_id := inbound.entity_id_of(Kind.PAYMENT, intent_id):
        return find(Payment, environment, [payment_id]).get(payment_id)
    if not intent_id or not inbound.has_payment(GATEWAY, intent_id):
        return None
    named = Payment.objects.filter(gateway=GATEWAY, gateway_payment_id=intent_id)
    return named.filter(environment_id=environment).first()


def _is_being_charged(payment: Payment) -> bool:
    """Whether it uses the invoice's PaymentIntent, of which there may be events of earlier attempts."""
    is_charge = payment.off_session and not payment.is_external
    return is_charge and payment.status == PaymentState.PENDING and bool(payment.gateway_payment_id)


def origin_of(inbound: Inbound, payment: Payment) -> str | None:
    """Where a change of the payment came from.

    What settles a payment that began here is sent to Stripe too: the invoice there must show the payment.
    """
    return inbound.connection_id if payment.is_external else None


def _settle(inbound: Inbound, payment: Payment, evidence: StripeEvidence) -> None:
    _check_currency(payment, evidence)
    payment, evidence = promotions.record(inbound, payment, evidence)
    _check_amount(payment, evidence)
    if payment.customer_id is None and evidence.customer:
        _name_payer(inbound, payment, evidence.customer)
    settled = payments.settle(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        evidence=evidence,
        now=_happened(inbound, evidence),
        # Money that came through Stripe's invoice is known there.
        origin=inbound.connection_id if evidence.invoice else origin_of(inbound, payment),
    )
    if evidence.gateway_payment_id:
        inbound.link(Kind.PAYMENT, payment.pk, evidence.gateway_payment_id)
    invoice_id = inbound.entity_id_of(Kind.INVOICE, evidence.invoice) if evidence.invoice else None
    if invoice_id is not None:
        # The PaymentIntent alone may not name its invoice.
        settled = _assign(inbound, payment, invoice_id, evidence)
        if not payment.is_external and settled.status in RECEIVED:
            facts = {collection.note_name(payment.pk): evidence.gateway_payment_id}
            inbound.annotate(Kind.INVOICE, invoice_id, facts)
    _update_placeholder(inbound, settled.invoice_id)


def _name_payer(inbound: Inbound, payment: Payment, stripe_customer_id: str) -> None:
    """A guest has become a customer at Stripe since."""
    customer_id = customers.ensure(inbound, stripe_customer_id)
    if not isinstance(customer_id, Ignored):
        payments.name_payer(
            environment_id=inbound.environment_id,
            payment_id=payment.pk,
            customer_id=customer_id,
            origin=inbound.connection_id,
        )


def _assign(inbound: Inbound, payment: Payment, invoice_id: str, evidence: StripeEvidence) -> Payment:
    try:
        return payments.assign(
            environment_id=inbound.environment_id,
            payment_id=payment.pk,
            invoice_id=invoice_id,
            origin=inbound.connection_id,
        )
    except Conflict as error:
        if error.code != Code.PAYMENT_ASSIGNED:
            raise
        raise Rejected(
            f"{evidence.gateway_payment_id} pays two invoices, {payment.invoice_id} and {invoice_id}"
            f" ({evidence.invoice}), but a payment here is for one invoice. Record what {invoice_id} got of it"
            f" ({text(evidence.amount, evidence.currency)} {evidence.currency}) by hand, as a payment of that invoice,"
            " and leave this event."
        ) from error


def _check_currency(payment: Payment, evidence: StripeEvidence) -> None:
    if evidence.currency and evidence.currency != payment.currency:
        source = evidence.gateway_payment_id or evidence.gateway_session_id
        raise Misnamed(
            f"{payment.pk} is in {payment.currency}, but {source} at Stripe is in {evidence.currency}: correct the"
            f" metadata of {source} at Stripe, then replay the event."
        )


def _check_amount(payment: Payment, evidence: StripeEvidence) -> None:
    received = evidence.status == PaymentState.SUCCEEDED and evidence.amount
    if received and evidence.payment_id and not payment.is_external and evidence.amount != payment.amount:
        source = evidence.gateway_payment_id or evidence.gateway_session_id
        at_stripe, here = (text(amount, payment.currency) for amount in (evidence.amount, payment.amount))
        raise Misnamed(
            f"{payment.pk} is over {here} {payment.currency}, but Stripe received {at_stripe} with {source}. If that money"
            f" is for something else, remove {PAYMENT_ID} from its metadata at Stripe, then replay the event; otherwise"
            " refund the difference there, and record the payment here by hand."
        )


def _update_placeholder(inbound: Inbound, invoice_id: str | None) -> None:
    """Money that Stripe has named by now must not count a second time as a placeholder."""
    invoice = _invoice(inbound, invoice_id) if invoice_id else None
    if invoice is not None and invoice.is_external:
        placeholder_payments.update(inbound, invoice)


def _began_at_stripe(inbound: Inbound, evidence: StripeEvidence) -> Ignored | None:
    """Money for an invoice that FlexSync sent always counts; other money when the connection wants it."""
    invoice_id = _invoice_of(inbound, evidence)
    if invoice_id is not None:
        customer_id: str | Ignored | None = _invoice(inbound, invoice_id).customer_id
    else:
        customer_id = _payer(inbound, evidence)
    if isinstance(customer_id, Ignored):
        return customer_id
    if evidence.status == PaymentState.CANCELLED:
        return Ignored("The payment began at Stripe, and was cancelled before any money came.")
    create(inbound, evidence, customer_id, invoice_id)
    _update_placeholder(inbound, invoice_id)
    return None


def _invoice_of(inbound: Inbound, evidence: StripeEvidence) -> str | None:
    """The invoice here that it pays, also where only the metadata of a forgotten payment names that."""
    if evidence.invoice:
        return inbound.entity_id_of(Kind.INVOICE, evidence.invoice)
    named = evidence.invoice_id if inbound.is_recovering else ""
    return named if named and find(Invoice, inbound.environment_id, [named]) else None


def _invoice(inbound: Inbound, invoice_id: str) -> Invoice:
    return find(Invoice, inbound.environment_id, [invoice_id])[invoice_id]


def _payer(inbound: Inbound, evidence: StripeEvidence) -> str | Ignored | None:
    """The customer of a payment that is for no invoice here, None for a guest; or why it is ignored."""
    if not inbound.is_on("payment_inbound_enabled"):
        return Ignored("payment_inbound_enabled is off for this connection, and the payment began at Stripe.")
    if evidence.invoice and inbound.is_on("invoice_inbound_enabled"):
        return wait_for(inbound, "the invoice", evidence.invoice, _of_missing(evidence.invoice))
    if evidence.customer:
        return customers.ensure(inbound, evidence.customer)
    return None if inbound.is_on("keeps_guest_payments") else GUEST


def _of_missing(stripe_invoice_id: str) -> Ignored:
    """Money of an invoice is never booked without it."""
    return Ignored(
        f"The payment is for the invoice {stripe_invoice_id}, which is not here. To bring both here, replay the events"
        " of the invoice, or have Stripe send them again, then replay this event."
    )


def create(
    inbound: Inbound, evidence: StripeEvidence, customer_id: str | None, invoice_id: str | None, key: str = ""
) -> Payment:
    """A payment that began at Stripe, in the state that Stripe says."""
    try:
        payment = payments.create(
            environment_id=inbound.environment_id,
            facts=_facts(inbound, evidence, customer_id, invoice_id),
            idempotency_key=key,
            now=_happened(inbound, evidence),
            origin=inbound.connection_id,
        )
    except Conflict as error:
        if error.code != Code.ALREADY_TAKEN:
            raise
        raise Retry(
            "Another worker is applying an event of the same payment; the next attempt follows it."
        ) from error
    if evidence.gateway_payment_id:
        inbound.link(Kind.PAYMENT, payment.pk, evidence.gateway_payment_id)
    return payment


def _happened(inbound: Inbound, evidence: StripeEvidence) -> datetime:
    """When it happened at Stripe: of two payments of one debt the later one is the duplicate."""
    return inbound.happened(evidence.happened_at)


def _facts(
    inbound: Inbound, evidence: StripeEvidence, customer_id: str | None, invoice_id: str | None
) -> PaymentFacts:
    return PaymentFacts(
        customer_id=customer_id,
        invoice_id=invoice_id,
        amount=evidence.amount,
        currency=evidence.currency,
        status=evidence.status,
        method=evidence.method,
        gateway=GATEWAY,
        connection_id=inbound.connection_id,
        gateway_payment_id=evidence.gateway_payment_id,
        gateway_charge_id=evidence.gateway_charge_id,
        gateway_method_id=evidence.gateway_method_id,
        failure_code=evidence.failure_code,
        failure_message=evidence.failure_message,
        next_action=evidence.next_action if evidence.status == PaymentState.REQUIRES_ACTION else {},
        is_external=True,
        metadata=evidence.metadata,
    )

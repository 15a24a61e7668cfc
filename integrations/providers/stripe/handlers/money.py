"""Counts each payment once, whichever of its events comes first: all of them lead to the row of its PaymentIntent."""

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Invoice, Payment
from billing.models.payments import PaymentState
from billing.money import text
from billing.services.find import find
from billing.services.payments import payments
from integrations.errors import Rejected, Retry
from integrations.provider_api import Ignored, Inbound
from integrations.providers.stripe.handlers import customers, promotions, stand_ins
from integrations.providers.stripe.handlers.waiting import wait
from integrations.providers.stripe.translate.metadata import PAYMENT_ID
from integrations.providers.stripe.translate.payments import StripeEvidence

GATEWAY = "stripe"
# An attempt that came to nothing, made elsewhere, asks nothing of us.
NOTHING = (PaymentState.CANCELLED,)
NOBODYS = Ignored("The payment belongs to no customer of ours.")


def apply(inbound: Inbound, evidence: StripeEvidence) -> Ignored | None:
    """Settles the payment that the evidence is about; creates it when it began at Stripe and concerns us."""
    if evidence.payment_id:
        named = evidence.payment_id
        payment = find(Payment, inbound.environment_id, [named]).get(named)
        if payment is None:
            return Ignored(f"{evidence.payment_id} is no payment of this environment.")
    else:
        payment = by_intent(inbound, evidence.gateway_payment_id)
    if payment is None:
        return _began_elsewhere(inbound, evidence)
    _settle(inbound, payment, evidence)
    return None


def by_intent(inbound: Inbound, intent_id: str) -> Payment | None:
    """The payment of a PaymentIntent, None when it is not here."""
    if not intent_id:
        return None
    return Payment.objects.filter(
        environment_id=inbound.environment_id, gateway=GATEWAY, gateway_payment_id=intent_id
    ).first()


def origin_of(inbound: Inbound, payment: Payment) -> str | None:
    """Where a change of the payment came from.

    What settles a payment that began here is news for Stripe too: its own invoice has to be told of the payment.
    """
    return inbound.connection_id if payment.is_external else None


def _settle(inbound: Inbound, payment: Payment, evidence: StripeEvidence) -> None:
    promotions.grant(inbound, payment, evidence)
    _check(payment, evidence)
    settled = payments.settle(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        evidence=evidence,
        now=inbound.now,
        origin=origin_of(inbound, payment),
    )
    if evidence.gateway_payment_id:
        inbound.link(Kind.PAYMENT, payment.pk, evidence.gateway_payment_id)
    invoice = inbound.entity_id_of(Kind.INVOICE, evidence.invoice) if evidence.invoice else None
    if invoice is not None:
        # Its PaymentIntent alone may not have said what it was for.
        settled = _assign(inbound, payment, invoice, evidence)
    _replace_stand_in(inbound, settled.invoice_id)


def _assign(inbound: Inbound, payment: Payment, invoice: str, evidence: StripeEvidence) -> Payment:
    try:
        return payments.assign(
            environment_id=inbound.environment_id,
            payment_id=payment.pk,
            invoice_id=invoice,
            origin=inbound.connection_id,
        )
    except Conflict as error:
        if error.code != Code.PAYMENT_ASSIGNED:
            raise
        raise Rejected(
            f"{evidence.gateway_payment_id} pays the invoice {payment.invoice_id} here, and {evidence.invoice}"
            f" ({invoice}) too;"
            f" a payment here is for one invoice. Record what {invoice} got of it"
            f" ({text(evidence.amount, evidence.currency)} {evidence.currency}) by hand, as a payment of that invoice,"
            " and leave this event."
        ) from error


def _check(payment: Payment, evidence: StripeEvidence) -> None:
    """Refuses evidence that cannot be of this payment, however it names it."""
    if evidence.currency and evidence.currency != payment.currency:
        raise Rejected(
            f"{payment.pk} is in {payment.currency}, but Stripe says {evidence.currency}: correct the metadata of"
            f" {evidence.gateway_payment_id or evidence.gateway_session_id} at Stripe, then replay."
        )
    received = evidence.status == PaymentState.SUCCEEDED and evidence.amount
    if received and not payment.is_external and evidence.amount != payment.amount:
        said, asked = (text(one, payment.currency) for one in (evidence.amount, payment.amount))
        raise Rejected(
            f"{payment.pk} asked for {asked} {payment.currency}, but Stripe received {said} with"
            f" {evidence.gateway_payment_id or evidence.gateway_session_id}:"
            " if the money is for something else, remove"
            f" {PAYMENT_ID} from its metadata at Stripe, then replay; otherwise refund the difference there, and"
            " record the payment here by hand."
        )


def _replace_stand_in(inbound: Inbound, invoice_id: str | None) -> None:
    """Money that is known by name now is not counted by hearsay any more."""
    invoice = _invoice(inbound, invoice_id) if invoice_id else None
    if invoice is not None and invoice.is_external:
        stand_ins.follow(inbound, invoice)


def _began_elsewhere(inbound: Inbound, evidence: StripeEvidence) -> Ignored | None:
    """Money for an invoice that we sent to Stripe always counts; other money when the connection wants it."""
    invoice = inbound.entity_id_of(Kind.INVOICE, evidence.invoice) if evidence.invoice else None
    if invoice is not None:
        customer: str | Ignored = _invoice(inbound, invoice).customer_id
    else:
        customer = _payer(inbound, evidence)
    if isinstance(customer, Ignored):
        return customer
    if evidence.status in NOTHING:
        return Ignored("The payment began at Stripe, and came to nothing.")
    create(inbound, evidence, customer, invoice)
    _replace_stand_in(inbound, invoice)
    return None


def _invoice(inbound: Inbound, invoice_id: str) -> Invoice:
    return find(Invoice, inbound.environment_id, [invoice_id])[invoice_id]


def _payer(inbound: Inbound, evidence: StripeEvidence) -> str | Ignored:
    """Our customer of a payment that is for no invoice which is here, or why it is none of ours."""
    if not evidence.customer:
        return NOBODYS
    if not inbound.is_on("payment_inbound_enabled"):
        return Ignored("payment_inbound_enabled is off for this connection, and the payment began at Stripe.")
    if evidence.invoice and inbound.is_on("invoice_inbound_enabled"):
        wait(inbound, f"the invoice {evidence.invoice}", NOBODYS)
    return customers.ensure(inbound, evidence.customer)


def create(
    inbound: Inbound, evidence: StripeEvidence, customer_id: str, invoice_id: str | None, key: str = ""
) -> Payment:
    """A payment that began at Stripe, in the state that Stripe says."""
    facts = PaymentFacts(
        customer_id=customer_id,
        invoice_id=invoice_id,
        amount=evidence.amount,
        currency=evidence.currency,
        status=evidence.status,
        method=evidence.method,
        gateway=GATEWAY,
        gateway_payment_id=evidence.gateway_payment_id,
        failure_code=evidence.failure_code,
        failure_message=evidence.failure_message,
        next_action=evidence.next_action if evidence.status == PaymentState.REQUIRES_ACTION else {},
        is_external=True,
    )
    try:
        made = payments.create(
            environment_id=inbound.environment_id,
            facts=facts,
            idempotency_key=key,
            now=inbound.now,
            origin=inbound.connection_id,
        )
    except Conflict as error:
        raise Retry("Another event of the same payment was being applied at the same time.") from error
    if evidence.gateway_payment_id:
        inbound.link(Kind.PAYMENT, made.pk, evidence.gateway_payment_id)
    return made

"""Reports money that came outside Stripe, up to what Stripe's invoice asks for (page "Payment Records")."""

from decimal import Decimal

from billing.events import Kind
from billing.facts import ZERO
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED
from billing.services.payments import payments
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import collection
from integrations.providers.stripe.translate import payment_records as translate


def report(outbound: Outbound, payment: Payment, invoice: Invoice) -> str | None:
    """Stripe's record of the payment, None when Stripe's invoice is paid without it."""
    known = outbound.provider_id_of(Kind.PAYMENT, payment.pk)
    if known is not None:
        return known
    amount = min(payment.amount, amount_asked(outbound, invoice))
    if amount <= 0 or payment.succeeded_at is None:
        outbound.skip(
            f"report-{payment.pk}", "Stripe's invoice is already paid in full without this payment."
        )
        return None
    params = translate.report_params(
        payments.facts(payment),
        payment.pk,
        outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id),
        amount,
        payment.created_at,
        payment.succeeded_at,
    )
    return _create(outbound, payment, params)


def _create(outbound: Outbound, payment: Payment, params: Json) -> str:
    def notes(response: Json) -> Json:
        # A call repeated after a crash sends what was true before it: Stripe's response tells what it holds.
        requested = response.get("amount_requested") or params["amount_requested"]
        return {translate.REPORTED: requested["value"]}

    step, link = f"report-{payment.pk}", (Kind.PAYMENT, payment.pk)
    record = outbound.once(step, "payment_records.report_payment", params, link=link, annotate=notes)
    return str(record["id"])


def amount_asked(outbound: Outbound, invoice: Invoice) -> Decimal:
    """What Stripe's invoice still asks for (major units): more would become a credit there."""
    notes = outbound.notes_of(Kind.INVOICE, invoice.pk)
    received = Payment.objects.filter(invoice=invoice, status__in=RECEIVED)
    counted = (
        payment.amount
        for payment in received
        if _is_known_there(outbound, payment) or collection.note_name(payment.pk) in notes
    )
    owed: Decimal = invoice.amount_due - sum(counted, ZERO)
    return owed


def _is_known_there(outbound: Outbound, payment: Payment) -> bool:
    return payment.is_external and payment.goes_through(outbound.connection_id)

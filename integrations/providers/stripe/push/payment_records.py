"""Reports money that came outside Stripe, so that its invoice counts it and nothing more (page "Payment Records")."""

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
    amount = min(payment.amount, _owed_there(outbound, invoice))
    if amount <= 0 or payment.succeeded_at is None:
        outbound.skip(f"report-{payment.pk}", "Stripe's invoice is paid without this payment.")
        return None
    params = translate.report_params(
        payments.facts(payment),
        payment.pk,
        outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id),
        amount,
        payment.created_at,
        payment.succeeded_at,
    )
    link = (Kind.PAYMENT, payment.pk)

    def note(answer: Json) -> Json:
        # A call repeated after a crash says what was true before it.
        requested = answer.get("amount_requested") or params["amount_requested"]
        return {translate.REPORTED: requested["value"]}

    answer = outbound.once(
        f"report-{payment.pk}", "payment_records.report_payment", params, link=link, annotate=note
    )
    return str(answer["id"])


def _owed_there(outbound: Outbound, invoice: Invoice) -> Decimal:
    """What Stripe's invoice still asks for (major units): more would become a credit that nobody gave."""
    told = outbound.notes_of(Kind.INVOICE, invoice.pk)
    received = Payment.objects.filter(invoice=invoice, status__in=RECEIVED)
    known = (one.amount for one in received if one.is_external or collection.mark(one.pk) in told)
    owed: Decimal = invoice.amount_due - sum(known, ZERO)
    return owed

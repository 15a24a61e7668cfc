"""A payment beside Stripe's PaymentIntent, whose money it is."""

from typing import Any

from billing import money
from billing.models import Payment
from integrations.provider_api import Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import marks
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.status_words import in_words


def _compare(_place: Place, payment_id: str, intent: Json) -> Comparison:
    payment = Payment.objects.get(pk=payment_id)
    ours = {"amount": money.text(payment.amount, payment.currency), "currency": payment.currency}
    theirs = _theirs(intent)
    return Comparison(ours, theirs, problems=_problems(payment, intent, ours, theirs))


def _theirs(intent: Json) -> dict[str, Any]:
    currency = read_currency(intent)
    return {"amount": money.text(read_amount(intent, "amount", currency), currency), "currency": currency}


def _problems(payment: Payment, intent: Json, ours: Json, theirs: Json) -> dict[str, str]:
    problems = {
        name: f"Stripe's payment has {theirs[name]}, and {payment.pk} {ours[name]}: they are not the same money."
        for name in ours
        if ours[name] != theirs[name]
    }
    if payment.gateway != "stripe" or payment.gateway_payment_id not in ("", intent["id"]):
        of = payment.gateway_payment_id or payment.gateway or "no gateway"
        problems["gateway_payment_id"] = f"{payment.pk} came through {of}."
    return problems


def _asks(payment_id: str, intent: Json) -> str:
    if intent["status"] == "canceled":
        return ""
    if intent["status"] == "succeeded":
        return f"The money of {intent['id']} came, and counts as {payment_id}: unlinked, it would count a second time."
    return (
        f"Stripe's payment {intent['id']} is {in_words(intent['status'])} and may still take money for {payment_id}: cancel it"
        " first."
    )


PAYMENTS = Linkable("payment_intents.retrieve", _compare, marks(metadata.PAYMENT_ID), asks=_asks)

"""Till, a provider made of plain functions that takes money: checkout, charges, refunds and saved methods."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from django.utils import timezone

from billing import money
from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.models import Customer, Payment, Refund
from billing.models.payments import PaymentState
from billing.models.refunds import RefundState
from billing.services.payments import payments, refunds
from integrations.provider_api import (
    FOREVER,
    Gateway,
    HostedPage,
    IdempotencyKeys,
    Json,
    Outbound,
    PaymentMethods,
    Payments,
    Provider,
    Push,
    Recovery,
    SavedMethod,
)
from integrations.testing import ScriptedGateway

VISA = SavedMethod(id="met_visa", type="card", brand="visa", last4="4242", expires="12/2030", is_default=True)
DEBIT = SavedMethod(id="met_debit", type="sepa_debit", last4="3000")
PAID = {"id": "chg_1", "status": "succeeded"}
DECLINED = {
    "id": "chg_1",
    "status": "failed",
    "failure_code": "card_declined",
    "failure_message": "Your card was declined.",
}
NEEDS_3D_SECURE = {"id": "chg_1", "status": "requires_action", "checkout_url": "https://till.example/confirm"}
REFUNDED = {"id": "ref_1", "status": "succeeded"}


@dataclass
class Till(ScriptedGateway):
    """Till's side: charges and refunds succeed unless scripted; keeps the saved methods of one customer."""

    methods: list[SavedMethod] = field(default_factory=lambda: [VISA, DEBIT])

    def __post_init__(self) -> None:
        self.answers = {
            "charges.create": PAID,
            "refunds.create": REFUNDED,
            "methods.list": lambda _params: {"methods": [asdict(method) for method in self.methods]},
            "methods.remove": self._remove,
            "methods.choose": self._choose,
        }

    def _remove(self, params: Json) -> Json:
        self.methods = [method for method in self.methods if method.id != params["method"]]
        return {}

    def _choose(self, params: Json) -> Json:
        self.methods = [replace(method, is_default=method.id == params["method"]) for method in self.methods]
        return {}


def push_customer(outbound: Outbound) -> None:
    """Creates the customer."""
    customer = Customer.objects.get(pk=outbound.entity_id)
    if outbound.provider_id_of(Kind.CUSTOMER, customer.pk) is None:
        facts = {"name": customer.name}
        outbound.once("create", "customers.create", facts, link=(Kind.CUSTOMER, customer.pk))


def push_payment(outbound: Outbound) -> None:
    """Charges what is to be charged."""
    payment = Payment.objects.get(pk=outbound.entity_id)
    if payment.off_session and payment.status == PaymentState.PENDING:
        _charge(outbound, payment)


def close_page(outbound: Outbound, *, payment_id: str) -> None:
    """Closes the page of a payment."""
    payment = Payment.objects.get(pk=payment_id)
    outbound.once(f"close {payment.pk}", "sessions.close", {}, target=payment.gateway_session_id)
    payments.settle(
        environment_id=outbound.environment_id,
        payment_id=payment.pk,
        evidence=PaymentEvidence(status="cancelled", is_open=False),
        now=timezone.now(),
        origin=outbound.connection_id,
    )


def refund_payment(outbound: Outbound) -> None:
    """Refunds what is to be refunded."""
    payment = Payment.objects.get(pk=outbound.entity_id)
    for refund in payment.refunds.filter(status=RefundState.PENDING):
        _refund(outbound, refund)


def _charge(outbound: Outbound, payment: Payment) -> None:
    customer = outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id)
    if outbound.dry and customer is None:
        outbound.skip("charge", "The customer is not at Till yet.")
        return
    method = payment.gateway_method_id or "default"
    params = {"customer": customer, "amount": _text(payment), "method": method}
    answer = outbound.once("charge", "charges.create", params, link=(Kind.PAYMENT, payment.pk))
    if outbound.dry:
        return
    payments.settle(
        environment_id=outbound.environment_id,
        payment_id=payment.pk,
        evidence=PaymentEvidence(
            status=answer["status"],
            gateway_payment_id=answer["id"],
            failure_code=answer.get("failure_code", ""),
            failure_message=answer.get("failure_message", ""),
            checkout_url=answer.get("checkout_url", ""),
        ),
        now=timezone.now(),
        origin=outbound.connection_id,
    )


def _refund(outbound: Outbound, refund: Refund) -> None:
    params = {"payment": refund.payment.gateway_payment_id, "amount": _text(refund)}
    answer = outbound.once(f"refund {refund.pk}", "refunds.create", params)
    if outbound.dry:
        return
    refunds.settle(
        refund=refund,
        status=answer["status"],
        gateway_refund_id=answer["id"],
        failure_reason=answer.get("reason", ""),
        now=timezone.now(),
        origin=outbound.connection_id,
    )


def _text(row: Payment | Refund) -> str:
    return money.text(row.amount, row.currency)


def open_checkout(outbound: Outbound, /, *, payment_id: str, success_url: str, cancel_url: str) -> HostedPage:
    """Opens a page on which the payment is made."""
    params = {"payment": payment_id, "success_url": success_url, "cancel_url": cancel_url}
    answer = outbound.once("session", "sessions.create", params)
    return HostedPage(session_id=answer["id"], url=f"https://till.example/pay/{answer['id']}")


def saved(gateway: Gateway, customer: str) -> Sequence[SavedMethod]:
    """Returns the customer's saved methods."""
    answer = gateway.call("methods.list", {"customer": customer})
    return [SavedMethod(**method) for method in answer["methods"]]


def choose_default(gateway: Gateway, /, *, customer: str, method_id: str, key: str) -> Json:
    """Makes the method the one that is charged."""
    gateway.call("methods.choose", {"customer": customer, "method": method_id}, key=key)
    return {"id": customer}


def remove(gateway: Gateway, /, *, customer: str, method_id: str, key: str) -> None:
    """Removes the method."""
    gateway.call("methods.remove", {"customer": customer, "method": method_id}, key=key)


def open_setup(
    gateway: Gateway,
    /,
    *,
    customer: str,
    customer_id: str,
    success_url: str,
    cancel_url: str,
    currency: str,
    make_default: bool,
    key: str,
) -> HostedPage:
    """Opens a page on which a method is saved."""
    params = {"customer": customer, "currency": currency, "make_default": make_default}
    answer = gateway.call("setups.create", params, key=key)
    return HostedPage(session_id=answer["id"], url=f"https://till.example/save/{answer['id']}")


def open_portal(gateway: Gateway, /, *, customer: str, return_url: str, key: str) -> str:
    """Opens the customer's own page."""
    gateway.call("portals.create", {"customer": customer, "return_url": return_url}, key=key)
    return f"https://till.example/portal/{customer}"


def provider(till: Till) -> Provider:
    """Till, reached through ``till``."""
    return Provider(
        slug="till",
        label="Till",
        pushes={
            Kind.CUSTOMER: Push(push_customer, switch="customer_outbound_enabled"),
            # Payments are pushed when a person asks for something, not when they change.
            Kind.PAYMENT: Push(push_payment, switch=None, wanted=lambda _payment_id: False),
        },
        open_gateway=lambda _credentials: till,
        recovery=Recovery(keys=IdempotencyKeys(lasting=FOREVER)),
        payments=Payments(
            open_checkout=open_checkout, charges_saved_methods=True, refund=refund_payment, close=close_page
        ),
        payment_methods=PaymentMethods(
            saved=saved,
            choose_default=choose_default,
            remove=remove,
            open_setup=open_setup,
            open_portal=open_portal,
        ),
    )

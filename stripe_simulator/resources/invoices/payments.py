"""InvoicePayments: which payment pays how much of which invoice. Source: Stripe docs, "Partial payments"."""

from typing import Any

from ...expansion import INCLUDABLE
from ...listing import embedded_list, page, retrievable
from ...operations import Call, operation
from ...state.account import Account, Object

retrievable("invoice_payments.retrieve", "invoice_payment")


@operation("invoice_payments.list")
def list_(call: Call) -> Object:
    """List by invoice, status, or the payment that pays."""
    params = call.params
    payment: dict[str, Any] = params.get("payment", {})
    filters = {name: params[name] for name in ("invoice", "status") if name in params}

    def matches(object: Object) -> bool:
        pays = all(object["payment"].get(name) == payment[name] for name in payment)
        return pays and all(object[name] == filters[name] for name in filters)

    pays_by = {
        f"payment.{name}": payment[name] for name in ("payment_intent", "payment_record") if name in payment
    }
    return page(call, "invoice_payment", matches, by=filters | pays_by)


def new_invoice_payment(
    account: Account, invoice: Object, source: Object, amount: int, default: bool
) -> Object:
    """Attach a PaymentIntent or a Payment Record to an invoice."""
    kind = source["object"]
    payment = {
        "id": account.new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": amount,
        "created": account.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": default,
        "livemode": False,
        "payment": {kind: source["id"], "type": kind},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    invoice["_payments"] = [*invoice.get("_payments", []), payment["id"]]
    source["_invoice_payments"] = [*source.get("_invoice_payments", []), payment["id"]]
    return account.add(payment)


def payments_of(account: Account, invoice: Object) -> list[Object]:
    """Return the payments of an invoice, newest first."""
    return [account.objects[id] for id in reversed(invoice.get("_payments", []))]


def open_default(account: Account, invoice: Object) -> Object | None:
    """Return the open payment that Stripe created at finalization, if there is one."""
    return next(
        (
            payment
            for payment in payments_of(account, invoice)
            if payment["is_default"] and payment["status"] == "open"
        ),
        None,
    )


def cancel_payment(account: Account, payment: Object) -> None:
    """Cancel an invoice payment."""
    payment["status"] = "canceled"
    payment["status_transitions"] = payment["status_transitions"] | {"canceled_at": account.now}


def _payments(account: Account, invoice: Object) -> Object:
    return embedded_list(
        account, payments_of(account, invoice), f"/v1/invoice_payments?invoice={invoice['id']}"
    )


def _confirmation_secret(account: Account, invoice: Object) -> Object | None:
    payment = open_default(account, invoice)
    if payment is None:
        return None
    intent = account.objects[payment["payment"]["payment_intent"]]
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


INCLUDABLE["invoice", "payments"] = _payments
INCLUDABLE["invoice", "confirmation_secret"] = _confirmation_secret

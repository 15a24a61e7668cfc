"""Payments, refunds, disputes and checkout pages of the corpus."""

from typing import Any

from integrations.providers.stripe.tests.corpus.moments import CUSTOMER, DAY, MOMENT
from integrations.providers.stripe.tests.corpus.sdk_types import whole

Json = dict[str, Any]


def charge(tag: str) -> Json:
    values = {"captured": True, "disputed": False, "paid": True, "refunded": False, "status": "succeeded"}
    return whole(
        "charge",
        id=f"ch_{tag}",
        created=MOMENT + 60,
        amount=3240,
        amount_captured=3240,
        amount_refunded=1240,
        currency="usd",
        customer=CUSTOMER,
        payment_intent=f"pi_{tag}",
        payment_method="pm_corpus",
        payment_method_details={"type": "card"},
        **values,
    )


def payment_intent(tag: str) -> Json:
    return whole(
        "payment_intent",
        id=f"pi_{tag}",
        created=MOMENT,
        amount=3240,
        amount_received=3240,
        capture_method="automatic",
        confirmation_method="automatic",
        currency="usd",
        customer=CUSTOMER,
        latest_charge=f"ch_{tag}",
        payment_method="pm_corpus",
        payment_method_types=["card"],
        status="succeeded",
    )


def refund(tag: str) -> Json:
    return whole(
        "refund",
        id=f"re_{tag}",
        created=MOMENT + DAY,
        amount=1240,
        charge=f"ch_{tag}",
        currency="usd",
        customer=CUSTOMER,
        metadata={},
        payment_intent=f"pi_{tag}",
        payment_method="pm_corpus",
        reason="requested_by_customer",
        status="succeeded",
    )


def dispute(tag: str) -> Json:
    made = whole("dispute")
    return made | {
        "id": f"du_{tag}",
        "created": MOMENT + DAY,
        "amount": 3240,
        "charge": f"ch_{tag}",
        "currency": "usd",
        "evidence_details": made["evidence_details"] | {"due_by": MOMENT + 9 * DAY},
        "payment_intent": f"pi_{tag}",
        "reason": "fraudulent",
        "status": "needs_response",
    }


def movement(amount: int, currency: str = "usd") -> Json:
    """What a dispute took from the balance, or gave back."""
    made = whole("balance_transaction", id="txn_corpus", created=MOMENT + DAY)
    return made | {"amount": amount, "currency": currency, "net": amount, "type": "adjustment"}


def session(tag: str) -> Json:
    """The page of a payment that began here; the payment's id takes the place of the metadata's value."""
    return whole(
        "checkout.session",
        id=f"cs_{tag}",
        created=MOMENT,
        amount_subtotal=3240,
        amount_total=3240,
        currency="usd",
        customer=CUSTOMER,
        expires_at=MOMENT + DAY,
        metadata={"flexprice_payment_id": f"pay_{tag}"},
        mode="payment",
        payment_intent=f"pi_{tag}",
        payment_method_types=["card"],
        payment_status="paid",
        status="complete",
    )


def setup_intent(tag: str) -> Json:
    """A method that the customer saved as the default, as FlexSync asked."""
    return whole(
        "setup_intent",
        id=f"seti_{tag}",
        created=MOMENT,
        customer=f"cus_{tag}",
        metadata={"flexprice_set_default": "true"},
        payment_method="pm_corpus",
        payment_method_types=["card"],
        status="succeeded",
        usage="off_session",
    )

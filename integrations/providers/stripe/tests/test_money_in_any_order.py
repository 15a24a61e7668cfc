"""The events of one invoice's money end in the same rows in any order and with any repetition."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import Dispute, Invoice, Payment, Refund
from integrations.providers.stripe.tests.golden_world import World

pytestmark = pytest.mark.django_db
# What Stripe sends about a checkout that FlexSync opened: declined, challenged, paid, refunded (which fails).
CHECKOUT = (
    "payment_intent_payment_failed__of_checkout",
    "payment_intent_requires_action__of_checkout",
    "checkout_session_completed__unpaid",
    "payment_intent_processing__of_checkout",
    "payment_intent_succeeded__of_checkout",
    "checkout_session_async_payment_succeeded__plain",
    "charge_refunded__partial",
    "refund_created__partial",
    "refund_updated__partial",
    "refund_failed__plain",
)
SENT = (
    "invoice_finalized__sent",
    "payment_intent_payment_failed__of_invoice",
    "payment_intent_succeeded__of_invoice",
    "invoice_payment_paid__sent",
    "invoice_updated__sent",
    "invoice_paid__sent",
)
IMPORTED = (
    "invoice_created__renewal",
    "invoice_finalized__renewal",
    "payment_intent_succeeded__renewal",
    "invoice_payment_paid__renewal",
    "invoice_updated__renewal",
    "invoice_paid__renewal",
)
OLD = (
    "invoice_finalized__renewal",
    "payment_intent_succeeded__renewal_old_dialect",
    "invoice_paid__renewal_old",
)
STORIES = {"checkout": CHECKOUT, "sent": SENT, "imported": IMPORTED, "old version": OLD}


ORDERED: dict[str, list[Any]] = {}


class RolledBack(Exception):
    """Rolls an example's rows back."""


def events(world: World, story: str) -> list[dict[str, Any]]:
    """The story's events, each a second after the one before."""
    found = []
    for second, name in enumerate(STORIES[story]):
        event = world.event(name)
        found.append(event | {"created": event["created"] + second})
    return found


def played(connection: Any, story: str, order: list[int]) -> list[Any]:
    """The rows after the story's events came in that order; all of them are rolled back."""
    rows: list[Any] = []
    try:
        with transaction.atomic():
            world = World(connection)
            world.arrives("customer_created__flexsync_id")
            if story == "checkout":
                world.open_checkout()
            if story == "sent":
                world.link_invoice("invoice_paid__sent")
            ordered = events(world, story)
            for place in order:
                world.take(ordered[place])
            world.all_apply()
            rows = state()
            raise RolledBack
    except RolledBack:
        return rows


def state() -> list[Any]:
    """The values of the rows, without FlexSync's ids and times."""
    payment = (
        "amount", "amount_refunded", "amount_disputed", "status", "failure_code", "next_action",
        "gateway_payment_id", "is_external", "invoice__status",
    )  # fmt: skip
    invoice = (
        "status",
        "payment_status",
        "total",
        "amount_due",
        "amount_paid",
        "amount_remaining",
        "is_external",
    )
    return [
        list(Payment.objects.order_by("gateway_payment_id").values_list(*payment)),
        list(Invoice.objects.order_by("is_external").values_list(*invoice)),
        list(Refund.objects.order_by("gateway_refund_id").values_list("amount", "status")),
        list(Dispute.objects.values_list("status")),
    ]


@pytest.mark.parametrize("story", STORIES)
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_ends_as_the_ordered_story_does(connection, story, data):
    count = len(STORIES[story])
    shuffled = data.draw(st.permutations(range(count)))
    again = data.draw(st.lists(st.integers(0, count - 1), max_size=4))
    places = data.draw(st.permutations([*shuffled, *again]))
    if story not in ORDERED:
        ORDERED[story] = played(connection, story, list(range(count)))
    assert played(connection, story, places) == ORDERED[story]


def test_the_ordered_stories_end_as_they_should(connection):
    payments, invoices, refunds, _ = played(connection, "checkout", list(range(len(CHECKOUT))))
    assert [row[:4] for row in payments] == [(Decimal(54), 0, 0, "succeeded")]
    assert refunds == [(Decimal(14), "failed")] and invoices[0][1] == "succeeded"
    for story, amount in (
        ("sent", Decimal(54)),
        ("imported", Decimal("99.60")),
        ("old version", Decimal("99.60")),
    ):
        payments, invoices, *_ = played(connection, story, list(range(len(STORIES[story]))))
        assert [row[:4] for row in payments] == [(amount, 0, 0, "succeeded")], story
        assert [row[1] for row in invoices if row[4] == amount] == ["succeeded"], story

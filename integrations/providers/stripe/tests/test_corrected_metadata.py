"""What is corrected in the metadata of a PaymentIntent that has ended counts, though no event tells of it."""

import pytest
from django.utils import timezone

from billing.models import Payment
from integrations.inbox import processing, replays
from integrations.models import InboundEvent
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.excess.steps import open_page
from integrations.providers.stripe.translate.metadata import PAYMENT_ID

pytestmark = pytest.mark.django_db(transaction=True)


def replayed(event):
    replays.replay_one(event, timezone.now())
    processing.process(event.pk, timezone.now())
    event.refresh_from_db()
    return event


def test_a_copied_name_that_is_removed(connection, stripe_api, pipelines, customer):
    invoice = builders.invoice(customer)
    pipelines.settle()
    asked_for = open_page(connection, invoice)
    # Which page it is would tell that the intent is a copy; its answer was lost.
    Payment.objects.filter(pk=asked_for.pk).update(gateway_session_id="")
    other = stripe_api.v1.payment_intents.create(
        {
            "amount": 5500,
            "currency": "usd",
            "customer": stripe_api.v1.customers.list().data[0].id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "metadata": {PAYMENT_ID: asked_for.pk},
        }
    )
    pipelines.settle()
    event = InboundEvent.objects.get(state="dead")
    advice = f"remove {PAYMENT_ID} from its metadata at Stripe, then replay the event"
    assert other.id in event.reason and advice in event.reason
    assert replayed(event).state == "dead"
    stripe_api.v1.payment_intents.update(other.id, {"metadata": {PAYMENT_ID: ""}})
    assert (replayed(event).state, event.reason) == ("applied", "")
    paid = Payment.objects.get(gateway_payment_id=other.id)
    assert (paid.customer, paid.is_external, paid.amount, paid.invoice) == (customer, True, 55, None)
    asked_for.refresh_from_db()
    assert asked_for.status == "pending"

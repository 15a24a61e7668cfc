"""The options of a checkout: each takes effect, and the same options return the same page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Payment, Plan
from billing.services.customers import default_methods
from integrations.inbox import processing
from integrations.models import OutboundSync
from integrations.payments import checkout
from integrations.providers.stripe.testing import receive_signed, store_signed
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_id_of
from integrations.providers.stripe.tests.test_round_trips import assert_paid_once, open_checkout

pytestmark = pytest.mark.django_db(transaction=True)


def sent(pipelines):
    """The parameters of the newest session."""
    return pipelines.simulator.requests("checkout.sessions.create")[-1]["params"]


def test_the_same_options_return_the_same_page_after_one_look(pipelines, connection, invoice):
    first = open_checkout(connection, invoice)
    before = len(pipelines.simulator.requests())
    second = open_checkout(connection, invoice)
    assert (second.pk, second.checkout_url) == (first.pk, first.checkout_url)
    assert [call["operation"] for call in pipelines.simulator.requests()[before:]] == ["invoices.update"]
    assert Payment.objects.count() == 1


def test_its_product_is_not_imported_as_a_plan(pipelines, stripe_api, connection, invoice):
    connection.plan_inbound_enabled = True
    connection.save()
    plans = Plan.objects.count()
    open_checkout(connection, invoice)
    pipelines.settle()
    assert stripe_api.v1.products.list().data[0].name.startswith("Invoice ")
    assert Plan.objects.count() == plans
    event = connection.inbound_events.get(type="product.created", state="ignored")
    assert "for one checkout page" in event.reason


def test_after_a_decline_the_page_stays_the_same(pipelines, stripe_api, connection, invoice):
    first = open_checkout(connection, invoice)
    pipelines.simulator.pay_checkout_session(first.gateway_session_id, "4000000000000002")
    pipelines.settle()
    assert fresh(first).status == "failed"
    assert auto_advance_at_stripe(stripe_api, invoice) is False
    assert open_checkout(connection, invoice).pk == first.pk


@pytest.mark.parametrize(
    "other",
    [
        {"save_as_default": True},
        {"allow_promotion_codes": True},
        {"collect_tax_ids": True},
        {"expires_in": 3600},
    ],
)
def test_other_options_open_another_page_and_expire_the_first(
    pipelines, stripe_api, connection, invoice, other
):
    first = open_checkout(connection, invoice)
    second = open_checkout(connection, invoice, **other)
    assert second.pk != first.pk
    status = {session.id: session.status for session in stripe_api.v1.checkout.sessions.list().data}
    assert status == {first.gateway_session_id: "expired", second.gateway_session_id: "open"}


def test_a_page_that_is_about_to_expire_is_not_returned_again(pipelines, connection, invoice):
    first = open_checkout(connection, invoice)
    first.checkout_expires_at = timezone.now() + timedelta(seconds=30)
    first.save()
    assert open_checkout(connection, invoice).pk != first.pk


def test_another_amount_opens_another_page(pipelines, connection, invoice):
    first = open_checkout(connection, invoice)
    first.amount = 53
    first.save()
    assert open_checkout(connection, invoice).pk != first.pk


@pytest.mark.parametrize(("requested", "seconds"), [(1800, 1860), (3600, 3600), (86400, 86340)])
def test_it_expires_after_the_requested_time(pipelines, stripe_api, connection, invoice, requested, seconds):
    now = timezone.now()
    session = stripe_api.v1.checkout.sessions.retrieve(
        open_checkout(connection, invoice, expires_in=requested).gateway_session_id
    )
    assert abs(session.expires_at - now.timestamp() - seconds) < 30


def test_the_card_becomes_the_default_once_it_has_paid(pipelines, stripe_api, connection, invoice):
    payment = open_checkout(connection, invoice, save_as_default=True)
    customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    assert stripe_api.v1.customers.retrieve(customer).invoice_settings.default_payment_method is None
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    saved = fresh(payment).gateway_method_id
    assert stripe_api.v1.customers.retrieve(customer).invoice_settings.default_payment_method == saved
    assert stripe_api.v1.payment_methods.retrieve(saved).customer == customer
    assert list(default_methods.known(fresh(invoice.customer)).values()) == [saved]
    assert pipelines.unsettled() == []


def test_a_card_that_only_pays_is_not_kept(pipelines, stripe_api, connection, invoice):
    payment = open_checkout(connection, invoice)
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    pipelines.settle()
    assert stripe_api.v1.payment_methods.retrieve(fresh(payment).gateway_method_id).customer is None


def test_tax_ids_and_promotion_codes_are_offered(pipelines, connection, invoice):
    open_checkout(connection, invoice, collect_tax_ids=True, allow_promotion_codes=True)
    params = sent(pipelines)
    assert params["allow_promotion_codes"] == "true"
    assert params["tax_id_collection"] == {"enabled": "true"}
    assert params["customer_update"] == {"name": "auto", "address": "auto"}


def test_a_dry_run_opens_no_session(pipelines, connection, invoice):
    before = (pipelines.simulator.requests(), Payment.objects.count(), OutboundSync.objects.count())
    calls = checkout.plan(
        connection,
        invoice_id=invoice.id,
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
        now=timezone.now(),
    )
    assert [call.operation for call in calls] == ["invoices.update", "checkout.sessions.create"]
    assert (pipelines.simulator.requests(), Payment.objects.count(), OutboundSync.objects.count()) == before


def auto_advance_at_stripe(stripe_api, invoice):
    return stripe_api.v1.invoices.retrieve(stripe_id_of(Kind.INVOICE, invoice.id)).auto_advance


@pytest.fixture
def paid_with_a_code(pipelines, stripe_api, connection, invoice):
    """40.00 instead of 54.00."""
    payment = open_checkout(connection, invoice, allow_promotion_codes=True)
    pipelines.settle()
    coupon = stripe_api.v1.coupons.create({"amount_off": 1400, "currency": "usd", "duration": "once"})
    promotion = {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "ADA14"}
    stripe_api.v1.promotion_codes.create(promotion)
    pipelines.simulator.delivery_settings(drop=-1)
    page = pipelines.simulator.pay_checkout_session(
        payment.gateway_session_id, promotion="apply", code="ADA14"
    )
    assert page.status_code < 400
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    pipelines.simulator.delivery_settings(drop=0)


def together(connection, events):
    rows = [store_signed(connection, event, timezone.now()) for event in events]
    processing.process_due(timezone.now(), len(rows))


def one_by_one(connection, events):
    for event in events:
        receive_signed(connection, event)


@pytest.mark.parametrize("first", ["payment_intent.succeeded", "checkout.session.completed"])
@pytest.mark.parametrize("arrive", [together, one_by_one], ids=lambda arrive: arrive.__name__)
def test_a_promotion_code_lowers_the_debt_on_both_sides(
    pipelines, stripe_api, connection, invoice, paid_with_a_code, arrive, first
):
    types = {"types": ["payment_intent.succeeded", "checkout.session.completed"]}
    events = [one.to_dict() for one in stripe_api.v1.events.list(types).data]
    assert len(events) == 2
    arrive(connection, sorted(events, key=lambda event: event["type"] != first))
    pipelines.settle()
    assert pipelines.unsettled() == []
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("succeeded", Decimal(40))
    assert (invoice.credited, invoice.amount_due) == (Decimal(14), Decimal(40))
    assert Payment.objects.get(invoice=invoice).amount == Decimal(40)
    note = invoice.credit_notes.get()
    assert (note.before_payment, note.memo, bool(note.pdf_url)) == (Decimal(14), "Promotion code", True)
    found = stripe_api.v1.invoices.retrieve(stripe_id_of(Kind.INVOICE, invoice.id))
    assert (found.status, found.amount_remaining, found.amount_paid) == ("paid", 0, 4000)
    assert pipelines.writes().count("credit_notes.create") == 1

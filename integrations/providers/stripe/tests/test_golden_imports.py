"""Invoices that were made in Stripe: imported to the cent, in any state and API version, their money once."""

from decimal import Decimal
from itertools import permutations

import pytest

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Invoice, Payment, Plan, Price, Subscription
from billing.services.invoices.invoices import void
from integrations.models import EntityMapping, OutboundSync

pytestmark = pytest.mark.django_db
THE_SAME_MONEY = (
    "payment_intent_succeeded__renewal",
    "invoice_payment_paid__renewal",
    "invoice_paid__renewal",
)


@pytest.fixture
def ada(world):
    """The world, where the invoices' customer is known."""
    world.arrives("customer_created__flexsync_id")
    return world


def imported():
    return Invoice.objects.get(is_external=True)


def assert_paid_once():
    invoice = imported()
    assert (invoice.payment_status, invoice.amount_paid) == ("succeeded", Decimal("99.60"))
    found = Payment.objects.get()
    assert (found.amount, found.status, found.invoice_id) == (Decimal("99.60"), "succeeded", invoice.id)
    assert found.is_external
    return found


@pytest.mark.parametrize("name", ["invoice_paid__renewal", "invoice_paid__renewal_old"])
def test_lines_discounts_and_taxes_come_to_the_cent(ada, name):
    ada.arrives(name)
    invoice = imported()
    assert (invoice.subtotal, invoice.discounts, invoice.tax, invoice.total) == (
        Decimal(113),
        Decimal(30),
        Decimal("16.60"),
        Decimal("99.60"),
    )
    seats, credit = invoice.lines.all()
    assert (seats.quantity, seats.unit_amount, seats.amount) == (12, 10, 120)
    assert (seats.discount, seats.tax) == (30, 18)
    assert (credit.amount, credit.tax) == (-7, Decimal("-1.40"))
    assert invoice.customer == ada.ada and invoice.number and invoice.hosted_invoice_url
    assert_paid_once()


def test_it_is_linked_to_the_subscription_and_price_that_are_here(ada):
    plan = Plan.objects.create(environment_id=ada.connection.environment_id, name="Seats")
    price = Price.objects.create(
        environment_id=plan.environment_id, plan=plan, currency="USD", unit_amount=10
    )
    deal = Subscription.objects.create(environment_id=plan.environment_id, customer=ada.ada, currency="USD")
    stripe_invoice = ada.event("invoice_paid__renewal")["data"]["object"]
    ada.link(Kind.PRICE, price.id, stripe_invoice["lines"]["data"][0]["pricing"]["price_details"]["price"])
    ada.arrives("invoice_created__renewal")
    ada.link(Kind.SUBSCRIPTION, deal.id, stripe_invoice["parent"]["subscription_details"]["subscription"])
    ada.arrives("invoice_paid__renewal")
    assert imported().subscription == deal and imported().lines.first().price == price


@pytest.mark.parametrize("order", list(permutations(THE_SAME_MONEY)))
def test_three_events_of_the_same_money_count_once_in_any_order(ada, order):
    for name in (*order, *order):
        ada.arrive(name, id=f"evt_{len(ada.rows())}")
    ada.all_apply()
    assert assert_paid_once().gateway_payment_id.startswith("pi_")


@pytest.mark.parametrize(
    "order",
    list(permutations(("payment_intent_succeeded__renewal_old_dialect", "invoice_paid__renewal_old"))),
)
def test_two_events_of_an_older_api_version_count_once(ada, order):
    for name in order:
        ada.arrive(name)
    ada.all_apply()
    assert assert_paid_once().gateway_payment_id.startswith("pi_")


def test_paid_is_paid_before_stripe_says_by_which_payment(ada):
    ada.arrives("invoice_paid__renewal")
    assert assert_paid_once().gateway_payment_id == ""
    assert ada.arrive("invoice_updated__renewal").state == "applied"
    assert_paid_once()


def test_states_follow(ada):
    ada.arrives("invoice_created__renewal")
    assert (imported().status, imported().number, imported().amount_due) == ("draft", "", 0)
    ada.arrives("invoice_finalized__renewal")
    assert (imported().status, imported().amount_due) == ("finalized", Decimal("99.60"))
    ada.arrives("invoice_marked_uncollectible__renewal")
    assert imported().status == "uncollectible"
    ada.arrive("invoice_created__renewal", id="evt_late")
    assert imported().status == "uncollectible"
    ada.arrives("invoice_voided__renewal")
    assert (imported().status, imported().amount_remaining) == ("voided", 0)


def test_a_deleted_draft_is_voided_for_good(ada):
    ada.arrives("invoice_created__renewal", "invoice_deleted__draft")
    assert imported().status == "voided"
    assert ada.arrive("invoice_updated__renewal").state == "ignored"
    assert imported().status == "voided"


def test_a_draft_that_was_deleted_before_it_came_stays_away(ada):
    assert ada.arrive("invoice_deleted__draft").reason == "The invoice was never here."
    assert ada.arrive("invoice_created__renewal").state == "ignored"
    assert not Invoice.objects.filter(is_external=True).exists()


def test_a_deleted_draft_that_flexsync_sent_says_where_to_choose(ada):
    ada.link_invoice("invoice_deleted__draft")
    row = ada.arrive("invoice_deleted__draft")
    assert row.state == "ignored" and "choose there whether it is created anew" in row.reason
    ada.invoice.refresh_from_db()
    assert ada.invoice.status == "finalized"
    assert EntityMapping.objects.get(entity_id=ada.invoice.pk).gone_at == row.created


def test_a_credit_is_not_imported_and_says_where_it_counts(ada):
    ada.arrives("invoice_created__renewal")
    event = ada.event("invoice_paid__renewal")
    event["data"]["object"] |= {"total": -300, "amount_due": 0, "amount_paid": 0}
    row = ada.take(event)
    assert row.state == "ignored"
    assert "is over -3.00 USD" in row.reason and "shows it as balance_applied" in row.reason
    assert imported().status == "voided", "the draft that it was before"


def test_a_payment_of_two_invoices_is_refused_with_what_to_do(ada):
    ada.arrives("invoice_paid__renewal", "payment_intent_succeeded__renewal", "invoice_payment_paid__renewal")
    event = ada.event("invoice_payment_paid__renewal", id="evt_second")
    event["data"]["object"] |= {"id": "inpay_second", "invoice": "in_second", "amount_paid": 700}
    ada.link(Kind.INVOICE, ada.invoice.id, "in_second")
    row = ada.take(event)
    assert row.state == "dead"
    assert f"Record what {ada.invoice.id} got of it (7.00 USD) by hand" in row.reason


def test_nothing_of_it_is_sent_back(ada):
    OutboundSync.objects.all().delete()
    for name in THE_SAME_MONEY:
        ada.arrive(name)
    ada.all_apply()
    assert OutboundSync.objects.count() == 0


def test_only_stripe_ends_it(ada):
    ada.arrives("invoice_finalized__renewal")
    with pytest.raises(Conflict, match="made at a gateway") as refusal:
        void(environment_id=imported().environment_id, invoice_id=imported().id, now=imported().created_at)
    assert refusal.value.code == "invoice_of_gateway"


def test_with_the_switch_off_it_is_ignored_and_says_so(ada):
    ada.connection.invoice_inbound_enabled = False
    ada.connection.save()
    row = ada.arrive("invoice_paid__renewal")
    assert (row.state, row.reason.partition(" is off")[0]) == ("ignored", "invoice_inbound_enabled")
    assert not Payment.objects.exists()


def test_it_waits_for_its_customer(world):
    row = world.arrive("invoice_paid__renewal")
    assert row.state == "pending" and "Waits for the customer cus_" in row.reason
    world.arrives("customer_created__flexsync_id")
    world.arrives_again("invoice_paid__renewal")
    assert_paid_once()


def test_one_of_an_unknown_customer_is_ignored_when_customers_do_not_come_in(world):
    world.connection.customer_inbound_enabled = False
    world.connection.save()
    row = world.arrive("invoice_paid__renewal")
    assert row.state == "ignored" and "customer_inbound_enabled is off" in row.reason


def test_an_invoice_that_another_environment_sent_is_ignored(ada):
    event = ada.event("invoice_paid__renewal")
    event["data"]["object"]["metadata"] = {
        "flexprice_invoice_id": "inv_elsewhere",
        "sync_source": "flexprice",
    }
    assert ada.take(event).reason == "Another environment of FlexSync made this invoice."


def test_lines_that_do_not_add_up_are_refused(ada):
    event = ada.event("invoice_paid__renewal")
    event["data"]["object"]["total"] += 300
    row = ada.take(event)
    assert row.state == "dead" and "add up to 99.60 USD, but its total is 102.60" in row.reason
    assert not Invoice.objects.filter(is_external=True).exists()


def test_shipping_is_a_line_with_its_price_and_tax(ada):
    event = ada.event("invoice_finalized__renewal")
    found = event["data"]["object"]
    cost = {"amount_subtotal": 500, "amount_tax": 100, "amount_total": 600}
    found |= {"shipping_cost": cost, "total": found["total"] + 600, "amount_due": found["amount_due"] + 600}
    assert ada.take(event).state == "applied"
    line = imported().lines.get(description="Shipping")
    assert (line.quantity, line.unit_amount, line.amount, line.tax) == (1, 5, 5, 1)


def test_what_is_edited_of_an_open_one_is_taken_over(ada):
    ada.arrives("invoice_finalized__renewal")
    event = ada.event("invoice_updated__renewal")
    finalized = ada.event("invoice_finalized__renewal")["data"]["object"]
    edited = {"description": "New", "footer": "Bye", "due_date": 1893456000, "metadata": {"order": "7"}}
    event["data"]["object"] = finalized | edited
    event["created"] += 1
    assert ada.take(event).state == "applied"
    invoice = imported()
    assert (invoice.description, invoice.footer, invoice.metadata) == ("New", "Bye", {"order": "7"})
    assert invoice.due_date.timestamp() == 1893456000
    assert (invoice.status, invoice.total, invoice.lines.count()) == ("finalized", Decimal("99.60"), 2)


def test_one_whose_number_is_taken_says_what_it_waits_for(ada):
    ada.arrives("invoice_finalized__renewal")
    event = ada.event("invoice_finalized__renewal", id="evt_other")
    event["data"]["object"]["id"] = "in_other"
    row = ada.take(event)
    assert row.state == "pending"
    assert row.reason.startswith("Waits until number is free, which another row here has")
    assert row.reason.endswith("Change it here or at the provider, then replay the event.")

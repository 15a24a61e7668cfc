"""Credit notes of FlexSync reach Stripe once, and Stripe decides how their amount is divided."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.models import BalanceTransaction, CreditNote, Refund
from billing.services.invoices import credit_note_voids, credit_notes
from billing.services.invoices.credit_notes import CreditNoteRequest
from integrations.models import OutboundCall, OutboundSync
from integrations.outbox import syncs
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import body, finish, fresh, stripe_id_of, stripe_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(pipelines, stripe_api, invoice, card):
    """Pays the invoice at Stripe with a card."""
    card()
    stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"off_session": True})
    pipelines.settle()
    return fresh(invoice)


@pytest.fixture
def issue(api):
    """Issues a credit note over the API."""

    def post(invoice, status=201, key="", **fields):
        headers = {"Idempotency-Key": key} if key else {}
        sent = {"invoice_id": invoice.pk, **fields}
        return body(api.post("/credit_notes", json=sent, headers=headers), status)

    return post


def test_an_amount_lowers_what_is_owed_on_both_sides(invoice, issue, stripe_api, assert_both_agree):
    note = issue(invoice, amount="14.00", reason="order_change", memo="Two seats")
    assert (note["before_payment"], note["after_payment"], note["status"]) == ("14.00", "0.00", "issued")
    assert note["number"] and note["pdf_url"] and not note["is_external"]
    assert_both_agree()
    assert (fresh(invoice).credited, invoice.amount_remaining) == (Decimal(14), Decimal(40))
    found = stripe_api.v1.credit_notes.retrieve(note["gateway_credit_note_id"])
    assert (found.amount, found.reason, found.memo) == (1400, "order_change", "Two seats")
    assert found.metadata["flexprice_credit_note_id"] == note["id"]
    assert stripe_invoice(stripe_api, invoice).auto_advance


def test_lines_are_those_of_stripes_invoice(invoice, issue, stripe_api, assert_both_agree):
    seats, storage = invoice.lines.all()
    note = issue(
        invoice,
        lines=[
            {"invoice_line_item_id": seats.pk, "amount": "10.00"},
            {"invoice_line_item_id": storage.pk},
            {"description": "Apology", "quantity": "2", "unit_amount": "0.50"},
        ],
    )
    assert note["amount"] == "35.00"
    assert [line["amount"] for line in note["lines"]] == ["10.00", "24.00", "1.00"]
    assert_both_agree()
    found = stripe_api.v1.credit_notes.retrieve(note["gateway_credit_note_id"]).lines.data
    assert [(line.amount, line.type) for line in found] == [
        (1000, "invoice_line_item"),
        (2400, "custom_line_item"),
        (100, "custom_line_item"),
    ]


def test_what_was_paid_is_refunded_and_put_to_the_balance(paid, issue, pipelines, stripe_api):
    refused = issue(paid, 409, amount="10.00")
    assert refused["code"] == "credit_note_allocation" and "10.00 USD" in refused["message"]
    note = issue(paid, amount="10.00", refund="6.00", to_balance="3.00", out_of_band="1.00")
    assert (note["after_payment"], note["refunded"], note["to_balance"]) == ("10.00", "6.00", "3.00")
    pipelines.settle()
    assert pipelines.unsettled() == []
    (refund,) = Refund.objects.all()
    assert (refund.amount, refund.status, refund.credit_note_id) == (Decimal(6), "succeeded", note["id"])
    found = stripe_api.v1.credit_notes.retrieve(note["gateway_credit_note_id"])
    assert (found.post_payment_amount, found.refunds[0].refund) == (1000, refund.gateway_refund_id)
    assert len(stripe_api.v1.refunds.list().data) == 1
    assert BalanceTransaction.objects.get().amount == Decimal(-3)
    assert (fresh(paid).credited, paid.amount_refunded) == (0, Decimal(6))


def test_more_than_there_is_is_refused(invoice, paid, issue):
    assert issue(paid, 409, amount="54.01", refund="54.01")["code"] == "credit_note_too_much"
    assert not CreditNote.objects.exists()


def test_the_same_key_issues_one(invoice, issue, stripe_api):
    first = issue(invoice, key="once", amount="14.00")
    assert issue(invoice, key="once", amount="14.00")["id"] == first["id"]
    assert len(stripe_api.v1.credit_notes.list().data) == CreditNote.objects.count() == 1


@pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_after", "timeout"])
def test_a_lost_answer_issues_one(pipelines, invoice, issue, stripe_api, effect, short_timeout):
    pipelines.simulator.faults.add("credit_notes.create", effect)
    issue(invoice, 202, amount="14.00")
    finish(pipelines)
    assert len(stripe_api.v1.credit_notes.list().data) == 1
    assert CreditNote.objects.get().gateway_credit_note_id and fresh(invoice).credited == Decimal(14)


def test_one_of_an_unsent_invoice_goes_with_it(customer, connection, issue, pipelines, assert_both_agree):
    connection.invoice_outbound_enabled = False
    connection.save()
    invoice = builders.invoice(customer)
    note = issue(invoice, amount="14.00")
    assert (note["connection_id"], note["gateway_credit_note_id"]) == ("", "")
    assert fresh(invoice).amount_due == Decimal(40)
    OutboundSync.objects.all().delete()
    connection.invoice_outbound_enabled = True
    connection.save()
    with transaction.atomic():
        syncs.request(connection_id=connection.pk, kind=Kind.INVOICE, entity_id=invoice.pk, started_by="")
    assert_both_agree()
    assert CreditNote.objects.get().gateway_credit_note_id


def test_one_that_was_issued_during_the_push_goes_with_the_next(invoice, connection, assert_both_agree):
    # Its own push was not asked for, because the invoice was not at Stripe yet.
    credit_notes.issue(
        environment_id=invoice.environment_id,
        invoice_id=invoice.pk,
        request=CreditNoteRequest(amount=Decimal(14)),
        now=timezone.now(),
    )
    OutboundSync.objects.filter(entity_type=Kind.CREDIT_NOTE).delete()
    assert_both_agree()
    assert CreditNote.objects.get().gateway_credit_note_id


def test_voiding_asks_for_the_amount_again(invoice, issue, api, stripe_api, assert_both_agree):
    note = issue(invoice, amount="14.00")
    voided = body(api.post(f"/credit_notes/{note['id']}/void"), 200)
    assert voided["status"] == "voided"
    assert_both_agree()
    assert fresh(invoice).amount_remaining == builders.TOTAL
    assert stripe_api.v1.credit_notes.retrieve(note["gateway_credit_note_id"]).status == "void"


def test_what_was_paid_meanwhile_is_not_credited_as_due(invoice, issue, stripe_api, pipelines):
    # Paid at Stripe, of which nothing is known here yet.
    stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"paid_out_of_band": True})
    refused = issue(invoice, 409, amount="14.00")
    assert refused["code"] == "credit_note_allocation"
    assert not CreditNote.objects.exists()
    assert fresh(invoice).payment_status == "succeeded"


def test_what_stripe_refuses_later_is_voided_here_too(invoice, issue, stripe_api, pipelines):
    pipelines.simulator.faults.add("credit_notes.create", "reset_before", times=-1)
    assert issue(invoice, 202, amount="14.00")["status"] == "issued"
    stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"paid_out_of_band": True})
    pipelines.simulator.faults.clear()
    finish(pipelines)
    assert (CreditNote.objects.get().status, fresh(invoice).credited) == ("voided", 0)
    pushes = OutboundSync.objects.filter(entity_type=Kind.CREDIT_NOTE).exclude(state="done")
    assert "is void here too" in pushes.get().last_error
    assert fresh(invoice).payment_status == "succeeded"


def test_what_stripe_refuses_is_voided_here(invoice, issue, stripe_api, pipelines):
    """It is paid after the look, while the credit note is on its way."""
    pipelines.simulator.faults.add("credit_notes.create", "slow", seconds=2)

    def pay():
        while not OutboundCall.objects.filter(operation="credit_notes.create").exists():
            time.sleep(0.05)
        stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"paid_out_of_band": True})
        database.close()

    with ThreadPoolExecutor() as threads:
        paying = threads.submit(pay)
        refused = issue(invoice, 409, amount="14.00")
        paying.result()
    assert refused["code"] == "credit_note_refused" and "post-payment" in refused["message"]
    assert (CreditNote.objects.get().status, fresh(invoice).credited) == ("voided", 0)
    pipelines.settle()
    assert fresh(invoice).payment_status == "succeeded"


def test_what_was_given_back_at_stripe_is_not_given_back_again(paid, issue, api, stripe_api, pipelines):
    pipelines.simulator.delivery_settings(drop=-1)
    there = stripe_id_of(Kind.INVOICE, paid.pk)
    stripe_api.v1.credit_notes.create({"invoice": there, "amount": 5000, "credit_amount": 5000})
    assert issue(paid, 409, amount="14.00", refund="14.00")["code"] == "credit_note_too_much"
    assert not Refund.objects.exists() and not stripe_api.v1.refunds.list().data
    note = issue(paid, amount="4.00", refund="4.00")
    assert (note["status"], len(stripe_api.v1.credit_notes.list().data)) == ("issued", 2)


def void(note):
    """As the admin does it, without waiting for Stripe."""
    credit_note_voids.void(environment_id=note.environment_id, credit_note_id=note.pk, now=timezone.now())


def test_voiding_that_stripe_refuses_later_leaves_it_issued(invoice, issue, stripe_api, pipelines):
    issue(invoice, amount="14.00")
    # Paid at Stripe, of which nothing is known here yet.
    stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"paid_out_of_band": True})
    void(CreditNote.objects.get())
    assert fresh(invoice).credited == 0
    finish(pipelines)
    push = OutboundSync.objects.get(entity_type=Kind.CREDIT_NOTE, state="blocked")
    assert "still open" in push.last_error and "stays issued here too" in push.last_error
    assert (CreditNote.objects.get().status, fresh(invoice).credited) == ("issued", 14)
    assert fresh(invoice).payment_status == "succeeded"


def test_voiding_what_was_voided_at_stripe_is_done(invoice, issue, stripe_api, pipelines):
    note = issue(invoice, amount="14.00")
    stripe_api.v1.credit_notes.void_credit_note(note["gateway_credit_note_id"])
    void(CreditNote.objects.get())
    finish(pipelines)
    assert not OutboundSync.objects.exclude(state="done").exists()
    assert (CreditNote.objects.get().status, fresh(invoice).credited) == ("voided", 0)


def test_lists_and_details(invoice, issue, api):
    note = issue(invoice, amount="14.00")
    listed = body(api.get("/credit_notes", params={"invoice_id": invoice.pk}), 200)["items"]
    assert [one["id"] for one in listed] == [note["id"]]
    shown = body(api.get(f"/credit_notes/{note['id']}", params={"expand": "integrations"}), 200)
    assert shown["integrations"][0]["provider_entity_id"] == note["gateway_credit_note_id"]
    of_invoice = body(api.get(f"/invoices/{invoice.pk}"), 200)
    assert (of_invoice["credited"], of_invoice["credit_notes"]) == ("14.00", [note["id"]])


def test_a_dry_run_shows_the_call_and_changes_nothing(invoice, api):
    sent = {"invoice_id": invoice.pk, "amount": "14.00"}
    planned = body(api.post("/credit_notes", params={"dry_run": True}, json=sent), 200)
    assert [call["operation"] for call in planned["calls"] if not call["skipped"]] == ["credit_notes.create"]
    assert not CreditNote.objects.exists()


def test_a_customers_balance_and_its_movements_are_shown(customer, invoice, api, stripe_api, pipelines):
    stripe_api.v1.customers.balance_transactions.create(
        stripe_id_of(Kind.CUSTOMER, customer.pk), {"amount": -400, "currency": "usd"}
    )
    pipelines.settle()
    (balance,) = body(api.get(f"/customers/{customer.pk}"), 200)["balances"]
    assert (balance["amount"], balance["currency"]) == ("-4.00", "USD")
    (movement,) = body(api.get(f"/customers/{customer.pk}/balance_transactions"), 200)["items"]
    assert (movement["amount"], movement["type"]) == ("-4.00", "adjustment")
    assert body(api.get("/customers/cust_none/balance_transactions"), 404)["code"] == "not_found"

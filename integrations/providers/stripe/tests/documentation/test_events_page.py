"""docs/events.md is what the tables say, and the tables say what is read, and what else Stripe sends."""

from pathlib import Path

import pytest
import stripe as sdk

from integrations.models import Connection
from integrations.providers.stripe.event_fields import FAMILIES
from integrations.providers.stripe.event_fields.page import events_page
from integrations.providers.stripe.event_fields.reasons import HANDLERS, reasons
from integrations.providers.stripe.provider import ALIASES, ROUTES
from integrations.providers.stripe.tests.documentation.plays import fields_read

PAGE = Path(__file__).parents[5] / "docs" / "events.md"
OBJECTS = [one for family in FAMILIES for one in family.objects]
CLASSES = {
    "balance_transaction": sdk.BalanceTransaction,
    "charge": sdk.Charge,
    "checkout.session": sdk.checkout.Session,
    "credit_note": sdk.CreditNote,
    "credit_note_line_item": sdk.CreditNoteLineItem,
    "customer": sdk.Customer,
    "dispute": sdk.Dispute,
    "invoice": sdk.Invoice,
    "invoice_payment": sdk.InvoicePayment,
    "line_item": sdk.InvoiceLineItem,
    "payment_intent": sdk.PaymentIntent,
    "price": sdk.Price,
    "product": sdk.Product,
    "refund": sdk.Refund,
    "setup_intent": sdk.SetupIntent,
    "subscription": sdk.Subscription,
    "subscription_item": sdk.SubscriptionItem,
    "tax_id": sdk.TaxId,
}
# Which object it is, and whether of test mode: the page says it of all.
OF_ALL = {"OBJECT_NAME", "id", "object", "livemode", "deleted"}
# Not in the SDK's classes yet, but in Stripe's changelog of 2026-03-25.
NEWER = {name: {"quantity_decimal"} for name in ("credit_note_line_item", "subscription_item")}


def tops(names):
    return {name.partition(".")[0] for name in names}


def leaves(names):
    """Without the hashes whose inner fields were read."""
    return {name for name in names if not any(other.startswith(f"{name}.") for other in names)} - OF_ALL


@pytest.fixture(scope="session", autouse=True)
def regenerated(request):
    """Writes the page again when pytest has --regenerate-events."""
    if request.config.getoption("--regenerate-events", default=False):
        PAGE.write_text(events_page(ROUTES, ALIASES, reasons()), encoding="utf-8")


def test_the_page_is_what_the_tables_say():
    assert PAGE.read_text(encoding="utf-8") == events_page(ROUTES, ALIASES, reasons())


def test_every_route_is_in_one_family():
    named = [event for family in FAMILIES for event in family.events]
    assert sorted(named) == sorted(ROUTES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.title)
def test_what_has_no_switch_says_when_it_is_applied(family):
    assert bool(family.switch) == any(ROUTES[event].switch is None for event in family.events)
    assert all(hasattr(Connection, name) for name in family.switch.split("`")[1::2])


@pytest.mark.parametrize("fields", OBJECTS, ids=lambda fields: fields.name)
def test_every_field_of_the_pinned_version_is_read_or_left_out_for_a_reason(fields):
    left_out = [name for names in fields.left_out.values() for name in names.split()]
    assert len(left_out) == len(set(left_out)) and not set(left_out) & tops(fields.read)
    if fields.name in CLASSES:
        known = set(CLASSES[fields.name].__annotations__) - OF_ALL | NEWER.get(fields.name, set())
        assert tops(fields.read) | set(left_out) == known
        assert not set(fields.older) & known


@pytest.mark.django_db
def test_what_the_handlers_read_of_all_golden_events_is_what_the_tables_say(
    connection, simulator, monkeypatch
):
    read = fields_read(connection, monkeypatch)
    # Invoices are asked for it as credit notes are (handlers/mirrors.py); it is there in neither version.
    read["invoice"].discard("invoice")
    # A subscription's plan is spelled as a price, and keeps its name.
    read["price"] |= read.pop("plan", set())
    said = {fields.name: set(fields.read) | set(fields.older) for fields in OBJECTS}
    found = {name: leaves(read[name]) for name in read}
    differences = {name: sorted(found.get(name, set()) ^ said.get(name, set())) for name in {*found, *said}}
    assert {name: fields for name, fields in differences.items() if fields} == {}


def test_every_module_that_ignores_events_gives_its_reasons():
    found = {module for module, _ in reasons()}
    sources = {path.name: path.read_text() for path in HANDLERS.glob("*.py")}
    assert {
        name for name, source in sources.items() if 'Ignored("' in source or "Ignored(f" in source
    } <= found


def test_reasons_that_are_chosen_elsewhere_are_among_them():
    found = " ".join(reason for _, reason in reasons())
    for beginning in (
        "It has no amount per unit",
        "Its amount is negative",
        "A card that could not be saved",
    ):
        assert beginning in found


def test_reasons_of_the_inbox_are_on_the_page():
    for reason in (
        "holds the whole object.",
        "The event is of the connected account",
        "is off for this connection",
    ):
        assert reason in PAGE.read_text(encoding="utf-8")

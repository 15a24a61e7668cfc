"""The table of contents: what FlexSync knows of Stripe, in one record."""

from dataclasses import replace
from functools import partial

from billing.events import Kind
from integrations.provider_api import (
    Handler,
    IdempotencyKeys,
    InvoiceLimits,
    Payments,
    Provider,
    Push,
    Recovery,
    Route,
    Webhooks,
)
from integrations.providers.stripe import accounts, credentials, gateway, names, recovery
from integrations.providers.stripe.comparing.table import COMPARABLES
from integrations.providers.stripe.dashboard import object_url
from integrations.providers.stripe.diagnosis import DIAGNOSIS
from integrations.providers.stripe.event_list import EVENT_LIST
from integrations.providers.stripe.handlers import (
    credit_notes,
    customers,
    invoice_collection,
    invoice_looks,
    invoice_money,
    invoices,
    payments,
    prices,
    products,
    refunds,
    setup_intents,
    subscriptions,
    tax_ids,
    upsert,
)
from integrations.providers.stripe.handlers.events import (
    carries_all,
    ignoring,
    is_own,
    rank,
)
from integrations.providers.stripe.handlers.mirrors import ignoring_mirrors
from integrations.providers.stripe.handlers.spelled import spelled
from integrations.providers.stripe.handlers.unreadable import rejecting_unreadable
from integrations.providers.stripe.links.table import LINKS
from integrations.providers.stripe.listings.table import LISTINGS
from integrations.providers.stripe.merging.customers import CUSTOMER
from integrations.providers.stripe.merging.invoices import INVOICE
from integrations.providers.stripe.merging.plans import PLAN
from integrations.providers.stripe.merging.prices import PRICE
from integrations.providers.stripe.merging.subscriptions import SUBSCRIPTION
from integrations.providers.stripe.payment_methods import PAYMENT_METHODS
from integrations.providers.stripe.push import checkouts, closing, looks, overpaid_credit
from integrations.providers.stripe.push import credit_notes as push_credit_notes
from integrations.providers.stripe.push import customers as push_customers
from integrations.providers.stripe.push import invoices as push_invoices
from integrations.providers.stripe.push import payments as push_payments
from integrations.providers.stripe.push import plans as push_plans
from integrations.providers.stripe.push import prices as push_prices
from integrations.providers.stripe.push import refunds as push_refunds
from integrations.providers.stripe.push import subscriptions as push_subscriptions
from integrations.providers.stripe.push.webhook_endpoint import annotate, find, register
from integrations.providers.stripe.rates import calls_per_second
from integrations.providers.stripe.translate import invoice_limits
from integrations.providers.stripe.version import API_VERSION
from integrations.providers.stripe.webhook import open_webhook

# Events of money and of invoices have no switch in this table, because those that FlexSync began are always
# applied. For those that began at Stripe the handlers check a switch: only the object shows where it began.
_HANDLERS: dict[str | None, dict[str, Handler]] = {
    "customer_inbound_enabled": {
        "customer.created": customers.saved,
        "customer.updated": customers.saved,
        "customer.deleted": customers.deleted,
        "customer.tax_id.created": tax_ids.created,
        "customer.tax_id.deleted": tax_ids.deleted,
    },
    "plan_inbound_enabled": {
        "product.created": products.saved,
        "product.updated": products.saved,
        "product.deleted": products.deleted,
        "price.created": prices.saved,
        "price.updated": prices.saved,
        "price.deleted": prices.deleted,
    },
    "subscription_inbound_enabled": {
        "customer.subscription.created": subscriptions.saved,
        "customer.subscription.updated": subscriptions.saved,
        "customer.subscription.deleted": subscriptions.deleted,
        "customer.subscription.paused": subscriptions.saved,
        "customer.subscription.resumed": subscriptions.saved,
        "customer.subscription.trial_will_end": subscriptions.saved,
    },
    None: {
        "checkout.session.completed": payments.session_ended,
        "checkout.session.expired": payments.session_ended,
        "checkout.session.async_payment_succeeded": payments.session_ended,
        "checkout.session.async_payment_failed": payments.session_ended,
        "payment_intent.succeeded": payments.intent_changed,
        "payment_intent.payment_failed": payments.intent_changed,
        "payment_intent.processing": payments.intent_changed,
        "payment_intent.requires_action": payments.intent_changed,
        "payment_intent.canceled": payments.intent_changed,
        "invoice.created": invoices.changed,
        "invoice.finalized": invoices.changed,
        "invoice.updated": invoices.changed,
        "invoice.paid": invoice_money.paid,
        "invoice.overpaid": invoice_money.paid,
        "invoice.payment_failed": invoice_collection.payment_failed,
        "invoice.payment_action_required": invoice_collection.action_required,
        "invoice.sent": invoice_collection.sent_to_customer,
        "invoice.voided": invoices.voided,
        "invoice.marked_uncollectible": invoices.marked_uncollectible,
        "invoice.deleted": invoices.deleted,
        "invoice_payment.paid": invoice_money.payment_arrived,
        "credit_note.created": credit_notes.changed,
        "credit_note.updated": credit_notes.changed,
        "credit_note.voided": credit_notes.changed,
        "charge.refunded": refunds.charge_refunded,
        "refund.created": refunds.refund_changed,
        "refund.updated": refunds.refund_changed,
        "refund.failed": refunds.refund_changed,
        "charge.dispute.created": refunds.dispute_changed,
        "charge.dispute.updated": refunds.dispute_changed,
        "charge.dispute.funds_withdrawn": refunds.dispute_changed,
        "charge.dispute.funds_reinstated": refunds.dispute_changed,
        "charge.dispute.closed": refunds.dispute_changed,
        "charge.refund.updated": refunds.refund_changed,
        "setup_intent.succeeded": setup_intents.succeeded,
        "setup_intent.setup_failed": ignoring("A card that could not be saved changes nothing here."),
    },
}
# Kinds whose events carry their whole object; parents go first, and invoices before the money that pays them.
_FAMILIES = ("customer", "product", "price", "customer.subscription")
_INVOICES = len(_FAMILIES)


def _route(name: str, handler: Handler, switch: str | None) -> Route:
    family, _, what = name.rpartition(".")
    plain = Route(rejecting_unreadable(spelled(handler)), switch, rank=rank(name))
    if family in ("invoice", "credit_note"):
        own = rejecting_unreadable(spelled(ignoring_mirrors(handler)))
        return replace(plain, handler=own, turn=_INVOICES)
    if family not in _FAMILIES:
        return plain
    whole = None if what == "deleted" else carries_all
    return replace(plain, turn=_FAMILIES.index(family), whole=whole)


ROUTES = {
    name: _route(name, handler, switch)
    for switch, handlers in _HANDLERS.items()
    for name, handler in handlers.items()
}
# What the documentation of FlexPrice calls Stripe's events.
ALIASES = {
    f"subscription.{what}": f"customer.subscription.{what}" for what in ("created", "updated", "deleted")
}
PUSHES = {
    Kind.CUSTOMER: Push(push_customers.push, "customer_outbound_enabled"),
    Kind.PLAN: Push(push_plans.push, "plan_outbound_enabled"),
    Kind.PRICE: Push(push_prices.push, "plan_outbound_enabled"),
    Kind.SUBSCRIPTION: Push(
        push_subscriptions.push, "subscription_outbound_enabled", push_subscriptions.needs_push
    ),
    Kind.INVOICE: Push(push_invoices.push, "invoice_outbound_enabled", push_invoices.needs_push),
    # No switch: where an invoice was sent to Stripe, Stripe must know that it was paid.
    Kind.PAYMENT: Push(push_payments.push, None, push_payments.needs_push),
    # No switch, for the same reason.
    Kind.CREDIT_NOTE: Push(push_credit_notes.push, None, push_credit_notes.needs_push),
}
PROVIDER = Provider(
    slug="stripe",
    label="Stripe",
    api_version=API_VERSION,
    credentials=credentials.FIELDS,
    secrets=credentials.SECRETS,
    secret_beginnings=credentials.SECRET_BEGINNINGS,
    livemode=credentials.livemode,
    open_gateway=gateway.open_gateway,
    calls_per_second=calls_per_second,
    object_url=object_url,
    webhooks=Webhooks(
        open=open_webhook, register=partial(register, events=ROUTES), find=find, annotate=annotate
    ),
    event_list=EVENT_LIST,
    diagnosis=DIAGNOSIS,
    routes=ROUTES,
    aliases=ALIASES,
    observers={
        Kind.INVOICE: invoice_looks.observed,
        Kind.PAYMENT: payments.observed,
        Kind.CUSTOMER: customers.observed,
        Kind.PLAN: partial(upsert.observed, products.PRODUCT),
        Kind.PRICE: prices.observed,
        Kind.SUBSCRIPTION: partial(upsert.observed, subscriptions.SUBSCRIPTION),
    },
    mergeables={one.kind: one.mergeable for one in (CUSTOMER, PLAN, PRICE, SUBSCRIPTION, INVOICE)},
    foreign=accounts.foreign,
    is_own=is_own,
    names=names.of,
    pushes=PUSHES,
    refreshes={Kind.PRICE: push_prices.refresh},
    links=LINKS,
    listings=LISTINGS,
    comparables=COMPARABLES,
    recovery=Recovery(
        keys=IdempotencyKeys(lasting=recovery.KEYS_LAST),
        find=recovery.find_effect,
        alike=recovery.find_alike,
    ),
    payments=Payments(
        open_checkout=checkouts.open_checkout,
        charges_saved_methods=True,
        refund=push_refunds.push,
        owes_credit=overpaid_credit.is_due,
        look_at_invoice=looks.look,
        close=closing.close,
    ),
    payment_methods=PAYMENT_METHODS,
    invoice_limits=InvoiceLimits(
        problems=invoice_limits.problems,
        rounded_line=invoice_limits.rounded_line,
        amount_problem=invoice_limits.amount_problem,
    ),
)

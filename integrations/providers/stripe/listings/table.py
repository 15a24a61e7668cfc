"""Which of Stripe's lists are brought here, in the order in which their objects depend on each other."""

from collections.abc import Callable, Sequence

from billing.events import Kind
from integrations.provider_api import Clues, Handler, Json, Listing, ReadPage
from integrations.providers.stripe.handlers import (
    credit_notes,
    prices,
    products,
    subscriptions,
)
from integrations.providers.stripe.handlers.mirrors import ignoring_mirrors
from integrations.providers.stripe.handlers.tax_ids import is_news
from integrations.providers.stripe.handlers.unreadable import rejecting_unreadable
from integrations.providers.stripe.listings import clues, handlers, labels, wanted
from integrations.providers.stripe.listings.pages import reading
from integrations.providers.stripe.push import tax_ids
from integrations.providers.stripe.translate.invoice_payments import OFF_STRIPE
from integrations.providers.stripe.translate.metadata import GIVEN
from integrations.providers.stripe.translate.prices import EXPANDABLE


def _each(*names: str) -> list[str]:
    return [f"data.{name}" for name in names]


def _of_invoices(handler: Handler) -> Handler:
    return rejecting_unreadable(ignoring_mirrors(handler))


_INVOICE_EXPANDED = _each("payments", OFF_STRIPE)


def _plain(
    name: str,
    kind: Kind,
    switch: str,
    handler: Handler,
    *,
    expand: Sequence[str] = (),
    clues: Callable[[Json], Clues] | None = None,
    label: Callable[[Json], str] = labels.of_any,
    given: str = "",
    is_news: Callable[[Json, Json], bool] = lambda _notes, _stripe_object: False,
    **params: str,
) -> Listing:
    """A list that is read whole in every import: what others depend on."""
    shown = {"expand": _each(*expand)} if expand else {}
    return Listing(
        name=name,
        kind=kind,
        switch=switch,
        read=reading(f"{name}.list", None, params | shown),
        handler=rejecting_unreadable(handler),
        retrieve=f"{name}.retrieve",
        params={"expand": list(expand)} if expand else {},
        label=label,
        clues=clues,
        given=given,
        is_news=is_news,
    )


def _invoices(name: str, read: ReadPage) -> Listing:
    return Listing(
        name=name,
        kind=Kind.INVOICE,
        switch="invoice_inbound_enabled",
        read=read,
        handler=_of_invoices(handlers.invoice),
        retrieve="invoices.retrieve",
        params={"expand": ["payments", OFF_STRIPE]},
        label=labels.of_any,
        clues=clues.of_invoice,
        is_wanted=wanted.invoice,
    )


def _payments(
    name: str, read: ReadPage, is_wanted: Callable[[Json], bool] = lambda _stripe_object: True
) -> Listing:
    return Listing(
        name=name,
        kind=Kind.PAYMENT,
        switch="payment_inbound_enabled",
        read=read,
        handler=rejecting_unreadable(handlers.payment),
        retrieve="payment_intents.retrieve",
        params={"expand": ["latest_charge"]},
        label=labels.of_any,
        is_wanted=is_wanted,
    )


LISTINGS = (
    _plain("products", Kind.PLAN, "plan_inbound_enabled", products.saved, clues=clues.of_product),
    _plain(
        "prices",
        Kind.PRICE,
        "plan_inbound_enabled",
        prices.saved,
        expand=EXPANDABLE,
        clues=clues.of_price,
        label=labels.of_price,
    ),
    _plain(
        "customers",
        Kind.CUSTOMER,
        "customer_inbound_enabled",
        handlers.customer,
        expand=tax_ids.EXPANDED["expand"],
        clues=clues.of_customer,
        given=GIVEN,
        is_news=is_news,
    ),
    _plain(
        "subscriptions",
        Kind.SUBSCRIPTION,
        "subscription_inbound_enabled",
        subscriptions.saved,
        clues=clues.of_subscription,
        label=labels.of_subscription,
        status="all",
    ),
    # However old they are, they still ask for money.
    _invoices(
        "older open invoices",
        reading("invoices.list", "lt", {"status": "open", "expand": _INVOICE_EXPANDED}),
    ),
    _invoices("invoices", reading("invoices.list", "gte", {"expand": _INVOICE_EXPANDED})),
    _payments(
        "payments of invoices",
        reading(
            "invoice_payments.list",
            "gte",
            {"status": "paid", "expand": _each("payment.payment_intent.latest_charge")},
            handlers.paying_intent,
        ),
    ),
    _payments(
        "other payments",
        reading("payment_intents.list", "gte", {"expand": _each("latest_charge")}, handlers.of_no_invoice),
        wanted.payment,
    ),
    Listing(
        name="credit notes",
        kind=Kind.CREDIT_NOTE,
        switch="invoice_inbound_enabled",
        read=reading("credit_notes.list", "gte", {}),
        handler=_of_invoices(credit_notes.changed),
        retrieve="credit_notes.retrieve",
        label=labels.of_any,
    ),
)

"""Factories of objects that many tests start from, created through the SDK."""

from typing import Any

from stripe import StripeClient


def customer(client: StripeClient, **params: Any) -> Any:
    return client.v1.customers.create({"email": "ada@example.com", "name": "Ada", **params})


def customer_with_card(client: StripeClient, card: str = "pm_card_visa") -> Any:
    created = customer(client)
    method = client.v1.payment_methods.attach(card, {"customer": created.id})
    return client.v1.customers.update(created.id, {"invoice_settings": {"default_payment_method": method.id}})


def draft(client: StripeClient, *amounts: int, owner: Any = None, **params: Any) -> Any:
    owner = owner or customer(client)
    invoice = client.v1.invoices.create({"customer": owner.id, "currency": "usd", **params})
    if not amounts:
        return invoice
    lines = [{"amount": amount, "description": f"Line of {amount}"} for amount in amounts]
    return client.v1.invoices.add_lines(invoice.id, {"lines": lines})


def open_invoice(client: StripeClient, *amounts: int, owner: Any = None, **params: Any) -> Any:
    invoice = draft(client, *(amounts or (1000,)), owner=owner, **params)
    return client.v1.invoices.finalize_invoice(invoice.id)


def price(client: StripeClient, amount: int = 1000, interval: str | None = "month", **params: Any) -> Any:
    product = client.v1.products.create({"name": "Plan"})
    recurring = {"recurring": {"interval": interval}} if interval else {}
    return client.v1.prices.create(
        {"product": product.id, "currency": "usd", "unit_amount": amount, **recurring, **params}
    )


def reported(owner: Any, amount: int, **params: Any) -> dict[str, Any]:
    """Return the parameters of a payment of this amount that was made off Stripe."""
    return {
        "amount_requested": {"currency": "usd", "value": amount},
        "initiated_at": 1_800_000_000,
        "outcome": "guaranteed",
        "guaranteed": {"guaranteed_at": 1_800_000_000},
        "customer_details": {"customer": owner.id},
        "payment_method_details": {"type": "custom", "custom": {"display_name": "Bank transfer"}},
        "processor_details": {"type": "custom", "custom": {"payment_reference": "ref-1"}},
        **params,
    }


def session(client: StripeClient, amount: int = 1000, **params: Any) -> Any:
    item = {
        "price_data": {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Thing"}},
        "quantity": 1,
    }
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [item],
            "success_url": "https://example.com/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://example.com/cancelled",
            **params,
        }
    )


def event_types(client: StripeClient) -> list[str]:
    """Return the types of all events so far, oldest first."""
    return [event.type for event in client.v1.events.list({"limit": 100}).auto_paging_iter()][::-1]

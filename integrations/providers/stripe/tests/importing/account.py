"""An account at Stripe that has been in use for a while, with something of each kind."""

from dataclasses import dataclass, field
from typing import Any

CARD = "pm_card_visa"


@dataclass
class Account:
    """What a person made there, by the official SDK; ``api``: its client."""

    api: Any
    made: dict[str, Any] = field(default_factory=dict)

    def customer(self, number: int, **params: Any) -> Any:
        """A customer with a saved card."""
        v1 = self.api.v1
        found = v1.customers.create(
            {"name": f"Customer {number}", "email": f"c{number}@example.com", **params}
        )
        card = v1.payment_methods.attach(CARD, {"customer": found.id})
        return v1.customers.update(found.id, {"invoice_settings": {"default_payment_method": card.id}})

    def price(self, name: str = "Seats", amount: int = 1990) -> Any:
        """A monthly price of a new product."""
        product = self.api.v1.products.create({"name": name})
        return self.api.v1.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": amount,
                "recurring": {"interval": "month"},
            }
        )

    def subscription(self, customer: Any, price: Any) -> Any:
        """A subscription, whose first invoice is paid by the card."""
        return self.api.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})

    def invoice(self, customer: Any, amount: int, *, paid: bool) -> Any:
        """An invoice of one line, open or paid."""
        v1 = self.api.v1
        invoice = v1.invoices.create({"customer": customer.id, "auto_advance": False})
        v1.invoice_items.create(
            {"customer": customer.id, "invoice": invoice.id, "amount": amount, "currency": "usd"}
        )
        invoice = v1.invoices.finalize_invoice(invoice.id)
        return v1.invoices.pay(invoice.id, {"off_session": True}) if paid else invoice

    def payment(self, customer: Any, amount: int) -> Any:
        """A payment for no invoice."""
        return self.api.v1.payment_intents.create(
            {
                "customer": customer.id,
                "amount": amount,
                "currency": "usd",
                "payment_method": CARD,
                "confirm": True,
                "off_session": True,
            }
        )

    def in_use(self) -> "Account":
        """Three customers; a subscription, invoices, payments, a refund and a credit note."""
        ada, bob, eve = (self.customer(number) for number in range(3))
        price = self.price()
        self.subscription(ada, price)
        paid, opened = self.invoice(bob, 5000, paid=True), self.invoice(bob, 7000, paid=False)
        loose = self.payment(eve, 4200)
        self.api.v1.refunds.create({"payment_intent": loose.id, "amount": 200})
        self.api.v1.credit_notes.create({"invoice": opened.id, "amount": 1000})
        self.made = {"ada": ada, "bob": bob, "eve": eve, "price": price, "paid": paid, "open": opened}
        return self

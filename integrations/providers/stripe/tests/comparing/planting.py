"""Plants differences of every kind, each in an entity of its own, and says what has to be found of it.

At Stripe they are made as a person would, whose events never come; here in the database, past everything that
would tell Stripe.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F

from billing.models import CreditNote, Customer, Invoice, Payment, Plan, Price, Subscription
from integrations.models import Connection, EntityMapping, Finding
from integrations.providers.stripe.tests.importing.account import Account

# What is found: the kind of entity, the kind of finding, the field, the id of the object, or of the row where
# there is none.
Told = tuple[str, str, str, str]
# Given what was prepared, yields what has to be found.
Plant = Callable[["Garden", Any], Iterator[Told]]
OTHER = Decimal("3.00")


def told(finding: Finding) -> Told:
    """The same of a finding."""
    return finding.entity_type, finding.kind, finding.field, finding.provider_entity_id or finding.entity_id


@dataclass
class Garden:
    """Both sides. ``beds``: what was prepared for each difference, before both sides were equal."""

    account: Account
    connection: Connection
    beds: list[tuple[Plant, Any]] = field(default_factory=list)

    def prepare(self, count: int) -> None:
        """Makes what ``count`` differences of every kind need."""
        for number in range(count):
            for prepare, plants in BEDS:
                self.beds.extend((plant, prepare(self, number)) for plant in plants)

    def plant(self) -> set[Told]:
        """Plants them all; returns what has to be found."""
        return {one for plant, prepared in self.beds for one in plant(self, prepared)}

    def row(self, model: Any, prepared: Any) -> Any:
        """The query of the row that is the object's counterpart."""
        mapping = EntityMapping.objects.get(connection=self.connection, provider_entity_id=prepared.id)
        return model.objects.filter(pk=mapping.entity_id)

    def unlink(self, entity_type: str, prepared: Any) -> Iterator[Told]:
        """Both sides lose each other."""
        mapping = EntityMapping.objects.get(connection=self.connection, provider_entity_id=prepared.id)
        mapping.delete()
        yield entity_type, "only_there", "", prepared.id
        yield entity_type, "only_here", "", mapping.entity_id

    @property
    def v1(self) -> Any:
        """Stripe's API."""
        return self.account.api.v1


def _customer(garden: Garden, number: int) -> Any:
    return garden.v1.customers.create({"name": f"Planted {number}", "phone": "555"})


def _renamed_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.customers.update(one.id, {"name": "Eve"})
    yield "customer", "differs", "name", one.id


def _called_here(garden: Garden, one: Any) -> Iterator[Told]:
    garden.row(Customer, one).update(phone="777")
    yield "customer", "differs", "phone", one.id


def _tagged_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.customers.update(one.id, {"metadata": {"tier": "gold"}})
    yield "customer", "differs", "metadata.tier", one.id


def _credited_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.customers.balance_transactions.create(one.id, {"amount": -500, "currency": "usd"})
    yield "customer", "differs", "balance", one.id


def _deleted_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.customers.delete(one.id)
    yield "customer", "gone", "", one.id


def _one_more_there(garden: Garden, _one: Any) -> Iterator[Told]:
    yield "customer", "only_there", "", _customer(garden, 0).id


def _one_more_here(garden: Garden, _one: Any) -> Iterator[Told]:
    row = Customer.objects.create(environment=garden.connection.environment, name="Only here")
    yield "customer", "only_here", "", row.pk


def _price(garden: Garden, number: int) -> Any:
    return garden.account.price(f"Planted {number}")


def _product_renamed_there(garden: Garden, price: Any) -> Iterator[Told]:
    garden.v1.products.update(price.product, {"name": "Chairs"})
    yield "plan", "differs", "name", price.product


def _plan_described_here(garden: Garden, price: Any) -> Iterator[Told]:
    Plan.objects.filter(prices=garden.row(Price, price).get()).update(description="To sit on")
    yield "plan", "differs", "description", price.product


def _product_unlinked(garden: Garden, price: Any) -> Iterator[Told]:
    yield from garden.unlink("plan", garden.v1.products.retrieve(price.product))


def _price_named_there(garden: Garden, price: Any) -> Iterator[Told]:
    garden.v1.prices.update(price.id, {"nickname": "Monthly"})
    yield "price", "differs", "nickname", price.id


def _price_raised_here(garden: Garden, price: Any) -> Iterator[Told]:
    garden.row(Price, price).update(unit_amount="29.90")
    yield "price", "differs", "unit_amount", price.id


def _price_in_euros_there(garden: Garden, price: Any) -> Iterator[Told]:
    garden.v1.prices.update(price.id, {"currency_options": {"eur": {"unit_amount": 1800}}})
    yield "price", "differs", "currency_options", price.id


def _price_archived_there(garden: Garden, price: Any) -> Iterator[Told]:
    garden.v1.prices.update(price.id, {"active": False})
    yield "price", "differs", "active", price.id


def _price_unlinked(garden: Garden, price: Any) -> Iterator[Told]:
    yield from garden.unlink("price", price)


def _subscription(garden: Garden, number: int) -> Any:
    customer = garden.account.customer(number)
    return garden.account.subscription(customer, garden.account.price(f"Agreed {number}"))


def _more_there(garden: Garden, one: Any) -> Iterator[Told]:
    [item] = one["items"]["data"]
    params = {"items": [{"id": item.id, "quantity": 4}], "proration_behavior": "none"}
    garden.v1.subscriptions.update(one.id, params)
    yield "subscription", "differs", f"items.{item.id}.quantity", one.id


def _more_here(garden: Garden, one: Any) -> Iterator[Told]:
    [item] = one["items"]["data"]
    garden.row(Subscription, one).get().items.update(quantity=7)
    yield "subscription", "differs", f"items.{item.id}.quantity", one.id


def _behind_here(garden: Garden, one: Any) -> Iterator[Told]:
    garden.row(Subscription, one).update(status="past_due")
    yield "subscription", "differs", "status", one.id


def _ends_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.subscriptions.update(one.id, {"cancel_at_period_end": True})
    yield "subscription", "differs", "cancel_at", one.id


def _ended_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.subscriptions.cancel(one.id, {"invoice_now": False, "prorate": False})
    yield "subscription", "differs", "status", one.id


def _subscription_unlinked(garden: Garden, one: Any) -> Iterator[Told]:
    yield from garden.unlink("subscription", one)


def _open_invoice(garden: Garden, number: int) -> Any:
    return garden.account.invoice(garden.account.customer(number), 5000, paid=False)


def _dearer_here(garden: Garden, one: Any) -> Iterator[Told]:
    names = ("tax", "total", "amount_due", "amount_remaining")
    garden.row(Invoice, one).update(**{name: F(name) + OTHER for name in names})
    yield from (("invoice", "differs", name, one.id) for name in names[1:])


def _paid_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.invoices.pay(one.id, {"off_session": True})
    yield from (("invoice", "differs", name, one.id) for name in ("amount_paid", "amount_remaining"))
    [payment] = garden.v1.invoice_payments.list({"invoice": one.id}).data
    yield "payment", "only_there", "", payment.payment.payment_intent


def _voided_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.invoices.void_invoice(one.id)
    yield "invoice", "differs", "status", one.id


def _invoice_tagged_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.invoices.update(one.id, {"metadata": {"order": "7"}})
    yield "invoice", "differs", "metadata.order", one.id


def _credit_there(garden: Garden, one: Any) -> Iterator[Told]:
    note = garden.v1.credit_notes.create({"invoice": one.id, "amount": 1000})
    yield "credit_note", "only_there", "", note.id
    yield from (("invoice", "differs", name, one.id) for name in ("amount_due", "amount_remaining"))


def _invoice_there(garden: Garden, one: Any) -> Iterator[Told]:
    draft = garden.v1.invoices.create({"customer": one.customer, "auto_advance": False})
    yield "invoice", "only_there", "", draft.id


def _payment(garden: Garden, number: int) -> Any:
    return garden.account.payment(garden.account.customer(number), 4200)


def _refunded_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.refunds.create({"payment_intent": one.id, "amount": 1000})
    yield from (("payment", "differs", name, one.id) for name in ("status", "amount_refunded"))


def _failed_here(garden: Garden, one: Any) -> Iterator[Told]:
    garden.row(Payment, one).update(status="failed")
    yield "payment", "differs", "status", one.id


def _smaller_here(garden: Garden, one: Any) -> Iterator[Told]:
    garden.row(Payment, one).update(amount="40.00")
    yield "payment", "differs", "amount", one.id


def _payment_there(garden: Garden, one: Any) -> Iterator[Told]:
    made = garden.account.payment(garden.v1.customers.retrieve(one.customer), 900)
    yield "payment", "only_there", "", made.id


def _credit_note(garden: Garden, number: int) -> Any:
    return garden.v1.credit_notes.create({"invoice": _open_invoice(garden, number).id, "amount": 1000})


def _larger_here(garden: Garden, one: Any) -> Iterator[Told]:
    names = ("amount", "before_payment")
    garden.row(CreditNote, one).update(**{name: F(name) + OTHER for name in names})
    yield from (("credit_note", "differs", name, one.id) for name in names)


def _credit_voided_there(garden: Garden, one: Any) -> Iterator[Told]:
    garden.v1.credit_notes.void_credit_note(one.id)
    yield "credit_note", "differs", "status", one.id
    yield from (("invoice", "differs", name, one.invoice) for name in ("amount_due", "amount_remaining"))


BEDS: tuple[tuple[Callable[[Garden, int], Any], tuple[Plant, ...]], ...] = (
    (_customer, (_renamed_there, _called_here, _tagged_there, _credited_there, _deleted_there)),
    (_customer, (_one_more_there, _one_more_here)),
    (_price, (_product_renamed_there, _plan_described_here, _product_unlinked, _price_named_there)),
    (_price, (_price_raised_here, _price_in_euros_there, _price_archived_there, _price_unlinked)),
    (_subscription, (_more_there, _more_here, _behind_here, _ends_there, _ended_there)),
    (_subscription, (_subscription_unlinked,)),
    (_open_invoice, (_dearer_here, _paid_there, _voided_there, _invoice_tagged_there, _credit_there)),
    (_open_invoice, (_invoice_there,)),
    (_payment, (_refunded_there, _failed_here, _smaller_here, _payment_there)),
    (_credit_note, (_larger_here, _credit_voided_there)),
)

"""What happens beside a demand: the money comes another way, or the debt changes."""

from collections.abc import Iterator

from stripe import V1Services

from billing.models.payments import RECEIVED
from integrations.providers.stripe.tests.money.agreement import is_mirror
from integrations.providers.stripe.tests.money.demands import (
    AutomaticCollection,
    BankDebitOnPage,
    Charge,
    CheckoutPage,
    Demand,
    HostedPage,
)
from integrations.providers.stripe.tests.money.world import World

PART, WHOLE, PART_UNITS = "14.00", "54.00", 1400
DISPUTED = "4000000000000259"


class Fact:
    """One fact in one trial."""

    name = "nothing"
    # Whether it comes before the invoice when it comes first: the invoice is finalized with it.
    precedes_invoice = False
    # How many seconds pass before it follows, and before it ends.
    follows_after = ends_after = 0
    # Whether nobody else can be in its world.
    is_alone = False

    def happen(self, world: World) -> None:
        """Makes it so."""

    def follow(self, world: World) -> None:
        """Its second half, if it has one: workers work in between."""

    def end(self, world: World) -> None:
        """What follows of it in the end."""

    @classmethod
    def wrong(cls, world: World) -> Iterator[str]:
        """What else must not be when all is at rest."""
        return iter(())


class Paid(Fact):
    """The money comes through another demand."""

    demand: type[Demand]

    def __init__(self) -> None:
        self._demand = self.demand()
        if self._demand.is_slow:
            self.ends_after = self._demand.takes
        else:
            self.follows_after = self._demand.takes

    def happen(self, world: World) -> None:
        self._demand.begin(world)

    def follow(self, world: World) -> None:
        if not self._demand.is_slow:
            self._demand.complete(world)

    def end(self, world: World) -> None:
        if self._demand.is_slow:
            self._demand.complete(world)


class OtherPage(CheckoutPage):
    """A page with other options."""

    def __init__(self) -> None:
        super().__init__(expires_in=3600)


class PaidOnCheckoutPage(Paid):
    name, demand = "paid on a checkout page", OtherPage


class PaidOnHostedPage(Paid):
    name, demand = "paid on the hosted page", HostedPage


class PaidByCharge(Paid):
    name, demand = "paid by a charge", Charge


class PaidAutomatically(Paid):
    name, demand = "collected by Stripe", AutomaticCollection


class PaidByBankDebit(Paid):
    name, demand = "paid by bank debit", BankDebitOnPage


class BankTransfer(Fact):
    """The operator records it in FlexSync."""

    name, amount = "bank transfer", WHOLE

    def happen(self, world: World) -> None:
        transfer = {"customer_id": world.customer.pk, "currency": "USD", "method": "bank_transfer"}
        world.post("payments", invoice_id=world.owed.pk, amount=self.amount, **transfer)


class PartByBankTransfer(BankTransfer):
    name, amount = "part by bank transfer", PART


class AtStripe(Fact):
    """A person does something with Stripe's invoice where it is collected, unless Stripe refuses it."""

    def happen(self, world: World) -> None:
        for account in world.accounts:
            there = world.invoice_at(account)
            if there and not is_mirror(world.owed, account):
                world.tell(f"{self.name}: {account.try_to(self.act, account.stripe.v1, there)}")

    def act(self, stripe: V1Services, invoice: str) -> object:
        """What the person does."""
        raise NotImplementedError


class OutOfBand(AtStripe):
    name = "paid out of band at Stripe"

    def act(self, stripe: V1Services, invoice: str) -> object:
        return stripe.invoices.pay(invoice, {"paid_out_of_band": True})


class CreditNoteAtStripe(AtStripe):
    name = "credit note at Stripe"

    def act(self, stripe: V1Services, invoice: str) -> object:
        is_paid = stripe.invoices.retrieve(invoice).status == "paid"
        goes_to = {"credit_amount": PART_UNITS} if is_paid else {}
        params = {"invoice": invoice, "amount": PART_UNITS, **goes_to}
        return stripe.credit_notes.create(params)


class CreditNoteHere(Fact):
    """The operator issues it in FlexSync; of what was paid already it becomes credit of the customer."""

    name = "credit note here"

    def happen(self, world: World) -> None:
        goes_to = {} if world.owed.amount_remaining else {"to_balance": PART}
        world.post("credit_notes", invoice_id=world.owed.pk, amount=PART, **goes_to)


class VoidAtStripe(AtStripe):
    name = "void at Stripe"

    def act(self, stripe: V1Services, invoice: str) -> object:
        return stripe.invoices.void_invoice(invoice)


class UncollectibleAtStripe(AtStripe):
    name = "uncollectible at Stripe"

    def act(self, stripe: V1Services, invoice: str) -> object:
        return stripe.invoices.mark_uncollectible(invoice)


class CustomerCredit(Fact):
    """The customer has credit at Stripe."""

    name, amount, precedes_invoice = "customer credit", -400, True

    def happen(self, world: World) -> None:
        customer, entry = world.customer_at(world.account), {"amount": self.amount, "currency": "usd"}
        world.account.stripe.v1.customers.balance_transactions.create(customer, entry)


class CreditOfAll(CustomerCredit):
    name, amount = "customer credit of all", -9900


class CustomerDebt(CustomerCredit):
    name, amount = "customer debt", 500


class VoidHere(Fact):
    name = "void here"

    def happen(self, world: World) -> None:
        world.post(f"invoices/{world.owed.pk}/void")


class UncollectibleHere(Fact):
    name = "uncollectible here"

    def happen(self, world: World) -> None:
        world.post(f"invoices/{world.owed.pk}/mark_uncollectible")


class Refund(Fact):
    """The customer pays on the hosted page, and a part is refunded: by FlexSync, if it knows of the money."""

    name = "refund"

    def happen(self, world: World) -> None:
        HostedPage().complete(world)

    def follow(self, world: World) -> None:
        own = [one for one in world.payments() if one.customer_id == world.customer.pk]
        through_stripe = [one for one in own if one.status in RECEIVED and one.gateway]
        for payment in through_stripe[:1]:
            world.post(f"payments/{payment.pk}/refund", amount=PART)
        if not through_stripe:
            world.tell(f"refund at Stripe: {world.account.try_to(self._at_stripe, world)}")

    def _at_stripe(self, world: World) -> None:
        customer = world.customer_at(world.account)
        for intent in world.account.objects("payment_intents", customer=customer):
            if intent.status == "succeeded":
                params = {"payment_intent": intent.id, "amount": PART_UNITS}
                world.account.stripe.v1.refunds.create(params)


class Dispute(Fact):
    """The customer pays with a card whose owner disputes it at once."""

    name = "dispute"

    def happen(self, world: World) -> None:
        page = HostedPage()
        page.number = DISPUTED
        page.complete(world)


class Paused(Fact):
    """The operator pauses the connection, and resumes it in the end."""

    name, is_alone = "connection paused", True

    def happen(self, world: World) -> None:
        world.post(f"connections/{world.account.connection.pk}/pause")

    def end(self, world: World) -> None:
        world.resume()


class PaidWhilePaused(Paused):
    name = "paid while paused"

    def happen(self, world: World) -> None:
        super().happen(world)
        HostedPage().complete(world)


class SecondConnection(Fact):
    """Another account is connected, with all switches on; the shop's demands go there from then on."""

    name, precedes_invoice, is_alone = "second connection", True, True

    def happen(self, world: World) -> None:
        world.asks_at = world.connect_another()


FACTS: tuple[type[Fact], ...] = (
    PaidOnCheckoutPage,
    PaidOnHostedPage,
    PaidByCharge,
    PaidAutomatically,
    PaidByBankDebit,
    BankTransfer,
    PartByBankTransfer,
    OutOfBand,
    CreditNoteAtStripe,
    CreditNoteHere,
    CustomerCredit,
    CustomerDebt,
    VoidHere,
    VoidAtStripe,
    UncollectibleHere,
    UncollectibleAtStripe,
    Refund,
    Dispute,
    Paused,
    SecondConnection,
)
# Played every night.
MORE_FACTS: tuple[type[Fact], ...] = (CreditOfAll, PaidWhilePaused)

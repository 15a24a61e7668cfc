"""The ways in which an invoice's money is asked for: each begins, and is completed later."""

from integrations.providers.stripe.tests.money.account import BANK_ACCOUNT
from integrations.providers.stripe.tests.money.moving_clock import FIVE_DAYS, HOUR
from integrations.providers.stripe.tests.money.world import PAGES, World

GOOD, BANK_NUMBER, CHALLENGES = "4242424242424242", "000123456789", "4000002760003184"


class Demand:
    """One demand in one trial."""

    name = ""
    # Whether its money is on its way for days once it was begun: it is completed when all else has happened.
    is_slow = False
    # How many seconds pass before it is completed.
    takes = 0
    # Whether nobody else can be in its world.
    is_alone = False

    def begin(self, world: World) -> None:
        """Opens the demand."""

    def complete(self, world: World) -> None:
        """Lets it take the money, if it still can."""


class CheckoutPage(Demand):
    """FlexSync opens a page, and the customer pays on it."""

    name = "checkout page"

    def __init__(self, **options: object) -> None:
        self._options, self._sessions = options, list[str]()

    def begin(self, world: World) -> None:
        opened = world.ask("checkout", **PAGES, **self._options)
        if opened["http_status"] == 201:
            self._sessions.append(opened["session_id"])

    def complete(self, world: World) -> None:
        for session in self._sessions:
            response = world.simulator.pay_checkout_session(session, GOOD)
            world.tell(f"the customer pays on the page: {response.status_code}")


class CheckoutPageWithCode(CheckoutPage):
    """The customer has a promotion code, and pays less."""

    name = "checkout page with a code"
    amount_off = 1400

    def __init__(self) -> None:
        super().__init__(allow_promotion_codes=True)

    def complete(self, world: World) -> None:
        stripe = world.account.stripe.v1
        off = {"amount_off": self.amount_off, "currency": "usd", "duration": "once"}
        coupon = {"type": "coupon", "coupon": stripe.coupons.create(off).id}
        code = stripe.promotion_codes.create({"promotion": coupon}).code
        for session in self._sessions:
            world.simulator.pay_checkout_session(session, promotion="apply", code=code)
        super().complete(world)


class ChallengedPage(CheckoutPage):
    """The customer's bank asks for 3-D Secure on the page, and the customer answers later."""

    name = "challenged checkout page"

    def begin(self, world: World) -> None:
        super().begin(world)
        asked = [world.simulator.pay_checkout_session(session, CHALLENGES) for session in self._sessions]
        self._intents = [one.headers["location"].rpartition("/")[2] for one in asked if one.is_redirect]

    def complete(self, world: World) -> None:
        for intent in self._intents:
            response = world.simulator.answer_challenge(intent)
            world.tell(f"the customer passes the challenge: {response.status_code}")


class HostedPage(Demand):
    """The customer pays on Stripe's page of the invoice."""

    name = "hosted page"
    number = GOOD

    def complete(self, world: World) -> None:
        for account in world.accounts:
            if there := world.invoice_at(account):
                response = world.simulator.pay_invoice(there, self.number)
                world.tell(f"the customer pays the invoice's page: {response.status_code}")


class Charge(Demand):
    """FlexSync charges the saved card, and once more."""

    name = "off-session charge"

    def begin(self, world: World) -> None:
        world.ask("charge")

    def complete(self, world: World) -> None:
        world.ask("charge")


class DeclinedCharge(Charge):
    """The first card is declined."""

    name = "declined charge"
    card = "pm_card_chargeCustomerFail"

    def begin(self, world: World) -> None:
        customer = world.customer_at(world.account)
        card = world.account.save_method(customer, self.card, default=False)
        world.ask("charge", payment_method_id=card)


class ChallengedCharge(DeclinedCharge):
    """The first card asks for 3-D Secure, and the customer pays on the invoice's page instead."""

    name = "challenged charge"
    card = "pm_card_authenticationRequired"

    def complete(self, world: World) -> None:
        HostedPage().complete(world)


class ChargeWithoutAnswer(Charge):
    """The response to the call that charges is lost; a worker finds out later."""

    name = "charge without answer"
    is_alone = True
    calls = ("invoices.pay", "payment_intents.create")

    def begin(self, world: World) -> None:
        for call in self.calls:
            world.simulator.faults.add(call, "reset_after", account=world.account.label)
        world.ask("charge")
        world.simulator.faults.clear()


class AutomaticCollection(Demand):
    """Stripe charges the default card by itself, an hour after the invoice was finalized."""

    name = "automatic collection"
    takes = HOUR + 60


class BankDebit(Demand):
    """FlexSync charges a bank account; the money comes after days."""

    name = "bank debit under way"
    is_slow = True
    takes = FIVE_DAYS

    def begin(self, world: World) -> None:
        customer = world.customer_at(world.account)
        account = world.account.save_method(customer, BANK_ACCOUNT, default=False)
        world.ask("charge", payment_method_id=account)


class BankDebitOnPage(BankDebit):
    """The customer pays the hosted page from a bank account."""

    name = "bank debit on the hosted page"

    def begin(self, world: World) -> None:
        page = HostedPage()
        page.number = BANK_NUMBER
        page.complete(world)


DEMANDS: tuple[type[Demand], ...] = (CheckoutPage, HostedPage, Charge, AutomaticCollection, BankDebit)
# How these may go on: played every night.
MORE_DEMANDS: tuple[type[Demand], ...] = (
    CheckoutPageWithCode,
    ChallengedPage,
    DeclinedCharge,
    ChallengedCharge,
    ChargeWithoutAnswer,
    BankDebitOnPage,
)

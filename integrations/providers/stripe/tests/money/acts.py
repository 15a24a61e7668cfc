"""The rules of a history: what customer, operator, the shop's program, Stripe's clock and webhooks may do."""

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from billing.models.payments import RECEIVED
from integrations.providers.stripe.tests.money import facts
from integrations.providers.stripe.tests.money.account import BANK_ACCOUNT, CARD
from integrations.providers.stripe.tests.money.demands import BANK_NUMBER, CHALLENGES, GOOD
from integrations.providers.stripe.tests.money.facts import AtStripe, CustomerCredit, Fact
from integrations.providers.stripe.tests.money.moving_clock import FIVE_DAYS, HOUR
from integrations.providers.stripe.tests.money.world import PAGES, World

NUMBERS = st.integers(0, 2)
MOST_INVOICES = 3
TOTALS = st.sampled_from(["54.00", "7.00", "0.30"])
LOSABLE = ["invoices.pay", "payment_intents.create", "checkout.sessions.create", "invoices.update"]
DECLINES, DISPUTED = "4000000000000002", "4000000000000259"
NUMBERS_TYPED = st.sampled_from([GOOD, GOOD, DECLINES, CHALLENGES, DISPUTED, BANK_NUMBER])
SAVED = st.sampled_from(
    ["", "", CARD, "pm_card_chargeCustomerFail", "pm_card_authenticationRequired", BANK_ACCOUNT]
)
AT_STRIPE: list[type[Fact]] = [
    facts.OutOfBand,
    facts.CreditNoteAtStripe,
    facts.VoidAtStripe,
    facts.UncollectibleAtStripe,
    facts.CustomerCredit,
    facts.CustomerDebt,
    facts.CreditOfAll,
]
HERE: list[type[Fact]] = [
    facts.BankTransfer,
    facts.PartByBankTransfer,
    facts.VoidHere,
    facts.UncollectibleHere,
    facts.CreditNoteHere,
]


class Acts(RuleBasedStateMachine):
    """What anyone may do in any order; webhooks are delivered, doubled or lost by acts of their own."""

    world: World
    chance: Random

    @initialize(total=TOTALS, chance=st.randoms(use_true_random=False))
    def opens_with_an_invoice(self, total: str, chance: Random) -> None:
        self.chance, self.sessions = chance, list[str]()
        self.shop_bills(total, 0)
        self.world.work()

    @precondition(lambda self: len(self.world.invoices) < MOST_INVOICES)
    @rule(total=TOTALS, collector=NUMBERS)
    def shop_bills(self, total: str, collector: int) -> None:
        """Names the connection that collects, where there are several."""
        accounts = self.world.accounts
        several = {"connection_id": accounts[collector % len(accounts)].connection.pk}
        lines = [{"description": "Seats", "unit_amount": total}]
        self.world.bill(lines, **(several if len(accounts) > 1 else {}))

    @rule(number=NUMBERS, lasts=st.sampled_from([{}, {}, {"expires_in": 3600}]), where=NUMBERS)
    def shop_opens_a_page(self, number: int, lasts: dict[str, int], where: int) -> None:
        self._choose(number, where)
        opened = self.world.ask("checkout", **PAGES, **lasts)
        if opened["http_status"] == 201:
            self.sessions.append(opened["session_id"])

    @rule(number=NUMBERS, saved=SAVED, where=NUMBERS)
    def shop_charges(self, number: int, saved: str, where: int) -> None:
        self._choose(number, where)
        account = self.world.asks_at
        customer = self.world.customer_at(account)
        chosen = account.save_method(customer, saved, default=False) if saved and customer else ""
        self.world.ask("charge", **({"payment_method_id": chosen} if chosen else {}))

    @precondition(lambda self: self.sessions)
    @rule(number=NUMBERS, card=NUMBERS_TYPED)
    def customer_pays_a_page(self, number: int, card: str) -> None:
        for session in self.sessions[::-1][number : number + 1] or self.sessions[:1]:
            response = self.world.simulator.pay_checkout_session(session, card)
            self.world.tell(f"{card} typed on the page {session}: {response.status_code}")
            self._answer_a_challenge(response.headers.get("location", ""))

    @rule(number=NUMBERS, card=NUMBERS_TYPED, where=NUMBERS)
    def customer_pays_the_hosted_page(self, number: int, card: str, where: int) -> None:
        self._choose(number, where)
        if there := self.world.invoice_at(self.world.asks_at):
            response = self.world.simulator.pay_invoice(there, card)
            self.world.tell(f"{card} typed on the page of {there}: {response.status_code}")
            self._answer_a_challenge(response.headers.get("location", ""))

    @rule(number=NUMBERS, fact=st.sampled_from(AT_STRIPE + HERE))
    def something_happens(self, number: int, fact: type[AtStripe | CustomerCredit]) -> None:
        self._choose(number, 0)
        self.world.tell(f"{fact.name}, of {self.world.owed.pk}")
        fact().happen(self.world)

    @rule(number=NUMBERS, amount=st.sampled_from(["1.00", "54.00"]))
    def operator_refunds(self, number: int, amount: str) -> None:
        received = [one for one in self.world.payments() if one.status in RECEIVED and one.gateway]
        for payment in received[number : number + 1]:
            self.world.post(f"payments/{payment.pk}/refund", amount=amount)

    @rule(number=NUMBERS)
    def operator_refunds_the_duplicate(self, number: int) -> None:
        self._choose(number, 0)
        self.world.post(f"invoices/{self.world.owed.pk}/refund_duplicate")

    @rule(number=NUMBERS)
    def person_refunds_at_stripe(self, number: int) -> None:
        for account in self.world.accounts:
            paid = [one for one in account.objects("payment_intents") if one.status == "succeeded"]
            for intent in paid[number : number + 1]:
                refund = {"payment_intent": intent.id, "amount": 100}
                self.world.tell(f"refund there: {account.try_to(account.stripe.v1.refunds.create, refund)}")

    @rule(where=NUMBERS)
    def operator_pauses_or_resumes(self, where: int) -> None:
        account = self.world.accounts[where % len(self.world.accounts)]
        account.connection.refresh_from_db()
        verb = "resume" if account.connection.status == "paused" else "pause"
        self.world.post(f"connections/{account.connection.pk}/{verb}")

    @rule(seconds=st.sampled_from([60, HOUR, HOUR, 24 * HOUR, FIVE_DAYS]))
    def time_passes(self, seconds: int) -> None:
        self.world.tell(f"{seconds} seconds pass")
        for account in self.world.accounts:
            account.keep_events()
        self.world.clock.wait(seconds)

    @rule(call=st.sampled_from(LOSABLE))
    def next_answer_is_lost(self, call: str) -> None:
        self.world.tell(f"the next answer to {call} is lost")
        self.world.simulator.faults.add(call, "reset_after", account=self.world.account.label)

    @rule()
    def workers_work(self) -> None:
        self.world.tell("workers work")
        self.world.work()

    @rule(doubled=st.booleans(), one_by_one=st.booleans())
    def webhooks_come(self, doubled: bool, one_by_one: bool) -> None:
        """In any order, perhaps some of them twice; a worker takes them together, or each by itself."""
        self.world.tell("webhooks come")
        for account in self.world.accounts:
            events = account.new_events()
            again = [event for event in events if doubled and self.chance.random() < 0.3]
            self.chance.shuffle(mixed := [*events, *again])
            account.store(mixed)
        self.world.apply(one_by_one=one_by_one)

    @rule()
    def webhooks_are_lost(self) -> None:
        self.world.tell("webhooks are lost")
        for account in self.world.accounts:
            account.lose()

    @precondition(lambda self: any(account.lost for account in self.world.accounts))
    @rule()
    def lost_webhooks_are_sent_again(self) -> None:
        self.world.tell("lost webhooks are sent again")
        for account in self.world.accounts:
            account.replay()
        self.world.apply()

    def _choose(self, number: int, where: int) -> None:
        self.world.chosen = number % len(self.world.invoices)
        self.world.asks_at = self.world.accounts[where % len(self.world.accounts)]

    def _answer_a_challenge(self, location: str) -> None:
        if "/3d_secure/" in location:
            passed = self.chance.random() < 0.7
            self.world.simulator.answer_challenge(location.rpartition("/")[2], passed)
            self.world.tell(f"the challenge is {'passed' if passed else 'failed'}")

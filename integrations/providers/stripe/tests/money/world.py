"""An environment with one customer and one invoice, its Stripe accounts, and the workers between them."""

from copy import copy
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.events import Kind
from billing.models import Environment, Invoice, Payment
from billing.services import environments
from integrations.inbox import processing
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.money.account import CARD, Account
from integrations.providers.stripe.tests.money.moving_clock import HOUR, MovingClock
from stripe_simulator.testing import SimulatorServer

_numbers = count(1)
AT_ONCE, LATE, LOST = WEBHOOKS = ("at once", "late", "lost")
# How often waiting work is tried again, as if hours had passed.
ROUNDS = 12
PAGES = {"success_url": "https://shop.example/yes", "cancel_url": "https://shop.example/no"}
# 422: Stripe refused; 503: it did not answer.
ANSWERS = (200, 201, 202, 409, 422, 503)
LINES = [{"description": "Seats", "quantity": "3", "unit_amount": "18.00"}]


class World:
    """What the trial acts on. ``webhooks``: what happens to those that Stripe sends between two acts."""

    def __init__(self, simulator: SimulatorServer, clock: MovingClock, webhooks: str) -> None:
        simulator.reset()
        # Pages and charges come before Stripe's own first attempt.
        simulator.settings(first_attempt_seconds=HOUR)
        self.simulator, self.clock, self.webhooks = simulator, clock, webhooks
        self.name = f"money{next(_numbers)}"
        self.environment = Environment.objects.create(name=self.name)
        self._active = {
            "connection__environment": self.environment,
            "connection__status": ConnectionStatus.ACTIVE,
        }
        _, key = environments.create_api_key(environment=self.environment, name="shop", scope="write")
        self._headers = {"authorization": f"Bearer {key}"}
        self.accounts: list[Account] = []
        self.story: list[str] = []
        self.invoices: list[Invoice] = []
        # Which of them is acted on: the newest, unless a history chooses another one.
        self.chosen = -1
        self.asks_at = self.add_account()
        # All who live in it: each has a customer and invoices of its own.
        self.everyone = [self]
        # What is played here, for whoever reads a failure.
        self.name_of_pair = ""
        self._settle_in()

    def neighbour(self) -> "World":
        """The same place as one more customer sees it, who has invoices of its own."""
        other = copy(self)
        other.invoices = []
        self.everyone.append(other)
        other._settle_in()
        return other

    def _settle_in(self) -> None:
        number = len(self.everyone)
        own = {"external_id": f"crm-{number}", "email": f"ada{number}@example.com"}
        self.customer = builders.customer(self.environment, **(asdict(builders.ADA) | own))
        self.work()
        self.card = self.account.save_method(self.customer_at(self.account), CARD)

    def add_account(self) -> Account:
        """Connects one more Stripe account."""
        account = Account(self.simulator, self.environment, f"{self.name}n{len(self.accounts)}")
        self.accounts.append(account)
        return account

    def connect_another(self) -> Account:
        """Connects one more account, to which the customer is sent; a card is saved there too."""
        account = self.add_account()
        self.post(f"customers/{self.customer.pk}/sync/stripe?connection_id={account.connection.pk}")
        self.work()
        if customer := self.customer_at(account):
            account.save_method(customer, CARD)
        return account

    def resume(self) -> None:
        """Resumes the connections that are paused."""
        for paused in Connection.objects.filter(environment=self.environment, status=ConnectionStatus.PAUSED):
            self.post(f"connections/{paused.pk}/resume")

    @property
    def account(self) -> Account:
        """The first account."""
        return self.accounts[0]

    def customer_at(self, account: Account) -> str:
        """Stripe's id of the customer."""
        return account.id_of(Kind.CUSTOMER, self.customer.pk)

    def invoice_at(self, account: Account) -> str:
        """Stripe's id of the chosen invoice, "" when Stripe does not have it."""
        return account.id_of(Kind.INVOICE, self.owed.pk)

    @property
    def owed(self) -> Invoice:
        """The chosen invoice as it is now."""
        invoice = self.invoices[self.chosen]
        invoice.refresh_from_db()
        return invoice

    def all_invoices(self) -> list[Invoice]:
        """The invoices of all who live here."""
        return [invoice for one in self.everyone for invoice in one.invoices]

    def pair_of(self, invoice: Invoice) -> str:
        """What is played with the invoice, before a colon; "" where nobody else lives here."""
        owner = next(one for one in self.everyone if invoice in one.invoices)
        return f"{owner.name_of_pair}: " if len(self.everyone) > 1 else ""

    def payments(self) -> list[Payment]:
        """All payments of the environment, oldest first."""
        return list(Payment.objects.filter(environment=self.environment).order_by("created_at", "id"))

    def bill(self, lines: list[dict[str, str]] = LINES, **named: str) -> None:
        """Makes an invoice and finalizes it."""
        draft = self.post("invoices", customer_id=self.customer.pk, currency="USD", lines=lines, **named)
        self.post(f"invoices/{draft['id']}/finalize")
        self.invoices.append(Invoice.objects.get(pk=draft["id"]))

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Posts to the API; the response has ``http_status``, and one that is not in ANSWERS is a bug."""
        shop = Client(raise_request_exception=True, headers=self._headers)
        response = shop.post(f"/v1/{path}", data=body or None, content_type="application/json")
        found: dict[str, Any] = response.json()
        self.tell(f"POST {path}: {response.status_code} {found.get('code') or found.get('status', '')}")
        assert response.status_code in ANSWERS, (path, found)
        return found | {"http_status": response.status_code}

    def ask(self, how: str, **body: Any) -> dict[str, Any]:
        """Asks for the invoice's money where the shop does that: ``how`` is checkout or charge."""
        where = f"?connection_id={self.asks_at.connection.pk}" if len(self.accounts) > 1 else ""
        return self.post(f"payments/stripe/{how}{where}", invoice_id=self.owed.pk, **body)

    def tell(self, sentence: str) -> None:
        """Notes what happened, for whoever reads a failure."""
        self.story.append(sentence)

    def after_an_act(self) -> None:
        """Lets workers work, and webhooks come or not."""
        if self.webhooks == AT_ONCE:
            self.settle()
        else:
            self.work()

    def settle(self) -> None:
        """Delivers webhooks and pushes until nothing is left, as if hours had passed."""
        for round_ in range(ROUNDS):
            arrived = [account.deliver() for account in self.accounts]
            events, syncs = any(arrived) or self.open_events(), self.open_syncs()
            if not events and not syncs:
                return
            later = timezone.now() + timedelta(hours=2 * round_)
            if events:
                self.apply(later)
            for sync in syncs:
                worker.deliver(sync, now=later)

    def apply(self, now: datetime | None = None, *, one_by_one: bool = False) -> None:
        """Applies the events that are due: each by itself as it comes, or all together."""
        now = now or timezone.now()
        if not (one_by_one or self.webhooks == AT_ONCE):
            processing.process_due(now, 1000)
            return
        due = InboundEvent.objects.filter(state="pending", next_attempt_at__lte=now, **self._active)
        for event_id in list(due.order_by("received_at", "pk").values_list("pk", flat=True)):
            processing.process(event_id, now)

    def work(self) -> None:
        """Delivers the pushes that are due, and those that follow from them."""
        tried = set[str]()
        while new := [sync for sync in self.open_syncs() if sync not in tried]:
            for sync in new:
                worker.deliver(sync, now=timezone.now())
            tried.update(new)

    def open_syncs(self) -> list[str]:
        """The pushes that wait, of connections that are not paused."""
        waiting = OutboundSync.objects.filter(state__in=OPEN_STATES, **self._active)
        return list(waiting.order_by("created_at", "id").values_list("pk", flat=True))

    def open_events(self) -> list[tuple[str, str]]:
        """The events that wait, and why."""
        waiting = InboundEvent.objects.filter(state="pending", **self._active)
        return list(waiting.values_list("type", "reason"))

    def failures(self) -> list[str]:
        """What did not get done: dead events, pushes that wait for an operator."""
        events = InboundEvent.objects.filter(connection__environment=self.environment, state="dead")
        syncs = OutboundSync.objects.filter(
            connection__environment=self.environment, action="push", state__in=["blocked", "dead"]
        )
        waiting = [f"{type_} waits: {reason}" for type_, reason in self.open_events()]
        waiting += [f"{sync} waits" for sync in self.open_syncs()]
        dead = [f"{type_} is dead: {reason}" for type_, reason in events.values_list("type", "reason")]
        stopped = [f"{kind} {why}" for kind, why in syncs.values_list("entity_type", "last_error")]
        return waiting + dead + stopped

    def close(self) -> None:
        """Keeps what was left from being worked on in later trials."""
        Connection.objects.filter(environment=self.environment).update(status=ConnectionStatus.ARCHIVED)
        InboundEvent.objects.filter(connection__environment=self.environment, state="pending").update(
            state="ignored", settled_at=timezone.now()
        )

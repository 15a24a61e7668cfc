"""A Stripe account and FlexSync's connection to it: what people do there, and the webhooks that it sends."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

import requests
import stripe as sdk
from django.utils import timezone

from billing.events import Kind
from billing.models import Environment
from integrations.models import Connection, EntityMapping
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.version import API_VERSION
from integrations.testing import make_connection
from stripe_simulator.testing import SimulatorServer

CARD, BANK_ACCOUNT = "pm_card_visa", "pm_usBankAccount_success"
REFUSED = (sdk.InvalidRequestError, sdk.CardError, sdk.APIConnectionError)
Event = dict[str, Any]


@cache
def _session() -> requests.Session:
    """One for all: connections stay open, and proxies are not looked for in the environment each time."""
    session = requests.Session()
    session.trust_env = False
    return session


class Account:
    """A Stripe account. Its events are kept until they are delivered; lost ones may be sent again later."""

    def __init__(self, simulator: SimulatorServer, environment: Environment, label: str) -> None:
        self.label, self.simulator = label, simulator
        self.connection: Connection = make_connection(
            environment.id, "stripe", name=label, credentials={"secret_key": f"sk_test_{label}"}
        )
        self.stripe = sdk.StripeClient(
            f"sk_test_{label}_person",
            base_addresses={"api": simulator.base_url},
            stripe_version=API_VERSION,
            http_client=sdk.RequestsClient(session=_session()),
        )
        self.lost: list[Event] = []
        self._last_event = ""
        self._late: list[Event] = []

    def id_of(self, kind: Kind, entity_id: str) -> str:
        """Stripe's id of the entity, "" when Stripe does not have it."""
        found = EntityMapping.objects.filter(
            connection=self.connection, entity_type=kind, entity_id=entity_id
        )
        return found.values_list("provider_entity_id", flat=True).first() or ""

    def row_of(self, kind: Kind, stripe_id: str) -> str:
        """FlexSync's id of Stripe's object, "" when it is not linked."""
        found = EntityMapping.objects.filter(
            connection=self.connection, entity_type=kind, provider_entity_id=stripe_id
        )
        return found.values_list("entity_id", flat=True).first() or ""

    def invoice(self, invoice_id: str) -> Any:
        """Stripe's counterpart of the invoice as it is now; None where it has none, or no longer."""
        there = self.id_of(Kind.INVOICE, invoice_id)
        try:
            return self.stripe.v1.invoices.retrieve(there) if there else None
        except sdk.InvalidRequestError:
            return None

    def try_to(self, act: Callable[..., Any], *args: Any) -> str:
        """Lets a person act at Stripe; returns what Stripe said."""
        try:
            act(*args)
        except REFUSED as refusal:
            return f"refused: {refusal.user_message or refusal}"
        return "done"

    def save_method(self, customer: str, token: str, *, default: bool = True) -> str:
        """Attaches a card or bank account to the customer; returns its id."""
        saved = self.stripe.v1.payment_methods.attach(token, {"customer": customer}).id
        if default:
            self.stripe.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": saved}})
        return saved

    def keep_events(self) -> None:
        """Keeps the events to be delivered however late: Stripe lists them for 30 days."""
        self._late += self._listed()

    def new_events(self) -> list[Event]:
        """The events since the last call, oldest first, as plain JSON."""
        found, self._late = [*self._late, *self._listed()], []
        return found

    def _listed(self) -> list[Event]:
        """Those since the last call, oldest first; the first call's pages go back to the beginning."""
        since, found = self._last_event, list[Event]()
        cursor = {"ending_before": since} if since else {}
        is_more = True
        while is_more:
            page = self.stripe.raw_request("get", "/v1/events", limit=100, **cursor).data
            oldest_first = page["data"][::-1]
            found = [*found, *oldest_first] if since else [*oldest_first, *found]
            if is_more := page["has_more"]:
                cursor = {"ending_before": found[-1]["id"]} if since else {"starting_after": found[0]["id"]}
        self._last_event = found[-1]["id"] if found else self._last_event
        return found

    def deliver(self) -> bool:
        """Delivers the events since the last call; returns whether there were any."""
        return self.store(self.new_events())

    def lose(self) -> None:
        """Loses the events since the last call."""
        self.lost += self.new_events()

    def replay(self) -> None:
        """Delivers the lost events after all."""
        self.store(self.lost)
        self.lost = []

    def store(self, events: list[Event]) -> bool:
        """Stores the events as they come over the webhook; returns whether there were any."""
        for event in events:
            store_signed(self.connection, event, timezone.now())
        return bool(events)

    def objects(self, resource: str, **params: Any) -> list[Any]:
        """All objects of a resource, such as "checkout.sessions", as they are now."""
        service = attrgetter(resource)(self.stripe.v1)
        return list(service.list({"limit": 100, **params}).auto_paging_iter())

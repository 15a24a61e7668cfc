"""What people ask for in `benchmarks.starving`: a customer at a slow Stripe, whose row another has locked."""

from collections.abc import Iterator
from typing import Any

import httpx

from benchmarks.events import SECRET
from benchmarks.mix import ENVIRONMENT
from benchmarks.pace import request
from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Environment
from billing.services import environments
from billing.services.customers import customers
from integrations.models import EntityMapping
from integrations.testing import make_connection

KEY = "sk_test_starving"


class Shop:
    """Its connection, and its customer on both sides."""

    def __init__(self, stripe: str) -> None:
        """``stripe``: the simulator's address."""
        environment = Environment.objects.create(id=ENVIRONMENT, name="Starving")
        connection = make_connection(environment.pk, "stripe", secret=SECRET, credentials={"secret_key": KEY})
        made = customers.create(environment_id=environment.pk, facts=CustomerFacts(name="Ada"))
        headers = {"Authorization": f"Bearer {KEY}"}
        self.at_stripe = httpx.post(f"{stripe}/v1/customers", headers=headers).json()["id"]
        EntityMapping.objects.create(
            connection=connection,
            entity_type=Kind.CUSTOMER,
            entity_id=made.pk,
            provider_entity_id=self.at_stripe,
        )
        _, key = environments.create_api_key(environment=environment, name="People", scope="write")
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.customer, self._connection = made.pk, connection.pk
        self.webhook = f"/v1/integrations/stripe/webhook/{connection.pk}"

    def requests(self, port: int) -> Iterator[bytes]:
        """Yields one of each: three that wait for Stripe, and one that meets the lock."""
        paths = {
            f"/v1/customers/{self.customer}/payment_methods/stripe": ("GET", b""),
            f"/v1/connections/{self._connection}/test": ("POST", b""),
            f"/v1/customers/{self.customer}/sync/stripe?wait=10": ("POST", b""),
            f"/v1/customers/{self.customer}": ("PATCH", b'{"name": "Ada II"}'),
        }
        for path, (method, body) in paths.items():
            yield request(port, method, path, self._headers, body)

    def changed(self, number: int, now: int) -> dict[str, Any]:
        """Returns an event of the customer."""
        customer = {"id": self.at_stripe, "object": "customer", "name": f"Ada {number}", "metadata": {}}
        return {
            "id": f"evt_locked_{number}",
            "object": "event",
            "type": "customer.updated",
            "created": now,
            "livemode": False,
            "data": {"object": {**customer, "livemode": False, "created": now}},
        }

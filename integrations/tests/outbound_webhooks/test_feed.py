"""The feed: an event for each change, in order, however transactions commit."""

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from billing.facts import CustomerFacts, PaymentFacts
from billing.models import AuditEntry, Customer, Environment
from billing.services.customers import customers
from billing.services.payments import payments
from billing.tests.api_errors import assert_error
from integrations.connections import manage
from integrations.gateway import circuit_breaker
from integrations.models import Connection, WebhookEvent, WebhookFeed
from integrations.models.outbound import Priority
from integrations.outbound_webhooks import changes, event_types, feed, messages, objects
from integrations.queue import dispatch, shared_wakeup
from integrations.tests.conftest import client
from integrations.tests.factories import EnvironmentFactory, finalized_invoice
from integrations.tests.workers import empty_broker

PINNED = Path(__file__).parent / "shapes" / f"{objects.SHAPE}.json"


def publish() -> int:
    return feed.publish(timezone.now())


def published_to_the_end() -> None:
    """Publishes until all is known to be; what runs in other databases of the server is waited for, too."""
    end = AuditEntry.objects.order_by("pk").last().pk
    for _ in range(200):
        publish()
        if WebhookFeed.objects.get().published_to == end:
            return
        time.sleep(0.1)
    raise AssertionError(f"{WebhookFeed.objects.get()}, not {end}")


def made(environment: Environment, name: str = "Ada") -> Customer:
    return customers.create(environment_id=environment.pk, facts=CustomerFacts(name=name))


def renamed(customer: Customer, name: str) -> None:
    customers.update(environment_id=customer.environment_id, customer_id=customer.pk, changes={"name": name})


def types(environment: Environment) -> list[str]:
    found = WebhookEvent.objects.filter(environment=environment).order_by("position")
    return list(found.values_list("type", flat=True))


@pytest.mark.django_db
class TestAnEvent:
    def test_tells_what_an_object_is_what_it_was_and_in_which_order(
        self, environment: Environment, api: APIClient
    ) -> None:
        customer = made(environment)
        renamed(customer, "Grace")
        assert publish() == 2
        assert publish() == 0
        [second, first] = api.get("/v1/webhook_events").data["items"]
        assert [first["type"], first["sequence"], first["previous"]] == ["customer.created", 1, {}]
        assert [second["type"], second["sequence"], second["previous"]] == [
            "customer.updated",
            2,
            {"name": "Ada"},
        ]
        assert second["data"] == api.get(f"/v1/customers/{customer.pk}").json()
        assert api.get(f"/v1/webhook_events/{second['id']}").json() == json.loads(json.dumps(second))

    def test_is_found_by_its_time_and_the_kind_of_its_object(
        self, environment: Environment, api: APIClient
    ) -> None:
        customer, begun = made(environment), timezone.now()
        renamed(customer, "Grace")
        renamed(customer, "Hedy")
        publish()
        [third, second, first] = (one.pk for one in WebhookEvent.objects.filter(environment=environment))
        times = {"created_after": begun.isoformat(), "object_type": "customer"}
        page = api.get("/v1/webhook_events", times | {"limit": 1}).json()
        rest = api.get("/v1/webhook_events", times | {"after": page["pagination"]["next"]}).json()
        assert [one["id"] for one in (*page["items"], *rest["items"])] == [third, second]
        for asked, found in (
            ({"created_before": begun.isoformat()}, [first]),
            ({"object_type": "invoice,payment"}, []),
            ({"object_type": "invoice,customer"}, [third, second, first]),
        ):
            items = api.get("/v1/webhook_events", asked).json()["items"]
            assert [one["id"] for one in items] == found, asked

    def test_is_called_by_what_became_of_its_object(self, environment: Environment) -> None:
        invoice = finalized_invoice(environment)
        facts = PaymentFacts(
            customer_id=invoice.customer_id,
            invoice_id=invoice.pk,
            amount=Decimal("12.50"),
            currency="USD",
            method="bank_transfer",
            status="succeeded",
        )
        payments.create(environment_id=environment.pk, facts=facts, now=timezone.now())
        publish()
        found = types(environment)
        assert {"invoice.created", "invoice.finalized", "invoice.paid", "payment.succeeded"} <= set(found)
        assert set(found) <= set(event_types.TYPES)

    def test_tells_of_no_field_that_its_object_does_not_show(self) -> None:
        changed = {"asked_at": [None, "2026-03-01"], "status": ["pending", "succeeded"]}
        event = WebhookEvent(action="changed", changes=changed, data={"id": "pay_1", "status": "succeeded"})
        assert messages.previous(event) == {"status": "pending"}
        event.data = {"id": "pay_1", "deleted": True}
        assert messages.previous(event) == {"asked_at": None, "status": "pending"}

    def test_is_published_before_changes_that_wait_to_be_sent(self) -> None:
        empty_broker()
        shared_wakeup.acknowledge(dispatch.PUBLISH)
        dispatch.send(dispatch.DELIVER, "sync_1", priority=Priority.SYNC)
        shared_wakeup._send(dispatch.PUBLISH)
        queue = redis.Redis.from_url(settings.REDIS_URL)
        _name, first = queue.brpop([f"celery\x06\x16{one}" if one else "celery" for one in Priority], 5)
        assert json.loads(first)["headers"]["task"] == dispatch.PUBLISH
        empty_broker()

    def test_keeps_its_object_as_it_was_when_it_was_first_shown(
        self, environment: Environment, api: APIClient
    ) -> None:
        customer = made(environment)
        publish()
        assert api.get("/v1/changes").data["items"][0]["data"]["name"] == "Ada"
        renamed(customer, "Grace")
        assert api.get("/v1/changes").data["items"][0]["data"]["name"] == "Ada"

    def test_tells_that_a_connection_breaks_and_is_mended(self, connection: Connection) -> None:
        circuit_breaker.break_connection(connection, "The key was refused.")
        manage.resume(Connection.objects.get())
        publish()
        assert types(connection.environment) == ["connection.broken", "connection.mended"]
        [item] = changes.after(connection.environment_id, 0, types=["connection.broken"], limit=9).items
        assert item.changes["status_reason"] == ["", "The key was refused."]
        assert item.data["status"] == "active"

    def test_of_another_environment_is_not_seen(self, environment: Environment, api: APIClient) -> None:
        made(EnvironmentFactory())
        publish()
        assert api.get("/v1/changes").data["items"] == []

    def test_shows_each_kind_in_the_shape_that_is_pinned(self) -> None:
        """A field may be added; for any other change of a shape there has to be another shape."""
        from integrations.api.webhook_objects import SHOWN

        shown = {kind: sorted(serializer().fields) for kind, (_rows, serializer) in SHOWN.items()}
        pinned = json.loads(PINNED.read_text())
        assert {kind: sorted(set(shown[kind]) & set(names)) for kind, names in pinned.items()} == pinned


@pytest.mark.django_db(transaction=True)
class TestAReader:
    def test_sees_what_commits_late_in_the_order_of_its_object(self) -> None:
        environment = EnvironmentFactory()
        early, late = made(environment, "Early"), made(environment, "Late")
        publish()
        seen = changes.after(environment.pk, 0, types=[], limit=9)
        with uncommitted(lambda: renamed(late, "later")):
            renamed(early, "earlier")
            publish()
            page = changes.after(environment.pk, int(seen.next), types=[], limit=9)
            assert [event.object_id for event in page.items] == [early.pk]
        renamed(late, "last")
        publish()
        page = changes.after(environment.pk, int(page.next), types=[], limit=9)
        assert [event.changes["name"][1] for event in page.items] == ["later", "last"]
        assert [event.sequence for event in page.items] == [2, 3]
        published_to_the_end()

    def test_sees_each_change_once_while_many_write(self) -> None:
        environment, rounds, writers = EnvironmentFactory(), 12, 6
        rows = [made(environment, str(n)) for n in range(3)]
        dice = random.Random(7)

        def write(pauses: list[float], mine: list[Customer]) -> None:
            for number, pause in enumerate(pauses):
                with transaction.atomic():
                    renamed(mine[number % len(mine)], f"{id(pauses)}-{number}")
                    time.sleep(pause)

        plans = [[dice.choice([0, 0.002, 0.02]) for _ in range(rounds)] for _ in range(writers)]
        threads = [
            Thread(target=in_thread(write), args=(plan, [rows[n % 3]])) for n, plan in enumerate(plans)
        ]
        api, cursor, seen = client(environment), "0", []
        for thread in threads:
            thread.start()
        while True:
            done = not any(thread.is_alive() for thread in threads)
            publish()
            page = api.get("/v1/changes", {"after": cursor, "limit": 7}).data
            seen += page["items"]
            cursor = page["next"]
            if done and not page["has_more"] and not page["items"]:
                break
        assert len(seen) == len({item["id"] for item in seen}) == 3 + rounds * writers
        by_object = defaultdict(list)
        for item in seen:
            by_object[item["object_id"]].append(item["sequence"])
        assert all(found == list(range(1, len(found) + 1)) for found in by_object.values())

    def test_goes_on_after_a_backup_was_restored_into_a_younger_server(self) -> None:
        environment = EnvironmentFactory()
        made(environment)
        publish()
        WebhookFeed.objects.update(seen_transaction=2**60)
        made(environment)
        published_to_the_end()
        assert WebhookFeed.objects.get().seen_entry == AuditEntry.objects.order_by("pk").last().pk

    def test_hears_that_its_cursor_is_of_after_the_backup_that_was_restored(self) -> None:
        environment = EnvironmentFactory()
        made(environment)
        publish()
        api = client(environment)
        end = api.get("/v1/changes").data["next"]
        assert api.get("/v1/changes", {"after": end}).data["items"] == []
        refused = api.get("/v1/changes", {"after": str(int(end) + 1)})
        assert_error(refused, 400, "invalid", after=f"the newest is {end}")


@contextmanager
def uncommitted(change: Callable[[], None]) -> Iterator[None]:
    """The change is made in another transaction, which is committed when the block ends."""
    made_it, go_on = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            change()
            made_it.set()
            go_on.wait(20)

    thread = Thread(target=in_thread(hold))
    thread.start()
    try:
        assert made_it.wait(20)
        yield
    finally:
        go_on.set()
        thread.join(20)


def in_thread(function: Callable[..., None]) -> Callable[..., None]:
    """The function, which closes its thread's connection to the database."""

    def run(*arguments: Any) -> None:
        try:
            function(*arguments)
        finally:
            database.close()

    return run

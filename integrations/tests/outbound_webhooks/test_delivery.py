"""Deliveries: signed, in order for each object, at least once, and no endpoint slows another."""

import json
import random
import time
from collections import defaultdict
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient
from standardwebhooks import Webhook, WebhookVerificationError

from billing.models import Customer, Environment, IdempotentRequest
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from integrations.outbound_webhooks import endpoints, feed, lanes, outcomes, requests, schedule, sender
from integrations.tests.factories import EnvironmentFactory
from integrations.tests.outbound_webhooks.conftest import made_endpoint
from integrations.tests.outbound_webhooks.receiver import OK, Receiver, Reply, receiving
from integrations.tests.outbound_webhooks.test_feed import in_thread, made, renamed


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for its next attempt."""
    monkeypatch.setattr(schedule, "DELAYS", (0,) * 9)


def deliver(*, turns: int = 1) -> None:
    """Publishes what there is, and sends what is due."""
    feed.publish_all(seconds=5)
    for _ in range(turns):
        sender.work(seconds=0.5)


def of(events: list[dict[str, Any]], row: Customer) -> list[int]:
    return [event["sequence"] for event in events if event["object_id"] == row.pk]


@pytest.mark.django_db
class TestAWebhook:
    def test_is_signed_by_each_secret_while_one_replaces_another(
        self, environment: Environment, receiver: Receiver, api: APIClient
    ) -> None:
        body = {"url": receiver.url, "headers": {"X-Token": "t0p-secret"}}
        first = api.post("/v1/webhook_endpoints", body, format="json").json()
        second = api.post(f"/v1/webhook_endpoints/{first['id']}/secrets", {}, format="json").json()
        customer = made(environment)
        deliver()
        [got] = receiver.got
        for secret in (first["secret"], second["secret"]):
            assert Webhook(secret).verify(got.body, got.headers) == got.event
        with pytest.raises(WebhookVerificationError):
            Webhook("whsec_" + "A" * 32).verify(got.body, got.headers)
        [event] = api.get("/v1/webhook_events").json()["items"]
        assert got.event == event
        assert got.event["data"] == api.get(f"/v1/customers/{customer.pk}").json()
        assert (got.headers["x-token"], got.headers["webhook-id"]) == ("t0p-secret", event["id"])
        shown = json.dumps(
            [api.get("/v1/webhook_endpoints").json(), *WebhookEndpoint.objects.values()], default=str
        )
        assert "t0p-secret" not in shown and first["secret"] not in shown
        endpoints.rotate(first["id"], overlap=timedelta(0), now=timezone.now())
        renamed(customer, "Grace")
        deliver()
        with pytest.raises(WebhookVerificationError):
            Webhook(first["secret"]).verify(receiver.got[1].body, receiver.got[1].headers)

    def test_has_a_secret_that_only_the_first_response_shows(
        self, receiver: Receiver, api: APIClient
    ) -> None:
        answers = [
            api.post("/v1/webhook_endpoints", {"url": receiver.url}, headers={"Idempotency-Key": "k"}).json()
            for _ in range(2)
        ]
        first, second = answers
        assert first["secret"].startswith("whsec_") and "Store it now" in first["secret_note"]
        assert second["secret"] == "" and f"{first['id']}/secrets" in second["secret_note"]
        assert first | {"secret": "", "secret_note": ""} == second | {"secret_note": ""}
        record = IdempotentRequest.objects.get()
        assert first["secret"] not in str(record.answer)

    def test_comes_in_the_order_of_its_object_while_another_goes_on(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint
    ) -> None:
        stuck, free = made(environment), made(environment)
        for name in ("a", "b"):
            renamed(stuck, name)
            renamed(free, name)
        failing = [3]

        def reply(event: dict[str, Any]) -> Reply:
            if event["object_id"] == stuck.pk and event["sequence"] == 2 and failing[0]:
                failing[0] -= 1
                return 500, {}, b"not now"
            return OK

        receiver.reply = reply
        deliver(turns=4)
        assert of(receiver.events, free) == [1, 2, 3]
        assert of(receiver.events, stuck) == [1, 2, 2, 2, 2, 3]
        assert not WebhookDelivery.objects.exclude(state="delivered").exists()

    def test_of_a_type_that_the_endpoint_does_not_want_is_not_sent(
        self, environment: Environment, receiver: Receiver
    ) -> None:
        made_endpoint(environment, receiver.url, event_types=["customer.updated", "invoice.*"])
        renamed(made(environment), "Grace")
        deliver()
        assert [event["type"] for event in receiver.events] == ["customer.updated"]

    def test_uses_connections_again(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint
    ) -> None:
        customer = made(environment)
        for n in range(4):
            renamed(customer, str(n))
        deliver(turns=3)
        assert len(receiver.got) == 5
        assert len({one.connection for one in receiver.got}) == 1


@pytest.mark.django_db
class TestAnAttempt:
    @pytest.mark.parametrize(
        ("reply", "status", "kept"),
        [
            ((200, {}, b"x" * 100_000), 200, "x" * 2048),
            ((302, {"Location": "http://127.0.0.1:1/"}, b""), 302, ""),
            ((500, {}, b"sorry\0"), 500, "sorry\ufffd"),
        ],
    )
    def test_keeps_the_answer(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint,
        reply: Reply, status: int, kept: str,
    ) -> None:  # fmt: skip
        receiver.reply = lambda _event: reply
        made(environment)
        feed.publish_all(seconds=5)
        sender.work(seconds=0.2)
        attempt = WebhookAttempt.objects.first()
        assert attempt is not None
        assert (attempt.status, attempt.response) == (status, kept)
        assert (WebhookDelivery.objects.get().state == "delivered") == (status == 200)
        assert attempt.status != 302 or len(receiver.got) == WebhookAttempt.objects.count()

    def test_ends_though_the_answer_never_does(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(requests, "TOTAL_SECONDS", 0.4)
        receiver.reply = lambda _event: time.sleep(3) or OK  # type: ignore[func-returns-value]
        made(environment)
        feed.publish_all(seconds=5)
        sender.work(seconds=0.2)
        attempt = WebhookAttempt.objects.first()
        assert attempt is not None
        assert attempt.error.startswith("No answer within")
        assert attempt.duration_ms < 2000


@pytest.mark.django_db
class TestAFailingEndpoint:
    def test_is_disabled_where_it_wants_no_more(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint
    ) -> None:
        receiver.reply = lambda _event: (410, {}, b"")
        made(environment)
        deliver()
        endpoint.refresh_from_db()
        assert (endpoint.enabled, len(receiver.got)) == (False, 1)

    def test_is_disabled_after_days_and_gets_everything_since_when_it_is_mended(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint, api: APIClient
    ) -> None:
        receiver.reply = lambda _event: (500, {}, b"")
        began, customer = timezone.now(), made(environment)
        deliver()
        endpoint.refresh_from_db()
        assert endpoint.enabled and endpoint.failing_since
        WebhookEndpoint.objects.update(failing_since=began - timedelta(days=6), next_attempt_at=None)
        WebhookDelivery.objects.update(next_attempt_at=began, state="pending", attempts=0)
        deliver()
        address = f"/v1/webhook_endpoints/{endpoint.pk}"
        assert not api.get(address).json()["enabled"]
        renamed(customer, "unheard")
        deliver()
        receiver.reply, receiver.got[:] = lambda _event: OK, []
        assert api.post(f"{address}/resend", {"since": began.isoformat()}).status_code == 409
        api.patch(address, {"enabled": True}, format="json")
        answer = api.post(f"{address}/resend", {"since": began.isoformat()}, format="json")
        assert (answer.status_code, answer.json()) == (202, {"queued": 2})
        deliver()
        assert of(receiver.events, customer) == [1, 2]

    def test_is_asked_seldom_and_slows_no_other(
        self, environment: Environment, receiver: Receiver, endpoint: WebhookEndpoint,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(requests, "TOTAL_SECONDS", 4.0)
        with receiving(lambda _event: time.sleep(9) or OK) as dead:  # type: ignore[func-returns-value]
            for _ in range(3):
                made_endpoint(environment, dead.url)
            for n in range(40):
                made(environment, str(n))
            feed.publish_all(seconds=5)
            began = time.monotonic()
            sender.work(seconds=2)
            healthy = [one.at - began for one in receiver.got]
        assert len(healthy) == 40
        assert max(healthy) < 3.0
        assert len(dead.got) <= 3 * lanes.AT_ONCE


@pytest.mark.django_db(transaction=True)
class TestADeletedEndpoint:
    def test_gets_nothing_once_the_deletion_has_returned(self, receiver: Receiver) -> None:
        environment = EnvironmentFactory()
        endpoint = made_endpoint(environment, receiver.url)
        receiver.reply = lambda _event: time.sleep(0.02) or OK  # type: ignore[func-returns-value]
        for n in range(60):
            made(environment, str(n))
        feed.publish_all(seconds=5)
        worker = Thread(target=in_thread(lambda: sender.work(seconds=5)))
        worker.start()
        while len(receiver.got) < 10:
            time.sleep(0.005)
        endpoints.delete(endpoint.pk, timezone.now())
        count = len(receiver.got)
        worker.join(10)
        assert 10 <= count == len(receiver.got) < 60


class Killed(BaseException):
    """The worker dies between the answers and the noting of them."""


@pytest.mark.django_db
class TestManyEndpoints:
    def test_each_get_every_change_in_order_though_the_worker_dies(
        self, environment: Environment, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
        monkeypatch.setattr(lanes, "LEASE", timedelta(seconds=1))
        monkeypatch.setattr(requests, "TOTAL_SECONDS", 1.0)
        # Each is refused once: what fails twice comes again after minutes.
        dice, refused = random.Random(3), dict[str, Any]()
        replies: list[Any] = [
            lambda _event: OK,
            lambda _event: time.sleep(0.01) or OK,  # type: ignore[func-returns-value]
            lambda e: (500, {}, b"") if dice.random() < 0.1 and refused.setdefault(e["id"], e) is e else OK,
        ]
        dead = made_endpoint(environment, "http://127.0.0.1:1/")
        rows = [made(environment, str(n)) for n in range(25)]
        with receiving(replies[0]) as fast, receiving(replies[1]) as slow, receiving(replies[2]) as shaky:
            receivers = (fast, slow, shaky)
            for one in receivers:
                made_endpoint(environment, one.url)
            for n in range(9):
                for row in rows:
                    renamed(row, str(n))
            feed.publish_all(seconds=5)
            self._die_three_times(monkeypatch)
            wanted = WebhookEvent.objects.count()
            for _ in range(120):
                sender.work(seconds=2)
                time.sleep(0.2)
                if not WebhookDelivery.objects.filter(state="pending").exclude(endpoint=dead).exists():
                    break
        for one in receivers:
            assert len({got.headers["webhook-id"] for got in one.got}) == wanted
            by_object = defaultdict(list)
            for event in one.events:
                by_object[event["object_id"]].append(event["sequence"])
            # Whatever comes again comes before anything later is new.
            assert all(_firsts(found) == sorted(set(found)) for found in by_object.values())

    def _die_three_times(self, monkeypatch: pytest.MonkeyPatch) -> None:
        note, deaths = outcomes.note, [3]

        def dies(*arguments: Any) -> None:
            if deaths[0] and random.Random(deaths[0]).random() < 1:
                deaths[0] -= 1
                raise Killed
            note(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(outcomes, "note", dies)
            patch.setattr(lanes, "release", lambda *_: None)
            for _ in range(3):
                with pytest.raises(Killed):
                    sender.work(seconds=2)
                time.sleep(1.05)


def _firsts(found: list[int]) -> list[int]:
    return list(dict.fromkeys(found))

"""The programs for receivers get real deliveries, twice and late, while a secret is replaced."""

import json
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook

from billing.models import Environment
from integrations.models import WebhookDelivery, WebhookEvent
from integrations.models.webhook_deliveries import DeliveryState
from integrations.outbound_webhooks import endpoints, feed, resending, sender, signing
from integrations.tests.outbound_webhooks.conftest import made_endpoint
from integrations.tests.outbound_webhooks.programs import COMMANDS, Program
from integrations.tests.outbound_webhooks.test_feed import made, renamed
from tests.npm import MODULES, NODE

# https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py
SECRET, ID, AT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY, SIGNATURE = '{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
# Prints what the library makes of [secret, headers, body, id, time].
VERIFIED = """
const { Webhook } = require("standardwebhooks");
const [secret, headers, body, id, at] = JSON.parse(process.argv[1]);
const webhook = new Webhook(secret);
console.log(JSON.stringify([webhook.sign(id, new Date(at * 1000), body), webhook.verify(body, headers)]));
"""


def delivered() -> None:
    feed.publish_all(seconds=5)
    sender.work(seconds=0.5)


def in_node(*of: object) -> object:
    command = [NODE, "-e", VERIFIED, json.dumps(of)]
    done = subprocess.run(command, env={"NODE_PATH": str(MODULES)}, capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.needs("npm")
@pytest.mark.django_db
def test_keep_each_event_once_and_the_newest_of_each_object(
    environment: Environment, settings: Settings, tmp_path: Path
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    programs = [Program(language, tmp_path) for language in COMMANDS]
    old, new, now = signing.new_secret(), signing.new_secret(), timezone.now()
    customer = made(environment)
    feed.publish_all(seconds=5)
    to = [made_endpoint(environment, program.url, secret=old) for program in programs]
    renamed(customer, "Grace")
    with ExitStack() as stack:
        clients = [stack.enter_context(program.running(old)) for program in programs]
        delivered()
        for endpoint in to:
            endpoints.rotate(endpoint.pk, secret=new, overlap=timedelta(hours=1), now=now)
        renamed(customer, "Edith")
        delivered()
        forged = signing.headers("whev_forged", b"{}", [signing.new_secret()], {}, datetime.now(UTC))
        assert [client.post("", content=b"{}", headers=forged).status_code for client in clients] == [400] * 2
    with ExitStack() as stack:
        for program in programs:
            stack.enter_context(program.running(new))
        renamed(customer, "Ada")
        delivered()
        # The first was never sent to them, the second was.
        ids = WebhookEvent.objects.order_by("position").values_list("pk", flat=True)[:2]
        for endpoint in to:
            assert resending.resend(endpoint.pk, resending.Wanted(ids=list(ids)), timezone.now()) == 2
        sender.work(seconds=0.5)
        assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
        for program in programs:
            assert [sequence for sequence, data in program.objects().values()] == [4]
            assert program.objects()[customer.pk][1]["name"] == "Ada"
            assert program.rows("SELECT count(*) FROM events") == [(4,)]


@pytest.mark.needs("npm")
def test_both_libraries_and_flexsync_sign_the_specifications_vector_alike() -> None:
    at, now = datetime.fromtimestamp(AT, UTC), datetime.now(UTC)
    assert Webhook(SECRET).sign(ID, at, BODY) == SIGNATURE
    assert signing.headers(ID, BODY.encode(), [SECRET], {}, at)["webhook-signature"] == SIGNATURE
    rotating = signing.headers(ID, BODY.encode(), [signing.new_secret(), SECRET], {}, now)
    assert Webhook(SECRET).verify(BODY, rotating) == json.loads(BODY)
    assert in_node(SECRET, rotating, BODY, ID, AT) == [SIGNATURE, json.loads(BODY)]

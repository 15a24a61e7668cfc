"""A thousand odd events come in beside good ones."""

import json
import logging
import re
from datetime import timedelta

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from integrations.inbox import processing, replays
from integrations.inbox.outcomes import MAX_ATTEMPTS
from integrations.models import InboundEvent
from integrations.providers.stripe.testing import golden, golden_names
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.odd.bodies import odd_events
from integrations.providers.stripe.tests.odd.settling import settle
from integrations.providers.stripe.webhook import HEADER, signature
from integrations.testing import SECRET

WANTED, BATCH = 1000, 100
PATH = "/v1/integrations/stripe/webhook"
CUSTOMERS = sorted(
    set(re.findall(r'"(cus_\w+)"', "".join(json.dumps(golden(name)) for name in golden_names())))
)


def post(client, event):
    body = json.dumps(event).encode()
    at = str(int(timezone.now().timestamp()))
    headers = {HEADER: f"t={at},v1={signature(at, body, SECRET)}"}
    return client.post(PATH, body, content_type="application/json", headers=headers)


@pytest.fixture
def events(world):
    """The golden events of this world, which came before, so that the odd ones meet rows that are here."""
    world.open_checkout()
    for stripe_id in CUSTOMERS:
        customer = builders.customer(world.connection.environment, name=stripe_id)
        world.link(Kind.CUSTOMER, customer.pk, stripe_id)
    world.link_invoice("invoice_finalized__sent")
    found = {name: world.event(name) for name in golden_names()}
    client = Client()
    for name, event in found.items():
        if "_deleted" in name:
            continue
        assert post(client, event).status_code == 200
    settle(MAX_ATTEMPTS)
    return found


def good(event, number):
    """A customer that nothing is odd about."""
    changed = json.loads(json.dumps(event)) | {"id": f"evt_good_{number}"}
    changed["data"]["object"] |= {"id": f"cus_good{number}", "name": f"Good {number}", "metadata": {}}
    return changed


@pytest.fixture
def came(events, caplog):
    """What is odd about each event by its id, once all of them have come, in batches with good ones."""
    client, odd, answers = Client(), {}, []
    with caplog.at_level(logging.WARNING):
        for number, (what, event) in enumerate(odd_events(events, WANTED)):
            answer = post(client, event)
            answers.append((answer.status_code, what))
            odd[event["id"]] = what
            if number % BATCH == BATCH - 1:
                post(client, good(events["customer_created__bare"], number))
                processing.process_due(timezone.now(), 10_000)
    assert [answer for answer in answers if answer[0] not in (200, 400)] == []
    return odd


def is_silent(state, reason):
    return state not in ("applied", "ignored", "dead") or (state != "applied" and not reason)


def rows_of(odd):
    rows = InboundEvent.objects.filter(provider_event_id__in=odd).select_related("connection")
    return sorted(rows, key=lambda row: row.provider_event_id)


def tracebacks(caplog):
    return [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]


def test_all_settle_and_harm_no_other(came, caplog, admin_client):
    settle(MAX_ATTEMPTS)
    rows = rows_of(came)
    assert len(rows) > WANTED * 0.9
    assert [came[row.provider_event_id] for row in rows if is_silent(row.state, row.reason)] == []
    assert tracebacks(caplog) == []
    assert Customer.objects.filter(name__startswith="Good").count() == WANTED // BATCH
    # Nor when each is looked at, or applied, by itself.
    for row in rows[::40]:
        shown = replays.preview_one(row, timezone.now())
        page = f"/admin/integrations/inboundevent/{quote(row.pk)}/change/"
        assert admin_client.get(page).status_code == 200
        assert shown.outcome == "retry" or not is_silent(shown.outcome, shown.reason), came[
            row.provider_event_id
        ]
    for row in rows[20::40]:
        replays.replay_one(row, timezone.now())
        assert processing.process(row.pk, timezone.now() + timedelta(seconds=1))
    settle(MAX_ATTEMPTS)
    assert not InboundEvent.objects.filter(state="pending").exists()
    assert tracebacks(caplog) == []

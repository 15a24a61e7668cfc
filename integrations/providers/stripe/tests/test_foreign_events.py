"""An endpoint for connected accounts, or for an organization, brings events of accounts that are not ours."""

import pytest

from billing.models import Customer
from integrations.inbox import processing, replays
from integrations.providers.stripe.testing import golden, receive_signed, store_signed

OWN, OTHER = "acct_own", "acct_ofSomebodyElse"


def received(connection, **fields):
    return receive_signed(connection, golden("customer_created__full") | fields)


@pytest.fixture
def known(connection):
    """The connection, once it was tested."""
    connection.account_id = OWN
    connection.save()
    return connection


@pytest.mark.parametrize(
    "fields", [{}, {"account": None, "context": None}, {"account": OWN}, {"context": OWN}]
)
def test_an_event_of_its_own_account_is_applied(known, fields):
    assert received(known, **fields).state == "applied"


@pytest.mark.parametrize(
    "fields",
    [{"account": OTHER}, {"account": OTHER, "livemode": True}, {"context": OTHER}]
    + [{"context": f"org_1/{OTHER}"}, {"account": OTHER, "context": OTHER}, {"account": [OTHER]}],
)
def test_an_event_of_another_account_is_ignored(known, fields):
    row = received(known, **fields)
    assert row.state == "ignored" and OTHER in row.reason
    assert f"this connection is to the account {OWN}" in row.reason
    assert not Customer.objects.exists()


def test_until_its_account_is_known_no_connected_account_is_its_own(connection):
    row = received(connection, account=OWN)
    assert row.state == "ignored" and "an account that is not known yet" in row.reason
    connection.account_id = OWN
    connection.save()
    replays.replay_one(row, row.received_at)
    processing.process(row.pk, row.received_at)
    row.refresh_from_db()
    assert row.state == "applied"


def test_one_of_them_harms_no_event_of_its_batch(known):
    own = golden("customer_created__full")
    event_id = store_signed(known, own, now := known.created_at)
    foreign = store_signed(known, own | {"id": "evt_foreign", "account": OTHER}, now)
    assert processing.process_due(now, 10).done == 2
    rows = known.inbound_events.in_bulk()
    assert (rows[event_id].state, rows[foreign].state) == ("applied", "ignored")

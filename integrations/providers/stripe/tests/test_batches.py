"""Many events that are due at once: applied together, as if one by one."""

from datetime import UTC, datetime

from billing.models import Customer
from integrations.inbox import worker
from integrations.models import InboundEvent
from integrations.provider_api import Envelope
from integrations.testing import store


def stored(connection, number, name, *, second=0, **theirs):
    """A customer's event, received and waiting."""
    at = 1_760_000_000 + second
    what = "updated" if second else "created"
    thing = {"id": f"cus_{number}", "object": "customer", "name": name, "metadata": {}, **theirs}
    event = {"id": f"evt_{number}_{second}", "created": at, "data": {"object": thing}}
    created = datetime.fromtimestamp(at, UTC)
    envelope = Envelope(event["id"], f"customer.{what}", thing["id"], created, "", False, event, 0)
    return store(connection, envelope)


def test_of_one_object_only_the_newest_state_is_applied(connection):
    stored(connection, 1, "New", second=5)
    older = stored(connection, 1, "Old")
    worker.drain()
    older.refresh_from_db()
    assert (older.state, older.reason) == ("applied", "The newer event evt_1_5 holds the whole object.")
    assert Customer.objects.get().name == "New"


def test_a_bad_one_harms_no_other(connection):
    for number in range(7):
        stored(connection, number, "Ada", metadata={"external_id": "taken"} if number in (2, 5) else {})
    worker.drain()
    states = sorted(InboundEvent.objects.values_list("state", flat=True))
    assert states.count("applied") >= 6
    assert Customer.objects.filter(external_id="taken").count() == 1
    assert Customer.objects.count() == states.count("applied")

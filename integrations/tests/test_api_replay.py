"""``POST /v1/events/replay``."""

import pytest

from billing.tests.api_errors import assert_error
from integrations.inbox import replays
from integrations.models import InboundEvent
from integrations.testing import receive
from integrations.tests.conftest import client
from integrations.tests.factories import EnvironmentFactory
from integrations.tests.test_inbox import event

URL = "/v1/events/replay"


class TestReplay:
    def test_queues_what_matches_to_be_applied_again(self, api, connection):
        dead = receive(connection, event(1, trouble="rejected"))
        other = receive(connection, event(2))
        response = api.post(URL, {"state": "dead", "connection_id": connection.id})
        assert (response.status_code, response.json()) == (
            202,
            {"dry_run": False, "count": 1, "pruned": 0, "next": None, "events": []},
        )
        states = dict(InboundEvent.objects.values_list("pk", "state"))
        assert states == {dead.pk: "pending", other.pk: "applied"}

    def test_takes_ids_and_times(self, api, connection):
        rows = [receive(connection, event(number)) for number in range(3)]
        chosen = {"ids": [rows[0].pk, rows[1].pk], "received_after": rows[1].received_at.isoformat()}
        assert api.post(URL, chosen).json()["count"] == 1

    def test_says_where_to_continue(self, api, connection, monkeypatch):
        monkeypatch.setattr(replays, "MAX_REPLAYED", 2)
        rows = [receive(connection, event(number)).pk for number in range(3)]
        first = api.post(URL, {"type": "person.changed"}).json()
        rest = api.post(URL, {"type": "person.changed", "after": first["next"]}).json()
        assert (first["count"], first["next"]) == (2, rows[1])
        assert (rest["count"], rest["next"]) == (1, None)

    def test_keeps_to_the_keys_environment(self, connection):
        receive(connection, event())
        response = client(EnvironmentFactory()).post(URL, {"connection_id": connection.id})
        assert (response.status_code, response.json()["count"]) == (202, 0)
        assert InboundEvent.objects.get().state == "applied"

    def test_is_not_for_keys_that_only_read(self, connection):
        reader = client(connection.environment, scope="read")
        assert_error(reader.post(URL, {"state": "dead"}), 403, "permission_denied")

    @pytest.mark.parametrize(
        ("body", "field", "text"),
        [
            ({}, "body", "Say which events"),
            ({"dry_run": True}, "body", "Say which events"),
            ({"colour": "red"}, "colour", "There is no such field."),
            ({"state": "lost"}, "state", "not a valid choice"),
            ({"received_after": "yesterday"}, "received_after", "wrong format"),
        ],
    )
    def test_refuses_wrong_fields(self, api, body, field, text):
        assert_error(api.post(URL, body), 400, "invalid", **{field: text})


class TestAPrunedEvent:
    def test_is_refused_alone_and_counted_among_others(self, api, connection):
        row = receive(connection, event())
        InboundEvent.objects.update(payload={}, pruned_at=row.received_at)
        assert_error(api.post(f"/v1/events/{row.pk}/replay"), 409, "event_pruned")
        assert api.post(URL, {"state": "applied"}).json()["pruned"] == 1
        assert api.get(f"/v1/events/{row.pk}").json()["pruned_at"] is not None

"""The dry run of ``POST /v1/events/replay``."""

from billing.models import Customer
from integrations.inbox import replays
from integrations.testing import make_connection, receive
from integrations.tests.test_inbox import event
from integrations.tests.test_replaying import stored

URL = "/v1/events/replay"


class TestTheDryRun:
    def test_shows_what_would_happen_and_changes_nothing(self, api, connection):
        receive(connection, event(1, "Grace"))
        customer = Customer.objects.get()
        [row, dead] = stored(connection, event(2, "Ada"), event(3, trouble="rejected"))
        response = api.post(URL, {"state": "pending", "dry_run": True})
        shared = {"connection_id": connection.id, "type": "person.changed", "object_id": "peo_9"}
        difference = {
            "kind": "customer",
            "id": customer.pk,
            "field": "name",
            "before": "Grace",
            "after": "Ada",
        }
        applied = {"outcome": "applied", "reason": "", "differences": [difference]}
        refused = {"outcome": "dead", "reason": "never", "differences": []}
        assert response.status_code == 200
        assert response.json() == {
            "dry_run": True,
            "count": 2,
            "pruned": 0,
            "next": None,
            "events": [
                {"id": row.pk, "provider_event_id": "evt_2", **shared, **applied},
                {"id": dead.pk, "provider_event_id": "evt_3", **shared, **refused},
            ],
        }
        customer.refresh_from_db()
        row.refresh_from_db()
        assert (customer.name, row.state, row.attempts) == ("Grace", "pending", 0)

    def test_shows_the_next_page(self, api, connection, monkeypatch):
        monkeypatch.setattr(replays, "MAX_PREVIEWED", 1)
        rows = stored(connection, event(1), event(2))
        first = api.post(URL, {"state": "pending", "dry_run": True}).json()
        rest = api.post(URL, {"state": "pending", "dry_run": True, "after": first["next"]}).json()
        assert (first["count"], first["next"], rest["next"]) == (2, rows[0].pk, None)
        assert [one["id"] for one in rest["events"]] == [rows[1].pk]

    def test_of_nothing_shows_nothing(self, api, connection):
        make_connection(connection.environment_id, "acme", name="Another")
        assert api.post(URL, {"state": "dead", "dry_run": True}).json()["events"] == []

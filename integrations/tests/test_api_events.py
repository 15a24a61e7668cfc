"""Events over the API."""

from integrations.testing import receive
from integrations.tests.test_inbox import event


class TestEvents:
    def test_are_listed_without_their_payload(self, api, connection):
        row = receive(connection, event())
        [item] = api.get("/v1/events?state=applied&type=person.changed").json()["items"]
        assert (item["id"], item["object_id"], "payload" in item) == (row.id, "peo_9", False)
        assert api.get(f"/v1/events/{row.id}").json()["payload"] == row.payload

    def test_cost_the_same_however_many_they_are(self, api, connection, django_assert_num_queries):
        for number in range(5):
            receive(connection, event(number))
        api.get("/v1/events")  # the key's last use is written once a minute
        # The key, its connections, the count and the rows.
        with django_assert_num_queries(4):
            assert len(api.get("/v1/events").json()["items"]) == 5

    def test_can_be_replayed(self, api, connection):
        row = receive(connection, event(trouble="rejected"))
        response = api.post(f"/v1/events/{row.id}/replay")
        assert (response.status_code, response.json()["state"]) == (202, "pending")

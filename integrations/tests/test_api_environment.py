"""What a key opens, over the API."""

import json

from billing.models import Environment
from integrations.models import Connection
from integrations.testing import make_connection
from integrations.tests.conftest import client


def test_a_key_is_told_what_it_opens(environment: Environment, connection: Connection) -> None:
    make_connection(environment.pk, "acme", name="Old", status="archived", credentials={"secret_key": "x"})
    answer = client(environment, "read").get("/v1/environment")
    shown = answer.json()
    assert (answer.status_code, shown["id"], shown["name"]) == (200, environment.pk, environment.name)
    assert shown["kind"] == "sandbox"
    assert (shown["key"]["name"], shown["key"]["scope"]) == ("tests", "read")
    [one] = shown["connections"]
    assert (one["id"], one["status"]) == (connection.pk, "active")
    assert "0123456789abcd" not in json.dumps(shown)

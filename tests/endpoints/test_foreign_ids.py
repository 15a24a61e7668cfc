"""An id of another environment is answered exactly as one that nobody has: in paths, bodies and queries."""

import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.conftest import client
from billing.tests.factories import EnvironmentFactory
from tests.endpoints.routes import Endpoint, endpoints
from tests.endpoints.sending import NAMED, OTHER, example, fields_of, filled, send
from tests.endpoints.world import make_world

pytestmark = pytest.mark.django_db

# Names of what providers have, or of what callers choose; and of no row of another environment.
NO_ROWS = {
    "provider_entity_id",
    "payment_method_id",
    "external_id",
    "object_id",
    "lookup_key",
    "provider_event_id",
}
NO_ROWS |= {
    "gateway_charge_id",
    "gateway_payment_id",
    "gateway_session_id",
    "gateway_credit_note_id",
    "gateway_refund_id",
    "gateway_dispute_id",
    "tax_ids",
    "collect_tax_ids",
}
# Of other names: which rows they name.
ROWS = NAMED | {
    "import_id": "imports",
    "run_id": "sync_runs",
    "mapping_id": "mappings",
    "former_entity_id": "customers",
    "invoice_line_item_id": "lines",
    "credit_note_id": "credit_notes",
    "event_id": "webhook_events",
    "event_ids": "webhook_events",
}
# ``id`` and ``ids`` in bodies.
IDS = {
    "LineInput": "lines",
    "BulkSyncInput": "invoices",
    "ReplayInput": "events",
    "FindingBulkInput": "findings",
}
# What chooses among rows: whoever names one that is not there has chosen none.
CHOOSING = {"ReplayInput.ids", "ReplayInput.connection_id"}


class Both:
    """A client of one environment, the rows of it, and those of another one."""

    def __init__(self, environment: Environment) -> None:
        self.api: APIClient = client(environment)
        self.ours, self.theirs = (make_world(one) for one in (environment, EnvironmentFactory()))

    def compare(self, endpoint: Endpoint, noun: str, send_with: Any) -> Any:
        """The response to the foreign id, which must be that to an id that nobody has."""
        foreign = self.theirs[noun]
        unknown = foreign[:-4] + ("0000" if foreign[-4:] != "0000" else "1111")
        first, second = send_with(foreign), send_with(unknown)
        assert first.status_code == second.status_code, (str(endpoint), first.content, second.content)
        assert _plain(first, foreign) == _plain(second, unknown), str(endpoint)
        return first


def _plain(response: Any, named: str) -> str:
    """The body without what differs by chance: the id that was sent, and when the answer was made."""
    text = response.content.decode().replace(named, "ID")
    return re.sub(r"req_\w+|\d{4}-\d\d-\d\dT[\d:.]+Z", "", text)


@pytest.fixture
def both() -> Both:
    return Both(EnvironmentFactory())


def names_a_row(name: str) -> bool:
    last = name.rpartition(".")[2]
    return bool(re.search(r"(^|_)ids?$", last)) and last not in NO_ROWS


class TestAForeignId:
    def test_in_a_path_is_not_found(self, both: Both) -> None:
        for one in endpoints():
            body = None if one.method == "get" else example(one.parser, both.ours)
            for name in re.findall(r"{(\w+)}", one.path):
                if name in OTHER:
                    continue
                noun = one.noun if name in ("id", "entity_id") else NAMED[name]
                response = both.compare(
                    one,
                    noun,
                    lambda id, one=one, name=name, body=body: send(
                        both.api, one.method, filled(one, both.ours, **{name: id}), body
                    ),
                )
                assert response.status_code == 404, (str(one), response.content)

    def test_in_a_body_is_refused_by_its_field(self, both: Both) -> None:
        tried = set()
        for one in endpoints():
            for name, made in fields_of(one.parser) if one.parser else ():
                label = f"{one.parser.__name__}.{name}"
                if not names_a_row(name) or (label, one.method) in tried:
                    continue
                tried.add((label, one.method))
                self._refused_in_a_body(both, one, name, made, label)
        assert len(tried) > 30

    def _refused_in_a_body(self, both: Both, one: Endpoint, name: str, made: Any, label: str) -> None:
        last, whole = name.rpartition(".")[2], example(one.parser, both.ours)
        noun = ROWS.get(last) or IDS.get("LineInput" if "." in name else one.parser.__name__, "")
        assert noun, f"say which rows {label} names"

        def body(id: str) -> Any:
            value = made([id] if last in ("ids", "event_ids") else id)
            field = name.partition(".")[0]
            if "." in name and isinstance(value[field], list):
                value = {field: [(whole.get(field) or [{}])[0] | value[field][0]]}
            if label == "RelinkInput.entity_id":
                return value | {"reason": "It takes one of the two."}
            return value if one.method in ("patch", "put") else whole | value

        path = filled(one, both.ours)
        response = both.compare(one, noun, lambda id: send(both.api, one.method, path, body(id)))
        if label in CHOOSING:
            assert response.json()["count" if "count" in response.json() else "asked"] in (0, {}), label
            return
        assert response.status_code in (400, 404), (label, response.content)
        if response.status_code == 400:
            said = response.json()["details"]
            assert any(name.partition(".")[0] in field and last in field for field in said), (label, said)

    def test_in_a_query_finds_nothing(self, both: Both) -> None:
        tried = 0
        for one in endpoints():
            for name in one.parameters:
                if names_a_row(name):
                    self._finds_nothing(both, one, name)
                    tried += 1
        assert tried > 60

    def _finds_nothing(self, both: Both, one: Endpoint, name: str) -> None:
        noun = one.noun if name == "id" else ROWS[name]
        body = None if one.method == "get" else example(one.parser, both.ours)
        path = filled(one, both.ours)
        response = both.compare(one, noun, lambda id: send(both.api, one.method, f"{path}?{name}={id}", body))
        if response.status_code == 200:
            assert response.json()["items"] == [], (str(one), name)
        else:
            assert response.status_code in (400, 404), (str(one), name, response.content)

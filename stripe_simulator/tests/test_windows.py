"""Lists within a window of time: complete, and of the same cost however many objects there are."""

import time
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_simulator import resources
from stripe_simulator.operations import OPERATIONS, Call
from stripe_simulator.state.account import Account
from stripe_simulator.state.clock import Clock
from stripe_simulator.state.collection import Collection
from stripe_simulator.state.ids import Ids

resources.load()
MANY = 100_000
moments = st.integers(0, 20)


def windowed():
    """Return the names of the lists that take a window."""
    for name, operation in OPERATIONS.items():
        module = import_module(operation.signature.params_module)
        params = getattr(module, operation.signature.params_class)
        of_its_own = "{" not in operation.signature.path
        if of_its_own and name.endswith(".list") and "created" in params.__annotations__:
            yield name


class TestAWindow:
    @given(st.lists(moments, min_size=1, max_size=30), moments, moments, st.data())
    def test_contains_exactly_what_was_created_in_it(self, created, since, until, data):
        collection, times = Collection(), {f"id{index}": moment for index, moment in enumerate(created)}
        for id, moment in times.items():
            collection.add(id, moment)
        cursor = data.draw(st.sampled_from(sorted(times)))
        expected = [id for id, moment in times.items() if since <= moment <= until]

        def inside(ids):
            return [id for id in ids if since <= times[id] <= until]

        position = list(times).index(cursor)
        older = [id for id in expected if list(times).index(id) < position]
        newer = [id for id in expected if list(times).index(id) > position]
        assert sorted(inside(collection.newest_first(None, since, until))) == sorted(expected)
        assert sorted(inside(collection.newest_first(cursor, since, until))) == sorted(older)
        assert sorted(inside(collection.oldest_first(cursor, since, until))) == sorted(newer)


@pytest.fixture(scope="module")
def account():
    account = Account(
        "many", clock=Clock(), ids=Ids(1), base_url="http://127.0.0.1", on_event=lambda *event: None
    )
    for number in range(MANY):
        account.add({"id": f"cus_{number}", "object": "customer", "created": number, "test_clock": None})
    return account


class TestAListOfManyObjects:
    @pytest.mark.parametrize(
        "params",
        [
            {"created": {"gte": 500, "lt": 600}},
            {"created": {"gt": MANY - 50}},
            {"created": {"lt": 3}},
            {"created": 70_000},
            {"created": {"gte": 500, "lt": 600}, "starting_after": "cus_550"},
            {"created": {"gte": 500, "lt": 600}, "ending_before": "cus_550"},
            {"created": {"gt": 2 * MANY}},
            {"starting_after": "cus_10"},
        ],
    )
    def test_costs_what_a_list_of_few_costs(self, account, params):
        handler = OPERATIONS["customers.list"].handler
        began = time.process_time()
        for _ in range(20):
            handler(Call(account, params | {"limit": 100}, (), "/v1/customers"))
        assert time.process_time() - began < 0.5


@pytest.mark.parametrize("name", sorted(windowed()))
def test_each_list_keeps_to_its_window(client, name):
    service = client.v1
    for part in name.split(".")[:-1]:
        service = getattr(service, part)
    assert service.list({"created": {"gt": 1, "lt": 2}, "limit": 1}).data == []


def test_each_kind_that_the_reference_lists_by_time_has_a_window():
    assert {"customers.list", "invoices.list", "events.list", "refunds.list"} <= set(windowed())

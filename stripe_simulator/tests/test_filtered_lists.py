"""Lists that are filtered by an indexed attribute look at few of many objects."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_simulator import resources
from stripe_simulator.operations import OPERATIONS, Call
from stripe_simulator.state.account import Account
from stripe_simulator.state.clock import Clock
from stripe_simulator.state.collection import Collection
from stripe_simulator.state.filters import INDEXED
from stripe_simulator.state.ids import Ids

resources.load()
MANY, EACH = 100_000, 5
moments = st.integers(0, 20)
# Lists that FlexSync or an importer reads, by the parameters that select EACH objects with the value of 7.
LISTS = {
    "balance_transactions.list": ("balance_transaction", [{"source": "7"}, {"type": "7"}]),
    "charges.list": ("charge", [{"customer": "7"}, {"payment_intent": "7"}]),
    "checkout.sessions.list": ("checkout.session", [{"customer": "7"}, {"payment_intent": "7"}]),
    "credit_notes.list": ("credit_note", [{"customer": "7"}, {"invoice": "7"}]),
    "customers.list": ("customer", [{"email": "7"}]),
    "disputes.list": ("dispute", [{"charge": "7"}, {"payment_intent": "7"}]),
    "events.list": ("event", [{"type": "7"}, {"types": ["7", "none"]}]),
    "invoice_items.list": ("invoiceitem", [{"customer": "7"}, {"invoice": "7"}]),
    "invoice_payments.list": (
        "invoice_payment",
        [{"invoice": "7"}, {"payment": {"type": "payment_intent", "payment_intent": "7"}}],
    ),
    "invoices.list": ("invoice", [{"customer": "7"}, {"status": "7"}, {"subscription": "7"}]),
    "payment_intents.list": ("payment_intent", [{"customer": "7"}]),
    "payment_methods.list": ("payment_method", [{"customer": "7"}]),
    "prices.list": ("price", [{"product": "7"}, {"lookup_keys": ["7", "none"]}]),
    "refunds.list": ("refund", [{"charge": "7"}, {"payment_intent": "7"}]),
    "setup_intents.list": ("setup_intent", [{"customer": "7"}]),
    "subscriptions.list": ("subscription", [{"customer": "7"}, {"status": "7"}]),
}


class Counted(dict):
    """Objects that count how many of them were looked at."""

    looked_at = 0

    def __getitem__(self, id):
        self.looked_at += 1
        return super().__getitem__(id)


def new_account():
    return Account("many", clock=Clock(), ids=Ids(1), base_url="http://127.0.0.1", on_event=lambda *event: 0)


def filled(kind, number):
    """Return an account with objects of a kind; each EACH have a value of their own in what is indexed."""
    account = new_account()
    item = {"id": "item", "object": "subscription_item", "price": {"id": "price_1"}}
    account.add(item | {"current_period_start": 1, "current_period_end": 2})
    for index in range(number):
        object = {"id": str(index), "object": kind, "created": account.now, "deleted": True}
        object |= {
            "test_clock": None,
            "due_date": None,
            "parent": None,
            "pending_webhooks": 0,
            "_items": ["item"],
        }
        for path in INDEXED[kind]:
            *outer, last = path.split(".")
            inner = object
            for name in outer:
                inner[name] = inner = inner.get(name) or {"type": "payment_intent"}
            inner[last] = str(index % (number // EACH))
        account.add(object | {"recurring": None, "api_version": None, "customer_details": None})
    list(account.having(kind, INDEXED[kind][0], ""))  # the index takes in what is new when it is first read
    account.objects = Counted(account.objects)
    return account


class TestAFilteredList:
    @pytest.mark.parametrize("name", LISTS)
    def test_looks_at_what_it_shows(self, name):
        kind, selections = LISTS[name]
        account = filled(kind, MANY)
        for params in selections:
            account.objects.looked_at = 0
            call = Call(account, params | {"limit": 100}, (), f"/v1/{name}")
            assert len(OPERATIONS[name].handler(call)["data"]) == EACH, params
            assert account.objects.looked_at <= 2 * EACH, params  # with the item of each subscription


class TestAnIndex:
    @given(st.lists(st.tuples(moments, st.sampled_from("abc")), min_size=1, max_size=30), st.data())
    def test_selects_what_has_one_of_the_values(self, objects, data):
        collection = Collection()
        for index, (created, _) in enumerate(objects):
            collection.add(str(index), created)
        filed = lambda id: (("name", objects[int(id)][1]),)
        collection.refile(filed)
        for id in data.draw(st.sets(st.sampled_from(range(len(objects))))):
            objects[id] = (objects[id][0], "d")
            collection.changed(str(id))
        collection.refile(filed)
        since, until, cursor = (
            data.draw(moments),
            data.draw(moments),
            data.draw(st.sampled_from(range(len(objects)))),
        )
        wanted = data.draw(st.sets(st.sampled_from("abcd")))
        among = collection.having({("name", value) for value in wanted})
        every = [id for id, (created, value) in enumerate(objects) if value in wanted]
        inside = [id for id in every if since <= objects[id][0] <= until]

        def exactly(ids):
            found = [int(id) for id in ids]
            assert set(found) <= set(every)
            return sorted(id for id in found if since <= objects[id][0] <= until)

        assert exactly(collection.newest_first(None, since, until, among)) == inside
        older = collection.newest_first(str(cursor), since, until, among)
        assert exactly(older) == [id for id in inside if id < cursor]
        newer = collection.oldest_first(str(cursor), since, until, among)
        assert exactly(newer) == [id for id in inside if id > cursor]
        assert [int(id) for id in collection.newest_first(among=among)] == every[::-1]

    def test_follows_changes_and_what_undoes_them(self):
        account = new_account()
        customer = account.add({"id": "cus_1", "object": "customer", "email": "a@b.c"})
        assert list(account.having("customer", "email", "a@b.c")) == [customer]
        with suppress(ValueError), account.journal.atomic():
            customer["email"] = "d@e.f"
            assert list(account.having("customer", "email", "d@e.f")) == [customer]
            assert list(account.having("customer", "email", "a@b.c")) == []
            account.remove(customer)
            account.add({"id": "cus_2", "object": "customer", "email": "a@b.c"})
            raise ValueError
        assert list(account.having("customer", "email", "d@e.f")) == []
        assert list(account.having("customer", "email", "a@b.c")) == [customer]

    def test_forgets_what_is_removed(self):
        account = new_account()
        customer = account.add({"id": "cus_1", "object": "customer", "email": "a@b.c"})
        account.remove(customer)
        assert list(account.having("customer", "email", "a@b.c")) == []

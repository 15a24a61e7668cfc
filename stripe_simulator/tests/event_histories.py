"""An object's events are its whole history: an event for each change, and none without a change."""

import itertools
from collections import defaultdict

_ONCE = {
    "invoice.created": "draft",
    "invoice.finalized": "open",
    "invoice.paid": "paid",
    "invoice.voided": "void",
    "invoice.marked_uncollectible": "uncollectible",
}


def event_histories(client, family):
    """Return the events of each object of a family such as `invoice`, oldest first."""
    histories = defaultdict(list)
    for event in client.v1.events.list({"limit": 100}).auto_paging_iter():
        shown = event.data.to_dict()
        if shown["object"]["object"] == family:
            histories[shown["object"]["id"]].insert(0, (event.type, shown))
    return histories


# A draft shows the customer's balance as it is at the moment, and no event says that it has changed.
_OF_BALANCE = frozenset({"amount_due", "amount_remaining", "starting_balance"})


def check_changes(shown, history, updated):
    """Check that the history ends with the object as it is, and that no event is an empty update."""
    assert _changed(history[-1][1]["object"], shown) == set()
    for (_, before), (type, after) in itertools.pairwise(history):
        changed = _changed(before["object"], after["object"])
        if not type.endswith(".deleted"):  # has the whole object, without former values
            former = set(after.get("previous_attributes", {})) - _unannounced(before["object"])
            assert changed == former, (type, changed)
        assert changed or type != updated


def _changed(before, after):
    assert before.keys() == after.keys()
    return {name for name in after if before[name] != after[name]} - _unannounced(before)


def _unannounced(before):
    draft = before["object"] == "invoice" and before["status"] == "draft"
    return _OF_BALANCE if draft else frozenset()


def check_invoice(invoice, history):
    """Check that the history ends with the invoice as it is, and has each status once."""
    assert history[0][0] == "invoice.created"
    check_changes(invoice, history, "invoice.updated")
    types = [type for type, _ in history]
    for type, status in _ONCE.items():
        assert types.count(type) <= 1
        assert all(shown["object"]["status"] == status for emitted, shown in history if emitted == type)
    reached = {shown["object"]["status"] for _, shown in history}
    assert {status for type, status in _ONCE.items() if type in types} == reached


def check_intent(intent, history):
    """Check that the history has each status that an intent has reached, and at most one end."""
    statuses = [shown["object"]["status"] for _, shown in history]
    assert statuses[-1] == intent["status"]
    assert len({type for type, _ in history if type.endswith((".succeeded", ".canceled"))}) <= 1

"""Whether an object's events are its whole history: an event for each change, and none without a change."""

import itertools
from collections import defaultdict

_ONCE = {
    "invoice.created": "draft",
    "invoice.finalized": "open",
    "invoice.paid": "paid",
    "invoice.voided": "void",
    "invoice.marked_uncollectible": "uncollectible",
}


def stories(client, family):
    """The events of each object of a family such as `invoice`, oldest first."""
    told = defaultdict(list)
    for event in client.v1.events.list({"limit": 100}).auto_paging_iter():
        shown = event.data.to_dict()
        if shown["object"]["object"] == family:
            told[shown["object"]["id"]].insert(0, (event.type, shown))
    return told


def check_changes(shown, story, updated):
    """The story ends with the object as it is, and changes by what it says: no event is an empty update."""
    assert story[-1][1]["object"] == shown
    for (_, before), (type, after) in itertools.pairwise(story):
        changed = {name for name in after["object"] if before["object"].get(name) != after["object"][name]}
        if not type.endswith(".deleted"):  # tells the end as a whole, without what was before
            assert changed == set(after.get("previous_attributes", {})), (type, changed)
        assert changed or type != updated


def check_invoice(invoice, story):
    """The story ends with the invoice as it is, changes by what it says, and names each status once."""
    assert story[0][0] == "invoice.created"
    check_changes(invoice, story, "invoice.updated")
    types = [type for type, _ in story]
    for type, status in _ONCE.items():
        assert types.count(type) <= 1
        assert all(shown["object"]["status"] == status for told, shown in story if told == type)
    reached = {shown["object"]["status"] for _, shown in story}
    assert {status for type, status in _ONCE.items() if type in types} == reached


def check_intent(intent, story):
    """Each status that an intent has reached was told."""
    statuses = [shown["object"]["status"] for _, shown in story]
    assert statuses[-1] == intent["status"]
    assert len({type for type, _ in story if type.endswith((".succeeded", ".canceled"))}) <= 1

"""Test clocks: time that is advanced for some customers only. Source: Stripe docs, "Test clocks"."""

from ..errors import InvalidRequest
from ..listing import listable, retrievable
from ..operations import Call, operation
from ..periods import period_end
from ..state.account import Account, Object
from ..state.actions import run_next

_KIND = "test_helpers.test_clock"
_KEPT_SECONDS = 30 * 86400
_ENDED = ("canceled", "incomplete_expired")
# Months differ in length: twice the length of a February ends before the end of March.
_TOLERANCE = 4 * 86400

listable("test_helpers.test_clocks.list", _KIND)
retrievable("test_helpers.test_clocks.retrieve", _KIND)


@operation("test_helpers.test_clocks.create")
def create(call: Call) -> Object:
    """Create a clock, which stands still until it is advanced."""
    account, params = call.account, call.params
    clock = {
        "id": account.new_id("clock"),
        "object": _KIND,
        "created": account.now,
        "deletes_after": account.now + _KEPT_SECONDS,
        "frozen_time": params["frozen_time"],
        "livemode": False,
        "name": params.get("name"),
        "status": "ready",
        "status_details": {},
    }
    clock = account.add(clock)
    account.emit("test_helpers.test_clock.created", clock)
    return account.render(clock)


@operation("test_helpers.test_clocks.advance")
def advance(call: Call) -> Object:
    """Advance a clock; everything due has happened when the response comes (Stripe takes a while)."""
    account, target = call.account, call.params["frozen_time"]
    clock = account.get(_KIND, call.id)
    _check_target(account, clock, target)
    clock.update(status="advancing", status_details={"advancing": {"target_frozen_time": target}})
    account.emit("test_helpers.test_clock.advancing", clock)
    while (moment := account.agenda.first(clock["id"])) is not None and moment <= target:
        clock["frozen_time"] = max(clock["frozen_time"], moment)
        run_next(account, clock["id"])
    clock.update(frozen_time=target, status="ready", status_details={})
    account.emit("test_helpers.test_clock.ready", clock)
    return account.render(clock)


def _check_target(account: Account, clock: Object, target: int) -> None:
    if target <= clock["frozen_time"]:
        raise InvalidRequest("A test clock can only be advanced to a later time.", param="frozen_time")
    if target > furthest(account, clock):
        raise InvalidRequest(
            "You may only advance a test clock by two intervals of its shortest subscription, or by two years.",
            param="frozen_time",
        )


def furthest(account: Account, clock: Object) -> int:
    """Return the limit of an advance: two intervals ahead.

    Source: Stripe docs, "API and advanced usage" of test clocks (two years: assumed).
    """
    now: int = clock["frozen_time"]
    rhythms = [
        account.objects[id]["price"]["recurring"]
        for subscription in account.all("subscription")
        if subscription["test_clock"] == clock["id"] and subscription["status"] not in _ENDED
        for id in subscription["_items"]
    ] or [{"interval": "year", "interval_count": 1}]
    ends = [period_end(now, now, each["interval"], each["interval_count"]) for each in rhythms]
    return min(now + 2 * (end - now) for end in ends) + _TOLERANCE


@operation("test_helpers.test_clocks.delete")
def delete(call: Call) -> Object:
    """Delete a clock, and its customers and their subscriptions with it."""
    account = call.account
    clock = account.get(_KIND, call.id)
    for kind in ("subscription", "customer"):
        for owned in list(account.all(kind)):
            if owned["test_clock"] == clock["id"]:
                account.remove(owned)
    account.emit("test_helpers.test_clock.deleted", clock)
    account.remove(clock)
    return {"id": clock["id"], "object": _KIND, "deleted": True}


def moment_for(call: Call) -> int | None:
    """Return the time of the test clock of a request's customer, if it has one."""
    account = call.account
    id = call.params.get("customer") or (call.ids[0] if call.ids else None)
    named = account.objects.get(id, {}) if isinstance(id, str) else {}
    owner = (
        named if named.get("object") == "customer" else account.objects.get(named.get("customer") or "", {})
    )
    clock = account.find(_KIND, owner.get("test_clock") or call.params.get("test_clock"))
    return int(clock["frozen_time"]) if clock else None


def clock_of(account: Account, customer_id: str | None) -> str | None:
    """Return the id of a customer's test clock, if it has one."""
    customer = account.find("customer", customer_id) or {}
    clock: str | None = customer.get("test_clock")
    return clock


def check_exists(account: Account, id: str | None) -> None:
    """Refuse an unknown clock."""
    if id:
        account.get(_KIND, id, "test_clock")

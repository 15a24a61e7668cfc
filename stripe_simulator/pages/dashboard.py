"""The dashboard: objects, events, deliveries, requests and faults."""

import json
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from ..simulator import Simulator
from ..state.account import Account, Object
from ..webhooks.delivery import Delivery
from .rendering import not_found, page

_SHOWN = 25
_NOT_COUNTED = frozenset({"event", "line_item", "item", "discount"})


async def show(request: Request) -> Response:
    """Show the accounts, and the newest objects, events, deliveries and requests of one of them."""
    simulator: Simulator = request.app.state.simulator
    label = request.query_params.get("account") or next(iter(simulator.accounts), None)
    account = simulator.accounts.get(label) if label else None
    kind = request.query_params.get("kind")
    return page(
        request,
        "dashboard.html",
        accounts=list(simulator.accounts.values()),
        account=account,
        kinds=_kinds(account) if account else {},
        kind=kind,
        objects=_newest(account, kind) if account else [],
        events=list(islice(account.all("event"), _SHOWN)) if account else [],
        deliveries=_deliveries(simulator, label),
        requests=[record for record in list(simulator.requests)[::-1] if record.account == label][:_SHOWN],
        faults=simulator.faults.rules,
        now=simulator.clock.now(),
    )


async def show_object(request: Request) -> Response:
    """Show one object as JSON, with links to the objects that it refers to."""
    simulator: Simulator = request.app.state.simulator
    id = request.path_params["id"]
    for account in simulator.accounts.values():
        if id in account.objects:
            shown = {"id": id, "object": None} | account.render(account.objects[id])
            return page(request, "object.html", account=account, object=shown, parts=_linked(account, shown))
    return not_found(request)


def _kinds(account: Account) -> dict[str, int]:
    kinds = {kind: len(ids) for kind, ids in account.collections.items() if ids and kind not in _NOT_COUNTED}
    return dict(sorted(kinds.items()))


def _newest(account: Account, kind: str | None) -> list[Object]:
    if kind:
        return list(islice(account.all(kind), _SHOWN))
    shown = [object for kind in _kinds(account) for object in islice(account.all(kind), _SHOWN)]
    return sorted(shown, key=lambda object: object.get("created", 0), reverse=True)[:_SHOWN]


def _deliveries(simulator: Simulator, label: str | None) -> list[Delivery]:
    both = [*simulator.deliveries.settled, *simulator.deliveries.pending]
    return [delivery for delivery in both[::-1] if delivery.account == label][:_SHOWN]


def _linked(account: Account, shown: Object) -> list[tuple[str, bool]]:
    """Return the JSON in pieces; those that are an id of another object are links."""
    pieces = json.dumps(shown, indent=2, ensure_ascii=False).split('"')
    return [(piece, piece in account.objects and piece != shown["id"]) for piece in pieces]

"""Search, where Stripe has it. Source: Stripe docs, "Search"."""

from ..account import Object
from ..errors import InvalidRequest
from ..listing import page_limit
from ..operations import Call, operation
from ..search_query import parse

_KINDS = {
    "charges": "charge",
    "customers": "customer",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
    "prices": "price",
    "products": "product",
    "subscriptions": "subscription",
}


def searchable(service: str, kind: str) -> None:
    """Register `<service>.search`."""

    @operation(f"{service}.search")
    def search(call: Call) -> Object:
        account, params = call.account, call.params
        matches, newest = parse(params["query"]), account.now - account.search_lag
        found = [
            one for one in account.all(kind) if one["created"] <= newest and matches(account.render(one))
        ]
        start, limit = _offset(params.get("page")), page_limit(params)
        shown = found[start : start + limit]
        more = len(found) > start + limit
        return {
            "object": "search_result",
            "data": [account.render(one) for one in shown],
            "has_more": more,
            "next_page": f"page_{start + limit}" if more else None,
            "url": call.url,
        }


def _offset(page: str | None) -> int:
    if page is None:
        return 0
    if not page.removeprefix("page_").isdigit():
        raise InvalidRequest("Invalid page token.", param="page")
    return int(page.removeprefix("page_"))


for _service, _kind in _KINDS.items():
    searchable(_service, _kind)

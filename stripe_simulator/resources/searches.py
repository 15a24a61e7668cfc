"""Search, where Stripe has it. Source: Stripe docs, "Search"."""

from ..errors import InvalidRequest
from ..listing import page_limit
from ..operations import Call, operation
from ..search_query import parse
from ..state.account import Account, Object

_KINDS = {
    "charges": "charge",
    "customers": "customer",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
    "prices": "price",
    "products": "product",
    "subscriptions": "subscription",
}


# Source: Stripe docs, "Search", query fields of each resource. A token is compared as a whole.
_FIELDS = {
    "charges": "amount:numeric billing_details.address.postal_code:token created:numeric currency:token customer:token"
    " disputed:token metadata:token refunded:token status:token payment_method_details.card.last4:token"
    " payment_method_details.card.exp_month:token payment_method_details.card.exp_year:token"
    " payment_method_details.card.brand:token payment_method_details.card.fingerprint:token",
    "customers": "created:numeric email:string metadata:token name:string phone:string",
    "invoices": "created:numeric currency:token customer:token last_finalization_error_code:token"
    " last_finalization_error_type:token metadata:token number:string receipt_number:string status:string"
    " subscription:string total:numeric",
    "payment_intents": "amount:numeric created:numeric currency:token customer:token metadata:token status:token",
    "prices": "active:token currency:token lookup_key:string metadata:token product:string type:token",
    "products": "active:token description:string metadata:token name:string shippable:token url:string",
    "subscriptions": "created:numeric metadata:token status:string canceled_at:numeric",
}


def _searched(service: str, shown: Object) -> Object:
    """Return an object with the attributes that are searched under another name than shown."""
    if service != "invoices":
        return shown
    details, error = (
        (shown["parent"] or {}).get("subscription_details"),
        shown["last_finalization_error"] or {},
    )
    return shown | {
        "subscription": (details or {}).get("subscription"),
        "last_finalization_error_code": error.get("code"),
        "last_finalization_error_type": error.get("type"),
    }


def _lags(account: Account, object: Object) -> bool:
    """Return whether an object is too new to be found.

    On a test clock no time passes between two requests.
    """
    newest = account.clock.now() - account.search_lag
    return bool(account.search_lag and object["created"] > newest and not object.get("test_clock"))


def searchable(service: str, kind: str) -> None:
    """Register `<service>.search`."""

    fields = dict(field.split(":") for field in _FIELDS[service].split())

    @operation(f"{service}.search")
    def search(call: Call) -> Object:
        account, params = call.account, call.params
        matches = parse(params["query"], service, fields)
        found = [
            object
            for object in account.all(kind)
            if not _lags(account, object) and matches(_searched(service, account.render(object)))
        ]
        start, limit = _offset(params.get("page")), page_limit(params)
        shown = found[start : start + limit]
        more = len(found) > start + limit
        return {
            "object": "search_result",
            "data": [account.render(object) for object in shown],
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

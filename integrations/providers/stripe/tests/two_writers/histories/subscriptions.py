"""Subscriptions, as the two persons edit them: two items, of which one comes and goes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.events import Kind
from billing.facts import CustomerFacts, PlanFacts, PriceFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import Price, Subscription
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.two_writers.histories.fields import (
    INSIDE,
    Field,
    Values,
    flat,
    metadata,
)
from integrations.providers.stripe.tests.two_writers.histories.kind import EditedKind, merged, shown
from integrations.providers.stripe.translate.subscription_fields import PAUSED, PERIOD_END
from integrations.testing import push

# The main item has one of two prices.
SEAT, FLOOR, OTHER = "seat", "floor", "other"
PRICE, QUANTITY, EXTRA = "items.main.price", "items.main.quantity", "items.extra"
CHARGED = "charge_automatically"
SOON, LATE = 1_900_000_000, 1_950_000_000


def _sent(days: int) -> dict[str, Any]:
    return {"collection_method": "send_invoice", "days_until_due": days}


class Subscriptions(EditedKind):
    """Subscriptions. How they end, and how they are collected, are one field each."""

    kind, resource, mark = Kind.SUBSCRIPTION, "subscriptions", "flexprice_subscription_id"
    fields = (
        Field(QUANTITY, (4, 6), (5, 7)),
        Field(PRICE, (SEAT, FLOOR), (SEAT, FLOOR)),
        Field(EXTRA, (None, 1, 2), (None, 1, 8), is_part=True),
        Field("cancel_at", (None, PERIOD_END, SOON), (None, PERIOD_END, LATE)),
        Field("pause_collection", (None, PAUSED), (None, PAUSED)),
        Field("collection_method", (CHARGED, _sent(9)), (CHARGED, _sent(14))),
        *metadata("color", "size"),
    )

    def __init__(self) -> None:
        # Which item is which, by Stripe's ids of all that were seen.
        self._names: dict[str, str] = {}

    def create_here(self, environment_id: str) -> str:
        prices = _prices(environment_id)
        customer = customers.create(environment_id=environment_id, facts=CustomerFacts(name="Ada"))
        until = timezone.now().replace(microsecond=0) + timedelta(days=25)
        item = SubscriptionItemFacts(prices[SEAT].pk, Decimal(3), current_period_end=until)
        facts = SubscriptionFacts(customer.pk, "USD", items=(item,), metadata={"color": "red"})
        return subscriptions.create(environment_id=environment_id, facts=facts).pk

    def create_there(self, account: Account) -> str:
        prices = _prices(account.connection.environment_id)
        for price in prices.values():
            push(account.connection, Kind.PRICE, price.pk)
        params = {
            "customer": account.stripe.v1.customers.create({"name": "Ada"}).id,
            "items": [{"price": account.id_of(Kind.PRICE, prices[SEAT].pk), "quantity": 3}],
            "billing_cycle_anchor": int(timezone.now().timestamp()) + 25 * 86_400,
            "proration_behavior": "none",
            "metadata": {"color": "red"},
        }
        return account.stripe.v1.subscriptions.create(params).id

    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        row = Subscription.objects.get(pk=entity_id)
        items = _items(row, subscriptions.facts(row).items, values)
        changes: dict[str, Any] = {"metadata": merged(row.metadata, values), "items": items}
        if "cancel_at" in values:
            at = values["cancel_at"]
            changes["cancel_at_period_end"] = at == PERIOD_END
            changes["cancel_at"] = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None
        if "pause_collection" in values:
            changes["status"] = values["pause_collection"] or "active"
        if "collection_method" in values:
            changes |= {"days_until_due": None, **_collection(values["collection_method"])}
        subscriptions.update(environment_id=environment_id, subscription_id=entity_id, changes=changes)

    def here(self, entity_id: str) -> dict[str, Any]:
        row = Subscription.objects.get(pk=entity_id)
        found = {} if row.collection_method == CHARGED else _sent(row.days_until_due or 0)
        ends = int(row.cancel_at.timestamp()) if row.cancel_at else None
        items = [(_name(item.price_id), int(item.quantity)) for item in row.items.all()]
        return {
            "cancel_at": PERIOD_END if row.cancel_at_period_end else ends,
            "pause_collection": PAUSED if row.status == PAUSED else None,
            "collection_method": found or CHARGED,
            **_shown(items),
            **shown(row.metadata),
        }

    def edit_there(self, account: Account, stripe_id: str, values: Values, current: Values) -> None:
        found = account.stripe.v1.subscriptions.retrieve(stripe_id).to_dict()
        items = {self._name_of(item): item for item in found["items"]["data"]}
        account.stripe.v1.subscriptions.update(
            stripe_id, {"proration_behavior": "none", **_params(account, values, current, items)}
        )

    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        for item in found["items"]["data"]:
            self._name_of(item)
        items = [(item["price"]["nickname"], item["quantity"]) for item in found["items"]["data"]]
        is_sent = found["collection_method"] != CHARGED
        return {
            "cancel_at": PERIOD_END if found["cancel_at_period_end"] else found["cancel_at"],
            "pause_collection": PAUSED if found["pause_collection"] else None,
            "collection_method": _sent(found["days_until_due"]) if is_sent else CHARGED,
            **_shown(items),
        }

    def set_with(self, values: Values) -> Sequence[str]:
        """With a new price it is another item here."""
        return (QUANTITY,) if PRICE in values else ()

    def sent(self, params: Values) -> dict[str, Any]:
        found = flat({"metadata": params.get("metadata", {})})
        if {"cancel_at", "cancel_at_period_end"} & params.keys():
            at = params.get("cancel_at") or None
            found["cancel_at"] = PERIOD_END if params.get("cancel_at_period_end") else at
        if "pause_collection" in params:
            found["pause_collection"] = PAUSED if params["pause_collection"] else None
        if "days_until_due" in params or "collection_method" in params:
            days = params.get("days_until_due")
            found["collection_method"] = _sent(days) if days else CHARGED
        for item in params.get("items", ()):
            found |= self._sent_item(item)
        return found

    def _sent_item(self, item: Values) -> dict[str, Any]:
        if self._names.get(item.get("id", ""), EXTRA) == EXTRA:
            return {EXTRA: item.get("quantity")}
        found = {f"items.main.{name}": item[name] for name in item.keys() & {"quantity", "price"}}
        return found | ({PRICE: self._names.get(item["price"])} if PRICE in found else {})

    def recorded(self, field: str, value: Any) -> tuple[str, Any]:
        first, _, rest = field.partition(".")
        if first != "items":
            return field, value
        item_id, _, inner = rest.partition(".")
        name = self._names.get(item_id, EXTRA)
        if name == EXTRA:
            return name, value["quantity"] if isinstance(value, Mapping) else value
        if inner == "price":
            return PRICE, self._names.get(value) or _name(value)
        return f"{name}.{inner}", value

    def _name_of(self, item: Mapping[str, Any]) -> str:
        nickname, price = item["price"]["nickname"], item["price"]["id"]
        self._names[price] = nickname
        return self._names.setdefault(item["id"], EXTRA if nickname == OTHER else "items.main")


def _prices(environment_id: str) -> dict[str, Price]:
    plan = plans.create(environment_id=environment_id, facts=PlanFacts("Growth"))
    return {
        name: plans.create_price(
            environment_id=environment_id,
            facts=PriceFacts(plan.pk, "USD", unit_amount=Decimal(10), description=name),
        )
        for name in (SEAT, FLOOR, OTHER)
    }


def _name(price_id: str) -> str:
    return str(Price.objects.get(pk=price_id).description)


def _shown(items: list[tuple[str, int]]) -> dict[str, Any]:
    extra = [quantity for name, quantity in items if name == OTHER]
    [(price, quantity)] = [item for item in items if item[0] != OTHER] or [(None, None)]
    return {PRICE: price, QUANTITY: quantity, EXTRA: extra[0] if extra else None}


def _collection(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"collection_method": value}


def _items(
    row: Subscription, known: tuple[SubscriptionItemFacts, ...], values: Values
) -> tuple[SubscriptionItemFacts, ...]:
    prices = {one.description: one.pk for one in Price.objects.filter(environment_id=row.environment_id)}
    main = next(item for item in known if item.price_id != prices[OTHER])
    extra = next((item for item in known if item.price_id == prices[OTHER]), None)
    if PRICE in values:
        main = replace(main, price_id=prices[values[PRICE]])
    if QUANTITY in values:
        main = replace(main, quantity=Decimal(values[QUANTITY]))
    if EXTRA in values:
        quantity = values[EXTRA]
        extra = replace(extra or SubscriptionItemFacts(prices[OTHER]), quantity=Decimal(quantity or 1))
        return (main, extra) if quantity else (main,)
    return (main, extra) if extra else (main,)


def _params(
    account: Account, values: Values, current: Values, items: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    keys = {name.removeprefix(INSIDE): value or "" for name, value in values.items() if INSIDE in name}
    params: dict[str, Any] = {"metadata": keys} if keys else {}
    if "cancel_at" in values:
        params |= _end(values["cancel_at"], current["cancel_at"])
    if "pause_collection" in values:
        params["pause_collection"] = {"behavior": "keep_as_draft"} if values["pause_collection"] else ""
    if "collection_method" in values:
        params |= _collection(values["collection_method"])
    if changed := _changed_items(account, values, items):
        params["items"] = changed
    return params


def _end(wanted: Any, current: Any) -> dict[str, Any]:
    """Stripe takes one of the two ways at a time."""
    if wanted == PERIOD_END or (not wanted and current == PERIOD_END):
        return {"cancel_at_period_end": wanted == PERIOD_END}
    return {"cancel_at": wanted or ""}


def _changed_items(
    account: Account, values: Values, items: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    main = {
        "id": items["items.main"]["id"],
        "quantity": values.get(QUANTITY, items["items.main"]["quantity"]),
    }
    if PRICE in values:
        main["price"] = _stripe_price(account, values[PRICE])
    changed = [main] if {PRICE, QUANTITY} & values.keys() else []
    known, quantity = items.get(EXTRA), values.get(EXTRA)
    if EXTRA not in values or not (known or quantity):
        return changed
    one = {"id": known["id"]} if known else {"price": _stripe_price(account, OTHER)}
    return [*changed, {**one, "quantity": quantity} if quantity else {**one, "deleted": True}]


def _stripe_price(account: Account, name: str) -> str:
    own = Price.objects.get(environment_id=account.connection.environment_id, description=name)
    return account.id_of(Kind.PRICE, own.pk)

"""The items of a subscription: which prices, how many, and the period that each is in."""

from decimal import Decimal

from billing.errors import Invalid
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models import Price, Subscription, SubscriptionItem
from billing.models.base import Status
from billing.models.plans import BillingPeriod
from billing.persistence import rows

MOST_ITEMS = 100


def check_number(items: int) -> None:
    """Raises Invalid for more items than a subscription has."""
    if items > MOST_ITEMS:
        raise Invalid.of({"items": f"A subscription has at most {MOST_ITEMS} items."})


def check_items(environment_id: str, facts: SubscriptionFacts, origin: str | None) -> None:
    """Raises Invalid for no items, a price of another environment, or one that the API and the admin may not
    use.
    """
    if not facts.items:
        raise Invalid.of({"items": "A subscription needs at least one item."})
    wanted = {item.price_id for item in facts.items}
    prices = rows.found(Price, environment_id, wanted, "plan")
    for index, item in enumerate(facts.items):
        field = f"items[{index}].price_id"
        price = prices.get(item.price_id)
        if price is None:
            raise Invalid.of({field: f"There is no price {item.price_id}."})
        if origin is None:
            _check_price(price, facts.currency, field)
        _check_numbers(item, f"items[{index}].")


def read_items(subscription: Subscription) -> tuple[SubscriptionItemFacts, ...]:
    """The stored items, in order."""
    return tuple(
        rows.read(SubscriptionItemFacts, item, quantity=_plain(item.quantity))
        for item in subscription.items.all()
    )


def write_items(subscription: Subscription, items: tuple[SubscriptionItemFacts, ...]) -> None:
    """Makes the stored items those; an item that keeps its price keeps its id."""
    stored = [] if subscription._state.adding else list(subscription.items.all())
    kept: dict[str, list[str]] = {}
    for old in stored:
        kept.setdefault(old.price_id, []).append(old.pk)
    made = []
    for position, facts in enumerate(items):
        ids = kept.get(facts.price_id)
        columns = rows.values(facts) | {"quantity": _plain(facts.quantity)}
        item = SubscriptionItem(subscription=subscription, position=position, **columns)
        item.pk = ids.pop(0) if ids else item.pk
        rows.check(item, inside=f"items[{position}].")
        made.append(item)
    rows.replace_parts(subscription, "items", made, before=stored)


def _check_price(price: Price, currency: str, field: str) -> None:
    if Status.ARCHIVED in (price.status, price.plan.status):
        raise Invalid.of({field: f"The price {price.pk} or its plan is archived."})
    if price.currency != currency:
        raise Invalid.of(
            {field: f"The price {price.pk} is in {price.currency}, the subscription in {currency}."}
        )
    if price.billing_period == BillingPeriod.ONETIME:
        raise Invalid.of(
            {
                field: f"The price {price.pk} is charged once, so it cannot be subscribed to. Put it on an invoice."
            }
        )


def _check_numbers(item: SubscriptionItemFacts, inside: str) -> None:
    if item.quantity < 0:
        raise Invalid.of({f"{inside}quantity": "Send 0 or more."})
    start, end = item.current_period_start, item.current_period_end
    if start and end and end < start:
        raise Invalid.of({f"{inside}current_period_end": "The period ends before it starts."})


def _plain(quantity: Decimal) -> Decimal:
    return quantity.normalize()

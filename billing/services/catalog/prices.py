"""Creates, changes and archives prices; what a price costs never changes, because invoices have used it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing.errors import Invalid
from billing.events import Kind
from billing.facts import PriceFacts, TierFacts
from billing.models import Plan, Price
from billing.models.base import Status, status_of
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.catalog import currency_options
from billing.services.catalog.tiers import check_tiers
from billing.services.currencies import check_currency, check_unit_amount

CHANGEABLE = frozenset({"description", "lookup_key", "metadata", "currency_options"})


@atomic
def create_price(
    *, environment_id: str, facts: PriceFacts, active: bool = True, origin: str | None = None
) -> Price:
    """A new price of a plan; raises Invalid, or Conflict when an active one has its lookup_key."""
    _check(facts)
    plan = rows.referred(Plan, environment_id, facts.plan_id, field="plan_id", origin=origin)
    columns = rows.values(facts, "plan_id") | {
        "unit_amount": facts.unit_amount.normalize(),
        "tiers": [_stored(tier) for tier in facts.tiers],
        "currency_options": currency_options.stored(facts.currency_options, facts.currency),
    }
    price = Price(environment_id=environment_id, plan=plan, status=status_of(active), **columns)
    rows.insert(price, Kind.PRICE, origin)
    return price


@atomic
def update_price(
    *,
    environment_id: str,
    price_id: str,
    changes: Mapping[str, Any],
    active: bool | None = None,
    origin: str | None = None,
) -> Price:
    """The price with ``changes`` (names as in CHANGEABLE), archived or restored if ``active`` says so.

    Raises NotFound, Invalid or Conflict. For another amount make another price and archive this one.
    """
    price = rows.locked(Price, environment_id, price_id)
    stored = dict(changes)
    if "tiers" in stored:
        stored["tiers"] = [_stored(tier) for tier in stored["tiers"]]
    if "currency_options" in stored:
        stored["currency_options"] = currency_options.stored(stored["currency_options"], price.currency)
    changed = rows.change(price, stored, allowed=CHANGEABLE)
    if active is not None:
        changed += rows.set_status(price, status_of(active))
    rows.save(price, changed, Kind.PRICE, origin)
    return price


@atomic
def archive_price(*, environment_id: str, price_id: str, origin: str | None = None) -> Price:
    """The price, archived: it can no longer be subscribed to; raises NotFound."""
    price = rows.locked(Price, environment_id, price_id)
    rows.save(price, rows.set_status(price, Status.ARCHIVED), Kind.PRICE, origin)
    return price


@atomic
def restore_price(*, environment_id: str, price_id: str, origin: str | None = None) -> Price:
    """The price, active again; raises NotFound, or Conflict when its lookup_key was taken meanwhile."""
    price = rows.locked(Price, environment_id, price_id)
    rows.save(price, rows.set_status(price, Status.ACTIVE), Kind.PRICE, origin)
    return price


def price_facts(price: Price) -> PriceFacts:
    """What is known of the price; amounts in major units, without trailing zeros."""
    tiers = tuple(
        TierFacts(tier["up_to"], Decimal(tier["unit_amount"]), Decimal(tier["flat_amount"]))
        for tier in price.tiers
    )
    options = currency_options.read(price.currency_options)
    amount = price.unit_amount.normalize()
    return rows.read(PriceFacts, price, tiers=tiers, unit_amount=amount, currency_options=options)


def _check(facts: PriceFacts) -> None:
    """Raises Invalid for what the columns could hold but a price cannot be."""
    check_currency(facts.currency)
    check_unit_amount(facts.unit_amount, "unit_amount")
    for name in ("billing_period_count", "package_size"):
        if getattr(facts, name) < 1:
            raise Invalid.of({name: "Send 1 or more."})
    check_tiers(facts)


def _stored(tier: TierFacts) -> dict[str, Any]:
    return {
        "up_to": tier.up_to,
        "unit_amount": f"{tier.unit_amount.normalize():f}",
        "flat_amount": f"{tier.flat_amount.normalize():f}",
    }

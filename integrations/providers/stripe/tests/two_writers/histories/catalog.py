"""Plans, which are Stripe's products, and prices, as the two persons edit them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing.events import Kind
from billing.facts import PlanFacts, PriceFacts
from billing.models import Plan, Price
from billing.models.base import Status
from billing.services.catalog import plans
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.two_writers.histories.fields import Field, Values, metadata
from integrations.providers.stripe.tests.two_writers.histories.kind import EditedKind, merged, shown

# No person at Stripe sells what cannot be sold here, nor the reverse.
YES_OR_NO = (True, False)


class Plans(EditedKind):
    """Plans."""

    kind, resource, mark = Kind.PLAN, "products", "flexprice_plan_id"
    fields = (
        Field("name", ("Growth", "Łódź " * 60), ("Team", "n" * 300)),
        Field("description", ("Of ours", ""), ("Of theirs", "d" * 900, "")),
        Field("active", YES_OR_NO, YES_OR_NO),
        *metadata("color", "size"),
    )

    def create_here(self, environment_id: str) -> str:
        facts = PlanFacts("First", metadata={"color": "red"})
        return plans.create(environment_id=environment_id, facts=facts).pk

    def create_there(self, account: Account) -> str:
        return account.stripe.v1.products.create({"name": "First", "metadata": {"color": "red"}}).id

    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        columns = {name: values[name] for name in ("name", "description") if name in values}
        columns["metadata"] = merged(Plan.objects.get(pk=entity_id).metadata, values)
        active = values.get("active")
        plans.update(environment_id=environment_id, plan_id=entity_id, changes=columns, active=active)

    def here(self, entity_id: str) -> dict[str, Any]:
        row = Plan.objects.get(pk=entity_id)
        own = {"name": row.name, "description": row.description, "active": row.status == Status.ACTIVE}
        return own | shown(row.metadata)

    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        own = {name: found[name] or "" for name in ("name", "description")}
        return own | {"active": found["active"]}


class Prices(EditedKind):
    """Prices, of which neither side changes the amount."""

    kind, resource, mark = Kind.PRICE, "prices", "flexprice_price_id"
    fields = (
        Field("nickname", ("Of ours", ""), ("Of theirs", "n" * 300, "")),
        Field("active", YES_OR_NO, YES_OR_NO),
        Field("lookup_key", ("ours", ""), ("theirs", "")),
        *metadata("color", "size"),
    )

    def create_here(self, environment_id: str) -> str:
        plan = plans.create(environment_id=environment_id, facts=PlanFacts("Growth"))
        facts = PriceFacts(plan.pk, "USD", unit_amount=Decimal(10), metadata={"color": "red"})
        return plans.create_price(environment_id=environment_id, facts=facts).pk

    def create_there(self, account: Account) -> str:
        product = account.stripe.v1.products.create({"name": "Growth"}).id
        terms = {"unit_amount": 1000, "currency": "usd", "recurring": {"interval": "month"}}
        params = {"product": product, "metadata": {"color": "red"}, **terms}
        return account.stripe.v1.prices.create(params).id

    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        names = {"nickname": "description", "lookup_key": "lookup_key"}
        columns = {column: values[name] for name, column in names.items() if name in values}
        columns["metadata"] = merged(Price.objects.get(pk=entity_id).metadata, values)
        active = values.get("active")
        plans.update_price(environment_id=environment_id, price_id=entity_id, changes=columns, active=active)

    def here(self, entity_id: str) -> dict[str, Any]:
        row = Price.objects.get(pk=entity_id)
        own = {"nickname": row.description, "lookup_key": row.lookup_key}
        return own | {"active": row.status == Status.ACTIVE} | shown(row.metadata)

    def left_out(self, here: Values) -> frozenset[str]:
        """Another price may have the key of an archived one by now."""
        return frozenset() if here["active"] else frozenset({"lookup_key"})

    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        own = {name: found[name] or "" for name in ("nickname", "lookup_key")}
        return own | {"active": found["active"]}

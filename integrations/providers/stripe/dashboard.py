"""Links to objects in Stripe's dashboard."""

from urllib.parse import quote

from django.conf import settings

from billing.events import Kind
from integrations.provider_api import Json

PATHS = {
    Kind.CUSTOMER: "customers",
    Kind.PLAN: "products",
    Kind.PRICE: "prices",
    Kind.SUBSCRIPTION: "subscriptions",
    Kind.INVOICE: "invoices",
    Kind.PAYMENT: "payments",
    Kind.CREDIT_NOTE: "credit_notes",
}


def object_url(connection: Json, kind: Kind, provider_id: str) -> str:
    """The page of ``provider_id``; ``connection``: {"livemode", "account_id"}."""
    parts = [settings.STRIPE_DASHBOARD_URL.rstrip("/"), str(connection.get("account_id") or "")]
    parts += ["" if connection.get("livemode") else "test", PATHS[kind], quote(provider_id, safe="")]
    return "/".join(part for part in parts if part)

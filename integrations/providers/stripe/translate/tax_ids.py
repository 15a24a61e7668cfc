"""Tax ids: billing's to Stripe's parameters, and Stripe's ids of them (page "Customer tax IDs")."""

from billing.facts import TaxIdFacts
from integrations.providers.stripe.translate.fields import Json, read_list, read_object, text_of


def params(tax_id: TaxIdFacts) -> dict[str, str]:
    """The parameters of POST /v1/customers/{id}/tax_ids, and of each in a new customer's ``tax_id_data``."""
    return {"type": tax_id.type, "value": tax_id.value}


def name(tax_id: TaxIdFacts) -> str:
    """What identifies a tax id on both sides."""
    return f"{tax_id.type} {tax_id.value}"


def facts(tax_id: Json) -> TaxIdFacts:
    """What Stripe's tax id says."""
    return TaxIdFacts(text_of(tax_id, "type"), text_of(tax_id, "value"))


def shown(customer: Json) -> dict[str, TaxIdFacts] | None:
    """All of a customer's by Stripe's ids; None where Stripe does not show them all: more than ten."""
    if "tax_ids" not in customer or read_object(customer, "tax_ids").get("has_more"):
        return None
    return {str(one["id"]): facts(one) for one in read_list(customer, "tax_ids")}


def plain(tax_id: TaxIdFacts) -> str:
    """The same whatever spaces and marks it is written with: Stripe may reformat values."""
    value = "".join(filter(str.isalnum, tax_id.value)).upper()
    return f"{tax_id.type} {value}"


def ids(customer: Json) -> dict[str, str]:
    """Stripe's ids by name, of a customer whose ``tax_ids`` were expanded; Stripe may reformat values."""
    return {f"{one['type']} {one['value']}": str(one["id"]) for one in read_list(customer, "tax_ids")}

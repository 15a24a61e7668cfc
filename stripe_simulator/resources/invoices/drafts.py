"""Draft invoices: created, changed, listed and deleted."""

from typing import Any

from ...errors import InvalidRequest
from ...expansion import INCLUDABLE
from ...listing import embedded_list, page, retrievable, within
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object
from ..catalog.discounts import new_discounts
from ..catalog.tax_rates import usable_rates
from .advancement import begin_collecting, stop_collecting
from .customer_balance import amounts_with_balance
from .invoice_options import check_options, plan_finalization, shown_settings
from .item_of_line import assign, pending_items
from .line_removal import remove_line
from .lines import lines_of
from .new_draft import draft
from .pending import refuse_revising
from .totals import recompute

retrievable("invoices.retrieve", "invoice")

_PLAIN = (
    "auto_advance",
    "automatically_finalizes_at",
    "collection_method",
    "custom_fields",
    "default_payment_method",
    "description",
    "due_date",
    "effective_at",
    "footer",
    "number",
    "statement_descriptor",
)
# These can change on a finalized invoice. Observed: Stripe refuses a description and a footer there.
_ALSO_WHEN_FINALIZED = frozenset(
    {"auto_advance", "default_payment_method", "expand", "metadata", "payment_settings"}
)


@operation("invoices.create")
def create(call: Call) -> Object:
    """Create a draft without lines."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get("customer", params["customer"], "customer")
    if params.get("from_invoice"):
        refuse_revising(account, params["from_invoice"]["invoice"])
    invoice = account.add(draft(account, customer, params))
    if params.get("pending_invoice_items_behavior") == "include":
        for item in pending_items(account, customer["id"], invoice["currency"], params.get("subscription")):
            assign(account, item, invoice)
    recompute(account, invoice)
    account.emit("invoice.created", invoice)
    plan_finalization(account, invoice)
    return account.render(invoice)


@operation("invoices.list")
def list_(call: Call) -> Object:
    """List invoices; those of test clocks only by customer or subscription."""
    params = call.params
    filters: Object = {
        name: params[name] for name in ("customer", "status", "collection_method") if name in params
    }
    if "customer" not in params and "subscription" not in params:
        filters["test_clock"] = None

    def matches(invoice: Object) -> bool:
        details = (invoice["parent"] or {}).get("subscription_details") or {}
        owned = params.get("subscription", details.get("subscription")) == details.get("subscription")
        due = within(invoice["due_date"], params.get("due_date"))
        return owned and due and all(invoice[name] == filters[name] for name in filters)

    of_subscription = {"parent.subscription_details.subscription": params.get("subscription")}
    return page(call, "invoice", matches, by=filters | of_subscription)


@operation("invoices.update")
def update(call: Call) -> Object:
    """Change anything on a draft; on a finalized invoice only what does not change the amount owed."""
    account, params = call.account, call.params
    invoice = account.get("invoice", call.id)
    fixed = sorted(params.keys() - _ALSO_WHEN_FINALIZED)
    if invoice["status"] != "draft" and fixed:
        raise InvalidRequest("Finalized invoices can't be updated in this way", param=fixed[0])
    check_options(account, invoice["customer"], params, invoice["collection_method"])
    metadata = merged(invoice["metadata"], params.get("metadata", {}))
    with account.changing(invoice, "invoice.updated"):
        invoice["metadata"] = metadata
        invoice.update({name: params[name] for name in _PLAIN if name in params})
        invoice.update(shown_settings(params, invoice))
        if params.get("days_until_due") is not None:
            invoice["due_date"] = account.now + params["days_until_due"] * 86400
        _update_amounts(account, invoice, params)
        if params.keys() & {"auto_advance", "automatically_finalizes_at", "collection_method"}:
            plan_finalization(account, invoice)
        if "auto_advance" in params:
            stop_collecting(invoice)
    if "auto_advance" in params:
        begin_collecting(account, invoice)
    return account.render(invoice)


def _update_amounts(account: Account, invoice: Object, params: dict[str, Any]) -> None:
    if "discounts" in params:
        owner = {"invoice": invoice["id"], "customer": invoice["customer"], "base": invoice["subtotal"]}
        invoice["discounts"] = new_discounts(account, params["discounts"], invoice["currency"], **owner)
    if "default_tax_rates" in params:
        rates = usable_rates(account, params["default_tax_rates"], "default_tax_rates")
        invoice["default_tax_rates"] = [account.render(rate) for rate in rates]
    if invoice["status"] == "draft":
        recompute(account, invoice)


@operation("invoices.delete")
def delete(call: Call) -> Object:
    """Delete a draft for good."""
    account = call.account
    invoice = account.get("invoice", call.id)
    if invoice["status"] != "draft":
        raise InvalidRequest("You can only delete draft invoices.")
    if (invoice["parent"] or {}).get("type") == "subscription_details":
        raise InvalidRequest("Invoices of a subscription can't be deleted. Finalize this one and void it.")
    for line in lines_of(account, invoice):
        remove_line(account, invoice, line, keep_item=False)
    account.emit("invoice.deleted", invoice)
    account.remove(invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


def refuse_finalized(invoice: Object) -> None:
    """Refuse to change lines unless the invoice is a draft.

    Source: Stripe docs, "Error codes", invoice_not_editable.
    """
    if invoice["status"] != "draft":
        raise InvalidRequest(
            "Invalid invoice: This invoice is no longer editable", code="invoice_not_editable"
        )


def _compose(account: Account, invoice: Object, shown: Object) -> None:
    if invoice["status"] == "draft":
        shown.update(amounts_with_balance(account, invoice))
    shown["lines"] = embedded_list(account, lines_of(account, invoice), f"/v1/invoices/{invoice['id']}/lines")


COMPOSERS["invoice"] = _compose
# Responses show it when expanded, events never do.
# Source: Stripe changelog, "Adds amount paid off Stripe property to Invoice object".
INCLUDABLE["invoice", "amount_paid_off_stripe"] = lambda account, invoice: invoice["_paid_off_stripe"]

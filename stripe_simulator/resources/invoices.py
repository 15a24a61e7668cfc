"""Invoices as drafts: created, changed, filled with lines, deleted."""

from typing import Any

from ..account import COMPOSERS, Account, Object
from ..errors import InvalidRequest
from ..listing import embedded_list, listable, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .discounts import new_discounts
from .invoice_draft import AUTOMATIC_SECONDS, draft
from .invoice_item_shape import assign, pending_items
from .invoice_lines import lines_of
from .invoice_totals import recompute

listable("invoices.list", "invoice", "customer", "status", "collection_method", "due_date")
retrievable("invoices.retrieve", "invoice")

_ALWAYS = (
    "auto_advance",
    "default_payment_method",
    "description",
    "footer",
    "custom_fields",
    "statement_descriptor",
)
_DRAFT_ONLY = ("collection_method", "due_date", "effective_at", "number", "days_until_due")


@operation("invoices.create")
def create(call: Call) -> Object:
    """A draft without lines."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get("customer", params["customer"], "customer")
    invoice = draft(account, customer, params)
    account.add(invoice)
    if params.get("pending_invoice_items_behavior") == "include":
        for item in pending_items(account, customer["id"], invoice["currency"]):
            assign(account, item, invoice)
    recompute(account, invoice)
    account.emit("invoice.created", invoice)
    _plan_finalization(account, invoice)
    return account.render(invoice)


def _plan_finalization(account: Account, invoice: Object) -> None:
    """A draft that advances is finalized by itself, an hour after that was asked for."""
    if invoice["status"] != "draft":
        return
    if not invoice["auto_advance"]:
        invoice["automatically_finalizes_at"] = None
    elif (
        invoice["automatically_finalizes_at"] is None or invoice["automatically_finalizes_at"] <= account.now
    ):
        invoice["automatically_finalizes_at"] = account.now + AUTOMATIC_SECONDS
    if invoice["automatically_finalizes_at"]:
        account.agenda.add(invoice["automatically_finalizes_at"], "finalize_invoice", invoice)


@operation("invoices.update")
def update(call: Call) -> Object:
    """Anything on a draft; on a finalized invoice only what does not change what is owed."""
    account, params = call.account, call.params
    invoice = account.get("invoice", call.id)
    fixed = params.keys() - {*_ALWAYS, "metadata", "expand", "payment_settings", "rendering"}
    if invoice["status"] != "draft" and fixed:
        raise not_editable(f"Finalized invoices can't be updated in this way ({', '.join(sorted(fixed))}).")
    metadata = merged(invoice["metadata"], params.get("metadata", {}))
    if params.get("default_payment_method"):
        account.get("payment_method", params["default_payment_method"], "default_payment_method")
    with account.changing(invoice, "invoice.updated"):
        invoice["metadata"] = metadata
        for name in (*_ALWAYS, *_DRAFT_ONLY[:-1]):
            if name in params:
                invoice[name] = params[name]
        if params.get("days_until_due") is not None:
            invoice["due_date"] = account.now + params["days_until_due"] * 86400
        _update_amounts(account, invoice, params)
        if "auto_advance" in params:
            _plan_finalization(account, invoice)
    return account.render(invoice)


def _update_amounts(account: Account, invoice: Object, params: dict[str, Any]) -> None:
    if "discounts" in params:
        owner = {"invoice": invoice["id"], "customer": invoice["customer"]}
        invoice["discounts"] = new_discounts(account, params["discounts"], invoice["currency"], **owner)
    if "default_tax_rates" in params:
        rates = [account.get("tax_rate", id, "default_tax_rates") for id in params["default_tax_rates"] or []]
        invoice["default_tax_rates"] = [account.render(rate) for rate in rates]
    if invoice["status"] == "draft":
        recompute(account, invoice)


@operation("invoices.delete")
def delete(call: Call) -> Object:
    """Delete a draft for good."""
    account = call.account
    invoice = account.get("invoice", call.id)
    if invoice["status"] != "draft":
        raise not_editable("You can only delete draft invoices. Void a finalized one instead.")
    if (invoice["parent"] or {}).get("type") == "subscription_details":
        raise not_editable("Invoices of a subscription can't be deleted. Finalize this one and void it.")
    account.emit("invoice.deleted", invoice)
    for line in lines_of(account, invoice):
        account.remove(line)
    account.remove(invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


def refuse_finalized(invoice: Object) -> None:
    """Lines can only change on a draft. Source: Stripe docs, "Error codes", invoice_not_editable."""
    if invoice["status"] != "draft":
        raise not_editable("Finalized invoices can't be updated in this way.")


def not_editable(message: str) -> InvalidRequest:
    """Stripe's error for changes that the invoice's status forbids."""
    return InvalidRequest(message, code="invoice_not_editable")


def _compose(account: Account, invoice: Object, shown: Object) -> None:
    shown["lines"] = embedded_list(account, lines_of(account, invoice), f"/v1/invoices/{invoice['id']}/lines")


COMPOSERS["invoice"] = _compose

"""Options of an invoice, and when it is finalized automatically.

Source: API reference, "Create an invoice".
"""

from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account, Object
from ..payment_methods.defaults import check_default_method

# Source: Stripe docs, "Automatic advancement": a draft with auto_advance is finalized after about an hour.
_AUTOMATIC_SECONDS = 3600
_MOST_CUSTOM_FIELDS = 4


def check_options(
    account: Account, customer: str, params: dict[str, Any], collection: str = "charge_automatically"
) -> None:
    """Refuse invalid options."""
    check_default_method(account, customer, params.get("default_payment_method"))
    if len(params.get("custom_fields") or []) > _MOST_CUSTOM_FIELDS:
        raise InvalidRequest(f"At most {_MOST_CUSTOM_FIELDS} custom fields.", param="custom_fields")
    if params.get("automatically_finalizes_at", account.now + 1) <= account.now:
        raise InvalidRequest(
            "Invalid timestamp: must be an integer Unix timestamp in the future.",
            param="automatically_finalizes_at",
        )
    due = params.get("days_until_due") is not None or params.get("due_date")
    if due and params.get("collection_method", collection) != "send_invoice":
        raise InvalidRequest(
            "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'."
        )


def shown_settings(params: dict[str, Any], known: Object) -> Object:
    """Return the settings of payment and of the page, which are shown and have no effect here."""
    settings = {}
    if "payment_settings" in params:
        settings["payment_settings"] = known["payment_settings"] | params["payment_settings"]
    if "rendering" in params:
        settings["rendering"] = known["rendering"] | (params["rendering"] or {})
    return settings


def fix_page_size(invoice: Object) -> None:
    """Turn the page size `auto` into that of the customer's locale when the invoice is finalized.

    Source: API reference, "The Invoice object", rendering.pdf.page_size; recorded for an account in the US.
    """
    pdf = invoice["rendering"]["pdf"] or {}
    if pdf.get("page_size") == "auto":
        invoice["rendering"] = invoice["rendering"] | {"pdf": pdf | {"page_size": "letter"}}


def set_moments(account: Account, invoice: Object) -> None:
    """Set when a draft is finalized automatically (an hour after that was requested) and then charged."""
    moment = invoice["automatically_finalizes_at"]
    if not invoice["auto_advance"]:
        moment = None
    elif moment is None or moment <= account.now:
        moment = account.now + _AUTOMATIC_SECONDS
    charged = invoice["collection_method"] == "charge_automatically"
    invoice.update(automatically_finalizes_at=moment, next_payment_attempt=moment if charged else None)


def plan_finalization(account: Account, invoice: Object) -> None:
    """Schedule the finalization of a draft; outdated entries are ignored later."""
    if invoice["status"] != "draft":
        return
    set_moments(account, invoice)
    if invoice["automatically_finalizes_at"]:
        account.agenda.add(invoice["automatically_finalizes_at"], "finalize_invoice", invoice)

"""How often an invoice was attempted, and when it is attempted next.

Source: Stripe API reference, "The Invoice object", attempt_count and next_payment_attempt; Stripe docs,
"Automate payment retries" (the days are assumed).
"""

from ...state.account import Account, Object

_DAY = 86400
_RETRY_DELAYS = (3 * _DAY, 5 * _DAY, 7 * _DAY)


def advances(invoice: Object) -> bool:
    """Return whether Stripe collects the invoice by itself."""
    automatic: bool = invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically"
    return automatic and invoice["status"] == "open"


def count_attempt(invoice: Object, automatic: bool) -> None:
    """Count an attempt: any that is the first, and afterwards those of the schedule."""
    invoice["attempted"] = True
    if automatic or invoice["attempt_count"] == 0:
        invoice["attempt_count"] += 1
    if automatic:
        invoice["next_payment_attempt"] = None


def plan_retry(account: Account, invoice: Object) -> None:
    """Plan the next attempt after one that counts has failed; a subscription's first invoice has none."""
    count = invoice["attempt_count"]
    if not advances(invoice) or invoice.get("_planned_after") == count:
        return
    invoice["_planned_after"] = count
    if invoice["billing_reason"] != "subscription_create" and not is_last(invoice):
        _schedule(account, invoice, account.now + _RETRY_DELAYS[count - 1])


def is_last(invoice: Object) -> bool:
    """Return whether no further attempt follows on the schedule."""
    count: int = invoice["attempt_count"]
    return count > len(_RETRY_DELAYS)


def plan_attempt(account: Account, invoice: Object, moment: int) -> None:
    """Plan an attempt for this moment, and say so by an event."""
    with account.changing(invoice, "invoice.updated"):
        _schedule(account, invoice, moment)


def _schedule(account: Account, invoice: Object, moment: int) -> None:
    """Set the next attempt; an entry for another moment than the invoice shows is ignored later."""
    invoice["next_payment_attempt"] = moment
    account.agenda.add(moment, "attempt_payment", invoice)

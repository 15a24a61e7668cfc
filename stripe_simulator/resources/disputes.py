"""Disputes, made by their test card. Source: Stripe docs, "Disputes: testing" (winning_evidence, losing_evidence)."""

from ..account import Account, Object
from ..errors import InvalidRequest
from ..events import when
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .dispute_shape import new_dispute

listable("disputes.list", "dispute", "charge", "payment_intent")
retrievable("disputes.retrieve", "dispute")
_OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}


@when("charge.succeeded")
def dispute_at_once(account: Account, charge: Object) -> None:
    """Charges of the card 4000 0000 0000 0259 are disputed as soon as they succeed."""
    method = account.find("payment_method", charge["payment_method"])
    if method is None or method["_number"] != "4000000000000259":
        return
    dispute = account.add(new_dispute(account, charge))
    charge["disputed"] = True
    account.emit("charge.dispute.created", dispute)
    account.emit("charge.dispute.funds_withdrawn", dispute)


@operation("disputes.update")
def update(call: Call) -> Object:
    """Give evidence; once submitted, the bank decides by what `uncategorized_text` says."""
    account, params = call.account, call.params
    dispute = account.get("dispute", call.id)
    _refuse_closed(dispute)
    metadata = merged(dispute["metadata"], params.get("metadata", {}))
    with account.changing(dispute, "charge.dispute.updated"):
        dispute["metadata"] = metadata
        dispute["evidence"] = dispute["evidence"] | params.get("evidence", {})
        has_evidence = any(value is not None for value in params.get("evidence", {}).values())
        details = dispute["evidence_details"]
        details = details | {"has_evidence": details["has_evidence"] or has_evidence}
        if params.get("submit"):
            count = details["submission_count"] + 1
            details = details | {"submission_count": count, "submission_method": "manual"}
            dispute["status"] = "under_review"
        dispute["evidence_details"] = details
    outcome = _OUTCOMES.get(dispute["evidence"].get("uncategorized_text") or "")
    if params.get("submit") and outcome:
        _end(account, dispute, outcome)
    return account.render(dispute)


@operation("disputes.close")
def close(call: Call) -> Object:
    """Accept the loss."""
    dispute = call.account.get("dispute", call.id)
    _refuse_closed(dispute)
    _end(call.account, dispute, "lost")
    return call.account.render(dispute)


def _end(account: Account, dispute: Object, status: str) -> None:
    dispute["status"] = status
    account.emit("charge.dispute.closed", dispute)
    if status == "won":
        account.emit("charge.dispute.funds_reinstated", dispute)


def _refuse_closed(dispute: Object) -> None:
    if dispute["status"] in ("won", "lost"):
        raise InvalidRequest("This dispute is already closed.")

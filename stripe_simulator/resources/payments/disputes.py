"""Disputes, created by their test card.

Source: Stripe docs, "Disputes: testing" (winning_evidence, losing_evidence).
"""

from ...errors import InvalidRequest
from ...events import when
from ...listing import listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action
from ..account_balance.movements import reinstate_dispute, withdraw_dispute
from .dispute_cards import PLANS
from .new_dispute import new_dispute

listable("disputes.list", "dispute", "charge", "payment_intent")
retrievable("disputes.retrieve", "dispute")
_OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}
_CLOSED = ("won", "lost", "warning_closed", "prevented")
_MOST_EVIDENCE = 150_000


@when("charge.succeeded")
def dispute_at_once(account: Account, charge: Object) -> None:
    """Dispute charges of some test cards as soon as they succeed."""
    method = account.find("payment_method", charge["payment_method"]) or {}
    for plan in PLANS.get(method.get("_number", ""), ()):
        _open(account, account.add(new_dispute(account, charge, plan)), charge)


def _open(account: Account, dispute: Object, charge: Object) -> None:
    charge["disputed"] = charge["disputed"] or not _is_inquiry(dispute)
    if not _is_inquiry(dispute):
        charge["_charged_back"] = charge.get("_charged_back", 0) + 1
        withdraw_dispute(account, dispute)
    account.emit("charge.dispute.created", dispute)
    if not _is_inquiry(dispute):
        account.emit("charge.dispute.funds_withdrawn", dispute)
    account.agenda.add(dispute["evidence_details"]["due_by"], "dispute_due", dispute)


@action("dispute_due")
def end_in_time(account: Account, dispute: Object) -> None:
    """End an unanswered dispute: a dispute is lost, an inquiry is closed."""
    if dispute["status"].endswith("needs_response"):
        dispute["evidence_details"] = dispute["evidence_details"] | {"past_due": True}
        _end(account, dispute, "lost")


@operation("disputes.update")
def update(call: Call) -> Object:
    """Set evidence, submitted by default; `uncategorized_text` decides the outcome."""
    account, params = call.account, call.params
    dispute, evidence = account.get("dispute", call.id), params.get("evidence", {})
    if evidence or "submit" in params:
        _refuse_closed(dispute)
    if sum(len(value) for value in evidence.values() if isinstance(value, str)) > _MOST_EVIDENCE:
        raise InvalidRequest(
            "The combined character count of all evidence is limited to 150,000.", param="evidence"
        )
    metadata = merged(dispute["metadata"], params.get("metadata", {}))
    submitted = params.get("submit", bool(evidence))
    with account.changing(dispute, "charge.dispute.updated"):
        dispute["metadata"] = metadata
        dispute["evidence"] = dispute["evidence"] | evidence
        if "intended_submission_method" in params:
            dispute["intended_submission_method"] = params["intended_submission_method"]
        dispute["evidence_details"] = _details(dispute, submitted)
        if submitted:
            dispute["status"] = "warning_under_review" if _is_inquiry(dispute) else "under_review"
    outcome = _OUTCOMES.get(dispute["evidence"].get("uncategorized_text") or "")
    if submitted and outcome:
        _end(account, dispute, outcome)
    return account.render(dispute)


def _details(dispute: Object, submitted: bool) -> Object:
    details: Object = dispute["evidence_details"]
    given = any(value for name, value in dispute["evidence"].items() if name != "enhanced_evidence")
    details = details | {"has_evidence": given}
    if submitted:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
    return details


@operation("disputes.close")
def close(call: Call) -> Object:
    """Accept the dispute as lost."""
    dispute = call.account.get("dispute", call.id)
    _refuse_closed(dispute)
    _end(call.account, dispute, "lost")
    return call.account.render(dispute)


def _end(account: Account, dispute: Object, status: str) -> None:
    inquiry = _is_inquiry(dispute)
    dispute["status"] = "warning_closed" if inquiry else status
    if status == "won" and not inquiry:
        account.get("charge", dispute["charge"])["_charged_back"] -= 1
        reinstate_dispute(account, dispute)
    account.emit("charge.dispute.closed", dispute)
    if status == "won" and not inquiry:
        account.emit("charge.dispute.funds_reinstated", dispute)


def _is_inquiry(dispute: Object) -> bool:
    return str(dispute["status"]).startswith("warning")


def _refuse_closed(dispute: Object) -> None:
    if dispute["status"] in _CLOSED:
        raise InvalidRequest("This dispute is already closed.")

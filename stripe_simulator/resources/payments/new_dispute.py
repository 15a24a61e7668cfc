"""A new dispute, with every attribute of the pinned API version."""

from ...state.account import Account, Object
from ..test_clocks import clock_of
from .dispute_cards import DisputePlan

_DAYS_TO_RESPOND = 9


_ELIGIBILITY = {
    "visa_compelling_evidence_3": {
        "required_actions": ["missing_merchandise_or_services", "missing_disputed_transaction_description"],
        "status": "requires_action",
    },
    "visa_compliance": {"status": "requires_fee_acknowledgement"},
}


def new_dispute(account: Account, charge: Object, plan: DisputePlan) -> Object:
    """Return a dispute that is not yet stored; an inquiry withdraws no money."""
    card = charge["payment_method_details"]["card"]
    return {
        "id": account.new_id("du"),
        "object": "dispute",
        "amount": int(charge["amount"] * plan.share),
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [plan.eligible] if plan.eligible else [],
        "evidence": {"enhanced_evidence": {}, "uncategorized_text": None},
        "evidence_details": {
            "due_by": account.now + _DAYS_TO_RESPOND * 86400,
            "enhanced_eligibility": {plan.eligible: _ELIGIBILITY[plan.eligible]} if plan.eligible else {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": plan.status.startswith("warning"),
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card["brand"],
                "case_type": _case_type(plan),
                "network": card["brand"],
                "network_reason_code": plan.network_reason_code,
            },
            "type": "card",
        },
        "reason": plan.reason,
        "status": plan.status,
        "_clock": clock_of(account, charge["customer"]),
    }


def _case_type(plan: DisputePlan) -> str:
    if plan.eligible == "visa_compliance":
        return "compliance"
    return "inquiry" if plan.status.startswith("warning") else "chargeback"

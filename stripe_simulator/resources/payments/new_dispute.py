"""A new dispute, with every attribute of the pinned API version."""

from ...state.account import Account, Object
from ..test_clocks import clock_of

_DAYS_TO_RESPOND = 9


def new_dispute(account: Account, charge: Object, reason: str, status: str) -> Object:
    """Return a dispute of the whole charge that is not yet stored; an inquiry withdraws no money."""
    card = charge["payment_method_details"]["card"]
    return {
        "id": account.new_id("du"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}, "uncategorized_text": None},
        "evidence_details": {
            "due_by": account.now + _DAYS_TO_RESPOND * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": status.startswith("warning"),
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card["brand"],
                "case_type": "inquiry" if status.startswith("warning") else "chargeback",
                "network": card["brand"],
                "network_reason_code": "10" if reason == "fraudulent" else "13.1",
            },
            "type": "card",
        },
        "reason": reason,
        "status": status,
        "_clock": clock_of(account, charge["customer"]),
    }

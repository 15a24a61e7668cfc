"""How the network and Radar judged a charge. Source: Stripe API reference, "The Charge object", outcome."""

from ...cards.lookup import card_with_number
from ...state.account import Object

_SCORES = {"normal": 20, "elevated": 65, "highest": 90}


def charge_outcome(method: Object, failure: Object | None) -> Object:
    """Return the outcome: approved, declined by the issuer, or blocked because the risk is too high."""
    card = card_with_number(method["_number"])
    risk = card.risk if card else "normal"
    judged = {"risk_level": risk, "risk_score": _SCORES[risk]}
    if failure is None:
        return judged | {
            "network_status": "approved_by_network",
            "reason": "elevated_risk_level" if risk == "elevated" else None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    if risk == "highest":
        return judged | {
            "network_status": "not_sent_to_network",
            "reason": "highest_risk_level",
            "seller_message": "Stripe blocked this payment as too risky.",
            "type": "blocked",
        }
    return judged | {
        "network_status": "declined_by_network",
        "reason": failure.get("decline_code") or failure["code"],
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }

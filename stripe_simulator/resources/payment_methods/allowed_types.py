"""The types of payment methods that an intent accepts."""

from typing import Any

from ...state.account import Object

TYPES = ("card", "us_bank_account")


def accept_types(intent: Object, params: dict[str, Any]) -> None:
    """Set the types that an intent accepts: those allowed less those excluded.

    Only cards are listed unless types are given.
    """
    for name in ("allowed_payment_method_types", "excluded_payment_method_types"):
        if params.get(name):
            intent[name] = list(params[name])
    if "allowed_payment_method_types" in params or "excluded_payment_method_types" in params:
        allowed = intent.get("allowed_payment_method_types") or TYPES
        excluded = intent.get("excluded_payment_method_types") or ()
        intent["payment_method_types"] = [type for type in TYPES if type in allowed and type not in excluded]
        intent["_types"] = intent["payment_method_types"]

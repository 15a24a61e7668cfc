"""What a Checkout Session refuses. Source: Stripe API reference, "Create a Checkout Session"."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest
from ...state.account import Account

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_URLS = ("success_url", "cancel_url", "return_url")
_EXCLUSIVE = (
    ("customer", "customer_email"),
    ("allow_promotion_codes", "discounts"),
    ("customer", "customer_creation"),
)
# Parameters that belong to some modes only.
_MODES = {
    "payment_intent_data": ("payment",),
    "invoice_creation": ("payment",),
    "submit_type": ("payment", "subscription"),
    "setup_intent_data": ("setup",),
    "subscription_data": ("subscription",),
    "payment_method_collection": ("subscription",),
    "line_items": ("payment", "subscription"),
    "customer_creation": ("payment", "setup"),
    "discounts": ("payment", "subscription"),
}
# These would change the amount or the page and are not supported: refused rather than ignored.
_NOT_BUILT = ("shipping_options", "optional_items")
_MOST_FIELDS = 3


def check(account: Account, params: dict[str, Any]) -> None:
    """Refuse missing, contradictory and unsupported parameters, and those of another mode."""
    mode = params.get("mode")
    if not params.get("mode"):
        raise _missing("mode")
    # Compared by name without reading the value: a parameter without effect is still logged as ignored.
    for name in params.keys() & _MODES.keys():
        if mode not in _MODES[name]:
            raise InvalidRequest(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    for first, second in _EXCLUSIVE:
        if params.get(first) and params.get(second):
            raise InvalidRequest(
                f"You may only specify one of these parameters: {first}, {second}.",
                code="parameters_exclusive",
                param=first,
            )
    for name in _NOT_BUILT:
        if params.get(name):
            raise InvalidRequest(f"The simulator's Checkout Sessions have no {name}.", param=name)
    if mode != "setup" and not params.get("line_items"):
        raise _missing("line_items")
    if mode == "setup" and not (params.get("currency") or params.get("allowed_payment_method_types")):
        raise _missing("currency")
    if params.get("currency"):
        checked_currency(params["currency"])
    _check_customer(account, params)
    _check_addresses(params)
    _check_time(account, params)


def _check_customer(account: Account, params: dict[str, Any]) -> None:
    if params.get("customer"):
        account.get("customer", params["customer"], "customer")
    elif params.get("customer_update"):
        raise InvalidRequest("`customer_update` can only be used with `customer`.", param="customer_update")
    email = params.get("customer_email")
    if email and "@" not in email:
        raise InvalidRequest(f"Invalid email address: {email}", code="email_invalid", param="customer_email")
    collects = (params.get("tax_id_collection") or {}).get("enabled")
    if collects and params.get("customer") and (params.get("customer_update") or {}).get("name") != "auto":
        raise InvalidRequest(
            "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing"
            " customer, please set `customer_update[name]` to `auto`.",
            param="customer_update[name]",
        )
    if len(params.get("custom_fields") or []) > _MOST_FIELDS:
        raise InvalidRequest(f"You may pass at most {_MOST_FIELDS} custom fields.", param="custom_fields")


def _check_addresses(params: dict[str, Any]) -> None:
    hosted = params.get("ui_mode", "hosted_page") == "hosted_page"
    if hosted and not params.get("success_url"):
        raise _missing("success_url")
    if not hosted:
        for name in ("success_url", "cancel_url"):
            if params.get(name):
                raise InvalidRequest(f"`{name}` is not allowed with ui_mode={params['ui_mode']}.", param=name)
        if not params.get("return_url") and params.get("redirect_on_completion", "always") != "never":
            raise _missing("return_url")
    for name in _URLS:
        if params.get(name) and not params[name].startswith(("http://", "https://")):
            raise InvalidRequest("Not a valid URL", code="url_invalid", param=name)


def _check_time(account: Account, params: dict[str, Any]) -> None:
    if "expires_at" in params and not _SHORTEST <= params["expires_at"] - account.now <= _LONGEST:
        raise InvalidRequest(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _missing(name: str) -> InvalidRequest:
    return InvalidRequest(f"Missing required param: {name}.", code="parameter_missing", param=name)

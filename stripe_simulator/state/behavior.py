"""What differs between accounts of Stripe, or is left to chance there: settings of the control API."""

from dataclasses import dataclass

_MAY_BE_NEGATIVE = frozenset({"date_header_skew_seconds"})


@dataclass
class Behavior:
    """One setting each; the default is what a new account of Stripe does (docs/simulator.md)."""

    # `payment_details.order_reference` of an invoice's PaymentIntent; `{invoice}` is its id, "" is left out.
    order_reference: str = "{invoice}"
    # When an invoice that advances automatically is first collected, in seconds after its finalization.
    first_attempt_seconds: int = 0
    # Whether a line's plain amount sends `product.created` and `price.created` when its price is first used.
    plain_amount_events: bool = False
    # The list of events is eventually consistent: each shows at its own time, up to this many seconds late.
    event_list_lag_seconds: int = 0
    # The connected account that events carry as their `account`; "" for an account's own, which have none.
    connected_account: str = ""
    # The account's default API version, in which its events are rendered and listed; "" is the pinned one.
    default_api_version: str = ""
    # After how many days without any 2xx an endpoint is disabled; 0 for never.
    endpoint_disabled_after_days: int = 9
    # How wrong the `Date` header of responses is, in seconds; negative when it is behind.
    date_header_skew_seconds: int = 0

    def change(self, values: dict[str, object]) -> None:
        """Set these values; a value must be of the type of the default."""
        for name, value in values.items():
            expected = type(getattr(Behavior, name))
            negative = isinstance(value, int) and value < 0 and name not in _MAY_BE_NEGATIVE
            if type(value) is not expected or negative:
                raise ValueError(
                    f"The value of {name} must be of type {expected.__name__}, and not negative."
                )
        for name, value in values.items():
            setattr(self, name, value)

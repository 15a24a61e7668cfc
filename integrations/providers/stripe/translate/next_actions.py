"""What a customer still has to do for a payment (page "The PaymentIntent object", next_action)."""

from integrations.providers.stripe.translate.fields import Json, read_object, text_of

_LONGEST = 2048


def of_intent(intent: Json) -> dict[str, str]:
    """``{"type", "url"}``: the kind of step, and its page where it has one; {} without a step.

    The rest of ``next_action`` is for Stripe's own scripts in the customer's browser.
    """
    action = read_object(intent, "next_action")
    kind = text_of(action, "type")
    if not kind:
        return {}
    details = action.get(kind)
    pages = [str(value) for value in _values(details) if str(value).startswith("https://")]
    return {"type": kind} | ({"url": pages[0]} if pages and len(pages[0]) <= _LONGEST else {})


def _values(details: object) -> list[object]:
    """Values that may be the step's own page; ``return_url`` is where the customer goes afterwards."""
    if not isinstance(details, dict):
        return []
    return [
        value for name, value in details.items() if name.endswith("url") and name != "return_url" and value
    ]

"""The steps of pushes as people read them; programs and idempotency keys have the steps' own names."""

import re
from types import MappingProxyType

from integrations.search.terms import own_ids

# Those whose names alone do not say what is done.
_WORDS = MappingProxyType(
    {
        "ask balance": "Look at the balance",
        "ask credit": "Look for the credit",
        "ask default": "Look for the default payment method",
        "ask notes": "Look for credit notes",
        "attach": "Attach the payment",
        "charge": "Charge the saved payment method",
        "clear": "Remove lines",
        "close": "Close the payment page",
        "closed": "Look whether the payment page is closed",
        "default method": "Set the default payment method",
        "delete": "Delete the draft",
        "draft": "Create the draft",
        "edit": "Send what changed",
        "edit left out": "What is not sent",
        "ended": "A payment that has ended",
        "gone": "Gone at the provider",
        "hold": "Stop collecting",
        "lines": "Add lines",
        "link create": "Link what was named",
        "look": "Read",
        "mirror": "Record a payment from elsewhere",
        "resume": "Collect again",
        "return": "Take the credit back",
        "send": "Send by e-mail",
        "session": "Open the payment page",
        "uncollectible": "Mark as uncollectible",
        "update": "Send what changed",
        "update left out": "What is not sent",
        "update resume": "Resume",
    }
)
# What tells repeated steps apart: a number, or the digest of what was sent.
_APART = re.compile(r"\d+|[0-9a-f]{8}")


def in_words(step: str) -> str:
    """ "Send what changed" for "update-c30b974f", "Attach the payment" for "attach-pay_01J..."."""
    for row_id in own_ids(step):
        step = step.replace(row_id, "")
    words = " ".join(part for part in re.split("[-_]", step) if part and not _APART.fullmatch(part))
    return _WORDS.get(words) or words.capitalize()

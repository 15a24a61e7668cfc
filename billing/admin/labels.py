"""Coloured labels for states, the same word in the same colour on every page."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

GOOD = "alive delivered won active succeeded finalized paid applied done ok production write SUCCESS"
WAITING = "only_here settling running pending unknown processing sending inquiry inquiry_under_review trialing calling draft incomplete retry STARTED RETRY PENDING"
LOOK = "disputed to_confirm requires_action warning overdue past_due paused overpaid needs_response under_review open partially_refunded unpaid uncollectible recovering"
BAD = "failing disabled silent idle lost failed error dead blocked broken refused FAILURE REVOKED"
COLOURS = (
    dict.fromkeys(GOOD.split(), "success")
    | dict.fromkeys(WAITING.split(), "info")
    | dict.fromkeys(LOOK.split(), "warning")
    | dict.fromkeys(BAD.split(), "danger")
)


def badge(state: str, title: str = "", text: str = "") -> SafeString:
    """``state``, or ``text`` for it, as a coloured label; ``title`` shows when the pointer rests on it."""
    context = {"text": text or state.replace("_", " "), "type": COLOURS.get(state, ""), "label_title": title}
    return render_to_string("unfold/helpers/label.html", context)

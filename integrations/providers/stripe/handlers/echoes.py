"""Recognises what FlexSync's own calls caused by the call's idempotency key (page "The Event object")."""

import re

from django.db.models import Q

from integrations.provider_api import CHOICE_KEY, Inbound, Json
from integrations.providers.stripe.gateway import AGAIN
from integrations.providers.stripe.handlers.events import BY_OWN_CALL, OWN_KEY, idempotency_key, is_own

CREATED_BY_OWN_CALL = Q(type__endswith=".created") & (
    Q(payload__request__idempotency_key__startswith=OWN_KEY) | Q(reason=BY_OWN_CALL.reason)
)


def is_echo(inbound: Inbound, event: Json) -> bool:
    """Whether a call of this connection caused the event.

    Such an event brings nothing new, but may bring something old, from before the latest change here.
    """
    key = key_of_call(event)
    return bool(key) and inbound.was_made(key)


def is_choice(event: Json) -> bool:
    """Whether a person's choice among saved methods caused the event, here or at another connection."""
    return idempotency_key(event).startswith(CHOICE_KEY)


def key_of_call(event: Json) -> str:
    """The key under which the call was recorded, "" for one that none of FlexSync's calls has.

    After a stored error the call was made again under another.
    """
    key = idempotency_key(event)
    while key.endswith(AGAIN):
        key = key.removesuffix(AGAIN)
    return key if re.fullmatch(OWN_KEY + "[^-]+-.*", key) else ""


def made_by_own_call(inbound: Inbound, stripe_id: str, event: Json | None = None) -> bool:
    """Whether a call of FlexSync's, of whichever environment, made the object that ``event`` is about.

    The event itself may say so, or another of the object that has come, whatever became of it. Its key is
    gone once it is pruned, but the reason why it was ignored stays.
    """
    if event is not None and (is_own(event) or inbound.event_type.endswith(".created")):
        return is_own(event)
    return inbound.has_event(stripe_id, CREATED_BY_OWN_CALL)

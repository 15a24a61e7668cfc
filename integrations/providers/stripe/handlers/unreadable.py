"""How an event fails that no handler can read, whatever is odd about it: at once, and with a reason."""

from functools import wraps
from pathlib import Path
from traceback import walk_tb

import structlog

from integrations.errors import Rejected
from integrations.provider_api import Handler, Ignored, Inbound, Json
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.names import LONGEST_ID
from integrations.providers.stripe.version import API_VERSION

# What Python raises over a value of another kind, a number beyond its range, or a name that is not there.
ODD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
# Characters of a value in a reason.
SHOWN = 80

log = structlog.get_logger(__name__)


def rejecting_unreadable(handler: Handler) -> Handler:
    """``handler``, with what it cannot read as a failure that an operator understands.

    The translators name the field and the value; here ends what they do not.
    """

    @wraps(handler)
    def handle(inbound: Inbound, event: Json) -> Ignored | None:
        try:
            _check_id(object_of(event))
            return handler(inbound, event)
        except KeyError as error:
            raise Rejected(
                f"The event lacks the field, or has the unknown value, {_shown(error)}: FlexSync may not support its API"
                f" version. Let the webhook endpoint at Stripe use {API_VERSION}."
            ) from error
        except ODD as error:
            raise _unreadable(inbound, error) from error

    return handle


def _check_id(stripe_object: Json) -> None:
    found = stripe_object.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise Rejected(
            f"The id of the event's object is {_shown(found)}, not a text of 1 to {LONGEST_ID} characters."
        )


def _unreadable(inbound: Inbound, error: Exception) -> Rejected:
    """Says where FlexSync failed: either the event is odd, or FlexSync has an error that is found by that."""
    frame, line = list(walk_tb(error.__traceback__))[-1]
    where = f"{Path(frame.f_code.co_filename).name}:{line}"
    log.warning("event_unreadable", type=inbound.event_type, error=repr(error)[:SHOWN], where=where)
    return Rejected(
        f"FlexSync cannot read the event: a value in it is of another kind than Stripe documents"
        f" ({type(error).__name__}: {_shown(error)}, at {where}). If the event looks right, report this text."
    )


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, Exception) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."

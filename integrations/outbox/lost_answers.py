"""What an earlier attempt has done whose answer was lost: looked for where a repetition could do it twice."""

from datetime import datetime

from integrations.models import OutboundCall
from integrations.provider_api import Gateway, Json, Recovery


def done_by(call: OutboundCall, recovery: Recovery, gateway: Gateway, now: datetime) -> Json | None:
    """What an earlier attempt at the call has left behind, None where it is to be made again.

    Raises Rejected where nobody can tell.
    """
    used, keys = call.key_used_at, recovery.keys
    if used is None or recovery.may_repeat(used, now):
        return None
    found = recovery.find(
        gateway, operation=call.operation, params=call.params, target=call.target, since=used
    )
    call.detail = _what_was_found(found is not None, had_key=keys is not None)
    if found is None:
        call.key_used_at = now if keys else used
        call.save(update_fields=["detail", "key_used_at"])
    return found


def _what_was_found(is_done: bool, *, had_key: bool) -> str:
    lost = "The answer was lost"
    if had_key:
        lost += ", and the provider has forgotten the key by now"
    done = "done" if is_done else "not done, so it was made again"
    return f"{lost}. FlexSync looked at the provider: the call was {done}."

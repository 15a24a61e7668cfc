"""Sends what was changed here of an entity that is edited on both sides, and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from integrations.errors import Rejected, Retry
from integrations.provider_api import UNSENT, Fields, Json, Outbound, Pending, Sent, nested
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.push.digests import digest
from integrations.providers.stripe.translate import metadata

# How often Stripe's object may change while it is being updated.
ROUNDS = 3
# Field -> (what is known of it, what it gets).
Changes = Mapping[str, tuple[Any, Any]]


def update(
    outbound: Outbound,
    synced: Synced,
    entity_id: str,
    *,
    step: str = "update",
    only: Collection[str] | None = None,
) -> None:
    """Sends the fields that differ from what both sides last had, in one call, if there are any.

    Reads the object first where what Stripe holds is unknown: after a lost answer. ``only``: no other fields.
    Where Stripe refuses one field, the others are sent without it before the refusal is raised.
    """
    outbound.repeat(synced.kind, entity_id, step)
    is_full = False
    for _ in range(ROUNDS):
        pending = outbound.pending(synced.kind, entity_id, step)
        if pending.is_doubtful or is_full:
            look(outbound, synced, entity_id, Sent(pending.unanswered, pending.held, is_certain=False), step)
            pending = outbound.pending(synced.kind, entity_id, step)
        if pending.is_doubtful:
            if outbound.dry:
                return
            continue
        changed = {name: value for name, value in pending.changed.items() if only is None or name in only}
        if only is None:
            _leave_out(outbound, synced, entity_id, pending, step)
        sent = Sent(_changes(synced, changed, pending), pending.held)
        if not sent.changes:
            outbound.skip(step, "Stripe already has these values.")
            return
        is_full = not _has_room(outbound, synced, entity_id, sent, step, is_known=is_full)
        if sent.values().get(metadata.EXTERNAL_ID_FIELD, "") is None and not outbound.dry:
            # It has made room for another key.
            _leave_out(outbound, synced, entity_id, outbound.pending(synced.kind, entity_id, step), step)
        if outbound.dry or not (is_full or outbound.pending(synced.kind, entity_id, step).is_doubtful):
            return
    raise Retry("Stripe's object was changed again and again during this push. FlexSync tries again.")


def _has_room(
    outbound: Outbound, synced: Synced, entity_id: str, sent: Sent, step: str, *, is_known: bool
) -> bool:
    """Sends; returns False where others have left no room for this metadata, unless that is known."""
    try:
        _send_accepted(outbound, synced, entity_id, sent, step)
    except Rejected as refusal:
        if is_known or refusal.param != "metadata" or not any(map(_is_metadata, sent.changes)):
            raise
        return False
    return True


def _send_accepted(outbound: Outbound, synced: Synced, entity_id: str, sent: Sent, step: str) -> None:
    """Sends; raises Rejected for a field that Stripe refuses, after the others were sent."""
    try:
        _send(outbound, synced, entity_id, sent, step)
    except Rejected as refusal:
        if others := _besides(refusal, sent.changes):
            _send_accepted(outbound, synced, entity_id, replace(sent, changes=others), step)
        raise


def _besides(refusal: Rejected, changes: Changes) -> Changes:
    """The fields that Stripe did not refuse; none where it does not name one of these alone."""
    refused = refusal.param.split("[")[0]
    others = {name: pair for name, pair in changes.items() if name.split(".")[0] != refused}
    is_alone = refused != "metadata" and len(others) < len(changes)
    return others if is_alone and not refusal.connection_is_broken else {}


def _is_metadata(field: str) -> bool:
    return field.startswith(metadata.INSIDE)


def _changes(synced: Synced, changed: Fields, pending: Pending) -> Changes:
    wanted = synced.to_send(changed, pending.known, pending.held or {})
    return {name: (pending.known.get(name), value) for name, value in wanted.items()}


def _leave_out(outbound: Outbound, synced: Synced, entity_id: str, pending: Pending, step: str) -> None:
    left_out = synced.left_out(pending.changed, pending.known, pending.held or {})
    outbound.leave_out(synced.kind, entity_id, left_out)
    if left_out:
        reasons = (f"{name}: {why}" for name, (_ours, _theirs, why) in left_out.items())
        outbound.skip(f"{step}-left-out", " ".join(reasons))


def made(synced: Synced, desired: Json, params: Json) -> tuple[dict[str, Any], dict[str, Any]]:
    """``params`` of the call that makes an object, without what Stripe cannot take of what is ``desired``.

    And what the mapping notes of that.
    """
    left_out = synced.left_out(synced.mergeable.fields(desired), {}, {})
    fields = {name: value for name, value in params.items() if name not in left_out}
    custom = params.get("metadata", {}).items()
    fields["metadata"] = {name: value for name, value in custom if f"{metadata.INSIDE}{name}" not in left_out}
    return fields, {UNSENT: {name: list(values) for name, values in left_out.items()}} if left_out else {}


def _send(outbound: Outbound, synced: Synced, entity_id: str, sent: Sent, step: str) -> None:
    known = {name: before for name, (before, _) in sent.changes.items()}
    fields = {name: after for name, (_, after) in sent.changes.items()}
    outbound.once(
        f"{step}-{digest(sent.changes)[:8]}",
        synced.update,
        synced.call_params(_params(fields), known),
        target=outbound.provider_id_of(synced.kind, entity_id),
        about=(synced.kind, entity_id),
        merge=sent,
    )


def _params(fields: Fields) -> dict[str, Any]:
    """The call's parameters; "" removes a key of metadata (page "Metadata"), and clears an address."""
    params = nested({name: "" if value is None else value for name, value in fields.items()})
    if not any(params.get("address", {"": True}).values()):
        params["address"] = ""
    return params


def look(outbound: Outbound, synced: Synced, entity_id: str, sent: Sent, step: str) -> None:
    """Reads the object, merges it, and gives up calls to it whose answers were lost; ``sent``: by those."""
    outbound.look(
        f"look-{step}",
        synced.retrieve,
        {"expand": list(synced.expand)} if synced.expand else {},
        target=outbound.provider_id_of(synced.kind, entity_id) or "",
        about=(synced.kind, entity_id),
        merge=sent,
    )
    outbound.give_up(synced.kind, entity_id, f"{step}-")

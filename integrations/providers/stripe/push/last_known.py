"""What Stripe held of a mapped entity by its last response: a push sends only what differs from it."""

from collections.abc import Callable
from typing import Any

from billing.events import Kind
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push.digests import digest

# Under which name the notes of a mapping keep it.
LAST_KNOWN = "held"

# Reads from Stripe's object the current values of the desired parameters.
CurrentParams = Callable[[Json, Json], Json]


def notes(current: Json) -> dict[str, Any]:
    """The notes after a call: ``current`` has the names of its parameters, with the response's values."""
    return {"sent": digest(current), LAST_KNOWN: dict(current)}


def step_name(name: str, params: Json) -> str:
    """A step named after its content: other content is another intent, with an idempotency key of its own."""
    return f"{name}-{digest(params)[:8]}"


def update(
    outbound: Outbound,
    mapping: tuple[Kind, str],
    operation: str,
    desired: Json,
    current_params: CurrentParams,
    *,
    step: str = "update",
    call_params: Callable[[Json], Json] = dict,
) -> None:
    """Sends what of ``desired`` differs at Stripe, if anything; ``call_params`` shapes it for the call."""
    named = step_name(step, desired)
    changes = changed(outbound, mapping, desired, named)
    if not changes:
        outbound.skip(step, "Stripe already has these values.")
        return
    outbound.once(
        named,
        operation,
        call_params(changes),
        target=outbound.provider_id_of(*mapping),
        annotate=lambda response: notes(current_params(response, desired)),
        about=mapping,
    )


def changed(outbound: Outbound, mapping: tuple[Kind, str], desired: Json, step: str) -> dict[str, Any]:
    """What of ``desired`` differs from the last known values; {} when nothing does.

    Everything after a call whose response was lost: what Stripe holds is then unknown.
    """
    known = outbound.notes_of(*mapping).get(LAST_KNOWN)
    if known is None or outbound.is_unsure(outbound.provider_id_of(*mapping) or "", step):
        return {**desired, **changed_metadata(known or {}, desired, everything=True)}
    changes = {
        name: value for name, value in desired.items() if name != "metadata" and known.get(name) != value
    }
    return changes | changed_metadata(known, desired)


def changed_metadata(known: Json, desired: Json, *, everything: bool = False) -> dict[str, Any]:
    """An update merges metadata, and "" removes a key (page "Metadata"): foreign keys are not touched."""
    before, after = known.get("metadata") or {}, desired.get("metadata") or {}
    changes = {name: value for name, value in after.items() if everything or before.get(name) != value}
    if "metadata" in desired:
        changes |= {name: "" for name in sorted(before) if name not in after}
    return {"metadata": changes} if changes else {}

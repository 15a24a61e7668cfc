"""What a push notes about a pair: what of ours Stripe holds, so that the next push tells only what differs."""

from typing import Any

from billing.events import Kind
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push.digests import digest

HELD = "held"


def sent(held: Json) -> dict[str, Any]:
    """The note after a call: ``held`` has the names of the call's parameters, and what Stripe's answer says of them."""
    return {"sent": digest(held), HELD: dict(held)}


def step(name: str, wanted: Json) -> str:
    """A step named after its content: another content is another intent, with a key of its own."""
    return f"{name}-{digest(wanted)[:8]}"


def news(outbound: Outbound, pair: tuple[Kind, str], wanted: Json, step: str) -> dict[str, Any]:
    """What of ``wanted`` Stripe has to be told about the pair, given what is noted; {} when it knows all of it.

    All of it when a call is unanswered whose effect nobody knows.
    """
    held = outbound.notes_of(*pair).get(HELD)
    if held is None or outbound.is_unsure(outbound.provider_id_of(*pair) or "", step):
        return {**wanted, **metadata_news(held or {}, wanted, everything=True)}
    changed = {
        name: value for name, value in wanted.items() if name != "metadata" and held.get(name) != value
    }
    return changed | metadata_news(held, wanted)


def metadata_news(held: Json, wanted: Json, *, everything: bool = False) -> dict[str, Any]:
    """An update merges metadata, and "" removes a name (page "Metadata"): names that others wrote are not touched."""
    known, new = held.get("metadata") or {}, wanted.get("metadata") or {}
    said = {name: value for name, value in new.items() if everything or known.get(name) != value}
    if "metadata" in wanted:
        said |= {name: "" for name in sorted(known) if name not in new}
    return {"metadata": said} if said else {}

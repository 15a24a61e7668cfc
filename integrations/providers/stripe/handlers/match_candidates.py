"""Which row a Stripe object belongs to when no mapping says so: the row that the object's metadata names."""

from collections.abc import Callable, Mapping

from billing.events import Kind
from billing.models.base import Row
from billing.services.find import find
from integrations.errors import MappingConflict
from integrations.provider_api import LINK_BY_HAND, RELINK, UNLINK, Inbound, Json
from integrations.providers.stripe.translate import metadata

# Candidates: ids of rows here, "" for none, by what in the object names them.
Candidates = Mapping[str, str]


def by_metadata(inbound: Inbound, model: type[Row], name: str, stripe_object: Json) -> dict[str, str]:
    """The row whose id FlexSync wrote into the object's metadata as ``name``, if this environment has it."""
    local_id = metadata.of(stripe_object).get(name, "")
    is_known = local_id and find(model, inbound.environment_id, [local_id])
    return {f"metadata.{name}": local_id if is_known else ""}


def link_or_create(
    inbound: Inbound,
    kind: Kind,
    provider_id: str,
    candidates: Candidates,
    create: Callable[[], str],
    unfit: Callable[[str], str] = lambda _local_id: "",
) -> tuple[str, bool]:
    """Links the object to the row that it matches, or to a new one from ``create``.

    ``unfit``(id of the row that a person has chosen): why it cannot be the object, "" where it can. Returns
    the row's id, and whether it is new. Raises MappingConflict.
    """
    chosen = inbound.chosen(kind, provider_id)
    if chosen and (reason := unfit(chosen)):
        raise _unfit(provider_id, chosen, reason)
    matched = _matched(inbound, kind, provider_id, candidates) if chosen is None else chosen
    local_id = matched or create()
    inbound.link(kind, local_id, provider_id)
    return local_id, not matched


def _matched(inbound: Inbound, kind: Kind, provider_id: str, candidates: Candidates) -> str:
    """The row that the candidates name, unless a person has said that the object is another one."""
    if any(candidates.values()):
        apart = inbound.kept_apart(kind, provider_id)
        candidates = {reason: "" if id in apart else id for reason, id in candidates.items()}
    return match(inbound, kind, provider_id, candidates)


def match(inbound: Inbound, kind: Kind, provider_id: str, candidates: Candidates) -> str:
    """The one row that the candidates name, "" when they name none.

    Raises MappingConflict for two rows, and for one that is linked to another object already.
    """
    parties = [
        _party(local_id, inbound.provider_id_of(kind, local_id) or provider_id, reason)
        for reason, local_id in candidates.items()
        if local_id
    ]
    if not parties:
        return ""
    local_ids = {party["ours"] for party in parties}
    if len(local_ids) > 1:
        raise _several_matches(provider_id, parties)
    if parties[0]["theirs"] != provider_id:
        raise _linked_elsewhere(provider_id, parties)
    return local_ids.pop()


def _unfit(provider_id: str, local_id: str, reason: str) -> MappingConflict:
    return MappingConflict(
        f"{provider_id} cannot be {local_id}, as was decided: {reason}. Import again, and decide otherwise.",
        [_party(local_id, provider_id, "a person has linked them")],
    )


def _several_matches(provider_id: str, parties: list[dict[str, str]]) -> MappingConflict:
    local_ids = sorted({party["ours"] for party in parties})
    return MappingConflict(
        f"{provider_id} matches {' and '.join(local_ids)} here: correct its metadata at Stripe, then replay the event; or"
        f" {LINK_BY_HAND}.",
        parties,
    )


def _linked_elsewhere(provider_id: str, parties: list[dict[str, str]]) -> MappingConflict:
    local_id, linked_id = parties[0]["ours"], parties[0]["theirs"]
    reasons = " and ".join(party["because"] for party in parties)
    return MappingConflict(
        f"{provider_id} names {local_id} ({reasons}), which is linked to {linked_id} at Stripe: correct the metadata of"
        f" one of the two there, then replay the event; or, if the mapping is wrong, {RELINK}, or {UNLINK}.",
        [_party(local_id, linked_id, "they are linked"), _party(local_id, provider_id, reasons)],
    )


def name_conflict(
    inbound: Inbound, kind: Kind, provider_id: str, local_id: str, owner_id: str, name: str
) -> MappingConflict:
    """The conflict when the object linked to ``local_id`` gets the ``name`` that ``owner_id`` has here."""
    reason = f"metadata.{name}"
    return MappingConflict(
        f"{reason} of {provider_id}, which is {local_id} here, now has the {name} of {owner_id}: change the {name} of"
        " one of the two, here or at Stripe, then replay the event.",
        [
            _party(local_id, provider_id, f"they are linked, and {reason} was changed at Stripe"),
            _party(owner_id, inbound.provider_id_of(kind, owner_id) or "", f"it has this {name} here"),
        ],
    )


def _party(local_id: str, provider_id: str, reason: str) -> dict[str, str]:
    """One party of a conflict, by the names that InboundEvent stores."""
    return {"ours": local_id, "theirs": provider_id, "because": reason}

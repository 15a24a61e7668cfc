"""Which row of ours an object of Stripe's is, when no mapping says so: whoever has a claim to it, if nobody else has."""

from collections.abc import Mapping

from billing.events import Kind
from billing.models.base import Row
from billing.services.find import find
from integrations.errors import MappingConflict
from integrations.provider_api import Inbound


def by_id(inbound: Inbound, model: type[Row], ours: str) -> str:
    """``ours`` when this environment has such a row, "" otherwise."""
    return ours if ours and find(model, inbound.environment_id, [ours]) else ""


def settle(inbound: Inbound, kind: Kind, theirs: str, claims: Mapping[str, str]) -> str:
    """The one row that ``claims`` (why -> our id, or "") name, "" when none does.

    Raises MappingConflict for two of ours, and for one that has another twin at Stripe.
    """
    sides = [
        {"ours": ours, "theirs": inbound.provider_id_of(kind, ours) or theirs, "because": why}
        for why, ours in claims.items()
        if ours
    ]
    named = {side["ours"] for side in sides}
    if len(named) > 1:
        raise MappingConflict(
            f"{theirs} is claimed by {' and '.join(sorted(named))}: correct its metadata at Stripe, or link the right"
            " one by a mapping, then replay.",
            sides,
        )
    if not sides:
        return ""
    (ours,), twin = named, sides[0]["theirs"]
    if twin != theirs:
        why = " and ".join(side["because"] for side in sides)
        raise MappingConflict(
            f"{theirs} names {ours} ({why}), which is {twin} at Stripe: correct the metadata of one of both there, or"
            " delete the mapping that is wrong, then replay.",
            [
                {"ours": ours, "theirs": twin, "because": "they are linked"},
                {"ours": ours, "theirs": theirs, "because": why},
            ],
        )
    return ours


def taken(inbound: Inbound, kind: Kind, theirs: str, ours: str, other: str, name: str) -> MappingConflict:
    """The refusal of ``name`` for the pair of ``theirs`` and ``ours``, because ``other`` of ours has it already."""
    why = f"metadata.{name}"
    return MappingConflict(
        f"Stripe says by {why} that {theirs} is what {other} is called here, and {theirs} is {ours}: change the"
        f" {name} of one of both, here or at Stripe, then replay.",
        [
            {"ours": ours, "theirs": theirs, "because": f"they are linked, and {why} was changed at Stripe"},
            {
                "ours": other,
                "theirs": inbound.provider_id_of(kind, other) or "",
                "because": f"it has this {name} here",
            },
        ],
    )

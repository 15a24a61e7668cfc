"""The objects that a list of pairs names: whether the account has such ones, of the kind of their rows."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from billing.errors import BillingError, Invalid
from billing.events import Kind
from integrations.gateway.slots import waits
from integrations.linking import objects, pairs
from integrations.linking.pairs import Pair
from integrations.mappings import by_hand
from integrations.models import EntityMapping, ImportRun, LinkCandidate


@waits
def require(run: ImportRun, named: Sequence[tuple[Kind, str, str]]) -> None:
    """Raises Invalid, which names the first pair (kind, row, object) that cannot be linked.

    The account does not have the object, or either has another counterpart already. Costs a call for each
    object that is no link candidate of the kind; call it outside any transaction.
    """
    found = LinkCandidate.objects.filter(run=run).values_list("entity_type", "provider_entity_id")
    known = set(found.filter(provider_entity_id__in=[provider_id for _, _, provider_id in named]))
    linked = _linked(run, named)
    in_use = {id for pair in linked for id in pair[1:]}
    for number, (kind, entity_id, provider_id) in enumerate(named):
        if (str(kind), entity_id, provider_id) in linked:
            continue
        pair = Pair(run.connection, kind, entity_id, provider_id)
        try:
            if not in_use.isdisjoint((entity_id, provider_id)):
                _refuse_linked(pair)
            if (str(kind), provider_id) not in known:
                objects.existing(pair, pairs.linkable(run.connection, kind))
        except BillingError as refusal:
            is_linked = refusal.code == by_hand.CONFLICT
            reason = refusal.message if is_linked else "; ".join(refusal.details.values()) or refusal.message
            place = f"pairs[{number}].provider_entity_id"
            raise Invalid.of({place: f"{entity_id} = {provider_id}: {reason}"}) from None


def _linked(run: ImportRun, named: Sequence[tuple[Kind, str, str]]) -> set[tuple[str, str, str]]:
    """The pairs that there are of any of these rows and objects."""
    rows, provider_ids = ([one[place] for one in named] for place in (1, 2))
    mappings = EntityMapping.objects.filter(connection=run.connection).exclude(entity_id="")
    found = mappings.filter(Q(entity_id__in=rows) | Q(provider_entity_id__in=provider_ids))
    return set(found.values_list("entity_type", "entity_id", "provider_entity_id"))


def _refuse_linked(pair: Pair) -> None:
    names = {"entity_id": pair.entity_id, "provider_entity_id": pair.provider_id}
    with transaction.atomic():
        by_hand.refuse_linked(EntityMapping(connection=pair.connection, entity_type=pair.kind, **names))

"""The objects that a list of pairs names: whether the account has such ones, of the kind of their rows."""

from collections.abc import Sequence

from billing.errors import BillingError, Invalid
from billing.events import Kind
from integrations.gateway.slots import waits
from integrations.linking import objects, pairs
from integrations.linking.pairs import Pair
from integrations.models import ImportRun, LinkCandidate


@waits
def require(run: ImportRun, named: Sequence[tuple[Kind, str, str]]) -> None:
    """Raises Invalid, which names the first pair (kind, row, object) whose object the account does not have.

    Costs a call for each object that is no link candidate of the kind; call it outside any transaction.
    """
    found = LinkCandidate.objects.filter(run=run).values_list("entity_type", "provider_entity_id")
    known = set(found.filter(provider_entity_id__in=[provider_id for _, _, provider_id in named]))
    for number, (kind, entity_id, provider_id) in enumerate(named):
        if (str(kind), provider_id) in known:
            continue
        try:
            objects.existing(
                Pair(run.connection, kind, entity_id, provider_id), pairs.linkable(run.connection, kind)
            )
        except BillingError as refusal:
            reason = "; ".join(refusal.details.values()) or refusal.message
            place = f"pairs[{number}].provider_entity_id"
            raise Invalid.of({place: f"{entity_id} = {provider_id}: {reason}"}) from None

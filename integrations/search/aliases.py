"""All names of what an id means: with one side's id, a list finds what it knows by the other's."""

from django.db.models import Q

from billing.models import Environment
from integrations.models import EntityMapping
from integrations.search import terms
from integrations.search.candidates import candidates
from integrations.search.keys import Key, any_case, words
from integrations.search.kinds import KINDS

MOST = 200


def aliases(text: str) -> tuple[set[str], bool]:
    """The ids, on both sides, of what ``text`` or an id that begins with it names; whether there are more.

    At most ``MOST`` by each way in which it may name something.
    """
    term = terms.cleaned(text)
    if terms.problem(term) or " " in term:
        return set(), False
    environments = list(Environment.objects.values_list("pk", flat=True))
    hits, more = candidates(term, environments, KINDS, MOST, only=_is_id)
    ids = {hit.id for hit in hits} | set(terms.own_ids(term))
    pairs = EntityMapping.objects.filter(Q(entity_id__in=ids) | Q(provider_entity_id=term)).order_by()
    for entity_id, provider_id in pairs.values_list("entity_id", "provider_entity_id"):
        ids |= {entity_id, provider_id}
    return ids - {""}, bool(more)


def _is_id(key: Key) -> bool:
    return key.matching not in (words, any_case)

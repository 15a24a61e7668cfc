"""What a person has said of link candidates, for as long as the import that found them is open."""

from collections.abc import Iterable

from django.db.models import QuerySet

from billing.events import Kind
from integrations.errors import Retry, UnderWay
from integrations.models import ImportRun, LinkCandidate
from integrations.models.imports import LinkingState
from integrations.models.link_candidates import LinkChoice

# The kinds of which both sides may have had the same before they were connected. Those of a later round are
# known by those of the earlier: a price by its plan.
ROUNDS = ((Kind.CUSTOMER, Kind.PLAN), (Kind.PRICE,), (Kind.SUBSCRIPTION,))
KINDS = tuple(kind for kinds in ROUNDS for kind in kinds)
_UNDECIDED = (LinkingState.READING, LinkingState.OPEN)


class LinkChoices:
    """One connection's, inside one transaction."""

    def __init__(self, connection_id: str, provider_ids: Iterable[str]) -> None:
        """``provider_ids``: which are likely to be asked for."""
        self._connection_id = connection_id
        self._likely = frozenset(provider_ids)
        self._run: ImportRun | None = None
        self._is_read = False
        self._known: dict[tuple[str, str], LinkCandidate | None] = {}

    def of(self, kind: Kind, provider_id: str) -> str | None:
        """The row that was chosen for the object, "" for one of its own, None where nobody has chosen.

        Raises Retry while a person is to decide.
        """
        run = self._open_run()
        if run is None or kind not in KINDS:
            return None
        if run.linking == LinkingState.READING:
            raise _waiting(Retry, run)
        found = self._candidate(run, kind, provider_id)
        if found is None:
            return None
        if not found.choice:
            raise _waiting(Retry, run)
        return found.entity_id if found.choice == LinkChoice.LINK else ""

    def _open_run(self) -> ImportRun | None:
        if not self._is_read:
            self._run = _open(self._connection_id).exclude(linking="").first()
            self._is_read = True
        return self._run

    def _candidate(self, run: ImportRun, kind: Kind, provider_id: str) -> LinkCandidate | None:
        if (kind, provider_id) not in self._known:
            wanted = self._likely | {provider_id}
            self._known |= {(kind, one): None for one in wanted}
            found = LinkCandidate.objects.filter(run=run, entity_type=kind, provider_entity_id__in=wanted)
            self._known |= {(kind, one.provider_entity_id): one for one in found}
        return self._known[kind, provider_id]


def hold(connection_id: str, kind: Kind, entity_id: str) -> None:
    """Raises UnderWay for a call that makes an object for the row which may be there already."""
    if kind not in KINDS:
        return
    run = _open(connection_id).exclude(linking="").first()
    if run and run.linking in _UNDECIDED:
        raise _waiting(UnderWay, run)
    if run and _links(run).filter(entity_type=kind, entity_id=entity_id).exists():
        raise UnderWay(f"Waits until the import {run.pk} links it to what a person has chosen.")


def _links(run: ImportRun) -> QuerySet[LinkCandidate]:
    return LinkCandidate.objects.filter(run=run, choice=LinkChoice.LINK)


def _open(connection_id: str) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(connection_id=connection_id, settled_at=None, dry_run=False)


def waits_for(run: ImportRun) -> str:
    """How what waits for the decisions of the import says so."""
    return f"import:{run.pk}"


def _waiting(failure: type[Retry], run: ImportRun) -> Retry:
    waiting = failure(
        f"Waits until a person has decided which of the provider's objects are which rows here: {run.pk}, on its page in"
        f" admin or with POST /v1/imports/{run.pk}/settle_links."
    )
    waiting.waits_for = waits_for(run)
    return waiting

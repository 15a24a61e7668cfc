"""Objects that are gone at the provider: what a push says that needs one."""

from datetime import datetime

from django.db.models import QuerySet

from billing.events import Kind
from billing.services import row_endings
from integrations.errors import Gone, Missing, Rejected
from integrations.models import EntityMapping
from integrations.models.mappings import GoneChoice
from integrations.provider_api import registry

CHOICES = (
    "create_anew (another object is made there, and what waits goes on), archive (it ends here as well) or leave"
    " (nothing more is sent for it)"
)
ENDED = (
    "It has ended here as well, so no other is made there: end what needs it, too (void the invoice, cancel the"
    " subscription), or make it for another one."
)


def of_entity(connection_id: str, kind: Kind, entity_id: str) -> Gone | None:
    """Why nothing can be sent for the row, None where its counterpart is there."""
    return _gone(connection_id, entity_type=kind, entity_id=entity_id or None)


def of_object(connection_id: str, missing: Missing) -> Gone | None:
    """Why nothing can be sent for the row of the provider's object, None for an object that is of no row."""
    kind = {"entity_type": missing.kind} if missing.kind else {}
    return _gone(connection_id, provider_entity_id=missing.object_id, **kind) if missing.object_id else None


def explained(connection_id: str, missing: Missing) -> Rejected:
    """Why nothing can be asked for the row of the object; as it is for an object that is of no row."""
    return of_object(connection_id, missing) or missing


def undecided() -> QuerySet[EntityMapping]:
    """The mappings whose object is gone, and of whose row nobody has decided what becomes."""
    gone = EntityMapping.objects.filter(gone_at__isnull=False, gone_choice="")
    return gone.exclude(entity_id="")


def settle(connection_id: str, kind: Kind, entity_id: str) -> None:
    """Keeps that nothing is to be decided, because the row has ended as well."""
    found = EntityMapping.objects.filter(connection_id=connection_id, entity_type=kind, entity_id=entity_id)
    found.filter(gone_at__isnull=False, gone_choice="").update(gone_choice=GoneChoice.ARCHIVE)


def _gone(connection_id: str, **mapped: str | None) -> Gone | None:
    found = EntityMapping.objects.filter(connection_id=connection_id, gone_at__isnull=False, **mapped)
    mapping = found.exclude(entity_id="").select_related("connection").first()
    if mapping is None:
        return None
    return Gone(
        f"{described(mapping)} {_advice(mapping)}",
        kind=mapping.entity_type,
        entity_id=mapping.entity_id,
        is_left=mapping.gone_choice == GoneChoice.LEAVE,
    )


def described(mapping: EntityMapping) -> str:
    """Since when it is gone, and how that was seen, in sentences; needs its ``connection``."""
    provider = registry.providers().get(mapping.connection.provider)
    place = provider.label if provider else mapping.connection.provider
    whose = f"The {mapping.entity_type} {mapping.entity_id} is gone at {place}"
    return f"{whose} ({mapping.provider_entity_id}) since {_time(mapping.gone_at)}. {mapping.gone_reason}"


def _advice(mapping: EntityMapping) -> str:
    decided = ""
    if mapping.gone_choice == GoneChoice.LEAVE:
        decided = f"{mapping.decided_by or 'Somebody'} chose to leave it so on {_time(mapping.decided_at)}. "
    if row_endings.has_ended(Kind(mapping.entity_type), mapping.entity_id):
        return f"{decided}{ENDED}"
    how = f"POST /v1/mappings/{mapping.pk}/resolve, or the buttons of the mapping in admin"
    return f"{decided}Choose what becomes of it: {CHOICES}. {how}."


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"

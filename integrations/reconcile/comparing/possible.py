"""What can become of a row whose counterpart is gone; what is refused is not suggested either."""

from collections.abc import Sequence
from dataclasses import replace

from billing.errors import Conflict
from billing.events import Kind
from billing.services import row_endings
from integrations.linking import gone_choices
from integrations.linking.pairs import Pair
from integrations.models import Connection
from integrations.models.findings import FindingKind, Repair, Suggestion
from integrations.provider_api import registry
from integrations.reconcile.comparing.differences import Difference


def refusal(pair: Pair, repair: Repair) -> str:
    """Why it can neither end here ("take") nor be made another there ("push"), "" where it can."""
    if repair == Repair.TAKE:
        return row_endings.refusal(pair.kind, pair.entity_id)
    provider = registry.provider(pair.connection.provider)
    if pair.kind not in provider.pushes:
        return f"FlexSync has no way to send {pair.kind}s to {provider.label}: change it there."
    try:
        gone_choices.refuse_needless(pair)
    except Conflict as needless:
        return needless.message
    return ""


def told(connection: Connection, kind: Kind, found: Sequence[Difference]) -> list[Difference]:
    """The differences; of those that are gone, only what is possible is suggested."""
    return [_told(connection, kind, one) if one.kind == FindingKind.GONE else one for one in found]


def _told(connection: Connection, kind: Kind, one: Difference) -> Difference:
    """What cannot be made another there ends here; but nothing is made there because it cannot end here."""
    if one.suggested == Suggestion.ACCEPT:
        return one
    pair, refused = Pair(connection, kind, one.entity_id, one.provider_entity_id), ""
    for repair in (Repair.PUSH, Repair.TAKE) if one.suggested == Repair.PUSH else (Repair.TAKE,):
        if not (why := refusal(pair, repair)):
            return one if one.suggested in ("", repair) else replace(one, suggested=repair.value, why=refused)
        refused = refused or why
    return replace(one, suggested=Suggestion.ACCEPT.value, why=f"{refused} So accept it.")

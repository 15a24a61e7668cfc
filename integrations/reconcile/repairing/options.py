"""Which repairs a finding has, and why it has not the others, with what to do instead."""

from collections.abc import Callable, Mapping

from integrations.linking.pairs import Pair
from integrations.models.connections import ConnectionStatus
from integrations.models.findings import FindingKind, FindingState, Repair
from integrations.provider_api import LAST_KNOWN, registry
from integrations.reconcile.comparing import possible, reasons
from integrations.reconcile.repairing import beside, lookalikes
from integrations.reconcile.repairing.subjects import Subject

HEALED = "It has healed: nothing is left to repair."
UNDER_WAY = "A repair of it is under way: wait until that has ended."


def refusal(subject: Subject, repair: Repair) -> str:
    """Why that repair is impossible, "" where it is not."""
    finding, connection = subject.finding, subject.connection
    if finding.state == FindingState.HEALED:
        return HEALED
    if repair == Repair.ACCEPT:
        return ""
    if connection.provider not in registry.providers():
        return f"The provider {connection.provider} is not installed: only accept it."
    if connection.status != ConnectionStatus.ACTIVE:
        return f"The connection {connection} is {connection.status}: let it work again first."
    return _OF_KIND[FindingKind(finding.kind)](subject, repair) or beside.refusal(subject, repair)


def offered(subject: Subject) -> list[Repair]:
    """The possible ones."""
    return [one for one in Repair if not refusal(subject, one)]


def _differs(subject: Subject, repair: Repair) -> str:
    if subject.is_fact:
        return _fact(subject, repair)
    name, mergeable = subject.finding.field, subject.mergeable
    if mergeable is None:
        return f"FlexSync merges no fields of {subject.kind}s: change the value where it is wrong."
    if repair == Repair.TAKE:
        return ""
    mapping = subject.mapping()
    if mapping and mergeable.is_fixed(mapping.metadata.get(LAST_KNOWN) or {}, name):
        return f"Nobody can change it at {subject.provider.label} any more: take it, or accept it."
    return _without_push(subject) or _unsendable(subject)


def _unsendable(subject: Subject) -> str:
    finding, mergeable, mapping = subject.finding, subject.mergeable, subject.mapping()
    if mergeable is None or mapping is None:
        return ""
    held = mapping.metadata.get(LAST_KNOWN) or {}
    known = {**mergeable.fields(held), finding.field: finding.theirs}
    return mergeable.unsendable({finding.field: finding.ours}, known, held).get(finding.field, "")


def _fact(subject: Subject, repair: Repair) -> str:
    finding, there = subject.finding, subject.provider.label
    if repair == finding.suggested:
        return "" if repair == Repair.TAKE else _unsent(subject)
    what = reasons.words(finding.field)
    follow = "follow" if reasons.is_plural(finding.field) else "follows"
    if not finding.suggested:
        return f"Neither side's {what} {follow} from the other's: {finding.why}"
    if repair == Repair.PUSH:
        return f"The {what} {follow} from what happens at {there}: take it, or correct it there."
    return f"The {what} {follow} from what happens here: push it, or correct it here."


def _only_there(subject: Subject, repair: Repair) -> str:
    if repair == Repair.PUSH:
        return f"FlexSync has nothing of it to push: take it, or end it at {subject.provider.label}."
    listing = subject.listing
    if listing is None:
        return f"A single {subject.kind} cannot be brought here: run an import."
    if not getattr(subject.connection, listing.switch):
        return f"{listing.switch} is off for this connection: turn it on first."
    return lookalikes.refusal(subject)


def _only_here(subject: Subject, repair: Repair) -> str:
    if repair == Repair.TAKE:
        return f"{subject.provider.label} has nothing of it to take: push it, or end it here."
    return _unsent(subject) or lookalikes.refusal(subject)


def _gone(subject: Subject, repair: Repair) -> str:
    finding = subject.finding
    pair = Pair(subject.connection, subject.kind, finding.entity_id, finding.provider_entity_id)
    return possible.refusal(pair, repair)


def _without_push(subject: Subject) -> str:
    kind, there = subject.kind, subject.provider.label
    is_sent = kind in subject.provider.pushes
    return "" if is_sent else f"FlexSync has no way to send {kind}s to {there}: change it there."


def _unsent(subject: Subject) -> str:
    if why := _without_push(subject):
        return why
    kind, there = subject.kind, subject.provider.label
    if not registry.push(subject.connection.provider, kind).wanted(subject.finding.entity_id):
        return f"FlexSync does not send this {kind} to {there}: change it there, or accept it."
    return ""


_OF_KIND: Mapping[FindingKind, Callable[[Subject, Repair], str]] = {
    FindingKind.DIFFERS: _differs,
    FindingKind.ONLY_THERE: _only_there,
    FindingKind.ONLY_HERE: _only_here,
    FindingKind.GONE: _gone,
}

"""Many findings at once: what is possible is asked for, and the rest is counted by why it is not."""

from collections.abc import Collection, Iterator, Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from billing.errors import Conflict, Invalid
from integrations.models import Finding
from integrations.models.findings import UNHEALED, FindingKind, Repair, Suggestion
from integrations.models.outbound import Priority
from integrations.reconcile.comparing.differences import LACKING
from integrations.reconcile.repairing import accepting, requests, work
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.summaries import SHOWN, One, Summary

# By what is suggested for each.
SUGGESTED = "suggested"
NOTHING_SUGGESTED = "Nothing is suggested: look at both sides, then push, take or accept it."
NEEDS_REASON = "It is suggested to accept it, which needs a reason."
# How many are looked at with one query; and while somebody waits.
CHUNK, AT_ONCE = 500, 200


def named(findings: QuerySet[Finding], ids: Collection[str]) -> QuerySet[Finding]:
    """Those of the findings; raises Invalid for an id of none, whatever has become of it."""
    found = findings.filter(pk__in=ids)
    if unknown := sorted({*ids} - {*found.values_list("pk", flat=True)}):
        raise Invalid.of({"ids": f"There is no finding {', '.join(unknown[:SHOWN])}."})
    return found


def preview(findings: QuerySet[Finding], repair: str) -> Summary:
    """What ``ask`` would do; changes nothing. Of many, the first are looked at, and the others counted."""
    summary, ids = Summary(), ids_of(findings)
    for one in _each(ids[:AT_ONCE], repair):
        summary.add(one)
    summary.unexamined = len(ids[AT_ONCE:])
    return summary


def accept(findings: QuerySet[Finding], acceptance: Acceptance) -> Summary:
    """Lets them be."""
    summary = Summary()
    summary.asked[Repair.ACCEPT.value] = accepting.accept(ids_of(findings), acceptance)
    return summary


def ask(findings: QuerySet[Finding], repair: str, *, by: str) -> Summary:
    """Asks for the repair ("push", "take", or SUGGESTED) of each."""
    summary = Summary()
    for one in _each(ids_of(findings), repair):
        summary.add(one if one.refusal else _asked(one, by))
    transaction.on_commit(work.notify)
    return summary


def _asked(one: One, by: str) -> One:
    try:
        with transaction.atomic():
            requests.store(one.finding.pk, Repair(one.repair), by=by, priority=Priority.SYNC)
    except (Conflict, IntegrityError) as refusal:
        return One(one.finding, one.repair, str(refusal))
    return one


def ids_of(findings: QuerySet[Finding]) -> list[str]:
    """The ids of those that have not healed."""
    return list(findings.filter(state__in=UNHEALED).order_by("pk").values_list("pk", flat=True))


def _each(ids: Sequence[str], repair: str) -> Iterator[One]:
    for start in range(0, len(ids), CHUNK):
        for finding in _read(ids[start : start + CHUNK]):
            wanted = _suggested(finding) if repair == SUGGESTED else repair
            yield One(finding, wanted, _refusal(finding, wanted, is_suggested=repair == SUGGESTED))


def _suggested(finding: Finding) -> str:
    """Of what was to be linked, the repair that is possible once it is."""
    is_link = finding.suggested == Suggestion.LINK
    return LACKING[FindingKind(finding.kind)][0] if is_link else finding.suggested


def _read(ids: Sequence[str]) -> QuerySet[Finding]:
    found = Finding.objects.filter(pk__in=ids).order_by("pk")
    return found.select_related("connection").prefetch_related("repairs")


def _refusal(finding: Finding, wanted: str, *, is_suggested: bool) -> str:
    if not wanted:
        return NOTHING_SUGGESTED
    if is_suggested and wanted == Repair.ACCEPT:
        return NEEDS_REASON
    return requests.refusal(finding, Repair(wanted))

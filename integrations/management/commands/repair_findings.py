"""`manage.py repair_findings suggested|push|take|accept`: repairs many findings, or shows what that does."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils import timezone
from rich.markup import escape

from billing.errors import BillingError
from billing.events import Kind
from billing.management.operator_command import OperatorCommand
from integrations.connections import selection
from integrations.management import finding_lines
from integrations.management.commands.replay_events import moment
from integrations.management.exit_codes import FAILED, WRONG_USE
from integrations.models import Finding
from integrations.models.findings import FindingKind, FindingState, Repair, Suggestion
from integrations.reconcile.repairing import accepting, bulk
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.bulk import SUGGESTED
from integrations.reconcile.repairing.summaries import One, Summary

CALLED = "manage.py repair_findings"
# The options that choose findings, by the columns that they filter.
CHOOSING = {
    "connection": "connection_id",
    "kind": "kind",
    "type": "entity_type",
    "field": "field",
    "suggested": "suggested",
}


class Command(OperatorCommand):
    help = "Repair open findings. Ends with 1 when some were left out, 2 for wrong options."
    examples = (
        ("repair_findings suggested --all --dry-run", "what would be done"),
        ("repair_findings take --kind differs --field amount_paid", "takes the provider's values"),
        ("repair_findings accept --id fnd_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --reason known --json", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the options."""
        parser.add_argument(
            "repair", choices=[SUGGESTED, *Repair.values], help="suggested: what each suggests"
        )
        parser.add_argument("--connection", metavar="ID", help="findings of this connection")
        parser.add_argument("--kind", choices=FindingKind.values, help="findings of this kind")
        parser.add_argument("--type", choices=[one.value for one in Kind], help="of rows like customer")
        parser.add_argument("--field", help="of this field")
        parser.add_argument("--suggested", choices=Suggestion.values, help="of which this is suggested")
        parser.add_argument("--id", action="append", metavar="ID", help="this finding; may be repeated")
        parser.add_argument("--all", action="store_true", help="all open findings")
        parser.add_argument("--reason", default="", help="why they are accepted")
        parser.add_argument(
            "--until", type=moment, help="until when they are accepted; for ever unless given"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would be done, change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Asks for the repairs, or shows them; workers carry them out."""
        try:
            summary = _summary(_chosen(options), options)
        except BillingError as refusal:
            raise CommandError(refusal.message, returncode=WRONG_USE) from None
        figures = {"asked": dict(summary.asked), "refused": dict(summary.refused)}
        self.answer({**figures, "unexamined": summary.unexamined, "dry_run": options["dry_run"]})
        if options["dry_run"]:
            for one in summary.examples:
                if not one.refusal:
                    self.console.print(escape(_line(one)))
        if summary.unexamined:
            self.console.print(f"{summary.unexamined} more were not looked at.")
        verb = "would be asked for" if options["dry_run"] else "asked for"
        self.console.print(f"{sum(summary.asked.values())} repairs {verb}. {_counts(summary.asked)}".rstrip())
        for why, count in summary.refused.most_common():
            self.console.print(escape(f"{count} left out: {why}"))
        if summary.refused:
            raise CommandError("Some findings were left out.", returncode=FAILED)


def _chosen(options: Mapping[str, Any]) -> QuerySet[Finding]:
    wanted = {column: options[name] for name, column in CHOOSING.items() if options[name]}
    if not (wanted or options["id"] or options["all"]):
        raise CommandError("Say which findings, or --all.", returncode=WRONG_USE)
    if options["connection"]:
        selection.everywhere("", options["connection"])
    found = bulk.named(Finding.objects.all(), options["id"]) if options["id"] else Finding.objects.all()
    return found.filter(state=FindingState.OPEN, **wanted)


def _summary(found: QuerySet[Finding], options: Mapping[str, Any]) -> Summary:
    repair = options["repair"]
    accepting.refuse_needless(repair, options["reason"], options["until"])
    if repair != Repair.ACCEPT:
        return bulk.preview(found, repair) if options["dry_run"] else bulk.ask(found, repair, by=CALLED)
    acceptance = Acceptance(CALLED, options["reason"], options["until"], timezone.now())
    if options["dry_run"]:
        return bulk.preview(found, repair)
    return bulk.accept(found, acceptance)


def _line(one: One) -> str:
    return f"{one.finding.pk}  {one.repair}: {finding_lines.named(one.finding)}"


def _counts(asked: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {repair}" for repair, count in sorted(asked.items()))

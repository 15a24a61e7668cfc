"""`manage.py webhook_endpoints`: lists, makes, tests and deletes them, and sends events again."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from rich.table import Table

from billing import durations
from billing.errors import BillingError, Invalid
from billing.management.operator_command import OperatorCommand
from billing.models import Environment
from integrations.errors import SyncError
from integrations.management.commands.replay_events import moment
from integrations.management.exit_codes import FAILED, WRONG_USE
from integrations.models import WebhookEndpoint
from integrations.outbound_webhooks import endpoints, probes, resending
from integrations.outbound_webhooks.resending import Wanted

ONCE = "The secret that signs, shown this one time: {}"


class Command(OperatorCommand):
    help = (
        "List webhook endpoints; make, test, enable or delete one, give it a new secret, send events again."
    )

    examples = (
        ("webhook_endpoints", "all of them, and whether events arrive"),
        (
            "webhook_endpoints add production https://example.com/hooks --type 'invoice.*'",
            "prints its secret, once",
        ),
        (
            "webhook_endpoints test whep_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D",
            "sends a test, and says what was answered",
        ),
        (
            "webhook_endpoints resend whep_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --since 2026-03-01",
            "everything since then",
        ),
        ("webhook_endpoints --json list", "for programs"),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the actions and their options."""
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        actions.add_parser("list", help="all of them (the same without any action)")
        add = actions.add_parser("add", help="make one, and print its secret")
        add.add_argument("environment", help="name or id of an environment")
        add.add_argument("url")
        add.add_argument(
            "--type", action="append", default=[], dest="event_types", help="only these; repeat it"
        )
        add.add_argument("--description", default="")
        for name, about in (
            ("test", "send a test, and print the answer"),
            ("enable", "let what has waited be sent"),
            ("rotate", "make another secret; the old ones sign for another day"),
            ("delete", "send nothing there any more"),
        ):
            actions.add_parser(name, help=about).add_argument("id", metavar="ENDPOINT")
        again = actions.add_parser("resend", help="send events again, in order")
        again.add_argument("id", metavar="ENDPOINT")
        again.add_argument("ids", nargs="*", metavar="EVENT")
        again.add_argument(
            "--since", type=moment, metavar="TIME", help="everything since then; ISO 8601, UTC"
        )
        again.add_argument("--until", type=moment, metavar="TIME")
        again.add_argument("--failed", action="store_true", help="only what was given up")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Carries the action out; raises CommandError with the exit code."""
        action = options["action"] or "list"
        try:
            getattr(self, f"_{action}")(options)
        except Invalid as error:
            said = "; ".join(f"{name}: {text}" for name, text in error.details.items())
            raise CommandError(said or error.message, returncode=WRONG_USE) from None
        except (BillingError, SyncError) as error:
            raise CommandError(str(error), returncode=FAILED) from None

    def _list(self, _options: dict[str, Any]) -> None:
        found = WebhookEndpoint.objects.filter(deleted_at=None).select_related("environment")
        columns = ("id", "environment_id", "url", "enabled", "failing_since", "last_success_at", "last_error")
        self.answer([{name: getattr(one, name) for name in columns} for one in found])
        table = Table("Endpoint", "Environment", "URL", "State", "Last success", "Last error")
        for one in found:
            state = "disabled" if not one.enabled else "failing" if one.failing_since else "active"
            at = f"{one.last_success_at:%Y-%m-%d %H:%M:%S}" if one.last_success_at else "never"
            table.add_row(one.pk, one.environment.name, one.url, state, at, one.last_error)
        self.console.print(table)

    def _add(self, options: dict[str, Any]) -> None:
        named = options["environment"]
        environment = (
            Environment.objects.filter(pk=named).first() or Environment.objects.filter(name=named).first()
        )
        if environment is None:
            raise CommandError(f"There is no environment {named}.", returncode=WRONG_USE)
        values = {name: options[name] for name in ("url", "event_types", "description")}
        made, secret = endpoints.create(environment_id=environment.pk, now=timezone.now(), **values)
        self.answer({"id": made.pk, "secret": secret})
        self.console.print(f"{made.pk} was made. {ONCE.format(secret)}", soft_wrap=True)

    def _test(self, options: dict[str, Any]) -> None:
        answer = probes.test(self._endpoint(options), timezone.now())
        names = ("is_success", "status", "duration_ms", "error", "response")
        self.answer({name: getattr(answer, name) for name in names})
        if not answer.is_success:
            why = answer.error or f"The answer was {answer.status}: {answer.response[:500]}"
            raise CommandError(why, returncode=FAILED)
        took = durations.words(timedelta(milliseconds=answer.duration_ms))
        self.console.print(f"It was taken: {answer.status} after {took}.")

    def _enable(self, options: dict[str, Any]) -> None:
        enabled = endpoints.update(self._endpoint(options).pk, enabled=True)
        self.answer({"id": enabled.pk, "enabled": True})
        self.console.print("What has waited is sent. Send what happened meanwhile with resend --since.")

    def _rotate(self, options: dict[str, Any]) -> None:
        endpoint = self._endpoint(options)
        secret = endpoints.rotate(endpoint.pk, overlap=timedelta(days=1), now=timezone.now())
        self.answer({"id": endpoint.pk, "secret": secret})
        self.console.print(ONCE.format(secret), soft_wrap=True)

    def _delete(self, options: dict[str, Any]) -> None:
        endpoint = self._endpoint(options)
        endpoints.delete(endpoint.pk, timezone.now())
        self.answer({"id": endpoint.pk, "deleted": True})
        self.console.print("Nothing is sent there any more.")

    def _resend(self, options: dict[str, Any]) -> None:
        wanted = Wanted(
            ids=options["ids"],
            since=options["since"],
            until=options["until"],
            state="failed" if options["failed"] else "",
        )
        count = resending.resend(self._endpoint(options).pk, wanted, timezone.now())
        self.answer({"queued": count})
        self.console.print(f"Events that are sent again: {count}.")

    def _endpoint(self, options: dict[str, Any]) -> WebhookEndpoint:
        found = WebhookEndpoint.objects.filter(pk=options["id"], deleted_at=None).first()
        if found is None:
            raise CommandError(f"There is no webhook endpoint {options['id']}.", returncode=WRONG_USE)
        return found

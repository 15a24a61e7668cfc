"""`python -m devstack --home test -- python -m benchmarks.walk [--list]`: how far a reader has to walk.

In: one webhook (`customer.created`), from the view to its settled row. Out: one invoice, from `POST
.../sync/stripe` to its mapping; of a customer that Stripe has, and of one that is new there. The view and the
worker's task run in this process, once before anything is recorded, so that imports and caches do not count.
`benchmarks/steps.py` says what a step, a package and a return are.
"""

import os
import time
import warnings
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.events import SECRET, events
from benchmarks.outbound import SITE, say, simulator
from benchmarks.steps import Step, packages, recorded, returns


def main() -> None:
    """Prints one line for each walk, and with `--list` its functions."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="print each function where it is first entered")
    options = parser.parse_args()
    prepare()
    with simulator():
        for title, take in WALKS.items():
            walk = take()
            say(f"{title}: {len(packages(walk))} packages, {returns(walk)} returns, {len(walk)} calls")
            if options.list:
                show(walk)


def prepare() -> None:
    """Sets Django up with an empty database."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "STRIPE_API_BASE": SITE}
    os.environ |= {"LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "testserver"}
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"], "benchmarks_walk")
    migrate()
    django.setup()
    # Static files are neither collected nor needed.
    warnings.filterwarnings("ignore", "No directory at")


def walk_in() -> list[Step]:
    """Walks one webhook in."""
    from django.test import Client

    from billing.models import Environment
    from integrations import tasks
    from integrations.models import InboundEvent
    from integrations.testing import make_connection
    from integrations.webhooks.views import WebhookView

    connection = make_connection(Environment.objects.create(name="In").id, "stripe", secret=SECRET)
    address, walk = f"/v1/integrations/stripe/webhook/{connection.id}", list[Step]()
    for body, headers in events(2):
        walk.clear()
        with recorded(walk, WebhookView.post, tasks.process_inbox.run):
            Client().post(address, body, content_type="application/json", headers=headers)
            tasks.process_inbox()
        assert not InboundEvent.objects.exclude(state="applied").exists()
        # Longer than the pause after a message, so that the second event sends one at once, too.
        time.sleep(0.2)
    return walk


def walk_out(*, is_new: bool) -> list[Step]:
    """Walks one invoice out, of a customer that is new to Stripe, or of one that it has."""
    from django.test import Client

    from benchmarks.invoices import make_customers, make_invoice, send_customers
    from billing.models import Customer
    from billing.services import environments
    from integrations import tasks
    from integrations.api.entity_sync import EntitySyncView
    from integrations.models import OutboundSync

    connection, walk = send_customers(1, f"Out, {is_new}"), list[Step]()
    _, key = environments.create_api_key(environment=connection.environment, name="Out", scope="write")
    client = Client(headers={"Authorization": f"Bearer {key}"})
    known = list(Customer.objects.filter(environment=connection.environment))
    for customer in make_customers(connection.environment, 2) if is_new else known * 2:
        invoice_id = make_invoice(connection.environment_id, customer.id, lines=2)
        walk.clear()
        with recorded(walk, EntitySyncView.post, tasks.deliver.run):
            client.post(f"/v1/invoices/{invoice_id}/sync/stripe", content_type="application/json")
            sync = OutboundSync.objects.get(entity_id=invoice_id)
            tasks.deliver.apply((sync.id,), ignore_result=True, throw=True)
        sync.refresh_from_db()
        assert sync.state == "done", sync.last_error
    return walk


def show(walk: Sequence[Step]) -> None:
    """Prints the functions in the order in which they are first entered, below their files."""
    path = None
    for step in dict.fromkeys(walk):
        if step.path != path:
            path = step.path
            say(f"  {path}")
        say(f"    {step.function}")


WALKS: dict[str, Callable[[], list[Step]]] = {
    "in (customer.created)": walk_in,
    "out (an invoice)": partial(walk_out, is_new=False),
    "out (an invoice of a customer that is new to Stripe)": partial(walk_out, is_new=True),
}


if __name__ == "__main__":
    main()

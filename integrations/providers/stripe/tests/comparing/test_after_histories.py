"""After any history that is at rest, a comparison finds what waits for a person, and nothing else."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest

from billing.persistence.tables import MODELS
from integrations.mappings.bases import APART, OPEN
from integrations.models import Connection, EntityMapping, Finding, InboundEvent, OutboundSync
from integrations.models.comparison_runs import ComparisonState
from integrations.providers.stripe.tests.money.history import history_at
from integrations.providers.stripe.tests.money.world import World
from integrations.providers.stripe.tests.random_histories import play
from integrations.providers.stripe.tests.two_writers.histories.acts import Acts
from integrations.providers.stripe.tests.two_writers.histories.editing import Editing
from integrations.providers.stripe.tests.two_writers.histories.rest import come_to_rest
from integrations.providers.stripe.tests.two_writers.histories.runs import run
from integrations.reconcile.comparing import runs, work

# How many histories are tried, and how many acts each has; `make nightly` tries 300, and 100 of money.
EXAMPLES, LENGTH = int(os.environ.get("COMPARED_HISTORIES", "6")), 10
OF_MONEY, LENGTH_OF_MONEY = EXAMPLES // 3, 8
SEED = int(os.environ.get("HISTORY_SEED", "1"))


def is_known(finding: Finding) -> bool:
    """Whether the field is in conflict, or was left apart."""
    notes = EntityMapping.objects.get(
        connection=finding.connection, provider_entity_id=finding.provider_entity_id
    ).metadata
    return finding.field in {*notes.get(OPEN, ()), *notes.get(APART, {})}


def long_ago() -> None:
    """Everything was at rest for long: the histories' clock is ahead of the database's."""
    then = datetime(2020, 1, 1, tzinfo=UTC)
    for model in (EntityMapping, *MODELS.values()):
        model._default_manager.update(updated_at=then, created_at=then)
    InboundEvent.objects.update(received_at=then)
    OutboundSync.objects.filter(settled_at__isnull=False).update(settled_at=then)


def compared(connection: Connection) -> list[Finding]:
    """What a comparison finds."""
    long_ago()
    made = runs.start(connection, started_by="test", here=True)
    while work.work(made.pk, seconds=600):
        pass
    made.refresh_from_db()
    assert made.state == ComparisonState.DONE, made.reason
    return list(Finding.objects.filter(connection=connection, state="open"))


@pytest.mark.django_db(transaction=True)
def test_nothing_is_found_but_what_waits_for_a_person(simulator: Any) -> None:
    def end(history: Editing) -> None:
        world = history.world
        come_to_rest(world, history.chance)
        found = compared(world.connection)
        wrong = [one for one in found if not is_known(one)]
        assert [(str(one), one.ours, one.theirs, one.why) for one in wrong] == []
        eve = world.account.stripe.v1.customers.create({"name": "Eve"})
        assert {one.provider_entity_id for one in compared(world.connection)} - {
            one.provider_entity_id for one in found
        } == {eve.id}

    run(simulator, Acts, end, length=LENGTH, examples=EXAMPLES)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accounts", [1, 2])
def test_nothing_is_found_of_money_that_is_at_rest(simulator: Any, accounts: int) -> None:
    def at_rest(world: World) -> None:
        found = [one for account in world.accounts for one in compared(account.connection)]
        # The card is saved without a word to FlexSync.
        wrong = [one for one in found if one.field != "default_payment_method"]
        assert [(one.entity_type, str(one), one.ours, one.theirs, one.why) for one in wrong] == []

    history = history_at(simulator, accounts, at_rest)
    play(
        history,
        examples=OF_MONEY,
        length=LENGTH_OF_MONEY,
        seed_of=f"{SEED}-compared-{accounts}",
        shrinks=False,
    )

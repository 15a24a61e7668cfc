"""Who lets a recovery begin: the setting, a person, or a person because it is the second one in a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.models import Customer
from integrations.gateway import epochs
from integrations.models import Alarm, Connection, ImportRun
from integrations.providers.stripe.tests import builders
from integrations.reconcile.importing import runs
from integrations.reconcile.recovering import recoveries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def older(backups, registered, environment):
    """Restored to before a customer was made and sent."""
    epochs.keep(registered)
    backups.dump()
    backups.minutes_pass()
    builders.customer(environment, name="After", email="after@example.com")
    backups.push()
    backups.restore()
    backups.minutes_pass()
    builders.customer(environment, name="New", email="new@example.com")
    backups.push()
    return registered


def test_of_a_person_is_waited_for(older, backups, settings, stripe_api):
    settings.RECOVER_AFTER_RESTORE = False
    backups.beat()
    backups.beat()
    alarm = Alarm.objects.get(code="database_restored", ended_at=None)
    assert not alarm.agreed_by
    assert not ImportRun.objects.exists()
    assert Connection.objects.get().recovering_since is not None
    # The event of the customer that is forgotten has come by now, and says that FlexSync made it.
    recoveries.agree(alarm, "ann", timezone.now())
    with pytest.raises(Conflict):
        recoveries.agree(alarm, "bob", timezone.now())
    backups.go_on()
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["After", "New"]
    assert len(stripe_api.v1.customers.list().data) == 2
    assert Alarm.objects.get(code="database_restored").agreed_by == "ann"


def test_is_asked_for_again_the_same_day(older, backups, registered, stripe_api):
    """As where another copy of the database goes on writing to the account."""
    backups.go_on()
    [endpoint] = stripe_api.v1.webhook_endpoints.list().data
    [mine] = endpoint.metadata.to_dict()
    other = {f"{mine[:-12]}0123456789ab": "by the copy"}
    stripe_api.v1.webhook_endpoints.update(endpoint.id, {"metadata": other})
    backups.beat()
    backups.beat()
    alarm = Alarm.objects.get(code="database_restored", ended_at=None)
    assert not alarm.agreed_by
    assert "another copy of this database" in alarm.message
    assert Alarm.objects.filter(code="database_restored").count() == 2


def test_is_asked_for_again_after_an_import_that_was_cancelled(older, backups):
    recoveries.follow(timezone.now())
    runs.cancel(ImportRun.objects.get().pk, timezone.now())
    for minutes in range(3):
        recoveries.follow(timezone.now() + timedelta(minutes=minutes))
    alarm = Alarm.objects.get(code="database_restored", ended_at=None)
    assert (alarm.agreed_by, ImportRun.objects.count()) == ("", 1)
    recoveries.agree(alarm, "ann", timezone.now())
    backups.go_on()
    assert Connection.objects.get().recovering_since is None


def test_waits_for_an_import_that_is_open(older, backups):
    run = runs.start(Connection.objects.get(), started_by="ann")
    recoveries.follow(timezone.now())
    assert not Alarm.objects.get(code="database_restored").agreed_by
    runs.cancel(run.pk, timezone.now())
    backups.go_on()
    assert Connection.objects.get().recovering_since is None


def test_by_hand_needs_no_evidence(registered, backups, environment, stripe_api):
    builders.customer(environment)
    backups.push()
    builders.invoice(Customer.objects.get())
    recoveries.start(Connection.objects.get(), by="ann", now=timezone.now())
    backups.push()
    assert not stripe_api.v1.invoices.list().data
    backups.go_on()
    assert len(stripe_api.v1.customers.list().data) == len(stripe_api.v1.invoices.list().data) == 1

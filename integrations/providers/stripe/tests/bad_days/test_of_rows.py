"""Bad days of FlexSync's own: what fits nowhere, what is gone, who does not work, and what was forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.services.customers import customers
from integrations.models import Connection, EntityMapping, InboundEvent, Process
from integrations.processes import silence
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.excess.steps import unheard
from integrations.providers.stripe.tests.recovering.backups import Backups
from integrations.testing import push
from integrations.tests.workers import until, worker

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def test_an_event_that_matches_two_rows(desk, environment, stripe_api, pipelines):
    ada, _bob = builders.customer(environment), builders.customer(environment, external_id="crm-2")
    names = {"flexprice_customer_id": ada.pk, "external_id": "crm-2"}
    made = stripe_api.v1.customers.create({"name": "Ada there", "metadata": names})
    pipelines.settle()
    desk.home()
    desk.reads("Events that match several rows", "a link between the right two lets it go on")
    desk.opens_group("Events that match several rows")
    desk.reads(made.id, "crm-2")
    desk.page.get_by_role("link", name="Relink").first.click()
    desk.page.get_by_label("Reason").fill("The same person.")
    desk.presses("Show both sides")
    desk.reads("Ada there")
    desk.presses("Link them")
    desk.reads("are linked")
    pipelines.settle()
    assert InboundEvent.objects.get(object_id=made.id, type="customer.created").state == "applied"
    desk.is_well()


def test_a_customer_who_was_deleted_at_stripe(desk, environment, connection, stripe_api, pipelines):
    ada = builders.customer(environment)
    pipelines.settle()
    old = EntityMapping.objects.get().provider_entity_id
    with unheard(pipelines):
        stripe_api.v1.customers.delete(old)
    customers.update(environment_id=environment.pk, customer_id=ada.pk, changes={"name": "Ada King"})
    pipelines.settle()
    desk.home()
    desk.reads(
        "Counterparts missing at the provider", "create it anew there, archive the row here, or leave both"
    )
    assert not desk.page.get_by_text("Changes that the provider refused").count()
    desk.opens_group("Counterparts missing at the provider")
    desk.reads("Gone at the provider", "No such customer", old)
    desk.follows("Create anew")
    desk.page.get_by_label("Reason").fill("Deleted by mistake.")
    desk.presses("Create anew")
    desk.reads("Another object is made there")
    pipelines.settle()
    assert EntityMapping.objects.get(entity_id=ada.pk).provider_entity_id != old
    desk.is_well()


def test_no_worker(desk, tmp_path, monkeypatch):
    now, signs = timezone.now(), Process.objects.filter(kind="worker")
    later = now + timedelta(hours=1)
    Process.objects.create(kind="beat", name="beat@here", host="here", pid=7, started_at=now, seen_at=later)
    told = ("No worker is alive", "No event is applied, and no change sent", "Start it again")
    desk.home()
    desk.reads("Silent processes", *told)
    with worker(tmp_path, environment={"FLEXSYNC_PROCESS": "worker"}) as running:
        until(signs.exists, "it gives a sign of life", running.log)
        desk.is_well()
        running.kill()
    stopped = signs.get()
    monkeypatch.setattr(silence, "SILENT_AFTER", timedelta(seconds=1))
    until(lambda: stopped.seen_at < timezone.now() - silence.SILENT_AFTER, "a second has passed")
    desk.home()
    desk.reads("Silent processes", *told)
    desk.opens_group("Silent processes")
    desk.reads(stopped.name)


def test_a_restored_backup(desk, environment, connection, stripe_api, pipelines, polls, settings, tmp_path):
    settings.RECOVER_AFTER_RESTORE = False
    backups = Backups(tmp_path, polls)
    builders.customer(environment)
    backups.push()
    backups.dump()
    backups.minutes_pass()
    push(connection, Kind.CUSTOMER, builders.customer(environment, name="Bob").pk)
    backups.restore()
    backups.minutes_pass()
    push(connection, Kind.CUSTOMER, builders.customer(environment, name="Bob").pk)
    backups.beat()
    desk.home()
    desk.reads("Alarm: database restored", "Nothing is sent until the connection is recovered")
    desk.opens_group("Alarm: database restored")
    desk.reads("older than what the provider has seen")
    desk.acts("Recover")
    desk.reads("The recovery was started")
    backups.go_on()
    assert Connection.objects.get().recovering_since is None
    desk.is_well()

"""Times in findings are written as elsewhere in the API, though the provider keeps numbers."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from billing.tests.admin.pages import page
from integrations.models import Finding

pytestmark = pytest.mark.django_db(transaction=True)

WHEN = timezone.now() + timedelta(days=30)
SECONDS, TEXT = int(WHEN.timestamp()), f"{WHEN:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def finding(account, imported, findings, stripe_api):
    """A trial that was given at Stripe, and nobody was told."""
    made = account.subscription(account.customer(1), account.price("Chair"))
    imported()
    stripe_api.v1.subscriptions.update(made.id, {"trial_end": SECONDS, "proration_behavior": "none"})
    return next(one for one in findings() if one.field == "trial_end")


def test_over_the_api(api, finding):
    shown = api.get(f"/v1/findings/{finding.pk}").json()
    assert (shown["ours"], shown["theirs"]) == (None, TEXT)
    [take] = [one for one in shown["preview"] if one["repair"] == "take"]
    assert take["changes"] == [{"side": "here", "field": "trial_end", "before": None, "after": TEXT}]
    assert api.get("/v1/findings?field=trial_end").json()["items"][0]["theirs"] == TEXT


def test_in_the_admin(admin_client, finding):
    listed = admin_client.get(page(Finding, "changelist")).content.decode()
    assert TEXT in listed and str(SECONDS) not in listed
    assert TEXT in admin_client.get(page(Finding, "take", finding.pk)).content.decode()


def test_at_a_shell(finding):
    out = StringIO()
    call_command("repair_findings", "take", "--field", "trial_end", "--dry-run", stdout=out)
    assert TEXT in out.getvalue() and str(SECONDS) not in out.getvalue()


def test_of_a_repair_that_takes_it(finding, repaired, findings):
    assert repaired(finding, "take").state == "done"
    assert "trial_end" not in {one.field for one in findings()}

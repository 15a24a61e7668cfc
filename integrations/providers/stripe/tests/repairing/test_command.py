"""Repairs at a shell: shown first, then asked for; the exit code says whether some were left out."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.models import Finding, FindingRepair
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all

pytestmark = pytest.mark.django_db(transaction=True)


def command(*arguments):
    """Returns the exit code and what was printed."""
    out = StringIO()
    try:
        call_command("repair_findings", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def test_shows_what_would_be_done(two):
    code, output = command("suggested", "--type", "customer", "--dry-run")
    assert (code, "2 repairs would be asked for. 1 push, 1 take" in output) == (0, True)
    assert not FindingRepair.objects.exists()


def test_repairs_what_is_chosen(two):
    code, output = command("take", "--kind", "differs", "--field", "name")
    assert (code, "1 repairs asked for. 1 take" in output) == (0, True)
    carry_out_all()
    assert Finding.objects.get(state="open").field == "phone"


def test_chooses_by_what_is_suggested(two):
    code, output = command("suggested", "--suggested", "take", "--dry-run")
    assert (code, "1 repairs would be asked for. 1 take" in output) == (0, True)
    assert "take: customer" in output and "'Eve' there" in output


def test_names_an_id_that_no_finding_has(two):
    code, output = command("take", "--id", two[0].pk, "--id", "fnd_none")
    assert (code, "There is no finding fnd_none." in output) == (2, True)
    assert not FindingRepair.objects.exists()


def test_accepts_with_a_reason(two):
    assert command("accept", "--id", two[0].pk)[0] == 2
    assert command("accept", "--id", two[0].pk, "--reason", "Known.", "--until", "2999-01-01")[0] == 0
    assert Finding.objects.get(state="accepted").accepted_by == "manage.py repair_findings"


def test_refuses_what_only_an_acceptance_keeps(two):
    for option, value in (("--reason", "Known."), ("--until", "2999-01-01")):
        code, output = command("take", "--all", option, value)
        assert (code, option[2:] in output) == (2, True)
    assert not FindingRepair.objects.exists()


def test_refuses_a_connection_that_there_is_not(two):
    assert command("take", "--connection", "conn_none")[0] == 2


def test_ends_with_1_where_some_are_left_out(two, account, findings):
    account.customer(2)
    findings()
    code, output = command("push", "--kind", "only_there")
    assert (code, "1 left out: FlexSync has nothing of it to push" in output) == (1, True)


def test_ends_with_2_where_nothing_is_chosen(two):
    assert command("take")[0] == 2
